//! The update fuse: nearly everyone would be changed a little.

use homeroom_model::entity::{ByNumber, EntityRef};
use homeroom_model::fuse::{BlownFuse, Fuse};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::Numbered;
use homeroom_model::roster::Student;
use homeroom_model::stored::Stored;

use super::context::{FuseContext, Measured};
use super::partition::Partition;

/// Too large a share of active people would be changed: their changes wait.
pub(super) fn updates(context: &FuseContext<'_>, partition: &mut Partition<'_>) -> Option<BlownFuse> {
    let (teachers, students) = (&context.plan.teachers.update, &context.plan.students.update);
    let all = context.stored.active(EntityKind::Teacher).chain(context.stored.active(EntityKind::Student));
    let all = all.map(|entity| context.places.of(entity));
    let changing = teachers.iter().map(|teacher| context.places.of(teacher.number));
    let changing = changing.chain(students.iter().map(|student| context.places.of(student.number)));
    let usual = context.rules.policy.limit(Fuse::Update);
    let measured = context.measure(usual, |window| window.updates, all, changing);
    let Measured { limit, count, of } = measured.into_iter().find(Measured::is_exceeded)?;
    teachers.iter().for_each(|teacher| partition.hold_update(teacher.number));
    students.iter().for_each(|student| partition.hold_update(student.number));
    let first = students.iter().map(|student| EntityRef::from(student.number));
    let first = first.chain(teachers.iter().map(|teacher| EntityRef::from(teacher.number)));
    Some(BlownFuse {
        fuse: Fuse::Update,
        scope: "people".into(),
        message: format!(
            "{count} of {of} active people would be changed; the limit is {}%. Most likely {}.",
            limit.percent,
            likely_cause(context, students)
        ),
        examples: context.examples(first),
    })
}

/// What changes in most of the students.
fn likely_cause(context: &FuseContext<'_>, students: &[Numbered<Student>]) -> &'static str {
    let (mut grade_up, mut domain, mut names, mut swapped, mut numbers) = (0, 0, 0, 0, 0);
    for new in students {
        let Some(Stored { values: old, .. }) = context.stored.students.by_number(new.number) else {
            continue;
        };
        let (old_person, new_person) = (&old.person, &new.values.person);
        let old_text = |text| context.stored.texts.get(text);
        let new_text = |text| context.plan.texts.get(text);
        let domain_of = |address: &str| address.split('@').nth(1).unwrap_or_default().to_owned();
        let grades = old.grade.zip(new.values.grade);
        let (old_first, old_last) = (old_text(old_person.first_name), old_text(old_person.last_name));
        let (new_first, new_last) = (new_text(new_person.first_name), new_text(new_person.last_name));
        grade_up += usize::from(grades.is_some_and(|(old, new)| new.follows(old)));
        domain += usize::from(domain_of(old_text(old_person.email)) != domain_of(new_text(new_person.email)));
        names += usize::from(old_first != new_first || old_last != new_last);
        numbers += usize::from(old_person.sis_id.is_empty() && !new_person.sis_id.is_empty());
        swapped += usize::from(old_first == new_last && old_last == new_first);
    }
    let most = |count: usize| count * 2 > students.len();
    if most(swapped) {
        "first and last names are swapped"
    } else if most(domain) {
        "the e-mail domain has changed"
    } else if most(numbers) {
        "the file has SIS ids for the first time"
    } else if most(grade_up) {
        "a new school year has begun"
    } else if most(names) {
        "names are written differently, or have slipped into other rows"
    } else {
        "a column is filled in differently"
    }
}
