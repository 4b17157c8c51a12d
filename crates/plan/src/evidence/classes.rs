//! Classes under another `class_id`: known by name and school, by their students and their teacher.
//!
//! The classes of a new term or year have names and teachers alike, but other students: they are not the same.

use hashbrown::HashMap;
use homeroom_model::entity::{ClassNumber, Entity, EntityNumber, SchoolNumber, StudentNumber, TeacherNumber};
use homeroom_model::ids::EntityKind;
use homeroom_model::name::folded;
use homeroom_model::rekey::{Confidence, Evidence};
use homeroom_model::roster::{Roster, RosterLink};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster};

use super::{
    Known, Left, Pair, Recognised, core, folded_name, kinship, numbers_of, once_on_both_sides, pair_up,
};
use crate::matching::Matches;

/// Candidates of one class; more cannot be told apart anyway.
const CANDIDATES: usize = 200;

pub(super) fn find(
    stored: &StoredRoster,
    wanted: &Roster,
    left: &Left,
    teachers: &Left,
    students: &Left,
    known: &Known,
) -> Vec<Recognised> {
    if !left.is_some() {
        return vec![];
    }
    let school_numbers = numbers_of(&known.schools, &stored.schools);
    // Where people have new keys, too, names that occur once tell who they are.
    let teacher_of = with_namesakes(
        &known.teachers,
        &stored.teachers,
        teachers,
        |position| folded_name(&stored.texts, &stored.teachers[position].values.person),
        |at| folded_name(&wanted.texts, &wanted.teachers[at].person),
    );
    let student_of = with_namesakes(
        &known.students,
        &stored.students,
        students,
        |position| folded_name(&stored.texts, &stored.students[position].values.person),
        |at| folded_name(&wanted.texts, &wanted.students[at].person),
    );
    let before = People::of_gone(stored, left);
    let sizes = sizes_before(&stored.enrollments);

    let blocks = Blocks::new(stored, left);
    let mut pairs = Vec::new();
    for &new in &left.fresh {
        let class = &wanted.classes[new];
        let school = school_numbers[class.school as usize];
        let folded_name = folded(wanted.texts.get(class.name));
        let key = wanted.texts.get(class.key);
        let links = links_of(&wanted.enrollments, new as u32);
        let shared =
            count_shared(&before.of_student, links.iter().map(|link| student_of[link.person as usize]));
        let taught =
            links_of(&wanted.teachings, new as u32).iter().map(|link| teacher_of[link.person as usize]);
        let taught = count_shared(&before.of_teacher, taught);
        for old in blocks.candidates(school, &folded_name, key) {
            let was = &stored.classes[old];
            let all = links.len().max(sizes.get(&was.number).copied().unwrap_or(0));
            let both = shared.get(&old).copied().unwrap_or(0);
            let share = (both * 100).checked_div(all).unwrap_or(0) as u32;
            let signs = Signs {
                same_name: folded(stored.texts.get(was.values.name)) == folded_name,
                kin: kinship(stored.texts.get(was.values.key), key),
                same_school: school == Some(was.values.school),
                same_teacher: taught.contains_key(&old),
                share,
            };
            if let Some((confidence, evidence)) = signs.weigh() {
                let weight =
                    share * 4 + u32::from(signs.same_teacher) * 20 + u32::from(signs.kin.is_some()) * 400;
                pairs.push(Pair { old, new, confidence, weight, evidence });
            }
        }
    }
    pair_up(EntityKind::Class, pairs)
}

/// What two classes have in common.
struct Signs {
    same_name: bool,
    kin: Option<Evidence>,
    same_school: bool,
    same_teacher: bool,
    /// Students who are in both, of the larger one, in per cent.
    share: u32,
}

impl Signs {
    fn weigh(&self) -> Option<(Confidence, Vec<Evidence>)> {
        let Signs { same_name, kin, same_school, same_teacher, share } = *self;
        let confidence = match share {
            _ if !same_school => return None,
            _ if same_name && kin.is_some() => Confidence::Certain,
            60.. if same_name || kin.is_some() => Confidence::Certain,
            30.. if same_name && same_teacher => Confidence::Probable,
            _ => return None,
        };
        let evidence = [
            (same_name, Evidence::SameName),
            (same_school, Evidence::SameSchool),
            (same_teacher, Evidence::SameTeacher),
            (share >= 60, Evidence::SameStudents),
        ];
        let evidence = evidence.into_iter().filter_map(|(is, evidence)| is.then_some(evidence)).chain(kin);
        Some((confidence, evidence.collect()))
    }
}

/// Gone classes by school and name, and by the core of their id.
struct Blocks<'t> {
    by_name: HashMap<(SchoolNumber, String), Vec<usize>>,
    by_core: HashMap<&'t str, Vec<usize>>,
}

impl<'t> Blocks<'t> {
    fn new(stored: &'t StoredRoster, left: &Left) -> Self {
        let mut blocks = Blocks { by_name: HashMap::new(), by_core: HashMap::new() };
        for &old in &left.gone {
            let class = &stored.classes[old].values;
            let name = (class.school, folded(stored.texts.get(class.name)));
            blocks.by_name.entry(name).or_default().push(old);
            blocks.by_core.entry(core(stored.texts.get(class.key))).or_default().push(old);
        }
        blocks
    }

    fn candidates(&self, school: Option<SchoolNumber>, name: &str, key: &str) -> Vec<usize> {
        let named = school.and_then(|school| self.by_name.get(&(school, name.to_owned())));
        let named = named.into_iter().flatten();
        let akin = Some(core(key)).filter(|core| !core.is_empty()).and_then(|core| self.by_core.get(core));
        let mut all = named.chain(akin.into_iter().flatten()).copied().take(CANDIDATES).collect::<Vec<_>>();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The gone classes of each stored person.
struct People {
    of_student: HashMap<StudentNumber, Vec<usize>>,
    of_teacher: HashMap<TeacherNumber, Vec<usize>>,
}

impl People {
    fn of_gone(stored: &StoredRoster, left: &Left) -> People {
        let positions =
            left.gone.iter().map(|old| (stored.classes[*old].number, *old)).collect::<HashMap<_, _>>();
        People {
            of_student: gone_classes(&stored.enrollments, &positions),
            of_teacher: gone_classes(&stored.teachings, &positions),
        }
    }
}

/// The positions of the gone classes of each person.
fn gone_classes<P: EntityNumber>(
    links: &[StoredLink<P>],
    positions: &HashMap<ClassNumber, usize>,
) -> HashMap<P, Vec<usize>> {
    let mut classes = HashMap::<P, Vec<usize>>::new();
    for link in links.iter().filter(|link| link.active) {
        if let Some(position) = positions.get(&link.link.class) {
            classes.entry(link.link.person).or_default().push(*position);
        }
    }
    classes
}

/// How many of these people were in each gone class.
fn count_shared<P: EntityNumber>(
    of: &HashMap<P, Vec<usize>>,
    people: impl Iterator<Item = Option<P>>,
) -> HashMap<usize, usize> {
    let mut shared = HashMap::new();
    for class in people.filter_map(|number| of.get(&number?)).flatten() {
        *shared.entry(*class).or_default() += 1;
    }
    shared
}

/// Stored numbers by key, and by names that occur once among those that keys have left over.
fn with_namesakes<V: Entity>(
    matches: &Matches,
    stored: &[Stored<V>],
    left: &Left,
    name_of_gone: impl Fn(usize) -> String,
    name_of_fresh: impl Fn(usize) -> String,
) -> Vec<Option<V::Number>> {
    let mut numbers = numbers_of(matches, stored);
    let gone = left.gone.iter().map(|position| (name_of_gone(*position), *position));
    let fresh = left.fresh.iter().map(|at| (name_of_fresh(*at), *at));
    for (old, new) in once_on_both_sides(gone, fresh) {
        numbers[new].get_or_insert(stored[old].number);
    }
    numbers
}

/// Active enrollments of each class.
fn sizes_before(links: &[StoredLink<StudentNumber>]) -> HashMap<ClassNumber, usize> {
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
