//! Keeps stored values where those of the file were emptied, damaged or filled over many people.

use hashbrown::{HashMap, HashSet};
use homeroom_model::name::{Likeness, folded, likeness};
use homeroom_model::{Column, Finding, FindingCode, Grade};

use crate::align::{Alignment, Pair};
use crate::damage::{Damage, damage_of};
use crate::member::{Attribute, Member};
use crate::side::Side;

/// A stored value that takes the place of the one in the file.
pub(crate) struct Kept {
    /// The position of its person in the file's roster.
    pub(crate) wanted: u32,
    /// What is kept.
    pub(crate) value: KeptValue,
}

/// What is kept.
pub(crate) enum KeptValue {
    /// An attribute of the stored person at this position.
    Text(Attribute, u32),
    /// The grade.
    Grade(Option<Grade>),
}

/// What is kept, and the findings that say so.
#[derive(Default)]
pub(crate) struct Keeping {
    pub(crate) kept: Vec<Kept>,
    pub(crate) findings: Vec<Finding>,
}

/// So many values of a column must have been emptied, or filled with one value, before this is no ordinary correction.
const MANY: usize = 5;

/// So many grades must have become the same before this is no ordinary correction.
const MANY_GRADES: usize = 10;

impl Keeping {
    /// Keeps what was emptied or damaged in the columns of one role.
    pub(crate) fn of<V: Member>(side: &Side<'_, V>, alignment: &Alignment<'_>) -> Keeping {
        let mut keeping = Keeping::default();
        let columns = Attribute::ALL.into_iter().filter(|attribute| side.has(*attribute));
        for (attribute, column) in columns.filter_map(|attribute| Some((attribute, V::column(attribute)?))) {
            let judged = alignment.pairs.iter().filter(|pair| pair.agreement.holds_without(attribute));
            let judged = judged.copied().collect::<Vec<_>>();
            keeping.keep_emptied(side, attribute, column, &judged);
            keeping.keep_damaged(side, attribute, column, &judged);
            if attribute.is_name() {
                keeping.keep_filled(side, attribute, column, &judged);
            }
        }
        keeping.keep_grades(side, &alignment.pairs);
        keeping
    }

    fn keep_emptied<V: Member>(
        &mut self,
        side: &Side<'_, V>,
        attribute: Attribute,
        column: Column,
        judged: &[Pair],
    ) {
        let is_emptied = |pair: &&Pair| {
            side.new_text(pair.wanted, attribute).is_empty()
                && !side.old_text(pair.stored, attribute).is_empty()
        };
        let emptied = judged.iter().filter(is_emptied).copied().collect::<Vec<_>>();
        // Who has lost a name or an address cannot be addressed, or cannot sign in: one is enough.
        let is_ordinary = !attribute.is_name() && attribute != Attribute::Email && emptied.len() < MANY;
        let emptied = without_taken(side, attribute, emptied);
        if emptied.is_empty() || is_ordinary {
            return;
        }
        let message = format!(
            "{} empty today, where yesterday there was a value{}: {}. An empty cell erases nothing here: the stored values are kept.",
            count(emptied.len(), column, "is", "are"),
            in_one_grade(side, &emptied),
            side.examples(emptied.iter().map(|pair| pair.stored)),
        );
        self.keep_texts(attribute, &emptied);
        self.say(FindingCode::ValuesEmptied, column, emptied.len(), message);
    }

    fn keep_damaged<V: Member>(
        &mut self,
        side: &Side<'_, V>,
        attribute: Attribute,
        column: Column,
        judged: &[Pair],
    ) {
        let mut damaged = HashMap::<Damage, Vec<Pair>>::new();
        for pair in judged {
            let (new, old) = (side.new_text(pair.wanted, attribute), side.old_text(pair.stored, attribute));
            let is_lost = || attribute.is_name() && !old.is_empty() && is_only_question_marks(new);
            let damage = damage_of(new, old).or_else(|| is_lost().then_some(Damage::LettersLost));
            damage.into_iter().for_each(|damage| damaged.entry(damage).or_default().push(*pair));
        }
        let mut damaged = damaged.into_iter().collect::<Vec<_>>();
        damaged.sort_unstable_by_key(|(damage, _)| *damage);
        for (damage, pairs) in damaged {
            let pairs = without_taken(side, attribute, pairs);
            let Some(first) = pairs.first() else { continue };
            let message = format!(
                "{} damaged: {}. The stored values are kept: '{}', where the file has '{}'{}.",
                count(pairs.len(), column, "is", "are"),
                damage.in_words(),
                side.old_text(first.stored, attribute),
                side.new_text(first.wanted, attribute),
                if pairs.len() > 1 { ", and so on" } else { "" },
            );
            self.keep_texts(attribute, &pairs);
            self.say(FindingCode::ValuesDamaged, column, pairs.len(), message);
        }
    }

    /// One name over many people who had several: the first one was dragged down.
    fn keep_filled<V: Member>(
        &mut self,
        side: &Side<'_, V>,
        attribute: Attribute,
        column: Column,
        judged: &[Pair],
    ) {
        let is_changed = |pair: &&Pair| {
            !side.new_text(pair.wanted, attribute).is_empty()
                && likeness_of(side, pair) == Likeness::Different
        };
        let is_changed = |pair: &&Pair| !pair.agreement.has(attribute) && is_changed(pair);
        let changed = judged.iter().filter(is_changed).copied().collect::<Vec<_>>();
        let mut by_value = HashMap::<&str, Vec<Pair>>::new();
        changed
            .iter()
            .for_each(|pair| by_value.entry(side.new_text(pair.wanted, attribute)).or_default().push(*pair));
        let Some((value, pairs)) = by_value.into_iter().max_by_key(|(value, pairs)| (pairs.len(), *value))
        else {
            return;
        };
        let before =
            pairs.iter().map(|pair| folded(side.old_text(pair.stored, attribute))).collect::<HashSet<_>>();
        if pairs.len() < MANY || before.len() < MANY - 1 || pairs.len() * 2 < changed.len() {
            return;
        }
        let message = format!(
            "{} '{value}' today, where yesterday there were {} different ones: most likely one cell was dragged down over the \
             others. The stored values are kept: {}.",
            count(pairs.len(), column, "is", "are"),
            before.len(),
            side.examples(pairs.iter().map(|pair| pair.stored)),
        );
        self.keep_texts(attribute, &pairs);
        self.say(FindingCode::ValuesFilled, column, pairs.len(), message);
    }

    fn keep_grades<V: Member>(&mut self, side: &Side<'_, V>, pairs: &[Pair]) {
        let grades = |pair: &Pair| {
            (side.wanted[pair.wanted as usize].grade(), side.stored[pair.stored as usize].values.grade())
        };
        let column = Column::StudentGradeLevel;
        let emptied =
            pairs.iter().filter(|pair| matches!(grades(pair), (None, Some(_)))).copied().collect::<Vec<_>>();
        if emptied.len() >= MANY {
            let message = format!(
                "{} empty or not understood today, where yesterday there was a grade: {}. The stored grades are kept.",
                count(emptied.len(), column, "is", "are"),
                side.examples(emptied.iter().map(|pair| pair.stored)),
            );
            self.keep_grade(side, &emptied);
            self.say(FindingCode::ValuesEmptied, column, emptied.len(), message);
        }
        let changed =
            pairs.iter().filter(|pair| matches!(grades(pair), (Some(new), Some(old)) if new != old));
        let changed = changed.copied().collect::<Vec<_>>();
        let Some(first) = changed.first() else { return };
        let (to, _) = grades(first);
        let before = changed.iter().map(|pair| grades(pair).1).collect::<HashSet<_>>();
        let is_one = changed.iter().all(|pair| grades(pair).0 == to);
        if is_one && changed.len() >= MANY_GRADES && before.len() >= 3 {
            let message = format!(
                "{} {} today, where yesterday there were {} different grades: most likely one cell was dragged down over the \
                 others. The stored grades are kept: {}.",
                count(changed.len(), column, "is", "are"),
                to.map_or("", Grade::code),
                before.len(),
                side.examples(changed.iter().map(|pair| pair.stored)),
            );
            self.keep_grade(side, &changed);
            self.say(FindingCode::ValuesFilled, column, changed.len(), message);
        }
    }

    fn keep_texts(&mut self, attribute: Attribute, pairs: &[Pair]) {
        let kept = |pair: &Pair| Kept { wanted: pair.wanted, value: KeptValue::Text(attribute, pair.stored) };
        self.kept.extend(pairs.iter().map(kept));
    }

    fn keep_grade<V: Member>(&mut self, side: &Side<'_, V>, pairs: &[Pair]) {
        let grade = |pair: &Pair| KeptValue::Grade(side.stored[pair.stored as usize].values.grade());
        self.kept.extend(pairs.iter().map(|pair| Kept { wanted: pair.wanted, value: grade(pair) }));
    }

    fn say(&mut self, code: FindingCode, column: Column, count: usize, message: String) {
        self.findings.push(Finding::of_file(code, count.to_string(), message).in_column(column.name()));
    }
}

/// "1 student_email is", "40 values of student_email are".
pub(crate) fn count(count: usize, column: Column, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 value of {} {one}", column.name()),
        _ => format!("{count} values of {} {many}", column.name()),
    }
}

/// ", all of them in grade 3" when they are.
fn in_one_grade<V: Member>(side: &Side<'_, V>, pairs: &[Pair]) -> String {
    let grade = |pair: &Pair| side.wanted[pair.wanted as usize].grade();
    match pairs.first().and_then(grade) {
        Some(first) if pairs.len() > 1 && pairs.iter().all(|pair| grade(pair) == Some(first)) => {
            format!(", all of them in grade {}", first.code())
        }
        _ => String::new(),
    }
}

/// Those whose stored key nobody else in the file has: what has passed to another person is not brought back.
fn without_taken<V: Member>(side: &Side<'_, V>, attribute: Attribute, pairs: Vec<Pair>) -> Vec<Pair> {
    if attribute.is_name() || pairs.is_empty() {
        return pairs;
    }
    let old = |pair: &Pair| side.old_text(pair.stored, attribute);
    let kept = pairs.iter().map(old).collect::<HashSet<_>>();
    let texts = (0..side.wanted.len() as u32).map(|wanted| side.new_text(wanted, attribute));
    let taken = texts.filter(|text| kept.contains(text)).collect::<HashSet<_>>();
    pairs.into_iter().filter(|pair| !taken.contains(old(pair))).collect()
}

fn likeness_of<V: Member>(side: &Side<'_, V>, pair: &Pair) -> Likeness {
    let [first, last] = [Attribute::FirstName, Attribute::LastName];
    let (new, old) = (|of| side.new_text(pair.wanted, of), |of| side.old_text(pair.stored, of));
    likeness(new(first), new(last), old(first), old(last))
}

fn is_only_question_marks(text: &str) -> bool {
    text.matches(['?', '\u{FFFD}']).count() >= 2 && !text.chars().any(char::is_alphanumeric)
}
