//! Finds out which stored person each person of the file is most likely to be, for the sake of judging columns only: who is who is
//! decided by planning.

use homeroom_model::name::folded;
use homeroom_model::string_index::StringIndex;

use crate::classes_of::{ClassesOf, in_file, in_store};
use crate::damage::damage_of;
use crate::key_index::KeyIndex;
use crate::member::{Attribute, Member};
use crate::pair::{Agreement, Pair};
use crate::side::Side;

/// Everyone of one role in the file beside the stored ones.
pub(crate) struct Alignment<'s> {
    /// How many people agree with a stored one in everything.
    pub(crate) same: usize,
    /// People of whom something differs, in the order of the file's roster.
    pub(crate) pairs: Vec<Pair>,
    /// People of the file of whom somebody stored has the address, or the full name, or nearly everything.
    pub(crate) acquainted: usize,
    /// Stored people who do not agree in everything.
    pub(crate) index: KeyIndex<'s>,
}

/// Aligns the people of one role.
pub(crate) fn align<'s, V: Member>(side: &Side<'s, V>, known_classes: &[u32]) -> Alignment<'s> {
    let (differing, unclaimed) = leave_out_same(side);
    let index = KeyIndex::new(side, &unclaimed);
    let same = side.wanted.len() - differing.len();
    let mut alignment = Alignment { same, pairs: vec![], acquainted: same, index };
    if differing.is_empty() || unclaimed.is_empty() {
        return alignment;
    }
    let classes = (in_file(side, known_classes), in_store(side));
    let mut possible = Vec::new();
    for wanted in differing {
        let mut is_acquainted = false;
        for stored in alignment.index.candidates(side, wanted) {
            let agreement = compare(side, wanted, stored, &classes);
            let has_place = side.may_have_grade_of(wanted, stored);
            is_acquainted |=
                agreement.is_anchor() || agreement.has(Attribute::Email) || agreement.has_name() && has_place;
            if agreement.is_anchor() {
                let pair = Pair { wanted, stored, agreement };
                possible.push((agreement.worth(), agreement.has(Attribute::Email), pair));
            }
        }
        alignment.acquainted += usize::from(is_acquainted);
    }
    alignment.pairs = one_to_one(side, possible);
    alignment
}

/// The best pairs first, each person once.
fn one_to_one<V: Member>(side: &Side<'_, V>, mut possible: Vec<(u32, bool, Pair)>) -> Vec<Pair> {
    possible
        .sort_by_key(|(worth, email, pair)| (std::cmp::Reverse((*worth, *email)), pair.wanted, pair.stored));
    let mut taken = (vec![false; side.wanted.len()], vec![false; side.stored.len()]);
    let mut pairs = Vec::new();
    for (_, _, pair) in possible {
        let (wanted, stored) = (&mut taken.0[pair.wanted as usize], &mut taken.1[pair.stored as usize]);
        if !*wanted && !*stored {
            (*wanted, *stored) = (true, true);
            pairs.push(pair);
        }
    }
    pairs.sort_by_key(|pair| pair.wanted);
    pairs
}

/// People of the file who differ from the active holder of their key, and the active stored people who are left.
fn leave_out_same<V: Member>(side: &Side<'_, V>) -> (Vec<u32>, Vec<u32>) {
    let mut index = StringIndex::with_capacity(side.stored.len());
    let key = |position: u32| {
        let person = side.stored[position as usize].values.person();
        let key = if side.has(Attribute::SisId) { person.key() } else { person.email };
        side.stored_texts.get(key)
    };
    for (_, position) in side.stored.iter().zip(0_u32..).filter(|(stored, _)| stored.active) {
        index.insert(key(position), position, key);
    }
    let mut claimed = vec![false; side.stored.len()];
    let mut differing = Vec::new();
    for (values, wanted) in side.wanted.iter().zip(0_u32..) {
        let holder = index.get(side.wanted_texts.get(values.key()), key);
        match holder
            .filter(|stored| agrees_in_everything(side, values, &side.stored[*stored as usize].values))
        {
            Some(stored) => claimed[stored as usize] = true,
            None => differing.push(wanted),
        }
    }
    let left = side.stored.iter().zip(0_u32..).zip(&claimed);
    let left = left.filter(|((stored, _), claimed)| stored.active && !**claimed);
    (differing, left.map(|((_, position), _)| position).collect())
}

fn agrees_in_everything<V: Member>(side: &Side<'_, V>, new: &V, old: &V) -> bool {
    let same = |attribute| {
        let texts = (side.wanted_texts.get(new.text(attribute)), side.stored_texts.get(old.text(attribute)));
        texts.0 == texts.1 || !side.has(attribute)
    };
    new.grade() == old.grade() && Attribute::ALL.into_iter().all(same)
}

fn compare<V: Member>(
    side: &Side<'_, V>,
    wanted: u32,
    stored: u32,
    classes: &(ClassesOf, ClassesOf),
) -> Agreement {
    let agrees = |attribute: Attribute| {
        let (new, old) = (side.new_text(wanted, attribute), side.old_text(stored, attribute));
        let same_name = || attribute.is_name() && (folded(new) == folded(old));
        !new.is_empty() && (new == old || same_name() || damage_of(new, old).is_some())
    };
    let attributes =
        Attribute::ALL.into_iter().filter(|attribute| side.has(*attribute) && agrees(*attribute));
    let grade = side.wanted[wanted as usize].grade();
    let (new, old) = (classes.0.get(wanted), classes.1.get(stored));
    Agreement {
        attributes: attributes.fold(0, |bits, attribute| bits | 1 << attribute as u8),
        grade: grade.is_some() && grade == side.stored[stored as usize].values.grade(),
        class: new.iter().any(|class| old.contains(class)),
    }
}
