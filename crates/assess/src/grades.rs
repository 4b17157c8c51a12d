//! The column of grades: emptied, dragged down, or beside other students.

use hashbrown::HashMap;
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::roster::Student;
use homeroom_model::{Column, Grade};

use crate::align::Alignment;
use crate::doubts::Doubted;
use crate::kept::count;
use crate::many::{MANY, is_many};
use crate::pair::Pair;
use crate::side::Side;

const COLUMN: Column = Column::StudentGradeLevel;

/// What went wrong with the column of grades. A promotion is ordinary, and so is a new name for a whole grade; grades that go up and
/// down are not.
pub(crate) fn grades(side: &Side<'_, Student>, alignment: &Alignment<'_>) -> Vec<ColumnVerdict> {
    let changes = alignment.pairs.iter().map(|pair| Change::of(side, pair)).filter(Change::is_one);
    let doubted = Doubted::of(side);
    let changes = changes.filter(|change| !doubted.has(change.pair.wanted, COLUMN)).collect::<Vec<_>>();
    let (emptied, changed): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.new.is_none());
    let mut verdicts = Vec::new();
    if is_many(emptied.len(), side.active()) {
        let pairs = emptied.iter().map(|change| change.pair).collect::<Vec<_>>();
        let what = count(pairs.len(), COLUMN, "is", "are");
        let message = format!(
            "{what} empty or not understood today, where yesterday there was a grade{}: most likely the export left them out. For \
             example {}.",
            side.lines_of(&pairs),
            side.examples(pairs.iter().map(|pair| pair.stored)),
        );
        verdicts.push(verdict(side, ColumnFault::Emptied, &pairs, message));
    }
    let disputed = side.doubts.iter().filter(|doubt| doubt.column == COLUMN).count();
    verdicts.extend(scattered(side, &changed, disputed));
    verdicts
}

/// A student's grade in the file, and the stored one.
struct Change {
    pair: Pair,
    new: Option<Grade>,
    old: Option<Grade>,
}

impl Change {
    fn of(side: &Side<'_, Student>, pair: &Pair) -> Change {
        let new = side.wanted[pair.wanted as usize].grade;
        Change { pair: *pair, new, old: side.stored[pair.stored as usize].values.grade }
    }

    fn is_one(&self) -> bool {
        self.old.is_some() && self.new != self.old
    }

    fn is_promotion(&self) -> bool {
        self.new.zip(self.old).is_some_and(|(new, old)| new.follows(old))
    }
}

/// Grades that go up and down, or are the neighbour's, or stand in a column in which the file contradicts itself.
fn scattered(side: &Side<'_, Student>, changed: &[Change], disputed: usize) -> Option<ColumnVerdict> {
    let odd = changed.iter().filter(|change| !change.is_promotion()).count();
    let are_many = is_many(odd, side.active()) || odd >= MANY && are_close(side, changed);
    let is_scattered = are_many && odd * 4 >= changed.len() && !is_decided(side, changed);
    if !is_scattered && disputed < 2 && !has_slipped(side, changed) {
        return None;
    }
    let pairs = changed.iter().map(|change| change.pair).collect::<Vec<_>>();
    let first = changed.first()?.new;
    let is_one_value = changed.iter().all(|change| change.new == first);
    let (fault, cause) = match is_one_value {
        true => (ColumnFault::Filled, "one cell was dragged down over the others"),
        false => (
            ColumnFault::Moved,
            "the column has slipped, was sorted without the others, or was filled with a series",
        ),
    };
    let message = format!(
        "{} other grades than yesterday, up and down{}: most likely {cause}. For example {}.",
        count(pairs.len(), COLUMN, "is of", "are of"),
        side.lines_of(&pairs),
        side.examples(pairs.iter().map(|pair| pair.stored)),
    );
    Some(verdict(side, fault, &pairs, message))
}

/// Rows that are no further apart than so many lines for each student were changed together.
const LINES_FOR_EACH: usize = 20;

/// Whether the rows stand close to one another.
fn are_close(side: &Side<'_, Student>, changed: &[Change]) -> bool {
    let lines = changed.iter().filter_map(|change| side.lines.get(change.pair.wanted as usize));
    let span = lines.clone().max().zip(lines.min()).map_or(0, |(last, first)| (last - first) as usize);
    !side.lines.is_empty() && span <= LINES_FOR_EACH * changed.len()
}

/// Whether nearly all students of each grade have got the same other grade, which nobody had before.
fn is_decided(side: &Side<'_, Student>, changed: &[Change]) -> bool {
    let mut all = HashMap::<Option<Grade>, usize>::new();
    let active = side.stored.iter().filter(|student| student.active);
    active.for_each(|student| *all.entry(student.values.grade).or_default() += 1);
    let mut changes = HashMap::<(Option<Grade>, Option<Grade>), usize>::new();
    changed.iter().for_each(|change| *changes.entry((change.old, change.new)).or_default() += 1);
    changes.iter().all(|((old, new), count)| count * 10 >= all[old] * 8 && !all.contains_key(new))
}

/// So many grades must have slipped by the same number of rows: one may be the next student's by chance.
const MIN_SLIPPED: usize = 3;

/// The most rows by which a column is tried to have slipped.
const MAX_STEP: i64 = 10;

/// Whether each changed grade is that of the student so many rows above or below, the same number for all.
fn has_slipped(side: &Side<'_, Student>, changed: &[Change]) -> bool {
    if changed.len() < MIN_SLIPPED || side.lines.is_empty() {
        return false;
    }
    let mut before = side.wanted.iter().map(|student| student.grade).collect::<Vec<_>>();
    changed.iter().for_each(|change| before[change.pair.wanted as usize] = change.old);
    let mut order = (0..side.wanted.len() as u32).collect::<Vec<_>>();
    order.sort_by_key(|position| side.lines[*position as usize]);
    let mut place = vec![0_i64; order.len()];
    order.iter().zip(0..).for_each(|(position, at)| place[*position as usize] = at);
    // Of a stretch that slipped only the last of each grade change; when a class is promoted, all of it do.
    let places = || changed.iter().map(|change| place[change.pair.wanted as usize]);
    let stretch = places().max().zip(places().min()).map_or(0, |(last, first)| last - first + 1);
    if changed.len() as i64 * 2 > stretch {
        return false;
    }
    let is_neighbours = |change: &Change, step: i64| {
        let neighbour = usize::try_from(place[change.pair.wanted as usize] + step).ok();
        let neighbour = neighbour.and_then(|at| order.get(at));
        neighbour.is_some_and(|neighbour| before[*neighbour as usize] == change.new)
    };
    let steps = (-MAX_STEP..=MAX_STEP).filter(|step| *step != 0);
    // At the end of the stretch there may be no neighbour.
    steps.into_iter().any(|step| {
        let agreeing = changed.iter().filter(|change| is_neighbours(change, step)).count();
        let is_near = step.abs() <= 2 || agreeing > MIN_SLIPPED;
        is_near && agreeing >= MIN_SLIPPED && agreeing * 3 >= changed.len() * 2
    })
}

fn verdict(side: &Side<'_, Student>, fault: ColumnFault, pairs: &[Pair], message: String) -> ColumnVerdict {
    ColumnVerdict { fault, column: COLUMN, entities: side.entities(pairs), message }
}
