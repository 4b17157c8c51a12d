//! Every folder of `cases/` is a stored file, a wanted one, and the plan between them. `UPDATE_CASES=1` writes plans anew.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use homeroom_check::{Checked, check_alone};
use homeroom_model::entity::{Entity, EntityNumber};
use homeroom_model::plan::{Changes, LinkChanges, Plan};
use homeroom_model::stored::StoredRoster;
use homeroom_model::{Policy, StringArena};
use homeroom_plan::{Approval, Limits, PlanInputs, plan, split};
use jiff::civil::Date;

/// Seats of every case; one of them goes beyond.
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

fn entities<V: Entity>(out: &mut String, what: &str, changes: &Changes<V>, shown: impl Fn(&V) -> String) {
    let lists = [
        ("create", &changes.create),
        ("update", &changes.update),
        ("reactivate", &changes.reactivate),
        ("rekey", &changes.rekey),
    ];
    for (change, list) in lists {
        for one in list {
            writeln!(out, "{change} {what} {}: {}", one.number, shown(&one.values)).unwrap();
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

fn told(plan: &Plan) -> String {
    let mut out = String::new();
    let texts: &StringArena = &plan.texts;
    let text = |text| texts.get(text);
    entities(&mut out, "school", &plan.schools, |one| format!("{} {}", text(one.key), text(one.name)));
    entities(&mut out, "class", &plan.classes, |one| {
        format!("{} {} in {}", text(one.key), text(one.name), one.school)
    });
    entities(&mut out, "teacher", &plan.teachers, |one| {
        let person = &one.person;
        format!("{} {} {}", text(person.email), text(person.first_name), text(person.last_name))
    });
    entities(&mut out, "student", &plan.students, |one| {
        let (person, grade) = (&one.person, one.grade.map_or("-", |grade| grade.code()));
        format!("{} {} {} {grade}", text(person.email), text(person.first_name), text(person.last_name))
    });
    links(&mut out, "teaching", &plan.teachings);
    links(&mut out, "enrollment", &plan.enrollments);
    if out.is_empty() { "nothing\n".into() } else { out }
}

fn case(folder: &Path) -> String {
    let (before, after) = (read(&folder.join("stored.csv")), read(&folder.join("wanted.csv")));
    let stored = StoredRoster::of(before.roster, before.report.rows);
    let planned = plan(&stored, after.roster, &after.protected, &PlanInputs::default());
    let limits = Limits {
        policy: Policy::default(),
        seats: SEATS,
        rows: after.report.rows,
        ends_mid_row: after.ends_mid_row,
        today: Date::default(),
        over_since: None,
    };
    let proposals = planned.plan.proposals.clone();
    let parts = split(planned.plan, &stored, &limits, &Approval::None);
    let mut out = format!("goes ahead\n{}waits\n{}", told(&parts.safe), told(&parts.risky));
    for fuse in &parts.held.fuses {
        writeln!(out, "fuse {} for {}: {}", fuse.fuse, fuse.scope, fuse.message).unwrap();
        for example in &fuse.examples {
            writeln!(out, "  such as {example}").unwrap();
        }
    }
    for one in &proposals {
        let evidence = one.evidence.iter().map(|evidence| evidence.words()).collect::<Vec<_>>().join(", ");
        let (confidence, name) = (one.confidence.as_str(), &one.name);
        writeln!(out, "{confidence} {} {name}: {} becomes {} ({evidence})", one.id, one.from, one.to)
            .unwrap();
    }
    for message in &planned.messages {
        writeln!(out, "says: {message}").unwrap();
    }
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a developer asks for new answers by the environment")]
fn every_case_is_planned_as_it_was_before() {
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
