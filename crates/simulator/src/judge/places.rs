//! Schools and classes: which class is in which school, and what they are called.

use std::collections::BTreeMap;

use homeroom_model::entity::{ClassNumber, EntityNumber};
use homeroom_model::stored::StoredRoster;

use super::finding::Fault;
use super::truth::Truth;

/// An active class: its key, its name and the key of its school.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ClassPlace {
    key: String,
    name: String,
    school: String,
}

/// The active schools, by key, and classes of a stored roster.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    schools: BTreeMap<String, String>,
    classes: BTreeMap<ClassNumber, ClassPlace>,
}

impl Places {
    pub(super) fn of(stored: &StoredRoster) -> Places {
        let text = |text| stored.texts.get(text).to_owned();
        let schools = stored.schools.iter().filter(|school| school.active);
        let keys = stored.schools.iter().map(|school| (school.number, text(school.values.key)));
        let keys = keys.collect::<BTreeMap<_, _>>();
        let classes = stored.classes.iter().filter(|class| class.active).map(|class| {
            let school = keys.get(&class.values.school).cloned().unwrap_or_default();
            let place = ClassPlace { key: text(class.values.key), name: text(class.values.name), school };
            (class.number, place)
        });
        Places {
            schools: schools.map(|school| (text(school.values.key), text(school.values.name))).collect(),
            classes: classes.collect(),
        }
    }
}

/// Which of the truth's classes each stored one is: decided when it is made.
#[derive(Default)]
pub(crate) struct ClassOwners {
    of: BTreeMap<ClassNumber, Option<usize>>,
}

impl ClassOwners {
    pub(crate) fn owner(&self, class: ClassNumber) -> Option<usize> {
        self.of.get(&class).copied().flatten()
    }

    /// What changed in schools and classes, and is not true.
    pub(super) fn changes(
        &mut self,
        truth: &Truth<'_>,
        (before, after): (&Places, &Places),
        find: &mut impl FnMut(Fault, String),
    ) {
        for (key, name) in &after.schools {
            let had = before.schools.get(key);
            match truth.schools.get(key.as_str()) {
                _ if had == Some(name) => {}
                None => find(Fault::WrongPlace, format!("school {key} is not here")),
                Some(right) if right != name => {
                    find(Fault::WrongValue, format!("school {key} is called {name}"));
                }
                Some(_) => {}
            }
        }
        for (number, class) in &after.classes {
            let right = truth.classes.get(class.key.as_str()).copied();
            let owner = *self.of.entry(*number).or_insert(right);
            if before.classes.get(number) == Some(class) {
                continue;
            }
            self::class(truth, (*number, class), owner.zip(right), find);
        }
    }
}

/// `owner_and_right` are the truth's class whose the stored one is, and the one that has its key tonight.
fn class(
    truth: &Truth<'_>,
    (number, class): (ClassNumber, &ClassPlace),
    owner_and_right: Option<(usize, usize)>,
    find: &mut impl FnMut(Fault, String),
) {
    let number = number.as_u32();
    let Some((owner, right)) = owner_and_right else {
        return find(Fault::WrongPlace, format!("class-{number} {} is not here", class.key));
    };
    let world = truth.world;
    if owner != right {
        let words = format!("class-{number} {} goes on for another class", class.key);
        find(Fault::WrongPlace, words);
    }
    let right = &world.classes[right];
    if class.school != world.schools[right.school].key {
        find(Fault::WrongPlace, format!("class-{number} {} is in school {}", class.key, class.school));
    }
    if class.name != right.name {
        find(Fault::WrongValue, format!("class-{number} {} is called {}", class.key, class.name));
    }
}
