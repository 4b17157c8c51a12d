//! Groups row parts by the teacher or student that they name, and rejects those that contradict each other.

use hashbrown::HashMap;
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::name::{Likeness, likeness};
use homeroom_model::roster::Person;
use homeroom_model::string_arena::StringArena;
use homeroom_model::string_index::StringIndex;

use crate::groups::Groups;
use crate::position::Position;
use crate::row_parts::{PartFinding, PartNotes, RowParts};

/// The columns and finding codes of teachers, or of students.
pub(crate) struct PersonKind {
    email: Column,
    sis_id: Column,
    pub(crate) name: Column,
    email_shared: FindingCode,
    id_shared: FindingCode,
    pub(crate) name_differs: FindingCode,
    /// For an address that many people share; a teacher's is only shared.
    placeholder: Option<FindingCode>,
}

pub(crate) const TEACHER: PersonKind = PersonKind {
    email: Column::TeacherEmail,
    sis_id: Column::TeacherId,
    name: Column::TeacherLastName,
    email_shared: FindingCode::TeacherEmailShared,
    id_shared: FindingCode::TeacherIdShared,
    name_differs: FindingCode::TeacherNameDiffers,
    placeholder: None,
};
pub(crate) const STUDENT: PersonKind = PersonKind {
    email: Column::StudentEmail,
    sis_id: Column::StudentId,
    name: Column::StudentLastName,
    email_shared: FindingCode::StudentEmailShared,
    id_shared: FindingCode::StudentIdShared,
    name_differs: FindingCode::StudentNameDiffers,
    placeholder: Some(FindingCode::StudentEmailPlaceholder),
};

/// The people that parts name, and which of them each part names.
#[derive(Default)]
pub(crate) struct People {
    /// For each part its person; `None` when the part is rejected or names a placeholder.
    pub(crate) of_part: Vec<Option<Position>>,
    /// For each person the parts that name them, rejected ones included.
    pub(crate) parts: Groups,
}

/// How many clearly different names make an address a placeholder.
const PLACEHOLDER_NAMES: usize = 5;
/// How many of one person's names are compared with each other; more are not needed to know that they differ.
const COMPARED_NAMES: usize = 30;

/// Groups parts by person: by SIS id if there is one, else by address. Parts whose people cannot be told
/// apart are rejected.
pub(crate) fn resolve<P>(
    parts: &mut RowParts<P>,
    person: impl Fn(&P) -> Person,
    kind: &PersonKind,
) -> People {
    let RowParts { texts, values, notes } = parts;
    let named = NamedPeople { texts, values, person };
    let mut grouping = Grouping::new(&named);
    for with_id in [true, false] {
        for (part, notes) in (0_u32..).zip(notes.iter()) {
            if !notes.rejected && !notes.is_placeholder && named.person(part).sis_id.is_empty() != with_id {
                grouping.add(part);
            }
        }
    }
    let Grouping { person_of_part, email_of_person, contradictions, sharers, .. } = grouping;
    let parts = Groups::new(email_of_person.len(), person_of_part.iter().copied());
    let mut people = People { of_part: person_of_part, parts };
    for person in 0..people.parts.len() as u32 {
        let found = match contradictions.get(&person) {
            Some(Contradiction::SameIdTwoAddresses) => Some(Conflict::of_id(kind, person)),
            Some(Contradiction::SameAddressAs(holder)) => {
                let sharers = sharers.get(&person).or_else(|| sharers.get(holder)).copied().unwrap_or(0);
                Some(Conflict::of_email(kind, sharers + 1, *holder))
            }
            None => match named.count_different_names(people.parts.get(person as usize)) {
                0 | 1 => None,
                count => Some(Conflict::of_email(kind, count, person)),
            },
        };
        if let Some(conflict) = found {
            named.reject(person, &conflict, &mut people, notes);
        }
    }
    people
}

/// The people in the values of parts.
struct NamedPeople<'p, P, F> {
    texts: &'p StringArena,
    values: &'p [P],
    person: F,
}

/// Why a person's parts are rejected.
struct Conflict {
    code: FindingCode,
    column: Column,
    /// Whose key is the same: the person itself when its own parts contradict each other.
    with: u32,
}

impl Conflict {
    fn of_id(kind: &PersonKind, with: u32) -> Conflict {
        Conflict { code: kind.id_shared, column: kind.sis_id, with }
    }

    /// `count` people share an address.
    fn of_email(kind: &PersonKind, count: usize, with: u32) -> Conflict {
        let placeholder = kind.placeholder.filter(|_| count >= PLACEHOLDER_NAMES);
        Conflict { code: placeholder.unwrap_or(kind.email_shared), column: kind.email, with }
    }
}

/// What the keys of a person's parts contradict.
enum Contradiction {
    SameIdTwoAddresses,
    /// This other person has the same address under another SIS id.
    SameAddressAs(u32),
}

/// Groups parts while they are added one by one.
struct Grouping<'g, 'p, P, F> {
    named: &'g NamedPeople<'p, P, F>,
    person_of_part: Vec<Option<Position>>,
    /// For each SIS id and each address the first part that has it.
    by_id: StringIndex,
    by_email: StringIndex,
    /// For each person the address, if one of their parts has one.
    email_of_person: Vec<&'p str>,
    contradictions: HashMap<u32, Contradiction>,
    /// For the first person with an address, how many others have it too.
    sharers: HashMap<u32, usize>,
}

impl<'g, 'p, P, F: Fn(&P) -> Person> Grouping<'g, 'p, P, F> {
    fn new(named: &'g NamedPeople<'p, P, F>) -> Self {
        Grouping {
            named,
            person_of_part: vec![None; named.values.len()],
            by_id: StringIndex::default(),
            by_email: StringIndex::with_capacity(named.values.len()),
            email_of_person: vec![],
            contradictions: HashMap::new(),
            sharers: HashMap::new(),
        }
    }

    fn add(&mut self, part: u32) {
        let named = self.named;
        let (id, email) = (named.sis_id(part), named.email(part));
        let first = if id.is_empty() {
            self.by_email.get_or_insert(email, part, |part| named.email(part))
        } else {
            self.by_id.get_or_insert(id, part, |part| named.sis_id(part))
        };
        let known = if first == part { None } else { self.person_of_part[first as usize] };
        let person = known.unwrap_or_else(|| {
            self.email_of_person.push("");
            Position::new((self.email_of_person.len() - 1) as u32)
        });
        self.person_of_part[part as usize] = Some(person);
        if email.is_empty() {
            return;
        }
        let own_email = &mut self.email_of_person[person.index()];
        if own_email.is_empty() {
            *own_email = email;
        } else if *own_email != email {
            self.contradictions.insert(person.as_u32(), Contradiction::SameIdTwoAddresses);
        }
        if !id.is_empty() {
            let holder = self.by_email.get_or_insert(email, part, |part| named.email(part));
            self.compare_with_holder(person, self.person_of_part[holder as usize]);
        }
    }

    /// Notes that a person with a SIS id has the address of another person.
    fn compare_with_holder(&mut self, person: Position, holder: Option<Position>) {
        let Some(holder) = holder.filter(|holder| *holder != person) else { return };
        let (person, holder) = (person.as_u32(), holder.as_u32());
        let is_known = matches!(self.contradictions.get(&person),
            Some(Contradiction::SameAddressAs(known)) if *known == holder);
        if !is_known {
            *self.sharers.entry(holder).or_default() += 1;
        }
        self.contradictions.entry(person).or_insert(Contradiction::SameAddressAs(holder));
        self.contradictions.entry(holder).or_insert(Contradiction::SameAddressAs(person));
    }
}

impl<'p, P, F: Fn(&P) -> Person> NamedPeople<'p, P, F> {
    fn person(&self, part: u32) -> Person {
        (self.person)(&self.values[part as usize])
    }

    fn sis_id(&self, part: u32) -> &'p str {
        self.texts.get(self.person(part).sis_id)
    }

    fn email(&self, part: u32) -> &'p str {
        self.texts.get(self.person(part).email)
    }

    fn name(&self, part: u32) -> (&'p str, &'p str) {
        let Person { first_name, last_name, .. } = self.person(part);
        (self.texts.get(first_name), self.texts.get(last_name))
    }

    fn full_name(&self, part: u32) -> String {
        self.person(part).full_name(self.texts)
    }

    /// How many clearly different names the parts of one person have; 1 when all are spellings of one name.
    fn count_different_names(&self, parts: &[u32]) -> usize {
        if parts.len() < 2 {
            return 1;
        }
        let mut names = parts.iter().map(|part| self.name(*part)).collect::<Vec<_>>();
        names.sort_unstable();
        names.dedup();
        names.truncate(COMPARED_NAMES);
        let mut different = Vec::<(&str, &str)>::new();
        for name in names {
            let differs =
                |known: &(&str, &str)| likeness(name.0, name.1, known.0, known.1) == Likeness::Different;
            if different.iter().all(differs) {
                different.push(name);
            }
        }
        different.len()
    }

    /// Rejects all parts of a person, with the names and lines of some parts that contradict each other.
    fn reject(&self, person: u32, conflict: &Conflict, people: &mut People, notes: &mut [PartNotes]) {
        let Conflict { code, column, with } = *conflict;
        let parts = people.parts.get(person as usize);
        let parts_of_other = if with == person { &[] } else { people.parts.get(with as usize) };
        let both = parts.iter().chain(parts_of_other);
        let mut contradicting =
            both.map(|part| (notes[*part as usize].occurrences.first_line, *part)).collect::<Vec<_>>();
        contradicting.sort_unstable();
        contradicting.dedup_by_key(|(_, part)| self.full_name(*part));
        let listed = contradicting
            .iter()
            .take(3)
            .map(|(line, part)| format!("{} <{}> (line {line})", self.full_name(*part), self.email(*part)));
        let listed = listed.collect::<Vec<_>>().join(", ");
        let is_about_id = matches!(code, FindingCode::TeacherIdShared | FindingCode::StudentIdShared);
        for part in parts.iter().copied() {
            let value = if is_about_id { self.sis_id(part) } else { self.email(part) };
            let message = match contradicting.len() {
                0 | 1 => format!("'{value}' is used for more than one person: {listed} and others."),
                _ => format!("'{value}' is used for clearly different people: {listed}."),
            };
            notes[part as usize].add(PartFinding::new(code, column, value, message));
            people.of_part[part as usize] = None;
        }
    }
}
