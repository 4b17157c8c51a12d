//! Finds the stored people whom rejected rows describe: by key where the name agrees, else by name in the class, school or grade of the
//! row. A name that several people have protects all of them.

use hashbrown::{HashMap, HashSet};
use homeroom_model::entity::{ByNumber, ClassNumber, Entity, SchoolNumber};
use homeroom_model::grade::Grade;
use homeroom_model::name::{Likeness, folded, likeness};
use homeroom_model::named::NamedPerson;
use homeroom_model::protected::Protected;
use homeroom_model::roster::{Link, Person};
use homeroom_model::stored::{Stored, StoredLink, StoredRoster, active_links_of_class};

use super::named_classes::{FoundClass, FoundClasses, school_of};

/// What is stored of one kind of people, and where to look for them.
pub(super) struct StoredPeople<'s, V: Entity> {
    pub(super) stored: &'s StoredRoster,
    pub(super) list: &'s [Stored<V>],
    pub(super) links: &'s [StoredLink<V::Number>],
    pub(super) by_key: &'s HashMap<&'s str, V::Number>,
    pub(super) person: fn(&V) -> Person,
    pub(super) grade: fn(&V) -> Option<Grade>,
}

/// The people whom rows describe, and what stays in force because of it.
pub(super) struct FoundPeople<N> {
    /// Links that rows name.
    pub(super) links: HashSet<Link<N>>,
    /// People who keep all their links: their key is in doubt, or the class in the row is not one of theirs.
    pub(super) people: HashSet<N>,
    /// Classes that keep all their people: a row says nothing of its person by which they could be found.
    pub(super) classes: HashSet<ClassNumber>,
}

/// Finds the active people of one kind.
pub(super) fn find_people<V: Entity>(
    stored: &StoredPeople<'_, V>,
    protected: &Protected,
    classes: &FoundClasses<'_>,
) -> FoundPeople<V::Number> {
    let found = FoundPeople { links: HashSet::new(), people: HashSet::new(), classes: HashSet::new() };
    let mut search = Search { stored, found, in_class: HashMap::new(), elsewhere: None };
    let unknown = FoundClass::default();
    for person in protected.people().filter(|person| person.kind == V::KIND) {
        search.add(&person, classes.get(&person.class).unwrap_or(&unknown));
    }
    search.found
}

/// People by what they share. A list that was found once is empty from then on: all in it are protected.
type Namesakes<K, N> = HashMap<(K, String), Vec<N>>;

struct Search<'s, V: Entity> {
    stored: &'s StoredPeople<'s, V>,
    found: FoundPeople<V::Number>,
    /// For classes that were looked at the people by whole name, and by each part of it.
    in_class: HashMap<ClassNumber, Namesakes<NamePart, V::Number>>,
    elsewhere: Option<Elsewhere<V::Number>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum NamePart {
    Whole,
    First,
    Last,
}

/// People by whole name, and by school or grade.
struct Elsewhere<N> {
    in_district: Namesakes<(), N>,
    in_school: Namesakes<SchoolNumber, N>,
    in_grade: Namesakes<Grade, N>,
}

impl<V: Entity> Search<'_, V> {
    fn add(&mut self, named: &NamedPerson<&str>, class: &FoundClass) {
        let with_key =
            [named.sis_id, named.email].iter().find_map(|key| self.stored.by_key.get(key)).copied();
        match with_key {
            Some(number) if self.agrees(number, named) => {
                let is_in_class = self.add_links(number, class);
                // The key of a namesake may have got into the row, or of someone of the same first name.
                if !(is_in_class && self.has_whole_name(number, named)) {
                    let _ = self.add_in_class(named, class) || self.add_elsewhere(named, class);
                }
            }
            _ => {
                // Whoever has the key may still be meant, under a name that the roster does not know.
                if !self.add_by_name(named, class) {
                    match with_key {
                        Some(number) => {
                            self.found.people.insert(number);
                        }
                        None if has_no_name(named) => self.found.classes.extend(&class.numbers),
                        None => {}
                    }
                }
            }
        }
    }

    fn agrees(&self, number: V::Number, named: &NamedPerson<&str>) -> bool {
        let Some(stored) = self.stored.list.by_number(number) else { return false };
        let (first, last) = self.stored.names(&stored.values);
        has_no_name(named)
            || likeness(first, last, named.first_name, named.last_name) != Likeness::Different
            || folded(first) == folded(named.first_name)
    }

    fn has_whole_name(&self, number: V::Number, named: &NamedPerson<&str>) -> bool {
        let Some(stored) = self.stored.list.by_number(number) else { return false };
        let (first, last) = self.stored.names(&stored.values);
        has_no_name(named) || whole_name(first, last) == whole_name(named.first_name, named.last_name)
    }

    /// Keeps the link that the row names; all links, if the person is in no such class. Returns whether they are in it.
    fn add_links(&mut self, person: V::Number, class: &FoundClass) -> bool {
        let links = class.numbers.iter().map(|class| Link { class: *class, person });
        let in_force = links.filter(|link| self.stored.is_in_force(link)).collect::<Vec<_>>();
        let is_in_class = !in_force.is_empty();
        if !is_in_class {
            self.found.people.insert(person);
        }
        self.found.links.extend(in_force);
        is_in_class
    }

    /// Whether somebody has this whole name in the class, the school or the grade.
    fn add_by_name(&mut self, named: &NamedPerson<&str>, class: &FoundClass) -> bool {
        if has_no_name(named) {
            return false;
        }
        if self.add_in_class(named, class) {
            return true;
        }
        // Who shares a part of the name in this class may have married, or may be spelled otherwise.
        for class in &class.numbers {
            let people = self.in_class.get_mut(class).expect("the class was looked at above");
            take(people, (NamePart::First, folded(named.first_name)), &mut self.found.people);
            take(people, (NamePart::Last, folded(named.last_name)), &mut self.found.people);
        }
        self.add_elsewhere(named, class)
    }

    /// Whether somebody in the class has this whole name.
    fn add_in_class(&mut self, named: &NamedPerson<&str>, class: &FoundClass) -> bool {
        let whole = whole_name(named.first_name, named.last_name);
        let Search { stored, found, in_class, .. } = self;
        let mut is_in_class = false;
        for class in &class.numbers {
            let people = in_class.entry(*class).or_insert_with(|| stored.by_name_in(*class));
            is_in_class |= take(people, (NamePart::Whole, whole.clone()), &mut found.people);
        }
        is_in_class
    }

    /// Whether somebody in the school or the grade has this whole name.
    fn add_elsewhere(&mut self, named: &NamedPerson<&str>, class: &FoundClass) -> bool {
        let whole = whole_name(named.first_name, named.last_name);
        let Search { stored, found, elsewhere, .. } = self;
        let Elsewhere { in_district, in_school, in_grade } =
            elsewhere.get_or_insert_with(|| stored.by_name_elsewhere());
        let mut is_in_school = false;
        for school in &class.schools {
            is_in_school |= take(in_school, (*school, whole.clone()), &mut found.people);
        }
        // A file of users says nothing of classes.
        if class.numbers.is_empty() && class.schools.is_empty() && named.grade.is_none() {
            return take(in_district, ((), whole), &mut found.people);
        }
        is_in_school || named.grade.is_some_and(|grade| take(in_grade, (grade, whole), &mut found.people))
    }
}

/// Protects the people of a list; whether there is one.
fn take<K: Eq + std::hash::Hash, N: Copy + Eq + std::hash::Hash>(
    lists: &mut Namesakes<K, N>,
    key: (K, String),
    people: &mut HashSet<N>,
) -> bool {
    let list = lists.get_mut(&key);
    list.map(|list| people.extend(list.drain(..))).is_some()
}

fn has_no_name(named: &NamedPerson<&str>) -> bool {
    named.first_name.is_empty() && named.last_name.is_empty()
}

/// A name without spelling, order and the border between its cells.
fn whole_name(first: &str, last: &str) -> String {
    let name = folded(&format!("{first} {last}"));
    let mut words = name.split(' ').collect::<Vec<_>>();
    words.sort_unstable();
    words.join(" ")
}

impl<V: Entity> StoredPeople<'_, V> {
    fn names(&self, values: &V) -> (&str, &str) {
        let Person { first_name, last_name, .. } = (self.person)(values);
        (self.stored.texts.get(first_name), self.stored.texts.get(last_name))
    }

    fn is_in_force(&self, link: &Link<V::Number>) -> bool {
        let found = self.links.binary_search_by_key(link, |stored| stored.link);
        found.is_ok_and(|at| self.links[at].active)
    }

    fn by_name_in(&self, class: ClassNumber) -> Namesakes<NamePart, V::Number> {
        let of_class = active_links_of_class(self.links, class);
        let mut people = Namesakes::default();
        for stored in of_class {
            let number = stored.link.person;
            let Some(person) = self.list.by_number(number) else { continue };
            let (first, last) = self.names(&person.values);
            for (part, name) in [
                (NamePart::Whole, whole_name(first, last)),
                (NamePart::First, folded(first)),
                (NamePart::Last, folded(last)),
            ] {
                if !name.is_empty() {
                    people.entry((part, name)).or_insert_with(Vec::new).push(number);
                }
            }
        }
        people
    }

    fn by_name_elsewhere(&self) -> Elsewhere<V::Number> {
        let (mut in_district, mut in_grade) = (Namesakes::default(), Namesakes::default());
        let mut names = HashMap::new();
        for person in self.list.iter().filter(|person| person.active) {
            let (first, last) = self.names(&person.values);
            let name = whole_name(first, last);
            if let Some(grade) = (self.grade)(&person.values) {
                in_grade.entry((grade, name.clone())).or_insert_with(Vec::new).push(person.number);
            }
            in_district.entry(((), name.clone())).or_insert_with(Vec::new).push(person.number);
            names.insert(person.number, name);
        }
        let of_link = |stored: &StoredLink<V::Number>| {
            Some((school_of(self.stored, stored.link.class)?, stored.link.person))
        };
        let in_force = self.links.iter().filter(|stored| stored.active);
        let mut places = in_force.filter_map(of_link).collect::<Vec<_>>();
        places.sort_unstable();
        places.dedup();
        let mut in_school = Namesakes::default();
        for (school, person) in places {
            if let Some(name) = names.get(&person) {
                in_school.entry((school, name.clone())).or_insert_with(Vec::new).push(person);
            }
        }
        Elsewhere { in_district, in_school, in_grade }
    }
}
