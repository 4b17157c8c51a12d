//! How a district's files are read, from the command line: profiles, OpenPGP keys, folders of files.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const ROSTER: &str = "school_id,school_name,teacher_email,teacher_first_name,teacher_last_name,class_id,class_name,\
                      student_first_name,student_last_name,Pupil Mail,student_grade_level\n\
                      S1,Oak Hill,tess@x.org,Tess,Gray,C1,Art,Ann,Lee,ann@x.org,Reception\n";

struct Place(TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(TempDir::new().unwrap());
        let add =
            ["district", "add", "lincoln", "--name", "Lincoln USD", "--time-zone", "UTC", "--seats", "9"];
        place.ok(&add);
        place
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
fn a_profile_is_kept_in_versions_and_read_by() {
    let place = Place::new();
    let roster = place.file("roster.csv", ROSTER);
    assert_eq!(
        place.run(&["check", &roster]).status.code(),
        Some(3),
        "the column is unknown without a profile"
    );
    let profile = place.file(
        "profile.toml",
        "[columns]\n\"Pupil Mail\" = \"student_email\"\n[grades]\nReception = \"KG\"\n",
    );
    assert_eq!(place.json(&["check", &roster, "--profile", &profile])["outcome"], "clean");

    assert_eq!(place.json(&["district", "profile", "set", "lincoln", &profile])["version"], 1);
    assert_eq!(place.json(&["sync", "lincoln", &roster])["state"], "applied");
    let shown = place.ok(&["district", "profile", "show", "lincoln"]).stdout;
    assert!(String::from_utf8(shown).unwrap().contains("Reception = \"KG\""));

    let other = place.file("other.toml", "columns = { \"Pupil Mail\" = \"student_email\" }");
    assert_eq!(
        place.json(&["district", "profile", "set", "lincoln", &other, "--reason", "no grades"])["version"],
        2
    );
    let run = place.json(&["sync", "lincoln", &roster]);
    assert_eq!(run["state"], "applied", "the same file is read anew under another profile");
    assert_eq!(run["check"]["finding_counts"]["grade-unknown"], 1);
    assert_eq!(place.json(&["district", "profile", "history", "lincoln"])[0]["reason"], "no grades");
    assert!(
        place.json(&["district", "profile", "show", "lincoln", "--version", "1"])["grades"]["Reception"]
            == "KG"
    );

    let wrong =
        place.run(&["district", "profile", "set", "lincoln", &place.file("wrong.toml", "file_name = 1")]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("file_names"), "{wrong:?}");
}

#[test]
fn what_a_run_proposes_can_be_accepted() {
    let place = Place::new();
    let roster = place.file("roster.csv", ROSTER.replace("Pupil Mail", "student_emial"));
    assert_eq!(place.json(&["sync", "lincoln", &roster, "--test"])["state"], "rejected");
    let listed = place.json(&["district", "profile", "accept", "lincoln", "--list"]);
    assert_eq!(listed[0]["column"]["column"], "student_email");
    assert_eq!(
        place.run(&["district", "profile", "accept", "lincoln", "--only", "2"]).status.code(),
        Some(1)
    );
    assert_eq!(place.json(&["district", "profile", "accept", "lincoln"])["version"], 1);
    assert_eq!(place.json(&["sync", "lincoln", &roster])["state"], "applied");
}

#[test]
fn a_folder_of_files_is_checked_as_one_roster() {
    let place = Place::new();
    for (name, text) in [
        ("schools.csv", "School_id,School_name\n1,Oak Hill\n"),
        ("teachers.csv", "Teacher_id,Teacher_email,First_name,Last_name\nT1,tess@x.org,Tess,Gray\n"),
        ("students.csv", "Student_id,First_name,Last_name,Grade,Student_email\nP1,Ann,Lee,5,ann@x.org\n"),
        ("sections.csv", "School_id,Section_id,Teacher_id,Name\n1,S1,T1,Art\n"),
        ("enrollments.csv", "Section_id,Student_id\nS1,P1\nS1,P2\n"),
        ("notes.md", "not a table"),
    ] {
        place.file(&format!("set/{name}"), text);
    }
    let folder = place.0.path().join("set");
    let check = place.json(&["check", folder.to_str().unwrap()]);
    assert_eq!((check["format"].as_str(), check["students"].as_u64()), (Some("clever"), Some(1)));
    let lost =
        check["findings"].as_array().unwrap().iter().find(|one| one["code"] == "reference-unknown").unwrap();
    assert_eq!((lost["file"].as_str(), lost["line"].as_u64()), (Some("enrollments.csv"), Some(3)));
    fs::remove_file(folder.join("sections.csv")).unwrap();
    assert_eq!(place.run(&["check", folder.to_str().unwrap()]).status.code(), Some(3));
    let empty = place.0.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert!(
        String::from_utf8_lossy(&place.run(&["check", empty.to_str().unwrap()]).stderr).contains("no set")
    );
}

/// `gpg` in a home of its own.
fn gpg(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("gpg");
    command
        .env("GNUPGHOME", home)
        .args(["--batch", "--yes", "--quiet", "--trust-model", "always"])
        .args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn a_file_that_gpg_encrypts_and_signs_is_read_and_its_signer_checked() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let home = place.0.path().join("gnupg");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let key = place.json(&["district", "key", "lincoln"]);
    let again = place.json(&["district", "key", "lincoln"]);
    assert_eq!(key["public_key"], again["public_key"], "a district has one key");
    let ours = place.file("ours.asc", key["public_key"].as_str().unwrap());
    gpg(&home, &["--import", &ours]);
    for who in ["it@lincoln.org", "stranger@x.org"] {
        gpg(&home, &["--passphrase", "", "--quick-generate-key", who, "ed25519", "sign", "never"]);
    }
    let plain = place.file("roster.csv", ROSTER.replace("Pupil Mail", "student_email"));
    let encrypt = |name: &str, signer: Option<&str>| {
        let out = place.0.path().join(name).to_str().unwrap().to_owned();
        let mut arguments = vec!["--recipient", "Homeroom", "--output", &out];
        if let Some(signer) = signer {
            arguments.extend(["--sign", "--local-user", signer]);
        }
        arguments.extend(["--encrypt", &plain]);
        gpg(&home, &arguments);
        out
    };
    let (unsigned, signed) = (encrypt("unsigned.pgp", None), encrypt("signed.pgp", Some("it@lincoln.org")));
    let foreign = encrypt("foreign.pgp", Some("stranger@x.org"));
    let state = |file: &str| place.json(&["sync", "lincoln", file, "--test"]);
    assert_eq!(state(&unsigned)["state"], "tested");
    assert_eq!(
        state(&signed)["check"]["students"],
        1,
        "a signature that nobody can check is no reason to refuse"
    );

    let theirs = place.file("theirs.asc", gpg(&home, &["--armor", "--export", "it@lincoln.org"]).stdout);
    let known = place.json(&["district", "key", "lincoln", "--signed-by", &theirs]);
    let fingerprint = known["signing_keys"][0].as_str().unwrap();
    assert_eq!(state(&signed)["state"], "tested");
    assert_eq!(state(&unsigned)["check"]["finding_counts"]["signature-missing"], 1);
    let refused = state(&foreign);
    assert_eq!(
        (refused["state"].as_str(), &refused["check"]["finding_counts"]["signature-bad"]),
        (Some("rejected"), &1.into())
    );
    place.ok(&["district", "key", "lincoln", "--forget", fingerprint]);
    assert_eq!(state(&foreign)["state"], "tested");
    // Offline there is no key: what is wrong is said.
    assert_eq!(place.json(&["check", &signed])["finding_counts"]["encryption-no-key"], 1);
}
