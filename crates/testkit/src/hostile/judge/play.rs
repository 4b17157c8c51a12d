//! Plays a district night by night, and holds each night to laws.

use homeroom_model::stored::StoredRoster;
use proptest::test_runner::TestCaseError;

use super::accounts::Accounts;
use super::night::Seen;
use super::outcome::Outcome;
use super::owners::Owners;
use crate::hostile::{Decision, District, Game, Night, Sheet};

/// A law: the faults that it finds in a night.
pub type Law = fn(&Seen<'_>) -> Vec<String>;

/// Homeroom with one district, in memory or on a database.
pub trait Homeroom {
    /// Applies what goes ahead by itself of tonight's file.
    fn sync(&mut self, file: &[u8]) -> Outcome;

    /// Applies the part of the last file that waits.
    fn approve(&mut self, file: &[u8]);

    /// The roster as it is now.
    fn stored(&self) -> StoredRoster;
}

/// The file that is written of a sheet.
pub type Format = fn(&Sheet) -> Vec<u8>;

/// The flat CSV.
pub fn flat(sheet: &Sheet) -> Vec<u8> {
    sheet.csv().into_bytes()
}

/// A game in progress.
struct Play<'p> {
    homeroom: &'p mut dyn Homeroom,
    format: Format,
    district: District,
    owners: Owners,
    earlier: Sheet,
    now: Accounts,
}

/// Plays a game, and holds each night to laws.
///
/// # Errors
/// The faults of the first night that has some, with its file and the one before.
///
/// # Panics
/// When the first load, which is a right file, does not go ahead.
pub fn play(
    game: &Game,
    homeroom: &mut dyn Homeroom,
    format: Format,
    laws: &[(&str, Law)],
) -> Result<(), TestCaseError> {
    let district = game.district();
    let sheet = district.export();
    let outcome = homeroom.sync(&format(&sheet));
    assert!(outcome == Outcome::Applied, "the first load goes ahead, and is {outcome:?}\n{}", sheet.csv());
    let now = Accounts::of(&homeroom.stored());
    let mut owners = Owners::default();
    owners.adopt(&now, &sheet);
    let mut play = Play { homeroom, format, district, owners, earlier: sheet, now };
    game.nights.iter().try_for_each(|night| play.night(night, laws))
}

impl Play<'_> {
    fn night(&mut self, night: &Night, laws: &[(&str, Law)]) -> Result<(), TestCaseError> {
        let sheet = night.file(&mut self.district);
        let file = (self.format)(&sheet);
        let outcome = self.homeroom.sync(&file);
        let after = Accounts::of(&self.homeroom.stored());
        self.owners.adopt(&after, &sheet);
        let seen = Seen {
            district: &self.district,
            sheet: &sheet,
            before: &self.now,
            after: &after,
            owners: &self.owners,
            outcome,
        };
        let faults = laws
            .iter()
            .flat_map(|(name, law)| law(&seen).into_iter().map(move |fault| format!("{name}: {fault}")));
        let faults = faults.collect::<Vec<_>>();
        if !faults.is_empty() {
            return Err(TestCaseError::fail(format!(
                "{outcome:?}: {night:?}\n{}\n--- earlier.csv\n{}--- in.csv\n{}--- end\n",
                faults.join("\n"),
                self.earlier.csv(),
                sheet.csv(),
            )));
        }
        self.now = after;
        if night.decision == Decision::Approve && outcome == Outcome::Held {
            self.homeroom.approve(&file);
            let decided = Accounts::of(&self.homeroom.stored());
            self.owners.adopt_decided(&self.now, &decided, &sheet);
            self.now = decided;
        }
        self.earlier = sheet;
        Ok(())
    }
}
