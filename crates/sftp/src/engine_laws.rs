//! Laws of the engine: whatever a client sends, nothing panics, every answer is a packet, and nothing outside the account
//! changes.

use std::fs;

use homeroom_inbox::{Inbox, InboxSettings, SampleFile};
use homeroom_model::AccountId;
use homeroom_testkit::{TestStore, stores};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::engine::{Engine, Next};
use crate::packet::packet_type;

/// A store with an account. A file next to the blobs must remain unchanged.
struct Sandbox {
    test: TestStore,
    inbox: Inbox,
}

impl Sandbox {
    fn new(test: TestStore) -> Sandbox {
        let settings =
            InboxSettings { max_file_bytes: 1 << 20, max_total_bytes: 4 << 20, ..InboxSettings::default() };
        let samples = vec![SampleFile { name: "sample.csv".into(), bytes: b"a,b\n" }];
        let inbox = Inbox::new(test.store.clone(), settings).with_samples(samples);
        let district = test.district("lincoln");
        inbox.account_add(&district, None, None).unwrap();
        fs::write(test.folder.path().join("outside"), b"untouched").unwrap();
        Sandbox { test, inbox }
    }

    fn engine(&self) -> Engine {
        let district = self.test.store.districts_list().unwrap()[0].id;
        Engine::new(self.inbox.drop_box(district, AccountId(1)), 8)
    }

    /// Asserts that nothing on disk has a name chosen by a client, and that every path in the database is a valid one.
    fn assert_intact(&self) {
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
            assert!(!["results", "samples"].contains(&path.as_str().split('/').next().unwrap()), "{path}");
            let parent = path.parent();
            assert!(
                self.inbox.drop_box(district.id(), AccountId(1)).stat(&parent).unwrap().is_folder,
                "{path} is in a folder"
            );
        }
    }
}

/// Feeds bytes in pieces, and asserts that the answers are packets.
fn drive(engine: &mut Engine, bytes: &[u8], piece: usize) {
    for piece in bytes.chunks(piece.max(1)) {
        if engine.feed(piece).is_err() {
            return;
        }
        loop {
            let next = engine.next();
            match engine.answer_next() {
                Ok(Some(answer)) => {
                    assert_ne!(next, Next::None);
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

fn packet(packet_type: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = u32::try_from(body.len() + 1).unwrap().to_be_bytes().to_vec();
    packet.push(packet_type);
    packet.extend_from_slice(body);
    packet
}

fn push_string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
    out.extend_from_slice(bytes);
}

/// Paths that try to leave the account, and ordinary ones to combine with them.
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

/// A request that is well-formed enough to be executed.
fn request() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        request_with_handle(),
        request_with_path(),
        (any::<u8>(), vec(any::<u8>(), 0..30)).prop_map(|(packet_type, body)| packet(packet_type, &body)),
    ]
}

fn request_with_handle() -> impl Strategy<Value = Vec<u8>> {
    let handle = 0_u32..6;
    let offset = prop_oneof![0_u64..2_000, any::<u64>()];
    let simple = prop_oneof![Just(packet_type::CLOSE), Just(packet_type::READDIR), Just(packet_type::FSTAT)];
    let body_of = |id: u32, handle: u32| {
        let mut body = id.to_be_bytes().to_vec();
        push_string(&mut body, &handle.to_be_bytes());
        body
    };
    prop_oneof![
        (simple, handle.clone())
            .prop_map(move |(packet_type, handle)| { packet(packet_type, &body_of(2, handle)) }),
        (handle.clone(), offset.clone(), vec(any::<u8>(), 0..50)).prop_map(move |(handle, offset, bytes)| {
            let mut body = body_of(3, handle);
            body.extend_from_slice(&offset.to_be_bytes());
            push_string(&mut body, &bytes);
            packet(packet_type::WRITE, &body)
        }),
        (handle.clone(), offset, any::<u32>()).prop_map(move |(handle, offset, length)| {
            let mut body = body_of(4, handle);
            body.extend_from_slice(&offset.to_be_bytes());
            body.extend_from_slice(&length.to_be_bytes());
            packet(packet_type::READ, &body)
        }),
        (handle, any::<u64>()).prop_map(move |(handle, size)| {
            let mut body = body_of(5, handle);
            body.extend_from_slice(&1_u32.to_be_bytes());
            body.extend_from_slice(&size.to_be_bytes());
            packet(packet_type::FSETSTAT, &body)
        }),
    ]
}

fn request_with_path() -> impl Strategy<Value = Vec<u8>> {
    let extension = prop_oneof![
        Just("posix-rename@openssh.com"),
        Just("hardlink@openssh.com"),
        Just("statvfs@openssh.com"),
        Just("limits@openssh.com"),
        Just("fsync@openssh.com"),
        Just("copy-data"),
    ];
    prop_oneof![
        (path(), 0_u32..64).prop_map(|(path, flags)| {
            let mut body = 1_u32.to_be_bytes().to_vec();
            push_string(&mut body, &path);
            body.extend_from_slice(&flags.to_be_bytes());
            body.extend_from_slice(&[0; 4]);
            packet(packet_type::OPEN, &body)
        }),
        // All other types with two paths; a type that needs fewer ignores the rest.
        (7_u8..=20, path(), path()).prop_map(|(packet_type, from, to)| {
            let mut body = 6_u32.to_be_bytes().to_vec();
            push_string(&mut body, &from);
            push_string(&mut body, &to);
            packet(packet_type, &body)
        }),
        (extension, path(), path()).prop_map(|(name, from, to)| {
            let mut body = 7_u32.to_be_bytes().to_vec();
            push_string(&mut body, name.as_bytes());
            push_string(&mut body, &from);
            push_string(&mut body, &to);
            packet(packet_type::EXTENDED, &body)
        }),
    ]
}

#[test]
fn hostile_requests_never_leave_the_account() {
    for test in stores() {
        let engine = test.engine;
        let sandbox = Sandbox::new(test);
        let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
            .run(&(vec(request(), 1..30), 1_usize..2_000), |(requests, piece)| {
                drive(&mut sandbox.engine(), &requests.concat(), piece);
                sandbox.assert_intact();
                Ok(())
            })
            .unwrap_or_else(|error| panic!("{engine}: {error}"));
    }
}

#[test]
fn random_bytes_are_refused_without_a_panic() {
    let sandbox = Sandbox::new(stores().remove(0));
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(vec(any::<u8>(), 0..400), 1_usize..50), |(bytes, piece)| {
            drive(&mut sandbox.engine(), &bytes, piece);
            Ok(())
        })
        .unwrap();
    sandbox.assert_intact();
}
