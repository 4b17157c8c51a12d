//! Who is missing in a pattern in which nobody leaves: all whose names begin with some letters, a whole grade, a whole class, or people
//! who stand one after the other. Rows of the file are missing, however small the share is.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::{HashMap, HashSet};
use homeroom_model::Grade;
use homeroom_model::entity::{ClassNumber, SchoolNumber, StudentNumber};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::name::folded;
use homeroom_model::roster::Student;
use homeroom_model::stored::Stored;

use super::context::FuseContext;
use super::partition::Partition;
use super::removals::hold_all_removals;
use super::wording::counted;

/// Fewer students who leave in one night make no pattern.
const MIN_LEAVERS: usize = 6;

/// A letter, grade or class of fewer students says nothing.
const MIN_GROUP: usize = 4;

/// The months in which the highest grade of a school leaves. The months excuse nothing: whole grades are also missing in May.
const GRADUATION: std::ops::RangeInclusive<i8> = 5..=8;

/// A student who would be removed.
struct Leaver<'s> {
    student: &'s Stored<Student>,
    school: Option<SchoolNumber>,
}

/// The students who would be removed leave a gap: every removal waits.
pub(super) fn missing_students(
    context: &FuseContext<'_>,
    partition: &mut Partition<'_>,
) -> Option<BlownFuse> {
    let is_off = context.rules.policy.is_off(Fuse::Shrink);
    if is_off || context.plan.students.deactivate.len() < MIN_LEAVERS {
        return None;
    }
    let all = Students::new(context, partition);
    if all.leavers.len() < MIN_LEAVERS {
        return None;
    }
    let message =
        all.letters().or_else(|| all.grades()).or_else(|| all.classes()).or_else(|| all.in_a_row())?;
    hold_all_removals(context, partition);
    let examples = context.examples(all.leavers.values().map(|leaver| leaver.student.number));
    Some(BlownFuse { fuse: Fuse::Shrink, scope: "students".into(), message, examples })
}

/// The active students, and those of them who would leave.
struct Students<'c> {
    context: &'c FuseContext<'c>,
    active: Vec<&'c Stored<Student>>,
    leavers: BTreeMap<StudentNumber, Leaver<'c>>,
    /// The grade of each school that may graduate this month.
    graduating: HashMap<Option<SchoolNumber>, Grade>,
}

impl<'c> Students<'c> {
    /// Leaves out whoever waits anyway or leaves as agreed.
    fn new(context: &'c FuseContext<'c>, partition: &Partition<'_>) -> Students<'c> {
        let active = context.stored.students.iter().filter(|student| student.active).collect::<Vec<_>>();
        let gone = context.plan.students.deactivate.iter().copied().collect::<HashSet<_>>();
        let graduating = if GRADUATION.contains(&context.limits.today.month()) {
            highest_grades(context, &active)
        } else {
            HashMap::new()
        };
        let usual = context.rules.policy.limit(Fuse::School);
        let mut leavers = BTreeMap::new();
        for student in active.iter().copied().filter(|student| gone.contains(&student.number)) {
            let school = context.places.of_student(student.number);
            let key = context.names.key(school);
            let waits = partition.removals_wait(school);
            let is_agreed = context.rules.limit(usual, key, |window| window.people).percent != usual.percent
                || context.rules.is_additions_only(key);
            if !waits && !is_agreed {
                leavers.insert(student.number, Leaver { student, school });
            }
        }
        Students { context, active, leavers, graduating }
    }

    /// "All 37 students whose last names begin with D"
    fn letters(&self) -> Option<String> {
        let initial = |student: &Stored<Student>| {
            let name = self.context.stored.texts.get(student.values.person.last_name);
            let first = name.chars().next()?;
            if first.is_ascii() {
                Some(first.to_ascii_uppercase())
            } else {
                folded(first.encode_utf8(&mut [0; 4]))
                    .chars()
                    .next()
                    .map(|letter| letter.to_ascii_uppercase())
            }
        };
        let groups = self.groups(|student| initial(student), MIN_GROUP, 80)?;
        let letters = groups.names.iter().map(char::to_string).collect::<Vec<_>>().join(", ");
        Some(format!(
            "All {} whose last names begin with {letters} are missing, and hardly anybody else: most likely the export was limited to \
             the other letters, or stopped early. Export the whole roster again.",
            counted(groups.leavers as u64, "student")
        ))
    }

    /// "All 28 students of grade 3 of Oak Hill"
    fn grades(&self) -> Option<String> {
        let grade = |student: &Stored<Student>| {
            student.values.grade.map(|grade| (grade, self.context.places.of_student(student.number)))
        };
        let groups = self.groups(grade, MIN_GROUP * 2, 70)?;
        let names = groups
            .names
            .iter()
            .map(|(grade, school)| format!("grade {} of {}", grade.code(), self.context.names.name(*school)));
        let names = names.collect::<Vec<_>>().join(", ");
        let may_graduate = |(grade, school): &(Grade, _)| self.graduating.get(school) == Some(grade);
        let cause = if groups.names.iter().all(may_graduate) {
            "either they have graduated, or the export left the grade out. Ask the school before you decide."
        } else {
            "most likely the export left the grade out. Export the whole roster again."
        };
        let leavers = counted(groups.leavers as u64, "student");
        Some(format!("Nearly all students of {names} are missing, {leavers} in all: {cause}"))
    }

    /// Groups of which nearly everybody leaves, when they make up this share of all leavers.
    fn groups<K: Ord + std::hash::Hash + Copy>(
        &self,
        group_of: impl Fn(&Stored<Student>) -> Option<K>,
        min_group: usize,
        percent: usize,
    ) -> Option<Groups<K>> {
        let mut groups = HashMap::<K, (usize, usize)>::new();
        for leaver in self.leavers.values() {
            if let Some(group) = group_of(leaver.student) {
                groups.entry(group).or_default().0 += 1;
            }
        }
        for student in &self.active {
            if let Some((_, all)) = group_of(student).and_then(|group| groups.get_mut(&group)) {
                *all += 1;
            }
        }
        groups.retain(|_, (gone, all)| *all >= min_group && *gone * 10 >= *all * 9);
        let leavers = groups.values().map(|(gone, _)| gone).sum::<usize>();
        let names = groups.into_keys().collect::<BTreeSet<_>>();
        (leavers >= MIN_LEAVERS && leavers * 100 >= self.leavers.len() * percent)
            .then_some(Groups { names, leavers })
    }

    /// "Nearly all students of Reading 1 (R1)"
    fn classes(&self) -> Option<String> {
        let mut gone = HashMap::<ClassNumber, usize>::new();
        for link in &self.context.plan.enrollments.deactivate {
            if self.leavers.contains_key(&link.person) {
                *gone.entry(link.class).or_default() += 1;
            }
        }
        gone.retain(|class, count| *count >= MIN_LEAVERS && *count * 4 >= self.size(*class) * 3);
        let (class, count) = gone.into_iter().min_by_key(|(class, count)| (usize::MAX - count, *class))?;
        Some(format!(
            "{count} of the {} students of {} would be removed from the district in one night: most likely the rows of the class are \
             missing. Export the whole roster again.",
            self.size(class),
            self.context.describe(class.into()),
        ))
    }

    fn size(&self, class: ClassNumber) -> usize {
        self.context.students_of(class).count()
    }

    /// Students who came one after the other with the first file, and so most likely still stand together.
    fn in_a_row(&self) -> Option<String> {
        let mut longest = 0;
        let mut run = 0;
        for student in &self.active {
            run = if self.leavers.contains_key(&student.number) { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        (longest >= MIN_LEAVERS && longest * 2 >= self.leavers.len()).then(|| {
            let schools = self.leavers.values().map(|leaver| leaver.school).collect::<BTreeSet<_>>();
            let schools = schools.into_iter().map(|school| self.context.names.name(school));
            format!(
                "{longest} students who stand one after the other in the roster are missing ({}): most likely a part of the file is \
                 missing. Export the whole roster again.",
                schools.collect::<Vec<_>>().join(", ")
            )
        })
    }
}

/// Groups of which nearly everybody leaves.
struct Groups<K> {
    names: BTreeSet<K>,
    leavers: usize,
}

/// The highest grade of each school.
fn highest_grades(
    context: &FuseContext<'_>,
    active: &[&Stored<Student>],
) -> HashMap<Option<SchoolNumber>, Grade> {
    let mut highest = HashMap::<_, Grade>::new();
    for student in active {
        if let Some(grade) = student.values.grade {
            let of_school = highest.entry(context.places.of_student(student.number)).or_insert(grade);
            *of_school = grade.max(*of_school);
        }
    }
    highest
}
