//! Completes a partition, so that each part can be applied without the other.

use hashbrown::HashSet;
use homeroom_model::entity::{ClassNumber, EntityNumber, EntityRef, SchoolNumber};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{LinkChanges, Numbered, Plan};
use homeroom_model::roster::{Class, Link};
use homeroom_model::stored::StoredRoster;

use super::key_transfers::hold_key_transfers;
use super::waiting::{Partition, WaitingChanges, WaitsFor};

impl Partition<'_> {
    /// Completes the partition, so that both parts can be applied in either order: people who stay keep their links, an entity is not
    /// removed before its links, and a key is passed on within one part.
    pub(in crate::fuses) fn close(&mut self, plan: &Plan, stored: &StoredRoster) {
        if self.is_empty() {
            return;
        }
        self.hold_removals_of_schools(plan);
        self.keep_namesakes_of_waiting_people(plan, stored);
        loop {
            let before = self.count();
            self.keep_teachers_before_waiting_ones(plan);
            self.keep_people_in_their_classes(&plan.teachings);
            self.keep_people_in_their_classes(&plan.enrollments);
            self.hold_removals_with_links(plan);
            self.hold_keys(plan, stored);
            self.hold_classes_of_waiting_schools(plan);
            if self.count() == before {
                return;
            }
        }
    }

    fn count(&self) -> usize {
        let entities = self.waiting.iter().map(|(_, waiting)| waiting.count()).sum::<usize>();
        entities + self.awaiting_teachers.len() + self.awaiting_classes.len()
    }

    /// Keeps people in their classes while another one that they would come to waits.
    fn keep_people_in_their_classes<P: EntityNumber>(&mut self, links: &LinkChanges<P>) {
        if self.turned_over.is_empty() && self.waiting.classes.arrivals.is_empty() {
            return;
        }
        for link in links.beginning() {
            if let Some(waits) = self.start_waits_for(link) {
                self.awaiting_classes.entry(link.person.into()).or_insert(waits);
            }
        }
    }

    /// Keeps the teachers of a class while one who comes to it waits: what is undecided costs nobody their access.
    fn keep_teachers_before_waiting_ones(&mut self, plan: &Plan) {
        let Partition { decisions, waiting, awaiting_teachers, .. } = self;
        let arrivals = &waiting.teachers.arrivals;
        if arrivals.is_empty() {
            return;
        }
        for Link { class, person } in plan.teachings.beginning() {
            if let Some(waits) = arrivals.get(&EntityRef::from(*person)) {
                let together = decisions.together(*waits, decisions.places.of_class(*class));
                awaiting_teachers.entry(*class).or_insert(together);
            }
        }
    }

    /// Holds each removal in a school in which every removal waits.
    fn hold_removals_of_schools(&mut self, plan: &Plan) {
        for entity in EntityKind::ALL.into_iter().flat_map(|kind| plan.deactivated(kind)) {
            if let Some(waits) = self.all_removals_wait(self.decisions.places.of(entity)) {
                self.waiting.get_mut(entity.kind).removals.insert(entity, waits);
            }
        }
    }

    fn all_removals_wait(&self, school: Option<SchoolNumber>) -> Option<WaitsFor> {
        if self.until_range_ends {
            Some(WaitsFor::EndOfRange)
        } else {
            self.all_removals.get(&school).copied()
        }
    }

    /// Holds the removal of a class and of a person while the end of one of their links waits.
    fn hold_removals_with_links(&mut self, plan: &Plan) {
        self.hold_removals_of_ends(&plan.teachings, &plan.teachers.deactivate, &plan.classes.deactivate);
        self.hold_removals_of_ends(&plan.enrollments, &plan.students.deactivate, &plan.classes.deactivate);
        let removed_schools = plan.schools.deactivate.iter().copied().collect::<HashSet<_>>();
        for (class, waits) in &self.waiting.classes.removals {
            let school = self.decisions.places.of(*class).filter(|school| removed_schools.contains(school));
            if let Some(school) = school {
                self.waiting.schools.removals.entry(school.into()).or_insert(*waits);
            }
        }
    }

    fn hold_removals_of_ends<P: EntityNumber>(
        &mut self,
        links: &LinkChanges<P>,
        removed_people: &[P],
        removed_classes: &[ClassNumber],
    ) {
        let removed_people = removed_people.iter().copied().collect::<HashSet<_>>();
        let removed_classes = removed_classes.iter().copied().collect::<HashSet<_>>();
        for link in &links.deactivate {
            if let Some(waits) = self.end_waits_for(link) {
                if removed_people.contains(&link.person) {
                    self.hold_removal_together(link.person.into(), waits);
                }
                if removed_classes.contains(&link.class) {
                    self.hold_removal_together(link.class.into(), waits);
                }
            }
        }
    }

    fn hold_removal_together(&mut self, entity: EntityRef, other: WaitsFor) {
        let waits = self.decisions.together(other, self.decisions.places.of(entity));
        self.waiting.get_mut(entity.kind).removals.entry(entity).or_insert(waits);
    }

    /// What the end of a link waits for.
    pub(super) fn end_waits_for<P: EntityNumber>(&self, link: &Link<P>) -> Option<WaitsFor> {
        if self.until_range_ends {
            return Some(WaitsFor::EndOfRange);
        }
        let people = self.waiting.get(P::KIND);
        let person = link.person.into();
        people
            .removals
            .get(&person)
            .or_else(|| people.arrivals.get(&person))
            .or_else(|| self.turned_over.get(&link.class))
            .or_else(|| self.awaiting_teachers.get(&link.class).filter(|_| P::KIND == EntityKind::Teacher))
            .or_else(|| self.awaiting_classes.get(&person))
            .or_else(|| self.waiting.classes.removals.get(&EntityRef::from(link.class)))
            .or_else(|| self.all_removals.get(&self.decisions.places.of_class(link.class)))
            .map(|waits| self.decisions.together(*waits, self.decisions.places.of_class(link.class)))
            .or_else(|| self.whole_plan_waits_for(link))
    }

    /// What a new link waits for.
    pub(super) fn start_waits_for<P: EntityNumber>(&self, link: &Link<P>) -> Option<WaitsFor> {
        let person = link.person.into();
        self.waiting
            .get(P::KIND)
            .arrivals
            .get(&person)
            .or_else(|| self.turned_over.get(&link.class))
            .or_else(|| self.waiting.classes.arrivals.get(&EntityRef::from(link.class)))
            .map(|waits| self.decisions.together(*waits, self.decisions.places.of_class(link.class)))
            .or_else(|| self.whole_plan_waits_for(link))
    }

    fn whole_plan_waits_for<P: EntityNumber>(&self, link: &Link<P>) -> Option<WaitsFor> {
        if self.everything { self.decisions.about(self.decisions.places.of_class(link.class)) } else { None }
    }

    /// Holds classes that come, or go, to a school that waits.
    fn hold_classes_of_waiting_schools(&mut self, plan: &Plan) {
        let arriving = &self.waiting.schools.arrivals;
        let waits = |class: &Numbered<Class>| arriving.get(&EntityRef::from(class.values.school)).copied();
        let coming = plan
            .classes
            .arriving()
            .filter_map(|class| Some((class.number, waits(class)?)))
            .collect::<Vec<_>>();
        let moving = plan.classes.update.iter().chain(&plan.classes.rekey);
        let moving = moving.filter_map(|class| Some((class.number, waits(class)?))).collect::<Vec<_>>();
        let WaitingChanges { arrivals, updates, .. } = &mut self.waiting.classes;
        for (list, classes) in [(arrivals, coming), (updates, moving)] {
            for (number, waits) in classes {
                list.entry(number.into()).or_insert(waits);
            }
        }
    }

    /// Holds each key that is passed on together with its holder.
    fn hold_keys(&mut self, plan: &Plan, stored: &StoredRoster) {
        let Partition { decisions, waiting, .. } = self;
        hold_key_transfers(decisions, waiting, plan, stored);
    }
}
