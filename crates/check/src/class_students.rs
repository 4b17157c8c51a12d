//! Who is in a class of the stored roster.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, ClassNumber};
use homeroom_model::stored::{StoredRoster, active_links_of_class};

use crate::two_classes::keys;

/// The students of the stored classes.
pub(crate) struct ClassStudents<'s> {
    stored: &'s StoredRoster,
    classes: HashMap<&'s str, ClassNumber>,
}

impl<'s> ClassStudents<'s> {
    pub(crate) fn new(stored: &'s StoredRoster) -> Self {
        let active = stored.classes.iter().filter(|class| class.active);
        let classes = active.map(|class| (stored.texts.get(class.values.key), class.number)).collect();
        ClassStudents { stored, classes }
    }

    /// For each student of a class the ids and addresses; none when the class is not stored.
    pub(crate) fn of(&self, class: &str) -> Vec<Vec<&'s str>> {
        let Some(class) = self.classes.get(class) else { return vec![] };
        let links = active_links_of_class(&self.stored.enrollments, *class);
        let students = links.filter_map(|link| self.stored.students.by_number(link.link.person));
        students.map(|student| keys(&self.stored.texts, student.values.person).collect()).collect()
    }

    /// The ids and addresses of all students of a class.
    pub(crate) fn keys_of(&self, class: &str) -> HashSet<&'s str> {
        self.of(class).into_iter().flatten().collect()
    }
}
