//! A new school year.

use super::person::Role;
use super::world::World;

impl World {
    /// Everybody is a grade higher, the seniors have left, kindergarten comes, and all classes are new.
    pub(crate) fn roll_over(&mut self) {
        self.year += 1;
        for class in &mut self.classes {
            class.open = false;
        }
        self.open_classes();
        for id in self.students() {
            if self.people[id].grade == 12 {
                self.people[id].here = false;
                continue;
            }
            let grade = self.people[id].grade + 1;
            self.people[id].grade = grade;
            let (low, high) = self.schools[self.people[id].school].grades;
            if !(low..=high).contains(&grade) {
                self.people[id].school = self.school_of(grade);
            }
            self.assign_classes(id);
        }
        let kindergarten = self.students_wanted.saturating_sub(self.students().len());
        for _ in 0..kindergarten {
            self.enroll(0);
        }
        let teachers = self.teachers();
        let idle = teachers
            .into_iter()
            .filter(|id| !self.classes.iter().any(|class| class.open && class.teachers.contains(id)));
        for id in idle.collect::<Vec<_>>() {
            debug_assert_eq!(self.people[id].role, Role::Teacher);
            self.people[id].here = false;
        }
        self.remember();
    }
}
