//! What happens in districts on ordinary nights: to be applied without a question, and right.

use super::district::{District, Person};
use super::names::{FIRST, LAST};
use super::sheet::{PersonId, Role};

/// Numbers that choose among people, classes and names; each is taken modulo how many there are.
pub(super) type Choice = [u8; 3];

/// An ordinary event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordinary {
    /// A student's last name changes; with ids, perhaps the address and user name, too.
    Adoption(Choice),
    /// A teacher's last name changes; with ids, perhaps the address, too.
    Marriage(Choice),
    /// Two letters of a first name are exchanged, or a first name gets a further letter.
    FirstNameCorrected(Choice),
    /// A letter of a last name changes.
    LastNameCorrected(Choice),
    /// Another teacher, or a new one, in place of a class's teacher.
    Substitute(Choice),
    /// A second teacher, or a new one, in a class.
    CoTeacher(Choice),
    /// A new student, of any name, also one that somebody has.
    Enrolled(Choice),
    /// Two new students of the same last name in the same class.
    Twins(Choice),
    /// A student leaves.
    Leaver(Choice),
    /// Somebody who left is back, in the same classes.
    Returner(Choice),
    /// A student changes the class within the school.
    ClassChanged(Choice),
    /// A student changes the school.
    Transfer(Choice),
    /// A student begins a further class.
    FurtherClass(Choice),
    /// A new student gets the address of someone who left on an earlier night.
    LeaverAddress(Choice),
    /// A class has another name.
    ClassRenamed(Choice),
    /// With ids: a student has another address.
    NewAddress(Choice),
}

impl Ordinary {
    /// One of them, by number.
    pub fn of(kind: u8, choice: Choice) -> Ordinary {
        let all: [fn(Choice) -> Ordinary; 16] = [
            Ordinary::Adoption,
            Ordinary::Marriage,
            Ordinary::FirstNameCorrected,
            Ordinary::LastNameCorrected,
            Ordinary::Substitute,
            Ordinary::CoTeacher,
            Ordinary::Enrolled,
            Ordinary::Twins,
            Ordinary::Leaver,
            Ordinary::Returner,
            Ordinary::ClassChanged,
            Ordinary::Transfer,
            Ordinary::FurtherClass,
            Ordinary::LeaverAddress,
            Ordinary::ClassRenamed,
            Ordinary::NewAddress,
        ];
        all[usize::from(kind) % all.len()](choice)
    }

    /// Whether there is somebody new, or back.
    pub fn brings_somebody(&self) -> bool {
        matches!(
            self,
            Ordinary::Enrolled(_)
                | Ordinary::Twins(_)
                | Ordinary::LeaverAddress(_)
                | Ordinary::Returner(_)
                | Ordinary::Substitute(_)
                | Ordinary::CoTeacher(_)
        )
    }

    /// Whether a class gets another teacher.
    pub fn is_about_staff(&self) -> bool {
        matches!(self, Ordinary::Substitute(_) | Ordinary::CoTeacher(_))
    }

    /// Whether somebody gives up a name.
    pub fn frees_a_name(&self) -> bool {
        matches!(
            self,
            Ordinary::Adoption(_)
                | Ordinary::Marriage(_)
                | Ordinary::FirstNameCorrected(_)
                | Ordinary::LastNameCorrected(_)
                | Ordinary::Leaver(_)
        )
    }

    /// Lets it happen. `left` are the students who had left before this night.
    pub fn happen(self, district: &mut District, left: &[PersonId]) {
        match self {
            Ordinary::Adoption(choice) => rename(district, Role::Student, choice),
            Ordinary::Marriage(choice) => rename(district, Role::Teacher, choice),
            Ordinary::FirstNameCorrected(choice) => correct_first(district, choice),
            Ordinary::LastNameCorrected(choice) => correct_last(district, choice),
            Ordinary::Substitute(choice) => teach(district, choice, Staffing::Instead),
            Ordinary::CoTeacher(choice) => teach(district, choice, Staffing::Besides),
            Ordinary::Enrolled(choice) => _ = enroll(district, choice),
            Ordinary::Twins(choice @ [class, first, last]) => {
                enroll(district, choice);
                enroll(district, [class, first.wrapping_add(3), last]);
            }
            Ordinary::Leaver([who, ..]) => {
                let students = district.here(Role::Student);
                if let Some(student) = chosen(&students, who).filter(|id| district.is_spared(*id)) {
                    district.people[student].here = false;
                }
            }
            Ordinary::Returner([who, ..]) => {
                let left = left.iter().copied().filter(|id| !is_address_taken(district, *id));
                if let Some(student) = chosen(&left.collect::<Vec<_>>(), who) {
                    district.people[student].here = true;
                }
            }
            Ordinary::ClassChanged(choice) => move_student(district, choice, Move::SameSchool),
            Ordinary::Transfer(choice) => move_student(district, choice, Move::OtherSchool),
            Ordinary::FurtherClass(choice) => move_student(district, choice, Move::Besides),
            Ordinary::LeaverAddress(choice @ [.., who]) => {
                let left = left.iter().copied();
                let left = left.filter(|id| !district.people[*id].here && !is_address_taken(district, *id));
                if let Some(leaver) = chosen(&left.collect::<Vec<_>>(), who) {
                    let Person { email, first, last, .. } = district.people[leaver].clone();
                    let new = enroll(district, choice);
                    // The same first or last name under the same address may well be the same person.
                    if district.people[new].first == first || district.people[new].last == last {
                        district.people[new].first = "Quentin".to_owned();
                        district.people[new].last = "Featherstone".to_owned();
                    }
                    district.people[new].email = email;
                }
            }
            Ordinary::ClassRenamed([class, ..]) => {
                let at = usize::from(class) % district.classes.len();
                district.classes[at].name.push_str(" B");
            }
            Ordinary::NewAddress([who, ..]) => {
                if let Some(student) =
                    chosen(&district.here(Role::Student), who).filter(|_| district.style.ids)
                {
                    let person = &district.people[student];
                    let (first, last) = (format!("{}x", person.first), person.last.clone());
                    district.people[student].email = district.free_address(&first, &last, "stu.oak.org");
                }
            }
        }
    }
}

fn chosen(people: &[PersonId], number: u8) -> Option<PersonId> {
    (!people.is_empty()).then(|| people[usize::from(number) % people.len()])
}

fn is_address_taken(district: &District, of: PersonId) -> bool {
    let email = &district.people[of].email;
    district.people.iter().enumerate().any(|(id, person)| id != of && person.email == *email)
}

fn rename(district: &mut District, role: Role, [who, last, address]: Choice) {
    let people = if role == Role::Student { district.here(role) } else { district.teaching() };
    let Some(id) = chosen(&people, who) else { return };
    let last = LAST[usize::from(last) % LAST.len()];
    last.clone_into(&mut district.people[id].last);
    if district.style.ids && address % 2 == 0 {
        let first = district.people[id].first.clone();
        let domain = if role == Role::Student { "stu.oak.org" } else { "oak.org" };
        district.people[id].email = district.free_address(&first, last, domain);
    }
}

fn correct_first(district: &mut District, [who, at, how]: Choice) {
    let Some(id) = chosen(&district.here(Role::Student), who) else { return };
    let mut letters = district.people[id].first.chars().collect::<Vec<_>>();
    let at = 1 + usize::from(at) % (letters.len() - 2);
    if how % 2 == 0 {
        letters.swap(at, at + 1)
    } else {
        letters.push('a')
    }
    district.people[id].first = letters.into_iter().collect();
}

fn correct_last(district: &mut District, [who, at, letter]: Choice) {
    let Some(id) = chosen(&district.here(Role::Student), who) else { return };
    let mut letters = district.people[id].last.chars().collect::<Vec<_>>();
    let at = usize::from(at) % letters.len();
    letters[at] = (b'a' + letter % 26).into();
    district.people[id].last = letters.into_iter().collect();
}

enum Staffing {
    Instead,
    Besides,
}

fn teach(district: &mut District, [class, who, last]: Choice, how: Staffing) {
    let class = usize::from(class) % district.classes.len();
    let teachers = district.teaching();
    let teacher = match usize::from(who) % (teachers.len() + 1) {
        0 => district.add_teacher((last.wrapping_add(9), last)),
        at => teachers[at - 1],
    };
    let teachers = &mut district.classes[class].teachers;
    if matches!(how, Staffing::Instead) {
        teachers.pop_first();
    }
    teachers.insert(teacher);
}

fn enroll(district: &mut District, [class, first, last]: Choice) -> PersonId {
    let class = usize::from(class) % district.classes.len();
    let grade = (class / 2 % 12 + 1) as u8;
    // A new student with the name of a teacher who leaves may well be asked about.
    let first = district.first_name_of_no_teacher(first);
    let id = district.add_person(Role::Student, (first % FIRST.len() as u8, last), grade);
    district.classes[class].students.insert(id);
    id
}

enum Move {
    SameSchool,
    OtherSchool,
    Besides,
}

fn move_student(district: &mut District, [who, _, to]: Choice, how: Move) {
    let Some(id) = chosen(&district.here(Role::Student), who) else { return };
    let classes = district.classes_with(id);
    let Some(&from) = classes.first().filter(|_| district.is_spared(id)) else { return };
    let school = district.classes[from].school;
    let is_target = |class: &usize| match how {
        Move::OtherSchool => district.classes[*class].school != school,
        Move::SameSchool | Move::Besides => district.classes[*class].school == school,
    };
    let targets = (0..district.classes.len()).filter(is_target).collect::<Vec<_>>();
    if targets.is_empty() {
        return;
    }
    match how {
        Move::OtherSchool => {
            classes.iter().for_each(|class| _ = district.classes[*class].students.remove(&id))
        }
        Move::SameSchool => _ = district.classes[from].students.remove(&id),
        Move::Besides => {}
    }
    district.classes[targets[usize::from(to) % targets.len()]].students.insert(id);
}
