//! Stored files that nothing refers to are removed after a grace time, and only then.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::fs::File;
use std::io::Write;

use homeroom_model::ids::BlobId;
use homeroom_model::time::days;
use homeroom_store::DistrictStore;
use homeroom_store::uploads::NewUpload;
use homeroom_testkit::{TestStore, stores};
use jiff::SignedDuration;

const GRACE: SignedDuration = SignedDuration::from_hours(24);

/// Stores a file as an upload does, before anything refers to it.
fn keep(test: &TestStore, text: &str) -> (BlobId, u64) {
    let path = test.folder.path().join("file");
    File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    test.store.blobs().keep("staged", &File::open(&path).unwrap()).unwrap()
}

fn refer(district: &DistrictStore, (blob, bytes): (BlobId, u64)) {
    let upload = NewUpload { account: None, path: "roster.csv", blob, bytes };
    district.store().write(|tx| district.uploads_record_in_tx(tx, &upload)).unwrap();
}

fn sweep(test: &TestStore) -> usize {
    test.store.blobs_sweep(GRACE).unwrap()
}

#[test]
fn only_what_nothing_refers_to_is_swept_and_only_after_the_grace_time() {
    for test in stores() {
        let district = test.district("lincoln");
        let (used, unused) = (keep(&test, "used"), keep(&test, "unused"));
        refer(&district, used);
        assert_eq!(sweep(&test), 0, "{}: somebody may be about to refer to it", test.engine);
        test.clock.advance(days(2));
        assert_eq!((sweep(&test), sweep(&test)), (1, 0));
        let blobs = test.store.blobs();
        assert!(blobs.contains(used.0, used.1) && !blobs.contains(unused.0, unused.1));
    }
}

#[test]
fn the_same_file_uploaded_again_while_the_old_one_is_swept_is_kept() {
    for test in stores() {
        let old = keep(&test, "again");
        test.clock.advance(days(2));
        // A sweep sets the old one aside and stops there; then the file comes again and is acknowledged.
        let blobs = test.settings.blobs.clone();
        let name = old.0.to_string();
        std::fs::create_dir_all(blobs.join("unused")).unwrap();
        let aside = blobs.join("unused").join(&name);
        std::fs::rename(blobs.join(&name[..2]).join(&name), &aside).unwrap();
        refer(&test.district("lincoln"), keep(&test, "again"));
        assert_eq!(sweep(&test), 0, "{}", test.engine);
        assert!(test.store.blobs().contains(old.0, old.1) && !aside.exists());
    }
}

#[test]
fn what_is_uploaded_while_its_district_is_erased_by_somebody_else_keeps_its_bytes() {
    for test in stores() {
        let (lincoln, oak) = (test.district("lincoln"), test.district("oak"));
        let file = keep(&test, "the same roster");
        refer(&lincoln, file);
        test.clock.advance(days(30));
        // The bytes of the upload are written, but it is not recorded yet.
        let again = keep(&test, "the same roster");
        lincoln.erase().unwrap();
        assert_eq!(sweep(&test), 0, "{}", test.engine);
        refer(&oak, again);
        test.clock.advance(days(2));
        assert_eq!(sweep(&test), 0);
        assert!(test.store.blobs().contains(again.0, again.1));
        oak.erase().unwrap();
        assert_eq!(sweep(&test), 1);
    }
}
