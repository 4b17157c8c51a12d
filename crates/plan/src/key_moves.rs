//! Keys that would pass from one person to another: an address, a Clever id, a user name or a SIS id, across roles.
//!
//! A key of someone who left before may be given to someone else. A key of someone who is active tonight may not, unless a person
//! decides: that its holder leaves in the same file may as well be a part of the damage. Only an address or a user name may go the same
//! night to a newcomer of the same role with quite another name, when no newcomer has a name of the one who leaves: schools give them
//! again, while numbers are made to be given once. Nor may two people get the same key, nor a teacher the key of a student of the same
//! name.

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::entity::{ByNumber, Entity, EntityNumber, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::{Likeness, folded, likeness};
use homeroom_model::plan::{Changes, KeyMove};
use homeroom_model::roster::{Person, Student, Teacher};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::{StrId, StringArena};

use crate::roster_person::RosterPerson;

/// What a key is; no two people share one of a kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum KeyKind {
    Email,
    CleverId,
    Username,
    /// Of either role, unless teachers and students have number ranges of their own.
    SisId(Option<EntityKind>),
}

impl KeyKind {
    /// Whether schools give it again as soon as it is free.
    fn is_given_again(self) -> bool {
        matches!(self, KeyKind::Email | KeyKind::Username)
    }

    fn column(self, of: EntityKind) -> Column {
        let is_teacher = of == EntityKind::Teacher;
        match self {
            KeyKind::Email if is_teacher => Column::TeacherEmail,
            KeyKind::Email => Column::StudentEmail,
            KeyKind::CleverId if is_teacher => Column::TeacherCleverId,
            KeyKind::CleverId => Column::StudentCleverId,
            KeyKind::Username => Column::StudentUsername,
            KeyKind::SisId(_) if is_teacher => Column::TeacherId,
            KeyKind::SisId(_) => Column::StudentId,
        }
    }
}

/// Someone who would get a key that they do not have.
#[derive(Clone, Copy)]
struct Taker<'p> {
    entity: EntityRef,
    name: (&'p str, &'p str),
    /// Whether they were never in the roster.
    is_new: bool,
}

type Takers<'p> = HashMap<(KeyKind, &'p str), Vec<Taker<'p>>>;

/// The keys that would get other holders.
#[derive(Default)]
pub(crate) struct KeyTransfers {
    /// Keys of people who are active, and keys that change the role.
    pub(crate) moves: Vec<KeyMove>,
    /// People who get an address of someone who has left.
    pub(crate) passed_on: Vec<EntityRef>,
}

/// The keys that would get other holders with these changes.
pub(crate) fn key_transfers(
    stored: &StoredRoster,
    texts: &StringArena,
    teachers: &Changes<Teacher>,
    students: &Changes<Student>,
) -> KeyTransfers {
    let mut transfers = KeyTransfers::default();
    if stored.teachers.is_empty() && stored.students.is_empty() {
        return transfers;
    }
    if is_quiet(teachers) && is_quiet(students) {
        return transfers;
    }
    let newcomers = names_of_newcomers(stored, texts, teachers, students);
    let source = Source { stored, texts, ranges: Ranges::of(stored), newcomers };
    let mut takers = Takers::new();
    source.add_takers(&stored.teachers, teachers, &mut takers);
    source.add_takers(&stored.students, students, &mut takers);
    if takers.is_empty() {
        return transfers;
    }
    source.add_transfers(&stored.teachers, teachers, &takers, &mut transfers);
    source.add_transfers(&stored.students, students, &takers, &mut transfers);
    let KeyTransfers { moves, passed_on } = &mut transfers;
    add_shared(&takers, moves);
    moves.sort_unstable();
    moves.dedup();
    passed_on.sort_unstable();
    passed_on.dedup();
    transfers
}

impl KeyTransfers {
    /// Sentences about the addresses of leavers that go to new people, apart from those about whom someone is asked.
    pub(crate) fn messages(&self, asked: &HashSet<EntityRef>) -> Vec<String> {
        let message = |kind: EntityKind| {
            let of_kind = self.passed_on.iter().filter(|to| to.kind == kind && !asked.contains(*to));
            let count = of_kind.count();
            (count > 0).then(|| passed_on_message(kind, count))
        };
        [EntityKind::Teacher, EntityKind::Student].into_iter().filter_map(message).collect()
    }
}

fn passed_on_message(kind: EntityKind, count: usize) -> String {
    format!(
        "{count} e-mail {} of {} came with a clearly different name or SIS id: each is treated as a new person with a new \
         account.",
        if count == 1 { "address" } else { "addresses" },
        kind.plural()
    )
}

/// Whether nobody gets values.
fn is_quiet<V: Entity>(changes: &Changes<V>) -> bool {
    changes.valued().next().is_none()
}

/// Whether the numbers of the two roles are of one range.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ranges {
    /// No number is a teacher's and a student's.
    Common,
    /// The same number is a teacher's and a student's.
    OfEachRole,
}

impl Ranges {
    fn of(stored: &StoredRoster) -> Ranges {
        let number = |person: &Person| stored.texts.get(person.sis_id);
        let teachers = stored.teachers.iter().filter(|teacher| teacher.active);
        let teachers = teachers.map(|teacher| number(&teacher.values.person));
        let teachers = teachers.filter(|number| !number.is_empty()).collect::<HashSet<_>>();
        let mut students = stored.students.iter().filter(|student| student.active);
        let is_shared =
            !teachers.is_empty() && students.any(|student| teachers.contains(number(&student.values.person)));
        if is_shared { Ranges::OfEachRole } else { Ranges::Common }
    }
}

/// What keys are read from.
struct Source<'p> {
    stored: &'p StoredRoster,
    /// Of the plan.
    texts: &'p StringArena,
    ranges: Ranges,
    /// The first and the last names of people who were never in the roster.
    newcomers: HashSet<String>,
}

fn names_of_newcomers(
    stored: &StoredRoster,
    texts: &StringArena,
    teachers: &Changes<Teacher>,
    students: &Changes<Student>,
) -> HashSet<String> {
    let teachers = teachers.valued().filter(|new| stored.teachers.by_number(new.number).is_none());
    let students = students.valued().filter(|new| stored.students.by_number(new.number).is_none());
    let people = teachers.map(|new| new.values.person).chain(students.map(|new| new.values.person));
    people
        .flat_map(|person| [person.first_name, person.last_name])
        .map(|name| folded(texts.get(name)))
        .collect()
}

fn name<'t>(texts: &'t StringArena, person: &Person) -> (&'t str, &'t str) {
    (texts.get(person.first_name), texts.get(person.last_name))
}

impl<'p> Source<'p> {
    /// The keys of a person; some may be empty.
    fn keys<V: RosterPerson>(&self, values: &V) -> [(KeyKind, StrId); 4] {
        let Person { sis_id, email, clever_id, .. } = *values.person();
        let range = (self.ranges == Ranges::OfEachRole).then_some(V::KIND);
        [
            (KeyKind::Email, email),
            (KeyKind::CleverId, clever_id),
            (KeyKind::Username, values.username()),
            (KeyKind::SisId(range), sis_id),
        ]
    }

    fn add_takers<V: RosterPerson>(
        &self,
        list: &[Stored<V>],
        changes: &'p Changes<V>,
        takers: &mut Takers<'p>,
    ) {
        for new in changes.valued() {
            let known = list.by_number(new.number);
            let old = known.filter(|old| old.active).map(|old| self.keys(&old.values));
            for (at, (kind, key)) in self.keys(&new.values).into_iter().enumerate() {
                let key = self.texts.get(key);
                let has_it = old.is_some_and(|old| self.stored.texts.get(old[at].1) == key);
                if !key.is_empty() && !has_it {
                    let name = name(self.texts, new.values.person());
                    let taker = Taker { entity: new.number.into(), name, is_new: known.is_none() };
                    takers.entry((kind, key)).or_default().push(taker);
                }
            }
        }
    }

    /// Whether someone of this name may be one of those who would come.
    fn may_be_new(&self, (first, last): (&str, &str)) -> bool {
        [first, last].iter().any(|name| self.newcomers.contains(&folded(name)))
    }

    /// Adds the moves from people who stay, those from anyone of the other role and the same name, and those to other people who are
    /// known; and who gets the address of someone who has left.
    fn add_transfers<V: RosterPerson>(
        &self,
        list: &[Stored<V>],
        changes: &Changes<V>,
        takers: &Takers<'_>,
        transfers: &mut KeyTransfers,
    ) {
        let removed = changes.deactivate.iter().copied().collect::<HashSet<_>>();
        for holder in list {
            let entity: EntityRef = holder.number.into();
            let stays = holder.active && !removed.contains(&holder.number);
            for (kind, key) in self.keys(&holder.values).into_iter().filter(|(_, key)| !key.is_empty()) {
                let key = self.stored.texts.get(key);
                for taker in takers.get(&(kind, key)).into_iter().flatten() {
                    if taker.entity == entity {
                        continue;
                    }
                    let old = name(&self.stored.texts, holder.values.person());
                    let likeness = likeness(old.0, old.1, taker.name.0, taker.name.1);
                    let other_role = taker.entity.kind != V::Number::KIND;
                    let changes_role = other_role && likeness != Likeness::Different;
                    let goes_to_newcomer = taker.is_new
                        && !other_role
                        && kind.is_given_again()
                        && likeness == Likeness::Different
                        && !self.may_be_new(old);
                    let is_passed_on = holder.active && likeness != Likeness::Same && !goes_to_newcomer;
                    if stays || changes_role || is_passed_on {
                        let (to, column) = (taker.entity, kind.column(taker.entity.kind));
                        transfers.moves.push(KeyMove { from: entity, to, column, key: key.to_owned() });
                    } else if kind == KeyKind::Email && taker.is_new {
                        transfers.passed_on.push(taker.entity);
                    }
                }
            }
        }
    }
}

/// Adds the moves among people who would all get the same key.
fn add_shared(takers: &Takers<'_>, moves: &mut Vec<KeyMove>) {
    for ((kind, key), sharing) in takers.iter().filter(|(_, sharing)| sharing.len() > 1) {
        for (at, to) in sharing.iter().enumerate() {
            let from = &sharing[(at + 1) % sharing.len()];
            let column = kind.column(to.entity.kind);
            moves.push(KeyMove { from: from.entity, to: to.entity, column, key: (*key).to_owned() });
        }
    }
}
