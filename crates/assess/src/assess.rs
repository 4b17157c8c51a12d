//! The order of an assessment.

use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::stored::StoredRoster;
use homeroom_model::{Finding, FindingCode, Roster};

use crate::align::align;
use crate::classes_of::known_classes;
use crate::keep::{Keeping, Kept};
use crate::moved::moved_columns;
use crate::names::exchanged_names;
use crate::order::put_kept;
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
    if !kept.students.is_empty() || !kept.teachers.is_empty() {
        put_kept(stored, wanted, &kept.students, &kept.teachers);
    }
    assessment
}

/// Stored values that take the place of those in the file.
#[derive(Default)]
struct AllKept {
    students: Vec<Kept>,
    teachers: Vec<Kept>,
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
    verdicts.extend(earlier_year(&learners, &aligned_students));
    let mut of_students = Keeping::of(&learners, &aligned_students);
    let mut of_teachers = Keeping::of(&staff, &aligned_teachers);
    let mut findings = verdicts.iter().map(finding).collect::<Vec<_>>();
    findings.append(&mut of_students.findings);
    findings.append(&mut of_teachers.findings);
    let kept = AllKept { students: of_students.kept, teachers: of_teachers.kept };
    (Assessment { findings, verdicts, other_people }, kept)
}

/// The finding that says what a verdict says.
fn finding(verdict: &ColumnVerdict) -> Finding {
    let code = match verdict.fault {
        ColumnFault::Moved => FindingCode::ColumnMoved,
        ColumnFault::Exchanged => FindingCode::ColumnsExchanged,
        ColumnFault::EarlierYear => FindingCode::EarlierSchoolYear,
    };
    let finding = Finding::of_file(code, verdict.entities.len().to_string(), verdict.message.clone());
    finding.in_column(verdict.column.name())
}
