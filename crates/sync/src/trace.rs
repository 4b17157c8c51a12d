//! "Why is this pupil (not) here": person → run → line → rule → result.

use homeroom_check::{Checked, check};
use homeroom_model::column::Column;
use homeroom_model::district::{District, Stage};
use homeroom_model::finding::Finding;
use homeroom_model::finding_code::Severity;
use homeroom_model::fuse::Fuse;
use homeroom_model::ids::{EntityKind, RunNumber};
use homeroom_model::pin::{Pin, PinWhat};
use homeroom_model::plan::{Changes, Numbered, Plan};
use homeroom_model::rekey::Proposal;
use homeroom_model::roster::{Link, Roster, Student};
use homeroom_model::run::{Run, RunKind, RunState};
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::trace::{Trace, TracePart, TraceStep};
use homeroom_plan::Approval;
use homeroom_read::{Opened, ReadRules, read};
use homeroom_store::DistrictStore;

use crate::error::SyncError;
use crate::handler::Conductor;

/// Runs that are looked through for the one that counts.
const RUNS: u32 = 200;
/// Lines of a file that are told.
const LINES: usize = 12;

impl Conductor {
    /// Follows a student, by address or SIS number, to where they are or are not; in one class when it is given.
    ///
    /// # Errors
    /// As reading the roster and the kept file.
    pub fn trace(
        &self,
        district: &DistrictStore,
        student: &str,
        class: Option<&str>,
    ) -> Result<Trace, SyncError> {
        let key =
            if student.contains('@') { student.trim().to_lowercase() } else { student.trim().to_owned() };
        if key.is_empty() {
            return Err(SyncError::Refused("an e-mail address or SIS number must not be empty".into()));
        }
        let stored = district.roster_load()?;
        let settings = district.settings()?;
        let mut path = Path { asked: key.clone(), class: class.map(str::to_owned), steps: vec![] };
        let person = find(&stored, &key);
        path.person(district, &stored, person)?;
        let runs = district.runs_list(RUNS)?;
        let counted = runs.iter().find(|run| {
            run.kind == RunKind::Live
                && !matches!(run.state, RunState::Queued | RunState::Running | RunState::Failed)
        });
        let newest = runs.iter().find(|run| !matches!(run.state, RunState::Queued | RunState::Running));
        let Some(run) = counted.or(newest) else {
            let answer = match settings.stage {
                Stage::Setup => "No file has arrived yet: upload one.",
                _ => "No run has been made yet: upload a file and wait for its run.",
            };
            return Ok(path.end(person.is_some_and(|person| person.active), answer.into()));
        };
        path.run(run, newest.filter(|newest| newest.number > run.number));
        let rules = self.rules(district, &settings)?;
        // Who was asked for by an old key stands in the file under the present one.
        let mut keys = vec![key.clone()];
        if let Some(person) = person {
            let present = [person.values.person.email, person.values.person.sis_id];
            let present = present.map(|key| stored.texts.get(key).to_owned());
            keys.extend(present.into_iter().filter(|key| !key.is_empty()));
        }
        let name = person.map(|person| names(&stored, person));
        let found = self.lines(district, run, &rules, &keys, class, name)?;
        path.lines(&found);
        let source = district.store().blobs().source(&run.upload.blake3)?;
        let checked = check(&source, &run.upload.name, &rules, &|| Some(&stored), &mut |_| {})?;
        path.rules(&checked, &found);
        let pins = district.pins_list()?;
        let waits = if run.state == RunState::Held {
            self.held_of(district, run, &key, class, &stored, person)?
        } else {
            None
        };
        let file_says = file_says(&checked.roster, &keys, class);
        let scene = Scene {
            stored: &stored,
            settings: &settings,
            person,
            run,
            checked: &checked,
            found: &found,
            file_says,
        };
        let (is_there, answer) = scene.answer(&path, &pins, waits);
        Ok(path.end(is_there, answer))
    }

    /// The rows of the run's file that name the student.
    fn lines(
        &self,
        district: &DistrictStore,
        run: &Run,
        rules: &ReadRules,
        keys: &[String],
        class: Option<&str>,
        name: Option<(String, String)>,
    ) -> Result<Found, SyncError> {
        let source = district.store().blobs().source(&run.upload.blake3)?;
        let found = read(&source, rules, |opened| {
            let mut found = Found::default();
            let Opened::Table(mut table) = opened else {
                found.is_table = false;
                return Ok(found);
            };
            let at = |column: Column| table.header().position(column);
            let (email, sis_id, class_id) =
                (at(Column::StudentEmail), at(Column::StudentId), at(Column::ClassId));
            let (first_name, last_name) = (at(Column::StudentFirstName), at(Column::StudentLastName));
            while let Some(row) = table.next_row()? {
                let cell = |at: Option<usize>| {
                    let at = at.filter(|at| *at < row.len());
                    at.map(|at| String::from_utf8_lossy(row.cell(at)).trim().to_owned()).unwrap_or_default()
                };
                let is_theirs = keys.contains(&cell(email).to_lowercase()) || keys.contains(&cell(sis_id));
                let in_class = cell(class_id);
                if is_theirs {
                    found.rows += 1;
                    let fits = class.is_none_or(|class| is_class(&in_class, class));
                    if found.lines.len() < LINES && fits {
                        found.lines.push((row.line, in_class));
                    }
                } else if found.alike.len() < LINES
                    && name.as_ref().is_some_and(|(first, last)| {
                        cell(first_name).eq_ignore_ascii_case(first)
                            && cell(last_name).eq_ignore_ascii_case(last)
                    })
                {
                    found.alike.push((row.line, cell(email)));
                }
            }
            Ok(found)
        })?;
        Ok(found)
    }

    /// What of a held run is about this student, with the fuse.
    fn held_of(
        &self,
        district: &DistrictStore,
        run: &Run,
        key: &str,
        class: Option<&str>,
        stored: &StoredRoster,
        person: Option<&Stored<Student>>,
    ) -> Result<Option<Waits>, SyncError> {
        let anew = self.plan_anew(district, run, run.report.verdicts.clone(), &Approval::None)?;
        let risky = &anew.made.parts.risky;
        let number = person.map(|person| person.number);
        let by_key = |one: &&Numbered<Student>| {
            let person = &one.values.person;
            risky.texts.get(person.email) == key
                || risky.texts.get(person.sis_id) == key
                || Some(one.number) == number
        };
        let Changes { create, update, deactivate, reactivate, rekey, .. } = &risky.students;
        let what = if create.iter().any(|one| by_key(&one)) {
            "they are new"
        } else if reactivate.iter().any(|one| by_key(&one)) {
            "they come back"
        } else if rekey.iter().any(|one| by_key(&one)) {
            "they get a new key"
        } else if number.is_some_and(|number| deactivate.contains(&number)) {
            "they would be removed"
        } else if update.iter().any(|one| by_key(&one)) {
            "their values change"
        } else if number.is_some_and(|number| link_waits(stored, risky, number, class)) {
            "they change classes"
        } else {
            return Ok(None);
        };
        let fuses = run.report.held.iter().flat_map(|held| &held.fuses);
        let fuse = fuses.clone().find(|one| match what {
            "they are new" | "they come back" => matches!(one.fuse, Fuse::Seats | Fuse::Identity),
            "they get a new key" => one.fuse == Fuse::Identity,
            "their values change" => one.fuse == Fuse::Update,
            "they change classes" => one.fuse == Fuse::Class,
            _ => matches!(one.fuse, Fuse::Shrink | Fuse::District | Fuse::School | Fuse::Class),
        });
        let fuse = fuse.or_else(|| run.report.held.as_ref()?.fuses.first());
        let rekey = run
            .report
            .rekeys
            .iter()
            .find(|one| one.id.kind == EntityKind::Student && Some(one.id.number) == number);
        Ok(Some(Waits {
            what,
            fuse: fuse.map(|fuse| (fuse.fuse, fuse.message.clone())),
            rekey: rekey.cloned(),
        }))
    }
}

/// Whether a student's coming to or leaving a class waits; the class that was asked for, or any.
fn link_waits(stored: &StoredRoster, risky: &Plan, student: u32, class: Option<&str>) -> bool {
    let is_meant = |number: u32| {
        let Some(asked) = class else { return true };
        let at = stored.classes.binary_search_by_key(&number, |class| class.number);
        at.is_ok_and(|at| stored.texts.get(stored.classes[at].values.key) == asked)
    };
    let links = risky.enrollments.create.iter().chain(&risky.enrollments.deactivate);
    let mut links = links.chain(&risky.enrollments.reactivate);
    links.any(|link: &Link| link.person == student && is_meant(link.class))
}

/// Whether a class's key is the one that is meant: where schools use the same ids, it is written after the school's.
fn is_class(key: &str, asked: &str) -> bool {
    key == asked || key.rsplit_once('/').is_some_and(|(_, id)| id == asked)
}

/// Whether a checked roster has a student, in a class when one is given.
fn file_says(roster: &Roster, keys: &[String], class: Option<&str>) -> bool {
    let text = |text| roster.texts.get(text);
    let is_theirs = |student: &Student| {
        let keys_of = [student.person.email, student.person.sis_id].map(text);
        keys.iter().any(|key| keys_of.contains(&key.as_str()))
    };
    let Some(at) = roster.students.iter().position(is_theirs) else { return false };
    let Some(class) = class else { return true };
    let mut links = roster.enrollments.iter().filter(|link| link.person as usize == at);
    links.any(|link| is_class(text(roster.classes[link.class as usize].key), class))
}

/// What waits about a student.
struct Waits {
    what: &'static str,
    fuse: Option<(Fuse, String)>,
    rekey: Option<Proposal>,
}

/// What a file has of a student.
struct Found {
    is_table: bool,
    /// Rows that name them.
    rows: u64,
    /// Lines and their classes.
    lines: Vec<(u32, String)>,
    /// Lines with the same name and another address.
    alike: Vec<(u32, String)>,
}

impl Default for Found {
    fn default() -> Self {
        Found { is_table: true, rows: 0, lines: vec![], alike: vec![] }
    }
}

/// The stored student under a key, present or former; an active one before others.
fn find<'s>(stored: &'s StoredRoster, key: &str) -> Option<&'s Stored<Student>> {
    let has = |one: &&Stored<Student>| {
        let person = &one.values.person;
        stored.texts.get(person.email) == key || stored.texts.get(person.sis_id) == key
    };
    let of_former = || {
        let mut former = stored.former_keys.iter().rev();
        let former =
            former.find(|one| one.kind == EntityKind::Student && stored.texts.get(one.key) == key)?;
        let at = stored.students.binary_search_by_key(&former.number, |student| student.number).ok()?;
        Some(&stored.students[at])
    };
    let mut all = stored.students.iter().filter(has);
    all.clone().find(|one| one.active).or_else(|| all.next_back()).or_else(of_former)
}

fn names(stored: &StoredRoster, student: &Stored<Student>) -> (String, String) {
    let person = &student.values.person;
    (stored.texts.get(person.first_name).to_owned(), stored.texts.get(person.last_name).to_owned())
}

/// The way so far.
struct Path {
    asked: String,
    class: Option<String>,
    steps: Vec<TraceStep>,
}

impl Path {
    fn step(&mut self, stop: TracePart, text: impl Into<String>) {
        self.steps.push(TraceStep { stop, text: text.into(), line: None, rule: None });
    }

    fn end(self, is_there: bool, answer: String) -> Trace {
        let mut steps = self.steps;
        steps.push(TraceStep { stop: TracePart::Result, text: answer.clone(), line: None, rule: None });
        Trace { student: self.asked, class: self.class, is_there, answer, steps }
    }

    fn person(
        &mut self,
        district: &DistrictStore,
        stored: &StoredRoster,
        person: Option<&Stored<Student>>,
    ) -> Result<(), SyncError> {
        let Some(person) = person else {
            self.step(
                TracePart::Person,
                format!("Nobody in the stored roster has or had the key {}.", self.asked),
            );
            return Ok(());
        };
        let (first, last) = names(stored, person);
        let state = if person.active { "active" } else { "not active" };
        let (created, changed) = district.student_runs(person.number)?;
        let when = |number: RunNumber| -> Result<String, SyncError> {
            Ok(match district.runs_maybe(number)? {
                Some(run) => format!(
                    "run {} ({}) of {}",
                    run.id,
                    run.upload.name,
                    run.finished_at.map(|at| at.to_string()).unwrap_or_default()
                ),
                None => "an undo".to_owned(),
            })
        };
        let key = stored.texts.get(person.values.person.key());
        let mut text = format!(
            "{first} {last} ({key}) is student {} and {state}; created by {}",
            person.number,
            when(created)?
        );
        if changed != created {
            let what = if person.active { "last changed" } else { "removed" };
            text.push_str(&format!(", {what} by {}", when(changed)?));
        }
        self.step(TracePart::Person, text + ".");
        let links = stored.enrollments.iter().filter(|link| link.active && link.link.person == person.number);
        let key_of = |link: &homeroom_model::stored::StoredLink| {
            let at = stored.classes.binary_search_by_key(&link.link.class, |class| class.number).ok()?;
            Some(stored.texts.get(stored.classes[at].values.key))
        };
        let classes = links.filter_map(key_of).collect::<Vec<_>>();
        if person.active {
            self.step(
                TracePart::Person,
                if classes.is_empty() {
                    "In no class.".into()
                } else {
                    format!("In the classes {}.", classes.join(", "))
                },
            );
        }
        Ok(())
    }

    fn run(&mut self, run: &Run, newer: Option<&Run>) {
        let at = run.finished_at.map(|at| at.to_string()).unwrap_or_default();
        let text = format!(
            "The run that counts is {} of {} ({}, {at}): {}.",
            run.id, run.upload.name, run.kind, run.state
        );
        self.step(TracePart::Run, text);
        if let Some(newer) = newer {
            let text = format!(
                "A newer file was only tested: run {} of {} ({}).",
                newer.id, newer.upload.name, newer.state
            );
            self.step(TracePart::Run, text);
        }
    }

    fn lines(&mut self, found: &Found) {
        if !found.is_table {
            self.step(TracePart::Line, "The file is a set of several files: see its findings for lines.");
            return;
        }
        for (line, class) in &found.lines {
            let text = format!("Line {line} names them in class {class}.");
            self.steps.push(TraceStep { stop: TracePart::Line, text, line: Some(*line), rule: None });
        }
        if found.lines.is_empty() {
            let text = match (&self.class, found.rows) {
                (Some(class), 1..) => {
                    format!("{} rows name them, none of them in class {class}.", found.rows)
                }
                _ => format!("No row has the key {}.", self.asked),
            };
            self.step(TracePart::Line, text);
        }
        if found.rows == 0 {
            for (line, email) in &found.alike {
                let text = format!("Line {line} has the same name with the address '{email}'.");
                self.steps.push(TraceStep { stop: TracePart::Line, text, line: Some(*line), rule: None });
            }
        }
    }

    fn rules(&mut self, checked: &Checked, found: &Found) {
        for finding in of_lines(checked, found) {
            let text = format!("{}: {} {}", finding.code, finding.message, finding.code.remedy());
            let rule = Some(finding.code.to_string());
            self.steps.push(TraceStep { stop: TracePart::Rule, text, line: finding.line, rule });
        }
    }
}

/// Findings in the lines of a student.
fn of_lines<'f>(checked: &'f Checked, found: &'f Found) -> impl Iterator<Item = &'f Finding> {
    let is_theirs = |finding: &&Finding| {
        finding.file.is_none()
            && finding.line.is_some_and(|line| found.lines.iter().any(|(their, _)| *their == line))
    };
    checked.findings.kept().iter().filter(is_theirs)
}

/// Everything that the answer follows from.
struct Scene<'s> {
    stored: &'s StoredRoster,
    settings: &'s District,
    person: Option<&'s Stored<Student>>,
    run: &'s Run,
    checked: &'s Checked,
    found: &'s Found,
    /// Whether the accepted rows of the file have them, in the class when one was asked for.
    file_says: bool,
}

impl Scene<'_> {
    fn answer(&self, path: &Path, pins: &[Pin], waits: Option<Waits>) -> (bool, String) {
        let active = self.person.is_some_and(|person| person.active);
        let in_class = path.class.as_ref().map(|class| self.is_in(class));
        let is_there = active && in_class.unwrap_or(true);
        let place = match &path.class {
            Some(class) => format!("in class {class}"),
            None => "in the roster".into(),
        };
        let rejected =
            of_lines(self.checked, self.found).find(|one| one.code.severity() == Severity::RejectRow);
        let pin = pins.iter().find(|pin| self.is_about(pin, path));
        let pin =
            pin.map(|pin| format!(" Pin {} counts: {}, by {}.", pin.number, pin.what.words(), pin.owner));
        let pin = pin.unwrap_or_default();
        let run = self.run.id;
        let why = match waits {
            _ if self.run.state == RunState::Rejected => {
                let first = self.checked.findings.kept().iter().find(|one| one.code.severity() == Severity::RejectFile);
                format!(
                    "The newest file was rejected as a whole, so nothing was changed: {}",
                    first.map_or("see its findings.".to_owned(), |one| format!("{} {}", one.message, one.code.remedy()))
                )
            }
            Some(waits) => {
                let fuse = waits.fuse.map(|(fuse, message)| format!(" ({fuse} fuse: {message})")).unwrap_or_default();
                let rekey = waits.rekey.map(|one| format!(" It is proposal {}: {} becomes {}.", one.id, one.from, one.to));
                format!(
                    "A change waits for a decision: {}{fuse}.{} `homeroom run approve {run}` or `homeroom run discard {run}` decides.",
                    waits.what,
                    rekey.unwrap_or_default()
                )
            }
            None if rejected.is_some() => {
                let finding = rejected.expect("there is one");
                let kept = if is_there { " They are kept as they were, because a rejected row names them." } else { "" };
                format!(
                    "{} was left out: {} {}{kept}",
                    finding.place(),
                    finding.message,
                    finding.code.remedy()
                )
            }
            None if !pin.is_empty() => String::new(),
            None if !self.file_says && is_there && self.checked.report.rows_rejected > 0 => {
                "The file of the run does not say so; they are kept as they were, because what the rows name that were left out is \
                 not removed."
                    .into()
            }
            None if !self.file_says && is_there => {
                "The file of the run does not say so; they are there by an earlier one.".into()
            }
            None if !self.file_says && path.class.as_ref().is_some_and(|class| !self.knows(class)) => {
                "There is no such class, in the file or in the roster: check its class_id.".into()
            }
            None if !self.file_says => {
                let alike = if self.found.alike.is_empty() { "" } else { " The same name stands there under another address." };
                let of_class = path.class.as_ref().map(|class| format!(" in class {class}")).unwrap_or_default();
                format!("The file has no row for them{of_class}.{alike} Add them to the export.")
            }
            None if is_there => "The file says so.".into(),
            None if self.run.kind == RunKind::Test || self.run.state == RunState::Tested => {
                format!("The file names them, but the run was a test: nothing was applied (the district is {}).", self.settings.stage)
            }
            None if self.run.state == RunState::Undone => {
                format!("The file names them, but the run was taken back: `homeroom run undo {run}` takes the undo back.")
            }
            None => "The file names them and the run was applied; what was decided about it since is in its history.".into(),
        };
        let is = if is_there { "is" } else { "is not" };
        (
            is_there,
            format!("{} {is} {place}. {why}{pin}", path.asked).replace("  ", " ").trim_end().to_owned(),
        )
    }

    /// Whether the file or the roster has such a class.
    fn knows(&self, class: &str) -> bool {
        let (stored, wanted) = (self.stored, &self.checked.roster);
        stored.classes.iter().any(|one| is_class(stored.texts.get(one.values.key), class))
            || wanted.classes.iter().any(|one| is_class(wanted.texts.get(one.key), class))
    }

    fn is_in(&self, class: &str) -> bool {
        let Some(person) = self.person else { return false };
        let named = |one: &&Stored<homeroom_model::roster::Class>| {
            one.active && is_class(self.stored.texts.get(one.values.key), class)
        };
        let Some(class) = self.stored.classes.iter().find(named) else { return false };
        let link = Link { class: class.number, person: person.number };
        let at = self.stored.enrollments.binary_search_by_key(&link, |one| one.link);
        at.is_ok_and(|at| self.stored.enrollments[at].active)
    }

    fn is_about(&self, pin: &Pin, path: &Path) -> bool {
        let theirs = |key: &str| {
            let has = |person: &homeroom_model::roster::Person| {
                self.stored.texts.get(person.email) == key || self.stored.texts.get(person.sis_id) == key
            };
            key == path.asked || self.person.is_some_and(|person| has(&person.values.person))
        };
        match &pin.what {
            PinWhat::ExtraStudent { class, student, .. } => {
                theirs(&student.key) && path.class.as_ref().is_none_or(|asked| asked == class)
            }
            PinWhat::Excluded { person } => theirs(person),
            PinWhat::CoTeacher { .. } | PinWhat::ClassName { .. } => false,
        }
    }
}
