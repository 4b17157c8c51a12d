//! Splits a plan by its partition.

use std::collections::BTreeMap;

use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::entity::{Entity, EntityNumber, SchoolNumber};
use homeroom_model::plan::{Changes, LinkChanges, Numbered, Plan};
use homeroom_model::stored::FormerKey;

use super::waiting::{Partition, WaitingChanges, WaitsFor};

/// A plan in three parts; together they are the whole.
pub(in crate::fuses) struct PartitionedPlan {
    /// Applied at once.
    pub(in crate::fuses) safe: Plan,
    /// Waits for a decision.
    pub(in crate::fuses) risky: Plan,
    /// Waits for the end of a range.
    pub(in crate::fuses) deferred: Plan,
    /// How much waits for a decision, by school.
    pub(in crate::fuses) by_school: BTreeMap<Option<SchoolNumber>, PlanCounts>,
}

impl Partition<'_> {
    /// Splits the plan that this is a partition of.
    pub(in crate::fuses) fn split(&self, plan: Plan) -> PartitionedPlan {
        if self.is_empty() {
            let (risky, deferred) = (Plan::default(), Plan::default());
            return PartitionedPlan { safe: plan, risky, deferred, by_school: BTreeMap::new() };
        }
        let Plan { base_version, texts, matches, proposals, key_moves, .. } = plan;
        let empty = || Plan { base_version, texts: texts.clone(), ..Plan::default() };
        let (mut safe, mut risky, mut deferred) =
            (Plan { matches, proposals, key_moves, ..empty() }, empty(), empty());
        let mut splitter = Splitter { by_school: BTreeMap::new() };
        [safe.schools, risky.schools, deferred.schools] =
            splitter.split(plan.schools, &self.waiting.schools, |counts| &mut counts.schools);
        [safe.classes, risky.classes, deferred.classes] =
            splitter.split(plan.classes, &self.waiting.classes, |counts| &mut counts.classes);
        [safe.teachers, risky.teachers, deferred.teachers] =
            splitter.split(plan.teachers, &self.waiting.teachers, |counts| &mut counts.teachers);
        [safe.students, risky.students, deferred.students] =
            splitter.split(plan.students, &self.waiting.students, |counts| &mut counts.students);
        [safe.teachings, risky.teachings, deferred.teachings] =
            splitter.split_links(plan.teachings, self, |counts| &mut counts.teachings);
        [safe.enrollments, risky.enrollments, deferred.enrollments] =
            splitter.split_links(plan.enrollments, self, |counts| &mut counts.enrollments);
        for former in plan.former_keys {
            match self.former_key_waits_for(&former) {
                None => safe.former_keys.push(former),
                Some(WaitsFor::Decision(_)) => risky.former_keys.push(former),
                Some(WaitsFor::EndOfRange) => deferred.former_keys.push(former),
            }
        }
        PartitionedPlan { safe, risky, deferred, by_school: splitter.by_school }
    }

    /// What the change that replaces a key waits for.
    fn former_key_waits_for(&self, former: &FormerKey) -> Option<WaitsFor> {
        let WaitingChanges { arrivals, updates, .. } = self.waiting.get(former.entity.kind);
        arrivals.get(&former.entity).or_else(|| updates.get(&former.entity)).copied()
    }
}

/// One kind's number among counts.
type CountOf = fn(&mut Counts) -> &mut u64;

/// One change's counts among those of a plan.
type CountsOf = fn(&mut PlanCounts) -> &mut Counts;

/// Splits lists of changes, and counts what waits for a decision by school.
struct Splitter {
    by_school: BTreeMap<Option<SchoolNumber>, PlanCounts>,
}

impl Splitter {
    fn split<V: Entity>(
        &mut self,
        changes: Changes<V>,
        waiting: &WaitingChanges,
        count: CountOf,
    ) -> [Changes<V>; 3] {
        let WaitingChanges { removals, arrivals, updates } = waiting;
        let arrival = |new: &Numbered<V>| arrivals.get(&new.number.into()).copied();
        let update = |new: &Numbered<V>| updates.get(&new.number.into()).copied();
        let rekey = |new: &Numbered<V>| arrival(new).or_else(|| update(new));
        let removal = |number: &V::Number| removals.get(&(*number).into()).copied();
        let mut create = self.split_list(changes.create, arrival, count, |counts| &mut counts.create);
        let mut reactivate =
            self.split_list(changes.reactivate, arrival, count, |counts| &mut counts.reactivate);
        let mut rekey = self.split_list(changes.rekey, rekey, count, |counts| &mut counts.rekey);
        let mut update = self.split_list(changes.update, update, count, |counts| &mut counts.update);
        let mut deactivate =
            self.split_list(changes.deactivate, removal, count, |counts| &mut counts.deactivate);
        std::array::from_fn(|part| Changes {
            create: std::mem::take(&mut create[part]),
            update: std::mem::take(&mut update[part]),
            deactivate: std::mem::take(&mut deactivate[part]),
            reactivate: std::mem::take(&mut reactivate[part]),
            rekey: std::mem::take(&mut rekey[part]),
            unchanged: if part == 0 { changes.unchanged } else { 0 },
        })
    }

    fn split_links<P: EntityNumber>(
        &mut self,
        changes: LinkChanges<P>,
        partition: &Partition<'_>,
        count: CountOf,
    ) -> [LinkChanges<P>; 3] {
        let start = |link: &_| partition.start_waits_for(link);
        let end = |link: &_| partition.end_waits_for(link);
        let mut create = self.split_list(changes.create, start, count, |counts| &mut counts.create);
        let mut reactivate =
            self.split_list(changes.reactivate, start, count, |counts| &mut counts.reactivate);
        let mut deactivate = self.split_list(changes.deactivate, end, count, |counts| &mut counts.deactivate);
        std::array::from_fn(|part| LinkChanges {
            create: std::mem::take(&mut create[part]),
            deactivate: std::mem::take(&mut deactivate[part]),
            reactivate: std::mem::take(&mut reactivate[part]),
            unchanged: if part == 0 { changes.unchanged } else { 0 },
        })
    }

    /// What is applied at once, what waits for a decision, and what waits for the end of a range.
    fn split_list<T>(
        &mut self,
        list: Vec<T>,
        waits: impl Fn(&T) -> Option<WaitsFor>,
        count: CountOf,
        counts: CountsOf,
    ) -> [Vec<T>; 3] {
        let mut parts = [vec![], vec![], vec![]];
        for change in list {
            match waits(&change) {
                None => parts[0].push(change),
                Some(WaitsFor::Decision(school)) => {
                    *count(counts(self.by_school.entry(school).or_default())) += 1;
                    parts[1].push(change);
                }
                Some(WaitsFor::EndOfRange) => parts[2].push(change),
            }
        }
        parts
    }
}
