//! The order of an assessment.

use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::roster::RosterOrigin;
use homeroom_model::stored::StoredRoster;
use homeroom_model::{Finding, FindingCode, Roster};

use crate::align::align;
use crate::class_origins::blame_class_ids;
use crate::classes_of::known_classes;
use crate::grades::grades;
use crate::keep::Keeping;
use crate::kept::Kept;
use crate::moved::moved_columns;
use crate::names::exchanged_names;
use crate::order::{put_kept, put_names};
use crate::places::{KeptName, place_names};
use crate::plausibility::{People, Strangers, strangers};
use crate::side::{students, teachers};
use crate::teachings::sorted_teachers;
use crate::year::earlier_year;

/// What a look at the whole file has shown.
#[derive(Debug, Default)]
pub struct Assessment {
    /// What is said about it; a finding that rejects the file comes alone.
    pub findings: Vec<Finding>,
    /// Columns that went wrong: what follows from them waits.
    pub verdicts: Vec<ColumnVerdict>,
    /// Hardly anybody in the file is known, although its places are: the sentence that says so, and nothing of it goes ahead.
    pub other_people: Option<String>,
}

/// Looks at a roster as a whole, beside the stored one. Values that were emptied or damaged are replaced in it by the stored ones.
pub fn assess(stored: &StoredRoster, wanted: &mut Roster) -> Assessment {
    let (assessment, kept) = look(stored, wanted);
    // It has been used, and the lists are put in another order.
    wanted.origin = RosterOrigin::default();
    if !kept.students.is_empty() || !kept.teachers.is_empty() {
        put_kept(stored, wanted, &kept.students, &kept.teachers);
    }
    put_names(wanted, &kept.places);
    assessment
}

/// Stored values that take the place of those in the file.
#[derive(Default)]
struct AllKept {
    students: Vec<Kept>,
    teachers: Vec<Kept>,
    places: Vec<KeptName>,
}

fn look(stored: &StoredRoster, wanted: &Roster) -> (Assessment, AllKept) {
    let known = known_classes(stored, wanted);
    let (learners, staff) = (students(stored, wanted), teachers(stored, wanted));
    let (aligned_students, aligned_teachers) = (align(&learners, &known), align(&staff, &known));
    let people = [People::of(&learners, &aligned_students), People::of(&staff, &aligned_teachers)];
    let other_people = match strangers(people, stored, wanted, &known) {
        None => None,
        Some(Strangers::KnownPlaces(message)) => Some(message),
        Some(Strangers::OtherDistrict(finding)) => {
            return (Assessment { findings: vec![finding], ..Assessment::default() }, AllKept::default());
        }
    };
    let mut verdicts = moved_columns(&learners, &aligned_students);
    verdicts.extend(moved_columns(&staff, &aligned_teachers));
    verdicts.extend(exchanged_names(&learners, &aligned_students));
    verdicts.extend(exchanged_names(&staff, &aligned_teachers));
    verdicts.extend(sorted_teachers(stored, wanted, &known));
    match earlier_year(&learners, &aligned_students) {
        Some(earlier) => verdicts.push(earlier),
        None => verdicts.extend(grades(&learners, &aligned_students)),
    }
    let of_places = place_names(stored, wanted);
    let of_students = Keeping::of(&learners, &aligned_students);
    let of_teachers = Keeping::of(&staff, &aligned_teachers);
    verdicts.extend([of_students.verdicts, of_teachers.verdicts, of_places.verdicts].into_iter().flatten());
    blame_class_ids(stored, wanted, &known, &mut verdicts);
    let kept_values = [of_students.findings, of_teachers.findings, of_places.findings];
    let findings = verdicts.iter().filter_map(finding).chain(kept_values.into_iter().flatten()).collect();
    let kept = AllKept { students: of_students.kept, teachers: of_teachers.kept, places: of_places.kept };
    (Assessment { findings, verdicts, other_people }, kept)
}

/// The finding that says what a verdict says, unless it was said with the values that are kept.
fn finding(verdict: &ColumnVerdict) -> Option<Finding> {
    let code = match verdict.fault {
        ColumnFault::Moved => FindingCode::ColumnMoved,
        ColumnFault::Exchanged => FindingCode::ColumnsExchanged,
        ColumnFault::Emptied => FindingCode::ValuesEmptied,
        ColumnFault::Filled => FindingCode::ValuesFilled,
        ColumnFault::EarlierYear => FindingCode::EarlierSchoolYear,
        ColumnFault::Kept => return None,
    };
    let finding = Finding::of_file(code, verdict.entities.len().to_string(), verdict.message.clone());
    Some(finding.in_column(verdict.column.name()))
}
