//! Districts and their nights, chosen by proptest.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use homeroom_model::Column;

use super::column::{STUDENT, Style, TEACHER};
use super::damage::Damage;
use super::district::{District, Likeness, Pupil};
use super::hostility::Hostility;
use super::ordinary::Ordinary;
use super::reject::Rejection;
use super::sheet::Sheet;

/// What is decided about what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is left waiting.
    Wait,
    /// All of it is approved.
    Approve,
}

/// What happens in a night.
#[derive(Clone, Debug)]
pub struct Night {
    /// Ordinary events.
    pub ordinary: Vec<Ordinary>,
    /// What goes wrong with its file.
    pub hostile: Vec<Hostility>,
    /// What is decided in the morning.
    pub decision: Decision,
}

impl Night {
    /// Lets the night happen, and gives its file.
    pub fn file(&self, district: &mut District) -> Sheet {
        let left = (0..district.people.len()).filter(|id| !district.people[*id].here).collect::<Vec<_>>();
        self.ordinary.iter().for_each(|event| event.happen(district, &left));
        let mut sheet = district.export();
        self.hostile.iter().for_each(|hostility| hostility.spoil(&mut sheet, district));
        sheet
    }
}

/// A district and some nights.
#[derive(Clone, Debug)]
pub struct Game {
    /// Which columns its files have.
    pub style: Style,
    /// How many classes there are.
    pub classes: u8,
    /// Its first students.
    pub pupils: Vec<Pupil>,
    /// The nights after the first load.
    pub nights: Vec<Night>,
}

impl Game {
    /// The district on the first day.
    pub fn district(&self) -> District {
        District::new(self.style, self.classes, &self.pupils)
    }
}

/// A runner whose districts are the same in every run; `TRUST_SEED=7` plays other ones, and `TRUST_CASES=100000` more of them.
#[allow(clippy::disallowed_methods, reason = "what a test plays is chosen outside of it")]
pub fn runner(cases: u32) -> TestRunner {
    let number = |name: &str, usual| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let config = ProptestConfig {
        cases: number("TRUST_CASES", cases),
        max_shrink_iters: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number("TRUST_SEED", 0).to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// Nights of which some have up to three hostile events each beside ordinary ones.
///
/// Where addresses are the only keys, they do not move among students: names do instead. (Of somebody whose whole name stands in a class
/// beside the address of another one, and who has a further row in another class, the first class is lost.)
pub fn hostile_games(nights: usize, style: Style) -> BoxedStrategy<Game> {
    let games = games(vec(hostile_night(), 1..=nights).boxed(), 6..26);
    let with_style = move |mut game: Game| {
        game.style = style;
        if !style.ids && !style.clever && !style.usernames {
            for night in &mut game.nights {
                night.hostile = night.hostile.drain(..).map(Hostility::without_addresses).collect();
            }
        }
        game
    };
    games.prop_map(with_style).boxed()
}

/// Nights of ordinary events only, in districts that are not tiny.
pub fn ordinary_games(nights: usize) -> BoxedStrategy<Game> {
    let night = vec(ordinary(), 0..4).prop_map(|mut ordinary| {
        // Whoever comes, or is renamed, may be taken for somebody who gives up a name or leaves in the same night, rightly.
        let comes = ordinary.iter().any(Ordinary::brings_somebody);
        let mut freed = usize::from(comes);
        // In a district of a few classes, two of them with other teachers are many.
        let mut staffed = 0;
        ordinary.retain(|event| {
            freed += usize::from(event.frees_a_name());
            staffed += usize::from(event.is_about_staff());
            !(event.frees_a_name() && freed > 1 || event.is_about_staff() && staffed > 1)
        });
        ordinary
    });
    let night = night.prop_map(|ordinary| Night { ordinary, hostile: vec![], decision: Decision::Wait });
    games(vec(night, 1..=nights).boxed(), 24..40)
}

fn games(nights: BoxedStrategy<Vec<Night>>, students: std::ops::Range<usize>) -> BoxedStrategy<Game> {
    let style = any::<[bool; 3]>().prop_map(|[ids, clever, usernames]| Style { ids, clever, usernames });
    (style, 2..9_u8, vec(pupil(), students), nights)
        .prop_map(|(style, classes, pupils, nights)| Game { style, classes, pupils, nights })
        .boxed()
}

fn pupil() -> impl Strategy<Value = Pupil> {
    let likeness = prop_oneof![Just(Likeness::Namesake), Just(Likeness::Twin)];
    let like = proptest::option::weighted(0.15, (any::<u8>(), likeness));
    (0..20_u8, 0..20_u8, like, 0..8_u8, proptest::option::weighted(0.3, 0..4_u8))
        .prop_map(|(first, last, like, class, second)| Pupil { first, last, like, class, second })
}

fn hostile_night() -> impl Strategy<Value = Night> {
    let decision = prop_oneof![3 => Just(Decision::Wait), 1 => Just(Decision::Approve)];
    let hostile =
        prop_oneof![1 => vec(hostility(), 0..=0), 6 => vec(hostility(), 1..=1), 3 => vec(hostility(), 2..=3)];
    (vec(ordinary(), 0..3), hostile, decision).prop_map(|(ordinary, hostile, decision)| {
        // Who approves a wrong file decides who is who, and nobody knows the truth any more.
        let decision = if hostile.is_empty() { decision } else { Decision::Wait };
        Night { ordinary, hostile, decision }
    })
}

fn ordinary() -> impl Strategy<Value = Ordinary> {
    (0..16_u8, any::<[u8; 3]>()).prop_map(|(kind, choice)| Ordinary::of(kind, choice))
}

fn hostility() -> impl Strategy<Value = Hostility> {
    let stretch = || prop_oneof![4 => any::<[u8; 2]>(), 1 => Just([0, u8::MAX])];
    let column = || prop::sample::select(Column::ALL.to_vec());
    // In a district of a few classes ids of classes that are dragged down look like co-teachers and students who change the class.
    let dragged = column().prop_filter("no classes", |column| *column != Column::ClassId);
    let damage = prop::sample::select(Damage::ALL.to_vec());
    let rejection = prop::sample::select(Rejection::ALL.to_vec());
    let of_class = prop::sample::select(vec![Column::ClassId, Column::ClassName, Column::SchoolId]);
    let across = prop::sample::select(vec![
        (Column::StudentEmail, Column::TeacherEmail),
        (Column::TeacherEmail, Column::StudentEmail),
        (Column::StudentId, Column::TeacherId),
        (Column::TeacherId, Column::StudentId),
        (Column::StudentCleverId, Column::TeacherCleverId),
        (Column::TeacherCleverId, Column::StudentCleverId),
    ]);
    prop_oneof![
        4 => (columns(), any::<u8>(), any::<u8>()).prop_map(|(columns, a, b)| Hostility::Swap(columns, a, b)),
        2 => (columns(), any::<u8>(), 2..6_u8).prop_map(|(columns, from, len)| Hostility::Ring(columns, from, len)),
        3 => (columns(), stretch()).prop_map(|(columns, stretch)| Hostility::Slip(columns, stretch)),
        2 => (columns(), stretch()).prop_map(|(columns, stretch)| Hostility::Sort(columns, stretch)),
        2 => (dragged, stretch(), any::<u8>()).prop_map(|(column, stretch, step)| Hostility::Drag(column, stretch, step)),
        2 => (columns(), stretch()).prop_map(|(columns, stretch)| Hostility::Empty(columns, stretch)),
        3 => (column(), damage, stretch()).prop_map(damage_of),
        2 => (column(), column(), stretch()).prop_map(|(one, other, stretch)| Hostility::Exchange(one, other, stretch)),
        3 => (columns(), any::<u8>(), any::<u8>()).prop_map(|(columns, from, to)| Hostility::Copy(columns, from, to)),
        2 => (across, any::<u8>(), any::<u8>()).prop_map(|((one, other), from, to)| Hostility::CopyAcross(one, other, from, to)),
        2 => (columns(), any::<u8>()).prop_map(|(columns, who)| Hostility::Replaced(columns, who)),
        3 => (rejection, stretch()).prop_map(|(how, [from, len])| Hostility::Rejected(how, [from, if len == u8::MAX { 2 } else { len % 3 }])),
        2 => stretch().prop_map(Hostility::Missing),
        1 => any::<u8>().prop_map(Hostility::Renumbered),
        1 => (of_class, any::<u8>(), any::<u8>()).prop_map(|(column, a, b)| Hostility::ClassesSwapped(column, a, b)),
        2 => any::<(u8, u8)>().prop_map(|(who, how)| Hostility::Unreadable(who, how)),
        1 => any::<(u8, u8)>().prop_map(|(who, to)| Hostility::Elsewhere(who, to)),
        2 => (of_student(), any::<(u8, u8)>()).prop_map(|(columns, (who, at))| Hostility::Reused(columns, who, at)),
        1 => any::<(u8, u8)>().prop_map(|(student, teacher)| Hostility::RoleChanged(student, teacher)),
        1 => (prop::sample::select(STUDENT.to_vec()), any::<u8>(), 2..12_u8)
            .prop_map(|(column, from, many)| Hostility::ForMany(column, from, many)),
    ]
}

/// One to three columns of one role, keys more often than names.
fn columns() -> impl Strategy<Value = Vec<Column>> {
    let of_student = of_student();
    let of_teacher = prop::sample::subsequence(TEACHER.to_vec(), 1..4);
    prop_oneof![3 => of_student, 1 => of_teacher]
}

fn of_student() -> impl Strategy<Value = Vec<Column>> {
    prop::sample::subsequence(STUDENT.to_vec(), 1..4)
}

/// A formula is what a spreadsheet makes of numbers; names become other things.
fn damage_of((column, damage, stretch): (Column, Damage, [u8; 2])) -> Hostility {
    let is_number =
        matches!(column, Column::StudentId | Column::TeacherId | Column::ClassId | Column::SchoolId);
    let damage = if damage == Damage::Formula && !is_number { Damage::Misread } else { damage };
    Hostility::Damage(column, damage, stretch)
}
