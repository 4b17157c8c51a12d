//! A file from an earlier school year: most students are a grade lower.

use homeroom_model::Column;
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::roster::Student;

use crate::align::Alignment;
use crate::pair::Pair;
use crate::side::Side;

/// So many students must have gone back.
const MIN_BACK: usize = 5;

/// Whether most students go back by a grade.
pub(crate) fn earlier_year(side: &Side<'_, Student>, alignment: &Alignment<'_>) -> Option<ColumnVerdict> {
    let grades = |pair: &Pair| {
        side.wanted[pair.wanted as usize].grade.zip(side.stored[pair.stored as usize].values.grade)
    };
    let back = alignment.pairs.iter().filter(|pair| grades(pair).is_some_and(|(new, old)| old.follows(new)));
    let back = back.collect::<Vec<_>>();
    let all = alignment.same + alignment.pairs.iter().filter(|pair| grades(pair).is_some()).count();
    if back.len() < MIN_BACK || back.len() * 2 <= all {
        return None;
    }
    let message = format!(
        "{} of {all} students who are in the file and were here yesterday would go back to a lower grade: most likely the file is \
         from an earlier school year.",
        back.len(),
    );
    let mut entities = back.iter().map(|pair| side.entity(pair.stored)).collect::<Vec<_>>();
    entities.sort_unstable();
    let column = Column::StudentGradeLevel;
    Some(ColumnVerdict { fault: ColumnFault::EarlierYear, column, entities, message })
}
