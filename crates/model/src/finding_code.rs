//! The catalogue of findings: every permanent code with its severity, meaning, example and remedy.
//!
//! `docs/findings.md` is generated from this list. `docs/recipes/adding-a-check.md` says how to add one.

use crate::word::{impl_string_form, string_enum};

string_enum!(
    /// What a finding does to the file.
    Severity {
        /// Nothing from this file is applied.
        RejectFile = "reject_file",
        /// The row is dropped; everything it names is protected from removal in this run.
        RejectRow = "reject_row",
        /// The row is accepted; someone should look at it.
        Warning = "warning",
        /// The row is accepted; for information.
        Notice = "notice",
    }
);

macro_rules! catalogue {
    ($($variant:ident $code:literal $severity:ident {
        meaning: $meaning:literal,
        example: $example:literal,
        remedy: $remedy:literal $(,)?
    })+) => {
        /// The permanent name of a finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FindingCode {
            $(#[doc = $meaning] $variant),+
        }

        impl FindingCode {
            /// Every code, in the order of the catalogue.
            pub const ALL: &[FindingCode] = &[$(FindingCode::$variant),+];

            const WORDS: &[&str] = &[$($code),+];

            /// `student-email-invalid`: its name in JSON, CSV and the documentation. Never changes.
            pub fn as_str(self) -> &'static str {
                match self { $(FindingCode::$variant => $code),+ }
            }

            /// What it does to the file.
            pub fn severity(self) -> Severity {
                match self { $(FindingCode::$variant => Severity::$severity),+ }
            }

            /// What it means, for the person who made the file.
            pub fn meaning(self) -> &'static str {
                match self { $(FindingCode::$variant => $meaning),+ }
            }

            /// A value or row that causes it.
            pub fn example(self) -> &'static str {
                match self { $(FindingCode::$variant => $example),+ }
            }

            /// What to do about it.
            pub fn remedy(self) -> &'static str {
                match self { $(FindingCode::$variant => $remedy),+ }
            }
        }
    };
}

catalogue! {
    FileEmpty "file-empty" RejectFile {
        meaning: "The file is empty.",
        example: "a file of 0 bytes, or with only blank lines",
        remedy: "Export the roster again and check the file before you upload it.",
    }
    FileTooLarge "file-too-large" RejectFile {
        meaning: "The file is larger than allowed.",
        example: "a file of more than 4 GiB",
        remedy: "Export only the columns listed in the format guide, or ask us to raise the limit.",
    }
    FileNotText "file-not-text" RejectFile {
        meaning: "The file is not a CSV file, whatever its name says.",
        example: "an Excel workbook that was renamed to .csv",
        remedy: "Save or export it as CSV (UTF-8) and upload that file.",
    }
    ArchiveDamaged "archive-damaged" RejectFile {
        meaning: "The archive (.zip, .gz) is incomplete or damaged.",
        example: "an upload of roster.zip that was interrupted",
        remedy: "Create the archive again and upload it again.",
    }
    ArchiveEncrypted "archive-encrypted" RejectFile {
        meaning: "The archive is protected by a password.",
        example: "roster.zip with a password",
        remedy: "Upload the file without a password: the connection is already encrypted.",
    }
    ArchivePacking "archive-packing" RejectFile {
        meaning: "The archive uses a compression method that we cannot read.",
        example: "a zip archive packed with LZMA",
        remedy: "Create an ordinary zip archive (Deflate), or upload the CSV file itself.",
    }
    ArchiveWithoutTable "archive-without-table" RejectFile {
        meaning: "The archive contains no CSV file.",
        example: "roster.zip with only a PDF and a picture",
        remedy: "Put the CSV file into the archive, or upload the CSV file itself.",
    }
    ArchiveSeveralTables "archive-several-tables" RejectFile {
        meaning: "The archive contains several files that could be the roster.",
        example: "roster.zip with monday.csv and tuesday.csv",
        remedy: "Put only the roster file into the archive.",
    }
    EncryptionNoKey "encryption-no-key" RejectFile {
        meaning: "The file is encrypted with OpenPGP, but we have no key to decrypt it with.",
        example: "roster.csv.pgp from a district that was not given a key",
        remedy: "Upload the file unencrypted (the connection is already encrypted), or ask us for a key.",
    }
    EncryptionOtherKey "encryption-other-key" RejectFile {
        meaning: "The file is encrypted with OpenPGP, but not for our key.",
        example: "roster.csv.pgp encrypted for the district's own key",
        remedy: "Encrypt the file for the public key that we gave you; compare its fingerprint.",
    }
    EncryptionPassword "encryption-password" RejectFile {
        meaning: "The file is encrypted with OpenPGP, but with a password instead of our key.",
        example: "`gpg --symmetric roster.csv`",
        remedy: "Encrypt the file for the public key that we gave you (`gpg --encrypt --recipient NAME`).",
    }
    EncryptionDamaged "encryption-damaged" RejectFile {
        meaning: "The OpenPGP file is incomplete or damaged.",
        example: "an upload of roster.csv.pgp that was interrupted",
        remedy: "Encrypt the file again and upload it again, in binary mode.",
    }
    EncryptionNotAFile "encryption-not-a-file" RejectFile {
        meaning: "The upload is OpenPGP data that contains no roster.",
        example: "a public key, or a signature without its file",
        remedy: "Upload the encrypted file itself (`gpg --sign --encrypt`).",
    }
    SignatureBad "signature-bad" RejectFile {
        meaning: "The file's OpenPGP signature was not made with a key that we know as the district's.",
        example: "roster.csv.pgp signed with a new key that we do not know yet",
        remedy: "Sign with the key whose public half you gave us. If you have a new key, send us its public half first.",
    }
    SignatureMissing "signature-missing" Warning {
        meaning: "The file is not signed, although we know a key that the district signs with. It is used anyway.",
        example: "`gpg --encrypt roster.csv` without `--sign`",
        remedy: "Sign the file when you encrypt it (`gpg --sign --encrypt`).",
    }
    FileNotATable "file-not-a-table" RejectFile {
        meaning: "The first line contains no roster column names.",
        example: "Report created on 3 May",
        remedy: "Put the column names in the first line, as in samples/roster-sample.csv.",
    }
    HeaderTooLong "header-too-long" RejectFile {
        meaning: "The first line is too long to be a header.",
        example: "a file without line breaks",
        remedy: "Check that each row is on its own line, then export again.",
    }
    TooManyColumns "too-many-columns" RejectFile {
        meaning: "The file has more columns than allowed.",
        example: "10,000 columns",
        remedy: "Export only the columns listed in the format guide.",
    }
    ColumnMissing "column-missing" RejectFile {
        meaning: "A required column is missing.",
        example: "no column student_email",
        remedy: "Add the column, or give it its standard name in the first line.",
    }
    ColumnDuplicate "column-duplicate" RejectFile {
        meaning: "Two columns have the same meaning.",
        example: "student_email and Student Email",
        remedy: "Remove or rename one of the two columns.",
    }
    ColumnEmpty "column-empty" RejectFile {
        meaning: "A required column is empty in every row.",
        example: "student_email is empty everywhere",
        remedy: "Check the export settings for this column: most likely the wrong field is selected.",
    }
    NoRows "no-rows" RejectFile {
        meaning: "The file has a header but no rows.",
        example: "an export whose query found nothing",
        remedy: "Check the export's filters (school year, schools) and export again.",
    }
    FileNameUnexpected "file-name-unexpected" Warning {
        meaning: "The file does not have the expected name, so it was only tested.",
        example: "roster (1).csv",
        remedy: "Upload the file under the expected name, or ask us to accept this one.",
    }
    SetFileMissing "set-file-missing" RejectFile {
        meaning: "One of the files that together make up the roster is missing. Nothing is removed because a file is missing.",
        example: "students.csv without enrollments.csv",
        remedy: "Upload all files of the set every time.",
    }
    SetKindUnknown "set-kind-unknown" RejectFile {
        meaning: "We cannot tell whether the OneRoster files are complete (bulk) or only changes (delta).",
        example: "rows with a status, and no manifest.csv",
        remedy: "Put manifest.csv into the archive, as the OneRoster specification requires.",
    }
    DeltaWithoutRoster "delta-without-roster" RejectFile {
        meaning: "The files contain only changes, but there is no roster yet to change.",
        example: "a OneRoster delta as the first upload",
        remedy: "Upload a complete set (bulk) first.",
    }
    ReferencesDiffer "references-differ" RejectFile {
        meaning: "The ids in one file have a prefix that the ids in the other files lack.",
        example: "Section_12 in sections.csv and 12 in enrollments.csv",
        remedy: "Export all files with ids in the same form.",
    }
    TooManyRowsRejected "too-many-rows-rejected" RejectFile {
        meaning: "More than 10% of the rows are rejected, so nothing in the file is used.",
        example: "1,200 of 5,000 rows rejected",
        remedy: "Fix the most frequent finding first: it is usually one mistake in the export.",
    }
    EncodingWindows1252 "encoding-windows-1252" Warning {
        meaning: "The file is not in UTF-8; it was read as Windows-1252.",
        example: "José saved by an older Excel",
        remedy: "Check that the accented names in the message are correct. Better: save the file as CSV UTF-8.",
    }
    EncodingGuessed "encoding-guessed" Warning {
        meaning: "The file is not in UTF-8; it was read in the encoding in which names are those of the last good file, or words at all.",
        example: "JosŽ, which is José when it is read as Mac Roman",
        remedy: "Check that the accented names in the message are correct. Better: save the file as CSV UTF-8.",
    }
    EncodingMixed "encoding-mixed" Warning {
        meaning: "The file is in UTF-8, but some of its lines are not; only those are read in another way.",
        example: "two exports put together, one of them saved by an older Excel; or a damaged byte",
        remedy: "Check the names in these lines. Better: export the whole file as CSV UTF-8.",
    }
    EnrollmentEnded "enrollment-ended" Notice {
        meaning: "An enrollment of a OneRoster set is over: its endDate is in the past, or its status is inactive. It is left out.",
        example: "a student who left the class in September",
        remedy: "Nothing to do. If the person is still in the class, correct the end date in the SIS.",
    }
    ColumnIgnored "column-ignored" Notice {
        meaning: "A column is not used.",
        example: "student_birthday",
        remedy: "Nothing to do. Leave out columns with personal data that we do not need.",
    }
    LinesAboveHeader "lines-above-header" Notice {
        meaning: "There are lines above the header; they were skipped.",
        example: "a title, or #TYPE System.Data.DataRow",
        remedy: "Nothing to do. Better: export without a title, so that the first line has the column names.",
    }
    FooterSkipped "footer-skipped" Notice {
        meaning: "The line is a count or total, not a roster row; it was skipped.",
        example: "616 rows selected.",
        remedy: "Nothing to do. Better: export without totals.",
    }
    ClassColumnsExchanged "class-columns-exchanged" RejectFile {
        meaning: "The headers class_id and class_name stand over each other's column.",
        example: "class_id holds Science 1, and class_name holds 2001-01",
        remedy: "Exchange the two headers in the export, and upload the file again.",
    }
    FileOfAnotherDistrict "file-of-another-district" RejectFile {
        meaning: "Hardly anybody in the file is known in this district, its schools and teachers are others, too, and nearly everybody of the district is missing.",
        example: "a file of 600 people, none of them known here by address or name",
        remedy: "Check which district this file is from, and upload it there. If it is the right one, because a sample or another district's file was applied here before, undo those runs first (homeroom run undo RUN), then upload this file again.",
    }
    ExportError "export-error" RejectRow {
        meaning: "The program that made the file wrote an error message into it; rows are most likely missing.",
        example: "ORA-01555: snapshot too old",
        remedy: "Read the message, run the export again, and upload the complete file.",
    }
    HoleInFile "hole-in-file" RejectRow {
        meaning: "A part of the file was never written: it is filled with NUL bytes, and the rows that should stand there are missing.",
        example: "4,096 NUL bytes between two rows, after a disk was full or an upload went on in the middle",
        remedy: "Export and upload the complete file again. Until then nobody is removed.",
    }
    HeaderRepeated "header-repeated" Notice {
        meaning: "The header is repeated; the line was skipped.",
        example: "two exports pasted together",
        remedy: "Nothing to do if the file is meant to contain two exports.",
    }

    QuoteUnbalanced "quote-unbalanced" RejectRow {
        meaning: "A quotation mark opens a cell but does not close it.",
        example: "1001,\"Oak Hill,…",
        remedy: "Close the quotation mark, or remove it.",
    }
    RowTooLong "row-too-long" RejectRow {
        meaning: "The row is too long to be read.",
        example: "a line of more than 1 MB",
        remedy: "Check that each row is on its own line.",
    }
    RowTooFewCells "row-too-few-cells" RejectRow {
        meaning: "The row has fewer cells than the header.",
        example: "7 cells where the header has 11",
        remedy: "Check whether there is a line break inside the row, or whether the export stopped in this row.",
    }
    RowTooManyCells "row-too-many-cells" RejectRow {
        meaning: "The row has more cells than the header: most likely a comma inside a value shifted it.",
        example: "Smith, Jr. without quotation marks",
        remedy: "Put values that contain a comma in quotation marks, or remove the comma.",
    }
    ControlCharacter "control-character" RejectRow {
        meaning: "A cell contains a character that is not text.",
        example: "a NUL byte",
        remedy: "Type the value again.",
    }
    QuoteInsideCell "quote-inside-cell" Warning {
        meaning: "There is a quotation mark inside a cell; it was kept.",
        example: "Robert \"Rob\" Smith",
        remedy: "Check the value. Inside a quoted cell, write a quotation mark twice.",
    }
    InvisibleCharacter "invisible-character" Notice {
        meaning: "A cell contained an invisible character, which was removed.",
        example: "a zero-width space before an address",
        remedy: "Nothing to do. If the value was pasted from a web page, type it again.",
    }

    SchoolIdMissing "school-id-missing" RejectRow {
        meaning: "The school_id is missing.",
        example: "an empty school_id",
        remedy: "Fill in the school's id.",
    }
    ClassIdMissing "class-id-missing" RejectRow {
        meaning: "The class_id is missing.",
        example: "an empty class_id",
        remedy: "Fill in the id of the class (section).",
    }
    TeacherEmailMissing "teacher-email-missing" RejectRow {
        meaning: "The teacher's e-mail address is missing.",
        example: "an empty teacher_email",
        remedy: "Fill in the address that the teacher signs in with.",
    }
    TeacherEmailInvalid "teacher-email-invalid" RejectRow {
        meaning: "The teacher's e-mail address is not a complete address.",
        example: "ann.lee@lincoln",
        remedy: "Write the address that is used to sign in, with one @ and the full domain.",
    }
    StudentEmailMissing "student-email-missing" RejectRow {
        meaning: "The student has neither an e-mail address nor a student_id.",
        example: "an empty student_email",
        remedy: "Fill in the address, or add the column student_id for students without one.",
    }
    StudentEmailInvalid "student-email-invalid" RejectRow {
        meaning: "The student's e-mail address is not a complete address.",
        example: "ann@@x.org",
        remedy: "Write the address that is used to sign in, with one @ and the full domain.",
    }
    IdChangedBySpreadsheet "id-changed-by-spreadsheet" RejectRow {
        meaning: "A spreadsheet program has changed this id into a number or a date.",
        example: "1.23E+11, 3-Jan",
        remedy: "Export again and upload that file without opening it in a spreadsheet, or format the column as text.",
    }
    ValueTooLong "value-too-long" RejectRow {
        meaning: "A cell has more than 255 characters: that is no id, name or address.",
        example: "a whole document in a name",
        remedy: "Look into the cell: most likely text was pasted there, or a quotation mark is missing.",
    }
    LookAlikeLetter "look-alike-letter" Warning {
        meaning: "An address, id or user name has a letter that looks like an ordinary one and is another; it was read as the ordinary one.",
        example: "a Cyrillic а in anna@x.org",
        remedy: "Type the value again: it was pasted from somewhere.",
    }
    EmailRepaired "email-repaired" Warning {
        meaning: "An e-mail address was written in an unusual way; we use its usual form.",
        example: "mailto:Ann.Lee@X.org.",
        remedy: "Write addresses in lower case, with no spaces or other characters around them.",
    }

    TeacherNameMissing "teacher-name-missing" RejectRow {
        meaning: "The teacher has neither a first nor a last name.",
        example: "both name cells empty",
        remedy: "Fill in the teacher's name.",
    }
    StudentNameMissing "student-name-missing" RejectRow {
        meaning: "The student has neither a first nor a last name.",
        example: "both name cells empty",
        remedy: "Fill in the student's name.",
    }
    NamePartMissing "name-part-missing" Warning {
        meaning: "A first or last name is missing.",
        example: "an empty student_last_name",
        remedy: "Fill in the missing part, or leave it empty if the person has only one name.",
    }
    NameEncodedTwice "name-encoded-twice" Warning {
        meaning: "A name was encoded twice: an accented letter appears as two or three characters.",
        example: "SÃ©bastien for Sébastien",
        remedy: "Export as CSV UTF-8, and do not save the file again with a program that reads it in another encoding.",
    }
    NameAccentsLost "name-accents-lost" Warning {
        meaning: "A name contains question marks in place of accented letters.",
        example: "Jos? N??ez",
        remedy: "Export in UTF-8 (in Windows PowerShell: Export-Csv -Encoding UTF8). The letters are lost in this file and cannot be restored from it.",
    }
    TeacherPlaceholder "teacher-placeholder" Warning {
        meaning: "The teacher is a placeholder, not a person; the class is loaded without a teacher.",
        example: "Staff, Vacant",
        remedy: "Nothing to do. Fill in the teacher as soon as there is one.",
    }
    StudentPlaceholder "student-placeholder" Warning {
        meaning: "The student looks like a test account or a placeholder; the row was accepted and uses a seat.",
        example: "Test Student",
        remedy: "Leave the row out of the export unless you need it for a test.",
    }
    TeacherEmailPrivate "teacher-email-private" Warning {
        meaning: "The teacher's address is a personal one, not the school's.",
        example: "ann.lee@gmail.com",
        remedy: "Fill in the address that the school gave the teacher: sign-in and privacy depend on it.",
    }
    EmailDomainUnknown "email-domain-unknown" Warning {
        meaning: "An address is outside the district's known domains.",
        example: "ann.lee@lincon.org where the district has lincoln.org",
        remedy: "Check the address. If the domain also belongs to the district, ask us to add it.",
    }
    LeadingZerosLost "leading-zeros-lost" Warning {
        meaning: "An id has lost its leading zeros: the last good file has them.",
        example: "123 where the last file has 00123",
        remedy: "Export again and upload that file without opening it in a spreadsheet, or format the column as text.",
    }
    NameMissing "name-missing" Warning {
        meaning: "A school or class has no name; its id is shown instead.",
        example: "an empty class_name",
        remedy: "Fill in the name.",
    }
    GradesMissing "grades-missing" Warning {
        meaning: "No student has a grade.",
        example: "student_grade_level is empty everywhere",
        remedy: "Check the export settings for this column: most likely the wrong field is selected.",
    }
    GradeUnknown "grade-unknown" Warning {
        meaning: "The grade was not understood and was left empty.",
        example: "Banana",
        remedy: "Use PK, TK, KG, 01 to 13, PS or UG. K, 5 and 5th are also understood.",
    }
    CleverIdInvalid "clever-id-invalid" Warning {
        meaning: "The value is not a Clever id, which has 24 hexadecimal digits; it was left out.",
        example: "12345",
        remedy: "Export Clever's own id, or leave the column out.",
    }

    CleverIdShared "clever-id-shared" Warning {
        meaning: "The same Clever id stands on several people; it is left out for all of them, and whoever had one keeps it.",
        example: "one Clever id dragged down over five students",
        remedy: "A Clever id signs one person in: export each person's own, or leave the cell empty.",
    }
    UsernameShared "username-shared" Warning {
        meaning: "The same user name stands on several students; it is left out for all of them, and whoever had one keeps it.",
        example: "the user name student for five students",
        remedy: "A user name signs one person in: export each student's own, or leave the cell empty.",
    }

    PersonIdMissing "person-id-missing" RejectRow {
        meaning: "A person in a set of files has no id.",
        example: "an empty Student_id",
        remedy: "Fill in the id that the other files use for this person.",
    }
    ReferenceUnknown "reference-unknown" RejectRow {
        meaning: "A row refers to something that none of the files lists.",
        example: "an enrollment in section 12, which is not in sections.csv",
        remedy: "Export all files at the same time and with the same filters.",
    }
    TeacherUnknown "teacher-unknown" Warning {
        meaning: "A class refers to a teacher that none of the files lists; it is loaded without this teacher.",
        example: "Teacher_id 17, which is not in teachers.csv",
        remedy: "Export all files at the same time and with the same filters.",
    }
    ClassWithoutTeacher "class-without-teacher" Warning {
        meaning: "A class has no teacher.",
        example: "a section without Teacher_id",
        remedy: "Nothing to do if that is correct. Otherwise fill in the teacher.",
    }
    ClassWithoutStudents "class-without-students" Warning {
        meaning: "A class has no students.",
        example: "a section without enrollments",
        remedy: "Nothing to do if that is correct. Otherwise check the export's filters.",
    }
    PersonLeftOut "person-left-out" Notice {
        meaning: "A person is neither a student nor a teacher, or is not enabled to sign in, and was left out.",
        example: "a guardian, or enabledUser false",
        remedy: "Nothing to do.",
    }
    RoleContradictsEnrollment "role-contradicts-enrollment" Warning {
        meaning: "A user is enrolled in a class as a student or teacher, but has neither role; person and class are kept as they are.",
        example: "an administrator who stands in enrollments.csv as the teacher of a class, or a student without a row in roles.csv",
        remedy: "Give the user the role student or teacher in addition, or remove the enrollment.",
    }
    ClassInTwoSchools "class-in-two-schools" RejectRow {
        meaning: "The same class_id appears in two schools.",
        example: "class 101 in school 1 and in school 2",
        remedy: "Give each class an id that no other school uses, such as 1-101 and 2-101.",
    }
    ClassIdOfAnother "class-id-of-another" RejectRow {
        meaning: "A row has the class_id of one class, and the name and a teacher of another class of the school. Everybody whom it \
            names stays in both.",
        example: "class 101 with 'Reading 2' and Bob Park, where 101 is 'Reading 1' of Ann Lee, and class 102 is 'Reading 2' of Bob Park",
        remedy: "Check whether class_id was filled down, has slipped by some rows or was sorted without the other columns.",
    }
    ClassIdAndNameExchanged "class-id-and-name-exchanged" RejectRow {
        meaning: "A row has the name of a class in class_id, and the id of a class in class_name. Everybody whom it names stays in that class.",
        example: "class_id is 'Science 1', and class_name is '2001-01'",
        remedy: "Exchange the two values in these rows. If a part of the file comes from another program, give its columns the same order.",
    }
    TeacherDraggedDown "teacher-dragged-down" RejectRow {
        meaning: "Some rows of a class have the teacher of the class above or below them, and its other rows, of other students, the teacher that \
            it had until now. Everybody whom these rows name stays as they are.",
        example: "the first five rows of class 102 have the teacher of class 101, which stands above them",
        remedy: "Put the class's own teacher into these rows. If there are two teachers now, list every student of the class with both.",
    }
    ClassDraggedDown "class-dragged-down" RejectRow {
        meaning: "The last rows of a class, or the first ones, name students of the class beside it, who are nowhere else in that class, and \
            break the order of the rows. These students stay in all their classes.",
        example: "the last six rows of class 101, which is sorted by name, are those with which class 102 began yesterday",
        remedy: "Give these rows their own class again. If the students did change to this class, list them in its order.",
    }
    StudentDraggedDown "student-dragged-down" RejectRow {
        meaning: "The same row appears at least three times, one after the other, and as many students are missing in its class, or in those \
            above and below it. The students of these classes stay in them.",
        example: "five rows of class 101 are all of Ann Lee, and four students of the class are nowhere in it",
        remedy: "Put the students into these rows whom the SIS has in the class.",
    }
    TeacherEmailShared "teacher-email-shared" RejectRow {
        meaning: "The same teacher's e-mail address appears with clearly different names or ids.",
        example: "office@x.org for Ann Lee and Bob Park",
        remedy: "Give each teacher the address that they sign in with.",
    }
    StudentEmailShared "student-email-shared" RejectRow {
        meaning: "The same student's e-mail address appears with clearly different names or ids.",
        example: "lee@x.org for Ann Lee and Bob Lee",
        remedy: "Give each student an address of their own.",
    }
    StudentEmailPlaceholder "student-email-placeholder" RejectRow {
        meaning: "The same address is used for many students: it is a placeholder.",
        example: "none@x.org",
        remedy: "Leave the address empty and add student_id, or fill in each student's own address.",
    }
    TeacherIdShared "teacher-id-shared" RejectRow {
        meaning: "The same teacher_id appears with two e-mail addresses.",
        example: "17 with ann@x.org and bob@x.org",
        remedy: "Check which address belongs to this id.",
    }
    StudentIdShared "student-id-shared" RejectRow {
        meaning: "The same student_id appears with two e-mail addresses.",
        example: "9001 with ann@x.org and bob@x.org",
        remedy: "Check which address belongs to this id.",
    }
    TeacherIsStudent "teacher-is-student" RejectRow {
        meaning: "The same e-mail address is used for a teacher and a student.",
        example: "the teacher's address in student_email",
        remedy: "Check which of the two columns is wrong.",
    }
    SchoolNameDiffers "school-name-differs" Warning {
        meaning: "A school appears with several names; the most frequent one is used.",
        example: "Oak Hill and Oak Hill Elementary",
        remedy: "Write the name the same way everywhere.",
    }
    ClassNameDiffers "class-name-differs" Warning {
        meaning: "A class appears with several names; the most frequent one is used.",
        example: "Math 3 and Maths 3",
        remedy: "Write the name the same way everywhere.",
    }
    TeacherNameDiffers "teacher-name-differs" Warning {
        meaning: "A teacher's name is spelled in several ways; the most frequent spelling is used.",
        example: "José Núñez and Jose Nunez",
        remedy: "Write the name the same way everywhere.",
    }
    StudentNameDiffers "student-name-differs" Warning {
        meaning: "A student's name is spelled in several ways; the most frequent spelling is used.",
        example: "José Núñez and Jose Nunez",
        remedy: "Write the name the same way everywhere.",
    }
    ColumnMoved "column-moved" Warning {
        meaning: "The values of a column stand with other people than yesterday, while the rest of their rows is as it was.",
        example: "the addresses of 20 students, each of which belongs to the student in the row above",
        remedy: "Look at this column in the file: it has slipped by some rows, or was sorted without the others. Export the roster again; what follows from the column waits.",
    }
    ColumnsExchanged "columns-exchanged" Warning {
        meaning: "First and last names stand in each other's column for many people.",
        example: "Lee as first name and Ann as last name, for a whole school",
        remedy: "Put the two columns of the export in order and upload the file again; these changes wait.",
    }
    EarlierSchoolYear "earlier-school-year" Warning {
        meaning: "Most students would go back to a lower grade.",
        example: "last year's file, uploaded in November",
        remedy: "Export this school year's roster and upload it. Until then nothing of this file is applied.",
    }
    ValuesEmptied "values-emptied" Warning {
        meaning: "Values that were known yesterday are empty today. The stored ones stay, until someone decides otherwise.",
        example: "no student_email in grade 3, where yesterday 40 students had one",
        remedy: "Check why the export has left them empty, and upload it again.",
    }
    ValuesDamaged "values-damaged" Warning {
        meaning: "Values are those of yesterday, damaged by a program on the way. The stored values are kept.",
        example: "JosÃ© in place of José, or 610001.0 in place of 610001",
        remedy: "Export the roster as UTF-8 and upload it as it is, without opening it in a spreadsheet.",
    }
    ValuesKept "values-kept" Warning {
        meaning: "Values of the file are in doubt, as other findings say. The stored ones are kept.",
        example: "a student with grade 04 in one row and grade 05 in another, who keeps grade 04",
        remedy: "Put right what the other findings about this column say, and upload the file again.",
    }
    ValuesFilled "values-filled" Warning {
        meaning: "Many people who had different values have the same one today. The stored ones stay until someone decides.",
        example: "30 students of different last names who are all called Lee today",
        remedy: "Look at this column in the file: one cell was most likely dragged down over others. Export the roster again.",
    }
    StudentGradeDiffers "student-grade-differs" Warning {
        meaning: "A student appears with several grades; the last one in the file is used.",
        example: "04 and 05",
        remedy: "Give the student one grade.",
    }
    DuplicateRow "duplicate-row" Notice {
        meaning: "The same row appears more than once in the file; it counts once.",
        example: "a row pasted twice",
        remedy: "Nothing to do.",
    }
    CoTeachers "co-teachers" Notice {
        meaning: "A class has several teachers; all of them teach it.",
        example: "class 101 with ann@x.org and bob@x.org",
        remedy: "Nothing to do if that is correct.",
    }
}

/// `docs/findings.md`: every code with its meaning, example and remedy.
pub fn findings_document() -> String {
    let mut text = String::from(
        "# Findings\n\nEverything that a check can report about a file. Codes are permanent. Generated from the catalogue in\n\
         `crates/model/src/finding_code.rs`; a test compares the two.\n",
    );
    let groups = [
        (Severity::RejectFile, "The file is rejected", "Nothing from the file is applied."),
        (
            Severity::RejectRow,
            "A row is rejected",
            "The row is left out, and nothing that it refers to is removed in this run.",
        ),
        (Severity::Warning, "A warning", "The row is used; please look at it."),
        (Severity::Notice, "A notice", "The row is used; this is for your information."),
    ];
    for (severity, title, what) in groups {
        text.push_str(&format!("\n## {title} (`{}`)\n\n{what}\n", severity.as_str()));
        for code in FindingCode::ALL.iter().filter(|code| code.severity() == severity) {
            text.push_str(&format!(
                "\n### `{code}`\n\n{}\n\n- For example: {}\n- What to do: {}\n",
                code.meaning(),
                code.example(),
                code.remedy()
            ));
        }
    }
    text
}

impl_string_form!(FindingCode);

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FindingCode, findings_document};

    #[test]
    fn the_findings_document_matches_the_catalogue() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/findings.md");
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == findings_document(),
            "regenerate it: cargo run -p homeroom-model --example findings > docs/findings.md"
        );
    }

    #[test]
    fn codes_are_kebab_case_and_unique() {
        let mut codes = FindingCode::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>();
        assert!(
            codes
                .iter()
                .all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'))
        );
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), FindingCode::ALL.len());
        for code in FindingCode::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
    }
}
