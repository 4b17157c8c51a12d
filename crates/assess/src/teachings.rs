//! Teachers beside other classes: the columns of teachers were sorted without the others.

use hashbrown::HashMap;
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::entity::{ClassNumber, EntityRef};
use homeroom_model::stored::StoredRoster;
use homeroom_model::{Column, Roster};

/// So many classes must get several teachers more than they had.
const MIN_CLASSES: usize = 3;

/// So many teachers more in a class are no ordinary co-teacher.
const MIN_GAINED: u32 = 2;

/// Whether a large share of the classes gets several teachers more in one night.
pub(crate) fn sorted_teachers(
    stored: &StoredRoster,
    wanted: &Roster,
    known_classes: &[u32],
) -> Option<ColumnVerdict> {
    let mut before = HashMap::<u32, u32>::new();
    stored
        .teachings
        .iter()
        .filter(|link| link.active)
        .for_each(|link| *before.entry(link.link.class.0).or_default() += 1);
    let mut after = vec![0_u32; wanted.classes.len()];
    wanted.teachings.iter().for_each(|link| after[link.class as usize] += 1);
    let classes = known_classes
        .iter()
        .zip(&after)
        .filter_map(|(class, after)| Some((*class, *before.get(class)?, *after)));
    let (mut gaining, mut all, mut teachers) = (Vec::new(), 0, (0, 0));
    for (class, before, after) in classes {
        all += 1;
        if after >= before + MIN_GAINED {
            gaining.push(EntityRef::from(ClassNumber(class)));
            teachers = (teachers.0 + before, teachers.1 + after);
        }
    }
    if gaining.len() < MIN_CLASSES || gaining.len() * 4 < all {
        return None;
    }
    gaining.sort_unstable();
    let message = format!(
        "{} of {all} classes had {} teachers yesterday and would have {} today: most likely the columns of the teachers were sorted \
         without the others, or have slipped. Teachers would see students who are not theirs.",
        gaining.len(),
        teachers.0,
        teachers.1,
    );
    Some(ColumnVerdict {
        fault: ColumnFault::Moved,
        column: Column::TeacherEmail,
        entities: gaining,
        message,
    })
}
