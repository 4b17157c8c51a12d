//! People's attributes before and after a plan.

use homeroom_model::entity::{ByNumber, Entity, EntityRef, SchoolNumber};
use homeroom_model::ids::EntityKind;
use homeroom_model::plan::{Changes, Numbered};
use homeroom_model::roster::{Student, Teacher};
use homeroom_model::stored::Stored;
use homeroom_model::string_arena::{StrId, StringArena};
use homeroom_model::{Column, Grade};

use super::context::FuseContext;
use super::partition::Partition;

/// What is told about a person, apart from classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Attribute {
    Address,
    SisId,
    CleverId,
    UserName,
    FirstName,
    LastName,
    Grade,
}

impl Attribute {
    /// Those that name one person alone.
    pub(super) const KEYS: [Attribute; 4] =
        [Attribute::Address, Attribute::SisId, Attribute::CleverId, Attribute::UserName];

    /// All of them.
    pub(super) const ALL: [Attribute; 7] = [
        Attribute::Address,
        Attribute::SisId,
        Attribute::CleverId,
        Attribute::UserName,
        Attribute::FirstName,
        Attribute::LastName,
        Attribute::Grade,
    ];

    /// The one that a column gives.
    pub(super) fn of_column(column: Column) -> Option<Attribute> {
        match column {
            Column::TeacherFirstName | Column::StudentFirstName => Some(Attribute::FirstName),
            Column::TeacherLastName | Column::StudentLastName => Some(Attribute::LastName),
            Column::StudentGradeLevel => Some(Attribute::Grade),
            Column::TeacherEmail | Column::StudentEmail => Some(Attribute::Address),
            Column::TeacherId | Column::StudentId => Some(Attribute::SisId),
            Column::TeacherCleverId | Column::StudentCleverId => Some(Attribute::CleverId),
            Column::StudentUsername => Some(Attribute::UserName),
            Column::SchoolId | Column::SchoolName | Column::ClassId | Column::ClassName => None,
        }
    }

    /// "address"
    pub(super) fn noun(self) -> &'static str {
        match self {
            Attribute::Address => "address",
            Attribute::SisId => "SIS id",
            Attribute::CleverId => "Clever id",
            Attribute::UserName => "user name",
            Attribute::FirstName => "first name",
            Attribute::LastName => "last name",
            Attribute::Grade => "grade",
        }
    }

    /// "an address"
    pub(super) fn with_article(self) -> String {
        let article = if matches!(self, Attribute::Address | Attribute::SisId) { "an" } else { "a" };
        format!("{article} {}", self.noun())
    }

    fn position(self) -> usize {
        self as usize
    }
}

/// A person's attributes as texts; empty for those that are not given.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes<'t>([&'t str; 7]);

impl<'t> Attributes<'t> {
    pub(super) fn get(&self, attribute: Attribute) -> &'t str {
        self.0[attribute.position()]
    }

    /// First and last name.
    pub(super) fn name(&self) -> (&'t str, &'t str) {
        (self.get(Attribute::FirstName), self.get(Attribute::LastName))
    }

    pub(super) fn grade(&self) -> Option<Grade> {
        Grade::from_code(self.get(Attribute::Grade))
    }
}

/// A teacher or student.
pub(super) trait HasAttributes: Entity {
    fn attributes<'t>(&self, texts: &'t StringArena) -> Attributes<'t>;
}

impl HasAttributes for Teacher {
    fn attributes<'t>(&self, texts: &'t StringArena) -> Attributes<'t> {
        let text = |text: StrId| texts.get(text);
        let person = &self.person;
        let (email, sis, clever) = (text(person.email), text(person.sis_id), text(person.clever_id));
        Attributes([email, sis, clever, "", text(person.first_name), text(person.last_name), ""])
    }
}

impl HasAttributes for Student {
    fn attributes<'t>(&self, texts: &'t StringArena) -> Attributes<'t> {
        let mut attributes = Teacher { person: self.person }.attributes(texts);
        attributes.0[Attribute::UserName.position()] = texts.get(self.username);
        attributes.0[Attribute::Grade.position()] = self.grade.map_or("", |grade| grade.code());
        attributes
    }
}

/// How a plan changes a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// New, or back again.
    Arrival,
    /// Other values.
    Update,
    /// Other values, among them keys, recognized by evidence.
    Rekey,
}

/// A person whose attributes a plan sets.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChangedPerson<'t> {
    pub(super) entity: EntityRef,
    pub(super) kind: Kind,
    /// Empty for a new person, and for one who is back.
    pub(super) old: Attributes<'t>,
    pub(super) new: Attributes<'t>,
}

impl ChangedPerson<'_> {
    /// Whether an attribute that was given has another value, or none.
    pub(super) fn changes(&self, attribute: Attribute) -> bool {
        !self.old.get(attribute).is_empty() && self.old.get(attribute) != self.new.get(attribute)
    }

    /// Holds the whole change of this person.
    pub(super) fn hold(&self, partition: &mut Partition<'_>) {
        match self.kind {
            Kind::Arrival => partition.hold_arrival(self.entity),
            Kind::Update => partition.hold_update(self.entity),
            Kind::Rekey => partition.hold_rekey(self.entity),
        }
    }

    pub(super) fn school(&self, context: &FuseContext<'_>) -> Option<SchoolNumber> {
        context.places.of(self.entity)
    }
}

/// All teachers and students whose attributes a plan sets.
pub(super) fn changed_people<'c>(context: &FuseContext<'c>) -> Vec<ChangedPerson<'c>> {
    let mut people = of_kind(context, &context.plan.teachers, &context.stored.teachers);
    people.extend(of_kind(context, &context.plan.students, &context.stored.students));
    people
}

fn of_kind<'c, V: HasAttributes>(
    context: &FuseContext<'c>,
    changes: &'c Changes<V>,
    stored: &'c [Stored<V>],
) -> Vec<ChangedPerson<'c>> {
    let lists = [
        (Kind::Arrival, &changes.create),
        (Kind::Arrival, &changes.reactivate),
        (Kind::Update, &changes.update),
        (Kind::Rekey, &changes.rekey),
    ];
    let person = |kind: Kind, new: &Numbered<V>| {
        let old = stored.by_number(new.number).filter(|_| kind != Kind::Arrival);
        ChangedPerson {
            entity: new.number.into(),
            kind,
            old: old.map_or_else(Attributes::default, |old| old.values.attributes(&context.stored.texts)),
            new: new.values.attributes(&context.plan.texts),
        }
    };
    lists
        .into_iter()
        .flat_map(|(kind, list)| list.iter().map(move |new| (kind, new)))
        .map(|(kind, new)| person(kind, new))
        .collect()
}

/// "the address ann@x.org becomes ann.lee@x.org": the first attribute in which a person of the plan differs from a stored one.
pub(super) fn changed_attribute(context: &FuseContext<'_>, old: EntityRef, new: EntityRef) -> Option<String> {
    let (before, after) = match old.kind {
        EntityKind::Teacher => both(context, &context.stored.teachers, &context.plan.teachers, (old, new)),
        EntityKind::Student => both(context, &context.stored.students, &context.plan.students, (old, new)),
        EntityKind::School | EntityKind::Class => None,
    }?;
    let mut all = Attribute::ALL.into_iter();
    let changed = all.find(|attribute| before.get(*attribute) != after.get(*attribute))?;
    let shown = |text: &str| if text.is_empty() { "(empty)".to_owned() } else { text.to_owned() };
    Some(format!(
        "the {} {} becomes {}",
        changed.noun(),
        shown(before.get(changed)),
        shown(after.get(changed))
    ))
}

fn both<'c, V: HasAttributes>(
    context: &FuseContext<'c>,
    stored: &[Stored<V>],
    changes: &Changes<V>,
    (old, new): (EntityRef, EntityRef),
) -> Option<(Attributes<'c>, Attributes<'c>)> {
    let old = stored.by_number(old.number_as()?)?.values.attributes(&context.stored.texts);
    let number = new.number_as()?;
    let new = changes.valued().find(|valued| valued.number == number)?;
    Some((old, new.values.attributes(&context.plan.texts)))
}
