//! What becomes of a table on its way into bytes: encodings, separators, headers and holes.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use homeroom_model::Column;

/// How a file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// UTF-8 with commas.
    #[default]
    Plain,
    /// UTF-8 with a byte order mark, and lines that end in CR LF.
    ByteOrderMark,
    /// UTF-16, as spreadsheets save "Unicode text": with tabs.
    Utf16,
    /// With semicolons, as spreadsheets of many countries save it.
    Semicolons,
    /// The columns in another order, and one that nobody asked for.
    OtherColumns,
    /// Empty lines at the end.
    EmptyLines,
    /// Windows-1252; letters that it does not have are question marks.
    Windows1252,
    /// Mac Roman; letters that it does not have are question marks.
    MacRoman,
    /// UTF-8, but for one letter of the first school's name in this row.
    OneBadByte(usize),
    /// From this row on UTF-16.
    Utf16Tail(usize),
    /// From one row to another NULs stand in the place of text.
    Holes(usize, usize),
    /// From this row on the columns of the first and last name are exchanged, as a second header says.
    SecondHeader(usize),
    /// From this row on there is one column more, as a second header says.
    OneMoreColumn(usize),
    /// Of the rows from one to another the name of the class has a comma, and no quotation marks.
    UnquotedComma(usize, usize),
    /// One column has another name, which nobody knows.
    RenamedHeader(Column),
}

/// The header and the rows, as cells.
type Table = Vec<Vec<String>>;

impl Form {
    /// The bytes of a table whose first row is its header.
    pub(crate) fn bytes(self, columns: &[Column], mut table: Table) -> Vec<u8> {
        self.reshape(columns, &mut table);
        match self {
            Form::ByteOrderMark => text(&table, ',', "\r\n", "\u{feff}").into_bytes(),
            Form::Utf16 => utf_16(&text(&table, '\t', "\r\n", "\u{feff}")),
            Form::Semicolons => text(&table, ';', "\n", "").into_bytes(),
            Form::EmptyLines => (text(&table, ',', "\n", "") + "\n\n").into_bytes(),
            Form::Windows1252 => encoded(&text(&table, ',', "\n", ""), WINDOWS_1252),
            Form::MacRoman => encoded(&text(&table, ',', "\n", ""), MACINTOSH),
            Form::OneBadByte(row) => {
                let before = text(&table[..row], ',', "\n", "").into_bytes();
                let mut line = text(&table[row..=row], ',', "\n", "").into_bytes();
                // The second letter of the school's name, as Windows-1252 has an accented one.
                let at = line.iter().position(|byte| *byte == b',').unwrap_or(0) + 2;
                line[at] = 0xe9;
                [before, line, text(&table[row + 1..], ',', "\n", "").into_bytes()].concat()
            }
            Form::Utf16Tail(row) => {
                let (before, after) = table.split_at(row);
                [text(before, ',', "\n", "").into_bytes(), utf_16(&text(after, ',', "\n", ""))].concat()
            }
            Form::Holes(from, to) => {
                let hole = vec![0; text(&table[from..to], ',', "\n", "").len()];
                let (before, after) = (&table[..from], &table[to..]);
                [text(before, ',', "\n", "").into_bytes(), hole, text(after, ',', "\n", "").into_bytes()]
                    .concat()
            }
            _ => text(&table, ',', "\n", "").into_bytes(),
        }
    }

    /// Changes cells and columns.
    fn reshape(self, columns: &[Column], table: &mut Table) {
        let place = |column| columns.iter().position(|one| *one == column);
        match self {
            Form::OtherColumns => table.iter_mut().zip(0..).for_each(|(row, at)| {
                row.reverse();
                row.push(if at == 0 { "locker".to_owned() } else { format!("L{at}") });
            }),
            Form::SecondHeader(from) => {
                table.insert(from, table[0].clone());
                if let (Some(one), Some(other)) =
                    (place(Column::StudentFirstName), place(Column::StudentLastName))
                {
                    table[from..].iter_mut().for_each(|row| row.swap(one, other));
                }
            }
            Form::OneMoreColumn(from) => {
                table.insert(from, table[0].clone());
                table[from].insert(0, "term".to_owned());
                table[from + 1..].iter_mut().for_each(|row| row.insert(0, "2".to_owned()));
            }
            Form::UnquotedComma(from, to) => {
                if let Some(name) = place(Column::ClassName) {
                    table[from..to].iter_mut().for_each(|row| row[name].push_str(", Honors"));
                }
            }
            Form::RenamedHeader(column) => {
                if let Some(at) = place(column) {
                    table[0][at] = "Feld 7".to_owned();
                }
            }
            _ => {}
        }
    }

    /// Whether every letter of these rows can be written in it.
    pub(crate) fn has_letters_of(self, text: &str) -> bool {
        let encoding = match self {
            Form::Windows1252 => WINDOWS_1252,
            Form::MacRoman => MACINTOSH,
            _ => return true,
        };
        !encoding.encode(text).2
    }
}

/// The cells as they are: names and ids of simulated districts need no quotation marks.
fn text(table: &[Vec<String>], separator: char, end: &str, before: &str) -> String {
    let lines = table.iter().map(|row| row.join(&separator.to_string()) + end);
    std::iter::once(before.to_owned()).chain(lines).collect()
}

fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let mut letter = [0; 4];
    let known =
        text.chars().map(|one| if encoding.encode(one.encode_utf8(&mut letter)).2 { '?' } else { one });
    encoding.encode(&known.collect::<String>()).0.into_owned()
}
