//! Every folder of `cases/` has a stored file, a wanted one, and the plan between them. `UPDATE_CASES=1` rewrites the plans.

#![allow(clippy::unwrap_used, reason = "a test may fail where it is")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use homeroom_check::{Checked, check_alone};
use homeroom_model::StringArena;
use homeroom_model::entity::{Entity, EntityNumber};
use homeroom_model::plan::{Changes, LinkChanges, Plan};
use homeroom_model::rekey::Proposal;
use homeroom_model::stored::StoredRoster;
use homeroom_plan::{Approval, Limits, PlanInputs, plan, split};

/// Seats of every case; one of them needs more.
const SEATS: u64 = 30;

fn folders() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    folders.sort();
    folders
}

fn read(path: &Path) -> Checked {
    check_alone(&fs::read(path).unwrap(), "").unwrap()
}

fn entities<V: Entity>(out: &mut String, what: &str, changes: &Changes<V>, show: impl Fn(&V) -> String) {
    let lists = [
        ("create", &changes.create),
        ("update", &changes.update),
        ("reactivate", &changes.reactivate),
        ("rekey", &changes.rekey),
    ];
    for (change, list) in lists {
        for new in list {
            writeln!(out, "{change} {what} {}: {}", new.number, show(&new.values)).unwrap();
        }
    }
    for number in &changes.deactivate {
        writeln!(out, "deactivate {what} {number}").unwrap();
    }
}

fn links<P: EntityNumber>(out: &mut String, what: &str, changes: &LinkChanges<P>) {
    for (change, list) in
        [("create", &changes.create), ("reactivate", &changes.reactivate), ("end", &changes.deactivate)]
    {
        for link in list {
            writeln!(out, "{change} {what} class {} person {}", link.class, link.person).unwrap();
        }
    }
}

fn in_words(plan: &Plan) -> String {
    let mut out = String::new();
    let texts: &StringArena = &plan.texts;
    let text = |text| texts.get(text);
    entities(&mut out, "school", &plan.schools, |school| {
        format!("{} {}", text(school.key), text(school.name))
    });
    entities(&mut out, "class", &plan.classes, |class| {
        format!("{} {} in {}", text(class.key), text(class.name), class.school)
    });
    entities(&mut out, "teacher", &plan.teachers, |teacher| {
        let person = &teacher.person;
        format!("{} {} {}", text(person.email), text(person.first_name), text(person.last_name))
    });
    entities(&mut out, "student", &plan.students, |student| {
        let (person, grade) = (&student.person, student.grade.map_or("-", |grade| grade.code()));
        format!("{} {} {} {grade}", text(person.email), text(person.first_name), text(person.last_name))
    });
    links(&mut out, "teaching", &plan.teachings);
    links(&mut out, "enrollment", &plan.enrollments);
    if out.is_empty() { "nothing\n".into() } else { out }
}

fn case(folder: &Path) -> String {
    let (before, after) = (read(&folder.join("stored.csv")), read(&folder.join("wanted.csv")));
    let stored = StoredRoster::from_roster(before.roster, before.report.rows);
    let planned = plan(&stored, after.roster, &after.protected, &PlanInputs::default());
    let limits =
        Limits { seats: SEATS, rows: after.report.rows, lacks_rows: after.lacks_rows, ..Limits::default() };
    let proposals = planned.plan.proposals.clone();
    let parts = split(planned.plan, &stored, &limits, &Approval::None);
    let mut out = format!("apply\n{}hold\n{}", in_words(&parts.safe), in_words(&parts.risky));
    for fuse in &parts.held.fuses {
        writeln!(out, "fuse {} for {}: {}", fuse.fuse, fuse.scope, fuse.message).unwrap();
        for example in &fuse.examples {
            writeln!(out, "  such as {example}").unwrap();
        }
    }
    for sentence in
        [&parts.held.if_approved, &parts.held.if_discarded].into_iter().filter(|text| !text.is_empty())
    {
        writeln!(out, "{sentence}").unwrap();
    }
    for Proposal { id, confidence, name, from, to, evidence, .. } in &proposals {
        let evidence = evidence.iter().map(|evidence| evidence.in_words()).collect::<Vec<_>>().join(", ");
        let confidence = confidence.as_str();
        writeln!(out, "{confidence} {id} {name}: {from} becomes {to} ({evidence})").unwrap();
    }
    for message in &planned.messages {
        writeln!(out, "message: {message}").unwrap();
    }
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a developer asks for new plans by the environment")]
fn each_case_gives_the_plan_on_record() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let folders = folders();
    assert!(folders.len() >= 10, "the cases are missing: {}", folders.len());
    let mut wrong = vec![];
    for folder in folders {
        let planned = case(&folder);
        assert_eq!(planned, case(&folder), "the same files give the same plan");
        let expected = folder.join("plan.snap");
        if update {
            fs::write(&expected, planned).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != planned {
            wrong.push(format!("{}:\n{planned}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "these cases are planned differently:\n{}", wrong.join("\n"));
}
