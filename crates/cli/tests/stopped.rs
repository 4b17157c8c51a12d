//! Two real servers on one PostgreSQL, one of which is stopped for longer than its lease in the middle of its jobs and woken again:
//! each job has one result, and nothing is applied twice.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod binary;

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use homeroom_inbox::{Inbox, InboxSettings};
use homeroom_model::audit::AuditAction;
use homeroom_model::district::Stage;
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::{Clock, Random};
use homeroom_store::{DistrictStore, Store};
use homeroom_sync::{StageChecks, queue_run, set_stage};
use homeroom_testkit::{Enrolled, TestStore, flat_csv, stores};

use crate::binary::{homeroom, serve};

const ROUNDS: u16 = 10;
const DISTRICTS: u16 = 20;
const LEASE: Duration = Duration::from_secs(5);

struct Node {
    child: Child,
    workers: PathBuf,
}

impl Node {
    fn start(test: &TestStore, name: &str) -> Node {
        let data = test.folder.path().join(name);
        let mut command = homeroom(&data, &test.settings.database_url);
        command
            .env("HOMEROOM__BLOBS__URL", format!("file://{}", test.settings.blobs.display()))
            .env("HOMEROOM__JOBS__LEASE_SECONDS", LEASE.as_secs().to_string())
            .env("HOMEROOM__JOBS__POLL_MILLISECONDS", "20")
            .env("HOMEROOM__JOBS__WORKERS", "8");
        let (child, _) = serve(command);
        Node { child, workers: data.join("workers") }
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// How many jobs it has claimed.
    fn jobs(&self, test: &TestStore) -> usize {
        let files = fs::read_dir(&self.workers).unwrap();
        let names = files.map(|file| file.unwrap().file_name().to_string_lossy().into_owned());
        let ids = names.map(|name| name.trim_end_matches(".lock").to_owned()).collect::<HashSet<_>>();
        let working = test.texts("SELECT worker FROM job WHERE state = 'running'");
        working.iter().filter(|worker| ids.contains(*worker)).count()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.signal("-CONT");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The roster of a district in a round: in every round three students come, and one has another name.
fn roster(district: u16, round: u16) -> Vec<u8> {
    let row = |student| Enrolled {
        school: 1,
        class: (student % 4) as u8,
        teacher: 1,
        student: district * 500 + student,
        version: u8::from(student <= round),
    };
    flat_csv(&(0..200 + 3 * round).map(row).collect::<Vec<_>>())
}

fn queue(inbox: &Inbox, district: &DistrictStore, (nth, round): (u16, u16)) {
    let path = std::env::temp_dir().join(format!("homeroom-stopped-{}.csv", std::process::id()));
    fs::write(&path, roster(nth, round)).unwrap();
    let upload = inbox.receive(district, "roster.csv", &path).unwrap();
    fs::remove_file(&path).unwrap();
    queue_run(district, RunKind::Live, upload.id).unwrap();
}

fn wait_for_all(districts: &[DistrictStore], round: u16) -> Vec<Run> {
    let began = Instant::now();
    loop {
        let newest = |district: &DistrictStore| district.runs_list(1).unwrap().remove(0);
        let runs = districts.iter().map(newest).collect::<Vec<_>>();
        let open = |run: &&Run| matches!(run.state, RunState::Queued | RunState::Running);
        if !runs.iter().any(|run| open(&run)) {
            return runs;
        }
        assert!(began.elapsed() < Duration::from_secs(90), "round {round}: {:?}", runs.iter().find(open));
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_node_that_is_stopped_past_its_lease_and_woken_again_does_nothing_twice() {
    let test = stores().into_iter().find(|test| test.engine == "postgres").unwrap();
    // The servers have the machine's clock, and so has who queues for them.
    let store = Store::open(&test.settings, Clock::System, Random::from_system()).unwrap();
    let inbox = Inbox::new(store.clone(), InboxSettings::default());
    let districts = (0..DISTRICTS).map(|nth| store.district(test.district(&format!("district-{nth}")).id()));
    let districts = districts.collect::<Vec<_>>();
    for district in &districts {
        set_stage(district, Stage::Live, StageChecks::Overridden).unwrap();
    }
    let nodes = [Node::start(&test, "one"), Node::start(&test, "two")];
    let mut stopped_jobs = 0;
    for round in 0..ROUNDS {
        for (nth, district) in (0..).zip(&districts) {
            queue(&inbox, district, (nth, round));
        }
        let mut random = [0; 2];
        store.random().fill(&mut random);
        let node = &nodes[usize::from(random[0]) % 2];
        std::thread::sleep(Duration::from_millis(u64::from(random[1])));
        node.signal("-STOP");
        stopped_jobs += node.jobs(&test);
        std::thread::sleep(LEASE + Duration::from_millis(1_500));
        node.signal("-CONT");
        for (nth, run) in (0..).zip(wait_for_all(&districts, round)) {
            assert_eq!(run.state, RunState::Applied, "round {round}, district {nth}: {run:?}");
        }
    }
    assert!(stopped_jobs >= 10, "{stopped_jobs} stopped jobs are too few to prove anything");
    for (nth, district) in (0..).zip(&districts) {
        let mut out = vec![];
        homeroom_ask::export_flat(&district.roster_load().unwrap(), &mut out).unwrap();
        let sorted = |csv: &[u8]| {
            let mut rows = String::from_utf8_lossy(csv).lines().map(str::to_owned).collect::<Vec<_>>();
            rows.sort();
            rows
        };
        assert_eq!(sorted(&out), sorted(&roster(nth, ROUNDS - 1)), "district {nth}");
        let settings = district.settings().unwrap();
        assert_eq!(settings.roster_version.0, i64::from(ROUNDS), "district {nth}: one version a round");
        let applied = district.audit_list().unwrap().into_iter();
        let applied = applied.filter(|entry| entry.action == AuditAction::RunApplied).count();
        assert_eq!(applied, usize::from(ROUNDS), "district {nth}");
        assert_eq!(district.audit_verify().unwrap(), None);
    }
    assert_eq!(test.store.jobs_count().unwrap(), []);
}
