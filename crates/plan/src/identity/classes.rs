//! Recognizes classes under another `class_id`: by name and school, by their students and their teacher.
//!
//! The classes of a new term or year have the same names and teachers, but other students: they are other classes.

use hashbrown::HashMap;
use homeroom_model::entity::{ClassNumber, EntityNumber, SchoolNumber, StudentNumber, TeacherNumber};
use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence};
use homeroom_model::roster::{Class, RosterLink};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};
use homeroom_model::string_arena::StringArena;

use super::candidate::folded_name;
use super::matches::Matches;
use super::pairing::{LikelyMatch, Pair, once_on_both_sides, pair_up};
use super::search::{Search, Unmatched, matched_numbers};
use super::similar_ids::{core, similarity};
use crate::roster_person::RosterPerson;

/// The most candidates for one class; more could not be told apart anyway.
const MAX_CANDIDATES: usize = 200;

/// From so many known students on, on both sides, they tell whether a class is the same.
const MIN_COMPARABLE: usize = 4;

/// A class that shares less than this percentage of its students with another is a new one, whatever its name and id.
const OTHERS_PERCENT: usize = 30;

pub(super) fn find(search: &Search<'_>) -> Vec<LikelyMatch> {
    let Search { stored, wanted, unmatched, .. } = search;
    if unmatched.classes.is_empty() {
        return vec![];
    }
    let members = Members::new(search);
    let index = BlockingIndex::new(stored, &unmatched.classes);
    let school_numbers = matched_numbers(&search.matches.schools, &stored.schools);
    let mut pairs = Vec::new();
    for &new in &unmatched.classes.new {
        let class = &wanted.classes[new];
        let school = school_numbers[class.school as usize];
        let name = folded(wanted.texts.get(class.name));
        let key = wanted.texts.get(class.key);
        let shared = members.shared_with_gone(search, new);
        let candidates = index.candidates(school, &name, key).into_iter();
        for old in candidates.filter(|old| search.known.classes.allows(*old, new)) {
            let old_class = &stored.classes[old];
            let evidence = ClassEvidence {
                same_name: folded(stored.texts.get(old_class.values.name)) == name,
                similar_key: similarity(stored.texts.get(old_class.values.key), key),
                same_school: school == Some(old_class.values.school),
                same_teacher: shared.teachers.contains_key(&old),
                students_percent: members.students_percent(&shared, old, old_class),
                other_students: members.are_others(&shared, old, old_class),
            };
            if let Some((confidence, found)) = evidence.weigh() {
                pairs.push(Pair { old, new, confidence, weight: evidence.weight(), evidence: found });
            }
        }
    }
    pair_up(pairs)
}

/// What two classes have in common.
struct ClassEvidence {
    same_name: bool,
    similar_key: Option<Evidence>,
    same_school: bool,
    same_teacher: bool,
    /// Students who are in both, as a share of the larger one.
    students_percent: u32,
    /// Whether both have students, who are known, and nearly all of them are others.
    other_students: bool,
}

impl ClassEvidence {
    fn weigh(&self) -> Option<(Confidence, Vec<Evidence>)> {
        let ClassEvidence {
            same_name,
            similar_key,
            same_school,
            same_teacher,
            students_percent,
            other_students,
        } = *self;
        let confidence = match students_percent {
            _ if !same_school || other_students => return None,
            _ if same_name && similar_key.is_some() => Confidence::Certain,
            60.. if same_name || similar_key.is_some() => Confidence::Certain,
            30.. if same_name && same_teacher => Confidence::Probable,
            _ => return None,
        };
        let evidence = [
            (same_name, Evidence::SameName),
            (same_school, Evidence::SameSchool),
            (same_teacher, Evidence::SameTeacher),
            (students_percent >= 60, Evidence::SameStudents),
        ];
        let evidence = evidence.into_iter().filter_map(|(holds, evidence)| holds.then_some(evidence));
        Some((confidence, evidence.chain(similar_key).collect()))
    }

    fn weight(&self) -> u32 {
        self.students_percent * 4
            + u32::from(self.same_teacher) * 20
            + u32::from(self.similar_key.is_some()) * 400
    }
}

/// Classes that are gone, by school and name, and by the core of their id.
struct BlockingIndex<'t> {
    by_name: HashMap<(SchoolNumber, String), Vec<usize>>,
    by_core: HashMap<&'t str, Vec<usize>>,
}

impl<'t> BlockingIndex<'t> {
    fn new(stored: &'t StoredRoster, unmatched: &Unmatched) -> Self {
        let mut index = BlockingIndex { by_name: HashMap::new(), by_core: HashMap::new() };
        for &old in &unmatched.gone {
            let class = &stored.classes[old].values;
            let name = (class.school, folded(stored.texts.get(class.name)));
            index.by_name.entry(name).or_default().push(old);
            index.by_core.entry(core(stored.texts.get(class.key))).or_default().push(old);
        }
        index
    }

    fn candidates(&self, school: Option<SchoolNumber>, name: &str, key: &str) -> Vec<usize> {
        let named = school.and_then(|school| self.by_name.get(&(school, name.to_owned())));
        let core = Some(core(key)).filter(|core| !core.is_empty());
        let similar = core.and_then(|core| self.by_core.get(core));
        let all = named.into_iter().flatten().chain(similar.into_iter().flatten());
        let mut all = all.copied().take(MAX_CANDIDATES).collect::<Vec<_>>();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Who teaches and attends the classes of both rosters.
struct Members {
    /// The stored teacher that each wanted one is.
    teachers: Vec<Option<TeacherNumber>>,
    /// The stored student that each wanted one is.
    students: Vec<Option<StudentNumber>>,
    /// The classes of each stored teacher that are gone.
    gone_by_teacher: HashMap<TeacherNumber, Vec<usize>>,
    /// The classes of each stored student that are gone.
    gone_by_student: HashMap<StudentNumber, Vec<usize>>,
    /// Active enrollments of each stored class.
    sizes: HashMap<ClassNumber, usize>,
}

/// What a wanted class has in common with the ones that are gone.
struct Shared {
    /// The gone classes of its teachers, with how many of them.
    teachers: HashMap<usize, usize>,
    /// The gone classes of its students, with how many of them.
    students: HashMap<usize, usize>,
    /// How many students it has.
    size: usize,
    /// How many of them are known.
    known: usize,
}

impl Shared {
    fn students_of(&self, gone: usize) -> usize {
        self.students.get(&gone).copied().unwrap_or(0)
    }
}

impl Members {
    fn new(search: &Search<'_>) -> Members {
        let Search { stored, wanted, matches, unmatched, .. } = search;
        let texts = [&stored.texts, &wanted.texts];
        let gone = unmatched.classes.gone.iter().map(|old| (stored.classes[*old].number, *old));
        let gone = gone.collect::<HashMap<_, _>>();
        let teachers = PeopleOfKind {
            matches: &matches.teachers,
            unmatched: &unmatched.teachers,
            stored: &stored.teachers,
            wanted: &wanted.teachers,
        };
        let students = PeopleOfKind {
            matches: &matches.students,
            unmatched: &unmatched.students,
            stored: &stored.students,
            wanted: &wanted.students,
        };
        Members {
            teachers: teachers.numbers(texts),
            students: students.numbers(texts),
            gone_by_teacher: gone_classes(&stored.teachings, &gone),
            gone_by_student: gone_classes(&stored.enrollments, &gone),
            sizes: class_sizes(&stored.enrollments),
        }
    }

    fn shared_with_gone(&self, search: &Search<'_>, new: usize) -> Shared {
        let links = links_of(&search.wanted.enrollments, new as u32);
        let students = links.iter().map(|link| self.students[link.person as usize]);
        let known = students.clone().flatten().count();
        let teachings = links_of(&search.wanted.teachings, new as u32);
        let teachers = teachings.iter().map(|link| self.teachers[link.person as usize]);
        Shared {
            students: count_shared(&self.gone_by_student, students),
            teachers: count_shared(&self.gone_by_teacher, teachers),
            size: links.len(),
            known,
        }
    }

    /// The share of the larger class's students who are in both.
    fn students_percent(&self, shared: &Shared, old: usize, old_class: &Stored<Class>) -> u32 {
        let larger = shared.size.max(self.size_of(old_class));
        (shared.students_of(old) * 100).checked_div(larger).unwrap_or(0) as u32
    }

    /// Whether a class has hardly any of the students that the old one had, although it is known who they are.
    fn are_others(&self, shared: &Shared, old: usize, old_class: &Stored<Class>) -> bool {
        let comparable = shared.known.min(self.size_of(old_class));
        comparable >= MIN_COMPARABLE && shared.students_of(old) * 100 < comparable * OTHERS_PERCENT
    }

    fn size_of(&self, class: &Stored<Class>) -> usize {
        self.sizes.get(&class.number).copied().unwrap_or(0)
    }
}

/// The teachers or the students of both rosters.
struct PeopleOfKind<'p, V: RosterPerson> {
    matches: &'p Matches,
    unmatched: &'p Unmatched,
    stored: &'p [Stored<V>],
    wanted: &'p [V],
}

impl<V: RosterPerson> PeopleOfKind<'_, V> {
    /// The stored person that each wanted one is: by key, or by a name that occurs once among those that no key matched.
    fn numbers(&self, [stored_texts, wanted_texts]: [&StringArena; 2]) -> Vec<Option<V::Number>> {
        let PeopleOfKind { matches, unmatched, stored, wanted } = self;
        let mut numbers = matched_numbers(matches, stored);
        let gone = unmatched.gone.iter();
        let gone = gone.map(|old| (folded_name(stored_texts, stored[*old].values.person()), *old));
        let new = unmatched.new.iter().map(|new| (folded_name(wanted_texts, wanted[*new].person()), *new));
        for (old, new) in once_on_both_sides(gone, new) {
            numbers[new].get_or_insert(stored[old].number);
        }
        numbers
    }
}

/// The positions of the gone classes of each person.
fn gone_classes<P: EntityNumber>(
    links: &[StoredLink<P>],
    gone: &HashMap<ClassNumber, usize>,
) -> HashMap<P, Vec<usize>> {
    let mut classes = HashMap::<P, Vec<usize>>::new();
    for link in links.iter().filter(|link| link.active) {
        if let Some(position) = gone.get(&link.link.class) {
            classes.entry(link.link.person).or_default().push(*position);
        }
    }
    classes
}

/// How many of these people were in each gone class.
fn count_shared<P: EntityNumber>(
    gone_classes: &HashMap<P, Vec<usize>>,
    people: impl Iterator<Item = Option<P>>,
) -> HashMap<usize, usize> {
    let mut shared = HashMap::new();
    for class in people.filter_map(|number| gone_classes.get(&number?)).flatten() {
        *shared.entry(*class).or_default() += 1;
    }
    shared
}

/// Active enrollments of each class.
fn class_sizes(links: &[StoredLink<StudentNumber>]) -> HashMap<ClassNumber, usize> {
    let mut sizes = HashMap::new();
    for link in links.iter().filter(|link| link.active) {
        *sizes.entry(link.link.class).or_default() += 1;
    }
    sizes
}

/// The links of a class; links are sorted by class.
fn links_of(links: &[RosterLink], class: u32) -> &[RosterLink] {
    let first = links.partition_point(|link| link.class < class);
    let end = first + links[first..].partition_point(|link| link.class == class);
    &links[first..end]
}
