//! Says why a file cannot be read as a table.

use homeroom_model::finding::Finding;
use homeroom_model::finding_code::FindingCode;
use homeroom_read::{ContainerError, FileType, OpenPgpItem, Opened};

use crate::header_findings::single_file_of_set;

/// The finding that says why a file cannot be read as a table.
pub(crate) fn finding(opened: &Opened<'_>) -> Finding {
    let (code, value, message) = match opened {
        Opened::Table(_) => unreachable!("a table is checked"),
        Opened::Set(set) => {
            let names = set.names().take(10).collect::<Vec<_>>().join(", ");
            let message = format!("The archive contains several files, none of which is a roster: {names}.");
            (FindingCode::ArchiveSeveralTables, names, message)
        }
        Opened::Empty => (FindingCode::FileEmpty, String::new(), "The file is empty.".to_owned()),
        Opened::NotText(file_type) => not_text(*file_type),
        Opened::Unusable(why) => unusable(why),
        Opened::NotATable(line) => {
            let cells = line.split([',', ';', '\t', '|']).map(|cell| cell.trim_matches('"').to_owned());
            if let Some(finding) = single_file_of_set(&cells.collect::<Vec<_>>()) {
                return finding;
            }
            let message = "The first line contains none of the column names of a roster.";
            (FindingCode::FileNotATable, line.clone(), message.to_owned())
        }
        Opened::TooManyColumns(count) => (
            FindingCode::TooManyColumns,
            count.to_string(),
            format!("The file has {count} columns, which is more than allowed."),
        ),
        Opened::TooLarge => {
            (FindingCode::FileTooLarge, String::new(), "The file is larger than allowed.".to_owned())
        }
        Opened::HeaderTooLong => (
            FindingCode::HeaderTooLong,
            String::new(),
            "The first line is too long to be a header: the file may have no line breaks.".to_owned(),
        ),
    };
    Finding::of_file(code, value, message)
}

/// Code, value and message for an archive or encrypted file that gives no table.
fn unusable(why: &ContainerError) -> (FindingCode, String, String) {
    let plain = |code, message: &str| (code, String::new(), message.to_owned());
    match why {
        ContainerError::Damaged => plain(
            FindingCode::ArchiveDamaged,
            "The archive is damaged: it was cut off, or its bytes have changed.",
        ),
        ContainerError::PasswordProtected => {
            plain(FindingCode::ArchiveEncrypted, "The archive is protected by a password.")
        }
        ContainerError::Unsupported => plain(
            FindingCode::ArchivePacking,
            "The archive uses a compression method that few programs support.",
        ),
        ContainerError::NoTable(names) => (
            FindingCode::ArchiveWithoutTable,
            names.join(", "),
            match names.as_slice() {
                [] => "The archive is empty.".into(),
                names => format!("The archive contains no CSV file, only: {}.", names.join(", ")),
            },
        ),
        ContainerError::SeveralTables(names) => (
            FindingCode::ArchiveSeveralTables,
            names.join(", "),
            format!(
                "The archive contains several files, and it is unclear which one is the roster: {}.",
                names.join(", ")
            ),
        ),
        ContainerError::Document(file_type) => not_text(*file_type),
        ContainerError::TooLarge => {
            plain(FindingCode::FileTooLarge, "The unpacked archive is larger than allowed.")
        }
        ContainerError::EncryptedWithoutKey => plain(
            FindingCode::EncryptionNoKey,
            "The file is encrypted, and there is no key for this district to decrypt it with.",
        ),
        ContainerError::EncryptedToOtherKey => {
            plain(FindingCode::EncryptionOtherKey, "The file is encrypted, but not for our key.")
        }
        ContainerError::EncryptedWithPassword => plain(
            FindingCode::EncryptionPassword,
            "The file is encrypted with a password instead of our key.",
        ),
        ContainerError::MessageDamaged => plain(
            FindingCode::EncryptionDamaged,
            "The encrypted file is damaged: it was cut off, or its bytes have changed.",
        ),
        ContainerError::BadSignature => plain(
            FindingCode::SignatureBad,
            "The file's signature was not made with any of the district's known keys.",
        ),
        ContainerError::NotAMessage(item) => not_a_message(*item),
    }
}

/// Code, value and message for OpenPGP data that is not an encrypted file.
fn not_a_message(item: OpenPgpItem) -> (FindingCode, String, String) {
    let item = match item {
        OpenPgpItem::PublicKey => "an OpenPGP public key",
        OpenPgpItem::PrivateKey => "an OpenPGP private key",
        OpenPgpItem::DetachedSignature => "an OpenPGP signature without its file",
        OpenPgpItem::ClearSignedText => "a text with an OpenPGP signature around it",
        OpenPgpItem::MessagePart => "a part of an OpenPGP message",
    };
    let message = format!("The file is {item} and does not contain a roster.");
    (FindingCode::EncryptionNotAFile, item.to_owned(), message)
}

/// Code, value and message for a file of a type that is not a CSV.
fn not_text(file_type: FileType) -> (FindingCode, String, String) {
    let name = match file_type {
        FileType::ZipOrWorkbook => "a zip archive or an Excel workbook (.xlsx)",
        FileType::OldExcel => "an old Excel workbook (.xls), or one with a password",
        FileType::BinaryExcel => "a binary Excel workbook (.xlsb)",
        FileType::Word => "a Word document",
        FileType::PowerPoint => "a PowerPoint presentation",
        FileType::OpenDocument => "an OpenDocument file (such as .ods)",
        FileType::Pdf => "a PDF document",
        FileType::Png => "a PNG picture",
        FileType::Jpeg => "a JPEG picture",
        FileType::Gif => "a GIF picture",
        FileType::Gzip => "a gzip archive",
        FileType::SevenZip => "a 7-Zip archive",
        FileType::Rar => "a RAR archive",
        FileType::Sqlite => "a SQLite database",
        FileType::Markup => "a web page (HTML or XML)",
        FileType::Binary => "a binary file",
    };
    (FindingCode::FileNotText, name.to_owned(), format!("The file is {name}, not a CSV file."))
}
