//! A database and a data folder made by the version before, on both engines: after `migrate` they answer as before, and work continues.
//! `dev/upgrade-fixture` makes the archives in `upgrade/`, and says what is in them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod binary;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use homeroom_testkit::{RawDatabase, raw_databases, ssh_client};
use serde_json::{Value, json};

use crate::binary::{document, homeroom, serve, sftp_port};

/// Fields that may differ from what the version before printed, by the command that prints them.
const MAY_DIFFER: &[(&str, &[&str])] = &[
    // Sentences that are made when the question is asked, and may get better words. What they rest on (`is_there`, and each
    // step's `stop`, `line` and `rule`) is compared.
    ("trace", &["answer", "text"]),
    // Each finding code's remedy is such a sentence, too; codes, messages and values are compared.
    // A hold has another digest (`plan_digest`).
    ("run", &["remedy", "superseded_by", "digest"]),
    ("runs", &["remedy", "digest"]),
    // Limits that the version before did not have.
    ("district", &NEW_LIMITS),
];

/// Limits of fuses that the version before did not have.
const NEW_LIMITS: [&str; 10] = [
    "blank_floor",
    "blank_percent",
    "column_floor",
    "column_percent",
    "file_floor",
    "file_percent",
    "keys_floor",
    "keys_percent",
    "reach_floor",
    "reach_percent",
];

/// Someone whom evidence recognizes now, where the version before brought back a former record of the same address: one student
/// fewer is removed, so that nothing of this file waits.
const RECOGNIZED_NOW: &str = "ada.juniper60@learn.cedar.example.org";

/// States in `run plan` that have other words now.
const RENAMED_STATES: [(&str, &str); 3] = [("goes ahead", "apply"), ("waits", "hold"), ("later", "defer")];

/// What the version before left behind, unpacked and migrated.
struct Upgraded {
    database: RawDatabase,
    names: Value,
}

struct Server {
    child: Child,
    port: String,
    host_key_fingerprint: String,
}

/// One on each engine.
fn upgraded() -> Vec<Upgraded> {
    raw_databases().into_iter().map(Upgraded::new).collect()
}

impl Upgraded {
    fn new(database: RawDatabase) -> Upgraded {
        let archive =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/upgrade/{}.tar.gz", database.engine));
        let folder = database.folder.path();
        let unpacked = Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(folder).status().unwrap();
        assert!(unpacked.success());
        // As `doctor` advises: the version before left the files to the permissions of the machine.
        let private = Command::new("chmod").args(["-R", "go-rwx"]).arg(folder.join("data")).status().unwrap();
        assert!(private.success());
        database.execute(&fs::read_to_string(folder.join("database.sql")).unwrap());
        let names = serde_json::from_slice(&fs::read(folder.join("names.json")).unwrap()).unwrap();
        let upgraded = Upgraded { database, names };
        let migrated = upgraded.run(&["migrate"]);
        assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
        upgraded
    }

    fn path(&self, name: &str) -> PathBuf {
        self.database.folder.path().join(name)
    }

    fn command(&self) -> Command {
        homeroom(&self.path("data"), &self.database.url)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        document(&self.run(arguments))
    }

    /// The id of a run of the fixture's story.
    fn id(&self, name: &str) -> &str {
        self.names[name].as_str().unwrap()
    }

    fn sync(&self, slug: &str, input: &str) -> Value {
        self.json(&["sync", slug, &self.path("inputs").join(input).display().to_string()])
    }

    /// The active roster's rows, sorted.
    fn roster(&self, slug: &str) -> Vec<String> {
        let out = self.run(&["roster", "export", slug, "--format", "flat", "--out", "-"]);
        assert!(out.status.success());
        let mut rows = String::from_utf8(out.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
        rows.sort();
        rows
    }

    /// Waits for a run of a running server to come to its end.
    fn wait_for_end(&self, run: impl Fn() -> Option<Value>) -> Value {
        let began = Instant::now();
        loop {
            match run() {
                Some(run) if run["finished_at"].is_string() => return run,
                other => assert!(began.elapsed() < Duration::from_secs(60), "{other:?}"),
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn serve(&self) -> Server {
        let (child, addresses) = serve(self.command());
        let host_key_fingerprint = addresses["host_key_fingerprint"].as_str().unwrap().to_owned();
        Server { child, port: sftp_port(&addresses).to_owned(), host_key_fingerprint }
    }

    fn sftp_with_password(&self, server: &Server, user: &str, password: &str, batch: &str) -> Output {
        let mut sftp = ssh_client("sftp", self.database.folder.path(), password);
        sftp.args(["-o", "BatchMode=no", "-o", "PubkeyAuthentication=no"]);
        server.batch(sftp, user, batch)
    }

    fn sftp_with_key(&self, server: &Server, user: &str, batch: &str) -> Output {
        let mut sftp = ssh_client("sftp", self.database.folder.path(), "none");
        sftp.args(["-o", "IdentitiesOnly=yes", "-o", "PasswordAuthentication=no", "-i"]);
        sftp.arg(self.path("inputs/client-key"));
        server.batch(sftp, user, batch)
    }
}

impl Server {
    fn batch(&self, mut sftp: Command, user: &str, batch: &str) -> Output {
        sftp.args(["-b", "-", &format!("sftp://{user}@127.0.0.1:{}", self.port)]);
        let sftp = sftp.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = sftp.spawn().unwrap();
        // A client that was refused reads nothing.
        let _ = child.stdin.take().unwrap().write_all(batch.as_bytes());
        child.wait_with_output().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where two documents differ first, with both values; fields named in `may_differ` are passed over.
fn difference(before: &Value, now: &Value, may_differ: &[&str], path: &str) -> Option<String> {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            let names = before.keys().chain(now.keys()).filter(|name| !may_differ.contains(&name.as_str()));
            names.into_iter().find_map(|name| {
                let field = |document: &serde_json::Map<String, Value>| {
                    document.get(name).cloned().unwrap_or_else(|| json!("(not there)"))
                };
                difference(&field(before), &field(now), may_differ, &format!("{path}.{name}"))
            })
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            let both = before.iter().zip(now).enumerate();
            both.into_iter()
                .find_map(|(at, (before, now))| difference(before, now, may_differ, &format!("{path}[{at}]")))
        }
        _ if before == now => None,
        _ => Some(format!("{path} was\n    {before}\n  and is\n    {now}")),
    }
}

/// A recorded text with the words that states have now.
fn with_renamed_states(recorded: &Value) -> Value {
    let Some(text) = recorded["text"].as_str() else { return recorded.clone() };
    let lines = text.split_inclusive('\n').map(|line| {
        let (state, rest) = line.split_once(',').unwrap_or((line, ""));
        match RENAMED_STATES.iter().find(|(old, _)| *old == state) {
            Some((_, new)) => format!("{new},{rest}"),
            None => line.to_owned(),
        }
    });
    let mut renamed = recorded.clone();
    renamed["text"] = lines.collect::<String>().into();
    renamed
}

/// Numbers of a plan that are not 0: `create students 2`.
fn changes(run: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for change in ["create", "update", "deactivate", "reactivate", "rekey"] {
        for (kind, count) in run["plan"][change].as_object().unwrap() {
            if *count != 0 {
                all.push(format!("{change} {kind} {count}"));
            }
        }
    }
    all.sort();
    all
}

#[test]
fn every_command_that_only_looks_prints_what_the_version_before_printed() {
    for upgraded in upgraded() {
        let recorded = fs::read(upgraded.path("recorded.json")).unwrap();
        let recorded = serde_json::from_slice::<Vec<Value>>(&recorded).unwrap();
        assert!(recorded.len() > 100);
        let mut differences = Vec::new();
        for look in &recorded {
            let command = look["command"].as_array().unwrap();
            let command = command.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>();
            let out = upgraded.run(&command);
            let printed = String::from_utf8_lossy(&out.stdout).into_owned();
            let now = match look.get("text") {
                Some(_) => json!({"exit": out.status.code(), "text": printed}),
                None => {
                    let document = serde_json::from_str(&printed).unwrap_or(Value::Null);
                    json!({"exit": out.status.code(), "json": document})
                }
            };
            let may_differ = MAY_DIFFER.iter().filter(|(name, _)| *name == command[0]);
            let planned_anew = command.starts_with(&["run", "plan"])
                && look["text"].as_str().is_some_and(|text| text.contains(RECOGNIZED_NOW));
            let may_differ = may_differ.flat_map(|(_, fields)| *fields).copied();
            let may_differ = may_differ.chain(["command"]).chain(planned_anew.then_some("text"));
            let may_differ = may_differ.collect::<Vec<_>>();
            let differs = difference(&with_renamed_states(look), &now, &may_differ, "");
            differences.extend(differs.map(|differs| format!("{}: {differs}", command.join(" "))));
        }
        assert!(
            differences.is_empty(),
            "{} on {}:\n{}",
            differences.len(),
            upgraded.database.engine,
            differences.join("\n")
        );
    }
}

#[test]
fn a_migrated_database_has_the_schema_of_a_fresh_one() {
    for (upgraded, fresh) in upgraded().into_iter().zip(raw_databases()) {
        let mut command = upgraded.command();
        let made = command.env("HOMEROOM__DATABASE__URL", &fresh.url).arg("migrate").output().unwrap();
        assert!(made.status.success());
        let schema = fresh.schema();
        assert!(schema.len() > 20, "{schema:?}");
        assert_eq!(upgraded.database.schema(), schema, "{}", fresh.engine);
    }
}

#[test]
fn an_old_hold_is_approved_and_a_changed_file_applies_exactly_its_changes() {
    for upgraded in upgraded() {
        let before = upgraded.roster("pinewood").len();
        let approved = upgraded.json(&["run", "approve", upgraded.id("waits")]);
        assert_eq!(approved["state"], "applied", "{approved}");
        assert_eq!(upgraded.roster("pinewood").len(), before - 10, "ten students wait to be removed");

        let run = upgraded.sync("pinewood", "pinewood-next.csv");
        assert_eq!(run["state"], "applied", "{run}");
        let expected = [
            "create enrollments 2",
            "create students 2",
            "deactivate enrollments 1",
            "deactivate students 1",
            "update classes 1",
            "update students 1",
        ];
        assert_eq!(changes(&run), expected, "{}", upgraded.database.engine);
        let again = upgraded.sync("pinewood", "pinewood-next.csv");
        assert_eq!(again["state"], "unchanged", "{again}");
    }
}

#[test]
fn an_old_hold_of_a_paused_district_is_refused_until_it_is_live_again() {
    for upgraded in upgraded() {
        let approve = ["run", "approve", upgraded.id("too many")];
        let refused = upgraded.run(&approve);
        assert_eq!(refused.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&refused.stderr).contains("paused"), "{refused:?}");
        upgraded.json(&["district", "stage", "meadowlark", "live"]);
        let approved = upgraded.json(&approve);
        assert_eq!(approved["state"], "applied", "{approved}");
        assert_eq!(approved["seats"]["after"], 13, "{approved}");
    }
}

#[test]
fn runs_applied_and_taken_back_by_the_version_before_are_undone_and_put_back() {
    for upgraded in upgraded() {
        let roster = upgraded.roster("pinewood");
        for (name, state) in
            [("uploaded", "undone"), ("second", "applied"), ("second", "undone"), ("uploaded", "applied")]
        {
            let before = upgraded.roster("pinewood");
            let verb = if state == "undone" { "undo" } else { "redo" };
            let run = upgraded.json(&["run", verb, upgraded.id(name)]);
            assert_eq!(run["state"], state, "{name}: {run}");
            if name == "uploaded" {
                assert_ne!(upgraded.roster("pinewood"), before, "{name} becomes {state}");
            }
        }
        assert_eq!(upgraded.roster("pinewood"), roster);
        let run = upgraded.json(&["run", "undo", upgraded.id("identity")]);
        assert_eq!(run["state"], "undone", "{run}");
        let back = |row: &String| row.contains("@pupils.pinewood.example.org") && row.starts_with("S3,");
        assert!(!roster.iter().any(back) && upgraded.roster("pinewood").iter().any(back), "former addresses");
    }
}

#[test]
fn districts_log_in_as_before_and_find_their_files_and_results() {
    for upgraded in upgraded() {
        let server = upgraded.serve();
        let password = |user: &str| upgraded.names["passwords"][user].as_str().unwrap();
        let result = upgraded.path("result.json").display().to_string();
        let look = format!("ls -1\nget results/roster.csv.result.json {result}\n");
        let seen = upgraded.sftp_with_password(&server, "pinewood", password("pinewood"), &look);
        assert!(seen.status.success(), "{seen:?}");
        let listed = String::from_utf8_lossy(&seen.stdout).into_owned();
        for name in ["notes", "results", "roster.csv", "samples"] {
            assert!(listed.contains(name), "{listed}");
        }
        let result = serde_json::from_slice::<Value>(&fs::read(result).unwrap()).unwrap();
        assert_eq!(result["id"], upgraded.names["waits"]);
        let seen = upgraded.sftp_with_key(&server, "pinewood-sis", "ls -1 sis\n");
        assert!(String::from_utf8_lossy(&seen.stdout).contains("students.csv"), "{seen:?}");
        for (user, password) in
            [("pinewood-left", password("pinewood-left")), ("pinewood", password("harborview"))]
        {
            let refused = upgraded.sftp_with_password(&server, user, password, "ls\n");
            assert!(!refused.status.success(), "{user}");
        }
        assert_eq!(server.host_key_fingerprint, host_key_fingerprint(&upgraded));

        let next = upgraded.path("inputs/pinewood-next.csv").display().to_string();
        let put = upgraded.sftp_with_key(&server, "pinewood-sis", &format!("put {next} roster.csv\n"));
        assert!(put.status.success(), "{put:?}");
        let newest = || {
            let newest = upgraded.json(&["runs", "pinewood", "--most", "1"])[0].clone();
            (newest["id"] != upgraded.names["waits"]).then_some(newest)
        };
        let run = upgraded.wait_for_end(newest);
        assert_eq!((&run["kind"], &run["state"]), (&"live".into(), &"held".into()), "{run}");
        let old = upgraded.json(&["run", "show", upgraded.id("waits")]);
        assert_eq!(old["state"], "superseded");
    }
}

#[test]
fn a_run_that_waited_for_its_night_is_made_and_encrypted_files_are_still_read() {
    for upgraded in upgraded() {
        let server = upgraded.serve();
        let run = upgraded.wait_for_end(|| Some(upgraded.json(&["run", "show", upgraded.id("queued")])));
        assert_eq!(run["state"], "applied", "{run}");
        let expected = [
            "create enrollments 2",
            "create students 2",
            "deactivate enrollments 1",
            "deactivate students 1",
        ];
        assert_eq!(changes(&run), expected);

        let run = upgraded.sync("harborview", "harborview-next.csv.pgp");
        assert_eq!(run["state"], "applied", "{run}");
        assert_eq!(run["check"]["findings"], json!([]), "the signature is known");
        let expected = [
            "create enrollments 1",
            "create students 1",
            "deactivate enrollments 1",
            "deactivate students 1",
        ];
        assert_eq!(changes(&run), expected);

        let doctor = upgraded.run(&["doctor"]);
        assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
        drop(server);
    }
}

/// The fingerprint of the host key that came with the folder, as OpenSSH prints it.
fn host_key_fingerprint(upgraded: &Upgraded) -> String {
    let out = Command::new("ssh-keygen").arg("-lf").arg(upgraded.path("data/ssh_host_ed25519_key")).output();
    let printed = String::from_utf8(out.unwrap().stdout).unwrap();
    printed.split_whitespace().nth(1).unwrap().to_owned()
}
