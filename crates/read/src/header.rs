//! The header: which column stands where.

use homeroom_model::column::{Column, plain};

use crate::vocabulary::Vocabulary;

/// The header of a file.
#[derive(Clone, Debug)]
pub struct Header {
    /// For each column of the vocabulary its standard name, and where it stands.
    columns: Vec<(&'static str, Option<usize>)>,
    /// Required columns that are missing.
    missing: Vec<usize>,
    /// The cells as they stand in the file; empty cells at the end are left out.
    cells: Vec<String>,
    /// Known columns that stand there twice, with both positions.
    duplicates: Vec<(usize, usize, usize)>,
    /// How many cells there are with the empty ones at the end: columns without a name.
    cells_in_all: usize,
}

impl Header {
    /// Reads the cells of a header. A column that the district calls by a name of its own is read from there, when that
    /// name is in the header.
    pub fn of_cells(mut cells: Vec<String>, vocabulary: &Vocabulary) -> Header {
        let cells_in_all = cells.len();
        while cells.last().is_some_and(|cell| plain(cell).is_empty()) {
            cells.pop();
        }
        let mut positions = vec![None; vocabulary.len()];
        let mut duplicates = vec![];
        let mut place = |column: usize, at: usize, positions: &mut Vec<Option<usize>>| match positions[column]
        {
            Some(first) => duplicates.push((column, first, at)),
            None => positions[column] = Some(at),
        };
        let plain_cells = cells.iter().map(|cell| plain(without_remark(cell))).collect::<Vec<_>>();
        for (at, cell) in plain_cells.iter().enumerate() {
            if let Some(column) = vocabulary.own(cell) {
                place(column, at, &mut positions);
            }
        }
        let own = positions.clone();
        for (at, cell) in plain_cells.iter().enumerate().filter(|(_, cell)| vocabulary.own(cell).is_none()) {
            if let Some(column) = vocabulary.known(cell).filter(|column| own[*column].is_none()) {
                place(column, at, &mut positions);
            }
        }
        let missing = |column: &usize| vocabulary.is_required(*column) && positions[*column].is_none();
        Header {
            missing: (0..vocabulary.len()).filter(missing).collect(),
            columns: (0..vocabulary.len())
                .map(|column| (vocabulary.name(column), positions[column]))
                .collect(),
            cells,
            duplicates,
            cells_in_all,
        }
    }

    /// Where a column stands, counted from 0.
    pub fn position(&self, column: impl Into<usize>) -> Option<usize> {
        self.columns[column.into()].1
    }

    /// A column's standard name, or the name as the file writes it when it is not known.
    pub fn name_at(&self, at: usize) -> String {
        let known = self.columns.iter().find(|(_, place)| *place == Some(at));
        known.map_or_else(|| self.cells[at].clone(), |(name, _)| (*name).to_owned())
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// Whether a row with so many cells has them under the columns: columns without a name may have values.
    pub fn fits(&self, cells: usize) -> bool {
        (self.width()..=self.cells_in_all.max(self.width())).contains(&cells)
    }

    /// Takes columns without a name up to this many: on a sheet no separator can shift a row, and people put notes beside
    /// the table.
    pub(crate) fn allow_more(&mut self, columns: usize) {
        self.cells_in_all = self.cells_in_all.max(columns);
    }

    /// How many cells of a row stand behind the last column.
    pub(crate) fn surplus(&self, cells: usize) -> usize {
        cells.saturating_sub(self.cells_in_all)
    }

    /// How many known columns there are.
    pub fn known(&self) -> usize {
        self.columns.iter().filter(|(_, place)| place.is_some()).count()
    }

    /// The cells as they stand in the file.
    pub fn cells(&self) -> &[String] {
        &self.cells
    }

    /// Known columns that stand there twice: the standard name, and both names as the file writes them.
    pub fn duplicates(&self) -> impl Iterator<Item = (&'static str, &str, &str)> {
        self.duplicates.iter().map(|(column, first, second)| {
            (self.columns[*column].0, self.cells[*first].as_str(), self.cells[*second].as_str())
        })
    }

    /// The standard names of required columns that are missing.
    pub fn missing(&self) -> impl Iterator<Item = &'static str> {
        self.missing.iter().map(|column| self.columns[*column].0)
    }

    /// Cells that name no known column.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        let known = |at: usize| self.columns.iter().any(|(_, place)| *place == Some(at));
        let twice = |at: usize| self.duplicates.iter().any(|(_, _, second)| *second == at);
        let cells = self.cells.iter().enumerate();
        cells
            .filter(move |(at, cell)| !known(*at) && !twice(*at) && !plain(cell).is_empty())
            .map(|(_, cell)| cell.as_str())
    }

    /// The ignored cell that is most likely meant as a missing `column` of the flat CSV: its name misspelt, or a part of
    /// its name that no other missing column has (`Email`, when only the students' is missing).
    pub fn near_miss(&self, column: Column) -> Option<&str> {
        let misspelt = self.ignored().filter(|cell| !words(cell).iter().all(|word| is_ordinary(word)));
        let near = misspelt.map(|cell| (column.distance(cell), cell)).min();
        if let Some((distance, cell)) = near
            && distance <= 3
            && distance * 3 <= column.name().len()
        {
            return Some(cell);
        }
        let is_part_of = |cell: &str, name: &str| {
            let (cell, name) = (words(cell), words(name));
            !cell.is_empty() && cell.iter().all(|word| name.contains(word))
        };
        let only_of = |cell: &&str| {
            let mut fitting = self.missing().filter(|name| is_part_of(cell, name));
            fitting.next() == Some(column.name()) && fitting.next().is_none()
        };
        let mut parts = self.ignored().filter(only_of);
        parts.next().filter(|_| parts.next().is_none())
    }

    /// Whether a row is the header once more.
    pub(crate) fn is_repeated_by<'c>(&self, cells: impl Iterator<Item = &'c [u8]>) -> bool {
        let mut same = 0;
        for (cell, mine) in cells.zip(&self.cells) {
            if plain(&String::from_utf8_lossy(cell)) != plain(mine) {
                return false;
            }
            same += 1;
        }
        same > 0 && same == self.cells.len()
    }
}

/// A header cell without what people put in brackets behind it: `school_id (required)`.
fn without_remark(cell: &str) -> &str {
    match cell.split_once('(') {
        Some((name, _))
            if cell.trim_end().trim_end_matches('"').ends_with(')') && !name.trim().is_empty() =>
        {
            name
        }
        _ => cell,
    }
}

/// The words of a header cell in small letters: `Last_name`, `lastName` and `Last Name` have two.
fn words(cell: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in cell.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is always one").extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a word is spelt as headers spell theirs: then it is no other word misspelt.
fn is_ordinary(word: &str) -> bool {
    const WORDS: [&str; 24] = [
        "first", "last", "middle", "full", "name", "email", "mail", "address", "id", "number", "code",
        "school", "class", "section", "course", "teacher", "student", "staff", "grade", "level", "user",
        "username", "title", "clever",
    ];
    WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use homeroom_model::column::Column;
    use homeroom_model::profile::Profile;

    use super::Header;
    use crate::vocabulary::Vocabulary;

    fn header(cells: &[&str]) -> Header {
        let profile =
            Profile::parse("[columns]\n\"Pupil Mail\" = \"student_email\"\ncourse = \"class_name\"");
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        Header::of_cells(cells, &Vocabulary::flat(&profile.unwrap()))
    }

    #[test]
    fn a_near_miss_is_a_typing_mistake_or_the_only_thing_that_can_be_meant() {
        const ALL: [&str; 11] = [
            "school_id",
            "school_name",
            "teacher_email",
            "teacher_first_name",
            "teacher_last_name",
            "class_id",
            "class_name",
            "student_first_name",
            "student_last_name",
            "student_email",
            "student_grade_level",
        ];
        let near = |missing: &str, instead: &str| {
            let cells = ALL.map(|cell| if cell == missing { instead } else { cell });
            header(&cells).near_miss(Column::named(missing).unwrap()).map(str::to_owned)
        };
        for (missing, instead) in [
            ("student_email", "student_emial"),
            ("student_email", "Email"),
            ("student_last_name", "lastName"),
            ("class_name", "clas name"),
        ] {
            assert_eq!(near(missing, instead).as_deref(), Some(instead));
        }
        for (missing, instead) in
            [("class_name", "Last_name"), ("school_id", "id number"), ("student_email", "phone")]
        {
            assert_eq!(near(missing, instead), None, "{instead}");
        }
        let both = header(&["school_id", "First Name", "Last Name", "teacher_email"]);
        assert_eq!(both.near_miss(Column::StudentLastName), None, "it may be the teacher's as well");
    }

    #[test]
    fn remarks_in_brackets_do_not_matter() {
        let both = header(&["School ID (required)", "school_name(text)", "(class_id)"]);
        assert_eq!((both.position(Column::SchoolId), both.position(Column::SchoolName)), (Some(0), Some(1)));
        assert_eq!(both.position(Column::ClassId), Some(2), "what is all in brackets is no remark");
    }

    #[test]
    fn a_districts_own_name_counts_before_the_standard_one() {
        let both = header(&["student_email", "PUPIL-MAIL", "class"]);
        assert_eq!(both.position(Column::StudentEmail), Some(1));
        assert_eq!(both.ignored().collect::<Vec<_>>(), ["student_email"]);
        assert_eq!(both.duplicates().count(), 0);
        assert_eq!(both.position(Column::ClassName), Some(2), "without its own name the usual ones count");
        assert_eq!(header(&["Pupil Mail", "Pupil_Mail"]).duplicates().count(), 1);
    }
}
