//! What each fuzz target does with an input: the laws of reading and checking that hold for every file.
//!
//! Fuzz targets include this file, and so does a test that replays the kept inputs on every build. Any bytes are a valid input of
//! any target.

#![allow(
    clippy::unwrap_used,
    dead_code,
    reason = "a broken law ends the process; each fuzz target uses one function"
)]

use std::collections::HashSet;
use std::io::{Cursor, Write};

use homeroom_check::{check_alone, write_corrected, write_findings};
use homeroom_model::check_report::{CheckReport, Outcome};
use homeroom_model::encoding::Encoding;
use homeroom_model::finding_code::Severity;
use homeroom_model::profile::Profile;
use homeroom_read::{Opened, ReadRules, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A target's function.
pub(crate) type Target = fn(&[u8]);

/// All targets by name.
pub(crate) const ALL: [(&str, Target); 7] = [
    ("csv", csv),
    ("separator", separator),
    ("header", header),
    ("encoding", encoding),
    ("container", container),
    ("xlsx", xlsx),
    ("set", set),
];

const NAMES: [&str; 11] = [
    "school_id",
    "school_name",
    "teacher_email",
    "teacher_first_name",
    "teacher_last_name",
    "class_id",
    "class_name",
    "student_first_name",
    "student_last_name",
    "student_email",
    "student_grade_level",
];

/// The most bytes of a cell, and of the lines above a header.
const MAX_TEXT: usize = 8_000;

/// Quotes, line breaks and separators: well-formed files (RFC 4180) are read as the `csv` crate reads them.
pub(crate) fn csv(data: &[u8]) {
    if !is_table(data) {
        laws(&below_header(data));
    }
    laws(data);
    let table = grid(data, 3);
    let styles = [::csv::QuoteStyle::Necessary, ::csv::QuoteStyle::Always, ::csv::QuoteStyle::NonNumeric];
    for (style, end) in styles.into_iter().zip([
        ::csv::Terminator::Any(b'\n'),
        ::csv::Terminator::CRLF,
        ::csv::Terminator::CRLF,
    ]) {
        let file = written(&table, b',', style, end);
        let theirs = ::csv::Reader::from_reader(file.as_slice())
            .into_records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            .collect::<Vec<_>>();
        assert_eq!(theirs, table, "the oracle reads what it wrote");
        assert_eq!(cells(&file), theirs, "{:?}", String::from_utf8_lossy(&file));
    }
}

/// The separator does not matter.
pub(crate) fn separator(data: &[u8]) {
    let table = grid(data, 3);
    let separators = [b',', b';', b'\t', b'|'];
    for separator in separators {
        let file = written(&table, separator, ::csv::QuoteStyle::Necessary, ::csv::Terminator::Any(b'\n'));
        assert_eq!(cells(&file), table, "{:?}", String::from_utf8_lossy(&file));
    }
    let separator = separators[data.len() % separators.len()];
    let swapped = below_header(data).into_iter().map(|byte| if byte == b',' { separator } else { byte });
    laws(&swapped.collect::<Vec<_>>());
}

/// Lines above the header, up to a limit, cost no row below it.
pub(crate) fn header(data: &[u8]) {
    // The bytes as the header.
    let mut file = data.to_vec();
    file.extend(b"\n1,Oak,t@x.org,Tess,Gray,2,Reading,Ann,Lee,ann@x.org,5\n");
    laws(&file);
    // A title first, since the bytes at the beginning of a file may make it a picture or UTF-16.
    let above = data.iter().filter(|byte| **byte != 0).copied().collect::<Vec<_>>();
    let mut above = lines(&above[..above.len().min(MAX_TEXT)])
        .into_iter()
        .take(18)
        .map(<[u8]>::to_vec)
        .collect::<Vec<_>>();
    above.insert(0, b"Roster of the district".to_vec());
    let header_line = above.len() as u32 + 1;
    let mut file = above.join(&b'\n');
    file.extend(format!("\n{}\n", NAMES.join(",")).bytes());
    for row in 1..=3 {
        file.extend(format!("{row},Oak,t@x.org,Tess,Gray,2,Reading,Ann,Lee,ann@x.org,5\n").bytes());
    }
    laws(&file);
    read(&file, &ReadRules::default(), |opened| {
        let mut table = match opened {
            Opened::Table(table) => table,
            // A line that looks like a header but is too wide is refused.
            Opened::TooManyColumns(_) if above.iter().any(|line| line.len() > 1_000) => return Ok(()),
            _ => panic!("a header in line {header_line} is not found"),
        };
        if table.header_line() != header_line {
            assert!(
                table.header_line() < header_line && table.header().known_count() >= 3,
                "line {}",
                table.header_line()
            );
            return Ok(());
        }
        let mut rows = 0;
        while table.next_row()?.is_some() {
            rows += 1;
        }
        assert_eq!(rows, 3, "rows below a header in line {header_line}");
        Ok(())
    })
    .unwrap();
}

/// The encoding does not matter if there is a byte order mark; Windows-1252 needs none if the bytes are not UTF-8.
pub(crate) fn encoding(data: &[u8]) {
    let marks = [&b"\xFF\xFE"[..], b"\xFE\xFF", b"\xEF\xBB\xBF"];
    laws(&[marks[data.len() % marks.len()], data].concat());
    let text = String::from_utf8_lossy(data).replace('\0', " ");
    // Sometimes the text is beyond the first block, from which the encoding is detected.
    let far = data.last().is_some_and(|last| last % 16 == 0);
    let begin = if far {
        "1,Oak,t@x.org,Tess,Gray,2,Reading,Ann,Lee,ann@x.org,5\n".repeat(1_210)
    } else {
        String::new()
    };
    if far {
        laws(&[format!("{}\n{begin}", NAMES.join(",")).as_bytes(), data].concat());
        // A file without required columns is refused before its end is read.
        laws(&[format!("{}\n{begin}", NAMES[..9].join(",")).as_bytes(), data].concat());
    }
    let text = format!("{}\n{begin}{text}", NAMES.join(","));
    let units = |to: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to).collect::<Vec<_>>();
    let expected = cells(text.as_bytes());
    assert_eq!(cells(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), expected);
    assert_eq!(cells(&[b"\xFF\xFE", units(u16::to_le_bytes).as_slice()].concat()), expected);
    assert_eq!(cells(&[b"\xFE\xFF", units(u16::to_be_bytes).as_slice()].concat()), expected);
    let (windows, _, unmappable) = encoding_rs::WINDOWS_1252.encode(&text);
    if !unmappable && std::str::from_utf8(&windows).is_err() {
        let encoding = Some(Encoding::Windows1252);
        let profile = Profile { encoding, ..Profile::default() };
        assert_eq!(cells_by(&windows, &ReadRules { profile, ..ReadRules::default() }), expected);
    }
}

/// The container of a file does not matter, and no archive breaks a law.
pub(crate) fn container(data: &[u8]) {
    if !is_table(data) {
        laws(data);
    }
    let plain = below_header(data);
    let expected = laws(&plain);
    let half = plain.len() / 2;
    let members = [gzip(&plain[..half]), gzip(&plain[half..])].concat();
    let stored = zipped(&[(b"roster.csv", &plain)], CompressionMethod::Stored);
    let deflated =
        zipped(&[(b"a/roster.txt", &plain), (b"__MACOSX/._roster.txt", data)], CompressionMethod::Deflated);
    let files = [gzip(&plain), members, stored, deflated];
    for file in &files {
        let report = check_alone(file, "roster.csv").unwrap().report;
        assert_eq!(report, expected, "the container changes the report");
    }
    // Damage at a position that the input chooses.
    if let [value, low, high, ..] = data {
        let mut damaged = files[data.len() % files.len()].clone();
        let at = (usize::from(*low) | usize::from(*high) << 8) % damaged.len();
        damaged[at] ^= value | 1;
        laws(&damaged);
        damaged.truncate(at);
        laws(&damaged);
    }
}

/// Workbooks: the bytes are the part that they look like, or the text of cells.
pub(crate) fn xlsx(data: &[u8]) {
    let contains = |tag: &str| data.windows(tag.len()).any(|window| window == tag.as_bytes());
    if data.starts_with(b"PK") {
        laws(data);
    } else if contains("<sheetData") {
        laws(&workbook(&[("xl/worksheets/sheet1.xml", data)]));
    } else if contains("<sst") {
        laws(&workbook(&[("xl/sharedStrings.xml", data)]));
    } else if contains("<styleSheet") {
        laws(&workbook(&[("xl/styles.xml", data)]));
    } else if contains("<Relationships") {
        laws(&workbook(&[("xl/_rels/workbook.xml.rels", data)]));
    } else if contains("<workbook") {
        laws(&workbook(&[("xl/workbook.xml", data)]));
    } else if let Some(end) = data.iter().position(|byte| *byte == b'=') {
        number_format(&data[..end], &data[end + 1..]);
    } else {
        // Text is read from a workbook as it was written, except that a line break becomes a blank.
        let mut table = grid(data, 3);
        let clean = |c: char| if c.is_control() || "\u{FFFE}\u{FFFF}".contains(c) { ' ' } else { c };
        table.iter_mut().flatten().for_each(|cell| *cell = cell.chars().map(clean).collect());
        table.retain(|row| is_row(row));
        let text = |cell: &String| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", xml(cell));
        let row = |row: &Vec<String>| format!("<row>{}</row>", row.iter().map(text).collect::<String>());
        let header = NAMES.map(str::to_owned).to_vec();
        let rows = row(&header) + &table.iter().map(row).collect::<String>();
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let file = workbook(&[("xl/worksheets/sheet1.xml", sheet.as_bytes())]);
        assert_eq!(cells(&file), table, "{sheet}");
    }
}

/// A number in a number format; both come from the input.
fn number_format(code: &[u8], number: &[u8]) {
    let code = xml(&String::from_utf8_lossy(code));
    let styles = format!(
        "<styleSheet><numFmts><numFmt numFmtId=\"200\" formatCode=\"{code}\"/></numFmts>\
<cellXfs><xf numFmtId=\"200\"/></cellXfs></styleSheet>"
    );
    let cell = format!("<c s=\"0\"><v>{}</v></c>", xml(&String::from_utf8_lossy(number)));
    let header = NAMES.map(|name| format!("<c t=\"str\"><v>{name}</v></c>")).concat();
    let sheet = format!(
        "<worksheet><sheetData><row>{header}</row><row>{}</row></sheetData></worksheet>",
        cell.repeat(NAMES.len())
    );
    laws(&workbook(&[("xl/styles.xml", styles.as_bytes()), ("xl/worksheets/sheet1.xml", sheet.as_bytes())]));
}

/// Several files in one archive, separated by NULs. The first line of each is its name.
pub(crate) fn set(data: &[u8]) {
    let files = data.split(|byte| *byte == 0).take(30).map(|file| {
        let end = file.iter().position(|byte| *byte == b'\n').unwrap_or(file.len());
        (&file[..end], file.get(end + 1..).unwrap_or_default())
    });
    let files = files.collect::<Vec<_>>();
    laws(&zipped(&files, CompressionMethod::Stored));
}

/// Asserts what holds for every file, and returns the report.
fn laws(file: &[u8]) -> CheckReport {
    let file = file.to_vec();
    let checked = check_alone(&file, "roster.csv").unwrap();
    let again = check_alone(&file, "roster.csv").unwrap();
    let report = checked.report;
    assert_eq!(report, again.report, "checking twice gives the same result");
    assert_eq!(
        format!("{:?}", checked.roster),
        format!("{:?}", again.roster),
        "checking twice gives the same result"
    );
    assert_eq!(report.rows_accepted + report.rows_rejected, report.rows);
    let rejects = |severity| severity == Severity::RejectFile;
    let is_rejected = report.outcome == Outcome::FileRejected;
    assert_eq!(is_rejected, report.findings.iter().any(|finding| rejects(finding.code.severity())));
    assert_eq!(is_rejected, checked.findings.kept().iter().any(|finding| rejects(finding.code.severity())));
    assert!(!is_rejected || checked.roster.students.is_empty(), "a rejected file gives no roster");
    assert!(report.findings.iter().all(|finding| finding.line != Some(0)), "lines are counted from 1");
    // The result files can be written, and are valid CSVs.
    let mut findings = vec![];
    write_findings(&checked.findings, &mut findings).unwrap();
    let widths = record_widths(&findings);
    let width = if checked.findings.kept().iter().any(|finding| finding.file.is_some()) { 9 } else { 8 };
    assert!(widths.len() > checked.findings.kept().len() && widths.iter().all(|row| *row == width));
    let mut corrected = vec![];
    write_corrected(&file, &ReadRules::default(), &checked.findings, &mut corrected).unwrap();
    if corrected.starts_with(b"\xEF\xBB\xBFfile,line,row,") {
        // The corrected file of a set has each row with findings once.
        let lines = ::csv::Reader::from_reader(corrected.as_slice()).into_byte_records();
        let lines = lines.map(|line| line.unwrap()).filter(|line| !line[1].is_empty());
        let places = lines.map(|line| (line[0].to_vec(), line[1].to_vec())).collect::<Vec<_>>();
        assert_eq!(places.iter().collect::<HashSet<_>>().len(), places.len(), "a row is written twice");
    } else if let Some(rows) = count_rows(&file) {
        assert!(report.rows <= rows, "{} rows of {rows}", report.rows);
        let lines = record_widths(&corrected).len() as u64;
        assert!(lines == rows + 1, "the corrected file has {lines} lines for {rows} rows");
    }
    report
}

/// The number of rows, if the file is a table. Asserts that line numbers increase.
fn count_rows(file: &Vec<u8>) -> Option<u64> {
    read(file, &ReadRules::default(), |opened| {
        let Opened::Table(mut table) = opened else { return Ok(None) };
        let (mut rows, mut line) = (0, table.header_line());
        while let Some(row) = table.next_row()? {
            assert!(row.line > line, "line {} after {line}", row.line);
            line = row.line;
            rows += 1;
            assert!(std::str::from_utf8(row.bytes).is_ok(), "rows are UTF-8");
        }
        Ok(Some(rows))
    })
    .unwrap()
}

fn is_table(file: &[u8]) -> bool {
    read(&file.to_vec(), &ReadRules::default(), |opened| Ok(matches!(opened, Opened::Table(_)))).unwrap()
}

/// The rows of a table, each with its cells.
fn cells(file: &[u8]) -> Vec<Vec<String>> {
    cells_by(file, &ReadRules::default())
}

fn cells_by(file: &[u8], rules: &ReadRules) -> Vec<Vec<String>> {
    read(&file.to_vec(), rules, |opened| {
        let Opened::Table(mut table) = opened else { panic!("a file with a header is a table") };
        let mut rows = vec![];
        while let Some(row) = table.next_row()? {
            let cell = |at| String::from_utf8_lossy(row.cell(at)).into_owned();
            rows.push(match row.damage {
                None => (0..row.len()).map(cell).collect(),
                Some(damage) => vec![format!("{damage:?}"), String::from_utf8_lossy(row.bytes).into_owned()],
            });
        }
        Ok(rows)
    })
    .unwrap()
}

/// The number of cells of each record, as read by the `csv` crate.
fn record_widths(file: &[u8]) -> Vec<usize> {
    let reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
    reader.into_byte_records().map(|record| record.unwrap().len()).collect()
}

/// At most `max_rows` rows with the header's width. Their cells are the parts of the input between NULs, or between `~`, which
/// mutations produce more easily. Rows that are not read as rows by design are left out.
fn grid(data: &[u8], max_rows: usize) -> Vec<Vec<String>> {
    let texts = data.split(|byte| matches!(byte, 0 | b'~')).take(max_rows * NAMES.len());
    // Records that are longer than allowed are not tested here.
    let texts = texts.map(|text| &text[..text.len().min(MAX_TEXT)]);
    let texts = texts.map(|text| String::from_utf8_lossy(text).into_owned()).collect::<Vec<_>>();
    let mut rows = texts.chunks(NAMES.len()).map(<[String]>::to_vec).collect::<Vec<_>>();
    rows.iter_mut().for_each(|row| row.resize(NAMES.len(), String::new()));
    for row in &mut rows {
        // Backslash escapes are recognised by their rows: a row with backslashes that also has quotes or line breaks may look
        // like one of them.
        if row.iter().any(|cell| cell.contains('\\'))
            && row.iter().any(|cell| cell.contains(['"', '\n', '\r']))
        {
            row.iter_mut().for_each(|cell| *cell = cell.replace('\\', "/"));
        }
    }
    rows.retain(|row| is_row(row));
    // Single quotes around cells are recognised by the first row.
    if let Some(row) = rows.first_mut() {
        row[0].insert(0, 'x');
    }
    rows
}

/// Whether cells are read as a row: not blank, not a repeated header, and not on more lines than a record may span.
fn is_row(row: &[String]) -> bool {
    let breaks = row.iter().map(|cell| cell.matches(['\n', '\r']).count()).sum::<usize>();
    let is_blank =
        |cell: &String| cell.bytes().all(|byte| byte.is_ascii_whitespace() || b",;|".contains(&byte));
    let letters = |cell: &str| {
        cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let is_header = row.iter().zip(NAMES).all(|(cell, name)| letters(cell) == letters(name));
    !row.iter().all(is_blank) && !is_header && breaks < 90
}

fn written(
    table: &[Vec<String>],
    separator: u8,
    style: ::csv::QuoteStyle,
    end: ::csv::Terminator,
) -> Vec<u8> {
    let mut writer = ::csv::WriterBuilder::new();
    let mut writer = writer.delimiter(separator).quote_style(style).terminator(end).from_writer(vec![]);
    writer.write_record(NAMES).unwrap();
    table.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

fn below_header(data: &[u8]) -> Vec<u8> {
    [NAMES.join(",").as_bytes(), b"\n", data].concat()
}

/// Physical lines without their line ends.
fn lines(data: &[u8]) -> Vec<&[u8]> {
    data.split(|byte| matches!(byte, b'\n' | b'\r')).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// An archive of these entries; only the first of several with the same name.
fn zipped(entries: &[(&[u8], &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in entries {
        if writer.start_file(String::from_utf8_lossy(name), options).is_ok() {
            writer.write_all(bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook with these parts, and default ones for the rest.
fn workbook(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let header = NAMES.map(|name| format!("<c t=\"str\"><v>{name}</v></c>")).concat();
    let number = |style: usize| format!("<c s=\"{style}\"><v>44197.5</v></c>");
    let text = |at: usize| format!("<c t=\"s\"><v>{at}</v></c>");
    let numbers = (0..NAMES.len()).map(number).collect::<String>();
    let texts = (0..NAMES.len()).map(text).collect::<String>();
    let sheet = format!(
        "<worksheet><sheetData><row r=\"1\">{header}</row><row r=\"3\">{numbers}</row><row>{texts}</row></sheetData></worksheet>"
    );
    let default = [
        (
            "xl/workbook.xml",
            r#"<workbook><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", &sheet),
        ("xl/sharedStrings.xml", "<sst><si><t>Oak</t></si><si><t>Tess</t></si></sst>"),
        (
            "xl/styles.xml",
            r#"<styleSheet><cellXfs><xf numFmtId="14"/><xf numFmtId="2"/></cellXfs></styleSheet>"#,
        ),
    ];
    let default = default.iter().filter(|(path, _)| parts.iter().all(|(part, _)| part != path));
    let default = default.map(|(path, text)| (path.as_bytes(), text.as_bytes()));
    let all = default.chain(parts.iter().map(|(path, bytes)| (path.as_bytes(), *bytes))).collect::<Vec<_>>();
    zipped(&all, CompressionMethod::Stored)
}

fn xml(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    // `_x0041_` is an escape in workbooks.
    text.replace("_x", "_x005F_x")
}
