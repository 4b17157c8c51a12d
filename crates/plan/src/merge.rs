//! The values that a stored entity gets from the file, and the keys that they replace.

use homeroom_model::entity::{Entity, EntityRef};
use homeroom_model::rekey::MatchedBy;
use homeroom_model::roster::{Class, OptionalColumns, Person, School, Student, Teacher};
use homeroom_model::stored::{FormerKey, Stored};
use homeroom_model::string_arena::{StrId, StringArena};

/// Merges wanted values into stored ones, one entity after the other.
pub(crate) struct Merger<'s> {
    stored_texts: &'s StringArena,
    /// The text of the wanted and the merged values.
    pub(crate) texts: StringArena,
    columns: OptionalColumns,
    /// Keys that were replaced.
    pub(crate) former_keys: Vec<FormerKey>,
    /// How each entity that changes was matched.
    pub(crate) matches: Vec<(EntityRef, MatchedBy)>,
}

/// An entity whose wanted values can be merged into its stored ones.
pub(crate) trait Merge: Entity {
    /// The values that the stored entity gets, and whether they differ from the ones it has.
    fn merge(self, old: &Stored<Self>, merger: &mut Merger<'_>) -> (Self, bool);
}

impl Merge for School {
    fn merge(self, old: &Stored<School>, merger: &mut Merger<'_>) -> (School, bool) {
        merger.remember_replaced(old.number.into(), old.values.key, self.key);
        let same = merger.is_same(old.values.key, self.key) && merger.is_same(old.values.name, self.name);
        (self, !same)
    }
}

impl Merge for Class {
    fn merge(self, old: &Stored<Class>, merger: &mut Merger<'_>) -> (Class, bool) {
        merger.remember_replaced(old.number.into(), old.values.key, self.key);
        let same = merger.is_same(old.values.key, self.key)
            && merger.is_same(old.values.name, self.name)
            && old.values.school == self.school;
        (self, !same)
    }
}

impl Merge for Teacher {
    fn merge(self, old: &Stored<Teacher>, merger: &mut Merger<'_>) -> (Teacher, bool) {
        let OptionalColumns { teacher_id, teacher_clever_id, .. } = merger.columns;
        let columns = PersonColumns { sis_id: teacher_id, clever_id: teacher_clever_id };
        let old_person = OldPerson { entity: old.number.into(), values: &old.values.person };
        let (person, differs) = merger.merge_person(&old_person, self.person, columns);
        (Teacher { person }, differs)
    }
}

impl Merge for Student {
    fn merge(self, old: &Stored<Student>, merger: &mut Merger<'_>) -> (Student, bool) {
        let OptionalColumns { student_id, student_clever_id, student_username, .. } = merger.columns;
        let columns = PersonColumns { sis_id: student_id, clever_id: student_clever_id };
        let old_person = OldPerson { entity: old.number.into(), values: &old.values.person };
        let (person, differs) = merger.merge_person(&old_person, self.person, columns);
        let username = if student_username { self.username } else { merger.keep_stored(old.values.username) };
        let differs =
            differs || old.values.grade != self.grade || !merger.is_same(old.values.username, username);
        (Student { person, username, grade: self.grade }, differs)
    }
}

/// Which of a person's optional columns the file has.
#[derive(Clone, Copy)]
struct PersonColumns {
    sis_id: bool,
    clever_id: bool,
}

/// A teacher or student as stored.
struct OldPerson<'p> {
    entity: EntityRef,
    values: &'p Person,
}

impl<'s> Merger<'s> {
    /// Merges into values with `stored_texts` wanted ones with `texts`, from a file that has these columns.
    pub(crate) fn new(stored_texts: &'s StringArena, texts: StringArena, columns: OptionalColumns) -> Self {
        Merger { stored_texts, texts, columns, former_keys: vec![], matches: vec![] }
    }

    fn merge_person(&mut self, old: &OldPerson<'_>, new: Person, columns: PersonColumns) -> (Person, bool) {
        let OldPerson { entity, values: old } = *old;
        self.remember_replaced(entity, old.email, new.email);
        let mut merged = new;
        // A SIS id stays once it is given: a file that leaves it out for one person does not take it away.
        if columns.sis_id && !new.sis_id.is_empty() {
            self.remember_replaced(entity, old.sis_id, new.sis_id);
        } else {
            merged.sis_id = self.keep_stored(old.sis_id);
        }
        if !columns.clever_id {
            merged.clever_id = self.keep_stored(old.clever_id);
        }
        let pairs = [
            (old.sis_id, merged.sis_id),
            (old.email, merged.email),
            (old.first_name, merged.first_name),
            (old.last_name, merged.last_name),
            (old.clever_id, merged.clever_id),
        ];
        (merged, pairs.iter().any(|(old, new)| !self.is_same(*old, *new)))
    }

    /// Remembers a stored key that another one replaces.
    fn remember_replaced(&mut self, entity: EntityRef, old: StrId, new: StrId) {
        if !old.is_empty() && !self.is_same(old, new) {
            let key = self.keep_stored(old);
            self.former_keys.push(FormerKey { entity, key });
        }
    }

    /// A stored text, for merged values.
    fn keep_stored(&mut self, old: StrId) -> StrId {
        self.texts.push_from(self.stored_texts, old)
    }

    fn is_same(&self, old: StrId, new: StrId) -> bool {
        self.stored_texts.get(old) == self.texts.get(new)
    }
}
