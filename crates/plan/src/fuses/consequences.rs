//! What approving and discarding a hold would do to people, by school and number.

use std::cmp::Reverse;

use homeroom_model::counts::PlanCounts;
use homeroom_model::hold::{Held, HeldSchool, HeldState};
use homeroom_model::thousands;

use super::wording::{and, counted};

/// The most schools that a sentence names.
const MAX_SCHOOLS: usize = 3;

/// Something that happens to people or classes of a school.
struct Effect {
    noun: &'static str,
    count: fn(&PlanCounts) -> u64,
    /// "lose access", after a number of people; the singular has another verb.
    verb: [&'static str; 2],
}

/// What an approval does, the gravest first.
const EFFECTS: &[Effect] = &[
    Effect {
        noun: "student",
        count: |counts| counts.deactivate.students,
        verb: ["loses access", "lose access"],
    },
    Effect {
        noun: "teacher",
        count: |counts| counts.deactivate.teachers,
        verb: ["loses access", "lose access"],
    },
    Effect { noun: "class", count: |counts| counts.deactivate.classes, verb: ["ends", "end"] },
    Effect {
        noun: "student",
        count: |counts| counts.rekey.students,
        verb: [
            "keeps the account under another name, id or address",
            "keep their accounts under other names, ids or addresses",
        ],
    },
    Effect {
        noun: "teacher",
        count: |counts| counts.rekey.teachers,
        verb: [
            "keeps the account under another name, id or address",
            "keep their accounts under other names, ids or addresses",
        ],
    },
    Effect {
        noun: "student",
        count: |counts| counts.update.students,
        verb: [
            "gets other values (name, grade, address or id)",
            "get other values (names, grades, addresses or ids)",
        ],
    },
    Effect {
        noun: "teacher",
        count: |counts| counts.update.teachers,
        verb: ["gets other values (name, address or id)", "get other values (names, addresses or ids)"],
    },
    Effect {
        noun: "class",
        count: |counts| counts.update.classes + counts.rekey.classes,
        verb: ["gets another name, id or school", "get other names, ids or schools"],
    },
    Effect {
        noun: "student",
        count: |counts| counts.create.students + counts.reactivate.students,
        verb: ["gets access", "get access"],
    },
    Effect {
        noun: "teacher",
        count: |counts| counts.create.teachers + counts.reactivate.teachers,
        verb: ["gets access", "get access"],
    },
    Effect {
        noun: "teaching",
        count: |counts| counts.create.teachings + counts.reactivate.teachings,
        verb: [
            "begins, and the teacher sees the students of the class",
            "begin, and teachers see the students of more classes",
        ],
    },
    Effect {
        noun: "enrollment",
        count: |counts| counts.create.enrollments + counts.reactivate.enrollments,
        verb: ["begins", "begin"],
    },
    Effect { noun: "teaching", count: |counts| counts.deactivate.teachings, verb: ["ends", "end"] },
    Effect { noun: "enrollment", count: |counts| counts.deactivate.enrollments, verb: ["ends", "end"] },
];

/// Says of a hold what still waits of it: how much, and what approving and discarding would do. The counts of a hold about which
/// everything is decided stay.
pub fn explain(held: &mut Held) {
    let waiting = held.schools.iter().filter(|school| school.state == HeldState::Waiting);
    let waiting = waiting.cloned().collect::<Vec<_>>();
    if !waiting.is_empty() {
        held.counts = waiting.iter().map(|school| school.counts).sum();
    }
    held.if_approved = of_approving(&waiting);
    held.if_discarded = of_discarding(&waiting);
}

/// "If you approve, 40 students of Lincoln Elementary lose access."
pub(super) fn of_approving(schools: &[HeldSchool]) -> String {
    let waiting = schools.iter().filter(|school| school.state == HeldState::Waiting).collect::<Vec<_>>();
    let effects = EFFECTS.iter().filter_map(|effect| effect.in_words(&waiting)).collect::<Vec<_>>();
    if effects.is_empty() {
        return String::new();
    }
    format!("If you approve, {}.", effects.join("; "))
}

/// "If you discard, everyone stays as they are now, and the next file decides."
pub(super) fn of_discarding(schools: &[HeldSchool]) -> String {
    let waiting = schools.iter().filter(|school| school.state == HeldState::Waiting);
    let new =
        waiting.map(|school| school.counts.create.students + school.counts.create.teachers).sum::<u64>();
    match new {
        _ if schools.is_empty() => String::new(),
        0 => "If you discard, everyone stays as they are now, and the next file decides again.".into(),
        _ => format!(
            "If you discard, everyone stays as they are now, {} without an account, and the next file decides again.",
            counted(new, "new person")
        ),
    }
}

impl Effect {
    /// "40 students of Lincoln Elementary lose access"; `None` when it happens to nobody.
    fn in_words(&self, schools: &[&HeldSchool]) -> Option<String> {
        let mut affected = schools.iter().map(|school| ((self.count)(&school.counts), *school));
        let mut affected = affected.by_ref().filter(|(count, _)| *count > 0).collect::<Vec<_>>();
        affected.sort_by_key(|(count, _)| Reverse(*count));
        let all = affected.iter().map(|(count, _)| count).sum::<u64>();
        let verb = self.verb[usize::from(all != 1)];
        let who = counted(all, self.noun);
        match affected.as_slice() {
            [] => None,
            [(_, school)] => Some(format!("{who}{} {verb}", of_school(school))),
            many => {
                let named = many.iter().take(MAX_SCHOOLS);
                let mut named = named
                    .map(|(count, school)| format!("{} {}", thousands(*count), name(school)))
                    .collect::<Vec<_>>();
                if many.len() > MAX_SCHOOLS {
                    let more = &many[MAX_SCHOOLS..];
                    let count = more.iter().map(|(count, _)| count).sum::<u64>();
                    named.push(format!(
                        "{} in {}",
                        thousands(count),
                        counted(more.len() as u64, "other school")
                    ));
                }
                Some(format!("{who} ({}) {verb}", and(&named)))
            }
        }
    }
}

fn of_school(school: &HeldSchool) -> String {
    if school.school.is_empty() { String::new() } else { format!(" of {}", name(school)) }
}

fn name(school: &HeldSchool) -> &str {
    match (school.name.as_str(), school.school.as_str()) {
        ("", "") => "no school",
        ("", key) => key,
        (name, _) => name,
    }
}

#[cfg(test)]
mod tests {
    use homeroom_model::counts::{Counts, PlanCounts};
    use homeroom_model::hold::{HeldSchool, HeldState};

    use super::{of_approving, of_discarding};

    fn school(name: &str, removed: u64, new: u64) -> HeldSchool {
        let deactivate = Counts { students: removed, enrollments: removed * 2, ..Counts::default() };
        let create = Counts { students: new, ..Counts::default() };
        let counts = PlanCounts { create, deactivate, ..PlanCounts::default() };
        HeldSchool { school: name.to_uppercase(), name: name.into(), counts, state: HeldState::Waiting }
    }

    #[test]
    fn one_school_is_named_and_several_are_counted() {
        let one = [school("Lincoln", 40, 0)];
        assert_eq!(
            of_approving(&one),
            "If you approve, 40 students of Lincoln lose access; 80 enrollments of Lincoln end."
        );
        assert_eq!(
            of_discarding(&one),
            "If you discard, everyone stays as they are now, and the next file decides again."
        );
        let many = ["Ash", "Bay", "Cob", "Dee", "Elm"].map(|name| school(name, 1, 1_000));
        assert_eq!(
            of_approving(&many),
            "If you approve, 5 students (1 Ash, 1 Bay, 1 Cob and 2 in 2 other schools) lose access; 5,000 students \
             (1,000 Ash, 1,000 Bay, 1,000 Cob and 2,000 in 2 other schools) get access; 10 enrollments (2 Ash, 2 Bay, 2 Cob \
             and 4 in 2 other schools) end."
        );
        assert!(
            of_discarding(&many).contains("5,000 new people without an account"),
            "{}",
            of_discarding(&many)
        );
    }

    #[test]
    fn what_is_decided_already_is_not_said() {
        let decided = HeldSchool { state: HeldState::Released, ..school("Lincoln", 40, 0) };
        assert_eq!(of_approving(&[decided]), "");
        assert_eq!(of_discarding(&[]), "");
    }
}
