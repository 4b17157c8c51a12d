//! Names as programs write them for other programs: `Jos&eacute;`, `Jos\u00e9`, `Jos%C3%A9`, `Jos=C3=A9`, `O\'Brien`, `Jos+AOk-`.

/// How many times a text may have been escaped: `&amp;eacute;`.
const MAX_TIMES: usize = 3;

/// Whether a text says `old` in the writing of a program.
pub(crate) fn is_escaped(new: &str, old: &str) -> bool {
    if !new.contains(['&', '\\', '%', '=', '+', '\'', '"']) {
        return false;
    }
    let mut shown = vec![new.to_owned()];
    for _ in 0..MAX_TIMES {
        let once = shown.iter().flat_map(|shown| {
            [entities, backslashes, percents, equals, shifts, quotes].map(|read| read(shown))
        });
        let once = once.flatten().collect::<Vec<_>>();
        if once.iter().any(|once| once == old) {
            return true;
        }
        shown = once;
    }
    false
}

/// Reads what begins with a sign by a function, which gives what it stands for and what is left; `None` when nothing was read.
fn read(text: &str, sign: char, escape: impl Fn(&str) -> Option<(Vec<u8>, &str)>) -> Option<String> {
    let (mut rest, mut bytes, mut is_read) = (text, Vec::new(), false);
    while let Some((before, after)) = rest.split_once(sign) {
        bytes.extend_from_slice(before.as_bytes());
        rest = match escape(after) {
            Some((letter, rest)) => {
                bytes.extend(letter);
                is_read = true;
                rest
            }
            None => {
                bytes.extend(sign.to_string().into_bytes());
                after
            }
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    // Bytes that are no UTF-8 are those of Windows.
    let text = String::from_utf8(bytes);
    let text = text.unwrap_or_else(|error| encoding_rs::WINDOWS_1252.decode(error.as_bytes()).0.into_owned());
    is_read.then_some(text)
}

fn utf8(letter: char) -> Vec<u8> {
    letter.to_string().into_bytes()
}

fn hex(text: &str, digits: usize) -> Option<(u32, &str)> {
    let number = text.get(..digits)?;
    let is_hex = number.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(number, 16).ok()).flatten().map(|number| (number, &text[digits..]))
}

/// `&eacute;`, `&#233;`, `&#xE9;`.
fn entities(text: &str) -> Option<String> {
    read(text, '&', |after| {
        let (name, rest) = after.split_once(';')?;
        let number = match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(number) => u32::from_str_radix(number, 16).ok(),
                None => number.parse().ok(),
            },
            None => named(name).map(u32::from),
        };
        Some((utf8(char::from_u32(number?)?), rest))
    })
}

/// The letter of a named entity of HTML: a plain letter and its accent, or a word.
fn named(name: &str) -> Option<char> {
    const WORDS: [(&str, char); 19] = [
        ("amp", '&'),
        ("apos", '\''),
        ("quot", '"'),
        ("lsquo", '‘'),
        ("rsquo", '’'),
        ("nbsp", ' '),
        ("ndash", '–'),
        ("szlig", 'ß'),
        ("eth", 'ð'),
        ("ETH", 'Ð'),
        ("thorn", 'þ'),
        ("THORN", 'Þ'),
        ("aelig", 'æ'),
        ("AElig", 'Æ'),
        ("oelig", 'œ'),
        ("OElig", 'Œ'),
        ("inodot", 'ı'),
        ("Lstrok", 'Ł'),
        ("lstrok", 'ł'),
    ];
    const ACCENTS: [(&str, &str, &str); 9] = [
        ("acute", "aeiouyAEIOUYcCnNsSzZ", "áéíóúýÁÉÍÓÚÝćĆńŃśŚźŹ"),
        ("grave", "aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        ("circ", "aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        ("uml", "aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"),
        ("tilde", "anoANO", "ãñõÃÑÕ"),
        ("cedil", "cCsS", "çÇşŞ"),
        ("ring", "aAuU", "åÅůŮ"),
        ("slash", "oO", "øØ"),
        ("caron", "cCsSzZrReEnN", "čČšŠžŽřŘěĚňŇ"),
    ];
    if let Some((_, letter)) = WORDS.iter().find(|(word, _)| *word == name) {
        return Some(*letter);
    }
    let plain = name.chars().next()?;
    let accent = &name[plain.len_utf8()..];
    let (_, plains, accented) = ACCENTS.iter().find(|(known, _, _)| *known == accent)?;
    accented.chars().nth(plains.chars().position(|letter| letter == plain)?)
}

/// `\u00e9`, `\xc3\xa9`, `\'`, `\\`.
fn backslashes(text: &str) -> Option<String> {
    read(text, '\\', |after| {
        let sign = after.chars().next()?;
        let rest = &after[sign.len_utf8()..];
        match sign {
            'u' => hex(rest, 4).and_then(|(number, rest)| Some((utf8(char::from_u32(number)?), rest))),
            'x' => hex(rest, 2).map(|(byte, rest)| (vec![byte as u8], rest)),
            '\'' | '"' | '\\' | '-' | ' ' => Some((utf8(sign), rest)),
            _ => None,
        }
    })
}

/// `%C3%A9`.
fn percents(text: &str) -> Option<String> {
    read(text, '%', |after| hex(after, 2).map(|(byte, rest)| (vec![byte as u8], rest)))
}

/// `=C3=A9`, as in mail.
fn equals(text: &str) -> Option<String> {
    read(text, '=', |after| hex(after, 2).map(|(byte, rest)| (vec![byte as u8], rest)))
}

/// `+AOk-`: UTF-7 writes the halves of UTF-16 in base 64.
fn shifts(text: &str) -> Option<String> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    read(text, '+', |after| {
        let length = after.find(|c| !DIGITS.contains(c)).unwrap_or(after.len());
        let (mut bits, mut count, mut units) = (0_u32, 0, Vec::new());
        for digit in after[..length].chars() {
            bits = bits << 6 & 0xFF_FFFF | DIGITS.find(digit)? as u32;
            count += 6;
            if count >= 16 {
                count -= 16;
                units.push((bits >> count) as u16);
            }
        }
        let rest = &after[length..];
        let letters = String::from_utf16(&units).ok().filter(|letters| !letters.is_empty())?;
        Some((letters.into_bytes(), rest.strip_prefix('-').unwrap_or(rest)))
    })
}

/// `O''Brien`, `"Ann"`, `'Ann'`, `b'Ann'`: quotes of a database or a program.
fn quotes(text: &str) -> Option<String> {
    if text.contains("''") {
        return Some(text.replace("''", "'"));
    }
    let text = text.strip_prefix('b').filter(|rest| rest.starts_with(['\'', '"'])).unwrap_or(text);
    ['\'', '"'].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::is_escaped;

    #[test]
    fn an_escaped_name_is_recognized() {
        for (new, old) in [
            ("Jos&eacute;", "José"),
            ("Jos&amp;eacute;", "José"),
            ("Jos&#233;", "José"),
            ("Jos&#xE9;", "José"),
            ("O&#39;Brien", "O'Brien"),
            ("N&uacute;&ntilde;ez", "Núñez"),
            ("Jos\\u00e9", "José"),
            ("b'Jos\\xc3\\xa9'", "José"),
            ("Jos%C3%A9", "José"),
            ("Jos%E9", "José"),
            ("Jos=C3=A9", "José"),
            ("Jos+AOk-", "José"),
            ("N+APoA8Q-ez", "Núñez"),
            ("O\\'Brien", "O'Brien"),
            ("O\\\\'Brien", "O'Brien"),
            ("O''Brien", "O'Brien"),
            ("\"Ann\"", "Ann"),
        ] {
            assert!(is_escaped(new, old), "{new} {old}");
            assert!(!is_escaped(old, new), "{old} is put right");
        }
    }

    #[test]
    fn another_name_is_not_an_escaped_one() {
        for (new, old) in
            [("O'Brien", "OBrien"), ("D'Arc", "Darc"), ("Ann&Bob", "Ann"), ("A+B", "AB"), ("100%", "100")]
        {
            assert!(!is_escaped(new, old), "{new} {old}");
        }
    }
}
