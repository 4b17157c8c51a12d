//! The student a trace is about.

use homeroom_model::entity::ByNumber;
use homeroom_model::roster::{Link, Roster, Student};
use homeroom_model::stored::{FormerKey, Stored, StoredRoster};

/// The student a trace is about, and the class when one was given.
pub(super) struct Subject<'s> {
    /// Address or SIS id, as it was asked for.
    pub(super) key: String,
    pub(super) class: Option<&'s str>,
    pub(super) stored: &'s StoredRoster,
    /// `None` when nobody in the stored roster has or had the key.
    pub(super) student: Option<&'s Stored<Student>>,
    /// The key, and the student's present ones: an old key is no longer in the file.
    pub(super) keys: Vec<String>,
}

impl<'s> Subject<'s> {
    pub(super) fn new(stored: &'s StoredRoster, key: String, class: Option<&'s str>) -> Subject<'s> {
        let student = find(stored, &key);
        let mut keys = vec![key.clone()];
        if let Some(student) = student {
            let present = [student.values.person.email, student.values.person.sis_id];
            let present = present.map(|key| stored.texts.get(key).to_owned());
            keys.extend(present.into_iter().filter(|key| !key.is_empty()));
        }
        Subject { key, class, stored, student, keys }
    }

    /// First and last name of the stored student.
    pub(super) fn name(&self) -> Option<(&'s str, &'s str)> {
        let person = &self.student?.values.person;
        Some((self.stored.texts.get(person.first_name), self.stored.texts.get(person.last_name)))
    }

    pub(super) fn is_active(&self) -> bool {
        self.student.is_some_and(|student| student.active)
    }

    /// Whether they are in the roster, and in the class when one was given.
    pub(super) fn is_there(&self) -> bool {
        self.is_active() && self.class.is_none_or(|class| self.is_in(class))
    }

    fn is_in(&self, class: &str) -> bool {
        let (Some(student), stored) = (self.student, self.stored) else { return false };
        let is_asked_class = |class_key| is_class(stored.texts.get(class_key), class);
        let class = stored.classes.iter().find(|class| class.active && is_asked_class(class.values.key));
        let Some(class) = class else { return false };
        let link = Link { class: class.number, person: student.number };
        let at = stored.enrollments.binary_search_by_key(&link, |enrollment| enrollment.link);
        at.is_ok_and(|at| stored.enrollments[at].active)
    }

    /// Whether a checked roster has them, in the class when one was given.
    pub(super) fn is_in_file(&self, roster: &Roster) -> bool {
        let text = |text| roster.texts.get(text);
        let is_theirs = |student: &Student| {
            let keys = [student.person.email, student.person.sis_id].map(text);
            self.keys.iter().any(|key| keys.contains(&key.as_str()))
        };
        let Some(at) = roster.students.iter().position(is_theirs) else { return false };
        let Some(class) = self.class else { return true };
        let mut links = roster.enrollments.iter().filter(|link| link.person as usize == at);
        links.any(|link| is_class(text(roster.classes[link.class as usize].key), class))
    }
}

/// The stored student with a key, present or former; active ones first.
fn find<'s>(stored: &'s StoredRoster, key: &str) -> Option<&'s Stored<Student>> {
    let has_key = |student: &&Stored<Student>| {
        let person = &student.values.person;
        stored.texts.get(person.email) == key || stored.texts.get(person.sis_id) == key
    };
    let by_former_key = || {
        let mut former = stored.former_keys.iter().rev();
        let had_key = |former: &FormerKey| stored.texts.get(former.key) == key;
        let number = former.find_map(|former| former.entity.number_as().filter(|_| had_key(former)))?;
        stored.students.by_number(number)
    };
    let mut all = stored.students.iter().filter(has_key);
    all.clone().find(|student| student.active).or_else(|| all.next_back()).or_else(by_former_key)
}

/// Whether a class's key is the given `class_id`. Where schools share ids, the key is the school's id, a slash, and the class's.
pub(super) fn is_class(key: &str, class_id: &str) -> bool {
    key == class_id || key.rsplit_once('/').is_some_and(|(_, id)| id == class_id)
}

#[cfg(test)]
mod tests {
    use super::is_class;

    #[test]
    fn a_class_is_found_by_its_id_with_or_without_its_school() {
        assert!(is_class("7-A", "7-A"));
        assert!(is_class("0100/7-A", "7-A"));
        assert!(is_class("0100/7-A", "0100/7-A"));
        assert!(!is_class("0100/7-A", "A"));
    }
}
