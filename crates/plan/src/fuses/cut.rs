//! What of a plan waits, and in which school: the cut between what goes ahead and what is held.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use homeroom_model::counts::{Counts, PlanCounts};
use homeroom_model::entity::{
    ByNumber, ClassNumber, Entity, EntityNumber, EntityRef, SchoolNumber, StudentNumber,
};
use homeroom_model::ids::EntityKind;
use homeroom_model::per_kind::PerKind;
use homeroom_model::plan::{Changes, LinkChanges, Numbered, Plan};
use homeroom_model::roster::{Class, Link, Person};
use homeroom_model::stored::{FormerKey, Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use super::places::Places;

/// Until when something waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Waits {
    /// For a decision about this school, or about what belongs to none.
    School(Option<SchoolNumber>),
    /// For the end of a range in which only additions are made; nobody decides.
    Range,
}

/// Entities that wait.
type Waiting = HashMap<EntityRef, Waits>;

/// What waits of one kind.
#[derive(Default)]
pub(super) struct CutOf {
    /// Removals.
    pub(super) removals: Waiting,
    /// Creations and reactivations, and new keys of people: with them waits every change of their links.
    pub(super) arrivals: Waiting,
    /// Changed values, and new keys of classes and schools; links do not wait for them.
    pub(super) updates: Waiting,
}

impl CutOf {
    fn is_empty(&self) -> bool {
        self.removals.is_empty() && self.arrivals.is_empty() && self.updates.is_empty()
    }
}

/// What of a plan waits.
pub(super) struct Cut<'c> {
    places: &'c Places,
    /// Schools whose held part has been released: nothing waits for them.
    released: HashSet<Option<SchoolNumber>>,
    kinds: PerKind<CutOf>,
    /// Schools in which every removal waits.
    all_removals: HashMap<Option<SchoolNumber>, Waits>,
    /// Classes of which every change of students waits.
    turned: HashMap<ClassNumber, Waits>,
    /// Removals wait in all schools, until the end of a range.
    until_range_ends: bool,
    /// The whole plan waits.
    everything: bool,
}

/// A plan in three parts; together they are the whole.
pub(super) struct Pieces {
    pub(super) safe: Plan,
    pub(super) risky: Plan,
    pub(super) later: Plan,
    /// How much waits for a decision, by school.
    pub(super) by_school: BTreeMap<Option<SchoolNumber>, PlanCounts>,
}

impl Pieces {
    /// Nothing waits.
    pub(super) fn whole(plan: Plan) -> Pieces {
        Pieces { safe: plan, risky: Plan::default(), later: Plan::default(), by_school: BTreeMap::new() }
    }
}

impl<'c> Cut<'c> {
    pub(super) fn new(places: &'c Places, released: HashSet<Option<SchoolNumber>>) -> Self {
        Cut {
            places,
            released,
            kinds: PerKind::default(),
            all_removals: HashMap::new(),
            turned: HashMap::new(),
            until_range_ends: false,
            everything: false,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.until_range_ends
            && !self.everything
            && self.all_removals.is_empty()
            && self.turned.is_empty()
            && self.kinds.iter().all(|(_, of)| of.is_empty())
    }

    /// Where the decision about something of a school is made; `None` when it has been.
    fn waits_for(&self, school: Option<SchoolNumber>) -> Option<Waits> {
        (!self.released.contains(&school)).then_some(Waits::School(school))
    }

    /// No removal goes ahead before the range ends.
    pub(super) fn only_add(&mut self) {
        self.until_range_ends = true;
    }

    /// The whole plan waits.
    pub(super) fn hold_everything(&mut self, plan: &Plan) {
        self.everything = true;
        self.hold_all(&plan.schools);
        self.hold_all(&plan.classes);
        self.hold_all(&plan.teachers);
        self.hold_all(&plan.students);
    }

    fn hold_all<V: Entity>(&mut self, changes: &Changes<V>) {
        changes.create.iter().chain(&changes.reactivate).for_each(|one| self.hold_arrival(one.number));
        changes.rekey.iter().for_each(|one| self.hold_rekey(one.number));
        changes.update.iter().for_each(|one| self.hold_update(one.number));
        changes.deactivate.iter().for_each(|number| self.hold_removal(*number));
    }

    /// No removal in this school goes ahead before the range ends.
    pub(super) fn only_add_in(&mut self, school: Option<SchoolNumber>) {
        self.all_removals.insert(school, Waits::Range);
    }

    /// Whether a student's creation or reactivation waits.
    pub(super) fn arrival_waits(&self, student: StudentNumber) -> bool {
        self.kinds.students.arrivals.contains_key(&EntityRef::from(student))
    }

    /// Whether a student's removal waits.
    pub(super) fn removal_waits(&self, student: StudentNumber) -> bool {
        self.kinds.students.removals.contains_key(&EntityRef::from(student))
    }

    /// Every removal in a school waits.
    pub(super) fn hold_removals(&mut self, school: Option<SchoolNumber>) {
        if let Some(waits) = self.waits_for(school) {
            self.all_removals.entry(school).or_insert(waits);
        }
    }

    /// Every change of a class's students waits.
    pub(super) fn hold_turnover(&mut self, class: ClassNumber) {
        if let Some(waits) = self.waits_for(self.places.of_class(class)) {
            self.turned.insert(class, waits);
        }
    }

    /// The creation or reactivation of this one waits.
    pub(super) fn hold_arrival(&mut self, entity: impl Into<EntityRef>) {
        let entity = entity.into();
        if let Some(waits) = self.waits_for(self.places.of(entity)) {
            self.kinds.get_mut(entity.kind).arrivals.insert(entity, waits);
        }
    }

    /// The new key of this one waits.
    pub(super) fn hold_rekey(&mut self, entity: impl Into<EntityRef>) {
        let entity = entity.into();
        match entity.kind {
            EntityKind::School | EntityKind::Class => self.hold_update(entity),
            EntityKind::Teacher | EntityKind::Student => self.hold_arrival(entity),
        }
    }

    /// The removal of this one waits.
    pub(super) fn hold_removal(&mut self, entity: impl Into<EntityRef>) {
        let entity = entity.into();
        if let Some(waits) = self.waits_for(self.places.of(entity)) {
            self.kinds.get_mut(entity.kind).removals.insert(entity, waits);
        }
    }

    /// The new values of this one wait.
    pub(super) fn hold_update(&mut self, entity: impl Into<EntityRef>) {
        let entity = entity.into();
        if let Some(waits) = self.waits_for(self.places.of(entity)) {
            self.kinds.get_mut(entity.kind).updates.insert(entity, waits);
        }
    }

    /// Completes the cut, so that both sides of it can be applied without the other and in either order: who stays keeps
    /// their links, a link's removal does not outlive its class's or person's, and a key is passed on within one side.
    pub(super) fn close(&mut self, plan: &Plan, stored: &StoredRoster) {
        if self.is_empty() {
            return;
        }
        self.removals_of_schools(plan);
        loop {
            let before = self.size();
            self.removals_by_links(plan);
            self.keys(plan, stored);
            self.classes_of_waiting_schools(plan);
            if self.size() == before {
                return;
            }
        }
    }

    /// Something that waits with another thing waits for a decision about its own school, unless that has been made.
    fn with(&self, waits: Waits, own_school: Option<SchoolNumber>) -> Waits {
        match waits {
            Waits::School(_) => self.waits_for(own_school).unwrap_or(waits),
            Waits::Range => waits,
        }
    }

    fn size(&self) -> usize {
        self.kinds.iter().map(|(_, of)| of.removals.len() + of.arrivals.len() + of.updates.len()).sum()
    }

    fn waits_in(&self, school: Option<SchoolNumber>) -> Option<Waits> {
        if self.until_range_ends { Some(Waits::Range) } else { self.all_removals.get(&school).copied() }
    }

    /// Whoever is removed in a school in which every removal waits.
    fn removals_of_schools(&mut self, plan: &Plan) {
        for entity in EntityKind::ALL.into_iter().flat_map(|kind| plan.deactivated(kind)) {
            if let Some(waits) = self.waits_in(self.places.of(entity)) {
                self.kinds.get_mut(entity.kind).removals.insert(entity, waits);
            }
        }
    }

    /// When the end of a link waits, so does the removal of its class and person.
    fn removals_by_links(&mut self, plan: &Plan) {
        self.removals_by_ends(&plan.teachings, &plan.teachers.deactivate, &plan.classes.deactivate);
        self.removals_by_ends(&plan.enrollments, &plan.students.deactivate, &plan.classes.deactivate);
        let removed_schools = plan.schools.deactivate.iter().copied().collect::<HashSet<_>>();
        for (class, waits) in &self.kinds.classes.removals {
            if let Some(school) = self.places.of(*class).filter(|school| removed_schools.contains(school)) {
                self.kinds.schools.removals.entry(school.into()).or_insert(*waits);
            }
        }
    }

    fn removals_by_ends<P: EntityNumber>(
        &mut self,
        links: &LinkChanges<P>,
        removed_people: &[P],
        removed_classes: &[ClassNumber],
    ) {
        let removed_people = removed_people.iter().copied().collect::<HashSet<_>>();
        let removed_classes = removed_classes.iter().copied().collect::<HashSet<_>>();
        for link in &links.deactivate {
            if let Some(waits) = self.end_waits(link) {
                if removed_people.contains(&link.person) {
                    let waits = self.with(waits, self.places.of(link.person));
                    self.kinds.get_mut(P::KIND).removals.entry(link.person.into()).or_insert(waits);
                }
                if removed_classes.contains(&link.class) {
                    let waits = self.with(waits, self.places.of_class(link.class));
                    self.kinds.classes.removals.entry(link.class.into()).or_insert(waits);
                }
            }
        }
    }

    /// Whether the end of a link waits.
    fn end_waits<P: EntityNumber>(&self, link: &Link<P>) -> Option<Waits> {
        if self.until_range_ends {
            return Some(Waits::Range);
        }
        let of = self.kinds.get(P::KIND);
        let turned = if P::KIND == EntityKind::Student { self.turned.get(&link.class) } else { None };
        of.removals
            .get(&link.person.into())
            .or_else(|| of.arrivals.get(&link.person.into()))
            .or(turned)
            .or_else(|| self.kinds.classes.removals.get(&EntityRef::from(link.class)))
            .or_else(|| self.all_removals.get(&self.places.of_class(link.class)))
            .copied()
            .map(|waits| self.with(waits, self.places.of_class(link.class)))
            .or_else(|| self.link_waits_anyway(link))
    }

    /// Whether a new link waits.
    fn start_waits<P: EntityNumber>(&self, link: &Link<P>) -> Option<Waits> {
        let of = self.kinds.get(P::KIND);
        let turned = if P::KIND == EntityKind::Student { self.turned.get(&link.class) } else { None };
        of.arrivals
            .get(&link.person.into())
            .or(turned)
            .or_else(|| self.kinds.classes.arrivals.get(&EntityRef::from(link.class)))
            .copied()
            .map(|waits| self.with(waits, self.places.of_class(link.class)))
            .or_else(|| self.link_waits_anyway(link))
    }

    /// Whether a link waits because the whole plan does.
    fn link_waits_anyway<P: EntityNumber>(&self, link: &Link<P>) -> Option<Waits> {
        if self.everything { self.waits_for(self.places.of_class(link.class)) } else { None }
    }

    /// A class that comes, or goes to another school, waits for the school.
    fn classes_of_waiting_schools(&mut self, plan: &Plan) {
        let arriving = &self.kinds.schools.arrivals;
        let waits = |one: &Numbered<Class>| arriving.get(&EntityRef::from(one.values.school)).copied();
        let coming = plan.classes.create.iter().chain(&plan.classes.reactivate);
        let coming = coming.filter_map(|one| Some((one.number, waits(one)?))).collect::<Vec<_>>();
        let moving = plan.classes.update.iter().chain(&plan.classes.rekey);
        let moving = moving.filter_map(|one| Some((one.number, waits(one)?))).collect::<Vec<_>>();
        let CutOf { arrivals, updates, .. } = &mut self.kinds.classes;
        for (list, numbers) in [(arrivals, coming), (updates, moving)] {
            for (number, waits) in numbers {
                list.entry(number.into()).or_insert(waits);
            }
        }
    }

    /// A key belongs to one active thing. When the removal or change of its holder waits, whoever is to get it waits, too.
    fn keys(&mut self, plan: &Plan, stored: &StoredRoster) {
        let Cut { places, released, kinds, .. } = self;
        let own = |entity: EntityRef, waits: Waits| {
            let school = places.of(entity);
            let is_open = matches!(waits, Waits::School(_)) && !released.contains(&school);
            if is_open { Waits::School(school) } else { waits }
        };
        let texts = &plan.texts;
        let person = |one: &Person| [one.email, one.sis_id];
        let keys = Keys { texts, stored, own: &own };
        keys.wait(&mut kinds.schools, &plan.schools, &stored.schools, |one| [one.key, StrId::EMPTY]);
        keys.wait(&mut kinds.classes, &plan.classes, &stored.classes, |one| [one.key, StrId::EMPTY]);
        keys.wait(&mut kinds.teachers, &plan.teachers, &stored.teachers, |one| person(&one.person));
        keys.wait(&mut kinds.students, &plan.students, &stored.students, |one| person(&one.person));
    }

    /// Cuts the plan.
    pub(super) fn apply(&self, plan: Plan) -> Pieces {
        let Plan {
            base_version, texts, schools, classes, teachers, students, teachings, enrollments, ..
        } = plan;
        let mut pieces = Pieces {
            safe: Plan {
                base_version,
                texts: texts.clone(),
                found: plan.found,
                proposals: plan.proposals,
                ..Plan::default()
            },
            risky: Plan { base_version, texts: texts.clone(), ..Plan::default() },
            later: Plan { base_version, texts, ..Plan::default() },
            by_school: BTreeMap::new(),
        };
        let by_school = &mut pieces.by_school;
        let field: Field = |counts| &mut counts.schools;
        [pieces.safe.schools, pieces.risky.schools, pieces.later.schools] =
            Self::apart(&self.kinds.schools, schools, field, by_school);
        let field: Field = |counts| &mut counts.classes;
        [pieces.safe.classes, pieces.risky.classes, pieces.later.classes] =
            Self::apart(&self.kinds.classes, classes, field, by_school);
        let field: Field = |counts| &mut counts.teachers;
        [pieces.safe.teachers, pieces.risky.teachers, pieces.later.teachers] =
            Self::apart(&self.kinds.teachers, teachers, field, by_school);
        let field: Field = |counts| &mut counts.students;
        [pieces.safe.students, pieces.risky.students, pieces.later.students] =
            Self::apart(&self.kinds.students, students, field, by_school);
        let field: Field = |counts| &mut counts.teachings;
        [pieces.safe.teachings, pieces.risky.teachings, pieces.later.teachings] =
            self.links_apart(teachings, field, by_school);
        let field: Field = |counts| &mut counts.enrollments;
        [pieces.safe.enrollments, pieces.risky.enrollments, pieces.later.enrollments] =
            self.links_apart(enrollments, field, by_school);
        for former in plan.former_keys {
            match self.key_waits(&former) {
                None => pieces.safe.former_keys.push(former),
                Some(Waits::School(_)) => pieces.risky.former_keys.push(former),
                Some(Waits::Range) => pieces.later.former_keys.push(former),
            }
        }
        pieces
    }

    fn key_waits(&self, former: &FormerKey) -> Option<Waits> {
        let of = self.kinds.get(former.entity.kind);
        of.arrivals.get(&former.entity).or_else(|| of.updates.get(&former.entity)).copied()
    }

    fn apart<V: Entity>(
        cut: &CutOf,
        changes: Changes<V>,
        field: Field,
        by_school: &mut BTreeMap<Option<SchoolNumber>, PlanCounts>,
    ) -> [Changes<V>; 3] {
        let mut tally = Tally { field, by_school };
        let arrival = |one: &Numbered<V>| cut.arrivals.get(&one.number.into()).copied();
        let update = |one: &Numbered<V>| cut.updates.get(&one.number.into()).copied();
        let rekey = |one: &Numbered<V>| cut.arrivals.get(&one.number.into()).copied().or_else(|| update(one));
        let removal = |number: &V::Number| cut.removals.get(&(*number).into()).copied();
        let create = tally.three(changes.create, arrival, |counts| &mut counts.create);
        let reactivate = tally.three(changes.reactivate, arrival, |counts| &mut counts.reactivate);
        let rekey = tally.three(changes.rekey, rekey, |counts| &mut counts.rekey);
        let update = tally.three(changes.update, update, |counts| &mut counts.update);
        let deactivate = tally.three(changes.deactivate, removal, |counts| &mut counts.deactivate);
        let mut unchanged = [changes.unchanged, 0, 0].into_iter();
        let mut parts = create.into_iter().zip(reactivate).zip(rekey).zip(update).zip(deactivate);
        std::array::from_fn(|_| {
            let ((((create, reactivate), rekey), update), deactivate) =
                parts.next().expect("there are three parts");
            let unchanged = unchanged.next().unwrap_or(0);
            Changes { create, update, deactivate, reactivate, rekey, unchanged }
        })
    }

    fn links_apart<P: EntityNumber>(
        &self,
        changes: LinkChanges<P>,
        field: Field,
        by_school: &mut BTreeMap<Option<SchoolNumber>, PlanCounts>,
    ) -> [LinkChanges<P>; 3] {
        let mut tally = Tally { field, by_school };
        let start = |link: &Link<P>| self.start_waits(link);
        let create = tally.three(changes.create, start, |counts| &mut counts.create);
        let reactivate = tally.three(changes.reactivate, start, |counts| &mut counts.reactivate);
        let deactivate =
            tally.three(changes.deactivate, |link| self.end_waits(link), |counts| &mut counts.deactivate);
        let mut unchanged = [changes.unchanged, 0, 0].into_iter();
        let mut parts = create.into_iter().zip(deactivate).zip(reactivate);
        std::array::from_fn(|_| {
            let ((create, deactivate), reactivate) = parts.next().expect("there are three parts");
            LinkChanges { create, deactivate, reactivate, unchanged: unchanged.next().unwrap_or(0) }
        })
    }
}

/// The number of one kind among counts.
type Field = fn(&mut Counts) -> &mut u64;

/// Counts what waits of one kind, by school.
struct Tally<'t> {
    field: Field,
    by_school: &'t mut BTreeMap<Option<SchoolNumber>, PlanCounts>,
}

impl Tally<'_> {
    /// What goes ahead, what waits for a decision, and what waits for the end of a range.
    fn three<T>(
        &mut self,
        list: Vec<T>,
        waits: impl Fn(&T) -> Option<Waits>,
        of: fn(&mut PlanCounts) -> &mut Counts,
    ) -> [Vec<T>; 3] {
        let mut parts = [vec![], vec![], vec![]];
        for one in list {
            match waits(&one) {
                None => parts[0].push(one),
                Some(Waits::School(school)) => {
                    *(self.field)(of(self.by_school.entry(school).or_default())) += 1;
                    parts[1].push(one);
                }
                Some(Waits::Range) => parts[2].push(one),
            }
        }
        parts
    }
}

/// Where keys are, and which school decides about something that waits with another.
struct Keys<'k> {
    texts: &'k StringArena,
    stored: &'k StoredRoster,
    own: &'k dyn Fn(EntityRef, Waits) -> Waits,
}

impl Keys<'_> {
    /// Makes everyone wait who is to get a key that is not free because its holder waits; and whoever is to get theirs.
    ///
    /// The other way round, too: who holds a key that someone is to get who waits, does not pass it on before. So both parts can be
    /// applied in either order.
    fn wait<V: Entity>(
        &self,
        cut: &mut CutOf,
        changes: &Changes<V>,
        list: &[Stored<V>],
        keys: impl Fn(&V) -> [StrId; 2],
    ) {
        let Keys { texts, stored, own } = self;
        if cut.is_empty() {
            return;
        }
        let stored_keys = |number: V::Number| {
            list.by_number(number).map_or(["", ""], |one| keys(&one.values).map(|key| stored.texts.get(key)))
        };
        // Keys whose holder passes them on when its own change is made.
        let changing = changes.update.iter().chain(&changes.rekey);
        let mut holder = HashMap::<&str, (V::Number, bool)>::new();
        for (number, removed) in changing
            .clone()
            .map(|one| (one.number, false))
            .chain(changes.deactivate.iter().map(|number| (*number, true)))
        {
            for key in stored_keys(number).into_iter().filter(|key| !key.is_empty()) {
                holder.insert(key, (number, removed));
            }
        }
        let stays = matches!(V::KIND, EntityKind::School | EntityKind::Class).then_some(&changes.rekey);
        let is_update = changes.update.iter().chain(stays.into_iter().flatten());
        let is_update = is_update.map(|one| one.number.into()).collect::<HashSet<EntityRef>>();
        // Who is to get which key from whom.
        let mut passes = Vec::<(EntityRef, bool, EntityRef)>::new();
        for one in changes.valued() {
            for key in keys(&one.values).map(|key| texts.get(key)) {
                if let Some((from, removed)) = holder.get(key).copied()
                    && (removed || from != one.number)
                {
                    passes.push((from.into(), removed, one.number.into()));
                }
            }
        }
        loop {
            let mut more = false;
            for (from, removed, to) in &passes {
                let giver = if *removed {
                    cut.removals.get(from)
                } else {
                    cut.updates.get(from).or_else(|| cut.arrivals.get(from))
                };
                let taker = cut.updates.get(to).or_else(|| cut.arrivals.get(to));
                match (giver.copied(), taker.copied()) {
                    (Some(waits), None) => {
                        let list = if is_update.contains(to) { &mut cut.updates } else { &mut cut.arrivals };
                        list.insert(*to, own(*to, waits));
                        more = true;
                    }
                    (None, Some(waits)) => {
                        let list = if *removed {
                            &mut cut.removals
                        } else if is_update.contains(from) {
                            &mut cut.updates
                        } else {
                            &mut cut.arrivals
                        };
                        list.insert(*from, own(*from, waits));
                        more = true;
                    }
                    _ => {}
                }
            }
            if !more {
                return;
            }
        }
    }
}
