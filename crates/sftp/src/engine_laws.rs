//! Laws of the engine: whatever a client sends, nothing panics, every answer is a packet, and nothing leaves the account.

use std::fs;

use homeroom_inbox::{Inbox, InboxSettings};
use homeroom_model::AccountId;
use homeroom_testkit::{TestStore, stores};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::SampleFile;
use crate::engine::Engine;
use crate::packet::kind;

/// Where the engine works; a file beside the blobs must stay as it is.
struct Ground {
    test: TestStore,
    inbox: Inbox,
}

impl Ground {
    fn new(test: TestStore) -> Ground {
        let settings =
            InboxSettings { max_file_bytes: 1 << 20, max_total_bytes: 4 << 20, ..InboxSettings::default() };
        let inbox = Inbox::new(test.store.clone(), settings);
        let district = test.district("lincoln");
        inbox.account_add(&district, None, None).unwrap();
        fs::write(test.folder.path().join("outside"), b"untouched").unwrap();
        Ground { test, inbox }
    }

    fn engine(&self) -> Engine {
        let district = self.test.store.districts_list().unwrap()[0].id;
        let samples = vec![SampleFile { name: "sample.csv".into(), bytes: b"a,b\n" }];
        Engine::new(self.inbox.drop_box(district, AccountId(1)), samples.into(), 8)
    }

    /// Nothing on disk has a name that a client chose, and every path in the database is one that a client could ask for.
    fn is_intact(&self) {
        assert_eq!(fs::read(self.test.folder.path().join("outside")).unwrap(), b"untouched");
        let district = self.test.store.district(self.test.store.districts_list().unwrap()[0].id);
        for (name, _) in self.test.store.blobs().staging_list().unwrap() {
            assert!(name.len() == 36 && name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'), "{name}");
        }
        // Every file in the blob folder is named by a hash, or the listing fails.
        self.test.store.blobs().list().unwrap();
        let files = self.test.store.read(|tx| district.drop_files_below_in_tx(tx, AccountId(1), "")).unwrap();
        for file in files {
            let path = homeroom_inbox::DropPath::parse(file.path.as_bytes()).unwrap();
            assert_eq!(path.as_str(), file.path);
            assert!(!["results", "samples"].contains(&path.first()), "{path}");
            let parent = path.parent();
            assert!(
                self.inbox.drop_box(district.id(), AccountId(1)).stat(&parent).unwrap().is_folder,
                "{path} lies in a folder"
            );
        }
    }
}

/// Feeds bytes in pieces and checks that what comes back is made of packets.
fn drive(engine: &mut Engine, bytes: &[u8], piece: usize) {
    for piece in bytes.chunks(piece.max(1)) {
        if engine.feed(piece).is_err() {
            return;
        }
        loop {
            let is_slow = engine.next_is_slow();
            match engine.answer_next() {
                Ok(Some(answer)) => {
                    assert!(is_slow.is_some());
                    let length = u32::from_be_bytes(answer[..4].try_into().unwrap()) as usize;
                    assert_eq!(length + 4, answer.len());
                    assert!([2, 101, 102, 103, 104, 105, 201].contains(&answer[4]), "{answer:?}");
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = u32::try_from(body.len() + 1).unwrap().to_be_bytes().to_vec();
    packet.push(kind);
    packet.extend_from_slice(body);
    packet
}

fn text(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Paths that try to get out, and ordinary ones that make the others mean something.
fn path() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => "[a-c]",
        2 => Just("..".to_owned()),
        1 => Just(".".to_owned()),
        1 => Just("results".to_owned()),
        1 => Just("samples".to_owned()),
        1 => Just("x.tmp".to_owned()),
        1 => Just("\u{2025}".to_owned()),
        1 => Just("..\\..".to_owned()),
        1 => Just("n\0l".to_owned()),
        1 => Just("\u{202e}vsc".to_owned()),
        1 => Just("y".repeat(300)),
        1 => "\\PC{0,8}",
    ];
    prop_oneof![
        9 => (any::<bool>(), vec(part, 0..6)).prop_map(|(rooted, parts)| {
            format!("{}{}", if rooted { "/" } else { "" }, parts.join("/")).into_bytes()
        }),
        1 => vec(any::<u8>(), 0..40),
        1 => Just(b"z/".repeat(3_000)),
    ]
}

/// A request that is well formed enough to be tried.
fn request() -> impl Strategy<Value = Vec<u8>> {
    let handle = 0_u32..6;
    prop_oneof![
        (path(), 0_u32..64).prop_map(|(path, flags)| {
            let mut body = 1_u32.to_be_bytes().to_vec();
            text(&mut body, &path);
            body.extend_from_slice(&flags.to_be_bytes());
            body.extend_from_slice(&[0; 4]);
            packet(kind::OPEN, &body)
        }),
        (prop_oneof![Just(kind::CLOSE), Just(kind::READDIR), Just(kind::FSTAT)], handle.clone()).prop_map(
            |(kind, handle)| {
                let mut body = 2_u32.to_be_bytes().to_vec();
                text(&mut body, &handle.to_be_bytes());
                packet(kind, &body)
            }
        ),
        (handle.clone(), prop_oneof![0_u64..2_000, any::<u64>()], vec(any::<u8>(), 0..50)).prop_map(
            |(handle, offset, bytes)| {
                let mut body = 3_u32.to_be_bytes().to_vec();
                text(&mut body, &handle.to_be_bytes());
                body.extend_from_slice(&offset.to_be_bytes());
                text(&mut body, &bytes);
                packet(kind::WRITE, &body)
            }
        ),
        (handle.clone(), prop_oneof![0_u64..2_000, any::<u64>()], any::<u32>()).prop_map(
            |(handle, offset, length)| {
                let mut body = 4_u32.to_be_bytes().to_vec();
                text(&mut body, &handle.to_be_bytes());
                body.extend_from_slice(&offset.to_be_bytes());
                body.extend_from_slice(&length.to_be_bytes());
                packet(kind::READ, &body)
            }
        ),
        (handle, any::<u64>()).prop_map(|(handle, size)| {
            let mut body = 5_u32.to_be_bytes().to_vec();
            text(&mut body, &handle.to_be_bytes());
            body.extend_from_slice(&1_u32.to_be_bytes());
            body.extend_from_slice(&size.to_be_bytes());
            packet(kind::FSETSTAT, &body)
        }),
        // Every other kind with two paths; what needs fewer ignores the rest.
        (7_u8..=20, path(), path()).prop_map(|(kind, one, two)| {
            let mut body = 6_u32.to_be_bytes().to_vec();
            text(&mut body, &one);
            text(&mut body, &two);
            packet(kind, &body)
        }),
        (
            prop_oneof![
                Just("posix-rename@openssh.com"),
                Just("hardlink@openssh.com"),
                Just("statvfs@openssh.com"),
                Just("limits@openssh.com"),
                Just("fsync@openssh.com"),
                Just("copy-data"),
            ],
            path(),
            path()
        )
            .prop_map(|(name, one, two)| {
                let mut body = 7_u32.to_be_bytes().to_vec();
                text(&mut body, name.as_bytes());
                text(&mut body, &one);
                text(&mut body, &two);
                packet(kind::EXTENDED, &body)
            }),
        (any::<u8>(), vec(any::<u8>(), 0..30)).prop_map(|(kind, body)| packet(kind, &body)),
    ]
}

#[test]
fn hostile_requests_never_leave_the_account() {
    for test in stores() {
        let engine = test.engine;
        let ground = Ground::new(test);
        let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
            .run(&(vec(request(), 1..30), 1_usize..2_000), |(requests, piece)| {
                drive(&mut ground.engine(), &requests.concat(), piece);
                ground.is_intact();
                Ok(())
            })
            .unwrap_or_else(|failed| panic!("{engine}: {failed}"));
    }
}

#[test]
fn noise_is_refused_without_a_panic() {
    let ground = Ground::new(stores().remove(0));
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(vec(any::<u8>(), 0..400), 1_usize..50), |(bytes, piece)| {
            drive(&mut ground.engine(), &bytes, piece);
            Ok(())
        })
        .unwrap();
    ground.is_intact();
}
