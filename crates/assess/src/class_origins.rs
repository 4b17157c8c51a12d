//! Classes whose students were in other classes yesterday: then it is not the names or the teachers of the classes that moved, but
//! their ids.

use hashbrown::{HashMap, HashSet};
use homeroom_model::Column;
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::entity::{ByNumber, ClassNumber};
use homeroom_model::roster::Roster;
use homeroom_model::stored::StoredRoster;
use homeroom_model::string_index::StringIndex;

use crate::classes_of::in_store;
use crate::kept::count;
use crate::side::{lines_in_words, students};

/// Says of columns of classes that moved when it is the ids of the classes that did: most of their students are others, too.
pub(crate) fn blame_class_ids(
    stored: &StoredRoster,
    wanted: &Roster,
    known_classes: &[u32],
    verdicts: &mut [ColumnVerdict],
) {
    let is_of_classes = |verdict: &&mut ColumnVerdict| {
        verdict.fault == ColumnFault::Moved
            && matches!(verdict.column, Column::ClassName | Column::TeacherEmail)
            && verdict.entities.first().is_some_and(|entity| entity.number_as::<ClassNumber>().is_some())
    };
    for verdict in verdicts.iter_mut().filter(is_of_classes) {
        let classes = verdict.entities.iter().map(|entity| entity.number).collect::<HashSet<_>>();
        let moved = moved_classes(stored, wanted, known_classes, &classes);
        if moved.len() * 2 >= verdict.entities.len() {
            (verdict.column, verdict.message) = (Column::ClassId, class_ids_message(stored, wanted, &moved));
        }
    }
}

/// A class of the file of which most students were in others yesterday.
struct MovedClass {
    /// Its position in the file's roster.
    wanted: u32,
    /// The stored class of its id.
    number: ClassNumber,
    /// The class in which at least half of its students were.
    from: Option<ClassNumber>,
}

/// Those of these stored classes of which, in the file, at least half of the students were in others yesterday. People are known by
/// their keys.
fn moved_classes(
    stored: &StoredRoster,
    wanted: &Roster,
    known_classes: &[u32],
    among: &HashSet<u32>,
) -> Vec<MovedClass> {
    let mut index = StringIndex::with_capacity(stored.students.len());
    let key = |position: u32| stored.texts.get(stored.students[position as usize].values.person.key());
    for (student, position) in stored.students.iter().zip(0..).filter(|(student, _)| student.active) {
        index.insert(stored.texts.get(student.values.person.key()), position, key);
    }
    let before = in_store(&students(stored, wanted));
    // How many of each class of the file are known, and how many of them were in each stored class.
    let mut classes = HashMap::<u32, (usize, HashMap<u32, usize>)>::new();
    for link in wanted.enrollments.iter().filter(|link| among.contains(&known_classes[link.class as usize])) {
        let text = wanted.texts.get(wanted.students[link.person as usize].person.key());
        if let Some(position) = index.get(text, key) {
            let (size, shared) = classes.entry(link.class).or_default();
            *size += 1;
            before.get(position).iter().for_each(|class| *shared.entry(*class).or_default() += 1);
        }
    }
    let moved = |(class, (size, shared)): (u32, (usize, HashMap<u32, usize>))| {
        let number = known_classes[class as usize];
        let stayed = shared.get(&number).copied().unwrap_or(0);
        let most = shared
            .into_iter()
            .filter(|(from, _)| *from != number)
            .max_by_key(|(from, count)| (*count, *from));
        let from = most.filter(|(_, count)| count * 2 >= size).map(|(from, _)| ClassNumber(from));
        (stayed * 2 < size).then_some(MovedClass { wanted: class, number: ClassNumber(number), from })
    };
    let mut moved = classes.into_iter().filter_map(moved).collect::<Vec<_>>();
    moved.sort_unstable_by_key(|class| class.number);
    moved
}

fn class_ids_message(stored: &StoredRoster, wanted: &Roster, moved: &[MovedClass]) -> String {
    let describe = |number: ClassNumber| {
        let class = stored.classes.by_number(number).map(|class| class.values);
        class.map_or_else(String::new, |class| {
            format!("'{}' ({})", stored.texts.get(class.name), stored.texts.get(class.key))
        })
    };
    let numbers = moved.iter().map(|class| (class.number, class.from)).collect::<HashMap<_, _>>();
    let is_exchanged =
        |class: &MovedClass| class.from.is_some_and(|from| numbers.get(&from) == Some(&Some(class.number)));
    let cause = if moved.iter().all(is_exchanged) {
        "these ids were exchanged"
    } else {
        "the column has slipped by some rows, or was sorted without the others"
    };
    let example = moved.iter().find_map(|class| Some((class.number, class.from?)));
    let example = example.map_or_else(String::new, |(to, from)| {
        format!(" So {} would have the students of {}.", describe(to), describe(from))
    });
    format!(
        "{} with other students, and other names or teachers, than yesterday{}: most likely {cause}.{example}",
        count(moved.len(), Column::ClassId, "stands", "stand"),
        lines_in_words(&wanted.origin.lines.classes, moved.iter().map(|class| class.wanted)),
    )
}
