//! What is said about a file whose encoding was guessed.

use std::collections::HashSet;

use homeroom_model::encoding::Encoding;
use homeroom_model::entity::Entity;
use homeroom_model::finding::{Finding, Findings};
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::ProfileChange;
use homeroom_model::roster::Person;
use homeroom_model::stored::{Stored, StoredRoster};
use homeroom_model::string_arena::StrId;
use homeroom_read::{Decoding, GuessedEncoding, Table, words};

/// The words of the names in a roster, in lower case.
pub(crate) fn words_of_names(stored: &StoredRoster) -> HashSet<String> {
    let StoredRoster { schools, classes, teachers, students, .. } = stored;
    let name = |person: &Person| [person.first_name, person.last_name];
    let mut known = HashSet::new();
    add(&mut known, stored, schools, |school| [school.name, StrId::EMPTY]);
    add(&mut known, stored, classes, |class| [class.name, StrId::EMPTY]);
    add(&mut known, stored, teachers, |teacher| name(&teacher.person));
    add(&mut known, stored, students, |student| name(&student.person));
    known
}

fn add<V: Entity>(
    known: &mut HashSet<String>,
    stored: &StoredRoster,
    entities: &[Stored<V>],
    names: impl Fn(&V) -> [StrId; 2],
) {
    let names = entities.iter().flat_map(|entity| names(&entity.values));
    known.extend(names.flat_map(|name| words(stored.texts.get(name))).map(str::to_lowercase));
}

/// The finding for a file that is not UTF-8, or not all of it. `file` begins the sentence.
pub(crate) fn guessed_encoding(file: &str, table: &Table<'_>) -> Option<Finding> {
    let guessed = table.guessed()?;
    let examples = match guessed.examples.join(", ") {
        examples if examples.is_empty() => String::new(),
        examples => format!(" For example, we read: {examples}."),
    };
    Some(match guessed.decoding {
        Decoding::Whole(encoding) => {
            let proof =
                if guessed.is_proved { ", in which names are those of the last good file" } else { "" };
            let name = encoding.name();
            let message = format!("{file} is not UTF-8; it was read as {name}{proof}.{examples}");
            let code = match encoding {
                Encoding::Windows1252 => FindingCode::EncodingWindows1252,
                _ => FindingCode::EncodingGuessed,
            };
            Finding::of_file(code, encoding.as_str(), message)
        }
        Decoding::Utf8And(other) => mixed(file, guessed, other, &examples),
    })
}

fn mixed(file: &str, guessed: &GuessedEncoding, other: Option<Encoding>, examples: &str) -> Finding {
    let listed = guessed.lines.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let where_they_are = match guessed.line_count {
        1 => format!("one line of it is not: line {listed}"),
        count if count as usize == guessed.lines.len() => format!("{count} lines of it are not: {listed}"),
        count => format!("{count} lines of it are not: {listed} and more"),
    };
    let how = match other {
        Some(encoding) => format!("What is not was read as {}", encoding.name()),
        None => {
            "What is not are letters of no encoding that fits: they are lost, and stored names stay".into()
        }
    };
    let message = format!("{file} is UTF-8, but {where_they_are}. {how}.{examples}");
    let value = other.map_or("", Encoding::as_str);
    Finding {
        line: guessed.lines.first().copied(),
        ..Finding::of_file(FindingCode::EncodingMixed, value, message)
    }
}

/// The setting that makes the guess needless.
pub(crate) fn guessed_setting(table: &Table<'_>) -> Option<ProfileChange> {
    match table.guessed()?.decoding {
        Decoding::Whole(Encoding::Windows1252) | Decoding::Utf8And(_) => None,
        Decoding::Whole(encoding) => Some(ProfileChange::Encoding(encoding)),
    }
}

/// How a file was read, by the findings about it.
pub(crate) fn decoding_by(findings: &Findings) -> Option<Decoding> {
    findings.kept().iter().find_map(|finding| match finding.code {
        FindingCode::EncodingWindows1252 | FindingCode::EncodingGuessed => {
            finding.value.parse().ok().map(Decoding::Whole)
        }
        FindingCode::EncodingMixed => Some(Decoding::Utf8And(finding.value.parse().ok())),
        _ => None,
    })
}
