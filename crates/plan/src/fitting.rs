//! Makes what an undo changes fit what stays: keys stay unique, a link in force has its class and its person, a class its
//! school. What does not fit stays as it is, until all that is left fits together.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{Entity, EntityNumber};
use homeroom_model::history::Field;
use homeroom_model::roster::{Class, Link, School};
use homeroom_model::stored::{Stored, StoredLink};
use homeroom_model::string_arena::StringArena;

use crate::replay::Turned;
use homeroom_model::fields::Fields;

/// Things of one kind: all that are stored, and those that an undo may change.
pub(crate) struct Things<'s, V: Entity> {
    /// What one is called in a sentence.
    pub(crate) what: &'static str,
    pub(crate) stored: &'s [Stored<V>],
    pub(crate) turned: Vec<Turned<V::Number, V>>,
}

/// Teachings or enrollments.
pub(crate) struct Links<'s, P> {
    /// What one is called in a sentence.
    pub(crate) what: &'static str,
    pub(crate) stored: &'s [StoredLink<P>],
    pub(crate) turned: Vec<Turned<Link<P>, ()>>,
}

impl<V: Entity + Fields> Things<'_, V> {
    /// The numbers of what is active afterwards.
    fn active(&self) -> HashSet<V::Number> {
        let mut active =
            self.stored.iter().filter(|one| one.active).map(|one| one.number).collect::<HashSet<_>>();
        for one in &self.turned {
            if one.then.active {
                active.insert(one.of);
            } else {
                active.remove(&one.of);
            }
        }
        active
    }

    /// What something still uses is not switched off.
    fn keep_used(&mut self, used: &HashSet<V::Number>, kept: &mut Vec<String>) {
        for one in self.turned.iter_mut().filter(|one| one.goes() && used.contains(&one.of)) {
            one.keep_state();
            kept.push(format!("{} {} stays, because something that stays needs it", self.what, one.of));
        }
    }

    /// A key that another has meanwhile is not given back, and nothing comes back under it. `stored_texts` are those of
    /// what is stored, `texts` those of what the undo may change.
    pub(crate) fn keep_keys_unique(
        &mut self,
        stored_texts: &StringArena,
        texts: &StringArena,
        kept: &mut Vec<String>,
    ) {
        let takes_keys = |one: &Turned<V::Number, V>| {
            one.comes_back() || one.then.active && V::KEYS.iter().any(|key| one.changes(*key, texts))
        };
        if !self.turned.iter().any(takes_keys) {
            return;
        }
        let turned = self.turned.iter().map(|one| one.of).collect::<HashSet<_>>();
        let others = self.stored.iter().filter(|one| one.active && !turned.contains(&one.number));
        let others = others.map(|one| (one.values, stored_texts));
        let own = self.turned.iter().filter(|one| one.then.active).map(|one| (one.then.values, texts));
        let mut holders = HashMap::<_, u32>::new();
        for (values, texts) in others.chain(own) {
            for key in V::KEYS {
                *holders.entry((*key, values.get(*key, texts))).or_default() += 1;
            }
        }
        for one in self.turned.iter_mut().filter(|one| one.then.active) {
            for key in V::KEYS {
                let value = one.then.values.get(*key, texts);
                if value.is_empty() || holders.get(&(*key, value)).is_none_or(|holders| *holders < 2) {
                    continue;
                }
                let (what, number, word) = (self.what, one.of, key.in_words());
                if one.comes_back() {
                    one.keep_state();
                    kept.push(format!(
                        "{what} {number} does not come back: another {what} has its {word} now"
                    ));
                    break;
                }
                if one.changes(*key, texts) {
                    one.keep(*key);
                    kept.push(format!(
                        "the {word} of {what} {number} stays as it is: another {what} has the former one now"
                    ));
                }
            }
        }
    }
}

impl<N: EntityNumber> Links<'_, N> {
    /// A link comes back only with both its ends, and an end stays while a link in force needs it.
    pub(crate) fn keep_ends<P: Entity<Number = N> + Fields>(
        &mut self,
        classes: &mut Things<'_, Class>,
        people: &mut Things<'_, P>,
        kept: &mut Vec<String>,
    ) {
        let (classes_there, people_there) = (classes.active(), people.active());
        for one in self.turned.iter_mut().filter(|one| one.comes_back()) {
            let Link { class, person } = one.of;
            if !classes_there.contains(&class) || !people_there.contains(&person) {
                one.keep_state();
                kept.push(format!(
                    "{} {class}/{person} does not come back: its class or its {} is not there now",
                    self.what, people.what
                ));
            }
        }
        let ended = self.turned.iter().filter(|one| one.goes()).map(|one| one.of).collect::<HashSet<_>>();
        let stay = self.stored.iter().filter(|one| one.active && !ended.contains(&one.link));
        let (mut used_classes, mut used_people) = (HashSet::new(), HashSet::new());
        for one in stay {
            used_classes.insert(one.link.class);
            used_people.insert(one.link.person);
        }
        classes.keep_used(&used_classes, kept);
        people.keep_used(&used_people, kept);
    }
}

/// A class comes back, or goes back, only to a school that is there, and a school stays while a class needs it.
pub(crate) fn keep_schools(
    classes: &mut Things<'_, Class>,
    schools: &mut Things<'_, School>,
    kept: &mut Vec<String>,
) {
    let there = schools.active();
    for one in &mut classes.turned {
        if one.then.values.school != one.now.values.school && !there.contains(&one.then.values.school) {
            one.keep(Field::School);
            kept.push(format!(
                "the school of class {} stays as it is: the former one is not there now",
                one.of
            ));
        }
        if one.comes_back() && !there.contains(&one.then.values.school) {
            one.keep_state();
            kept.push(format!("class {} does not come back: its school is not there now", one.of));
        }
    }
    let active = classes.active();
    let turned = classes.turned.iter().map(|one| (one.of, one.then.values.school)).collect::<HashMap<_, _>>();
    let stay = classes.stored.iter().filter(|one| active.contains(&one.number));
    let used = stay.map(|one| turned.get(&one.number).copied().unwrap_or(one.values.school)).collect();
    schools.keep_used(&used, kept);
}
