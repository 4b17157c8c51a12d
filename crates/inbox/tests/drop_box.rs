//! The file tree of an account, on both engines.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use std::fs;

use homeroom_inbox::{
    DropBox, DropError, DropPath, IfExists, Inbox, InboxSettings, OpenMode, SampleFile, UploadHandle, Usage,
};
use homeroom_model::AccountId;
use homeroom_model::BlobId;
use homeroom_model::Source;
use homeroom_model::time::days;
use homeroom_store::DistrictStore;
use homeroom_testkit::{TestStore, stores};
use jiff::{SignedDuration, Timestamp};

const NEW: OpenMode = OpenMode { create: true, truncate: true, exclusive: false, append: false };
const RESUME: OpenMode = OpenMode { create: false, truncate: false, exclusive: false, append: false };

struct Case {
    test: TestStore,
    inbox: Inbox,
    district: DistrictStore,
    drop_box: DropBox,
}

/// An account on each engine.
fn cases() -> Vec<Case> {
    cases_with(InboxSettings::default())
}

fn cases_with(settings: InboxSettings) -> Vec<Case> {
    let case = |test: TestStore| {
        let district = test.district("lincoln");
        let inbox = Inbox::new(test.store.clone(), settings.clone());
        inbox.account_add(&district, None, None).unwrap();
        let drop_box = inbox.drop_box(district.id(), AccountId(1));
        Case { test, inbox, district, drop_box }
    };
    stores().into_iter().map(case).collect()
}

fn path(text: &str) -> DropPath {
    DropPath::parse(text.as_bytes()).unwrap()
}

impl Case {
    fn open(&self, name: &str, mode: OpenMode) -> Result<UploadHandle, DropError> {
        self.drop_box.open_write(&path(name), mode)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let mut handle = self.open(name, NEW).unwrap();
        handle.write_at(bytes, 0).unwrap();
        handle.close().unwrap();
    }

    /// Names and bytes of the uploads, oldest first.
    fn uploads(&self) -> Vec<(String, Vec<u8>)> {
        let mut uploads = self.district.uploads_list(100).unwrap();
        uploads.reverse();
        uploads.into_iter().map(|upload| (upload.name, self.blob(upload.blob))).collect()
    }

    fn blob(&self, id: BlobId) -> Vec<u8> {
        let mut bytes = vec![];
        let source = self.test.store.blobs().source(id).unwrap();
        source.open().unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(BlobId::from(*blake3::hash(&bytes).as_bytes()), id, "a blob never changes");
        bytes
    }

    fn read(&self, name: &str) -> Vec<u8> {
        let handle = self.drop_box.open_read(&path(name)).unwrap();
        let mut bytes = vec![0; usize::try_from(handle.entry().bytes).unwrap()];
        assert_eq!(handle.read_at(&mut bytes, 0).unwrap(), bytes.len());
        bytes
    }

    fn size(&self, name: &str) -> Option<u64> {
        self.drop_box.stat(&path(name)).ok().map(|entry| entry.bytes)
    }

    fn staging_files(&self) -> usize {
        self.test.store.blobs().staging_list().unwrap().len()
    }
}

fn uploaded(files: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect()
}

#[test]
fn a_closed_file_is_an_upload_with_a_settle_job() {
    for case in cases() {
        case.put("roster.csv", b"one");
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"one")]), "{}", case.test.engine);
        let due = case.test.store.jobs_next_due().unwrap();
        assert_eq!(due, Some(case.test.store.now() + SignedDuration::from_secs(20)));
        assert_eq!(case.staging_files(), 0, "the bytes were moved, not copied");
    }
}

#[test]
fn overwriting_keeps_the_earlier_upload() {
    for case in cases() {
        case.put("roster.csv", b"one");
        case.put("roster.csv", b"two");
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"one"), ("roster.csv", b"two")]));
        assert_eq!(case.read("roster.csv"), b"two");
    }
}

#[test]
fn a_file_that_was_not_closed_is_partial_and_can_be_resumed() {
    for case in cases() {
        let mut handle = case.open("roster.csv", NEW).unwrap();
        handle.write_at(b"first half, ", 0).unwrap();
        drop(handle);
        assert_eq!(case.uploads(), []);
        assert_eq!(case.size("roster.csv"), Some(12));
        let mut handle = case.open("roster.csv", RESUME).unwrap();
        assert_eq!(handle.size(), 12);
        handle.write_at(b"second half", 12).unwrap();
        handle.close().unwrap();
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"first half, second half")]));
        assert_eq!(case.staging_files(), 0);
    }
}

#[test]
fn appending_to_a_complete_file_leaves_its_upload_unchanged() {
    for case in cases() {
        case.put("roster.csv", b"one");
        let mut handle = case.open("roster.csv", OpenMode { append: true, ..RESUME }).unwrap();
        handle.write_at(b" and two", 0).unwrap();
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"one")]));
        handle.close().unwrap();
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"one"), ("roster.csv", b"one and two")]));
    }
}

#[test]
fn the_last_of_two_writers_to_close_wins_and_their_bytes_never_mix() {
    for case in cases() {
        let mut first = case.open("roster.csv", NEW).unwrap();
        first.write_at(b"one", 0).unwrap();
        let mut second = case.open("roster.csv", NEW).unwrap();
        second.write_at(b"two", 0).unwrap();
        first.write_at(b"more", 3).unwrap();
        second.close().unwrap();
        first.close().unwrap();
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"two"), ("roster.csv", b"onemore")]));
        assert_eq!(case.read("roster.csv"), b"onemore");
    }
}

#[test]
fn two_writers_who_resume_the_same_partial_file_do_not_share_it() {
    for case in cases() {
        let mut broken = case.open("roster.csv", NEW).unwrap();
        broken.write_at(b"half", 0).unwrap();
        drop(broken);
        let mut first = case.open("roster.csv", RESUME).unwrap();
        let mut second = case.open("roster.csv", RESUME).unwrap();
        first.write_at(b" one", 4).unwrap();
        second.write_at(b" two!", 4).unwrap();
        first.close().unwrap();
        second.close().unwrap();
        assert_eq!(
            case.uploads(),
            uploaded(&[("roster.csv", b"half one"), ("roster.csv", b"half two!")]),
            "{}",
            case.test.engine
        );
    }
}

#[test]
fn threads_that_resume_the_same_partial_file_never_mix_their_bytes() {
    for case in cases() {
        for _ in 0..5 {
            drop(case.open("roster.csv", NEW).unwrap());
            std::thread::scope(|scope| {
                for letter in *b"abcd" {
                    let case = &case;
                    scope.spawn(move || {
                        let Ok(mut handle) = case.open("roster.csv", RESUME) else { return };
                        for at in 0..20 {
                            handle.write_at(&[letter; 10], at * 10).unwrap();
                        }
                        handle.truncate(200).unwrap();
                        handle.close().unwrap();
                    });
                }
            });
        }
        let uploads = case.uploads();
        assert!(!uploads.is_empty());
        for (_, bytes) in uploads {
            assert!(bytes.len() == 200 && bytes.iter().all(|byte| *byte == bytes[0]), "{}", case.test.engine);
        }
    }
}

#[test]
fn a_file_that_cannot_be_recorded_stays_partial_with_all_its_bytes() {
    for case in cases() {
        let rename = |from: &str, to: &str| {
            case.test.execute(&format!("ALTER TABLE {from} RENAME TO {to}"));
        };
        let mut handle = case.open("roster.csv", NEW).unwrap();
        handle.write_at(b"all of it", 0).unwrap();
        rename("upload", "upload_away");
        assert!(matches!(handle.close(), Err(DropError::Store(_))), "{}", case.test.engine);
        rename("upload_away", "upload");
        assert_eq!(case.uploads(), []);
        assert_eq!(case.read("roster.csv"), b"all of it");
        case.open("roster.csv", RESUME).unwrap().close().unwrap();
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"all of it")]));
    }
}

#[test]
fn a_failed_write_makes_the_close_fail() {
    let settings = InboxSettings { max_file_bytes: 10, ..InboxSettings::default() };
    for case in cases_with(settings) {
        let mut handle = case.open("roster.csv", NEW).unwrap();
        handle.write_at(b"0123456789", 0).unwrap();
        assert!(matches!(handle.write_at(b"x", 10), Err(DropError::Quota(_))));
        assert!(matches!(handle.close(), Err(DropError::Broken)));
        assert_eq!(case.uploads(), []);
        let mut handle = case.open("far.csv", NEW).unwrap();
        assert!(handle.write_at(b"x", u64::MAX).is_err());
        assert!(handle.write_at(b"x", u64::MAX - 1).is_err());
    }
}

#[test]
fn opening_a_file_in_a_full_account_fails() {
    let settings = InboxSettings { max_total_bytes: 100, max_files: 3, ..InboxSettings::default() };
    for case in cases_with(settings) {
        // Partial files count with their size on disk.
        let mut partial = case.open("partial.csv", NEW).unwrap();
        partial.write_at(&[b'x'; 60], 0).unwrap();
        drop(partial);
        let mut second = case.open("second.csv", NEW).unwrap();
        assert!(matches!(second.write_at(&[b'x'; 41], 0), Err(DropError::Quota(_))), "{}", case.test.engine);
        drop(second);
        case.put("second.csv", &[b'x'; 40]);
        let full = |opened: Result<UploadHandle, DropError>| matches!(opened, Err(DropError::Quota(_)));
        assert!(full(case.open("third.csv", NEW)));
        assert!(!full(case.open("second.csv", NEW)), "a file being replaced does not count");
        assert_eq!(case.drop_box.usage().unwrap(), Usage { used: 60, limit: 100 });
        case.put("second.csv", b"");
        case.put("third.csv", b"");
        assert!(full(case.open("fourth.csv", NEW)), "the fourth of three files");
        assert!(matches!(case.drop_box.create_folder(&path("folder")), Err(DropError::Quota(_))));
    }
}

#[test]
fn concurrent_writers_share_the_remaining_room() {
    let settings = InboxSettings { max_total_bytes: 100, ..InboxSettings::default() };
    for case in cases_with(settings) {
        let mut first = case.open("one.csv", NEW).unwrap();
        let mut second = case.open("two.csv", NEW).unwrap();
        first.write_at(&[b'x'; 80], 0).unwrap();
        case.test.store.clock().advance(SignedDuration::from_millis(2_000));
        assert!(second.touch_is_due());
        assert!(matches!(second.write_at(&[b'x'; 80], 0), Err(DropError::Quota(_))), "{}", case.test.engine);
    }
}

#[test]
fn renaming_a_file_to_its_final_name_makes_it_an_upload() {
    for case in cases() {
        for name in ["roster.csv.filepart", "r.tmp", "r.PART", "r.upload", ".r.csv.Xy12"] {
            case.put(name, name.as_bytes());
        }
        assert_eq!(case.uploads(), []);
        case.drop_box.rename(&path("roster.csv.filepart"), &path("roster.csv"), IfExists::Fail).unwrap();
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"roster.csv.filepart")]));
        let again = case.drop_box.rename(&path("r.tmp"), &path("roster.csv"), IfExists::Fail);
        assert!(matches!(again, Err(DropError::Exists)));
        case.drop_box.rename(&path("r.tmp"), &path("roster.csv"), IfExists::Replace).unwrap();
        assert_eq!(case.uploads().len(), 2);
        assert_eq!(case.read("roster.csv"), b"r.tmp");
    }
}

#[test]
fn a_file_renamed_before_its_close_arrives_under_its_new_name() {
    for case in cases() {
        let mut handle = case.open("roster.csv.filepart", NEW).unwrap();
        handle.write_at(b"all", 0).unwrap();
        case.drop_box.rename(&path("roster.csv.filepart"), &path("roster.csv"), IfExists::Fail).unwrap();
        assert_eq!(case.uploads(), [], "it has not been closed");
        handle.close().unwrap();
        assert_eq!(case.uploads(), uploaded(&[("roster.csv", b"all")]));
        assert_eq!(case.size("roster.csv.filepart"), None);
    }
}

#[test]
fn closing_a_file_whose_folder_was_removed_fails() {
    for case in cases() {
        case.drop_box.create_folder(&path("autumn")).unwrap();
        let mut handle = case.open("autumn/roster.csv", NEW).unwrap();
        handle.write_at(b"all", 0).unwrap();
        case.drop_box.remove(&path("autumn/roster.csv")).unwrap();
        case.drop_box.remove_folder(&path("autumn")).unwrap();
        assert!(matches!(handle.close(), Err(DropError::NotFound)));
        assert_eq!(case.uploads(), []);
    }
}

#[test]
fn folders_move_with_their_contents_but_not_into_themselves_or_too_deep() {
    for case in cases() {
        case.drop_box.create_folder(&path("a")).unwrap();
        case.drop_box.create_folder(&path("a/b")).unwrap();
        case.put("a/b/roster.csv", b"x");
        case.put("ab.csv", b"y");
        assert!(case.drop_box.rename(&path("a"), &path("a/b/c"), IfExists::Replace).is_err());
        case.drop_box.rename(&path("a"), &path("z"), IfExists::Fail).unwrap();
        assert_eq!(case.read("z/b/roster.csv"), b"x");
        assert_eq!(case.size("ab.csv"), Some(1), "a name with the same beginning stays");
        assert!(matches!(case.drop_box.remove_folder(&path("z")), Err(DropError::NotEmpty)));
        // 31 nested folders leave no room for two more.
        let mut deep = String::new();
        for _ in 0..31 {
            deep.push_str("/d");
            case.drop_box.create_folder(&path(&deep)).unwrap();
        }
        assert!(case.drop_box.rename(&path("z"), &path(&format!("{deep}/z")), IfExists::Fail).is_err());
        assert_eq!(case.read("z/b/roster.csv"), b"x", "all or nothing");
    }
}

#[test]
fn results_and_samples_are_read_only() {
    for case in cases() {
        case.put("roster.csv", b"x");
        for name in ["results/x.csv", "samples/x.csv", "results", "samples", "/", "a/../results/x"] {
            assert!(matches!(case.open(name, NEW), Err(DropError::ReadOnly)), "{name}");
            assert!(matches!(case.drop_box.create_folder(&path(name)), Err(DropError::ReadOnly)), "{name}");
            assert!(matches!(case.drop_box.remove(&path(name)), Err(DropError::ReadOnly)), "{name}");
            assert!(matches!(case.drop_box.remove_folder(&path(name)), Err(DropError::ReadOnly)), "{name}");
            let rename =
                |from: &str, to: &str| case.drop_box.rename(&path(from), &path(to), IfExists::Replace);
            assert!(matches!(rename("roster.csv", name), Err(DropError::ReadOnly)), "{name}");
            assert!(matches!(rename(name, "mine"), Err(DropError::ReadOnly)), "{name}");
        }
    }
}

#[test]
fn samples_are_entries_of_every_account() {
    for case in cases() {
        let samples = vec![SampleFile { name: "sample.csv".into(), bytes: b"a,b\n" }];
        let inbox = case.inbox.clone().with_samples(samples);
        let drop_box = inbox.drop_box(case.district.id(), AccountId(1));
        let names = |folder: &str| {
            let entries = drop_box.list(&path(folder)).unwrap();
            entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>()
        };
        assert_eq!(names(""), ["results", "samples"]);
        assert_eq!(names("samples"), ["sample.csv"]);
        let file = drop_box.open_read(&path("samples/sample.csv")).unwrap();
        assert_eq!((file.entry().bytes, file.entry().writable), (4, false));
        let mut buffer = [0; 10];
        assert_eq!(file.read_at(&mut buffer, 2).unwrap(), 2);
        assert_eq!(&buffer[..2], b"b\n");
        assert_eq!(file.read_at(&mut buffer, u64::MAX).unwrap(), 0);
        assert!(matches!(drop_box.stat(&path("samples/none.csv")), Err(DropError::NotFound)));
        assert_eq!(drop_box.usage().unwrap().used, 0, "samples do not count");
    }
}

#[test]
fn accounts_of_a_district_share_results_but_not_files() {
    for case in cases() {
        case.inbox.account_add(&case.district, None, None).unwrap();
        let second = case.inbox.drop_box(case.district.id(), AccountId(2));
        case.put("roster.csv", b"x");
        let mut blob = case.test.store.blobs().begin("result").unwrap();
        std::io::Write::write_all(&mut blob, b"fine").unwrap();
        let (id, bytes) = blob.finish().unwrap();
        case.test
            .store
            .write(|tx| case.district.result_files_put_in_tx(tx, "roster.csv.result.txt", id, bytes))
            .unwrap();
        assert!(matches!(second.stat(&path("roster.csv")), Err(DropError::NotFound)));
        for drop_box in [&case.drop_box, &second] {
            let results = drop_box.list(&path("results")).unwrap();
            assert_eq!(
                results.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(),
                ["roster.csv.result.txt"]
            );
            assert!(!results[0].writable);
            assert!(drop_box.open_read(&path("results/roster.csv.result.txt")).is_ok());
        }
    }
}

#[test]
fn a_district_is_quiet_when_nobody_writes_and_the_settle_time_has_passed() {
    for case in cases() {
        let clock = case.test.store.clock();
        let wait = || case.inbox.quiet_in(&case.district).unwrap();
        assert_eq!(wait(), None, "nothing has ever happened");
        let handle = case.open("roster.csv", NEW).unwrap();
        clock.advance(SignedDuration::from_millis(3_600_000));
        assert!(wait().is_some(), "a handle is open, however long ago it wrote");
        handle.close().unwrap();
        assert_eq!(wait(), Some(SignedDuration::from_secs(20)));
        clock.advance(SignedDuration::from_millis(19_999));
        assert_eq!(wait(), Some(SignedDuration::from_millis(1)));
        clock.advance(SignedDuration::from_millis(1));
        assert_eq!(wait(), None);
        // Another process does not know our handles, but sees the activity of writes.
        let mut handle = case.open("roster.csv", NEW).unwrap();
        clock.advance(SignedDuration::from_millis(15_000));
        handle.write_at(b"x", 0).unwrap();
        clock.advance(SignedDuration::from_millis(15_000));
        let elsewhere = Inbox::new(case.test.store.clone(), InboxSettings::default());
        assert_eq!(elsewhere.quiet_in(&case.district).unwrap(), Some(SignedDuration::from_secs(5)));
    }
}

#[test]
fn modification_times_of_complete_files_are_kept() {
    for case in cases() {
        let [first, second] = [1_700_000_000, 1_600_000_000].map(|seconds| Timestamp::constant(seconds, 0));
        let mut handle = case.open("roster.csv", NEW).unwrap();
        handle.set_modified(first);
        handle.close().unwrap();
        let at = || case.drop_box.stat(&path("roster.csv")).unwrap().modified_at;
        assert_eq!(at(), first);
        case.drop_box.set_modified(&path("roster.csv"), second).unwrap();
        assert_eq!(at(), second);
        assert!(matches!(case.drop_box.set_modified(&path("none"), first), Err(DropError::NotFound)));
        assert!(matches!(case.drop_box.set_modified(&path("results/x"), first), Err(DropError::ReadOnly)));
    }
}

#[test]
fn cleaning_removes_abandoned_files_and_nothing_else() {
    for case in cases() {
        let clock = case.test.store.clock();
        let mut broken = case.open("broken.csv", NEW).unwrap();
        broken.write_at(b"half", 0).unwrap();
        drop(broken);
        let mut open = case.open("open.csv", NEW).unwrap();
        open.write_at(b"still writing", 0).unwrap();
        // Replaced while it was partial: its staging file no longer has a row.
        drop(case.open("replaced.csv", NEW).unwrap());
        case.put("replaced.csv", b"x");
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
        let age = || {
            for (name, _) in case.test.store.blobs().staging_list().unwrap() {
                let staging = case.test.store.blobs().staging_path(&name);
                fs::File::open(staging).unwrap().set_modified(old).unwrap();
            }
        };
        age();
        assert_eq!(case.inbox.clean_staging().unwrap(), 1, "the replaced one");
        assert_eq!(case.size("broken.csv"), Some(4));
        clock.advance(days(8));
        age();
        assert_eq!(case.inbox.clean_staging().unwrap(), 1, "the broken one");
        assert_eq!(case.size("broken.csv"), None);
        assert_eq!(case.inbox.clean_staging().unwrap(), 0);
        open.close().unwrap();
        assert_eq!(case.read("open.csv"), b"still writing");
    }
}

#[test]
fn a_file_from_the_command_line_is_stored_once() {
    for case in cases() {
        let file = case.test.folder.path().join("local.csv");
        fs::write(&file, b"from the command line").unwrap();
        let first = case.inbox.receive(&case.district, "roster.csv", &file).unwrap();
        let second = case.inbox.receive(&case.district, "roster.csv", &file).unwrap();
        assert_eq!(first.blob, second.blob);
        assert_ne!(first.id, second.id);
        assert_eq!(case.blob(first.blob), b"from the command line");
        assert_eq!(case.staging_files(), 0);
        assert_eq!(case.test.store.blobs().list().unwrap().len(), 1);
    }
}
