//! The commands as scripts use them, on both databases: JSON, exit codes, and errors that say what to do.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use homeroom_testkit::{Enrolled, TestStore, flat_csv, stores};
use serde_json::Value;

struct Home {
    test: TestStore,
    folder: PathBuf,
}

impl Home {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
        command
            .arg("--data")
            .arg(&self.folder)
            .env("HOMEROOM__DATABASE__URL", &self.test.settings.database_url)
            .env("HOMEROOM__LOG__FILTER", "error");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Runs with `--json`; the document and the exit code.
    fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let mut all = vec!["--json"];
        all.extend(arguments);
        let out = self.run(&all);
        let errors = String::from_utf8_lossy(&out.stderr);
        let document = serde_json::from_slice(&out.stdout).unwrap_or_else(|_| {
            panic!("{arguments:?} did not print JSON: {} {errors}", String::from_utf8_lossy(&out.stdout))
        });
        (document, out.status.code().unwrap())
    }

    /// Asserts that a command ends with this exit code and says this.
    fn refuses(&self, arguments: &[&str], exit_code: i32, says: &str) {
        let out = self.run(arguments);
        let errors = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(exit_code), "{arguments:?}: {errors}");
        assert!(errors.contains(says), "{arguments:?}: {errors}");
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.join(name);
        fs::create_dir_all(&self.folder).unwrap();
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

/// An installation without a district on each engine.
fn empty_homes() -> Vec<Home> {
    stores().into_iter().map(|test| Home { folder: test.folder.path().join("data"), test }).collect()
}

fn homes() -> Vec<Home> {
    empty_homes()
        .into_iter()
        .inspect(|home| {
            let (district, code) = home.json(&[
                "district",
                "add",
                "lincoln",
                "--name",
                "Lincoln",
                "--time-zone",
                "America/Los_Angeles",
                "--seats",
                "100",
            ]);
            assert_eq!(
                (district["slug"].as_str(), district["stage"].as_str(), code),
                (Some("lincoln"), Some("setup"), 0)
            );
        })
        .collect()
}

fn class(students: std::ops::Range<u16>) -> Vec<u8> {
    flat_csv(
        &students
            .map(|student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 })
            .collect::<Vec<_>>(),
    )
}

#[test]
fn a_roster_is_synced_exported_and_undone() {
    for home in homes() {
        let first = home.file("first.csv", &class(0..50));
        let (run, code) = home.json(&["sync", "lincoln", &first]);
        assert_eq!((run["state"].as_str(), code), (Some("applied"), 0), "{run}");
        assert_eq!(run["plan"]["create"]["students"], 50);
        assert_eq!(run["seats"], serde_json::json!({"limit": 100, "before": 0, "after": 50}));
        assert_eq!(run["upload"]["name"], "roster.csv");

        let out = home.folder.join("export.csv").display().to_string();
        let (exported, _) = home.json(&["roster", "export", "lincoln", "--format", "flat", "--out", &out]);
        assert_eq!(exported["rows"], 50);
        let (test, code) = home.json(&["sync", "lincoln", &out, "--test"]);
        assert_eq!((test["state"].as_str(), code), (Some("tested"), 0));
        for change in ["create", "update", "deactivate", "reactivate"] {
            assert_eq!(test["plan"][change]["students"], 0, "reading the export plans no change");
            assert_eq!(test["plan"][change]["enrollments"], 0);
        }

        let second = home.file("second.csv", &class(0..52));
        let (run, _) = home.json(&["sync", "lincoln", &second]);
        let id = run["id"].as_str().unwrap();
        assert_eq!(home.json(&["sync", "lincoln", &second]).0["state"], "unchanged");
        let (undone, code) = home.json(&["run", "undo", id]);
        assert_eq!((undone["state"].as_str(), code), (Some("undone"), 0));
        let (runs, _) = home.json(&["runs", "lincoln"]);
        let states =
            runs.as_array().unwrap().iter().map(|run| run["state"].as_str().unwrap()).collect::<Vec<_>>();
        assert_eq!(states, ["unchanged", "undone", "tested", "applied"]);
        let tested = runs[2]["id"].as_str().unwrap();
        let refused = home.run(&["run", "undo", tested]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("only a run that has applied something"));

        // A second undo is refused, and says how to redo it; the run is redone, and undone once more.
        let refused = home.run(&["run", "undo", id]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(&format!("homeroom run redo {id}")));
        let (again, code) = home.json(&["run", "redo", id]);
        assert_eq!((again["state"].as_str(), code), (Some("applied"), 0));
        assert_eq!(again["undo"]["taken_back"]["restored"], undone["undo"]["restored"]);
        let shown = home.run(&["run", "show", id]);
        let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
        assert!(shown.contains("Undone on ") && shown.contains("Redone on "), "{shown}");
        let (undone, _) = home.json(&["run", "undo", id]);
        assert_eq!((undone["state"].as_str(), &undone["undo"]["taken_back"]), (Some("undone"), &Value::Null));
    }
}

#[test]
fn a_history_shows_everything_that_happened_to_one_student() {
    for home in homes() {
        let first = home.file("first.csv", &class(0..50));
        home.json(&["sync", "lincoln", &first]);
        let second = home.file("second.csv", &class(1..50));
        let (run, _) = home.json(&["sync", "lincoln", &second]);
        home.json(&["run", "undo", run["id"].as_str().unwrap()]);
        let student = ["history", "lincoln", "--student", "S0@students.lincoln.example.org"];
        let (histories, code) = home.json(&student);
        assert_eq!(code, 0, "{histories}");
        let history = &histories[0];
        assert_eq!((&history["active"], &history["name"]), (&true.into(), &"Stu Dent0v1".into()));
        let changes = history["changes"].as_array().unwrap();
        let events = changes
            .iter()
            .map(|change| (change["by"]["act"].as_str().unwrap(), change["what"].as_str().unwrap()));
        assert_eq!(
            events.collect::<Vec<_>>(),
            [
                ("run", "created"),
                ("run", "joined"),
                ("run", "deactivated"),
                ("run", "left"),
                ("undo", "reactivated"),
                ("undo", "joined"),
            ]
        );
        assert_eq!(
            (&changes[4]["by"]["run"], &changes[4]["by"]["upload"]),
            (&run["id"], &"roster.csv".into())
        );
        assert!(changes.iter().all(|change| change["at"].as_str().unwrap().ends_with('Z')), "{history}");

        let text = home.run(&student);
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        assert!(text.contains("    joined class S1-C1 (Class 1 1)"), "{text}");
        assert!(text.contains("  undo of run ") && text.contains(" (roster.csv)"), "{text}");
        let class = home.run(&["history", "lincoln", "--class", "S1-C1"]);
        let class = String::from_utf8_lossy(&class.stdout).into_owned();
        assert!(class.contains("    left by s0@students.lincoln.example.org (Stu Dent0v1)"), "{class}");

        let unknown = home.run(&["history", "lincoln", "--teacher", "nobody@x.org"]);
        assert_eq!(unknown.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&unknown.stderr).contains("never had"), "{unknown:?}");
        assert_eq!(home.run(&["history", "lincoln"]).status.code(), Some(2), "whose");
    }
}

#[test]
fn exit_codes_say_how_a_file_fared() {
    for home in homes() {
        let mut rows = String::from_utf8(class(0..40)).unwrap();
        let fine = home.file("fine.csv", rows.as_bytes());
        rows.push_str("S1,School 1,t1@x.org,Tess,Teacher1,S1-C1,Class,Ann,Lee,ann@@x.org,5\n");
        let rejected_row = home.file("row.csv", rows.as_bytes());
        let rejected = home.file("rejected.csv", b"hello\n");
        let fewer = home.file("fewer.csv", &class(0..20));
        for (file, check, sync, state) in [
            (&fine, 0, 0, "applied"),
            (&rejected_row, 4, 4, "applied"),
            (&rejected, 3, 3, "rejected"),
            (&fewer, 0, 5, "held"),
        ] {
            assert_eq!(home.json(&["check", file]).1, check, "check {file}");
            let (run, code) = home.json(&["sync", "lincoln", file]);
            assert_eq!((run["state"].as_str(), code), (Some(state), sync), "sync {file}");
        }
        let (held, code) = home.json(&["check", &fewer, "--against", &fine]);
        assert_eq!(code, 5);
        assert_eq!(held["plan"]["deactivate"]["students"], 20);
        assert_eq!(held["held"]["fuses"][0]["fuse"], "shrink");
        assert_eq!(home.run(&["nonsense"]).status.code(), Some(2));
        let missing = home.run(&["check", "missing.csv"]);
        assert_eq!(missing.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&missing.stderr).contains("cannot open missing.csv"));
    }
}

#[test]
fn refusals_say_what_to_do_and_invalid_values_are_usage_errors() {
    let home = homes().remove(0);
    for (arguments, says) in [
        (
            vec!["district", "add", "lincoln", "--name", "L", "--time-zone", "UTC", "--seats", "1"],
            "choose another slug",
        ),
        (vec!["district", "show", "oak"], "there are: lincoln"),
        (vec!["district", "stage", "lincoln", "live"], "load the roster first"),
        (vec!["district", "stage", "lincoln", "verifying"], "no test run yet"),
        (vec!["sync", "lincoln"], "has no upload yet"),
        (vec!["account", "rotate", "lincoln"], "has no account yet"),
    ] {
        home.refuses(&arguments, 1, says);
    }
    let pin = ["pin", "add", "class-name", "lincoln", "--class", "C1", "--name", "Art", "--owner", "me"];
    for (arguments, says) in [
        (
            vec!["district", "add", "oak", "--name", "L", "--time-zone", "Mars/Base", "--seats", "1"],
            "not a valid time zone",
        ),
        (vec!["district", "set", "lincoln", "--time-zone", "PST"], "not a valid time zone"),
        (vec!["district", "set", "lincoln", "--at", "25:00"], "not a valid time"),
        (vec!["district", "set", "lincoln", "--hold-days", "0"], "--hold-days"),
        (vec!["district", "set", "lincoln", "--file", "a/b.csv"], "not a valid file name"),
        (vec!["district", "set", "lincoln", "--fuse", "school"], "such as school=25/10"),
        (vec!["district", "set", "lincoln", "--school-year-starts", "02-30"], "08-01"),
        (vec!["account", "add", "lincoln", "--user", "a b"], "not a valid user name"),
        (vec!["run", "show", "01a21244"], "not a run id"),
        (vec!["runs", "lincoln", "--most", "0"], "--most"),
        ([&pin[..], &["--until", "June"]].concat(), "such as 2027-01-12"),
    ] {
        home.refuses(&arguments, 2, says);
    }
}

#[test]
fn accounts_are_added_listed_rotated_and_disabled() {
    for home in homes() {
        let (login, _) = home.json(&["account", "add", "lincoln"]);
        assert_eq!(login["user"], "lincoln");
        assert_eq!(login["password"].as_str().unwrap().len(), 20);
        assert_eq!((login["host"].as_str(), login["port"].as_u64()), (Some("127.0.0.1"), Some(2022)));
        assert!(login["host_key_fingerprint"].as_str().unwrap().starts_with("SHA256:"));
        assert_eq!(home.json(&["account", "add", "lincoln"]).0["user"], "lincoln-2");
        let (rotated, _) = home.json(&["account", "rotate", "lincoln", "--user", "lincoln"]);
        assert_ne!(rotated["password"], login["password"]);
        home.json(&["account", "disable", "lincoln", "--user", "lincoln-2"]);
        let (listed, _) = home.json(&["account", "list", "lincoln"]);
        assert_eq!(listed[1]["disabled"], true);
    }
}

#[test]
fn a_backup_is_complete_and_restores_into_either_database() {
    let out = |home: &Home| home.folder.join("e.csv").display().to_string();
    let export = |home: &Home| {
        home.json(&["roster", "export", "lincoln", "--format", "flat", "--out", &out(home)]);
        fs::read(Path::new(&out(home))).unwrap()
    };
    let history = ["history", "lincoln", "--student", "s3@students.lincoln.example.org"];
    for (from, to) in homes().into_iter().zip(empty_homes().into_iter().rev()) {
        let file = from.file("a.csv", &class(0..30));
        let (run, _) = from.json(&["sync", "lincoln", &file]);
        let run = run["id"].as_str().unwrap();
        from.json(&["run", "undo", run]);
        from.json(&["run", "redo", run]);
        let (before, _) = from.json(&history);
        from.json(&["account", "add", "lincoln"]);
        let backup = from.folder.join("backup").display().to_string();
        let (made, code) = from.json(&["backup", &backup]);
        assert_eq!(code, 0, "{made}");

        // A backup of which a file is damaged restores nothing.
        let blobs = from.folder.join("backup/blobs");
        let files = walk(&blobs);
        let (damaged, bytes) = (&files[0], fs::read(&files[0]).unwrap());
        fs::write(damaged, b"damaged").unwrap();
        to.refuses(&["restore", &backup], 1, "is damaged");
        assert_eq!(to.json(&["district", "list"]).0, serde_json::json!([]));
        fs::write(damaged, bytes).unwrap();

        let (restored, code) = to.json(&["restore", &backup]);
        assert_eq!((code, &restored["rows"]), (0, &made["rows"]), "{restored}");
        assert_eq!(export(&from), export(&to));
        assert_eq!(to.json(&history).0, before);
        to.json(&["run", "undo", run]);
        let (after, _) = to.json(&history);
        assert_eq!((&after[0]["active"], &before[0]["active"]), (&false.into(), &true.into()));
        to.refuses(&["restore", &backup], 1, "is not empty");
        to.json(&["district", "erase", "lincoln", "--confirm", "lincoln"]);
        // What was erased there is in its audit log, which is not replaced by another one.
        to.refuses(&["restore", &backup], 1, "is not empty");
    }
}

#[test]
fn an_app_follows_the_roster_with_permanent_ids_and_the_audit_log_says_who_changed_it() {
    for home in homes() {
        home.json(&["sync", "lincoln", &home.file("first.csv", &class(0..50))]);
        let out = home.folder.join("records.jsonl");
        let export = ["roster", "export", "lincoln", "--format", "jsonl", "--out", out.to_str().unwrap()];
        let (exported, _) = home.json(&export);
        let lines = |bytes: &[u8]| -> Vec<Value> {
            String::from_utf8_lossy(bytes).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
        };
        let records = lines(&fs::read(&out).unwrap());
        assert_eq!((records.len(), &exported["version"]), (50 + 50 + 4, &1.into()), "{exported}");
        let (run, _) = home.json(&["sync", "lincoln", &home.file("second.csv", &class(0..49))]);
        let changes = lines(&home.run(&["changes", "lincoln", "--since", "1"]).stdout);
        let told = |line: &Value| format!("{} {} {}", line["version"], line["change"], line["kind"]);
        let told = changes.iter().map(told).collect::<Vec<_>>();
        assert_eq!(told, ["2 \"deactivate\" \"enrollment\"", "2 \"deactivate\" \"student\""]);
        let known = |line: &&Value| records.iter().any(|record| record["id"] == line["id"]);
        assert_eq!(changes.iter().filter(known).count(), 2);
        home.refuses(&["changes", "lincoln", "--since", "3"], 1, "there is no version 3 yet");

        let run = run["id"].as_str().unwrap();
        home.json(&["run", "undo", run, "--reason", "sent too early"]);
        let (entries, _) = home.json(&["audit", "list", "lincoln"]);
        let undone = &entries[0];
        assert_eq!((&undone["action"], &undone["reason"]), (&"run_undone".into(), &"sent too early".into()));
        assert_eq!(
            (&undone["actor"]["kind"], &undone["roster_version"]),
            (&"command_line".into(), &3.into())
        );
        let shown = String::from_utf8_lossy(&home.run(&["run", "show", run]).stdout).into_owned();
        assert!(shown.contains("at the command line: sent too early. 2 records changed"), "{shown}");
        let student = ["history", "lincoln", "--student", "s49@students.lincoln.example.org"];
        let history = home.json(&student).0[0]["changes"].clone();
        let by = history.as_array().unwrap().last().unwrap()["by"].clone();
        assert_eq!((&by["act"], &by["reason"]), (&"undo".into(), &"sent too early".into()), "{history}");

        assert_eq!(home.json(&["audit", "verify"]).1, 0);
        home.test.execute("UPDATE audit_entry SET reason = 'never' WHERE number = 2 AND district > 0");
        let (logs, code) = home.json(&["audit", "verify", "lincoln"]);
        assert_eq!((&logs[0]["fault"]["number"], code), (&2.into(), 1), "{logs}");
    }
}

/// Every file below a folder.
fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn doctor_and_the_settings_check_say_that_no_mail_is_sent() {
    let home = homes().remove(0);
    for command in ["doctor", "config check"] {
        let mut all = home.command();
        all.args(command.split(' ')).env("HOMEROOM__MAIL__URL", "smtp://mail.example.org");
        let out = all.output().unwrap();
        let text = [out.stdout, out.stderr].concat();
        assert!(String::from_utf8_lossy(&text).contains("this version does not send mail"), "{command}");
    }
}

#[test]
fn a_server_whose_port_is_taken_says_so() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let home = homes().remove(0);
    let (taken, free) = (address.as_str(), "127.0.0.1:0");
    for (sftp, web, key) in [(taken, free, "sftp.listen"), (free, taken, "web.listen")] {
        let out = home
            .command()
            .arg("serve")
            .env("HOMEROOM__SFTP__LISTEN", sftp)
            .env("HOMEROOM__WEB__LISTEN", web)
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&out.stderr),
            format!(
                "homeroom: cannot listen on {address}: the port is in use by another program; choose another in {key}\n"
            )
        );
        assert_eq!(out.status.code(), Some(1));
    }
}
