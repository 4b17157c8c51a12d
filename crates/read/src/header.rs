//! The header: which column stands where.

use crate::column::{Column, plain};

/// The header of a file.
#[derive(Clone, Debug)]
pub struct Header {
    /// For each of [`Column::ALL`] where it stands.
    positions: [Option<usize>; 16],
    /// The cells as they stand in the file; empty cells at the end are left out.
    cells: Vec<String>,
    /// Known columns that stand there twice, with both positions.
    duplicates: Vec<(Column, usize, usize)>,
}

impl Header {
    pub(crate) fn of_cells(mut cells: Vec<String>) -> Header {
        while cells.last().is_some_and(|cell| plain(cell).is_empty()) {
            cells.pop();
        }
        let mut header = Header { positions: [None; 16], cells, duplicates: vec![] };
        for (at, cell) in header.cells.iter().enumerate() {
            let Some(column) = Column::of_header(cell) else { continue };
            match &mut header.positions[column as usize] {
                Some(first) => header.duplicates.push((column, *first, at)),
                place => *place = Some(at),
            }
        }
        header
    }

    /// Where a column stands, counted from 0.
    pub fn position(&self, column: Column) -> Option<usize> {
        self.positions[column as usize]
    }

    /// A column's standard name, or the name as the file writes it when it is not known.
    pub fn name_at(&self, at: usize) -> String {
        let known = Column::ALL.into_iter().find(|column| self.position(*column) == Some(at));
        known.map_or_else(|| self.cells[at].clone(), |column| column.name().to_owned())
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// How many known columns there are.
    pub(crate) fn known(&self) -> usize {
        self.positions.iter().flatten().count()
    }

    /// The cells as they stand in the file.
    pub fn cells(&self) -> &[String] {
        &self.cells
    }

    /// Known columns that stand there twice, with both names as the file writes them.
    pub fn duplicates(&self) -> impl Iterator<Item = (Column, &str, &str)> {
        self.duplicates.iter().map(|(column, first, second)| {
            (*column, self.cells[*first].as_str(), self.cells[*second].as_str())
        })
    }

    /// Required columns that are missing.
    pub fn missing(&self) -> impl Iterator<Item = Column> {
        Column::ALL.into_iter().filter(|column| column.is_required() && self.position(*column).is_none())
    }

    /// Cells that name no known column.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        let known = |at: &usize| self.positions.contains(&Some(*at));
        let twice = |at: &usize| self.duplicates.iter().any(|(_, _, second)| second == at);
        let cells = self.cells.iter().enumerate();
        cells
            .filter(move |(at, cell)| !known(at) && !twice(at) && !plain(cell).is_empty())
            .map(|(_, cell)| cell.as_str())
    }

    /// The ignored cell that is most likely a misspelt `column`.
    pub fn near_miss(&self, column: Column) -> Option<&str> {
        let near = self.ignored().map(|cell| (column.distance(cell), cell)).min()?;
        (near.0 <= 3 && near.0 * 3 <= column.name().len()).then_some(near.1)
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
