//! A key that stands on two students whose names are alike: it got into the row of the other one by mistake.
//!
//! Rows with alike names under one address or number are of one student, unless the roster knows another one of that name who is
//! nowhere else in the file, or one of them has another's Clever id or user name, or grade and school say that there are two. Then nobody
//! can tell whose account is meant, and all these rows are left out. A new key is not given to two whom the roster knows, either.

use hashbrown::{HashMap, HashSet};
use homeroom_model::column::Column;
use homeroom_model::entity::{ByNumber, StudentNumber};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::grade::Grade;
use homeroom_model::name::folded;
use homeroom_model::roster::{Person, Student};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::StringArena;

use crate::flat_rows::FlatRows;
use crate::row_parts::{PartFinding, RowParts};

/// Nobody is in two grades that are further apart than this.
const FAR_GRADES: i32 = 3;

/// Rejects the parts of those who are two.
pub(crate) fn reject_namesakes(flat: &mut FlatRows, stored: Option<&StoredRoster>) {
    let disputed = disputed(flat);
    if !disputed.is_empty() {
        those_who_are_two(flat, stored, disputed).iter().for_each(|parts| reject(flat, parts));
    }
}

fn those_who_are_two(
    flat: &FlatRows,
    stored: Option<&StoredRoster>,
    mut disputed: Vec<Vec<u32>>,
) -> Vec<Vec<u32>> {
    let places = places(flat, &disputed);
    let missing = stored.map(|stored| Missing::new(stored, &flat.student_parts, &disputed));
    disputed.retain(|parts| {
        are_far_apart(&flat.student_parts.values, &places, parts)
            || missing.as_ref().is_some_and(|missing| missing.is_one_of(&flat.student_parts, &places, parts))
    });
    disputed
}

/// For each student whose parts differ in name, grade, Clever id or user name these parts.
fn disputed(flat: &FlatRows) -> Vec<Vec<u32>> {
    let RowParts { texts, values, .. } = &flat.student_parts;
    let told = |part: &u32| {
        let Student { person: Person { first_name, last_name, .. }, grade, .. } = values[*part as usize];
        (
            [first_name, last_name].map(|name| texts.get(name)),
            grade,
            other_keys(texts, &values[*part as usize]),
        )
    };
    let is_accepted = |part: &u32| flat.students.of_part[*part as usize].is_some();
    let several = flat.students.parts.iter().filter(|parts| parts.len() > 1);
    let differ = |parts: &&[u32]| parts.iter().any(|part| told(part) != told(&parts[0]));
    several.filter(differ).filter(|parts| parts.iter().all(is_accepted)).map(<[u32]>::to_vec).collect()
}

/// The classes and schools of a part.
#[derive(Default)]
struct Places<'f> {
    classes: HashSet<&'f str>,
    schools: HashSet<&'f str>,
}

fn places<'f>(flat: &'f FlatRows, disputed: &[Vec<u32>]) -> HashMap<u32, Places<'f>> {
    let parts = disputed.iter().flatten().map(|part| (*part, Places::default()));
    let mut places = parts.collect::<HashMap<_, _>>();
    let RowParts { texts, values, .. } = &flat.class_parts;
    for row in &flat.rows {
        if let Some(places) = places.get_mut(&row.student_part) {
            let class = &values[row.class_part as usize];
            places.classes.insert(texts.get(class.class));
            places.schools.insert(texts.get(class.school));
        }
    }
    places
}

/// Whether two of the parts are in grades far apart, and in other schools.
fn are_far_apart(values: &[Student], places: &HashMap<u32, Places<'_>>, parts: &[u32]) -> bool {
    let grade = |part: u32| values[part as usize].grade;
    let are_far = |one: u32, other: u32| {
        let grades = grade(one).zip(grade(other));
        grades.is_some_and(|(one, other)| Grade::steps(one, other).abs() > FAR_GRADES)
            && places[&one].schools.is_disjoint(&places[&other].schools)
    };
    // Those of the lowest and the highest grade are furthest apart.
    let lowest = parts.iter().filter(|part| grade(**part).is_some()).min_by_key(|part| grade(**part));
    lowest.is_some_and(|lowest| parts.iter().any(|part| are_far(*lowest, *part)))
}

/// What is stored of students who are in doubt.
struct Missing<'s> {
    texts: &'s StringArena,
    /// By the keys that are in doubt those who have them.
    holders: HashMap<&'s str, &'s Stored<Student>>,
    /// By whole name those who are nowhere in the file.
    by_name: HashMap<String, Vec<&'s Stored<Student>>>,
    /// By Clever id and by user name everybody.
    by_other_key: HashMap<&'s str, StudentNumber>,
    /// The classes of all these.
    classes: HashMap<StudentNumber, HashSet<&'s str>>,
}

impl<'s> Missing<'s> {
    fn new(stored: &'s StoredRoster, parts: &RowParts<Student>, disputed: &[Vec<u32>]) -> Missing<'s> {
        let texts = &stored.texts;
        let keys = |person: Person| [person.sis_id, person.email].into_iter().filter(|key| !key.is_empty());
        let of_parts = |part: &Student| keys(part.person).map(|key| parts.texts.get(key)).collect::<Vec<_>>();
        let in_file = parts.values.iter().flat_map(of_parts).collect::<HashSet<_>>();
        let of_disputed = disputed.iter().flatten().map(|part| &parts.values[*part as usize]);
        let in_doubt = of_disputed.clone().flat_map(of_parts).collect::<HashSet<_>>();
        let other_in_doubt = of_disputed.clone().flat_map(|part| other_keys(&parts.texts, part));
        let other_in_doubt = other_in_doubt.filter(|key| !key.is_empty()).collect::<HashSet<_>>();
        let names = of_disputed.map(|part| whole_name(&parts.texts, part)).collect::<HashSet<_>>();
        let mut missing = Missing {
            texts,
            holders: HashMap::new(),
            by_name: HashMap::new(),
            by_other_key: HashMap::new(),
            classes: HashMap::new(),
        };
        for student in stored.students.iter().filter(|student| student.active) {
            let others = other_keys(texts, &student.values).into_iter();
            let others = others.filter(|key| other_in_doubt.contains(key)).map(|key| (key, student.number));
            missing.by_other_key.extend(others);
            let keys = || keys(student.values.person).map(|key| texts.get(key));
            let held = keys().filter(|key| in_doubt.contains(key));
            missing.holders.extend(held.map(|key| (key, student)));
            if !keys().any(|key| in_file.contains(key)) {
                let name = whole_name(texts, &student.values);
                if names.contains(&name) {
                    missing.by_name.entry(name).or_default().push(student);
                }
            }
        }
        missing.add_classes(stored);
        missing
    }

    fn add_classes(&mut self, stored: &'s StoredRoster) {
        let students = self.holders.values().chain(self.by_name.values().flatten());
        self.classes = students.map(|student| (student.number, HashSet::new())).collect();
        for enrollment in stored.enrollments.iter().filter(|enrollment| enrollment.active) {
            if let Some(classes) = self.classes.get_mut(&enrollment.link.person)
                && let Some(class) = stored.classes.by_number(enrollment.link.class)
            {
                classes.insert(stored.texts.get(class.values.key));
            }
        }
    }

    /// Whether one of the parts describes somebody who is nowhere else in the file, or has another's Clever id or user name, and is not
    /// the one who has its key.
    fn is_one_of(
        &self,
        of_file: &RowParts<Student>,
        places: &HashMap<u32, Places<'_>>,
        parts: &[u32],
    ) -> bool {
        let RowParts { texts, values, .. } = of_file;
        if self.are_several(of_file, places, parts) {
            return true;
        }
        parts.iter().any(|part| {
            let student = &values[*part as usize];
            let Person { sis_id, email, .. } = student.person;
            let holder = [sis_id, email].into_iter().find_map(|key| self.holders.get(texts.get(key)));
            let name = whole_name(texts, student);
            let namesakes = self.by_name.get(&name).into_iter().flatten();
            holder.is_some_and(|holder| {
                let mut others = other_keys(texts, student).into_iter();
                if others.any(|key| self.by_other_key.get(key).is_some_and(|other| *other != holder.number)) {
                    return true;
                }
                let same_name = whole_name(self.texts, &holder.values) == name;
                namesakes.clone().any(|missing| {
                    let (grade, of_holder) = (student.grade, holder.values.grade);
                    let in_class = |classes: &HashSet<&str>| !classes.is_disjoint(&places[part].classes);
                    let only_in_class =
                        in_class(&self.classes[&missing.number]) && !in_class(&self.classes[&holder.number]);
                    let in_grade = grade.is_some() && grade == missing.values.grade;
                    only_in_class || in_grade && (!same_name || grade != of_holder)
                })
            })
        })
    }

    /// Whether the parts have Clever ids or user names of several people, or the names of several who are nowhere else in the file, each in
    /// the class or grade of the part.
    fn are_several(
        &self,
        of_file: &RowParts<Student>,
        places: &HashMap<u32, Places<'_>>,
        parts: &[u32],
    ) -> bool {
        let RowParts { texts, values, .. } = of_file;
        let with_key = parts.iter().flat_map(|part| other_keys(texts, &values[*part as usize]));
        let with_key = with_key.filter_map(|key| self.by_other_key.get(key)).collect::<HashSet<_>>();
        let named = parts.iter().filter_map(|part| {
            let student = &values[*part as usize];
            let name = whole_name(texts, student);
            let is_here = |missing: &&&Stored<Student>| {
                !self.classes[&missing.number].is_disjoint(&places[part].classes)
                    || student.grade.is_some() && student.grade == missing.values.grade
            };
            self.by_name.get(&name)?.iter().any(|missing| is_here(&missing)).then_some(name)
        });
        with_key.len() > 1 || named.collect::<HashSet<_>>().len() > 1
    }
}

/// The Clever id and the user name, each perhaps empty.
fn other_keys<'t>(texts: &'t StringArena, student: &Student) -> [&'t str; 2] {
    [student.person.clever_id, student.username].map(|key| texts.get(key))
}

/// Both parts of the name, without spelling.
fn whole_name(texts: &StringArena, student: &Student) -> String {
    folded(&student.person.full_name(texts))
}

/// Rejects all parts of a student who are two, and names those whose names or grades differ.
fn reject(flat: &mut FlatRows, parts: &[u32]) {
    let RowParts { texts, values, notes } = &mut flat.student_parts;
    let mut listed = Vec::<(u32, String)>::new();
    for part in parts {
        let Student { person, grade, .. } = &values[*part as usize];
        let name = person.full_name(texts);
        let shown = grade.map_or_else(|| name.clone(), |grade| format!("{name} of grade {grade}"));
        listed.push((notes[*part as usize].occurrences.first_line, shown));
    }
    listed.sort();
    listed.dedup_by(|(_, one), (_, other)| one == other);
    let listed = listed.iter().take(3).map(|(line, shown)| format!("{shown} (line {line})"));
    let listed = listed.collect::<Vec<_>>().join(" and ");
    for part in parts {
        let Person { sis_id, email, .. } = values[*part as usize].person;
        let (code, column, key) = match texts.get(email) {
            "" => (FindingCode::StudentIdShared, Column::StudentId, texts.get(sis_id)),
            email => (FindingCode::StudentEmailShared, Column::StudentEmail, email),
        };
        let message = format!(
            "'{key}' is used for two students: {listed}. Most likely it got into the rows of one of them by mistake."
        );
        notes[*part as usize].add(PartFinding::new(code, column, key, message));
        flat.students.of_part[*part as usize] = None;
    }
}
