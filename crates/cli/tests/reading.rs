//! How a district's files are read, from the command line: profiles, OpenPGP keys, folders of files.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const ROSTER: &str = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
                      student_first_name,student_last_name,Pupil Mail,student_grade_level\n\
                      S1,Oak Hill,tess@x.org,Tess,Gray,C1,Art,Ann,Lee,ann@x.org,Reception\n";

struct Home(TempDir);

impl Home {
    fn new() -> Home {
        let home = Home(TempDir::new().unwrap());
        let add =
            ["district", "add", "lincoln", "--name", "Lincoln USD", "--time-zone", "UTC", "--seats", "9"];
        home.ok(&add);
        home
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeroom"));
        command.arg("--data").arg(self.0.path().join("data")).args(arguments);
        command.env("HOMEROOM__LOG__FILTER", "warn").stdin(Stdio::null()).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {output:?}"))
    }
}

#[test]
fn a_profile_has_versions_and_decides_how_files_are_read() {
    let home = Home::new();
    let roster = home.file("roster.csv", ROSTER);
    assert_eq!(
        home.run(&["check", &roster]).status.code(),
        Some(3),
        "the column is unknown without a profile"
    );
    let profile = home.file(
        "profile.toml",
        "[columns]\n\"Pupil Mail\" = \"student_email\"\n[grades]\nReception = \"KG\"\n",
    );
    assert_eq!(home.json(&["check", &roster, "--profile", &profile])["outcome"], "clean");

    assert_eq!(home.json(&["district", "profile", "set", "lincoln", &profile])["version"], 1);
    assert_eq!(home.json(&["sync", "lincoln", &roster])["state"], "applied");
    let shown = home.ok(&["district", "profile", "show", "lincoln"]).stdout;
    assert!(String::from_utf8(shown).unwrap().contains("Reception = \"KG\""));

    let other = home.file("other.toml", "columns = { \"Pupil Mail\" = \"student_email\" }");
    assert_eq!(
        home.json(&["district", "profile", "set", "lincoln", &other, "--reason", "no grades"])["version"],
        2
    );
    let run = home.json(&["sync", "lincoln", &roster]);
    assert_eq!(run["state"], "applied", "the same file is read again under another profile");
    assert_eq!(run["check"]["finding_counts"]["grade-unknown"], 1);
    assert_eq!(home.json(&["district", "profile", "history", "lincoln"])[0]["reason"], "no grades");
    assert!(
        home.json(&["district", "profile", "show", "lincoln", "--version", "1"])["grades"]["Reception"]
            == "KG"
    );

    let wrong =
        home.run(&["district", "profile", "set", "lincoln", &home.file("wrong.toml", "file_name = 1")]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("file_names"), "{wrong:?}");
}

#[test]
fn proposals_of_a_run_can_be_accepted() {
    let home = Home::new();
    let roster = home.file("roster.csv", ROSTER.replace("Pupil Mail", "student_emial"));
    assert_eq!(home.json(&["sync", "lincoln", &roster, "--test"])["state"], "rejected");
    let listed = home.json(&["district", "profile", "accept", "lincoln", "--list"]);
    assert_eq!(listed[0]["column"]["column"], "student_email");
    assert_eq!(home.run(&["district", "profile", "accept", "lincoln", "--only", "2"]).status.code(), Some(1));
    assert_eq!(home.json(&["district", "profile", "accept", "lincoln"])["version"], 1);
    assert_eq!(home.json(&["sync", "lincoln", &roster])["state"], "applied");
}

#[test]
fn a_folder_of_files_is_checked_as_one_roster() {
    let home = Home::new();
    for (name, text) in [
        ("schools.csv", "School_id,School_name\n1,Oak Hill\n"),
        ("teachers.csv", "Teacher_id,Teacher_email,First_name,Last_name\nT1,tess@x.org,Tess,Gray\n"),
        ("students.csv", "Student_id,First_name,Last_name,Grade,Student_email\nP1,Ann,Lee,5,ann@x.org\n"),
        ("sections.csv", "School_id,Section_id,Teacher_id,Name\n1,S1,T1,Art\n"),
        ("enrollments.csv", "Section_id,Student_id\nS1,P1\nS1,P2\n"),
        ("notes.md", "not a table"),
    ] {
        home.file(&format!("set/{name}"), text);
    }
    let folder = home.0.path().join("set");
    let check = home.json(&["check", folder.to_str().unwrap()]);
    assert_eq!((check["format"].as_str(), check["students"].as_u64()), (Some("clever"), Some(1)));
    let lost = check["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["code"] == "reference-unknown")
        .unwrap();
    assert_eq!((lost["file"].as_str(), lost["line"].as_u64()), (Some("enrollments.csv"), Some(3)));
    fs::remove_file(folder.join("sections.csv")).unwrap();
    assert_eq!(home.run(&["check", folder.to_str().unwrap()]).status.code(), Some(3));
    let empty = home.0.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert!(
        String::from_utf8_lossy(&home.run(&["check", empty.to_str().unwrap()]).stderr)
            .contains("does not contain a set")
    );
}

/// Runs `gpg` with keys of its own.
fn gpg(gnupg: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("gpg");
    command
        .env("GNUPGHOME", gnupg)
        .args(["--batch", "--yes", "--quiet", "--trust-model", "always"])
        .args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn a_file_encrypted_and_signed_by_gpg_is_read_and_its_signer_verified() {
    use std::os::unix::fs::PermissionsExt;

    let home = Home::new();
    let gnupg = home.0.path().join("gnupg");
    fs::create_dir(&gnupg).unwrap();
    fs::set_permissions(&gnupg, fs::Permissions::from_mode(0o700)).unwrap();
    let key = home.json(&["district", "key", "lincoln"]);
    let again = home.json(&["district", "key", "lincoln"]);
    assert_eq!(key["public_key"], again["public_key"], "a district has one key");
    let ours = home.file("ours.asc", key["public_key"].as_str().unwrap());
    gpg(&gnupg, &["--import", &ours]);
    for user in ["it@lincoln.org", "stranger@x.org"] {
        gpg(&gnupg, &["--passphrase", "", "--quick-generate-key", user, "ed25519", "sign", "never"]);
    }
    let plain = home.file("roster.csv", ROSTER.replace("Pupil Mail", "student_email"));
    let encrypt = |name: &str, signer: Option<&str>| {
        let out = home.0.path().join(name).to_str().unwrap().to_owned();
        let mut arguments = vec!["--recipient", "Homeroom", "--output", &out];
        if let Some(signer) = signer {
            arguments.extend(["--sign", "--local-user", signer]);
        }
        arguments.extend(["--encrypt", &plain]);
        gpg(&gnupg, &arguments);
        out
    };
    let (unsigned, signed) = (encrypt("unsigned.pgp", None), encrypt("signed.pgp", Some("it@lincoln.org")));
    let foreign = encrypt("foreign.pgp", Some("stranger@x.org"));
    let state = |file: &str| home.json(&["sync", "lincoln", file, "--test"]);
    assert_eq!(state(&unsigned)["state"], "tested");
    assert_eq!(
        state(&signed)["check"]["students"],
        1,
        "a signature that nobody can verify is not a reason to refuse a file"
    );

    let theirs = home.file("theirs.asc", gpg(&gnupg, &["--armor", "--export", "it@lincoln.org"]).stdout);
    let known = home.json(&["district", "key", "lincoln", "--signed-by", &theirs]);
    let fingerprint = known["signing_keys"][0].as_str().unwrap();
    assert_eq!(state(&signed)["state"], "tested");
    assert_eq!(state(&unsigned)["check"]["finding_counts"]["signature-missing"], 1);
    let refused = state(&foreign);
    assert_eq!(
        (refused["state"].as_str(), &refused["check"]["finding_counts"]["signature-bad"]),
        (Some("rejected"), &1.into())
    );
    home.ok(&["district", "key", "lincoln", "--forget", fingerprint]);
    assert_eq!(state(&foreign)["state"], "tested");
    // Offline there is no key, and the finding says so.
    assert_eq!(home.json(&["check", &signed])["finding_counts"]["encryption-no-key"], 1);
}
