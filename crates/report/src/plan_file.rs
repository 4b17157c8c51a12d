//! A plan as a CSV that a person can look through: a line for each change, how the entity was matched, and whether it is applied.

use std::io::{self, Write};

use homeroom_model::csv_safety::{BYTE_ORDER_MARK, escape_formula};
use homeroom_model::entity::{ByNumber, Entity, EntityNumber, EntityRef};
use homeroom_model::grade::Grade;
use homeroom_model::plan::{Changes, EntityMatches, LinkChanges, Numbered, Plan};
use homeroom_model::rekey::Proposal;
use homeroom_model::roster::{Class, Person, School, Student, Teacher};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::StringArena;

/// The most lines about links in each part of a plan; one more line counts the rest.
const MAX_LINKS: usize = 20_000;

/// The part of a split plan that a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanPart {
    /// Applied without a decision, unless the run is a test.
    Apply,
    /// Held for a decision.
    Hold,
    /// Removals left until an additions-only period is over.
    Defer,
}

impl PlanPart {
    fn as_str(self) -> &'static str {
        match self {
            PlanPart::Apply => "apply",
            PlanPart::Hold => "hold",
            PlanPart::Defer => "defer",
        }
    }
}

/// Writes `plan.csv`: the parts of a plan from `stored`, the applied one first, and the proposals about new keys.
pub fn write_plan_file(
    stored: &StoredRoster,
    parts: &[(PlanPart, &Plan)],
    proposals: &[Proposal],
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(BYTE_ORDER_MARK)?;
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["state", "change", "kind", "key", "name", "found_by", "detail"])?;
    // The first part says how entities were matched in all of them.
    let matches = parts.first().map(|(_, plan)| &plan.matches);
    for (part, plan) in parts {
        let mut lines = Lines { csv: &mut csv, part: *part, matches };
        write_part(stored, plan, &mut lines)?;
    }
    for proposal in proposals {
        write_proposal(proposal, &mut csv)?;
    }
    csv.flush()
}

fn write_part(stored: &StoredRoster, plan: &Plan, lines: &mut Lines<'_, '_>) -> io::Result<()> {
    let rosters = Rosters { stored, plan };
    rosters.write_entities(&plan.schools, &stored.schools, describe_school, lines)?;
    rosters.write_entities(&plan.classes, &stored.classes, describe_class, lines)?;
    rosters.write_entities(&plan.teachers, &stored.teachers, describe_teacher, lines)?;
    rosters.write_entities(&plan.students, &stored.students, describe_student, lines)?;
    let teacher = |number| rosters.describe(&stored.teachers, &plan.teachers, number, describe_teacher);
    rosters.write_links("teaching", &plan.teachings, teacher, lines)?;
    let student = |number| rosters.describe(&stored.students, &plan.students, number, describe_student);
    rosters.write_links("enrollment", &plan.enrollments, student, lines)
}

fn write_proposal(proposal: &Proposal, csv: &mut csv::Writer<&mut dyn Write>) -> csv::Result<()> {
    let evidence =
        proposal.evidence.iter().map(|evidence| evidence.in_words()).collect::<Vec<_>>().join(", ");
    let detail = format!("{}: {} ({evidence})", proposal.id, proposal.in_words());
    csv.write_record([
        proposal.confidence.as_str(),
        "proposal",
        proposal.id.kind.as_str(),
        &escape_formula(&proposal.from),
        &escape_formula(&proposal.name),
        "evidence",
        &escape_formula(&detail),
    ])
}

/// The lines of one part.
struct Lines<'l, 'o> {
    csv: &'l mut csv::Writer<&'o mut dyn Write>,
    part: PlanPart,
    matches: Option<&'l EntityMatches>,
}

/// The entity or link that a line is about.
struct Subject {
    /// The entity, or the person at the end of a link; `None` for a line that counts the rest.
    entity: Option<EntityRef>,
    /// `school`, `class`, `teacher`, `student`, `teaching` or `enrollment`.
    noun: &'static str,
    description: Description,
}

/// An entity as a person reads it.
#[derive(Default)]
struct Description {
    key: String,
    name: String,
    /// Its values by their names.
    values: Vec<(&'static str, String)>,
}

impl Lines<'_, '_> {
    fn write(&mut self, change: &str, subject: &Subject, detail: &str) -> csv::Result<()> {
        let matches = self.matches.filter(|_| change != "deactivate");
        let matched_by = matches.zip(subject.entity).and_then(|(matches, entity)| matches.matched_by(entity));
        self.csv.write_record([
            self.part.as_str(),
            change,
            subject.noun,
            &escape_formula(&subject.description.key),
            &escape_formula(&subject.description.name),
            matched_by.map_or("", |matched_by| matched_by.as_str()),
            &escape_formula(detail),
        ])
    }
}

fn describe_school(texts: &StringArena, school: &School) -> Description {
    let text = |text| texts.get(text).to_owned();
    let values = vec![("school_id", text(school.key)), ("name", text(school.name))];
    Description { key: text(school.key), name: text(school.name), values }
}

fn describe_class(texts: &StringArena, class: &Class) -> Description {
    let text = |text| texts.get(text).to_owned();
    let values =
        vec![("class_id", text(class.key)), ("name", text(class.name)), ("school", class.school.to_string())];
    Description { key: text(class.key), name: text(class.name), values }
}

fn describe_teacher(texts: &StringArena, teacher: &Teacher) -> Description {
    describe_person(texts, &teacher.person)
}

fn describe_person(texts: &StringArena, person: &Person) -> Description {
    let text = |text| texts.get(text).to_owned();
    let values = vec![
        ("SIS id", text(person.sis_id)),
        ("email", text(person.email)),
        ("first name", text(person.first_name)),
        ("last name", text(person.last_name)),
        ("Clever id", text(person.clever_id)),
    ];
    Description { key: text(person.key()), name: person.full_name(texts), values }
}

fn describe_student(texts: &StringArena, student: &Student) -> Description {
    let mut description = describe_person(texts, &student.person);
    description.values.push(("username", texts.get(student.username).to_owned()));
    description.values.push(("grade", student.grade.map_or("", Grade::code).to_owned()));
    description
}

/// The values that differ, as `grade: 05 → 06`.
fn differences(old: Option<&Subject>, new: &Subject) -> String {
    let old = old.map_or(&[][..], |old| &old.description.values);
    let pairs = old.iter().zip(&new.description.values);
    let differing = pairs.filter(|((_, old), (_, new))| old != new);
    let differing = differing.map(|((name, old), (_, new))| format!("{name}: {old} → {new}"));
    differing.collect::<Vec<_>>().join("; ")
}

/// The stored roster and the plan from it.
struct Rosters<'r> {
    stored: &'r StoredRoster,
    plan: &'r Plan,
}

impl Rosters<'_> {
    fn write_entities<V: Entity>(
        &self,
        changes: &Changes<V>,
        stored: &[Stored<V>],
        describe: fn(&StringArena, &V) -> Description,
        lines: &mut Lines<'_, '_>,
    ) -> io::Result<()> {
        let subject = |number: V::Number, texts: &StringArena, values: &V| Subject {
            entity: Some(number.into()),
            noun: V::KIND.as_str(),
            description: describe(texts, values),
        };
        let old =
            |number: V::Number| Some(subject(number, &self.stored.texts, &stored.by_number(number)?.values));
        let new = |entity: &Numbered<V>| subject(entity.number, &self.plan.texts, &entity.values);
        for entity in &changes.create {
            lines.write("create", &new(entity), "")?;
        }
        let updates =
            [("update", &changes.update), ("rekey", &changes.rekey), ("reactivate", &changes.reactivate)];
        for (change, entities) in updates {
            for entity in entities {
                let (old, new) = (old(entity.number), new(entity));
                lines.write(change, &new, &differences(old.as_ref(), &new))?;
            }
        }
        for number in &changes.deactivate {
            if let Some(old) = old(*number) {
                lines.write("deactivate", &old, "")?;
            }
        }
        Ok(())
    }

    fn write_links<P: EntityNumber>(
        &self,
        noun: &'static str,
        changes: &LinkChanges<P>,
        describe_person: impl Fn(P) -> Description,
        lines: &mut Lines<'_, '_>,
    ) -> io::Result<()> {
        let lists =
            [("create", &changes.create), ("reactivate", &changes.reactivate), ("end", &changes.deactivate)];
        let all = lists.iter().flat_map(|(change, links)| links.iter().map(move |link| (*change, link)));
        for (change, link) in all.take(MAX_LINKS) {
            let description = describe_person(link.person);
            let subject = Subject { entity: Some(link.person.into()), noun, description };
            let class = self.describe(&self.stored.classes, &self.plan.classes, link.class, describe_class);
            lines.write(change, &subject, &format!("class {} {}", class.key, class.name))?;
        }
        let count = lists.iter().map(|(_, links)| links.len()).sum::<usize>();
        if count > MAX_LINKS {
            let rest = Subject { entity: None, noun, description: Description::default() };
            lines.write("", &rest, &format!("and {} more", count - MAX_LINKS))?;
        }
        Ok(())
    }

    /// An entity as it is stored, or as it is created.
    fn describe<V: Entity>(
        &self,
        stored: &[Stored<V>],
        changes: &Changes<V>,
        number: V::Number,
        describe: fn(&StringArena, &V) -> Description,
    ) -> Description {
        if let Some(known) = stored.by_number(number) {
            describe(&self.stored.texts, &known.values)
        } else if let Some(new) = changes.create.by_number(number) {
            describe(&self.plan.texts, &new.values)
        } else {
            Description::default()
        }
    }
}
