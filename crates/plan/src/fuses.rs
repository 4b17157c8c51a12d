//! Fuses: limits on a plan. A blown fuse splits it into a safe part and one that waits.

use std::collections::{BTreeMap, HashMap, HashSet};

use homeroom_model::ids::Kind;
use homeroom_model::plan::{BlownFuse, Changes, Fuse, Held, LinkChanges, Numbered, Plan, Seats};
use homeroom_model::policy::Policy;
use homeroom_model::roster::{Link, Person};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::texts::Texts;

/// What the fuses compare a plan with.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The district's policy.
    pub policy: Policy,
    /// Seats of the licence.
    pub seats: u64,
    /// Data rows of the file.
    pub rows: u64,
    /// Whether the file ends in the middle of a row.
    pub ends_mid_row: bool,
}

/// Whether someone has approved what the fuses would hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// Nobody has.
    None,
    /// Everything is approved.
    All,
}

/// A plan in two parts; together they are the whole.
#[derive(Debug)]
pub struct Parts {
    /// What goes ahead.
    pub safe: Plan,
    /// What waits.
    pub risky: Plan,
    /// Why, and how much.
    pub held: Held,
    /// Seats before the plan and after its safe part.
    pub seats: Seats,
}

/// Splits a plan by the fuses that it blows.
pub fn split(plan: Plan, stored: &StoredRoster, limits: &Limits, approval: Approval) -> Parts {
    let mut fuses = Vec::new();
    if approval == Approval::None {
        fuses.extend(shrink(&plan, stored, limits));
        fuses.extend(district(&plan, stored, &limits.policy));
    }
    let mut cut = Cut { removals: !fuses.is_empty(), ..Cut::default() };
    cut.hold_who_needs_a_held_key(&plan, stored);
    if approval == Approval::None
        && let Some(fuse) = seats(&plan, stored, limits, &mut cut)
    {
        fuses.push(fuse);
    }
    let (safe, risky) = if fuses.is_empty() {
        (plan, Plan::default())
    } else if limits.policy.wait_all {
        (Plan { base_version: plan.base_version, ..Plan::default() }, plan)
    } else {
        cut.apply(plan)
    };
    let counts = risky.counts();
    let before = stored.active(Kind::Student) as u64;
    let students = &safe.students;
    let more = (students.create.len() + students.reactivate.len()) as u64;
    let seats =
        Seats { limit: limits.seats, before, after: before + more - students.deactivate.len() as u64 };
    let held = Held {
        create: counts.create,
        update: counts.update,
        deactivate: counts.deactivate,
        reactivate: counts.reactivate,
        fuses,
    };
    Parts { safe, risky, held, seats }
}

fn shrink(plan: &Plan, stored: &StoredRoster, limits: &Limits) -> Option<BlownFuse> {
    let removes = plan.counts().deactivate.total() > 0;
    let before = stored.applied_rows.unwrap_or(0);
    let blown = |message: String| BlownFuse { fuse: Fuse::Shrink, scope: "rows".into(), message };
    if !removes {
        None
    } else if limits.ends_mid_row {
        Some(blown(
            "The file ends in the middle of a row: most likely the export or the upload was cut off. Send the whole \
             file again."
                .into(),
        ))
    } else if limits.rows * 100 < before * u64::from(limits.policy.shrink_percent) {
        Some(blown(format!(
            "The file has {} rows, the one applied last had {before}: most likely the export stopped early or leaves \
             out schools.",
            limits.rows
        )))
    } else {
        None
    }
}

fn district(plan: &Plan, stored: &StoredRoster, policy: &Policy) -> Vec<BlownFuse> {
    let removed = plan.counts().deactivate;
    let blows = |kind: Kind| {
        let (gone, active) = (removed.of(kind), stored.active(kind) as u64);
        let blown = gone >= u64::from(policy.district_floor)
            && gone * 100 > active * u64::from(policy.district_percent);
        blown.then(|| BlownFuse {
            fuse: Fuse::District,
            scope: kind.plural().into(),
            message: format!(
                "{gone} of {active} active {} would be deactivated, the limit is {} %: most likely the export is \
                 incomplete or from another school year.",
                kind.plural(),
                policy.district_percent
            ),
        })
    };
    [Kind::Student, Kind::Teacher, Kind::Class].into_iter().filter_map(blows).collect()
}

/// Holds new students beyond the seats: the last in the order of the plan first, reactivated ones only when
/// there are no new ones left to hold.
fn seats(plan: &Plan, stored: &StoredRoster, limits: &Limits, cut: &mut Cut) -> Option<BlownFuse> {
    let before = stored.active(Kind::Student) as u64;
    let leave = if cut.removals { 0 } else { plan.students.deactivate.len() as u64 };
    let waits = |list: &[Numbered<homeroom_model::roster::Student>], cut: &Cut| {
        list.iter()
            .filter(|one| !cut.students.contains(&one.number))
            .map(|one| one.number)
            .collect::<Vec<_>>()
    };
    let (new, back) = (waits(&plan.students.create, cut), waits(&plan.students.reactivate, cut));
    let after = before + (new.len() + back.len()) as u64 - leave;
    let surplus = usize::try_from(after.saturating_sub(limits.seats)).unwrap_or(usize::MAX);
    let held = new.iter().rev().chain(back.iter().rev()).take(surplus).copied().collect::<HashSet<_>>();
    if held.is_empty() {
        return None;
    }
    let message = format!(
        "{after} students would be active, the licence has {} seats: {} new {} ({}). Raise the licence or remove \
         students who have left.",
        limits.seats,
        held.len(),
        if held.len() == 1 { "student waits" } else { "students wait" },
        schools_of(plan, stored, &held)
    );
    cut.students.extend(held);
    Some(BlownFuse { fuse: Fuse::Seats, scope: "students".into(), message })
}

/// "Lincoln High: 12, Oak Hill: 3": the schools of held students, those with the most first.
fn schools_of(plan: &Plan, stored: &StoredRoster, held: &HashSet<u32>) -> String {
    let changed = plan.classes.create.iter().chain(&plan.classes.update).chain(&plan.classes.reactivate);
    let mut school_of =
        stored.classes.iter().map(|one| (one.number, one.values.school)).collect::<HashMap<_, _>>();
    school_of.extend(changed.map(|one| (one.number, one.values.school)));
    let mut name_of = stored
        .schools
        .iter()
        .map(|one| (one.number, stored.texts.get(one.values.name)))
        .collect::<HashMap<_, _>>();
    let changed = plan.schools.create.iter().chain(&plan.schools.update).chain(&plan.schools.reactivate);
    name_of.extend(changed.map(|one| (one.number, plan.texts.get(one.values.name))));
    let mut students = BTreeMap::<u32, HashSet<u32>>::new();
    for link in plan.enrollments.create.iter().chain(&plan.enrollments.reactivate) {
        if held.contains(&link.person)
            && let Some(school) = school_of.get(&link.class)
        {
            students.entry(*school).or_default().insert(link.person);
        }
    }
    let mut counts = students.iter().map(|(school, held)| (held.len(), *school)).collect::<Vec<_>>();
    counts.sort_by_key(|(count, school)| (std::cmp::Reverse(*count), *school));
    let named = |(count, school): &(usize, u32)| {
        format!("{}: {count}", name_of.get(school).copied().unwrap_or("a school"))
    };
    counts.iter().take(5).map(named).collect::<Vec<_>>().join(", ")
}

/// What of a plan waits.
#[derive(Default)]
struct Cut {
    /// Every removal.
    removals: bool,
    /// Creations, updates and reactivations of these teachers, with their links.
    teachers: HashSet<u32>,
    /// The same of these students.
    students: HashSet<u32>,
}

impl Cut {
    /// An address belongs to one active person. When the removal of its holder waits, whoever is to get it
    /// waits too; and whoever is to get theirs.
    fn hold_who_needs_a_held_key(&mut self, plan: &Plan, stored: &StoredRoster) {
        if !self.removals {
            return;
        }
        self.teachers = waiting(&plan.texts, &plan.teachers, stored, &stored.teachers, |teacher| teacher);
        self.students =
            waiting(&plan.texts, &plan.students, stored, &stored.students, |student| &student.person);
    }

    fn apply(&self, plan: Plan) -> (Plan, Plan) {
        let Plan { base_version, texts, schools, classes, teachers, students, .. } = plan;
        let nobody = HashSet::new();
        let (schools, risky_schools) = self.cut(schools, &nobody);
        let (classes, risky_classes) = self.cut(classes, &nobody);
        let (teachers, risky_teachers) = self.cut(teachers, &self.teachers);
        let (students, risky_students) = self.cut(students, &self.students);
        let (teachings, risky_teachings) = self.cut_links(plan.teachings, &self.teachers);
        let (enrollments, risky_enrollments) = self.cut_links(plan.enrollments, &self.students);
        let (risky_keys, safe_keys) = plan.former_keys.into_iter().partition(|former| match former.kind {
            Kind::Teacher => self.teachers.contains(&former.number),
            Kind::Student => self.students.contains(&former.number),
            Kind::School | Kind::Class => false,
        });
        let safe = Plan {
            base_version,
            texts: texts.clone(),
            schools,
            classes,
            teachers,
            students,
            teachings,
            enrollments,
            former_keys: safe_keys,
        };
        let risky = Plan {
            base_version,
            texts,
            schools: risky_schools,
            classes: risky_classes,
            teachers: risky_teachers,
            students: risky_students,
            teachings: risky_teachings,
            enrollments: risky_enrollments,
            former_keys: risky_keys,
        };
        (safe, risky)
    }

    fn cut<V>(&self, changes: Changes<V>, held: &HashSet<u32>) -> (Changes<V>, Changes<V>) {
        let apart = |list: Vec<Numbered<V>>| -> (Vec<_>, Vec<_>) {
            list.into_iter().partition(|one| !held.contains(&one.number))
        };
        let (create, risky_create) = apart(changes.create);
        let (update, risky_update) = apart(changes.update);
        let (reactivate, risky_reactivate) = apart(changes.reactivate);
        let (deactivate, risky_deactivate) =
            if self.removals { (vec![], changes.deactivate) } else { (changes.deactivate, vec![]) };
        (
            Changes { create, update, deactivate, reactivate, unchanged: changes.unchanged },
            Changes {
                create: risky_create,
                update: risky_update,
                deactivate: risky_deactivate,
                reactivate: risky_reactivate,
                unchanged: 0,
            },
        )
    }

    fn cut_links(&self, changes: LinkChanges, held: &HashSet<u32>) -> (LinkChanges, LinkChanges) {
        let apart = |list: Vec<Link>| -> (Vec<_>, Vec<_>) {
            list.into_iter().partition(|link| !held.contains(&link.person))
        };
        let (create, risky_create) = apart(changes.create);
        let (reactivate, risky_reactivate) = apart(changes.reactivate);
        let (deactivate, risky_deactivate) =
            if self.removals { (vec![], changes.deactivate) } else { (changes.deactivate, vec![]) };
        (
            LinkChanges { create, deactivate, reactivate, unchanged: changes.unchanged },
            LinkChanges {
                create: risky_create,
                deactivate: risky_deactivate,
                reactivate: risky_reactivate,
                unchanged: 0,
            },
        )
    }
}

/// Numbers of people whose creation, update or reactivation must wait because a key they are to get is not free.
fn waiting<V>(
    texts: &Texts,
    changes: &Changes<V>,
    stored: &StoredRoster,
    list: &[Stored<V>],
    person: impl Fn(&V) -> &Person,
) -> HashSet<u32> {
    let position = |number: &u32| list.binary_search_by_key(number, |one| one.number).ok();
    let keys_of_stored = |number: &u32| {
        let old = position(number).map(|at| person(&list[at].values));
        old.into_iter().flat_map(|old| [old.email, old.sis_id]).map(|key| stored.texts.get(key))
    };
    let mut occupied = changes.deactivate.iter().flat_map(keys_of_stored).collect::<HashSet<_>>();
    occupied.remove("");
    let mut waits = HashSet::new();
    loop {
        let mut more = false;
        for one in changes.create.iter().chain(&changes.update).chain(&changes.reactivate) {
            let wants = person(&one.values);
            let blocked = |key| occupied.contains(texts.get(key));
            let has_it = keys_of_stored(&one.number).collect::<Vec<_>>();
            let blocked_by_other = [wants.email, wants.sis_id]
                .into_iter()
                .any(|key| blocked(key) && !has_it.contains(&texts.get(key)));
            if blocked_by_other && waits.insert(one.number) {
                // Who waits keeps the keys they have now, if they are active.
                if changes.update.iter().any(|update| update.number == one.number) {
                    occupied.extend(has_it.into_iter().filter(|key| !key.is_empty()));
                }
                more = true;
            }
        }
        if !more {
            return waits;
        }
    }
}
