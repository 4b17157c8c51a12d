//! `homeroom-simulator`: plays district-years, and shows single nights.

use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use homeroom_model::fuse_setting::FuseSetting;
use homeroom_simulator::{
    Game, Gap, Kind, NightFiles, NightResult, Pairs, Style, Table, pairs, play, play_all,
};

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
        /// Set a fuse as `homeroom district set` does: NAME=LIMIT; can be repeated
        #[arg(long = "fuse", value_name = "NAME=LIMIT")]
        fuses: Vec<FuseSetting>,
        /// Print each fault and needless question, too
        #[arg(long)]
        details: bool,
    },
    /// Write the students of two rosters of each district, some time apart, and what Homeroom makes of them
    Pairs {
        /// How many districts; their styles take turns
        #[arg(long, default_value_t = 12)]
        districts: u64,
        /// The seed of the first
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Students of each, about
        #[arg(long, default_value_t = 600)]
        students: usize,
        /// The folder to write to: a folder for each pair of rosters, and homeroom.csv
        #[arg(long)]
        out: PathBuf,
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
        Game { seed, style: style.unwrap_or(Style::of_seed(seed)), years, students, fuses: vec![] }
    }
}

fn main() -> anyhow::Result<()> {
    match CommandLine::parse().command {
        Command::Play(args) => play_one(&args.game()),
        Command::Night { game, night, out } => write_night(&game.game(), night, &out),
        Command::Pairs { districts, seed, students, out } => {
            write_pairs(&Game::of_seeds(seed..seed + districts, 1, students), &out)
        }
        Command::Table { districts, seed, years, students, fuses, details } => {
            let mut games = Game::of_seeds(seed..seed + districts, years, students);
            games.iter_mut().for_each(|game| game.fuses.clone_from(&fuses));
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

/// Writes `SEED-GAP/stored.csv` and `SEED-GAP/file.csv` for each pair of rosters, and Homeroom's result in `homeroom.csv`.
fn write_pairs(games: &[Game], out: &std::path::Path) -> anyhow::Result<()> {
    let mut results = String::from("pair,style,gap,in_both,wrong_merges,wrong_splits,asked\n");
    for game in games {
        for (gap, word) in [(Gap::HalfAYear, "half-a-year"), (Gap::OverTheSummer, "over-the-summer")] {
            let Pairs { stored, file, in_both, wrong: (merges, splits), is_asked } = pairs(game, gap)?;
            let name = format!("{}-{word}", game.seed);
            let folder = out.join(&name);
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join("stored.csv"), stored)?;
            std::fs::write(folder.join("file.csv"), file)?;
            let asked = u8::from(is_asked);
            let style = game.style.as_str();
            results.push_str(&format!("{name},{style},{word},{in_both},{merges},{splits},{asked}\n"));
        }
    }
    Ok(std::fs::write(out.join("homeroom.csv"), results)?)
}

fn play_one(game: &Game) -> anyhow::Result<()> {
    let mut table = Table::default();
    let mut out = stdout().lock();
    play(game, &mut |night, _| {
        table.add(game, &night);
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
