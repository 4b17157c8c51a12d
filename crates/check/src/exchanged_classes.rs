//! The headers of `class_id` and `class_name` over each other's column, which the stored roster proves.

use hashbrown::HashSet;
use homeroom_model::column::Column;
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::stored::StoredRoster;

use crate::row_parts::{ClassPart, RowParts};

/// So many classes must be known by the other column.
const MIN_EXCHANGED: usize = 3;

/// The finding that rejects a file whose class ids are the stored names, and whose class names are the stored ids.
pub(crate) fn exchanged_classes(parts: &RowParts<ClassPart>, stored: &StoredRoster) -> Option<Finding> {
    let active = || stored.classes.iter().filter(|class| class.active);
    let ids = active().map(|class| stored.texts.get(class.values.key)).collect::<HashSet<_>>();
    let names = active().map(|class| stored.texts.get(class.values.name)).collect::<HashSet<_>>();
    let text = |text| parts.texts.get(text);
    let is_exchanged = |part: &&ClassPart| {
        let (id, name) = (text(part.class), text(part.class_name));
        !ids.contains(id) && names.contains(id) && ids.contains(name)
    };
    let exchanged = parts.values.iter().filter(is_exchanged).collect::<Vec<_>>();
    let first = exchanged.first()?;
    if exchanged.len() < MIN_EXCHANGED || exchanged.len() * 2 <= parts.values.len() {
        return None;
    }
    let message = format!(
        "The column class_id holds the names that the classes had yesterday, such as '{}', and class_name holds their ids, such as \
         '{}': the two headers stand over each other's column.",
        text(first.class),
        text(first.class_name),
    );
    let finding = Finding::of_file(FindingCode::ClassColumnsExchanged, text(first.class), message);
    Some(finding.in_column(Column::ClassId.name()))
}
