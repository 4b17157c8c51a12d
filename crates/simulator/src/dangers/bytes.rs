//! Files whose rows are right, and whose bytes are not.

use super::SpoiledNight;
use crate::form::Form;
use homeroom_model::Column;

/// A spreadsheet of an old Mac saved it.
pub(super) fn mac_roman(night: &mut SpoiledNight<'_>) -> Option<String> {
    night.file.form = Form::MacRoman;
    Some("the file is in Mac Roman".to_owned())
}

pub(super) fn one_bad_byte(night: &mut SpoiledNight<'_>) -> Option<String> {
    let row = some_row(night);
    night.file.form = Form::OneBadByte(row);
    Some(format!("row {row} has one byte that is not UTF-8"))
}

pub(super) fn utf_16_tail(night: &mut SpoiledNight<'_>) -> Option<String> {
    let row = some_row(night);
    night.file.form = Form::Utf16Tail(row);
    Some(format!("the rows from {row} on are UTF-16"))
}

pub(super) fn holes(night: &mut SpoiledNight<'_>) -> Option<String> {
    let (from, to) = some_rows(night);
    night.file.form = Form::Holes(from, to);
    Some(format!("NULs stand in the place of the rows from {from} to {to}"))
}

pub(super) fn second_header(night: &mut SpoiledNight<'_>) -> Option<String> {
    let row = some_row(night);
    night.file.form = Form::SecondHeader(row);
    Some(format!("a second header in row {row} has its columns in another order"))
}

pub(super) fn one_more_column(night: &mut SpoiledNight<'_>) -> Option<String> {
    let row = some_row(night);
    night.file.form = Form::OneMoreColumn(row);
    Some(format!("a second header in row {row} has one column more"))
}

pub(super) fn unquoted_commas(night: &mut SpoiledNight<'_>) -> Option<String> {
    let (from, to) = some_rows(night);
    night.file.form = Form::UnquotedComma(from, to);
    Some(format!("class names of the rows from {from} to {to} have a comma without quotation marks"))
}

pub(super) fn renamed_header(night: &mut SpoiledNight<'_>) -> Option<String> {
    let columns = [
        Column::StudentEmail,
        Column::StudentLastName,
        Column::StudentId,
        Column::StudentGradeLevel,
        Column::TeacherEmail,
        Column::ClassId,
        Column::StudentCleverId,
    ];
    let columns = columns.into_iter().filter(|column| night.file.has(*column)).collect::<Vec<_>>();
    let column = *night.dice.pick(&columns);
    night.file.form = Form::RenamedHeader(column);
    Some(format!("the column {} has another name", column.name()))
}

/// A row of the middle of the file; 0 is the header.
fn some_row(night: &SpoiledNight<'_>) -> usize {
    let rows = night.file.rows.len();
    rows / 8 + night.dice.below(rows * 3 / 4)
}

/// Some rows in a row.
fn some_rows(night: &SpoiledNight<'_>) -> (usize, usize) {
    let from = some_row(night);
    (from, (from + 1 + night.dice.below(60)).min(night.file.rows.len()))
}
