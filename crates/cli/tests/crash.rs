//! The real server, killed at random moments: no acknowledged upload is lost, nothing is applied twice, and the result
//! is the same as without a kill.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod binary;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use homeroom_model::Random;
use homeroom_testkit::{Enrolled, TestStore, flat_csv, ssh_client, stores};
use serde_json::Value;

use crate::binary::{document, homeroom, serve, sftp_port};

/// One installation, whose server is started and killed again and again.
struct Home {
    test: TestStore,
    folder: PathBuf,
    random: Random,
    login: Value,
    kills: u32,
}

struct Server {
    child: Child,
    port: u64,
}

impl Home {
    fn command(&self) -> Command {
        homeroom(&self.folder, &self.test.settings.database_url)
    }

    fn json(&self, arguments: &[&str]) -> Value {
        document(&self.command().args(arguments).output().unwrap())
    }

    fn new(test: TestStore, seed: u64) -> Home {
        let folder = test.folder.path().join("data");
        let mut home = Home { folder, test, random: Random::seeded(seed), login: Value::Null, kills: 0 };
        home.json(&["district", "add", "lincoln", "--name", "L", "--time-zone", "UTC", "--seats", "1000"]);
        home.json(&["district", "stage", "lincoln", "live", "--force", "a test"]);
        home.login = home.json(&["account", "add", "lincoln"]);
        home
    }

    fn serve(&self) -> Server {
        let (child, addresses) = serve(self.command());
        Server { child, port: sftp_port(&addresses).parse().unwrap() }
    }

    /// A random duration of up to `most` milliseconds.
    fn moment(&self, most: u64) -> Duration {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        Duration::from_micros(u64::from_le_bytes(bytes) % (most * 1000))
    }

    fn upload(&self, server: &Server, file: &str) -> Child {
        let mut sftp = ssh_client("sftp", self.test.folder.path(), self.login["password"].as_str().unwrap());
        sftp.args(["-o", "BatchMode=no", "-b", "-", &format!("sftp://lincoln@127.0.0.1:{}", server.port)]);
        let mut child =
            sftp.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let batch = format!("put {file} roster.csv\n");
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), batch.as_bytes()).unwrap();
        child
    }

    /// Uploads a file to servers that are killed meanwhile, until one has acknowledged it; then kills once more.
    fn upload_through_kills(&mut self, file: &str) {
        let mut spared = 0;
        loop {
            let mut server = self.serve();
            let mut client = self.upload(&server, file);
            // After two failed tries the server stays up until the upload is acknowledged.
            if spared < 2 {
                std::thread::sleep(self.moment(500));
                self.kill(&mut server);
                spared += 1;
                if client.wait().unwrap().success() {
                    return;
                }
            } else {
                assert!(client.wait().unwrap().success(), "the server does not accept the upload");
                std::thread::sleep(self.moment(60));
                self.kill(&mut server);
                return;
            }
        }
    }

    fn kill(&mut self, server: &mut Server) {
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        self.kills += 1;
    }

    /// Lets a server work until every run has ended; the runs.
    fn settle(&self) -> Vec<Value> {
        let mut server = self.serve();
        let began = Instant::now();
        let runs = loop {
            std::thread::sleep(Duration::from_millis(100));
            let runs = self.json(&["runs", "lincoln", "--most", "1000"]).as_array().unwrap().clone();
            let open = runs.iter().any(|run| ["queued", "running"].contains(&run["state"].as_str().unwrap()));
            if !open && self.test.store.jobs_count().unwrap().is_empty() {
                break runs;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{runs:?} {:?}", self.test.store.jobs_count());
        };
        Command::new("kill").arg(server.child.id().to_string()).status().unwrap();
        assert!(server.child.wait().unwrap().success(), "SIGTERM stops the server cleanly");
        runs
    }
}

/// The roster on day `day`: one student comes, one is renamed, and on every fifth day one leaves: more in a fortnight would wait.
fn roster(day: u16) -> Vec<u8> {
    let row = |student| Enrolled {
        school: 1,
        class: (student % 4) as u8,
        teacher: 1,
        student,
        version: u8::from(student <= day + 5),
    };
    flat_csv(&(day / 5..day + 60).map(row).collect::<Vec<_>>())
}

fn sorted_rows(csv: &[u8]) -> Vec<String> {
    let mut rows = String::from_utf8_lossy(csv).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    rows.sort();
    rows
}

/// Simulates days until the server has been killed `kills` times; how often it was.
fn live_through(test: TestStore, kills: u32, seed: u64) -> u32 {
    let engine = test.engine;
    let mut home = Home::new(test, seed);
    let mut applied = 0;
    let mut days = 0_u16;
    while home.kills < kills {
        let day = days;
        days += 1;
        let file = home.test.folder.path().join("roster.csv");
        fs::write(&file, roster(day)).unwrap();
        home.upload_through_kills(&file.display().to_string());
        let runs = home.settle();
        for run in &runs {
            assert!(
                ["applied", "unchanged"].contains(&run["state"].as_str().unwrap()),
                "{engine} {day}: {run}"
            );
        }
        let now = runs.iter().filter(|run| run["state"] == "applied").count();
        assert_eq!(now, applied + 1, "{engine}: day {day} is applied once");
        applied = now;
        let out = home.folder.join("export.csv").display().to_string();
        home.json(&["roster", "export", "lincoln", "--format", "flat", "--out", &out]);
        assert_eq!(sorted_rows(&fs::read(&out).unwrap()), sorted_rows(&roster(day)), "{engine}: day {day}");
    }
    let version = home.json(&["district", "show", "lincoln"])["roster_version"].as_u64().unwrap();
    assert_eq!(version, u64::from(days), "{engine}: the roster changed once a day");
    home.kills
}

#[test]
fn a_server_killed_fifty_times_loses_nothing_and_applies_nothing_twice() {
    let kills = stores()
        .into_iter()
        .zip([(40, 1), (12, 2)])
        .map(|(test, (kills, seed))| live_through(test, kills, seed));
    let kills = kills.sum::<u32>();
    assert!(kills >= 50, "{kills} kills are too few to prove anything");
}
