//! Teachers and students, put together from the halves that name them.

use hashbrown::HashMap;
use homeroom_model::column::Column;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::name::{Likeness, likeness};
use homeroom_model::roster::Person;
use homeroom_model::string_arena::{StrId, StringArena};
use homeroom_model::string_index::StringIndex;

use crate::groups::Groups;
use crate::halves::{Seen, Uses};
use crate::spelling::{Spelling, most_frequent, tally, winner_first};

/// No person: the half is rejected, or names nobody.
pub(crate) const NOBODY: u32 = u32::MAX;

/// What differs between teachers and students.
pub(crate) struct Words {
    pub(crate) email: Column,
    pub(crate) sis_id: Column,
    pub(crate) name: Column,
    pub(crate) email_shared: FindingCode,
    pub(crate) id_shared: FindingCode,
    pub(crate) name_differs: FindingCode,
    pub(crate) placeholder: Option<FindingCode>,
}

pub(crate) const TEACHERS: Words = Words {
    email: Column::TeacherEmail,
    sis_id: Column::TeacherId,
    name: Column::TeacherLastName,
    email_shared: FindingCode::TeacherEmailShared,
    id_shared: FindingCode::TeacherIdShared,
    name_differs: FindingCode::TeacherNameDiffers,
    placeholder: None,
};
pub(crate) const STUDENTS: Words = Words {
    email: Column::StudentEmail,
    sis_id: Column::StudentId,
    name: Column::StudentLastName,
    email_shared: FindingCode::StudentEmailShared,
    id_shared: FindingCode::StudentIdShared,
    name_differs: FindingCode::StudentNameDiffers,
    placeholder: Some(FindingCode::StudentEmailPlaceholder),
};

/// People and which of them each half names.
#[derive(Default)]
pub(crate) struct People {
    /// For each half its person, or [`NOBODY`].
    pub(crate) of_half: Vec<u32>,
    /// For each person their halves, also those that were rejected.
    pub(crate) halves: Groups,
}

/// How many clearly different names make an address a placeholder.
const PLACEHOLDER: usize = 5;
/// Names of one person that are compared with each other; more are not needed to know that they differ.
const COMPARED: usize = 30;

/// Groups halves by person: by the SIS's number where there is one, else by address. Halves of people that cannot be
/// told apart are rejected.
pub(crate) fn resolve(
    texts: &StringArena,
    person: impl Fn(usize) -> Person,
    seen: &mut [Seen],
    words: &Words,
) -> People {
    let mut group = Grouping {
        texts,
        person: &person,
        of_half: vec![NOBODY; seen.len()],
        by_id: StringIndex::default(),
        by_email: StringIndex::with_capacity(seen.len()),
        email_of: vec![],
        trouble: HashMap::new(),
        sharers: HashMap::new(),
    };
    for with_id in [true, false] {
        for (half, seen) in seen.iter().enumerate() {
            if !seen.rejected && !seen.nobody && person(half).sis_id.is_empty() != with_id {
                group.add(half as u32);
            }
        }
    }
    let Grouping { of_half, email_of, trouble, sharers, .. } = group;
    let halves = Groups::new(email_of.len(), of_half.iter().copied());
    let mut people = People { of_half, halves };
    for number in 0..people.halves.len() {
        let conflict = match trouble.get(&(number as u32)) {
            Some(Trouble::IdShared) => Some((words.sis_id, words.id_shared, number)),
            Some(Trouble::EmailShared(other)) => {
                let holders =
                    sharers.get(&(number as u32)).or_else(|| sharers.get(other)).copied().unwrap_or(0);
                let placeholder = words.placeholder.filter(|_| holders + 1 >= PLACEHOLDER);
                Some((words.email, placeholder.unwrap_or(words.email_shared), *other as usize))
            }
            None => match different_names(texts, people.halves.get(number), &person) {
                0 | 1 => None,
                count => Some((
                    words.email,
                    words.placeholder.filter(|_| count >= PLACEHOLDER).unwrap_or(words.email_shared),
                    number,
                )),
            },
        };
        if let Some((column, code, other)) = conflict {
            reject(texts, &mut people, (number, other), &person, seen, column, code);
        }
    }
    people
}

enum Trouble {
    IdShared,
    /// With this other person.
    EmailShared(u32),
}

struct Grouping<'t, P> {
    texts: &'t StringArena,
    person: &'t P,
    of_half: Vec<u32>,
    /// For each number and address the first half that has it.
    by_id: StringIndex,
    by_email: StringIndex,
    /// For each person the address, where one of their halves has it.
    email_of: Vec<&'t str>,
    trouble: HashMap<u32, Trouble>,
    /// For whoever has an address first, how many others have it too.
    sharers: HashMap<u32, usize>,
}

impl<P: Fn(usize) -> Person> Grouping<'_, P> {
    fn add(&mut self, half: u32) {
        let (texts, person) = (self.texts, self.person);
        let one = person(half as usize);
        let (id, email) = (texts.get(one.sis_id), texts.get(one.email));
        let id_of = |half: u32| texts.get(person(half as usize).sis_id);
        let email_of = |half: u32| texts.get(person(half as usize).email);
        let first = if id.is_empty() {
            self.by_email.get_or_insert(email, half, email_of)
        } else {
            self.by_id.get_or_insert(id, half, id_of)
        };
        let number = if first == half {
            self.email_of.push("");
            (self.email_of.len() - 1) as u32
        } else {
            self.of_half[first as usize]
        };
        self.of_half[half as usize] = number;
        if email.is_empty() {
            return;
        }
        let mine = &mut self.email_of[number as usize];
        if mine.is_empty() {
            *mine = email;
        } else if *mine != email {
            self.trouble.insert(number, Trouble::IdShared);
        }
        if id.is_empty() {
            return;
        }
        let holder = self.of_half[self.by_email.get_or_insert(email, half, email_of) as usize];
        if holder != number {
            if !matches!(self.trouble.get(&number), Some(Trouble::EmailShared(known)) if *known == holder) {
                *self.sharers.entry(holder).or_default() += 1;
            }
            self.trouble.entry(number).or_insert(Trouble::EmailShared(holder));
            self.trouble.entry(holder).or_insert(Trouble::EmailShared(number));
        }
    }
}

/// How many clearly different names the halves of one person have; 1 when all are spellings of one.
fn different_names(texts: &StringArena, halves: &[u32], person: &impl Fn(usize) -> Person) -> usize {
    if halves.len() < 2 {
        return 1;
    }
    let mut names = halves.iter().map(|half| name(texts, &person(*half as usize))).collect::<Vec<_>>();
    names.sort_unstable();
    names.dedup();
    names.truncate(COMPARED);
    let mut apart = Vec::<(&str, &str)>::new();
    for name in names {
        let differs =
            |other: &(&str, &str)| likeness(name.0, name.1, other.0, other.1) == Likeness::Different;
        if apart.iter().all(differs) {
            apart.push(name);
        }
    }
    apart.len()
}

fn name<'t>(texts: &'t StringArena, person: &Person) -> (&'t str, &'t str) {
    (texts.get(person.first_name), texts.get(person.last_name))
}

/// Rejects all halves of a person, each with the names and lines of some that contradict each other: of the same person, or
/// of another one.
fn reject(
    texts: &StringArena,
    people: &mut People,
    (number, other): (usize, usize),
    person: &impl Fn(usize) -> Person,
    seen: &mut [Seen],
    column: Column,
    code: FindingCode,
) {
    let halves = people.halves.get(number);
    let of_other = if other == number { &[] } else { people.halves.get(other) };
    let both = halves.iter().chain(of_other);
    let mut described = both.map(|half| (seen[*half as usize].uses.first_line, *half)).collect::<Vec<_>>();
    described.sort_unstable();
    described.dedup_by_key(|(_, half)| person(*half as usize).full_name(texts));
    let named = described.iter().take(3).map(|(line, half)| {
        let one = person(*half as usize);
        format!("{} <{}> (line {line})", one.full_name(texts), texts.get(one.email))
    });
    let named = named.collect::<Vec<_>>().join(", ");
    for half in halves.iter().copied() {
        let one = person(half as usize);
        let value = texts.get(if code_is_about_id(code) { one.sis_id } else { one.email }).to_owned();
        let message = match described.len() {
            0 | 1 => format!("'{value}' stands for more than one person: {named} and others."),
            _ => format!("'{value}' stands for clearly different people: {named}."),
        };
        seen[half as usize].say(column, code, &value, message);
        people.of_half[half as usize] = NOBODY;
    }
}

fn code_is_about_id(code: FindingCode) -> bool {
    matches!(code, FindingCode::TeacherIdShared | FindingCode::StudentIdShared)
}

/// The values of a person: for each the most frequent. Says when names are spelled in several ways.
pub(crate) fn merge(
    texts: &StringArena,
    halves: &[u32],
    person: &impl Fn(usize) -> Person,
    seen: &[Seen],
    words: &Words,
    findings: &mut Findings,
) -> Person {
    let [only] = halves else { return merge_several(texts, halves, person, seen, words, findings) };
    person(*only as usize)
}

fn merge_several(
    texts: &StringArena,
    halves: &[u32],
    person: &impl Fn(usize) -> Person,
    seen: &[Seen],
    words: &Words,
    findings: &mut Findings,
) -> Person {
    let spellings = |value: fn(&Person) -> StrId| {
        halves.iter().map(move |half| {
            let Uses { rows, first_line, .. } = seen[*half as usize].uses;
            Spelling { text: value(&person(*half as usize)), rows, first_line }
        })
    };
    let names = halves.iter().map(|half| {
        let (one, uses) = (person(*half as usize), seen[*half as usize].uses);
        Spelling { text: (one.first_name, one.last_name), rows: uses.rows, first_line: uses.first_line }
    });
    let get = |(first, last): (StrId, StrId)| (texts.get(first), texts.get(last));
    let mut names = tally(names, |one, other| get(one) == get(other));
    let shown = |name: (StrId, StrId)| format!("{} {}", texts.get(name.0), texts.get(name.1));
    winner_first(&mut names, shown);
    let (first_name, last_name) = names[0].text;
    if let Some(other) = names.get(1..).and_then(|others| others.iter().min_by_key(|other| other.first_line))
    {
        findings.add(words.name_differs, || {
            let message = format!(
                "The name is spelled '{}' here and '{}' in {} (first in line {}); that one is used.",
                shown(other.text),
                shown(names[0].text),
                if names[0].rows > other.rows { "more rows" } else { "as many rows" },
                names[0].first_line
            );
            Finding::of_line(words.name_differs, other.first_line, shown(other.text), message)
                .in_column(words.name.name())
        });
    }
    Person {
        sis_id: most_frequent(texts, spellings(|one| one.sis_id)),
        email: most_frequent(texts, spellings(|one| one.email)),
        first_name,
        last_name,
        clever_id: most_frequent(texts, spellings(|one| one.clever_id)),
    }
}
