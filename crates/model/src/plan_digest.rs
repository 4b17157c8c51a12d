//! Tells whether a plan is still the one that was shown.

use std::collections::HashMap;
use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::entity::{Entity, EntityNumber, EntityRef};
use crate::fields::Fields;
use crate::history::Field;
use crate::ids::EntityKind;
use crate::plan::{Changes, LinkChanges, Plan};
use crate::roster::Link;
use crate::string_arena::StringArena;

/// A sum over all changes of a plan, modulo 2^128: of each change the first 16 bytes, as a little-endian number, of the BLAKE3 hash of
/// its words, each preceded by its length in bytes as 8 little-endian bytes.
///
/// The words of a change are the kind of the record, what happens to it (`create`, `update`, `reactivate`, `deactivate`), which one it
/// is, and of an entity that is active afterwards its values, in the order of [`Fields::FIELDS`]. A link is named by its class and its
/// person; a record that is new here by its values; any other record by its number, which is also that of a record that another part of
/// the plan creates before. So the sum depends neither on the order of changes nor on the numbers of what is new. Holds keep it: it must
/// never change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanDigest(u128);

impl Display for PlanDigest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:032x}", self.0)
    }
}

impl FromStr for PlanDigest {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<PlanDigest, Self::Err> {
        u128::from_str_radix(text, 16).map(PlanDigest)
    }
}

impl Serialize for PlanDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PlanDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PlanDigest, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl PlanDigest {
    /// The digest of a plan, or of several parts of one together.
    pub fn of(parts: &[&Plan]) -> PlanDigest {
        let mut digest = Digesting::default();
        // Schools first, then classes, links last: the values of what is new name what is new before them.
        parts.iter().for_each(|part| digest.entities(&part.schools, &part.texts));
        parts.iter().for_each(|part| digest.entities(&part.classes, &part.texts));
        parts.iter().for_each(|part| digest.entities(&part.teachers, &part.texts));
        parts.iter().for_each(|part| digest.entities(&part.students, &part.texts));
        parts.iter().for_each(|part| digest.links("teaching", &part.teachings));
        parts.iter().for_each(|part| digest.links("enrollment", &part.enrollments));
        digest.sum
    }
}

#[derive(Default)]
struct Digesting {
    /// What names an entity that is new.
    created: HashMap<EntityRef, String>,
    sum: PlanDigest,
}

impl Digesting {
    fn add<'w>(&mut self, words: impl IntoIterator<Item = &'w str>) {
        let mut hasher = blake3::Hasher::new();
        for word in words {
            hasher.update(&(word.len() as u64).to_le_bytes());
            hasher.update(word.as_bytes());
        }
        let mut first = [0; 16];
        hasher.finalize_xof().fill(&mut first);
        self.sum = PlanDigest(self.sum.0.wrapping_add(u128::from_le_bytes(first)));
    }

    fn entities<V: Entity + Fields>(&mut self, changes: &Changes<V>, texts: &StringArena) {
        let kind = V::KIND.as_str();
        // Under new keys or with other values: either way it has these values afterwards.
        let known =
            [("update", &changes.update), ("update", &changes.rekey), ("reactivate", &changes.reactivate)];
        for (what, list) in known {
            for entity in list {
                let values = self.values(entity.values, texts);
                let number = entity.number.to_string();
                self.add([kind, what, &number].into_iter().chain(values.iter().map(String::as_str)));
            }
        }
        for entity in &changes.create {
            let values = self.values(entity.values, texts);
            self.add([kind, "create"].into_iter().chain(values.iter().map(String::as_str)));
            self.created.insert(entity.number.into(), values.join("\0"));
        }
        for number in &changes.deactivate {
            self.add([kind, "deactivate", &number.to_string()]);
        }
    }

    /// The values of an entity; a class's school as it is named.
    fn values<V: Entity + Fields>(&self, values: V, texts: &StringArena) -> Vec<String> {
        let value = |field: &Field| {
            let value = values.get(*field, texts).into_owned();
            match (field, value.parse()) {
                (Field::School, Ok(number)) => self.name(EntityRef { kind: EntityKind::School, number }),
                _ => value,
            }
        };
        V::FIELDS.iter().map(value).collect()
    }

    fn name(&self, entity: EntityRef) -> String {
        let created = self.created.get(&entity);
        created.map_or_else(|| entity.number.to_string(), |values| format!("new\0{values}"))
    }

    fn links<P: EntityNumber>(&mut self, kind: &str, changes: &LinkChanges<P>) {
        let lists = [
            ("create", &changes.create),
            ("reactivate", &changes.reactivate),
            ("deactivate", &changes.deactivate),
        ];
        for (what, links) in lists {
            for Link { class, person } in links {
                let (class, person) = (self.name((*class).into()), self.name((*person).into()));
                self.add([kind, what, &class, &person]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::PlanDigest;
    use crate::entity::{ClassNumber, SchoolNumber, StudentNumber};
    use crate::plan::{Numbered, Plan};
    use crate::roster::{Class, Link, Student};
    use crate::string_arena::StringArena;

    /// A new class in a school, a new student in it, and one who leaves.
    fn plan(class: u32, school: SchoolNumber, name: &str) -> Plan {
        let mut texts = StringArena::default();
        let mut plan = Plan::default();
        let values = Class { key: texts.push("C1"), name: texts.push(name), school };
        plan.classes.create.push(Numbered { number: ClassNumber(class), values });
        let mut student = Student::default();
        student.person.email = texts.push("ann@x.org");
        plan.students.create.push(Numbered { number: StudentNumber(class + 1), values: student });
        plan.students.deactivate.push(StudentNumber(3));
        plan.enrollments.create.push(Link { class: ClassNumber(class), person: StudentNumber(class + 1) });
        plan.enrollments.deactivate.push(Link { class: ClassNumber(2), person: StudentNumber(3) });
        plan.texts = Arc::new(texts);
        plan
    }

    #[test]
    fn it_is_the_same_with_every_compiler_and_every_version() {
        let digest = PlanDigest::of(&[&plan(7, SchoolNumber(1), "Art")]);
        assert_eq!(digest.to_string(), "b1269be11728b05551c71a613605974f");
        assert_eq!("b1269be11728b05551c71a613605974f".parse(), Ok(digest));
    }

    #[test]
    fn it_depends_on_everything_but_the_numbers_of_what_is_new() {
        let digest = |plan: Plan| PlanDigest::of(&[&plan]);
        let shown = digest(plan(7, SchoolNumber(1), "Art"));
        assert_eq!(digest(plan(9, SchoolNumber(1), "Art")), shown);
        assert_ne!(digest(plan(7, SchoolNumber(2), "Art")), shown, "the class is in another school");
        assert_ne!(digest(plan(7, SchoolNumber(1), "Music")), shown);
        let mut other = plan(7, SchoolNumber(1), "Art");
        other.enrollments.create.clear();
        assert_ne!(digest(other), shown, "the student is in no class");
        let mut other = plan(7, SchoolNumber(1), "Art");
        other.enrollments.deactivate[0].class = ClassNumber(5);
        assert_ne!(digest(other), shown, "the other student leaves another class");
    }

    #[test]
    fn what_one_part_creates_another_part_names_by_its_values_when_they_come_together_and_by_its_number_later()
     {
        let whole = plan(7, SchoolNumber(1), "Art");
        let mut first = whole.clone();
        first.enrollments.create.clear();
        let mut rest = Plan { texts: Arc::clone(&whole.texts), ..Plan::default() };
        rest.enrollments.create.clone_from(&whole.enrollments.create);
        assert_eq!(PlanDigest::of(&[&first, &rest]), PlanDigest::of(&[&whole]));
        assert_eq!(PlanDigest::of(&[&rest, &first]), PlanDigest::of(&[&whole]));
        // When the first part is applied, the class and the student have the numbers that the plan gave them.
        let mut stored = rest.clone();
        stored.base_version = rest.base_version.next();
        assert_eq!(PlanDigest::of(&[&rest]), PlanDigest::of(&[&stored]));
        rest.enrollments.create[0].class = ClassNumber(8);
        assert_ne!(PlanDigest::of(&[&rest]), PlanDigest::of(&[&stored]));
    }
}
