//! Keeps stored values where those of the file were emptied, damaged or filled over many people.

use hashbrown::{HashMap, HashSet};
use homeroom_model::assessment::{ColumnFault, ColumnVerdict};
use homeroom_model::name::{Likeness, folded, likeness};
use homeroom_model::{Column, Finding, FindingCode};

use crate::align::Alignment;
use crate::damage::{Damage, possible_damage_of};
use crate::doubts::{Doubted, keep_doubted};
use crate::kept::{Kept, KeptValue, count};
use crate::many::{MANY, is_many};
use crate::member::{Attribute, Member};
use crate::pair::Pair;
use crate::side::Side;

/// What is kept, the findings that say so, and what waits.
#[derive(Default)]
pub(crate) struct Keeping {
    pub(crate) kept: Vec<Kept>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) verdicts: Vec<ColumnVerdict>,
}

/// A column of one role, and the people by whom it is judged.
struct Judged {
    attribute: Attribute,
    column: Column,
    pairs: Vec<Pair>,
}

impl Keeping {
    /// Keeps what was damaged or left empty in the columns of one role.
    pub(crate) fn of<V: Member>(side: &Side<'_, V>, alignment: &Alignment<'_>) -> Keeping {
        let (kept, findings) = keep_doubted(side, alignment);
        let mut keeping = Keeping { kept, findings, verdicts: vec![] };
        let doubted = Doubted::of(side);
        let columns = Attribute::ALL.into_iter().filter(|attribute| side.has(*attribute));
        for (attribute, column) in columns.filter_map(|attribute| Some((attribute, V::column(attribute)?))) {
            let is_judged =
                |pair: &&Pair| pair.agreement.holds_without(attribute) && !doubted.has(pair.wanted, column);
            let pairs = alignment.pairs.iter().filter(is_judged).copied().collect();
            let judged = Judged { attribute, column, pairs };
            keeping.judge_emptied(side, &judged);
            keeping.keep_damaged(side, &judged);
            if attribute.is_name() {
                keeping.judge_filled(side, &judged);
            }
        }
        keeping
    }

    /// Nobody loses a name by an empty cell, and nobody an address by a few. What is emptied for many waits: a district may want it.
    fn judge_emptied<V: Member>(&mut self, side: &Side<'_, V>, judged: &Judged) {
        let Judged { attribute, column, pairs } = judged;
        let is_emptied = |pair: &&Pair| {
            side.new_text(pair.wanted, *attribute).is_empty()
                && !side.old_text(pair.stored, *attribute).is_empty()
        };
        let emptied = pairs.iter().filter(is_emptied).copied().collect::<Vec<_>>();
        let is_many = is_many(emptied.len(), side.active());
        let is_ordinary = !attribute.is_name() && *attribute != Attribute::Email && !is_many;
        let emptied = without_taken(side, *attribute, emptied);
        if emptied.is_empty() || is_ordinary {
            return;
        }
        let what = format!(
            "{} empty today, where yesterday there was a value{}{}: {}.",
            count(emptied.len(), *column, "is", "are"),
            in_one_grade(side, &emptied),
            side.lines_of(&emptied),
            side.examples(emptied.iter().map(|pair| pair.stored)),
        );
        if is_many && !attribute.is_name() {
            let message = format!("{what} Most likely the export left them out.");
            self.wait(side, ColumnFault::Emptied, (*column, &emptied), message);
        } else {
            let message = format!("{what} An empty cell erases nothing here: the stored values are kept.");
            self.keep_texts(*attribute, &emptied);
            self.keep_out_newcomers(side, (*column, &emptied), &message);
            self.say(FindingCode::ValuesEmptied, *column, emptied.len(), message);
        }
    }

    fn keep_damaged<V: Member>(&mut self, side: &Side<'_, V>, judged: &Judged) {
        let Judged { attribute, column, pairs } = judged;
        let mut damaged = HashMap::<Damage, Vec<Pair>>::new();
        for pair in pairs {
            let (new, old) = (side.new_text(pair.wanted, *attribute), side.old_text(pair.stored, *attribute));
            let is_lost = || attribute.is_name() && !old.is_empty() && is_only_question_marks(new);
            let damage =
                possible_damage_of(new, old, *attribute).or_else(|| is_lost().then_some(Damage::LettersLost));
            damage.into_iter().for_each(|damage| damaged.entry(damage).or_default().push(*pair));
        }
        let mut damaged = damaged.into_iter().collect::<Vec<_>>();
        damaged.sort_unstable_by_key(|(damage, _)| *damage);
        for (damage, pairs) in damaged {
            if pairs.len() < damage.least() {
                continue;
            }
            let pairs = without_taken(side, *attribute, pairs);
            let Some(first) = pairs.first() else { continue };
            if damage == Damage::ZerosLost && pairs.len() >= MANY.max(side.active().div_ceil(10)) {
                // New numbers for many wait under the identity fuse, which names the zeros: the SIS may have dropped them for good.
                let message = format!("{} lost leading zeros.", count(pairs.len(), *column, "has", "have"));
                self.keep_out_newcomers(side, (*column, &pairs), &message);
                continue;
            }
            let message = format!(
                "{} damaged{}: {}. The stored values are kept: '{}', where the file has '{}'{}.",
                count(pairs.len(), *column, "is", "are"),
                side.lines_of(&pairs),
                damage.in_words(),
                side.old_text(first.stored, *attribute),
                side.new_text(first.wanted, *attribute),
                if pairs.len() > 1 { ", and so on" } else { "" },
            );
            self.keep_texts(*attribute, &pairs);
            self.keep_out_newcomers(side, (*column, &pairs), &message);
            self.say(FindingCode::ValuesDamaged, *column, pairs.len(), message);
        }
    }

    /// One name over many people who had several: the first one was dragged down.
    fn judge_filled<V: Member>(&mut self, side: &Side<'_, V>, judged: &Judged) {
        let Judged { attribute, column, pairs } = judged;
        let is_changed = |pair: &&Pair| {
            !pair.agreement.has(*attribute)
                && !side.new_text(pair.wanted, *attribute).is_empty()
                && likeness_of(side, pair) == Likeness::Different
        };
        let changed = pairs.iter().filter(is_changed).copied().collect::<Vec<_>>();
        let mut by_value = HashMap::<&str, Vec<Pair>>::new();
        for pair in &changed {
            by_value.entry(side.new_text(pair.wanted, *attribute)).or_default().push(*pair);
        }
        let most = by_value.into_iter().max_by_key(|(value, pairs)| (pairs.len(), *value));
        let Some((value, pairs)) = most else { return };
        let before = pairs.iter().map(|pair| folded(side.old_text(pair.stored, *attribute)));
        let before = before.collect::<HashSet<_>>().len();
        let is_small = *column != Column::StudentLastName && is_many(pairs.len(), side.active());
        let min = if is_small { 2 } else { MIN_FILLED };
        if pairs.len() < min || before < min || pairs.len() * 2 < changed.len() {
            return;
        }
        // A few students who are far from one another in the file have the same new name by chance.
        let are_students = matches!(column, Column::StudentFirstName | Column::StudentLastName);
        let rows = pairs.iter().map(|pair| pair.wanted as usize);
        let span = rows.clone().max().zip(rows.min()).map_or(0, |(last, first)| last - first);
        if are_students && pairs.len() < 2 * MIN_FILLED && span >= 2 * pairs.len() {
            return;
        }
        // Also over names that begin alike.
        let has_value = |pair: &&Pair| side.new_text(pair.wanted, *attribute) == value;
        let had_another = |pair: &&Pair| side.old_text(pair.stored, *attribute) != value;
        let pairs = judged.pairs.iter().filter(has_value).filter(had_another).copied().collect::<Vec<_>>();
        let message = format!(
            "{} '{value}' today{}, where yesterday there were {before} different ones: most likely one cell was dragged down over the \
             others. For example {}.",
            count(pairs.len(), *column, "is", "are"),
            side.lines_of(&pairs),
            side.examples(pairs.iter().map(|pair| pair.stored)),
        );
        self.wait(side, ColumnFault::Filled, (*column, &pairs), message);
    }

    fn wait<V: Member>(
        &mut self,
        side: &Side<'_, V>,
        fault: ColumnFault,
        (column, pairs): (Column, &[Pair]),
        message: String,
    ) {
        self.verdicts.push(ColumnVerdict { fault, column, entities: side.entities(pairs), message });
    }

    /// Where many values went wrong, nobody new is to come with such a value.
    fn keep_out_newcomers<V: Member>(
        &mut self,
        side: &Side<'_, V>,
        (column, pairs): (Column, &[Pair]),
        message: &str,
    ) {
        if is_many(pairs.len(), side.active()) {
            self.wait(side, ColumnFault::Kept, (column, pairs), message.to_owned());
        }
    }

    fn keep_texts(&mut self, attribute: Attribute, pairs: &[Pair]) {
        let kept = |pair: &Pair| Kept { wanted: pair.wanted, value: KeptValue::Text(attribute, pair.stored) };
        self.kept.extend(pairs.iter().map(kept));
    }

    fn say(&mut self, code: FindingCode, column: Column, count: usize, message: String) {
        self.findings.push(Finding::of_file(code, count.to_string(), message).in_column(column.name()));
    }
}

/// So many people of as many names must have got one: brothers and sisters who are adopted had one or two.
const MIN_FILLED: usize = 3;

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
