//! Where an installation is, who may read it, which schema it has, and whether it says that it is ready.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod binary;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use homeroom_store::StoreError;
use homeroom_testkit::{Enrolled, TestStore, flat_csv, stores};

use crate::binary::{document, homeroom, serve};

/// A district in a folder of its own on each engine.
struct Installation {
    test: TestStore,
    data: PathBuf,
}

fn installations() -> Vec<Installation> {
    let install = |test: TestStore| {
        let installation = Installation { data: test.folder.path().join("data"), test };
        let added = installation.run(&ADD);
        assert!(added.status.success(), "{}", errors(&added));
        installation
    };
    stores().into_iter().map(install).collect()
}

const ADD: [&str; 9] =
    ["district", "add", "lincoln", "--name", "Lincoln", "--time-zone", "UTC", "--seats", "100"];

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

impl Installation {
    fn run(&self, arguments: &[&str]) -> Output {
        homeroom(&self.data, &self.test.settings.database_url).args(arguments).output().unwrap()
    }
}

#[test]
fn a_command_that_only_looks_or_changes_makes_no_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        vec!["runs", "lincoln"],
        vec!["sync", "lincoln"],
        vec!["account", "add", "lincoln"],
        vec!["district", "list"],
        vec!["roster", "export", "lincoln", "--format", "flat", "--out", "-"],
        vec!["audit", "verify"],
    ] {
        let data = folder.path().join("data");
        let url = format!("sqlite://{}", data.join("homeroom.db").display());
        let refused = homeroom(&data, &url).args(&arguments).output().unwrap();
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        assert!(errors(&refused).contains("there is no Homeroom in"), "{}", errors(&refused));
        assert!(!data.exists(), "{arguments:?}");
        // An empty folder becomes no installation either.
        fs::create_dir(&data).unwrap();
        let refused = homeroom(&data, &url).args(&arguments).output().unwrap();
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        assert!(fs::read_dir(&data).unwrap().next().is_none(), "{arguments:?}");
        fs::remove_dir(&data).unwrap();
    }
}

#[test]
fn only_migrate_and_serve_migrate_and_serve_may_be_told_not_to() {
    for installation in installations() {
        let newer = "INSERT INTO schema_migration (number, name) VALUES (99, 'later')";
        installation.test.execute(newer);
        for command in [vec!["runs", "lincoln"], vec!["migrate"], vec!["serve"], ADD.to_vec()] {
            let refused = installation.run(&command);
            assert_eq!(refused.status.code(), Some(1), "{command:?}");
            assert!(errors(&refused).contains("newer version"), "{}", errors(&refused));
        }
        installation.test.execute("DELETE FROM schema_migration WHERE number = 99");
        let last =
            installation.test.texts("SELECT CAST(max(number) AS TEXT) FROM schema_migration").remove(0);
        installation.test.execute(&format!("DELETE FROM schema_migration WHERE number = {last}"));
        for command in [vec!["runs", "lincoln"], vec!["sync", "lincoln"], vec!["doctor"], ADD.to_vec()] {
            let refused = installation.run(&command);
            assert_eq!(refused.status.code(), Some(1), "{command:?}");
            let said = errors(&refused) + &String::from_utf8_lossy(&refused.stdout);
            assert!(said.contains("run `homeroom migrate`"), "{command:?}: {said}");
        }
        let told_not_to = homeroom(&installation.data, &installation.test.settings.database_url)
            .env("HOMEROOM__DATABASE__MIGRATE", "false")
            .arg("serve")
            .output()
            .unwrap();
        assert!(errors(&told_not_to).contains("run `homeroom migrate`"), "{}", errors(&told_not_to));
    }
}

/// Every file and folder below one, and the folder itself.
fn walk(path: &Path) -> Vec<PathBuf> {
    let mut found = vec![path.to_owned()];
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| found.extend(walk(&entry.unwrap().path())));
    }
    found
}

#[test]
fn nobody_else_can_read_what_homeroom_writes_and_the_doctor_says_when_somebody_can() {
    for installation in installations() {
        let data = &installation.data;
        let file = installation.test.folder.path().join("roster.csv");
        let enrolled = |student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 };
        fs::write(&file, flat_csv(&(0..10).map(enrolled).collect::<Vec<_>>())).unwrap();
        installation.run(&["account", "add", "lincoln"]);
        document(&installation.run(&["sync", "lincoln", file.to_str().unwrap()]));
        let (mut server, _) = serve(homeroom(data, &installation.test.settings.database_url));
        server.kill().unwrap();
        server.wait().unwrap();
        let (backup, export) = (data.join("backup"), data.join("export.jsonl"));
        installation.run(&["backup", backup.to_str().unwrap()]);
        let export = ["roster", "export", "lincoln", "--format", "jsonl", "--out", export.to_str().unwrap()];
        installation.run(&export);
        let files = walk(data);
        assert!(files.len() > 10, "{files:?}");
        for path in &files {
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} has the mode {mode:o}", path.display());
        }
        fs::set_permissions(&files[3], fs::Permissions::from_mode(0o644)).unwrap();
        let diagnosis = String::from_utf8_lossy(&installation.run(&["doctor"]).stdout).into_owned();
        assert!(diagnosis.contains("other users of this machine may read"), "{diagnosis}");
        assert!(diagnosis.contains("chmod -R go-rwx"), "{diagnosis}");
    }
}

/// The answer to a GET request; a server that does not answer in ten seconds fails the test.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_probes_answer_while_somebody_else_writes_and_write_nothing() {
    for installation in installations() {
        let Installation { test, data } = &installation;
        let (mut server, addresses) = serve(homeroom(data, &test.settings.database_url));
        let web = addresses["web"].as_str().unwrap();
        // A writer would wait for up to a minute.
        test.store
            .write(|_| {
                assert!(get(web, "/readyz").contains("200 OK"), "{}", test.engine);
                assert!(get(web, "/healthz").contains("200 OK"));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        // Somebody takes the schema away.
        test.execute("INSERT INTO schema_migration (number, name) VALUES (99, 'later')");
        let answer = get(web, "/readyz");
        assert!(answer.contains("503") && answer.contains("newer version"), "{answer}");
        server.kill().unwrap();
        server.wait().unwrap();
    }
}
