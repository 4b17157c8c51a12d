//! The update fuse: nearly everyone would be changed a little.

use homeroom_model::entity::{ByNumber, EntityRef};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::Numbered;
use homeroom_model::roster::Student;
use homeroom_model::stored::Stored;

use super::Look;
use super::cut::Cut;

pub(super) fn updates(look: &Look<'_>, cut: &mut Cut<'_>) -> Option<BlownFuse> {
    let (teachers, students) = (&look.plan.teachers.update, &look.plan.students.update);
    let all = look.stored.active(EntityKind::Teacher).chain(look.stored.active(EntityKind::Student));
    let all = all.map(|entity| look.places.of(entity));
    let changing = teachers.iter().map(|one| look.places.of(one.number));
    let changing = changing.chain(students.iter().map(|one| look.places.of(one.number)));
    let measured = look.rules.measure(
        look,
        look.rules.policy.limit(Fuse::Update),
        |window| window.updates,
        all,
        changing,
    );
    let (limit, changed, active) =
        measured.into_iter().find(|(limit, changed, active)| limit.is_exceeded(*changed, *active))?;
    teachers.iter().for_each(|one| cut.hold_update(one.number));
    students.iter().for_each(|one| cut.hold_update(one.number));
    let first = students.iter().map(|one| EntityRef::from(one.number));
    let first = first.chain(teachers.iter().map(|one| EntityRef::from(one.number)));
    Some(BlownFuse {
        fuse: Fuse::Update,
        scope: "people".into(),
        message: format!(
            "{changed} of {active} active people would be changed, the limit is {} %: {}.",
            limit.percent,
            cause(look, students)
        ),
        examples: look.examples(first),
    })
}

/// What changes in most of the students.
fn cause(look: &Look<'_>, students: &[Numbered<Student>]) -> &'static str {
    let (mut grade_up, mut domain, mut names, mut swapped, mut numbers) = (0, 0, 0, 0, 0);
    for one in students {
        let Some(Stored { values: old, .. }) = look.stored.students.by_number(one.number) else { continue };
        let (was, is) = (&old.person, &one.values.person);
        let (had, has) = (|text| look.stored.texts.get(text), |text| look.plan.texts.get(text));
        let part = |address: &str, at: usize| address.split('@').nth(at).unwrap_or_default().to_owned();
        grade_up += usize::from(old.grade.zip(one.values.grade).is_some_and(|(was, is)| is.follows(was)));
        domain += usize::from(part(had(was.email), 1) != part(has(is.email), 1));
        let (first, last) =
            (had(was.first_name) != has(is.first_name), had(was.last_name) != has(is.last_name));
        names += usize::from(first || last);
        numbers += usize::from(was.sis_id.is_empty() && !is.sis_id.is_empty());
        swapped +=
            usize::from(had(was.first_name) == has(is.last_name) && had(was.last_name) == has(is.first_name));
    }
    let most = |count: usize| count * 2 > students.len();
    if most(swapped) {
        "most likely first and last names are in each other's column"
    } else if most(domain) {
        "most likely the e-mail domain has changed"
    } else if most(numbers) {
        "most likely the file has the SIS's own numbers for the first time"
    } else if most(grade_up) {
        "most likely a new school year has begun"
    } else if most(names) {
        "most likely names are written in another way, or belong to other rows"
    } else {
        "most likely a column was filled in another way"
    }
}
