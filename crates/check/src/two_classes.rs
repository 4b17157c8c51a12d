//! Rows that name two classes: the id of one, and the name and a teacher of another. `class_id` was filled down, has slipped or was
//! sorted without the other columns, and nobody knows from such a row in which of the two a student is.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::entity::{ByNumber, ClassNumber};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::name::folded;
use homeroom_model::roster::Person;
use homeroom_model::stored::StoredRoster;
use homeroom_model::string_arena::StringArena;

use crate::row_parts::{ClassPart, PartFinding, RowParts};

/// Rejects the rows that have the id of one class, and the name and a teacher of another class of the same school. A class that has
/// two names and one set of teachers is left alone: two courses are taught in it.
pub(crate) fn reject_rows_of_two_classes(parts: &mut RowParts<ClassPart>, stored: Option<&StoredRoster>) {
    let disputed = disputed_classes(parts);
    if disputed.is_empty() {
        return;
    }
    let RowParts { texts, values, notes } = parts;
    let classes = Classes::new(texts, values, |at| notes[at].occurrences.rows, stored);
    let other = |part: &ClassPart| {
        let id = texts.get(part.class);
        disputed.contains(id).then(|| classes.other(texts, part)).flatten().map(|other| (id, other))
    };
    let found = values.iter().map(|part| {
        let (id, other) = other(part)?;
        let message = format!(
            "The row has the class_id of '{}' ({id}), and the name and a teacher of '{}' ({other}): most likely class_id was filled \
             down, has slipped or was sorted without the other columns.",
            classes.by_id[id].name,
            texts.get(part.class_name),
        );
        let finding = PartFinding::new(FindingCode::ClassIdOfAnother, Column::ClassId, id, message);
        Some(finding.proposing(other))
    });
    let found = found.collect::<Vec<_>>();
    for (notes, finding) in notes.iter_mut().zip(found).filter(|(notes, _)| !notes.rejected) {
        finding.into_iter().for_each(|finding| notes.add(finding));
    }
}

/// The ids of classes with several names in the file.
fn disputed_classes(parts: &RowParts<ClassPart>) -> HashSet<String> {
    let RowParts { texts, values, notes } = parts;
    let mut names = HashMap::<&str, &str>::with_capacity(values.len());
    let mut disputed = HashSet::new();
    for (part, _) in values.iter().zip(notes).filter(|(_, notes)| !notes.rejected) {
        let (id, name) = (texts.get(part.class), texts.get(part.class_name));
        if *names.entry(id).or_insert(name) != name {
            disputed.insert(id.to_owned());
        }
    }
    disputed
}

/// A class of the stored roster, or of the file.
pub(crate) struct StoredClass<'t> {
    school: &'t str,
    /// The stored name, if the file has it; else the most frequent one of the file.
    name: &'t str,
    /// Ids and addresses of those who teach it: in the stored roster, or in the rows with its name.
    pub(crate) teachers: HashSet<&'t str>,
}

struct Classes<'t> {
    by_id: HashMap<&'t str, StoredClass<'t>>,
    /// By school and folded name.
    by_name: HashMap<(&'t str, String), Vec<&'t str>>,
}

impl<'t> Classes<'t> {
    fn new(
        texts: &'t StringArena,
        parts: &'t [ClassPart],
        rows: impl Fn(usize) -> u32,
        stored: Option<&'t StoredRoster>,
    ) -> Classes<'t> {
        let mut by_id = stored.map(stored_classes).unwrap_or_default();
        // For each class the names that it has in the file, each with its rows.
        let mut names = HashMap::<&str, BTreeMap<&str, u32>>::new();
        for (at, part) in parts.iter().enumerate() {
            let of_class = names.entry(texts.get(part.class)).or_default();
            *of_class.entry(texts.get(part.class_name)).or_default() += rows(at);
        }
        for part in parts {
            let (id, school) = (texts.get(part.class), texts.get(part.school));
            let names = &names[id];
            let most = names.iter().max_by_key(|(_, rows)| **rows).map_or("", |(name, _)| *name);
            let class = by_id.entry(id).or_insert_with(|| StoredClass {
                school,
                name: most,
                teachers: HashSet::new(),
            });
            if !names.contains_key(class.name) {
                class.name = most;
            }
            if texts.get(part.class_name) == class.name {
                class.teachers.extend(keys(texts, part.teacher));
            }
        }
        let mut by_name = HashMap::<_, Vec<_>>::new();
        for (id, class) in &by_id {
            by_name.entry((class.school, folded(class.name))).or_default().push(*id);
        }
        // An id of today says more than a stored one.
        by_name.values_mut().for_each(|ids| ids.sort_unstable_by_key(|id| (!names.contains_key(id), *id)));
        Classes { by_id, by_name }
    }

    /// The other class of which a part has the name and a teacher.
    fn other(&self, texts: &StringArena, part: &ClassPart) -> Option<&'t str> {
        let id = texts.get(part.class);
        let class = self.by_id.get(id)?;
        let name = folded(texts.get(part.class_name));
        let teaches =
            |class: &StoredClass<'_>| keys(texts, part.teacher).any(|key| class.teachers.contains(key));
        if name == folded(class.name) || teaches(class) {
            return None;
        }
        let named_so = self.by_name.get(&(texts.get(part.school), name))?;
        named_so.iter().copied().find(|other| *other != id && teaches(&self.by_id[*other]))
    }
}

/// The active classes by id.
pub(crate) fn stored_classes(stored: &StoredRoster) -> HashMap<&str, StoredClass<'_>> {
    let text = |text| stored.texts.get(text);
    let mut teachers = HashMap::<ClassNumber, HashSet<&str>>::new();
    for link in stored.teachings.iter().filter(|link| link.active).map(|link| link.link) {
        if let Some(teacher) = stored.teachers.by_number(link.person) {
            teachers.entry(link.class).or_default().extend(keys(&stored.texts, teacher.values.person));
        }
    }
    let classes = stored.classes.iter().filter(|class| class.active).filter_map(|class| {
        let school = stored.schools.by_number(class.values.school)?;
        let (school, name) = (text(school.values.key), text(class.values.name));
        let teachers = teachers.remove(&class.number).unwrap_or_default();
        Some((text(class.values.key), StoredClass { school, name, teachers }))
    });
    classes.collect()
}

pub(crate) fn keys(texts: &StringArena, person: Person) -> impl Iterator<Item = &str> {
    [person.sis_id, person.email].into_iter().map(|key| texts.get(key)).filter(|key| !key.is_empty())
}
