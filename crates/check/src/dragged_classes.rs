//! The class of some rows over the rows of the class beside it in the file: the cells were dragged over too many rows.

use std::cell::OnceCell;

use hashbrown::HashSet;
use homeroom_model::column::Column;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::name::folded;
use homeroom_model::protected::{Protected, ProtectedAs};
use homeroom_model::roster::Person;
use homeroom_model::stored::StoredRoster;
use homeroom_model::string_arena::StrId;

use crate::class_students::ClassStudents;
use crate::flat_rows::{FlatRow, FlatRows};
use crate::row_parts::{PartFinding, RowParts};
use crate::two_classes::keys;

/// Fewer rows may be students who change their class.
const MIN_DRAGGED: usize = 2;

/// So many rows of the class itself show that they have an order.
const MIN_OWN_ROWS: usize = 4;

/// So many classes at the most show whether the rows of a class have an order, and so many percent of them must have it.
const SAMPLE: usize = 40;
const SORTED_PERCENT: usize = 75;

/// By which texts of a student the rows of a class may be sorted.
const ORDERS: [fn(Person) -> [StrId; 2]; 4] = [
    |person| [person.last_name, person.first_name],
    |person| [person.first_name, person.last_name],
    |person| [person.email, StrId::default()],
    |person| [person.sis_id, StrId::default()],
];

/// Rows that name a class although they belong to the one beside it.
struct Dragged {
    rows: (usize, usize),
    /// A row of the class that they name, and one of the class to which they belong.
    named: usize,
    own: usize,
}

/// Rejects the last rows of a class, if the students in them were in the class that comes next until now, are nowhere among its rows,
/// and are in the order of its rows, but not in the order of those above them; and the first rows of a class in the same way.
pub(crate) fn reject_dragged_classes(flat: &mut FlatRows, stored: &StoredRoster, protected: &mut Protected) {
    let students = OnceCell::new();
    let students = || students.get_or_init(|| ClassStudents::new(stored));
    let stretches = stretches(flat);
    let orders = ORDERS.iter().map(|texts| Order { flat, texts: *texts });
    let orders = orders.filter(|order| order.is_that_of(&stretches)).collect::<Vec<_>>();
    let is_long = |(start, end): &(usize, usize)| end - start >= MIN_DRAGGED + MIN_OWN_ROWS;
    let pairs = stretches.windows(2).filter(|pair| pair.iter().any(is_long));
    let candidates = pairs.flat_map(|pair| orders.iter().filter_map(|order| order.broken(pair[0], pair[1])));
    let belongs = |dragged: &Dragged| belong_to_other(flat, dragged, students());
    let mut dragged = candidates.filter(belongs).collect::<Vec<_>>();
    dragged.dedup_by_key(|dragged| dragged.rows);
    for Dragged { rows: (start, end), named, own } in dragged {
        let class = |row: usize| flat.class_of(&flat.rows[row]).to_owned();
        let (named, own) = (class(named), class(own));
        let message = format!(
            "These {} rows stand beside the rows of {own}, in which their students are in the roster, and in the order of those: most likely \
             the cells of {named} were dragged over too many rows.",
            end - start,
        );
        let finding = PartFinding::new(FindingCode::ClassDraggedDown, Column::ClassId, &named, message);
        for at in start..end {
            let person = flat.student_parts.values[flat.rows[at].student_part as usize].person;
            for key in keys(&flat.student_parts.texts, person) {
                protected.protect(ProtectedAs::StudentOfUnknownClass, key);
            }
            flat.reject_row(at, finding.clone().proposing(&own));
        }
    }
}

/// The rows of classes that stand one after the other: where each begins and ends.
fn stretches(flat: &FlatRows) -> Vec<(usize, usize)> {
    let is_same = |one: &FlatRow, other: &FlatRow| {
        one.class_part == other.class_part || flat.class_of(one) == flat.class_of(other)
    };
    let mut start = 0;
    let stretch = |rows: &[FlatRow]| {
        let from = start;
        start += rows.len();
        (from, start)
    };
    flat.rows.chunk_by(is_same).map(stretch).collect()
}

/// An order in which the rows of classes may be.
struct Order<'f> {
    flat: &'f FlatRows,
    texts: fn(Person) -> [StrId; 2],
}

impl Order<'_> {
    fn texts(&self, at: usize) -> [&str; 2] {
        let RowParts { texts, values, .. } = &self.flat.student_parts;
        (self.texts)(values[self.flat.rows[at].student_part as usize].person).map(|text| texts.get(text))
    }

    /// The rows that come before the row above them in this order.
    fn falls(&self, (start, end): (usize, usize)) -> impl Iterator<Item = usize> {
        let key = |at: usize| self.texts(at).map(sort_key);
        (start + 1..end).filter(move |at| key(at - 1) > key(*at))
    }

    /// Whether most classes are in this order.
    fn is_that_of(&self, stretches: &[(usize, usize)]) -> bool {
        let counts = stretches.iter().filter(|(start, end)| end - start >= MIN_OWN_ROWS);
        let step = counts.clone().count() / SAMPLE + 1;
        let sample = counts.step_by(step).copied().collect::<Vec<_>>();
        // Where the column is empty, there is no order.
        let is_sorted = |stretch: &(usize, usize)| {
            !self.texts(stretch.0)[0].is_empty() && self.falls(*stretch).next().is_none()
        };
        let sorted = sample.iter().filter(|stretch| is_sorted(stretch)).count();
        sorted * 100 >= sample.len() * SORTED_PERCENT
    }

    /// The end of the first stretch, or the beginning of the second one, if it is in the order of the other one, and not in that of its own.
    fn broken(&self, (start, middle): (usize, usize), (_, end): (usize, usize)) -> Option<Dragged> {
        // What was dragged stands in order across the boundary, where nearly all files begin again.
        if self.texts(middle - 1) > self.texts(middle) {
            return None;
        }
        let mut falls = self.falls((start, end));
        let (fall, None) = (falls.next()?, falls.next()) else { return None };
        let (dragged, named_rows, named, own) = if fall < middle {
            ((fall, middle), fall - start, start, middle)
        } else {
            ((middle, fall), end - fall, fall, start)
        };
        let is_stretch = dragged.1 - dragged.0 >= MIN_DRAGGED && named_rows >= MIN_OWN_ROWS;
        is_stretch.then_some(Dragged { rows: dragged, named, own })
    }
}

/// A text as programs sort it: numbers by their length, addresses as they are, names without regard to accents and case.
fn sort_key(text: &str) -> (usize, String) {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        (text.len(), text.to_owned())
    } else {
        (0, if text.contains('@') { text.to_owned() } else { folded(text) })
    }
}

/// Whether the students of the rows are in the other class until now, and not in the one that the rows name.
fn belong_to_other(flat: &FlatRows, dragged: &Dragged, students: &ClassStudents<'_>) -> bool {
    let [named, own] = [dragged.named, dragged.own].map(|at| flat.class_of(&flat.rows[at]));
    let (named, own) = (students.keys_of(named), students.keys_of(own));
    flat.rows[dragged.rows.0..dragged.rows.1].iter().all(|row| {
        let person = flat.student_parts.values[row.student_part as usize].person;
        let is_in =
            |class: &HashSet<&str>| keys(&flat.student_parts.texts, person).any(|key| class.contains(key));
        is_in(&own) && !is_in(&named)
    })
}
