//! The identity part alone: two rosters of a district some time apart, who of the one is who of the other, and what Homeroom makes of it.

use std::collections::{BTreeMap, BTreeSet};

use homeroom_model::rekey::ProposalReviews;
use homeroom_model::run::RunState;
use jiff::civil::date;

use crate::engine::Engine;
use crate::file::NightFile;
use crate::game::Game;
use crate::judge::{Account, Accounts, RowIndex};
use crate::timeline::nights;
use crate::truth::{PersonId, Role, World};
use homeroom_model::Column;

/// How much lies between the two rosters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Half a school year.
    HalfAYear,
    /// A school year and the roll-over to the next.
    OverTheSummer,
}

/// The students of two rosters, a line for each, and what Homeroom makes of them.
pub struct Pairs {
    /// The earlier one as a CSV; `truth` says who each is.
    pub stored: Vec<u8>,
    /// The later one.
    pub file: Vec<u8>,
    /// Students who are in both.
    pub in_both: usize,
    /// Students who got another's account, and those who got a second one, when all that is asked is approved as it is proposed.
    pub wrong: (usize, usize),
    /// Whether somebody was asked.
    pub is_asked: bool,
}

/// Makes the two rosters and has Homeroom sync them, one after the other.
///
/// # Errors
/// When a run cannot be made.
pub fn pairs(game: &Game, gap: Gap) -> anyhow::Result<Pairs> {
    let mut world = World::new(game.seed, game.style, game.students);
    world.roll_over();
    let stored = NightFile::export(&world);
    let dice = homeroom_demo::Dice::new(homeroom_model::Random::seeded(game.seed ^ 0x9a125));
    let plan = nights(&dice, game.seed, 0, game.students);
    let until = if gap == Gap::HalfAYear { plan.len() / 2 } else { plan.len() };
    for event in plan[..until].iter().flat_map(|night| &night.events) {
        event.happen(&mut world);
    }
    let file = NightFile::export(&world);
    let (wrong, is_asked) = homerooms(game, &stored, &file)?;
    let in_both = stored.students().into_iter().collect::<BTreeSet<_>>();
    let in_both = file.students().into_iter().filter(|student| in_both.contains(student)).count();
    Ok(Pairs { stored: people_csv(&stored), file: people_csv(&file), in_both, wrong, is_asked })
}

/// Students who got another's account and students who got a second one, and whether somebody was asked.
fn homerooms(game: &Game, stored: &NightFile, file: &NightFile) -> anyhow::Result<((usize, usize), bool)> {
    let engine = Engine::new(game)?;
    engine.sync(date(2026, 8, 17), &stored.csv())?;
    let before = students(&engine, stored)?;
    let day = date(2027, 8, 17);
    let run = engine.sync(day, &file.csv())?;
    if run.state == RunState::Held {
        engine.approve(day, &run, ProposalReviews::default())?;
    }
    let after = students(&engine, file)?;
    let known = before.values().map(|(_, person)| person).collect::<BTreeSet<_>>();
    let (mut merges, mut splits) = (0, 0);
    for (entity, (account, person)) in after.iter().filter(|(_, (account, _))| account.active) {
        match before.get(entity) {
            // Who is nobody of the file has left, and is not removed yet.
            Some((_, owner)) => merges += usize::from(person.is_some() && owner != person),
            None => splits += usize::from(known.contains(person) && account.active),
        }
    }
    Ok(((merges, splits), run.state != RunState::Applied))
}

type Owned = BTreeMap<homeroom_model::entity::EntityRef, (Account, Option<PersonId>)>;

/// Each stored student, and whom the file says they are.
fn students(engine: &Engine, file: &NightFile) -> anyhow::Result<Owned> {
    let index = RowIndex::new(file);
    let accounts = Accounts::of(&engine.roster()?).all.into_values();
    let students = accounts.filter(|account| account.role == Role::Student);
    Ok(students.map(|account| (account.entity, (account.clone(), index.person(&account)))).collect())
}

/// A line for each student, with the classes in one cell.
fn people_csv(file: &NightFile) -> Vec<u8> {
    let columns = [
        Column::StudentId,
        Column::StudentEmail,
        Column::StudentFirstName,
        Column::StudentLastName,
        Column::StudentGradeLevel,
        Column::SchoolId,
        Column::StudentCleverId,
        Column::StudentUsername,
    ];
    let mut lines = BTreeMap::<PersonId, (Vec<String>, BTreeSet<String>)>::new();
    for row in &file.rows {
        let Some(student) = row.student else { continue };
        let cells = || (columns.map(|column| row.cell(column).to_owned()).to_vec(), BTreeSet::new());
        lines.entry(student).or_insert_with(cells).1.insert(row.cell(Column::ClassId).to_owned());
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    let headers =
        ["truth", "sis_id", "email", "first", "last", "grade", "school", "clever_id", "username", "classes"];
    out.write_record(headers).expect("memory takes all bytes");
    for (student, (cells, classes)) in lines {
        let classes = classes.into_iter().collect::<Vec<_>>().join(" ");
        let record = [student.to_string()].into_iter().chain(cells).chain([classes]);
        out.write_record(record).expect("memory takes all bytes");
    }
    out.into_inner().expect("memory takes all bytes")
}
