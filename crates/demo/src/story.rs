//! The story: a first upload and its test run, the roster loaded, a changed upload applied, the same file again, an undo.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use homeroom_ask::export_flat;
use homeroom_inbox::Inbox;
use homeroom_model::audit::Cause;
use homeroom_model::district::{Mode, Slug, Stage};
use homeroom_model::ids::RunNumber;
use homeroom_model::run::{Run, RunState};
use homeroom_report::render_result;
use homeroom_sftp::SftpLogin;
use homeroom_store::district::NewDistrict;
use homeroom_store::{DistrictStore, Store};
use homeroom_sync::{RejectedRows, StageChecks, Task, queue_decision, queue_verifying, set_stage};
use serde::Serialize;
use tokio::task::spawn_blocking;

use crate::Narrator;
use crate::sftp_client::SftpClient;

const SAMPLE: &str = include_str!("../../../samples/roster-sample.csv");
const FILE: &str = "roster.csv";

/// The running server on which the story is played; its database has no district yet.
pub struct DemoServer<'a> {
    /// Its database.
    pub store: Store,
    /// Its drop accounts.
    pub inbox: Inbox,
    /// Its data folder.
    pub data: &'a Path,
    /// Where SFTP listens.
    pub sftp: SocketAddr,
    /// Where the probes listen.
    pub web: SocketAddr,
    /// `SHA256:…` of its ed25519 host key.
    pub host_key_fingerprint: &'a str,
}

/// What the story came to: with `--json`, what the demo prints.
#[derive(Serialize)]
pub struct StoryResult {
    sftp: SftpLogin,
    web: String,
    data: String,
    /// The test run of the first upload.
    first: Run,
    /// The live run of the changed upload.
    second: Run,
    /// The live run of the same file again.
    third: Run,
    /// The second run after its undo.
    undone: Run,
    /// The files that the district found in `results/`.
    results: Vec<String>,
    /// Data rows of the roster's flat export before the second upload.
    exported_rows: u64,
}

impl StoryResult {
    /// Addresses, credentials and the outcome of both uploads.
    pub fn text(&self) -> String {
        let login = &self.sftp;
        format!(
            "SFTP      {}:{}\nuser      {}\npassword  {}\nhost key  {}\nweb       {}\ndata      {}\n\nfirst upload   {}\n\
             second upload  {}",
            login.host,
            login.port,
            login.user,
            login.password,
            login.host_key_fingerprint,
            self.web,
            self.data,
            summary(&self.first),
            summary(&self.second)
        )
    }
}

/// Plays the story and narrates each step.
///
/// # Errors
/// When a step fails, or a run ends in another state than the story needs.
pub async fn play_story(server: &DemoServer<'_>, narrate: Narrator<'_>) -> anyhow::Result<StoryResult> {
    let story = Story::begin(server, narrate).await?;
    let (first, results) = story.first_upload().await?;
    let (loaded, exported_rows) = story.load().await?;
    let changed = changed_sample()?;
    let second = story.changed_upload(&changed, RunNumber(loaded.0 + 1)).await?;
    let third = story.same_upload(&changed, RunNumber(loaded.0 + 2)).await?;
    let undone = story.undo(second.number).await?;
    Ok(StoryResult {
        sftp: story.login,
        web: format!("http://{}", server.web),
        data: server.data.display().to_string(),
        first,
        second,
        third,
        undone,
        results,
        exported_rows,
    })
}

/// The story's district and its logged-in SFTP client.
struct Story<'n> {
    district: DistrictStore,
    login: SftpLogin,
    client: SftpClient,
    narrate: Narrator<'n>,
}

impl<'n> Story<'n> {
    async fn begin(server: &DemoServer<'_>, narrate: Narrator<'n>) -> anyhow::Result<Story<'n>> {
        let (district, login) = add_district(server)?;
        narrate(&format!(
            "Homeroom is running in {}\n  probes  http://{}/readyz\n  SFTP    {}\n          password {}\n          \
             host key {}\n",
            server.data.display(),
            server.web,
            login.command(),
            login.password,
            login.host_key_fingerprint
        ));
        let client = SftpClient::connect(server.sftp, &login).await?;
        Ok(Story { district, login, client, narrate })
    }

    /// The district uploads the sample; its test run, and the files that appeared in `results/`.
    async fn first_upload(&self) -> anyhow::Result<(Run, Vec<String>)> {
        (self.narrate)(
            "1. The district uploads roster.csv. A second later, a test run has read, checked and planned it.",
        );
        self.client.upload(FILE, SAMPLE.as_bytes()).await?;
        let run = self.wait_for_run(RunNumber(1), RunState::Tested).await?;
        let results = self.client.list("results").await?;
        let result = self.client.download(&format!("results/{FILE}.result.txt")).await?;
        (self.narrate)(&indented(&result));
        (self.narrate)(&format!("   The district finds in results/: {}\n", results.join(", ")));
        Ok((run, results))
    }

    /// The operator loads the roster; the run that did it, and the rows of the flat export afterwards.
    async fn load(&self) -> anyhow::Result<(RunNumber, u64)> {
        (self.narrate)(
            "2. The operator moves the district to verifying: the roster is loaded in one transaction.",
        );
        let district = self.district.clone();
        let queued = spawn_blocking(move || queue_verifying(&district, RejectedRows::Refused)).await??;
        let loaded = self.wait_for_run(queued.number, RunState::Applied).await?;
        let exported = export_flat(&self.district.roster_load()?, &mut std::io::sink())?;
        (self.narrate)(&format!(
            "   {} students are active; the flat export of the roster has {} rows.\n",
            loaded.report.seats.map_or(0, |seats| seats.after),
            exported.rows
        ));
        Ok((queued.number, exported.rows))
    }

    async fn changed_upload(&self, file: &str, number: RunNumber) -> anyhow::Result<Run> {
        (self.narrate)(
            "3. The district is live. It uploads the file with a few changed rows: exactly these are applied.",
        );
        self.set_stage(Stage::Live)?;
        self.client.upload(FILE, file.as_bytes()).await?;
        let run = self.wait_for_run(number, RunState::Applied).await?;
        (self.narrate)(&indented(&render_result(&run, &self.district.settings()?.time_zone)));
        Ok(run)
    }

    async fn same_upload(&self, file: &str, number: RunNumber) -> anyhow::Result<Run> {
        (self.narrate)("4. The same file again changes nothing.");
        self.client.upload(FILE, file.as_bytes()).await?;
        let run = self.wait_for_run(number, RunState::Unchanged).await?;
        (self.narrate)(&format!("   Run {} is {}.\n", run.id, run.state));
        Ok(run)
    }

    async fn undo(&self, number: RunNumber) -> anyhow::Result<Run> {
        (self.narrate)("5. The operator undoes the changes.");
        queue_decision(&self.district, Task::Undo(number))?;
        let run = self.wait_for_run(number, RunState::Undone).await?;
        let restored = run.report.undo.as_ref().map_or(0, |undo| undo.restored.total());
        (self.narrate)(&format!("   {restored} changes are undone; the roster is as it was."));
        Ok(run)
    }

    fn set_stage(&self, stage: Stage) -> anyhow::Result<()> {
        set_stage(&self.district, stage, StageChecks::Overridden)?;
        Ok(())
    }

    /// Waits until the run is in `state`; any other final state is an error.
    async fn wait_for_run(&self, number: RunNumber, state: RunState) -> anyhow::Result<Run> {
        for _ in 0..600 {
            let district = self.district.clone();
            let runs = spawn_blocking(move || district.runs_list(50)).await??;
            if let Some(run) = runs.into_iter().find(|run| run.number == number) {
                match run.state {
                    reached if reached == state => return Ok(run),
                    RunState::Queued | RunState::Running => {}
                    RunState::Applied if state == RunState::Undone => {}
                    unexpected => bail!(
                        "run {} ended as {unexpected} instead of {state}: {}",
                        run.id,
                        run.report.messages.join(" ")
                    ),
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("run {} did not end within half a minute", number.0)
    }
}

fn slug() -> Slug {
    Slug::parse("lincoln").expect("'lincoln' is a valid slug")
}

fn add_district(server: &DemoServer<'_>) -> anyhow::Result<(DistrictStore, SftpLogin)> {
    let district = server.store.districts_add(
        &NewDistrict {
            slug: slug(),
            name: "Lincoln Unified School District".into(),
            time_zone: "America/Los_Angeles".parse().map_err(anyhow::Error::msg)?,
            seats: 900,
            apps: vec!["rocketlit".into(), "innerorbit".into()],
            mode: Mode::OnUpload,
            at: "02:00".parse().map_err(anyhow::Error::msg)?,
            file: FILE.into(),
        },
        &Cause::SYSTEM,
    )?;
    let district = server.store.district(district.id);
    let account = server.inbox.account_add(&district, None, None)?;
    let login = SftpLogin {
        user: account.user,
        password: account.password,
        host: server.sftp.ip().to_string(),
        port: server.sftp.port(),
        host_key_fingerprint: server.host_key_fingerprint.to_owned(),
    };
    Ok((district, login))
}

/// The sample with a few changed rows: one student has left, one has a new last name, one is new.
fn changed_sample() -> anyhow::Result<String> {
    let mut lines = SAMPLE.lines().map(str::to_owned).collect::<Vec<_>>();
    let email = |line: &str| line.split(',').nth(9).map(str::to_owned);
    let leaver = email(&lines[1]).context("the sample's first row has no address")?;
    let renamed = email(&lines[2]).context("the sample's second row has no address")?;
    lines.retain(|line| email(line).as_ref() != Some(&leaver));
    let mut newcomer = None;
    for line in &mut lines {
        let mut cells = line.split(',').map(str::to_owned).collect::<Vec<_>>();
        if cells.get(9) == Some(&renamed) {
            cells[8].push_str("-Rivera");
            *line = cells.join(",");
            if newcomer.is_none() {
                cells[7] = "Nova".into();
                cells[8] = "Newcomer".into();
                cells[9] = "nova.newcomer@students.lincoln.example.org".into();
                newcomer = Some(cells.join(","));
            }
        }
    }
    ensure!(newcomer.is_some(), "the sample has no second student");
    lines.extend(newcomer);
    Ok(lines.join("\n") + "\n")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   | {line}\n")).collect()
}

fn summary(run: &Run) -> String {
    let rows = run.report.check.as_ref().map_or(0, |check| check.rows);
    let plan = run.report.plan.unwrap_or_default();
    format!(
        "{}: {rows} rows; students {} new, {} changed, {} removed; enrollments {} new, {} ended",
        run.state,
        plan.create.students,
        plan.update.students,
        plan.deactivate.students,
        plan.create.enrollments,
        plan.deactivate.enrollments
    )
}
