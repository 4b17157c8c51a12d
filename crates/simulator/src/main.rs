//! `homeroom-simulator`: plays district-years, and shows single nights.

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use homeroom_simulator::{Game, Kind, NightFiles, NightResult, Style, Table, play};

/// Measures Homeroom with district-years whose truth is known
#[derive(Parser)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Play a district, and print what was found in each night
    Play(GameArgs),
    /// Write the files of one night: earlier.csv and in.csv
    Night {
        #[command(flatten)]
        game: GameArgs,
        /// The night's number
        #[arg(long)]
        night: usize,
        /// The folder to write to
        #[arg(long)]
        out: PathBuf,
    },
    /// Play many districts, and print one table
    Table {
        /// How many districts; their styles take turns
        #[arg(long, default_value_t = 20)]
        districts: u64,
        /// The seed of the first
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// School years of each
        #[arg(long, default_value_t = 1)]
        years: usize,
        /// Students of each, about
        #[arg(long, default_value_t = 600)]
        students: usize,
        /// Print each fault and needless question, too
        #[arg(long)]
        details: bool,
    },
}

#[derive(Args)]
struct GameArgs {
    /// Decides everything that is left to chance
    #[arg(long)]
    seed: u64,
    /// What the SIS exports: ids, addresses, clever, zeros, names, classes; by the seed when it is not given
    #[arg(long)]
    style: Option<Style>,
    /// School years
    #[arg(long, default_value_t = 1)]
    years: usize,
    /// Students, about
    #[arg(long, default_value_t = 600)]
    students: usize,
}

impl GameArgs {
    fn game(&self) -> Game {
        let GameArgs { seed, style, years, students } = *self;
        Game { seed, style: style.unwrap_or(Style::of_seed(seed)), years, students }
    }
}

fn main() -> anyhow::Result<()> {
    match CommandLine::parse().command {
        Command::Play(args) => play_one(&args.game()),
        Command::Night { game, night, out } => write_night(&game.game(), night, &out),
        Command::Table { districts, seed, years, students, details } => {
            let games = (seed..seed + districts)
                .map(|seed| Game { seed, style: Style::of_seed(seed), years, students })
                .collect::<Vec<_>>();
            let table = play_all(&games)?;
            let mut out = stdout().lock();
            writeln!(out, "{table}")?;
            if details {
                table.details().iter().try_for_each(|line| writeln!(out, "{line}"))?;
            }
            Ok(())
        }
    }
}

fn named(game: &Game) -> String {
    format!(
        "--seed {} --style {} --years {} --students {}",
        game.seed,
        game.style.as_str(),
        game.years,
        game.students
    )
}

fn play_one(game: &Game) -> anyhow::Result<()> {
    let mut table = Table::default();
    let mut out = stdout().lock();
    play(game, &mut |night, _| {
        table.add(&named(game), &night);
        // A reader that has seen enough ends the game.
        write_result(&mut out, &night).is_ok()
    })?;
    table.add_years(game.years, game.students);
    writeln!(out, "\n{table}")?;
    Ok(())
}

fn write_result(out: &mut impl Write, night: &NightResult) -> std::io::Result<()> {
    let kind = match night.kind {
        Kind::Ordinary if night.is_needless() => "NEEDLESS",
        Kind::Ordinary => "ordinary",
        Kind::Unusual => "unusual",
        Kind::Dangerous(_) if night.is_passed() => "PASSED",
        Kind::Dangerous(_) => "dangerous",
    };
    writeln!(
        out,
        "{:4} {} {kind:9} {:9} {}",
        night.number,
        night.date,
        night.state,
        night.happenings.join("; ")
    )?;
    night.reasons.iter().try_for_each(|reason| writeln!(out, "       {reason}"))?;
    for (fault, words) in night.faults.iter().chain(&night.after_decision) {
        writeln!(out, "       ! {}: {words}", fault.as_str())?;
    }
    Ok(())
}

fn write_night(game: &Game, number: usize, out: &std::path::Path) -> anyhow::Result<()> {
    let mut found = None;
    play(game, &mut |night, files| {
        let is_it = night.number == number;
        if is_it {
            found = Some((night, files));
        }
        !is_it
    })?;
    let (night, NightFiles { earlier, sent }) =
        found.with_context(|| format!("there is no night {number}"))?;
    std::fs::create_dir_all(out)?;
    std::fs::write(out.join("earlier.csv"), earlier)?;
    std::fs::write(out.join("in.csv"), sent)?;
    Ok(write_result(&mut stdout().lock(), &night)?)
}

/// Plays districts on all processors.
fn play_all(games: &[Game]) -> anyhow::Result<Table> {
    let next = AtomicU64::new(0);
    let all = Mutex::new((Table::default(), None));
    let work = || {
        while let Some(game) =
            games.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX))
        {
            let mut table = Table::default();
            let name = named(game);
            let played = play(game, &mut |night, _| {
                table.add(&name, &night);
                true
            });
            table.add_years(game.years, game.students);
            let mut all = all.lock().expect("no thread panics while it adds");
            all.0.merge(table);
            if let Err(error) = played {
                all.1 = Some(error.context(name));
            }
        }
    };
    std::thread::scope(|scope| {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        (0..processors).for_each(|_| _ = scope.spawn(work));
    });
    let (table, error) = all.into_inner().expect("no thread panics while it adds");
    error.map_or(Ok(table), Err)
}
