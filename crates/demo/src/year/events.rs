//! What happens in the district during the year. Each event changes the world and is described in a few words.

use super::schools::{KINDERGARTEN, SENIORS, School};
use super::timeline::Event;
use super::world::{Class, World, grade_word};

/// Students who enroll at once, more than there are seats.
const CHARTER_SCHOOL_STUDENTS: usize = 110;

impl World {
    /// Applies an event to the world and describes it; `None` when it does not change the world.
    pub(super) fn apply_event(&mut self, event: Event) -> Option<String> {
        Some(match event {
            Event::FirstLoad => "the first file is loaded".into(),
            Event::Enrolment => self.someone_enrolls(),
            Event::Withdrawal => self.someone_leaves(),
            Event::ClassMove => self.someone_moves_to_another_class(),
            Event::NameCorrection => self.a_name_is_corrected(),
            Event::StudentRenamed => self.a_student_takes_another_name(),
            Event::TeacherMarriage => self.a_teacher_marries(),
            Event::TeacherReplaced => self.a_teacher_is_replaced(),
            Event::Return => self.someone_returns(),
            Event::AddressPassedOn => self.an_address_is_passed_on(),
            Event::DomainChange => self.the_domain_changes(),
            Event::TermChange => self.a_term_begins(),
            Event::SeatsExceeded => self.many_enroll(CHARTER_SCHOOL_STUDENTS),
            Event::SummerPause => "summer: nothing is applied until it is over".into(),
            Event::Rollover => self.a_school_year_begins(),
            _ => return None,
        })
    }

    /// A new student enrolls in a grade.
    fn enroll(&mut self, grade: u8) -> usize {
        let student = self.newcomer(grade);
        self.students.push(student);
        let at = self.students.len() - 1;
        self.give_timetable(at);
        at
    }

    fn someone_enrolls(&mut self) -> String {
        let student = *self.dice.pick(&self.active_students());
        let grade = self.students[student].grade;
        self.enroll(grade);
        format!("a student enrolls in grade {}", grade_word(grade))
    }

    fn someone_leaves(&mut self) -> String {
        let student = *self.dice.pick(&self.active_students());
        self.students[student].person.active = false;
        self.leavers.push(student);
        "a student leaves".into()
    }

    fn someone_moves_to_another_class(&mut self) -> String {
        loop {
            let student = *self.dice.pick(&self.active_students());
            let classes = self.students[student].classes.iter().copied().collect::<Vec<_>>();
            let from = *self.dice.pick(&classes);
            let to = *self.dice.pick(&self.sections(self.classes[from].grade, self.classes[from].subject));
            if to != from {
                let classes = &mut self.students[student].classes;
                classes.remove(&from);
                classes.insert(to);
                return "a student moves to another class".into();
            }
        }
    }

    /// A last name gets a second part.
    fn a_name_is_corrected(&mut self) -> String {
        let student = *self.dice.pick(&self.active_students());
        let old = &self.students[student].person.last_name;
        let corrected = format!("{old} {}", self.other_last_name(old));
        self.students[student].person.last_name = corrected;
        "a name is corrected".into()
    }

    fn a_student_takes_another_name(&mut self) -> String {
        let at = *self.dice.pick(&self.active_students());
        let person = &self.students[at].person;
        let (first, last) = (person.first_name.clone(), self.other_last_name(&person.last_name));
        let local_part = self.new_address(&first, &last);
        let person = &mut self.students[at].person;
        (person.last_name, person.local_part) = (last, local_part);
        "a student's mother marries: new last name and address".into()
    }

    fn a_teacher_marries(&mut self) -> String {
        let at = *self.dice.pick(&self.staff(School::OakHill));
        let person = &self.teachers[at];
        let (first, last) = (person.first_name.clone(), self.other_last_name(&person.last_name));
        let local_part = self.new_address(&first, &last);
        let person = &mut self.teachers[at];
        (person.last_name, person.local_part) = (last, local_part);
        "a teacher marries: new last name and address".into()
    }

    fn a_teacher_is_replaced(&mut self) -> String {
        let school = *self.dice.pick(&School::ALL);
        let leaving = *self.dice.pick(&self.staff(school));
        let replacement = self.hire();
        self.teachers[leaving].active = false;
        let classes = self.classes.iter_mut().filter(|class| class.open && class.teacher == leaving);
        classes.for_each(|class| class.teacher = replacement);
        format!("a teacher of {} leaves, a new one takes over the classes", school.name())
    }

    /// The student who left first comes back, to the same classes if they are all still open.
    fn someone_returns(&mut self) -> String {
        let at = self.leavers.remove(0);
        if self.students[at].classes.iter().any(|class| !self.classes[*class].open) {
            self.give_timetable(at);
        }
        self.students[at].person.active = true;
        "a student who had left comes back".into()
    }

    /// The address of the student who left last is given to a new student.
    fn an_address_is_passed_on(&mut self) -> String {
        let leaver = self.leavers.pop().expect("students have left before");
        let old = &self.students[leaver];
        let (local_part, grade) = (old.person.local_part.clone(), old.grade);
        let at = self.enroll(grade);
        self.students[at].person.local_part = local_part;
        "a new student is given the address of one who has left".into()
    }

    fn the_domain_changes(&mut self) -> String {
        self.student_domain = "students.lincolnusd.example.org";
        format!("all students get addresses at {}", self.student_domain)
    }

    fn a_term_begins(&mut self) -> String {
        let staff = self.staff(School::Lincoln);
        self.close_classes(School::Lincoln);
        self.open_classes(School::Lincoln, &staff);
        format!("second term at {}: all its classes are new", School::Lincoln.name())
    }

    fn many_enroll(&mut self, count: usize) -> String {
        for _ in 0..count {
            let grade = 1 + self.dice.below(8) as u8;
            self.enroll(grade);
        }
        format!("a charter school closes, and {count} of its students enroll")
    }

    /// Opens a few summer classes; pairs of a class and a student.
    pub(super) fn summer_school(&mut self) -> Vec<(usize, usize)> {
        let staff = self.staff(School::OakHill);
        let students = self.active_students();
        let students = students.into_iter().filter(|at| self.students[*at].grade == 7).collect::<Vec<_>>();
        let mut enrollments = Vec::new();
        for (group, teacher) in students.chunks(20).take(3).zip(staff) {
            let class = self.classes.len();
            self.classes.push(Class {
                id: self.new_class_id(),
                name: "Summer Mathematics".into(),
                school: School::OakHill,
                grade: 7,
                subject: 1,
                teacher,
                open: false,
            });
            enrollments.extend(group.iter().map(|student| (class, *student)));
        }
        enrollments
    }

    fn a_school_year_begins(&mut self) -> String {
        let staff = School::ALL.map(|school| self.staff(school));
        for at in self.active_students() {
            let student = &mut self.students[at];
            if student.grade == SENIORS {
                student.person.active = false;
            } else {
                student.grade += 1;
            }
        }
        for _ in 0..School::Valley.grade_sizes()[0] {
            let child = self.newcomer(KINDERGARTEN);
            self.students.push(child);
        }
        for (school, staff) in School::ALL.into_iter().zip(&staff) {
            self.close_classes(school);
            self.open_classes(school, staff);
        }
        "a new school year: everyone moves up a grade, seniors leave, kindergarten starts, all classes are new".into()
    }
}
