//! Makes an undo consistent with what stays: keys stay unique, a link in force has its class and its person, a class its school. What is
//! not consistent stays as it is.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ClassNumber, Entity, EntityNumber, SchoolNumber};
use homeroom_model::fields::Fields;
use homeroom_model::history::Field;
use homeroom_model::roster::{Class, Link, School, Student, Teacher};
use homeroom_model::stored::{Stored, StoredLink};
use homeroom_model::string_arena::StringArena;

use super::reversal::Reverted;

/// The entities of one kind: all that are stored, and those that an undo may change.
pub(super) struct RevertedEntities<'s, V: Entity> {
    pub(super) noun: &'static str,
    pub(super) stored: &'s [Stored<V>],
    pub(super) reverted: Vec<Reverted<V::Number, V>>,
}

/// Teachings or enrollments: all that are stored, and those that an undo may change.
pub(super) struct RevertedLinks<'s, P> {
    pub(super) noun: &'static str,
    pub(super) stored: &'s [StoredLink<P>],
    pub(super) reverted: Vec<Reverted<Link<P>, ()>>,
}

/// A whole roster with what an undo may change.
pub(super) struct RevertedRoster<'s> {
    pub(super) schools: RevertedEntities<'s, School>,
    pub(super) classes: RevertedEntities<'s, Class>,
    pub(super) teachers: RevertedEntities<'s, Teacher>,
    pub(super) students: RevertedEntities<'s, Student>,
    pub(super) teachings: RevertedLinks<'s, <Teacher as Entity>::Number>,
    pub(super) enrollments: RevertedLinks<'s, <Student as Entity>::Number>,
    /// What stays as it is, in sentences.
    pub(super) kept: Vec<String>,
}

impl RevertedRoster<'_> {
    /// Keeps what is not consistent. What is kept may need more to be kept; as the roster is consistent now, this comes to an end.
    /// `stored_texts` are those of what is stored, `texts` those of what the undo may change.
    pub(super) fn make_consistent(&mut self, stored_texts: &StringArena, texts: &StringArena) {
        let RevertedRoster { schools, classes, teachers, students, teachings, enrollments, kept } = self;
        loop {
            let before = kept.len();
            teachings.keep_ends(classes, teachers, kept);
            enrollments.keep_ends(classes, students, kept);
            keep_schools(classes, schools, kept);
            schools.keep_keys_unique(stored_texts, texts, kept);
            classes.keep_keys_unique(stored_texts, texts, kept);
            teachers.keep_keys_unique(stored_texts, texts, kept);
            students.keep_keys_unique(stored_texts, texts, kept);
            if kept.len() == before {
                return;
            }
        }
    }
}

impl<V: Entity + Fields> RevertedEntities<'_, V> {
    /// The entities that are active afterwards.
    fn active(&self) -> HashSet<V::Number> {
        let active = self.stored.iter().filter(|stored| stored.active).map(|stored| stored.number);
        let mut active = active.collect::<HashSet<_>>();
        for entity in &self.reverted {
            if entity.after.active {
                active.insert(entity.subject);
            } else {
                active.remove(&entity.subject);
            }
        }
        active
    }

    /// Keeps active what something that stays needs.
    fn keep_used(&mut self, used: &HashSet<V::Number>, kept: &mut Vec<String>) {
        let removed = self.reverted.iter_mut().filter(|entity| entity.is_deactivated());
        for entity in removed.filter(|entity| used.contains(&entity.subject)) {
            entity.keep_state();
            kept.push(format!("{} {} stays: something that stays needs it", self.noun, entity.subject));
        }
    }

    /// Does not give back a key that another entity has in the meantime, and brings no entity back under such a key.
    fn keep_keys_unique(&mut self, stored_texts: &StringArena, texts: &StringArena, kept: &mut Vec<String>) {
        let takes_keys = |entity: &Reverted<V::Number, V>| {
            entity.is_reactivated()
                || entity.after.active && V::KEYS.iter().any(|key| entity.changes(*key, texts))
        };
        if !self.reverted.iter().any(takes_keys) {
            return;
        }
        let reverted = self.reverted.iter().map(|entity| entity.subject).collect::<HashSet<_>>();
        let others = self.stored.iter().filter(|stored| stored.active && !reverted.contains(&stored.number));
        let others = others.map(|stored| (stored.values, stored_texts));
        let own = self.reverted.iter().filter(|entity| entity.after.active);
        let own = own.map(|entity| (entity.after.values, texts));
        let mut holders = HashMap::<_, u32>::new();
        for (values, texts) in others.chain(own) {
            for key in V::KEYS {
                *holders.entry((*key, values.get(*key, texts))).or_default() += 1;
            }
        }
        for entity in self.reverted.iter_mut().filter(|entity| entity.after.active) {
            for key in V::KEYS {
                let value = entity.after.values.get(*key, texts);
                if value.is_empty() || holders.get(&(*key, value)).is_none_or(|holders| *holders < 2) {
                    continue;
                }
                let (noun, number, field) = (self.noun, entity.subject, key.in_words());
                if entity.is_reactivated() {
                    entity.keep_state();
                    kept.push(format!("{noun} {number} does not return: another {noun} has its {field} now"));
                    break;
                }
                if entity.changes(*key, texts) {
                    entity.keep_field(*key);
                    kept.push(format!(
                        "the {field} of {noun} {number} stays as it is: another {noun} has the former one now"
                    ));
                }
            }
        }
    }
}

impl<P: EntityNumber> RevertedLinks<'_, P> {
    /// Brings a link back only with both its ends, and keeps both ends active while a link in force needs them.
    fn keep_ends<V: Entity<Number = P> + Fields>(
        &mut self,
        classes: &mut RevertedEntities<'_, Class>,
        people: &mut RevertedEntities<'_, V>,
        kept: &mut Vec<String>,
    ) {
        let (active_classes, active_people) = (classes.active(), people.active());
        for link in self.reverted.iter_mut().filter(|link| link.is_reactivated()) {
            let Link { class, person } = link.subject;
            if !active_classes.contains(&class) || !active_people.contains(&person) {
                link.keep_state();
                kept.push(format!(
                    "{} {class}/{person} does not return: its class or its {} is not active now",
                    self.noun, people.noun
                ));
            }
        }
        let ended = self.reverted.iter().filter(|link| link.is_deactivated()).map(|link| link.subject);
        let ended = ended.collect::<HashSet<_>>();
        let (mut used_classes, mut used_people) = (HashSet::<ClassNumber>::new(), HashSet::new());
        for stored in self.stored.iter().filter(|stored| stored.active && !ended.contains(&stored.link)) {
            used_classes.insert(stored.link.class);
            used_people.insert(stored.link.person);
        }
        classes.keep_used(&used_classes, kept);
        people.keep_used(&used_people, kept);
    }
}

/// Brings a class back, or moves it back, only to a school that is active, and keeps a school active while a class needs it.
fn keep_schools(
    classes: &mut RevertedEntities<'_, Class>,
    schools: &mut RevertedEntities<'_, School>,
    kept: &mut Vec<String>,
) {
    let active_schools = schools.active();
    for class in &mut classes.reverted {
        let moves = class.after.values.school != class.before.values.school;
        if moves && !active_schools.contains(&class.after.values.school) {
            class.keep_field(Field::School);
            kept.push(format!(
                "the school of class {} stays as it is: the former one is not active now",
                class.subject
            ));
        }
        if class.is_reactivated() && !active_schools.contains(&class.after.values.school) {
            class.keep_state();
            kept.push(format!("class {} does not return: its school is not active now", class.subject));
        }
    }
    let active_classes = classes.active();
    let schools_after = classes
        .reverted
        .iter()
        .map(|class| (class.subject, class.after.values.school))
        .collect::<HashMap<_, _>>();
    let school_of =
        |class: &Stored<Class>| schools_after.get(&class.number).copied().unwrap_or(class.values.school);
    let stay = classes.stored.iter().filter(|class| active_classes.contains(&class.number));
    let used = stay.map(school_of).collect::<HashSet<SchoolNumber>>();
    schools.keep_used(&used, kept);
}
