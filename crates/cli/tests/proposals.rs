//! Proposals are accepted and rejected with the binary: offline between two files, and in a district.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::path::Path;
use std::process::{Command, Output};

use homeroom_testkit::{Enrolled, flat_csv};
use serde_json::Value;

const PAIR: &str = "m.17@students.lincoln.example.org=n.17@students.lincoln.example.org";

fn homeroom(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
    command.arg("--data").arg(folder.join("data")).env("HOMEROOM__LOG__FILTER", "error");
    command.args(arguments).output().unwrap()
}

/// The JSON that a command prints, and its exit code.
fn json(folder: &Path, arguments: &[&str]) -> (Value, i32) {
    let out = homeroom(folder, &[&["--json"], arguments].concat());
    let errors = String::from_utf8_lossy(&out.stderr);
    let document = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {errors}"));
    (document, out.status.code().unwrap())
}

fn refuses(folder: &Path, arguments: &[&str], code: i32, says: &str) {
    let out = homeroom(folder, arguments);
    let errors = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(code), "{arguments:?}: {errors}");
    assert!(errors.contains(says), "{arguments:?}: {errors}");
}

/// A class in two files between which a student has another first name and address.
fn files(folder: &Path) -> [String; 2] {
    let students = (0..40).map(|student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 });
    let csv = String::from_utf8(flat_csv(&students.collect::<Vec<_>>())).unwrap();
    [("Michael", "m"), ("Mike", "n")].map(|(first, initial)| {
        let cells = format!("{first},Nelson,{initial}.17@");
        let file = folder.join(format!("{first}.csv"));
        std::fs::write(&file, csv.replace("Stu,Dent3v1,s3@", &cells)).unwrap();
        file.display().to_string()
    })
}

fn students(plan: &Value, change: &str) -> u64 {
    plan["plan"][change]["students"].as_u64().unwrap()
}

#[test]
fn a_check_shows_the_plan_after_decisions_about_its_proposals() {
    let folder = tempfile::tempdir().unwrap();
    let [before, after] = files(folder.path());
    let check = ["check", &after, "--against", &before];
    let (open, code) = json(folder.path(), &check);
    assert_eq!((open["rekeys"].as_array().unwrap().len(), code), (1, 5), "{open}");
    let id = open["rekeys"][0]["id"].as_str().unwrap();

    for name in [id, PAIR] {
        let (accepted, code) = json(folder.path(), &[&check[..], &["--accept", name]].concat());
        assert_eq!((students(&accepted, "rekey"), students(&accepted, "create"), code), (1, 0, 0));
        assert_eq!(accepted["rekeys"][0]["accepted"], true);
        let (rejected, code) = json(folder.path(), &[&check[..], &["--reject", name]].concat());
        assert_eq!(
            (students(&rejected, "rekey"), students(&rejected, "create"), students(&rejected, "deactivate")),
            (0, 1, 1)
        );
        assert_eq!((rejected["rekeys"].as_array().unwrap().len(), code), (0, 0), "{rejected}");
    }
    let with = |decisions: &[&'static str]| [&check[..], decisions].concat();
    refuses(folder.path(), &with(&["--accept", "student-4000"]), 1, &format!("it has {id}"));
    refuses(folder.path(), &with(&["--accept", PAIR, "--reject", PAIR]), 1, "accepted and rejected at once");
    refuses(folder.path(), &with(&["--accept", "somebody"]), 2, "like student-417");
    refuses(folder.path(), &["check", &after, "--accept", "student-4"], 2, "--against");
}

#[test]
fn an_answer_is_listed_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let [before, after] = files(folder.path());
    let done = |arguments: &[&str]| {
        let out = homeroom(folder.path(), arguments);
        assert_eq!(out.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    };
    done(&["district", "add", "lincoln", "--name", "L", "--time-zone", "America/Chicago", "--seats", "99"]);
    done(&["district", "stage", "lincoln", "testing"]);
    done(&["sync", "lincoln", &before, "--test"]);
    done(&["district", "stage", "lincoln", "verifying"]);
    done(&["district", "stage", "lincoln", "live", "--force", "a test"]);
    let (run, code) = json(folder.path(), &["sync", "lincoln", &after]);
    assert_eq!((run["state"].as_str(), code), (Some("held"), 5), "{run}");
    let run = run["id"].as_str().unwrap();
    let list = || json(folder.path(), &["proposal", "list", "lincoln"]).0;
    assert_eq!(list()["waiting"].as_array().unwrap().len(), 1);

    let (applied, code) = json(folder.path(), &["run", "accept", run, PAIR]);
    assert_eq!((applied["state"].as_str(), code), (Some("applied"), 0), "{applied}");
    // As many as the proposal would have removed: nobody is removed now.
    done(&["run", "approve", run, "--confirm", "1"]);
    let decided = list();
    assert_eq!((&decided["waiting"], &decided["decided"][0]["same"]), (&serde_json::json!([]), &true.into()));

    done(&["proposal", "forget", "lincoln", PAIR]);
    assert_eq!(list()["decided"], serde_json::json!([]));
    refuses(folder.path(), &["proposal", "forget", "lincoln", PAIR], 1, "nothing was decided about");
}
