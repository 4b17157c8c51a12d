//! Numbers as a person writes them.

/// `1,234,567`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn large_numbers_are_grouped_by_three() {
        let grouped = [0, 12, 123, 1_234, 12_345, 1_234_567].map(thousands);
        assert_eq!(grouped, ["0", "12", "123", "1,234", "12,345", "1,234,567"]);
    }
}
