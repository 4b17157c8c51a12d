//! Laws of reading and checking, with random rosters and random bytes.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic")]

use homeroom_check::{Checked, check, check_alone, write_corrected, write_findings};
use homeroom_model::check_report::Outcome;
use homeroom_model::finding_code::FindingCode;
use homeroom_model::profile::{Profile, ProfileChange};
use homeroom_model::protected::ProtectedAs;
use homeroom_model::roster::{Person, Roster};
use homeroom_read::ReadRules;
use homeroom_testkit::{Enrolled, flat_csv};
use proptest::prelude::*;

fn checked(bytes: Vec<u8>) -> Checked {
    check_alone(&bytes, "roster.csv").expect("bytes in memory can be read")
}

/// A roster as lines of text, so that rosters with different arenas can be compared.
fn roster_lines(roster: &Roster) -> Vec<String> {
    let text = |text| roster.texts.get(text);
    let mut lines = vec![];
    lines.extend(
        roster.schools.iter().map(|school| format!("school {} {}", text(school.key), text(school.name))),
    );
    lines.extend(
        roster
            .classes
            .iter()
            .map(|class| format!("class {} {} {}", text(class.key), text(class.name), class.school)),
    );
    lines.extend(roster.teachers.iter().map(|teacher| {
        let Person { email, first_name, last_name, .. } = teacher.person;
        format!("teacher {} {} {}", text(email), text(first_name), text(last_name))
    }));
    lines.extend(roster.students.iter().map(|student| {
        let Person { email, first_name, last_name, .. } = student.person;
        format!("student {} {} {} {:?}", text(email), text(first_name), text(last_name), student.grade)
    }));
    lines.extend(roster.teachings.iter().map(|link| format!("teaching {link:?}")));
    lines.extend(roster.enrollments.iter().map(|link| format!("enrollment {link:?}")));
    lines
}

fn rows() -> impl Strategy<Value = Vec<Enrolled>> {
    let row = (1..4_u8, 1..6_u8, 1..40_u16).prop_map(|(school, class, student)| Enrolled {
        school,
        class,
        teacher: school * 10 + class,
        student,
        version: 1,
    });
    proptest::collection::vec(row, 1..80)
}

fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_of_rows_does_not_matter(rows in rows(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let (in_order, shuffled) = (checked(flat_csv(&rows)), checked(flat_csv(&shuffled)));
        prop_assert_eq!(roster_lines(&in_order.roster), roster_lines(&shuffled.roster));
        prop_assert_eq!(in_order.report.finding_counts, shuffled.report.finding_counts);
    }

    #[test]
    fn encoding_separator_line_ends_and_quotes_do_not_matter(rows in rows()) {
        let plain = String::from_utf8(flat_csv(&rows)).unwrap();
        let quoted = plain.lines().map(|line| {
            line.split(',').map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",") + "\n"
        }).collect::<String>();
        let expected = roster_lines(&checked(plain.clone().into_bytes()).roster);
        let mut marked = b"\xEF\xBB\xBF".to_vec();
        marked.extend(plain.as_bytes());
        for variant in [
            marked,
            utf16(&plain),
            plain.replace(',', ";").into_bytes(),
            plain.replace(',', "\t").into_bytes(),
            plain.replace(',', "|").into_bytes(),
            plain.replace('\n', "\r\n").into_bytes(),
            plain.replace('\n', "\r").into_bytes(),
            plain.replace('\n', "\n\n").into_bytes(),
            quoted.into_bytes(),
        ] {
            prop_assert_eq!(&roster_lines(&checked(variant).roster), &expected);
        }
    }

    #[test]
    fn a_rejected_row_is_counted_and_everything_it_names_is_protected(rows in rows(), which in any::<prop::sample::Index>()) {
        let mut lines = String::from_utf8(flat_csv(&rows)).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
        let at = which.index(rows.len()) + 1;
        let cells = lines[at].split(',').map(str::to_owned).collect::<Vec<_>>();
        lines[at] = lines[at].replace(&cells[2], "no address");
        let checked = checked((lines.join("\n") + "\n").into_bytes());
        let report = &checked.report;
        prop_assert_eq!(report.rows, rows.len() as u64);
        prop_assert_eq!(report.rows_accepted + report.rows_rejected, report.rows);
        prop_assert_eq!(report.rows_rejected, 1);
        prop_assert!(checked.protected.protects(ProtectedAs::Class, &cells[5]));
        prop_assert!(checked.protected.protects(ProtectedAs::Student, &cells[9]));
        prop_assert!(checked.protected.protects(ProtectedAs::School, &cells[0]));
        prop_assert!(checked.protected.protects(ProtectedAs::ClassOfUnknownTeacher, &cells[5]));
    }

    #[test]
    fn no_bytes_break_the_check(bytes in proptest::collection::vec(
        prop_oneof![3 => Just(b','), 2 => Just(b'"'), 1 => Just(b'\n'), 1 => Just(b'\r'), 4 => any::<u8>()], 0..600), with_header in any::<bool>()) {
        let mut file = if with_header { flat_csv(&[]) } else { vec![] };
        file.extend(bytes);
        let checked = checked(file.clone());
        prop_assert!(checked.report.outcome != Outcome::FileRejected || checked.report.finding_counts.values().any(|count| *count > 0));
        prop_assert_eq!(checked.report.rows_accepted + checked.report.rows_rejected, checked.report.rows);
        let mut out = vec![];
        write_findings(&checked.findings, &mut out).unwrap();
        write_corrected(&file, &ReadRules::default(), &checked.findings, &mut out).unwrap();
    }
}

#[test]
fn the_corrected_file_has_the_same_roster_as_the_file() {
    let rows = (1..30).map(|student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 });
    let file = flat_csv(&rows.collect::<Vec<_>>());
    let before = checked(file.clone());
    let mut corrected = vec![];
    write_corrected(&file, &ReadRules::default(), &before.findings, &mut corrected).unwrap();
    let after = checked(corrected);
    assert_eq!(roster_lines(&before.roster), roster_lines(&after.roster));
    assert!(after.findings.kept().is_empty(), "our own columns are no findings");
}

#[test]
fn both_result_files_contain_the_proposed_values() {
    let row = Enrolled { school: 1, class: 1, teacher: 1, student: 1, version: 1 };
    let mut file = flat_csv(&[row]);
    let class = "S1,School 1,t1@lincoln.example.org,Tess,Teacher1,S1-C1,Class 1 1,";
    file.extend(format!("{class}SÃ©b,Lee,Seb@x.org,02\n{class}Ann,Smith, Jr.,ann@x.org,02\n").into_bytes());
    let checked = checked(file.clone());
    let (mut findings, mut corrected) = (vec![], vec![]);
    write_findings(&checked.findings, &mut findings).unwrap();
    write_corrected(&file, &ReadRules::default(), &checked.findings, &mut corrected).unwrap();
    let (findings, corrected) = (String::from_utf8(findings).unwrap(), String::from_utf8(corrected).unwrap());
    for (in_findings, in_corrected) in [
        (",Séb\n", "student_first_name: Séb;"),
        (",seb@x.org\n", "student_email: seb@x.org;"),
        (",\"Smith, Jr.\"\n", "student_last_name: Smith, Jr.;"),
    ] {
        assert!(findings.contains(in_findings), "{findings}");
        assert!(corrected.contains(in_corrected), "{corrected}");
    }
}

#[test]
fn a_file_with_an_error_message_counts_as_cut_off() {
    let whole = flat_csv(&[Enrolled { school: 1, class: 1, teacher: 1, student: 1, version: 1 }]);
    for (appended, cut_off) in
        [("ORA-01555: snapshot too old\n", true), ("1 rows selected.\n", false), ("", false)]
    {
        assert_eq!(checked([&whole, appended.as_bytes()].concat()).lacks_rows, cut_off, "{appended}");
    }
}

#[test]
fn a_file_whose_first_windows_1252_byte_comes_late_is_read_as_windows_1252() {
    let rows = (1..2000).map(|student| Enrolled { school: 1, class: 1, teacher: 1, student, version: 1 });
    let mut file = flat_csv(&rows.collect::<Vec<_>>());
    assert!(file.len() > 1 << 17, "the byte must be far beyond the first block");
    let class = b"S1,School 1,t1@lincoln.example.org,Tess,Teacher1,S1-C1,Class 1 1,";
    for student in [&b"Stu,Dent1v1,no address,02\n"[..], b"Zo\xEB,Last,zoe@example.org,02\n"] {
        file.extend(class);
        file.extend(student);
    }
    let checked = checked(file.clone());
    let report = &checked.report;
    assert_eq!(report.encoding, "windows-1252");
    assert_eq!((report.rows, report.rows_accepted, report.rows_rejected), (2001, 2000, 1));
    assert!(
        roster_lines(&checked.roster)
            .iter()
            .any(|line| line.starts_with("student zoe@example.org Zoë Last "))
    );

    let (mut findings, mut corrected) = (vec![], vec![]);
    write_findings(&checked.findings, &mut findings).unwrap();
    write_corrected(&file, &ReadRules::default(), &checked.findings, &mut corrected).unwrap();
    let findings = String::from_utf8(findings).unwrap();
    assert_eq!(findings.lines().filter(|line| line.contains("no address")).count(), 1, "{findings}");
    let corrected = String::from_utf8(corrected).unwrap();
    assert!(corrected.contains("Zoë,Last,zoe@example.org"));
    assert_eq!(corrected.lines().count(), 2002);
}

#[test]
fn files_for_a_spreadsheet_contain_no_formulas() {
    let mut file = flat_csv(&[Enrolled { school: 1, class: 1, teacher: 1, student: 1, version: 1 }]);
    file.extend(b"=S1,+Oak,-x,@y,=1+1,=C,=N,=F,=L,=cmd@x,=G\n");
    let checked = checked(file.clone());
    let (mut findings, mut corrected) = (vec![], vec![]);
    write_findings(&checked.findings, &mut findings).unwrap();
    write_corrected(&file, &ReadRules::default(), &checked.findings, &mut corrected).unwrap();
    for written in [findings, corrected] {
        let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(written.as_slice());
        for record in csv.records() {
            for cell in record.unwrap().iter() {
                assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
            }
        }
    }
}

#[test]
fn an_unexpected_file_name_is_reported_and_proposed() {
    let file = flat_csv(&[Enrolled { school: 1, class: 1, teacher: 1, student: 1, version: 1 }]);
    let report = |name: &str, profile: &str| {
        let profile = Profile::parse(profile).unwrap();
        let rules = ReadRules { profile, file_name: Some("roster.csv".into()), ..ReadRules::default() };
        check(&file, name, &rules, &|| None, &mut |_| {}).unwrap().report
    };
    let unexpected = report("roster (1).csv", "");
    assert_eq!(unexpected.finding_counts[&FindingCode::FileNameUnexpected], 1);
    assert_eq!(unexpected.proposals, [ProfileChange::FileName("roster (1).csv".into())]);
    assert!(unexpected.findings[0].message.contains("roster.csv"), "the expected name is in the message");
    for (name, profile) in [("roster.csv", ""), ("Roster (1).CSV", "file_names = [\"roster*.csv\"]")] {
        assert_eq!(report(name, profile).outcome, Outcome::Clean, "{name}");
    }
}
