//! Finds the stored classes that rejected rows describe: by key, or by name in the school of the row when the key is the thing in doubt.

use std::cell::LazyCell;

use hashbrown::HashMap;
use homeroom_model::entity::{ByNumber, ClassNumber, SchoolNumber};
use homeroom_model::name::folded;
use homeroom_model::named::NamedClass;
use homeroom_model::protected::Protected;
use homeroom_model::roster::{Class, School};
use homeroom_model::stored::{Stored, StoredRoster};

/// What is stored of the classes that rows describe.
pub(super) type FoundClasses<'p> = HashMap<NamedClass<&'p str>, FoundClass>;

/// What is stored of a class that a row describes.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundClass {
    /// The class, or all that it may be.
    pub(super) numbers: Vec<ClassNumber>,
    /// Whether the key is unknown, or belongs to another school's class.
    pub(super) is_key_in_doubt: bool,
    /// The school of the row, or all that it may be.
    pub(super) schools: Vec<SchoolNumber>,
}

/// Finds the active classes.
pub(super) fn find_classes<'p>(stored: &StoredRoster, protected: &'p Protected) -> FoundClasses<'p> {
    let text = |text| stored.texts.get(text);
    let active = stored.classes.iter().filter(|class| class.active);
    let by_key = active.map(|class| (text(class.values.key), class)).collect::<HashMap<_, _>>();
    let schools = Schools::new(stored);
    let by_name = LazyCell::new(|| classes_by_name(stored));
    let find = |named: NamedClass<&'p str>| {
        let of_row = schools.find(&named);
        let with_key = by_key.get(named.key);
        let name = folded(named.name);
        // Nothing in the row says that its class is elsewhere than it was.
        let is_in_place =
            |class: &&&Stored<Class>| of_row.is_empty() || of_row.contains(&class.values.school);
        if let Some(class) = with_key.filter(is_in_place) {
            let school = class.values.school;
            let mut numbers = vec![class.number];
            // The row may be one of the class that has this name.
            if name != folded(text(class.values.name)) {
                numbers.extend(by_name.get(&(school, name)).into_iter().flatten());
            }
            return (named, FoundClass { numbers, is_key_in_doubt: false, schools: vec![school] });
        }
        let named_so = of_row.iter().filter_map(|school| by_name.get(&(*school, name.clone()))).flatten();
        let mut numbers = named_so.copied().collect::<Vec<_>>();
        if numbers.is_empty() {
            // The id may stand where the name should.
            numbers.extend(with_key.or_else(|| by_key.get(named.name)).map(|class| class.number));
        }
        (named, FoundClass { numbers, is_key_in_doubt: true, schools: of_row })
    };
    protected.classes().map(find).collect()
}

fn classes_by_name(stored: &StoredRoster) -> HashMap<(SchoolNumber, String), Vec<ClassNumber>> {
    let mut by_name = HashMap::<_, Vec<_>>::new();
    for class in stored.classes.iter().filter(|class| class.active) {
        let name = folded(stored.texts.get(class.values.name));
        by_name.entry((class.values.school, name)).or_default().push(class.number);
    }
    by_name
}

/// The active schools by key and by name.
struct Schools<'s> {
    by_key: HashMap<&'s str, SchoolNumber>,
    by_name: HashMap<String, Vec<SchoolNumber>>,
}

impl<'s> Schools<'s> {
    fn new(stored: &'s StoredRoster) -> Schools<'s> {
        let (mut by_key, mut by_name) = (HashMap::new(), HashMap::<_, Vec<_>>::new());
        for Stored { number, values: School { key, name }, .. } in stored.schools.iter().filter(|s| s.active)
        {
            by_key.insert(stored.texts.get(*key), *number);
            by_name.entry(folded(stored.texts.get(*name))).or_default().push(*number);
        }
        Schools { by_key, by_name }
    }

    /// The school of a row; several when only its name is known.
    fn find(&self, class: &NamedClass<&str>) -> Vec<SchoolNumber> {
        match self.by_key.get(class.school) {
            Some(school) => vec![*school],
            None => self.by_name.get(&folded(class.school_name)).cloned().unwrap_or_default(),
        }
    }
}

/// The school of a class.
pub(super) fn school_of(stored: &StoredRoster, class: ClassNumber) -> Option<SchoolNumber> {
    stored.classes.by_number(class).map(|class| class.values.school)
}
