//! What programs on the way make of values.

/// What happens to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// UTF-8 read as Windows-1252.
    Misread,
    /// Letters outside ASCII become question marks.
    LettersLost,
    /// Letters outside ASCII become the sign for an unknown letter.
    Unknown,
    /// `1200.0`
    Decimal,
    /// `="1200"`
    Formula,
    /// `#N/A`
    SpreadsheetError,
    /// Leading zeros are lost.
    ZerosLost,
    /// A zero comes before it.
    ZeroAdded,
}

impl Damage {
    /// All kinds.
    pub const ALL: [Damage; 8] = [
        Damage::Misread,
        Damage::LettersLost,
        Damage::Unknown,
        Damage::Decimal,
        Damage::Formula,
        Damage::SpreadsheetError,
        Damage::ZerosLost,
        Damage::ZeroAdded,
    ];
}

/// The damaged value; the same one when this cannot happen to it.
pub fn damaged(damage: Damage, value: &str) -> String {
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let replaced = |sign: &str| {
        value.chars().map(|c| if c.is_ascii() { c.to_string() } else { sign.to_owned() }).collect()
    };
    match damage {
        Damage::Misread => value.bytes().map(shown_in_windows_1252).collect(),
        Damage::LettersLost => replaced("?"),
        Damage::Unknown => replaced("\u{FFFD}"),
        Damage::Decimal if is_number => format!("{value}.0"),
        Damage::Formula => format!("=\"{value}\""),
        Damage::SpreadsheetError => "#N/A".to_owned(),
        Damage::ZerosLost if is_number => value.trim_start_matches('0').to_owned(),
        Damage::ZeroAdded if is_number => format!("0{value}"),
        _ => value.to_owned(),
    }
}

fn shown_in_windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9F => "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ"
            .chars()
            .nth(usize::from(byte - 0x80))
            .expect("there are 32 letters"),
        _ => char::from(byte),
    }
}
