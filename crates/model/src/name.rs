//! Whether two names can be the same person's.

use strsim::osa_distance;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How similar two names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same letters.
    Same,
    /// Two spellings of a name: accents, case, initials, nicknames, typing mistakes, order.
    Spelling,
    /// Two people's names.
    Different,
}

/// Compares two full names: first, last, first, last.
pub fn likeness(a_first: &str, a_last: &str, b_first: &str, b_last: &str) -> Likeness {
    if (a_first.trim(), a_last.trim()) == (b_first.trim(), b_last.trim()) {
        return Likeness::Same;
    }
    let straight = same_first_name(a_first, b_first) && same_last_name(a_last, b_last);
    let swapped = same_part(a_first, b_last) && same_part(a_last, b_first);
    if straight || swapped || same_in_one_cell(a_first, a_last, b_first, b_last) {
        Likeness::Spelling
    } else {
        Likeness::Different
    }
}

/// Whether two first names can be the same person's: spelling, initial, nickname, with or without a middle name.
pub fn same_first_name(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    let (Some(first_a), Some(first_b)) = (a.first(), b.first()) else { return a.is_empty() && b.is_empty() };
    if joined(&a) == joined(&b) {
        return true;
    }
    // "Maria Elena" and "Maria Isabel" are sisters; "Ann" may be "Ann Marie".
    if let (Some(second_a), Some(second_b)) = (a.get(1), b.get(1))
        && !same_word(second_a, second_b)
        && !initial(second_a, second_b)
    {
        return false;
    }
    !differ_by_gender(first_a, first_b)
        && (same_word(first_a, first_b) || nickname(first_a, first_b) || initial(first_a, first_b))
}

/// Whether two names differ as a man's and a woman's do: `Eric` and `Erica`, `Mario` and `Maria`, `Alexander`
/// and `Alexandra`.
fn differ_by_gender(a: &str, b: &str) -> bool {
    let with_a = |short: &str, long: &str| long.strip_suffix('a') == Some(short);
    let o_to_a = |his: &str, hers: &str| his.strip_suffix('o').is_some_and(|stem| with_a(stem, hers));
    let er_to_ra = |his: &str, hers: &str| {
        his.strip_suffix("er").is_some_and(|stem| hers.strip_suffix("ra") == Some(stem))
    };
    with_a(a, b) || with_a(b, a) || o_to_a(a, b) || o_to_a(b, a) || er_to_ra(a, b) || er_to_ra(b, a)
}

/// Whether two first names differ by a letter that one of them has more, short as they are: `Mia` and `Miah`. That says little by
/// itself, since `Mia` and `Miah` may be two children.
pub fn differ_by_letter(a: &str, b: &str) -> bool {
    let (a, b) = (joined(&words(a)), joined(&words(b)));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    short.chars().count() >= 2
        && short.chars().count() + 1 == long.chars().count()
        && short.chars().next() == long.chars().next()
        && !differ_by_gender(short, long)
        && osa_distance(short, long) == 1
}

/// Whether two last names can be the same person's: spelling, suffix, one of two surnames.
pub fn same_last_name(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    if a.is_empty() || b.is_empty() {
        return a.is_empty() && b.is_empty();
    }
    if same_word(&joined(&a), &joined(&b)) {
        return true;
    }
    if initial(&joined(&a), &joined(&b)) {
        return true;
    }
    let (few, many) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    // "García" and "García López", but not "De La Cruz" and "De León".
    few.len() < many.len() && few.iter().all(|word| many.iter().any(|other| same_word(word, other)))
}

fn same_part(a: &str, b: &str) -> bool {
    let (a, b) = (joined(&words(a)), joined(&words(b)));
    !a.is_empty() && a == b
}

/// "Ann Lee" in one cell and the other cell empty, against "Ann" and "Lee".
fn same_in_one_cell(a_first: &str, a_last: &str, b_first: &str, b_last: &str) -> bool {
    let whole = |first: &str, last: &str| {
        let mut all = words(first);
        all.extend(words(last));
        all.sort();
        all
    };
    let one_cell = |first: &str, last: &str| words(first).is_empty() || words(last).is_empty();
    (one_cell(a_first, a_last) || one_cell(b_first, b_last))
        && whole(a_first, a_last) == whole(b_first, b_last)
}

/// A name without accents, case, punctuation and suffixes.
pub fn folded(name: &str) -> String {
    let letters = letters(name);
    // Most names are one word.
    if letters.contains(' ') { split(&letters).join(" ") } else { letters }
}

/// The words of a name without accents, case, punctuation and suffixes.
fn words(name: &str) -> Vec<String> {
    split(&letters(name)).into_iter().map(str::to_owned).collect()
}

/// A name without accents and case, with blanks in place of punctuation.
fn letters(name: &str) -> String {
    let mut letters = String::with_capacity(name.len());
    if name.is_ascii() {
        name.chars().for_each(|c| push_letter(&mut letters, c.to_ascii_lowercase()));
    } else {
        let plain = name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
        plain.for_each(|c| push_letter(&mut letters, c));
    }
    letters
}

fn push_letter(letters: &mut String, c: char) {
    match c {
        'ø' => letters.push('o'),
        'ł' => letters.push('l'),
        'đ' | 'ð' => letters.push('d'),
        'ı' => letters.push('i'),
        'ß' => letters.push_str("ss"),
        'æ' => letters.push_str("ae"),
        'œ' => letters.push_str("oe"),
        'þ' => letters.push_str("th"),
        '\'' | '’' | '‘' | '`' | '´' => {}
        c if c.is_alphanumeric() => letters.push(c),
        _ => letters.push(' '),
    }
}

/// The words between blanks, without suffixes.
fn split(letters: &str) -> Vec<&str> {
    let suffix = |word: &&str| ["jr", "sr", "ii", "iii", "iv", "2nd", "3rd"].contains(word);
    let mut words = letters.split_whitespace().collect::<Vec<_>>();
    while words.len() > 1 && words.last().is_some_and(&suffix) {
        words.pop();
    }
    words
}

fn joined(words: &[String]) -> String {
    words.concat()
}

/// Equal but for typing mistakes: one in words of four letters or more, two in words of eight or more.
fn same_word(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let shorter = a.chars().count().min(b.chars().count());
    let allowed = match shorter {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    // Short words that begin differently are different names: Bill and Jill.
    let same_start = a.chars().next() == b.chars().next();
    allowed > 0 && (same_start || shorter >= 8) && osa_distance(a, b) <= allowed
}

fn initial(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.chars().count() == 1 && short.chars().next() == long.chars().next()
}

/// Common English and Spanish short forms; each line is one name.
const NICKNAMES: &[&[&str]] = &[
    &["alexander", "alex", "alejandro", "sasha", "xander"],
    &["alexandra", "alex", "alejandra", "sasha", "lexi", "sandra"],
    &["andrew", "andy", "drew"],
    &["andrea", "andy", "drew"],
    &["anthony", "tony", "antonio"],
    &["benjamin", "ben", "benny"],
    &["catherine", "katherine", "kathryn", "kate", "katie", "kathy", "cathy", "kat", "kitty"],
    &["charles", "charlie", "chuck", "carlos"],
    &["christopher", "chris"],
    &["christian", "chris"],
    &["christina", "christine", "chris", "tina"],
    &["daniel", "dan", "danny", "dani"],
    &["daniela", "danielle", "dani", "danny"],
    &["david", "dave", "davey"],
    &["deborah", "debra", "debbie", "deb"],
    &["edward", "ed", "eddie", "ted", "teddy", "eduardo"],
    &["elizabeth", "liz", "beth", "lizzie", "betty", "eliza", "ellie", "betsy", "libby"],
    &["francis", "frank", "fran", "francisco", "paco"],
    &["frances", "fran", "francisca", "frankie"],
    &["gabriel", "gabe"],
    &["gabriela", "gabriella", "gabby"],
    &["gregory", "greg"],
    &["guadalupe", "lupe", "lupita"],
    &["henry", "hank", "harry"],
    &["isabella", "isabel", "bella", "izzy"],
    &["jacob", "jake"],
    &["james", "jim", "jimmy", "jamie"],
    &["jennifer", "jen", "jenny", "jenna"],
    &["jessica", "jess", "jessie"],
    &["jesus", "chuy"],
    &["john", "johnny", "jack", "jon", "juan"],
    &["jonathan", "jon", "jonny", "john"],
    &["jose", "pepe", "joseph", "joe", "joey"],
    &["joshua", "josh"],
    &["kenneth", "ken", "kenny"],
    &["lawrence", "larry"],
    &["margaret", "maggie", "meg", "peggy", "greta", "rita"],
    &["matthew", "matt", "mateo"],
    &["michael", "mike", "mikey", "mick", "miguel"],
    &["nathaniel", "nathan", "nate"],
    &["nicholas", "nick", "nicky", "nico", "nicolas"],
    &["patricia", "pat", "patty", "trish"],
    &["patrick", "pat", "paddy"],
    &["peter", "pete", "pedro"],
    &["rebecca", "becky", "becca"],
    &["richard", "rick", "ricky", "dick", "rich", "ricardo"],
    &["robert", "rob", "bob", "bobby", "robbie", "roberto", "beto"],
    &["ronald", "ron", "ronnie"],
    &["samuel", "sam", "sammy"],
    &["samantha", "sam", "sammy"],
    &["stephen", "steven", "steve"],
    &["stephanie", "steph"],
    &["susan", "sue", "suzy", "susie"],
    &["theodore", "theo", "ted", "teddy"],
    &["thomas", "tom", "tommy"],
    &["timothy", "tim", "timmy"],
    &["victoria", "vicky", "tori"],
    &["victor", "vic"],
    &["william", "will", "bill", "billy", "willie", "liam", "guillermo"],
    &["zachary", "zach", "zack"],
];

fn nickname(a: &str, b: &str) -> bool {
    NICKNAMES.iter().any(|names| names.contains(&a) && names.contains(&b))
}

#[cfg(test)]
mod tests {
    use super::{Likeness, differ_by_letter, likeness, same_first_name};

    fn compare(a: (&str, &str), b: (&str, &str)) -> Likeness {
        let (forward, backward) = (likeness(a.0, a.1, b.0, b.1), likeness(b.0, b.1, a.0, a.1));
        assert_eq!(forward, backward, "the order of the two names does not matter: {a:?} {b:?}");
        forward
    }

    #[test]
    fn spellings_of_one_name_are_one_person() {
        for (a, b) in [
            (("José", "Núñez"), ("Jose", "Nunez")),
            (("JOSÉ", "NÚÑEZ"), ("josé", "núñez")),
            (("Ann", "Lee"), ("A.", "Lee")),
            (("Ann", "Lee"), ("Ann Marie", "Lee")),
            (("Ann", "Lee"), ("Lee", "Ann")),
            (("Robert", "Smith"), ("Bob", "Smith")),
            (("Sean", "O'Brien"), ("Sean", "OBrien")),
            (("Ann", "Smith-Jones"), ("Ann", "Smith Jones")),
            (("Ann", "Garcia"), ("Ann", "Garcia Lopez")),
            (("John", "Smith"), ("John", "Smith Jr.")),
            (("Jonathan", "Smith"), ("Jonathon", "Smith")),
            (("Ann", "Hernandez"), ("Ann", "Hernandes")),
            (("Ann Lee", ""), ("Ann", "Lee")),
            (("Mary E.", "Lee"), ("Mary Ellen", "Lee")),
            (("Alex", "Ng"), ("Alexandra", "Ng")),
            (("Sam", "Cole"), ("Samantha", "Cole")),
            (("Søren", "Müller"), ("Soren", "Muller")),
            (("Zoë", "Strauß"), ("Zoe", "Strauss")),
        ] {
            assert_eq!(compare(a, b), Likeness::Spelling, "{a:?} {b:?}");
        }
        assert_eq!(compare(("Ann", "Lee"), ("Ann ", " Lee")), Likeness::Same);
    }

    #[test]
    fn two_people_are_two() {
        for (a, b) in [
            (("Ann", "Lee"), ("Bob", "Lee")),
            (("Ann", "Lee"), ("Ann", "Park")),
            (("Ann", "Lee"), ("Amy", "Lee")),
            (("Bill", "Lee"), ("Jill", "Lee")),
            (("Maria", "De La Cruz"), ("Maria", "De Leon")),
            (("Ann", "Lee"), ("", "")),
            (("Liam", "Kim"), ("Emma", "Kim")),
            (("Maria Elena", "Cruz"), ("Maria Isabel", "Cruz")),
            (("Eric", "Lee"), ("Erica", "Lee")),
            (("Daniel", "Garcia"), ("Daniela", "Garcia")),
            (("Mario", "Cruz"), ("Maria", "Cruz")),
            (("Alexander", "Ng"), ("Alexandra", "Ng")),
            (("Juan", "Cruz"), ("Juana", "Cruz")),
        ] {
            assert_eq!(compare(a, b), Likeness::Different, "{a:?} {b:?}");
        }
    }

    #[test]
    fn short_names_may_differ_by_a_letter() {
        assert!(differ_by_letter("Mia", "Miah") && differ_by_letter("Zoey", "Zoe"));
        assert!(!differ_by_letter("Juan", "Juana") && !differ_by_letter("Ann", "Amy"));
    }

    #[test]
    fn a_first_name_stays_one_through_initials_and_middle_names() {
        assert!(same_first_name("Mary Kate", "MaryKate"));
        assert!(same_first_name("Jean-Luc", "Jean"));
        assert!(!same_first_name("Ann", "Bob"));
    }
}
