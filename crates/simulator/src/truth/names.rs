//! Names of several languages, each also in Latin letters.

use homeroom_demo::{Dice, name_pools};

/// A name as it is written, and in Latin letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) written: String,
    pub(crate) latin: String,
}

impl Name {
    fn new(written: &str, latin: &str) -> Name {
        Name { written: written.to_owned(), latin: latin.to_owned() }
    }
}

type Pairs = &'static [(&'static str, &'static str)];

/// First and last names of a language that is not written in Latin letters.
struct Language {
    first: Pairs,
    last: Pairs,
}

const LANGUAGES: [Language; 3] = [
    Language {
        first: &[
            ("Иван", "Ivan"),
            ("Ольга", "Olga"),
            ("Сергей", "Sergey"),
            ("Анна", "Anna"),
            ("Юлия", "Yuliya"),
            ("Дмитрий", "Dmitriy"),
            ("Катерина", "Kateryna"),
            ("Назар", "Nazar"),
            ("Софія", "Sofiia"),
            ("Максим", "Maksym"),
        ],
        last: &[
            ("Петренко", "Petrenko"),
            ("Шевченко", "Shevchenko"),
            ("Иванов", "Ivanov"),
            ("Смирнов", "Smirnov"),
            ("Коваленко", "Kovalenko"),
            ("Бондаренко", "Bondarenko"),
            ("Ткаченко", "Tkachenko"),
            ("Морозов", "Morozov"),
        ],
    },
    Language {
        first: &[
            ("محمد", "Mohammed"),
            ("فاطمة", "Fatima"),
            ("أحمد", "Ahmed"),
            ("ليلى", "Layla"),
            ("يوسف", "Yousef"),
            ("مريم", "Maryam"),
        ],
        last: &[
            ("الحسن", "Alhassan"),
            ("خوري", "Khoury"),
            ("حداد", "Haddad"),
            ("منصور", "Mansour"),
            ("نجار", "Najjar"),
        ],
    },
    Language {
        first: &[
            ("伟", "Wei"),
            ("芳", "Fang"),
            ("秀英", "Xiuying"),
            ("子轩", "Zixuan"),
            ("梓涵", "Zihan"),
            ("浩然", "Haoran"),
        ],
        last: &[
            ("王", "Wang"),
            ("李", "Li"),
            ("张", "Zhang"),
            ("刘", "Liu"),
            ("陈", "Chen"),
            ("黄", "Huang"),
        ],
    },
];

/// First and last name of a family's next member: in one case of eight in another script.
pub(crate) fn any_name(dice: &Dice) -> (Name, Name) {
    if dice.one_in(8) {
        let language = dice.pick(&LANGUAGES);
        let (first, last) = (dice.pick(language.first), dice.pick(language.last));
        return (Name::new(first.0, first.1), Name::new(last.0, last.1));
    }
    (any_latin_first(dice), any_latin_last(dice))
}

pub(crate) fn any_latin_first(dice: &Dice) -> Name {
    let name = *dice.pick(&name_pools().0);
    Name::new(name, name)
}

/// A third of all last names has two parts.
pub(crate) fn any_latin_last(dice: &Dice) -> Name {
    let (_, pool) = name_pools();
    let one = *dice.pick(&pool);
    if !dice.one_in(6) {
        return Name::new(one, one);
    }
    let two = format!("{one}-{}", dice.pick(&pool));
    Name::new(&two, &two)
}

/// A name with one typing mistake: two letters exchanged, one doubled, or one left out.
pub(crate) fn mistyped(name: &str, dice: &Dice) -> String {
    let mut letters = name.chars().collect::<Vec<_>>();
    if letters.len() < 3 {
        letters.extend(letters.last().copied());
        return letters.into_iter().collect();
    }
    let at = 1 + dice.below(letters.len() - 2);
    match dice.below(3) {
        0 if letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        1 => _ = letters.remove(at),
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use homeroom_demo::Dice;
    use homeroom_model::Random;

    use super::mistyped;

    #[test]
    fn a_typing_mistake_changes_a_name_a_little() {
        let dice = Dice::new(Random::seeded(3));
        for name in ["Al", "Kim", "Rodríguez", "陈"] {
            let wrong = mistyped(name, &dice);
            assert_ne!(wrong, name);
            assert!(wrong.chars().count().abs_diff(name.chars().count()) <= 1, "{name} {wrong}");
        }
    }
}
