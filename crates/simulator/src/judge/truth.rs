//! What is true in a night.

use std::collections::{BTreeMap, BTreeSet};

use crate::file::{NightFile, Row};
use crate::truth::{PersonId, School, World};
use homeroom_model::Column;

/// What is true in a night.
pub(crate) struct Truth<'w> {
    pub(crate) world: &'w World,
    /// Everybody of the file as the SIS should have exported it.
    pub(crate) here: BTreeSet<PersonId>,
    /// Which teacher has which student.
    pub(crate) pairs: BTreeSet<(PersonId, PersonId)>,
    /// Whose each key is or was, in lower case.
    pub(super) key_owners: BTreeMap<&'w str, Vec<PersonId>>,
    /// The grades, as they are stored.
    pub(super) grades: BTreeMap<PersonId, String>,
    /// The names of the schools, by key.
    pub(super) schools: BTreeMap<&'w str, &'w str>,
    /// The classes, by key.
    pub(super) classes: BTreeMap<&'w str, usize>,
}

impl<'w> Truth<'w> {
    /// From the file as the SIS should have exported it.
    pub(crate) fn new(world: &'w World, export: &NightFile) -> Truth<'w> {
        let pairs = export.rows.iter().filter_map(|row| Some((row.teacher?, row.student?)));
        let mut key_owners = BTreeMap::<&str, Vec<PersonId>>::new();
        for (id, person) in world.people.iter().enumerate() {
            for key in &person.keys_ever {
                key_owners.entry(key).or_default().push(id);
            }
        }
        let grade = |row: &Row| Some((row.student?, row.cell(Column::StudentGradeLevel).to_owned()));
        let class_key = |row: &Row| (world.classes[row.class].key.as_str(), row.class);
        let school = |school: &'w School| (school.key.as_str(), school.name.as_str());
        Truth {
            world,
            here: export.people(),
            pairs: pairs.collect(),
            key_owners,
            grades: export.rows.iter().filter_map(grade).collect(),
            schools: world.schools.iter().map(school).collect(),
            classes: export.rows.iter().map(class_key).collect(),
        }
    }
}
