//! What really happens in the district in the course of the year. Each happening changes the world and says so in a few words.

use super::schools::{KINDERGARTEN, SENIORS, School};
use super::timeline::Event;
use super::world::{Class, World, grade_word};

/// Students who come at once when the seats do not suffice.
const MANY: usize = 110;

impl World {
    /// Lets something happen; what there is to say of it.
    pub(super) fn happen(&mut self, event: Event) -> Option<String> {
        Some(match event {
            Event::FirstLoad => "the first file is loaded".into(),
            Event::Enrolment => self.someone_enrols(),
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
            Event::SeatsExceeded => self.many_enrol(MANY),
            Event::SummerPause => "summer: until it is over, nothing is applied".into(),
            Event::Rollover => self.a_school_year_begins(),
            _ => return None,
        })
    }

    /// Somebody new comes to a grade.
    fn enrol(&mut self, grade: u8) -> usize {
        let student = self.newcomer(grade);
        self.students.push(student);
        let at = self.students.len() - 1;
        self.give_timetable(at);
        at
    }

    fn someone_enrols(&mut self) -> String {
        let student = *self.dice.pick(&self.active_students());
        let grade = self.students[student].grade;
        self.enrol(grade);
        format!("a student enrols in grade {}", grade_word(grade))
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

    /// A last name turns out to be two.
    fn a_name_is_corrected(&mut self) -> String {
        let student = *self.dice.pick(&self.active_students());
        let had = &self.students[student].person.last_name;
        let corrected = format!("{had} {}", self.other_last_name(had));
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
        "a student's mother marries: another last name and address".into()
    }

    fn a_teacher_marries(&mut self) -> String {
        let at = *self.dice.pick(&self.staff(School::OakHill));
        let person = &self.teachers[at];
        let (first, last) = (person.first_name.clone(), self.other_last_name(&person.last_name));
        let local_part = self.new_address(&first, &last);
        let person = &mut self.teachers[at];
        (person.last_name, person.local_part) = (last, local_part);
        "a teacher marries: another last name and address".into()
    }

    fn a_teacher_is_replaced(&mut self) -> String {
        let school = *self.dice.pick(&School::ALL);
        let goes = *self.dice.pick(&self.staff(school));
        let comes = self.hire();
        self.teachers[goes].active = false;
        let classes = self.classes.iter_mut().filter(|class| class.open && class.teacher == goes);
        classes.for_each(|class| class.teacher = comes);
        format!("a teacher of {} leaves, a new one takes the classes", school.name())
    }

    /// Who left first comes back, to the same classes where these are still held.
    fn someone_returns(&mut self) -> String {
        let at = self.leavers.remove(0);
        if self.students[at].classes.iter().any(|class| !self.classes[*class].open) {
            self.give_timetable(at);
        }
        self.students[at].person.active = true;
        "a student who had left comes back".into()
    }

    /// Who left last loses their address to somebody new.
    fn an_address_is_passed_on(&mut self) -> String {
        let leaver = self.leavers.pop().expect("students have left before");
        let had = &self.students[leaver];
        let (local_part, grade) = (had.person.local_part.clone(), had.grade);
        let at = self.enrol(grade);
        self.students[at].person.local_part = local_part;
        "a new student is given the address of one who has left".into()
    }

    fn the_domain_changes(&mut self) -> String {
        self.student_domain = "students.lincolnusd.example.org";
        format!("all students get addresses @{}", self.student_domain)
    }

    fn a_term_begins(&mut self) -> String {
        let staff = self.staff(School::Lincoln);
        self.close_classes(School::Lincoln);
        self.open_classes(School::Lincoln, &staff);
        format!("second term at {}: all its classes are new", School::Lincoln.name())
    }

    fn many_enrol(&mut self, count: usize) -> String {
        for _ in 0..count {
            let grade = 1 + self.dice.below(8) as u8;
            self.enrol(grade);
        }
        format!("a charter school closes, {count} of its students enrol")
    }

    /// A few classes beside the regular ones; their students by class.
    pub(super) fn summer_school(&mut self) -> Vec<(usize, usize)> {
        let staff = self.staff(School::OakHill);
        let students = self.active_students();
        let students = students.into_iter().filter(|at| self.students[*at].grade == 7).collect::<Vec<_>>();
        let mut rows = Vec::new();
        for (some, teacher) in students.chunks(20).take(3).zip(staff) {
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
            rows.extend(some.iter().map(|student| (class, *student)));
        }
        rows
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
        "a new school year: everyone one grade up, seniors gone, kindergarten here, all classes new".into()
    }
}
