//! What went ahead on the last nights: a loss that is small each night is a large one in two weeks.

use std::hash::Hash;

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{
    ByNumber, Entity, EntityNumber, EntityRef, SchoolNumber, StudentNumber, TeacherNumber,
};
use homeroom_model::ids::{EntityKind, RunNumber};
use homeroom_model::plan::{Changes, LinkChanges, Plan};
use homeroom_model::roster::Link;
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use jiff::civil::Date;

use super::places::Places;

/// The nights that count together, in days.
pub const PAST_DAYS: u32 = 14;

/// What the runs of the last [`PAST_DAYS`] days did without that anybody looked at it.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Students, teachers and classes that were deactivated.
    pub removed: Vec<EntityRef>,
    /// Students, teachers and classes that any run of the last [`OLD_DAYS`] days deactivated; `None` when that is not known.
    pub left_lately: Option<HashSet<EntityRef>>,
    /// Teachings of classes that were there before.
    pub teachings: Vec<PastLink<TeacherNumber>>,
    /// Enrollments of classes that were there before.
    pub enrollments: Vec<PastLink<StudentNumber>>,
    /// The very bytes of the file were applied before, with others since.
    pub same_bytes: Option<AppliedBefore>,
    /// Students and teachers who came or went on the ordinary nights of the last [`OLD_DAYS`] days, each with the last time.
    pub last_moves: HashMap<EntityRef, LastMove>,
}

/// A link that is what one of the last nights made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastLink<P> {
    /// The class and the person.
    pub link: Link<P>,
    /// The run that did it.
    pub run: RunNumber,
    /// Whether it began; else it ended.
    pub is_active: bool,
}

/// How far back it is known who came and who went, in days.
pub const OLD_DAYS: u32 = 60;

/// How a person came or went last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastMove {
    /// The run that did it.
    pub run: RunNumber,
    /// Whether they came.
    pub is_here: bool,
}

/// When a file was applied before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppliedBefore {
    /// The day in the district.
    pub on: Date,
    /// Other files that were applied since.
    pub others_since: u64,
}

impl Past {
    /// The links that began on the last nights and stay, of people who had been here before.
    pub(super) fn begun<'p, P>(
        &'p self,
        links: &'p [PastLink<P>],
        plan: &'p LinkChanges<P>,
    ) -> impl Iterator<Item = Link<P>> + 'p
    where
        P: EntityNumber + Eq + Hash,
        EntityRef: From<P>,
    {
        let ends = plan.deactivate.iter().copied().collect::<HashSet<_>>();
        let came_with_it = |past: &PastLink<P>| {
            let last = self.last_moves.get(&EntityRef::from(past.link.person));
            last.is_some_and(|last| last.is_here && last.run == past.run)
        };
        let begun = links.iter().filter(move |past| past.is_active && !came_with_it(past));
        begun.map(|past| past.link).filter(move |link| !ends.contains(link))
    }
}

/// Who was removed on the last nights and is still gone, with the school that they were in last.
#[derive(Default)]
pub(super) struct GoneLately(Vec<(EntityRef, Option<SchoolNumber>)>);

impl GoneLately {
    pub(super) fn new(past: &Past, plan: &Plan, stored: &StoredRoster, places: &Places) -> GoneLately {
        if past.removed.is_empty() {
            return GoneLately::default();
        }
        let is_gone = |entity: &EntityRef| match entity.kind {
            EntityKind::Student => is_gone(*entity, stored.students.as_slice(), &plan.students),
            EntityKind::Teacher => is_gone(*entity, stored.teachers.as_slice(), &plan.teachers),
            EntityKind::Class => is_gone(*entity, stored.classes.as_slice(), &plan.classes),
            EntityKind::School => false,
        };
        let gone = past.removed.iter().copied().filter(is_gone).collect::<Vec<_>>();
        let numbers = gone.iter().copied().collect::<HashSet<_>>();
        let mut schools = HashMap::new();
        last_schools(&stored.enrollments, &numbers, places, &mut schools);
        last_schools(&stored.teachings, &numbers, places, &mut schools);
        let school = |entity: EntityRef| match entity.kind {
            EntityKind::Class => places.of(entity),
            _ => schools.get(&entity).copied().flatten(),
        };
        GoneLately(gone.into_iter().map(|entity| (entity, school(entity))).collect())
    }

    /// The schools of those of one kind.
    pub(super) fn schools(&self, kind: EntityKind) -> impl Iterator<Item = Option<SchoolNumber>> {
        self.0.iter().filter(move |(entity, _)| entity.kind == kind).map(|(_, school)| *school)
    }

    /// How many of one kind.
    pub(super) fn count(&self, kind: EntityKind) -> u64 {
        self.schools(kind).count() as u64
    }

    /// How many students of a school.
    pub(super) fn students_of(&self, school: Option<SchoolNumber>) -> u64 {
        self.schools(EntityKind::Student).filter(|of| *of == school).count() as u64
    }
}

/// Whether an entity is inactive, and does not come back with this plan.
fn is_gone<V: Entity>(entity: EntityRef, stored: &[Stored<V>], changes: &Changes<V>) -> bool {
    let Some(number) = entity.number_as::<V::Number>() else { return false };
    let is_inactive = stored.by_number(number).is_some_and(|stored| !stored.active);
    is_inactive && !changes.reactivate.iter().chain(&changes.rekey).any(|back| back.number == number)
}

/// The school of the newest class that each of these people was in.
fn last_schools<P: EntityNumber>(
    links: &[StoredLink<P>],
    people: &HashSet<EntityRef>,
    places: &Places,
    schools: &mut HashMap<EntityRef, Option<SchoolNumber>>,
) where
    EntityRef: From<P>,
{
    // Links come by class, so that the newest class of each person comes last.
    for link in links.iter().filter(|link| !link.active) {
        let person = EntityRef::from(link.link.person);
        if people.contains(&person) {
            schools.insert(person, places.of_class(link.link.class));
        }
    }
}
