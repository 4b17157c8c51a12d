//! A plan as a CSV that a person can look through: a line for each thing that changes, how it was found, and whether it waits.

use std::io::{self, Write};

use homeroom_model::grade::Grade;
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{Changes, LinkChanges, Numbered, Plan};
use homeroom_model::rekey::Proposal;
use homeroom_model::roster::{Class, Link, Person, School, Student};
use homeroom_model::spreadsheet::{MARK, guarded};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::StringArena;

/// Lines about people in classes, of each part of a plan; of more the last line tells the number.
const LINKS: usize = 20_000;

/// Writes `plan.csv`: the parts of a plan from `stored`, each with what is said of its lines (`goes ahead`, `waits`), and what is
/// known, or might be, under another key.
pub fn write_plan_file(
    stored: &StoredRoster,
    parts: &[(&'static str, &Plan)],
    proposals: &[Proposal],
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(MARK)?;
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["state", "change", "kind", "key", "name", "found_by", "detail"])?;
    // How a thing was found stands in the first part for all of them.
    let found = parts.first().map(|(_, plan)| &plan.found);
    for (state, plan) in parts {
        let part = Part { stored, plan };
        let mut write = |change: &str, told: &Told, detail: &str| {
            let how =
                found.and_then(|found| found.how(told.kind, told.number)).filter(|_| change != "deactivate");
            csv.write_record([
                *state,
                change,
                told.what,
                &guarded(&told.key),
                &guarded(&told.name),
                how.map_or("", |how| how.as_str()),
                &guarded(detail),
            ])
        };
        part.entities(EntityKind::School, &plan.schools, &stored.schools, Part::school, &mut write)?;
        part.entities(EntityKind::Class, &plan.classes, &stored.classes, Part::class, &mut write)?;
        part.entities(EntityKind::Teacher, &plan.teachers, &stored.teachers, Part::teacher, &mut write)?;
        part.entities(EntityKind::Student, &plan.students, &stored.students, Part::student, &mut write)?;
        part.links(EntityKind::Teacher, &plan.teachings, &mut write)?;
        part.links(EntityKind::Student, &plan.enrollments, &mut write)?;
    }
    for one in proposals {
        let evidence = one.evidence.iter().map(|evidence| evidence.words()).collect::<Vec<_>>().join(", ");
        let detail = format!("{}: {} becomes {} ({evidence})", one.id, one.from, one.to);
        csv.write_record([
            one.confidence.as_str(),
            "proposal",
            one.id.kind.singular(),
            &guarded(&one.from),
            &guarded(&one.name),
            "evidence",
            &guarded(&detail),
        ])?;
    }
    csv.flush()
}

/// What a person reads of a thing.
struct Told {
    kind: EntityKind,
    number: u32,
    /// `school`, `class`, `teacher`, `student`, `teaching` or `enrollment`.
    what: &'static str,
    key: String,
    name: String,
    /// Its values by their names.
    values: Vec<(&'static str, String)>,
}

/// Key, name, and the values by their names.
type Words = (String, String, Vec<(&'static str, String)>);

/// Writes a line: the change, the thing, and a detail.
type WriteLine<'w> = dyn FnMut(&str, &Told, &str) -> csv::Result<()> + 'w;

struct Part<'p> {
    stored: &'p StoredRoster,
    plan: &'p Plan,
}

impl Part<'_> {
    fn school(texts: &StringArena, school: &School) -> Words {
        let text = |text| texts.get(text).to_owned();
        (
            text(school.key),
            text(school.name),
            vec![("school_id", text(school.key)), ("name", text(school.name))],
        )
    }

    fn class(texts: &StringArena, class: &Class) -> Words {
        let text = |text| texts.get(text).to_owned();
        let values = vec![
            ("class_id", text(class.key)),
            ("name", text(class.name)),
            ("school", class.school.to_string()),
        ];
        (text(class.key), text(class.name), values)
    }

    fn teacher(texts: &StringArena, person: &Person) -> Words {
        let text = |text| texts.get(text).to_owned();
        let values = vec![
            ("number", text(person.sis_id)),
            ("email", text(person.email)),
            ("first name", text(person.first_name)),
            ("last name", text(person.last_name)),
            ("clever id", text(person.clever_id)),
        ];
        (text(person.key()), person.full_name(texts), values)
    }

    fn student(texts: &StringArena, student: &Student) -> Words {
        let (key, name, mut values) = Part::teacher(texts, &student.person);
        values.push(("user name", texts.get(student.username).to_owned()));
        values.push(("grade", student.grade.map_or("", Grade::code).to_owned()));
        (key, name, values)
    }

    fn entities<V>(
        &self,
        kind: EntityKind,
        changes: &Changes<V>,
        stored: &[Stored<V>],
        read: fn(&StringArena, &V) -> Words,
        write: &mut WriteLine<'_>,
    ) -> io::Result<()> {
        let told = |number: u32, texts: &StringArena, values: &V| {
            let (key, name, values) = read(texts, values);
            Told { kind, number, what: kind.singular(), key, name, values }
        };
        let old = |number: u32| {
            let at = stored.binary_search_by_key(&number, |one| one.number).ok()?;
            Some(told(number, &self.stored.texts, &stored[at].values))
        };
        let new = |one: &Numbered<V>| told(one.number, &self.plan.texts, &one.values);
        for one in &changes.create {
            write("create", &new(one), "")?;
        }
        for (change, list) in
            [("update", &changes.update), ("rekey", &changes.rekey), ("reactivate", &changes.reactivate)]
        {
            for one in list {
                let (was, is) = (old(one.number), new(one));
                let was = was.map(|was| was.values).unwrap_or_default();
                let differing = was.iter().zip(&is.values).filter(|((_, was), (_, is))| was != is);
                let differing = differing.map(|((name, was), (_, is))| format!("{name}: {was} → {is}"));
                write(change, &is, &differing.collect::<Vec<_>>().join("; "))?;
            }
        }
        for number in &changes.deactivate {
            if let Some(was) = old(*number) {
                write("deactivate", &was, "")?;
            }
        }
        Ok(())
    }

    fn links(&self, kind: EntityKind, changes: &LinkChanges, write: &mut WriteLine<'_>) -> io::Result<()> {
        let what = if kind == EntityKind::Teacher { "teaching" } else { "enrollment" };
        let told = |link: &Link| {
            let (key, name) = match kind {
                EntityKind::Teacher => {
                    self.find(&self.stored.teachers, &self.plan.teachers, link.person, Part::teacher)
                }
                _ => self.find(&self.stored.students, &self.plan.students, link.person, Part::student),
            };
            Told { kind, number: link.person, what, key, name, values: vec![] }
        };
        let class = |link: &Link| {
            let (key, name) = self.find(&self.stored.classes, &self.plan.classes, link.class, Part::class);
            format!("class {key} {name}")
        };
        let lists =
            [("create", &changes.create), ("reactivate", &changes.reactivate), ("end", &changes.deactivate)];
        let all = lists.iter().flat_map(|(change, list)| list.iter().map(move |link| (*change, link)));
        for (change, link) in all.take(LINKS) {
            write(change, &told(link), &class(link))?;
        }
        let count = lists.iter().map(|(_, list)| list.len()).sum::<usize>();
        if count > LINKS {
            let more =
                Told { kind, number: 0, what, key: String::new(), name: String::new(), values: vec![] };
            write("", &more, &format!("and {} more", count - LINKS))?;
        }
        Ok(())
    }

    /// Key and name of a thing, as stored or as it is created.
    fn find<V>(
        &self,
        stored: &[Stored<V>],
        changes: &Changes<V>,
        number: u32,
        read: fn(&StringArena, &V) -> Words,
    ) -> (String, String) {
        let (key, name, _) = if let Ok(at) = stored.binary_search_by_key(&number, |one| one.number) {
            read(&self.stored.texts, &stored[at].values)
        } else if let Ok(at) = changes.create.binary_search_by_key(&number, |one| one.number) {
            read(&self.plan.texts, &changes.create[at].values)
        } else {
            Default::default()
        };
        (key, name)
    }
}
