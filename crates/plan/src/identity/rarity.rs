//! How rare names are in a district, from a sample of its people.

use hashbrown::HashMap;
use homeroom_model::name::folded;
use homeroom_model::stored::Stored;
use homeroom_model::string_arena::StringArena;

use super::weights;
use crate::roster_person::RosterPerson;

/// The most people who are counted.
const SAMPLE: usize = 4_096;

/// How often names are borne.
pub(super) struct Rarity {
    first: HashMap<String, u32>,
    last: HashMap<String, u32>,
    counted: u32,
}

impl Rarity {
    /// Of the stored people.
    pub(super) fn of<V: RosterPerson>(list: &[Stored<V>], texts: &StringArena) -> Rarity {
        let mut rarity = Rarity { first: HashMap::new(), last: HashMap::new(), counted: 0 };
        for stored in list.iter().step_by(list.len() / SAMPLE + 1) {
            let person = stored.values.person();
            *rarity.first.entry(folded(texts.get(person.first_name))).or_default() += 1;
            *rarity.last.entry(folded(texts.get(person.last_name))).or_default() += 1;
            rarity.counted += 1;
        }
        rarity
    }

    /// What it weighs that two have this first name.
    pub(super) fn of_first(&self, name: &str) -> i32 {
        self.bits(self.first.get(name))
    }

    /// What it weighs that two have this last name.
    pub(super) fn of_last(&self, name: &str) -> i32 {
        self.bits(self.last.get(name))
    }

    fn bits(&self, count: Option<&u32>) -> i32 {
        let ratio = (self.counted + 1) / (count.copied().unwrap_or(0) + 1);
        let (least, most) = weights::NAME_PART;
        (ratio.max(1).ilog2() as i32).clamp(least, most)
    }
}
