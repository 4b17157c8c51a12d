//! Keys that would pass from one person to another: an address, a Clever id, a user name or a SIS id, across roles.
//!
//! A key of someone who leaves may be given to someone else. A key of someone who stays may not, unless a person decides; nor may
//! two people get the same one, nor a teacher the key of a student of the same name.

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::entity::{ByNumber, EntityNumber, EntityRef};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::{Likeness, likeness};
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
    /// Teachers and students have number ranges of their own.
    SisId(EntityKind),
}

impl KeyKind {
    fn column(self, of: EntityKind) -> Column {
        let is_teacher = of == EntityKind::Teacher;
        match self {
            KeyKind::Email if is_teacher => Column::TeacherEmail,
            KeyKind::Email => Column::StudentEmail,
            KeyKind::CleverId if is_teacher => Column::TeacherCleverId,
            KeyKind::CleverId => Column::StudentCleverId,
            KeyKind::Username => Column::StudentUsername,
            KeyKind::SisId(EntityKind::Teacher) => Column::TeacherId,
            KeyKind::SisId(_) => Column::StudentId,
        }
    }
}

/// Someone who would get a key that they do not have.
#[derive(Clone, Copy)]
struct Taker<'p> {
    entity: EntityRef,
    name: (&'p str, &'p str),
}

type Takers<'p> = HashMap<(KeyKind, &'p str), Vec<Taker<'p>>>;

/// The keys that would pass from person to person with these changes.
pub(crate) fn key_moves(
    stored: &StoredRoster,
    texts: &StringArena,
    teachers: &Changes<Teacher>,
    students: &Changes<Student>,
) -> Vec<KeyMove> {
    if stored.teachers.is_empty() && stored.students.is_empty() {
        return vec![];
    }
    let mut takers = Takers::new();
    add_takers(stored, texts, &stored.teachers, teachers, &mut takers);
    add_takers(stored, texts, &stored.students, students, &mut takers);
    if takers.is_empty() {
        return vec![];
    }
    let mut moves = Vec::new();
    add_moves_from_holders(stored, &stored.teachers, teachers, &takers, &mut moves);
    add_moves_from_holders(stored, &stored.students, students, &takers, &mut moves);
    add_shared(&takers, &mut moves);
    moves.sort_unstable();
    moves.dedup();
    moves
}

/// The keys of a person; some may be empty.
fn keys<V: RosterPerson>(values: &V) -> [(KeyKind, StrId); 4] {
    let Person { sis_id, email, clever_id, .. } = *values.person();
    [
        (KeyKind::Email, email),
        (KeyKind::CleverId, clever_id),
        (KeyKind::Username, values.username()),
        (KeyKind::SisId(V::KIND), sis_id),
    ]
}

fn name<'t>(texts: &'t StringArena, person: &Person) -> (&'t str, &'t str) {
    (texts.get(person.first_name), texts.get(person.last_name))
}

fn add_takers<'p, V: RosterPerson>(
    stored: &StoredRoster,
    texts: &'p StringArena,
    list: &[Stored<V>],
    changes: &'p Changes<V>,
    takers: &mut Takers<'p>,
) {
    for new in changes.valued() {
        let old = list.by_number(new.number).filter(|old| old.active).map(|old| keys(&old.values));
        for (at, (kind, key)) in keys(&new.values).into_iter().enumerate() {
            let key = texts.get(key);
            let has_it = old.is_some_and(|old| stored.texts.get(old[at].1) == key);
            if !key.is_empty() && !has_it {
                let name = name(texts, new.values.person());
                let taker = Taker { entity: new.number.into(), name };
                takers.entry((kind, key)).or_default().push(taker);
            }
        }
    }
}

/// Adds the moves from people who stay, and those from anyone of the other role and the same name.
fn add_moves_from_holders<V: RosterPerson>(
    stored: &StoredRoster,
    list: &[Stored<V>],
    changes: &Changes<V>,
    takers: &Takers<'_>,
    moves: &mut Vec<KeyMove>,
) {
    let removed = changes.deactivate.iter().copied().collect::<HashSet<_>>();
    for holder in list {
        let entity: EntityRef = holder.number.into();
        let stays = holder.active && !removed.contains(&holder.number);
        for (kind, key) in keys(&holder.values) {
            let key = stored.texts.get(key);
            for taker in takers.get(&(kind, key)).into_iter().flatten() {
                let changes_role = taker.entity.kind != V::Number::KIND && {
                    let (old, new) = (name(&stored.texts, holder.values.person()), taker.name);
                    likeness(old.0, old.1, new.0, new.1) != Likeness::Different
                };
                if taker.entity != entity && (stays || changes_role) {
                    let column = kind.column(taker.entity.kind);
                    moves.push(KeyMove { from: entity, to: taker.entity, column, key: key.to_owned() });
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
