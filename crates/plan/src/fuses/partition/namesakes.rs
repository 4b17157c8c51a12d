//! Nobody loses anything while it waits whether somebody else has their name from now on: the row may be theirs, beside another's key.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, Entity, EntityRef};
use homeroom_model::name::folded;
use homeroom_model::plan::{Changes, LinkChanges, Plan};
use homeroom_model::stored::{Stored, StoredRoster};

use super::waiting::{Partition, WaitsFor};

impl Partition<'_> {
    /// Holds the removals, and the ends of links, of people whose names others get who wait.
    pub(super) fn keep_namesakes_of_waiting_people(&mut self, plan: &Plan, stored: &StoredRoster) {
        let roster = (plan, stored);
        self.keep_namesakes(roster, &plan.students, &stored.students, &plan.enrollments);
        self.keep_namesakes(roster, &plan.teachers, &stored.teachers, &plan.teachings);
    }

    fn keep_namesakes<V: Entity>(
        &mut self,
        (plan, stored): (&Plan, &StoredRoster),
        changes: &Changes<V>,
        people: &[Stored<V>],
        links: &LinkChanges<V::Number>,
    ) {
        let of_stored = |person: &Stored<V>| folded(&person.values.full_name(&stored.texts));
        let waiting = self.waiting.get(V::KIND);
        let new = changes.arriving().chain(&changes.rekey).chain(&changes.update);
        let names = new.filter_map(|new| {
            let entity: EntityRef = new.number.into();
            let waits = waiting.arrivals.get(&entity).or_else(|| waiting.updates.get(&entity))?;
            let name = folded(&new.values.full_name(&plan.texts));
            let is_new = people.by_number(new.number).is_none_or(|person| of_stored(person) != name);
            (is_new && !name.trim().is_empty()).then_some((name, (entity, *waits)))
        });
        let names = names.collect::<HashMap<String, (EntityRef, WaitsFor)>>();
        if names.is_empty() {
            return;
        }
        let ends = links.deactivate.iter().map(|link| link.person);
        let losers = changes.deactivate.iter().copied().chain(ends).collect::<HashSet<_>>();
        for person in losers.into_iter().filter_map(|number| people.by_number(number)) {
            let entity: EntityRef = person.number.into();
            if let Some((_, waits)) = names.get(&of_stored(person)).filter(|(other, _)| *other != entity) {
                let waits = self.decisions.together(*waits, self.decisions.places.of(entity));
                self.waiting.get_mut(V::KIND).removals.entry(entity).or_insert(waits);
                self.awaiting_classes.entry(entity).or_insert(waits);
            }
        }
    }
}
