//! The story: a first upload and its test run, the roster loaded, a changed upload applied, the same again, undo.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use homeroom_ask::export_flat;
use homeroom_model::district::{Mode, Slug, Stage};
use homeroom_model::run::{Run, RunState};
use homeroom_report::result_text;
use homeroom_store::DistrictStore;
use homeroom_store::district::NewDistrict;
use homeroom_sync::{RejectedRows, Task, queue_decision, queue_verifying};
use serde::Serialize;
use tokio::task::spawn_blocking;

use super::super::account::Login;
use super::client::Client;
use crate::lifecycle::Addresses;
use crate::output::Output;
use crate::wiring::App;

const SAMPLE: &str = include_str!("../../../../../samples/roster-sample.csv");
const FILE: &str = "roster.csv";

/// What the demo prints with `--json`.
#[derive(Serialize)]
struct Told {
    sftp: Login,
    web: String,
    data: String,
    /// The test run of the first upload.
    first: Run,
    /// The live run of the changed upload.
    second: Run,
    /// The live run of the same file again.
    third: Run,
    /// The second run, taken back.
    undone: Run,
    /// The files that the district found in `results/`.
    results: Vec<String>,
    /// Data rows of the roster's flat export, before the second upload.
    exported_rows: u64,
}

pub(super) async fn tell(app: &App, addresses: &Addresses, output: &Output) -> anyhow::Result<()> {
    let (district, login) = set_up(app, addresses)?;
    output.note(&format!(
        "Homeroom is at work in {}\n  probes  http://{}/readyz\n  SFTP    sftp -P {} {}@{}\n          password {}\n          \
         host key {}\n",
        app.data.display(),
        addresses.web,
        login.port,
        login.user,
        login.host,
        login.password,
        login.host_key_fingerprint
    ));
    let client =
        Client::connect(addresses.sftp, &login.host_key_fingerprint, &login.user, &login.password).await?;

    output.note(
        "1. The district uploads roster.csv; a second later a test run has read, checked and planned it.",
    );
    client.put(FILE, SAMPLE.as_bytes()).await?;
    let first = wait_for_run(&district, 1, RunState::Tested).await?;
    let results = client.list("results").await?;
    output.note(&indented(&client.get(&format!("results/{FILE}.result.txt")).await?));
    output.note(&format!("   The district finds in results/: {}\n", results.join(", ")));

    output.note("2. The operator moves the district to verifying: the roster is loaded in one transaction.");
    let slug = slug();
    let (store, queue) = (district.clone(), slug.clone());
    let queued = spawn_blocking(move || queue_verifying(&store, &queue, RejectedRows::Refused)).await??;
    let loaded = wait_for_run(&district, queued.number.0, RunState::Applied).await?;
    set_stage(&district, Stage::Verifying)?;
    let stored = district.roster_load()?;
    let exported = export_flat(&stored, &mut std::io::sink())?;
    output.note(&format!(
        "   {} students are active; the flat export of the roster has {} rows.\n",
        loaded.report.seats.map_or(0, |seats| seats.after),
        exported.rows
    ));

    output.note(
        "3. The district is live. It uploads the file with a few changed rows: exactly these are applied.",
    );
    set_stage(&district, Stage::Live)?;
    let changed = changed(SAMPLE)?;
    client.put(FILE, changed.as_bytes()).await?;
    let second = wait_for_run(&district, queued.number.0 + 1, RunState::Applied).await?;
    output.note(&indented(&result_text(&second, &district.settings()?.time_zone)));

    output.note("4. The same file again changes nothing.");
    client.put(FILE, changed.as_bytes()).await?;
    let third = wait_for_run(&district, queued.number.0 + 2, RunState::Unchanged).await?;
    output.note(&format!("   run {} is {}.\n", third.id, third.state));

    output.note("5. The operator takes the changes back.");
    queue_decision(&district, Task::Undo(second.number))?;
    let undone = wait_for_run(&district, second.number.0, RunState::Undone).await?;
    let restored = undone.report.undo.as_ref().map_or(0, |undo| undo.restored.total());
    output.note(&format!("   {restored} changes are taken back; the roster is as it was."));

    let told = Told {
        sftp: login.clone(),
        web: format!("http://{}", addresses.web),
        data: app.data.display().to_string(),
        first,
        second,
        third,
        undone,
        results,
        exported_rows: exported.rows,
    };
    output.result(&told, || {
        format!(
            "SFTP      {}:{}\nuser      {}\npassword  {}\nhost key  {}\nweb       {}\ndata      {}\n\nfirst upload   {}\n\
             second upload  {}",
            login.host,
            login.port,
            login.user,
            login.password,
            login.host_key_fingerprint,
            told.web,
            told.data,
            summary(&told.first),
            summary(&told.second)
        )
    })?;
    Ok(())
}

fn slug() -> Slug {
    Slug::parse("lincoln").expect("'lincoln' keeps the rule for slugs")
}

fn set_up(app: &App, addresses: &Addresses) -> anyhow::Result<(DistrictStore, Login)> {
    let district = app.store.districts_add(&NewDistrict {
        slug: slug(),
        name: "Lincoln Unified School District".into(),
        time_zone: "America/Los_Angeles".parse().map_err(anyhow::Error::msg)?,
        seats: 900,
        apps: vec!["rocketlit".into(), "innerorbit".into()],
        mode: Mode::OnUpload,
        at: "02:00".parse().map_err(anyhow::Error::msg)?,
        file: FILE.into(),
    })?;
    let district = app.store.district(district.id);
    let added = app.inbox.account_add(&district, None, None)?;
    let login = Login {
        user: added.user,
        password: added.password,
        host: addresses.sftp.ip().to_string(),
        port: addresses.sftp.port(),
        host_key_fingerprint: addresses.host_key_fingerprint.clone(),
    };
    Ok((district, login))
}

fn set_stage(district: &DistrictStore, stage: Stage) -> anyhow::Result<()> {
    Ok(district.store().write(|tx| district.stage_set_in_tx(tx, stage))?)
}

/// Waits until the run is in `state`; any other end is an error.
async fn wait_for_run(district: &DistrictStore, number: i64, state: RunState) -> anyhow::Result<Run> {
    for _ in 0..600 {
        let store = district.clone();
        let runs = spawn_blocking(move || store.runs_list(50)).await??;
        if let Some(run) = runs.into_iter().find(|run| run.number.0 == number) {
            match run.state {
                now if now == state => return Ok(run),
                RunState::Queued | RunState::Running => {}
                RunState::Applied if state == RunState::Undone => {}
                other => bail!(
                    "run {} became {other} instead of {state}: {}",
                    run.id,
                    run.report.messages.join(" ")
                ),
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("run {number} did not end within half a minute")
}

/// The sample with a few changed rows: one student has left, one has another last name, one is new.
fn changed(sample: &str) -> anyhow::Result<String> {
    let mut lines = sample.lines().map(str::to_owned).collect::<Vec<_>>();
    let email = |line: &str| line.split(',').nth(9).map(str::to_owned);
    let leaver = email(&lines[1]).context("the sample's first row has an address")?;
    let renamed = email(&lines[2]).context("the sample's second row has an address")?;
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
    ensure!(newcomer.is_some(), "the sample has a second student");
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
