//! Numbers and lists in the sentences of a hold.

use homeroom_model::thousands;

/// "1 student", "1,200 students": a count with its noun.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let number = thousands(count);
    match (count, noun) {
        (1, noun) => format!("1 {noun}"),
        (_, noun) if noun.ends_with("ss") => format!("{number} {noun}es"),
        (_, noun) if noun.ends_with("person") => format!("{number} {}", noun.replace("person", "people")),
        (_, noun) => format!("{number} {noun}s"),
    }
}

/// "a, b and c"
pub(super) fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{and, counted};

    #[test]
    fn counts_have_a_noun_in_the_right_number() {
        assert_eq!(counted(1, "class"), "1 class");
        assert_eq!(counted(0, "student"), "0 students");
        assert_eq!(counted(1_234_567, "address"), "1,234,567 addresses");
        assert_eq!(counted(1_000, "person"), "1,000 people");
    }

    #[test]
    fn lists_end_in_and() {
        let parts = ["a", "b", "c"].map(str::to_owned);
        let lists = [and(&parts[..0]), and(&parts[..1]), and(&parts[..2]), and(&parts)];
        assert_eq!(lists, ["", "a", "a and b", "a, b and c"]);
    }
}
