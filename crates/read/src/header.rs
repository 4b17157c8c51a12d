//! The header of a table: which column is at which position.

use homeroom_model::column::{Column, normalized};

use crate::vocabulary::Vocabulary;

/// The header of a table.
#[derive(Clone, Debug)]
pub struct Header {
    /// The standard name and the position of each column of the vocabulary.
    columns: Vec<(&'static str, Option<usize>)>,
    /// Required columns that are missing.
    missing: Vec<usize>,
    /// The cells as the file writes them, without empty cells at the end.
    cells: Vec<String>,
    /// Known columns that appear twice, with both positions.
    duplicates: Vec<(usize, usize, usize)>,
    /// The number of cells including the empty ones at the end, which are columns without a name.
    width_with_unnamed: usize,
}

impl Header {
    /// Recognizes the cells of a header. When the header has a district's own name for a column, that name counts and the
    /// standard one is ignored.
    pub fn from_cells(mut cells: Vec<String>, vocabulary: &Vocabulary) -> Header {
        let width_with_unnamed = cells.len();
        while cells.last().is_some_and(|cell| normalized(cell).is_empty()) {
            cells.pop();
        }
        let mut positions = vec![None; vocabulary.len()];
        let mut duplicates = vec![];
        let mut assign =
            |column: usize, at: usize, positions: &mut Vec<Option<usize>>| match positions[column] {
                Some(first) => duplicates.push((column, first, at)),
                None => positions[column] = Some(at),
            };
        let normalized_cells = cells.iter().map(|cell| normalized(without_remark(cell))).collect::<Vec<_>>();
        for (at, cell) in normalized_cells.iter().enumerate() {
            if let Some(column) = vocabulary.by_district_name(cell) {
                assign(column, at, &mut positions);
            }
        }
        let by_district = positions.clone();
        let is_standard = |cell: &str| vocabulary.by_district_name(cell).is_none();
        for (at, cell) in normalized_cells.iter().enumerate().filter(|(_, cell)| is_standard(cell)) {
            if let Some(column) = vocabulary.by_name(cell).filter(|column| by_district[*column].is_none()) {
                assign(column, at, &mut positions);
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
            width_with_unnamed,
        }
    }

    /// The position of a column, counted from 0.
    pub fn position(&self, column: impl Into<usize>) -> Option<usize> {
        self.columns[column.into()].1
    }

    /// The standard name of the column at a position, or the file's name for it when it is not known.
    pub fn name_at(&self, at: usize) -> String {
        let known = self.columns.iter().find(|(_, position)| *position == Some(at));
        known.map_or_else(|| self.cells[at].clone(), |(name, _)| (*name).to_owned())
    }

    /// The number of columns, without unnamed ones at the end.
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// Whether a row with this many cells lines up with the columns: unnamed columns may have values.
    pub fn fits(&self, cells: usize) -> bool {
        (self.width()..=self.width_with_unnamed.max(self.width())).contains(&cells)
    }

    /// Allows unnamed columns up to this total: on a sheet no separator can shift a row, and people put notes next to the
    /// table.
    pub(crate) fn allow_unnamed(&mut self, columns: usize) {
        self.width_with_unnamed = self.width_with_unnamed.max(columns);
    }

    /// How many cells of a row are beyond the last column.
    pub(crate) fn surplus(&self, cells: usize) -> usize {
        cells.saturating_sub(self.width_with_unnamed)
    }

    /// The number of known columns.
    pub fn known_count(&self) -> usize {
        self.columns.iter().filter(|(_, position)| position.is_some()).count()
    }

    /// The cells as the file writes them.
    pub fn cells(&self) -> &[String] {
        &self.cells
    }

    /// Known columns that appear twice: the standard name, and both names as the file writes them.
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
        let known = |at: usize| self.columns.iter().any(|(_, position)| *position == Some(at));
        let twice = |at: usize| self.duplicates.iter().any(|(_, _, second)| *second == at);
        let cells = self.cells.iter().enumerate();
        cells
            .filter(move |(at, cell)| !known(*at) && !twice(*at) && !normalized(cell).is_empty())
            .map(|(_, cell)| cell.as_str())
    }

    /// The ignored cell that is most likely the missing `column` of the flat CSV: its name misspelled, or a part of its name
    /// that no other missing column has (`Email`, when only the student's is missing).
    pub fn near_miss(&self, column: Column) -> Option<&str> {
        let misspelled = self.ignored().filter(|cell| !words(cell).iter().all(|word| is_ordinary(word)));
        let near = misspelled.map(|cell| (column.distance(cell), cell)).min();
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

    /// Whether a row repeats the header.
    pub(crate) fn is_repeated_by<'c>(&self, cells: impl Iterator<Item = &'c [u8]>) -> bool {
        let mut same = 0;
        for (cell, name) in cells.zip(&self.cells) {
            if normalized(&String::from_utf8_lossy(cell)) != normalized(name) {
                return false;
            }
            same += 1;
        }
        same > 0 && same == self.cells.len()
    }
}

/// A header cell without a remark in brackets after it: `school_id (required)`.
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

/// The words of a header cell in lower case: `Last_name`, `lastName` and `Last Name` have two.
fn words(cell: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lowercase = false;
    for c in cell.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_lowercase) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is always one").extend(c.to_lowercase());
        }
        after_lowercase = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a word is common in headers, and so not a misspelling of another word.
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
        Header::from_cells(cells, &Vocabulary::flat(&profile.unwrap()))
    }

    #[test]
    fn a_near_miss_is_a_typo_or_the_only_column_that_fits() {
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
        let ambiguous = header(&["school_id", "First Name", "Last Name", "teacher_email"]);
        assert_eq!(ambiguous.near_miss(Column::StudentLastName), None, "it may be the teacher's as well");
    }

    #[test]
    fn remarks_in_brackets_are_ignored() {
        let header = header(&["School ID (required)", "school_name(text)", "(class_id)"]);
        let positions = (header.position(Column::SchoolId), header.position(Column::SchoolName));
        assert_eq!(positions, (Some(0), Some(1)));
        assert_eq!(header.position(Column::ClassId), Some(2), "a cell entirely in brackets is not a remark");
    }

    #[test]
    fn a_districts_own_name_takes_precedence_over_the_standard_one() {
        let mixed = header(&["student_email", "PUPIL-MAIL", "class"]);
        assert_eq!(mixed.position(Column::StudentEmail), Some(1));
        assert_eq!(mixed.ignored().collect::<Vec<_>>(), ["student_email"]);
        assert_eq!(mixed.duplicates().count(), 0);
        assert_eq!(
            mixed.position(Column::ClassName),
            Some(2),
            "the standard names still count for other columns"
        );
        assert_eq!(header(&["Pupil Mail", "Pupil_Mail"]).duplicates().count(), 1);
    }
}
