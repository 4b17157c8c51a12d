//! Plays many districts at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::game::Game;
use crate::play::play;
use crate::table::Table;

/// Plays districts on all processors.
///
/// # Errors
/// When a run cannot be made.
pub fn play_all(games: &[Game]) -> anyhow::Result<Table> {
    let next = AtomicU64::new(0);
    let all = Mutex::new((Table::default(), None));
    let work = || {
        while let Some(game) =
            games.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(usize::MAX))
        {
            let mut table = Table::default();
            let played = play(game, &mut |night, _| {
                table.add(game, &night);
                true
            });
            table.add_years(game.years, game.students);
            let mut all = all.lock().expect("no thread panics while it adds");
            all.0.merge(table);
            if let Err(error) = played {
                all.1 = Some(error.context(game.named()));
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
