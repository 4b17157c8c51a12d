//! `class_id` and `class_name` in each other's column, in the whole file or in some rows, which the stored roster proves.

use hashbrown::HashSet;
use homeroom_model::column::Column;
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::stored::StoredRoster;

use crate::row_parts::{ClassPart, PartFinding, RowParts};

/// So many classes must be known by the other column.
const MIN_EXCHANGED: usize = 3;

/// Rejects the rows whose class id is the stored name of a class, and whose class name is a stored id. When these are most of the file,
/// the headers are exchanged: returns the finding that rejects it.
pub(crate) fn exchanged_classes(parts: &mut RowParts<ClassPart>, stored: &StoredRoster) -> Option<Finding> {
    let RowParts { texts, values, notes } = parts;
    let active = || stored.classes.iter().filter(|class| class.active);
    let ids = active().map(|class| stored.texts.get(class.values.key)).collect::<HashSet<_>>();
    let names = active().map(|class| stored.texts.get(class.values.name)).collect::<HashSet<_>>();
    let is_exchanged = |part: &ClassPart| {
        let (id, name) = (texts.get(part.class), texts.get(part.class_name));
        !ids.contains(id) && names.contains(id) && ids.contains(name)
    };
    let exchanged = (0..values.len()).filter(|at| is_exchanged(&values[*at])).collect::<Vec<_>>();
    let first = values[*exchanged.first()?];
    if exchanged.len() >= MIN_EXCHANGED && exchanged.len() * 2 > values.len() {
        let message = format!(
            "The column class_id holds the names that the classes had yesterday, such as '{}', and class_name holds their ids, such as \
             '{}': the two headers stand over each other's column.",
            texts.get(first.class),
            texts.get(first.class_name),
        );
        let finding = Finding::of_file(FindingCode::ClassColumnsExchanged, texts.get(first.class), message);
        return Some(finding.in_column(Column::ClassId.name()));
    }
    for at in exchanged {
        let (id, name) = (texts.get(values[at].class), texts.get(values[at].class_name));
        let message = format!(
            "class_id is '{id}', a name that classes have, and class_name is '{name}', the id of a class: the two are exchanged in this \
             row, but not in most others.",
        );
        let finding = PartFinding::new(FindingCode::ClassIdAndNameExchanged, Column::ClassId, id, message);
        notes[at].add(finding.proposing(name));
    }
    None
}
