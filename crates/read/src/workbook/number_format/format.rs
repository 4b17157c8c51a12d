//! A number format: which section of it applies to a number, and the built-in formats.

use super::date::{Epoch, show_date};
use super::number::{general, show_number};
use super::token::{Token, split_sections, tokens};

/// A parsed number format.
#[derive(Clone, Debug, Default)]
pub(crate) struct NumberFormat {
    /// For positive numbers, negative numbers and zero; without any section the format is "General".
    sections: Vec<Vec<Token>>,
}

impl NumberFormat {
    /// A built-in format by its number (section 18.8.30), as Excel displays it in English.
    pub(crate) fn built_in(number: u32) -> NumberFormat {
        NumberFormat::parse(match number {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            14 => "m/d/yyyy",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 => "h:mm",
            21 => "h:mm:ss",
            22 => "m/d/yyyy h:mm",
            37 | 38 => "#,##0_);(#,##0)",
            39 | 40 => "#,##0.00_);(#,##0.00)",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss.0",
            48 => "##0.0E+0",
            _ => "General",
        })
    }

    /// Parses a format code. A code that is not supported shows the number as it is.
    pub(crate) fn parse(code: &str) -> NumberFormat {
        let sections = split_sections(code).into_iter().take(3).map(tokens).collect::<Option<Vec<_>>>();
        let sections = sections.unwrap_or_default();
        match sections.first() {
            Some(first) if *first != [Token::General] && !first.is_empty() => NumberFormat { sections },
            _ => NumberFormat::default(),
        }
    }

    /// What a cell with this number shows.
    pub(crate) fn show(&self, number: f64, epoch: Epoch) -> String {
        let (section, has_sign) = match self.sections.as_slice() {
            [] => return general(number),
            [_, negative, ..] if number < 0.0 => (negative, false),
            [_, _, zero] if number == 0.0 => (zero, false),
            [first, ..] => (first, number < 0.0),
        };
        if section.iter().any(Token::is_date) {
            return show_date(section, number, epoch).unwrap_or_else(|| general(number));
        }
        let shown = show_number(section, number.abs());
        if has_sign { format!("-{shown}") } else { shown }
    }
}

#[cfg(test)]
mod tests {
    use super::{Epoch, NumberFormat};

    fn shown(code: &str, number: f64) -> String {
        NumberFormat::parse(code).show(number, Epoch::default())
    }

    #[test]
    fn numbers_are_shown_as_in_the_sheet() {
        for (code, number, expected) in [
            ("General", 123.0, "123"),
            ("General", 0.5, "0.5"),
            ("General", 0.1 + 0.2, "0.3"),
            ("General", 123_456_789_012_345.0, "123456789012345"),
            ("General", 1_234_567_890_123_456.0, "1.23457E+15"),
            ("General", -7.0, "-7"),
            ("@", 42.0, "42"),
            ("0", 12.6, "13"),
            ("00000", 123.0, "00123"),
            ("00000", 1_234_567.0, "1234567"),
            ("000\\-00\\-0000", 12_345_678.0, "012-34-5678"),
            ("000-00-0000", 123_456_789.0, "123-45-6789"),
            ("\"S\"0000", 12.0, "S0012"),
            ("#,##0", 1_234_567.0, "1,234,567"),
            ("#,##0", 123.0, "123"),
            ("#,##0.00", 1234.5, "1,234.50"),
            ("0,000", 12.0, "0,012"),
            ("0.00", 2.0, "2.00"),
            ("0.0#", 2.25, "2.25"),
            ("0.0#", 2.5, "2.5"),
            ("#.##", 0.5, ".5"),
            ("0%", 0.25, "25%"),
            ("0.00E+00", 123_456_789_012.0, "1.23E+11"),
            ("##0.0E+0", 12_345.0, "12.3E+3"),
            ("#,##0_);(#,##0)", -5.0, "(5)"),
            ("0;-0;\"none\"", 0.0, "none"),
            ("[$€-407]0.00", 1.5, "€1.50"),
            ("[Red]0", 3.0, "3"),
            ("# ?/?", 0.5, "0.5"),
            ("0,", 12_345.0, "12"),
        ] {
            assert_eq!(shown(code, number), expected, "{code} of {number}");
        }
    }

    #[test]
    fn dates_are_shown_as_in_the_sheet() {
        for (code, number, expected) in [
            ("m/d/yyyy", 46_025.0, "1/3/2026"),
            ("d-mmm", 46_025.0, "3-Jan"),
            ("mmm-yy", 46_025.0, "Jan-26"),
            ("yyyy-mm-dd", 46_025.0, "2026-01-03"),
            ("yyyy\\-mm\\-dd\\ hh:mm:ss", 46_025.75, "2026-01-03 18:00:00"),
            ("h:mm AM/PM", 0.0, "12:00 AM"),
            ("h:mm AM/PM", 0.75, "6:00 PM"),
            ("mm:ss.0", 0.5 / 86_400.0, "00:00.5"),
            ("[h]:mm", 1.5, "36:00"),
            ("dddd, mmmm d", 46_025.0, "Saturday, January 3"),
            ("d/m/yy", 1.0, "1/1/00"),
            ("[$-409]d\\-mmm\\-yyyy;@", 46_025.0, "3-Jan-2026"),
            ("yyyy", -1.0, "-1"),
            ("yyyy", 1e9, "1000000000"),
        ] {
            assert_eq!(shown(code, number), expected, "{code} of {number}");
        }
        assert_eq!(NumberFormat::built_in(14).show(44_563.0, Epoch { from_1904: true }), "1/3/2026");
    }

    #[test]
    fn an_unsupported_code_shows_the_number_as_it_is() {
        for code in ["", ";;", "[", "\\", "\"", "[h", "0\\", "?/", "E+", "AM", "\u{1F600}0", "_"] {
            let _ = shown(code, 12.5);
        }
        assert_eq!(shown("[", 12.5), "12.5");
    }
}
