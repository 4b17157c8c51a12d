//! Files encrypted and signed with OpenPGP. The folder `openpgp` contains what GnuPG made of one roster.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a failing test may panic")]

use std::io::{self, Read};
use std::panic;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use homeroom_model::random::Random;
use homeroom_read::{
    ContainerError, KeyError, OpenPgpItem, OpenPgpKeys, Opened, ReadRules, SignatureStatus, read,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use ContainerError::{
    BadSignature, EncryptedToOtherKey, EncryptedWithPassword, EncryptedWithoutKey, MessageDamaged,
};

fn file(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openpgp").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn text(name: &str) -> String {
    String::from_utf8(file(name)).unwrap()
}

fn our_keys() -> OpenPgpKeys {
    OpenPgpKeys::from_armored(&text("homeroom.secret.asc")).unwrap()
}

fn our_and_district_keys() -> OpenPgpKeys {
    our_keys().with_district_keys(&file("district.public.asc")).unwrap()
}

/// What each call of `read`'s work gets: the rows and the signature, or why there is no table.
type Outcomes = Vec<Result<(String, SignatureStatus), ContainerError>>;

fn outcomes_of(file: &Vec<u8>, keys: OpenPgpKeys) -> Outcomes {
    let rules = ReadRules { keys: Some(Arc::new(keys)), ..ReadRules::default() };
    let mut outcomes = vec![];
    read(file, &rules, |opened| {
        match opened {
            Opened::Unusable(error) => outcomes.push(Err(error)),
            Opened::Table(mut table) => {
                outcomes.push(Ok((String::new(), SignatureStatus::None)));
                let mut rows = String::new();
                while let Some(row) = table.next_row()? {
                    rows += &String::from_utf8_lossy(row.bytes);
                    rows.push('\n');
                }
                *outcomes.last_mut().unwrap() = Ok((rows, table.signature()));
            }
            _ => outcomes.push(Ok(("no table".into(), SignatureStatus::None))),
        }
        Ok(())
    })
    .unwrap();
    outcomes
}

fn roster() -> String {
    let text = text("roster.csv");
    text.split_once('\n').unwrap().1.to_owned()
}

fn assert_is_the_roster(file: &Vec<u8>, keys: OpenPgpKeys, signature: SignatureStatus) {
    assert_eq!(outcomes_of(file, keys), [Ok((roster(), signature))]);
}

#[test]
fn a_file_encrypted_to_us_is_read() {
    for name in [
        "encrypted.pgp",
        "uncompressed.pgp",
        "zip_compressed.pgp",
        "armored.asc",
        "two_recipients.pgp",
        "hidden_recipient.pgp",
        "password_or_key.pgp",
    ] {
        println!("{name}");
        assert_is_the_roster(&file(name), our_keys(), SignatureStatus::None);
        assert_is_the_roster(&file(name), our_and_district_keys(), SignatureStatus::Missing);
    }
}

#[test]
fn a_signature_is_checked_when_the_key_is_known() {
    for name in ["signed.pgp", "signed_armored.asc", "signed_only.pgp", "two_signers.pgp", "gzip_inside.pgp"]
    {
        println!("{name}");
        assert_is_the_roster(&file(name), our_and_district_keys(), SignatureStatus::Verified);
        assert_is_the_roster(&file(name), our_keys(), SignatureStatus::Unchecked);
    }
    assert_is_the_roster(&file("zip_inside.pgp"), our_and_district_keys(), SignatureStatus::Verified);
    assert_is_the_roster(&file("zip_inside.pgp"), our_keys(), SignatureStatus::Unchecked);
    let district_keys_only = OpenPgpKeys::default().with_district_keys(&file("district.public.asc")).unwrap();
    assert_is_the_roster(&file("signed_only.pgp"), district_keys_only, SignatureStatus::Verified);
    assert_is_the_roster(&file("roster.csv"), our_and_district_keys(), SignatureStatus::None);
}

#[test]
fn a_file_signed_by_somebody_else_is_refused_at_its_end() {
    let message = build::signed_by_us(&long_roster(1 << 20));
    let outcomes = outcomes_of(&message, our_and_district_keys());
    let [Ok(_), Err(BadSignature)] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    let us = our_keys().with_district_keys(&file("homeroom.public.asc")).unwrap();
    let outcomes = outcomes_of(&message, us);
    let [Ok((_, SignatureStatus::Verified))] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    assert_eq!(outcomes_of(&file("wrong_signer.pgp"), our_and_district_keys()), [Err(BadSignature)]);
    assert_eq!(
        outcomes_of(&file("zip_inside_wrong_signer.pgp"), our_and_district_keys()),
        [Err(BadSignature)]
    );
    let both = our_keys().with_district_keys(&file("two.public.pgp")).unwrap();
    assert_is_the_roster(&file("wrong_signer.pgp"), both, SignatureStatus::Verified);
}

#[test]
fn a_message_that_we_cannot_open_is_refused_with_its_reason() {
    let refused = |name: &str, keys| match outcomes_of(&file(name), keys).as_slice() {
        [Err(error)] => error.clone(),
        outcomes => panic!("{name}: {outcomes:?}"),
    };
    assert_eq!(refused("encrypted.pgp", OpenPgpKeys::default()), EncryptedWithoutKey);
    assert_eq!(refused("armored.asc", OpenPgpKeys::default()), EncryptedWithoutKey);
    assert_eq!(refused("other_recipient.pgp", our_keys()), EncryptedToOtherKey);
    assert_eq!(refused("password.pgp", our_keys()), EncryptedWithPassword);
    assert_eq!(refused("password.pgp", OpenPgpKeys::default()), EncryptedWithPassword);
    assert_eq!(refused("bzip2_compressed.pgp", our_keys()), ContainerError::Unsupported);
    assert_eq!(refused("message_inside.pgp", our_keys()), ContainerError::Unsupported);
    for (name, item) in [
        ("clear_signed.asc", OpenPgpItem::ClearSignedText),
        ("district.public.asc", OpenPgpItem::PublicKey),
        ("two.public.pgp", OpenPgpItem::PublicKey),
        ("homeroom.secret.asc", OpenPgpItem::PrivateKey),
        ("detached.sig", OpenPgpItem::DetachedSignature),
        ("detached.asc", OpenPgpItem::DetachedSignature),
    ] {
        assert_eq!(refused(name, our_keys()), ContainerError::NotAMessage(item), "{name}");
    }
}

#[test]
fn a_message_that_is_cut_off_is_never_mistaken_for_a_complete_one() {
    for name in [
        "encrypted.pgp",
        "uncompressed.pgp",
        "signed.pgp",
        "signed_only.pgp",
        "gzip_inside.pgp",
        "zip_inside.pgp",
    ] {
        let complete = file(name);
        for length in 20..complete.len() {
            let outcomes = outcomes_of(&complete[..length].to_vec(), our_and_district_keys());
            assert!(outcomes.last().unwrap().is_err(), "{name} cut off at {length}: {outcomes:?}");
        }
    }
}

/// A few bits of a message have no meaning, such as the highest bit of a point on the curve.
fn assert_refused_or_unchanged(changed: &Vec<u8>, keys: OpenPgpKeys, at: usize) {
    match outcomes_of(changed, keys).pop().unwrap() {
        Err(_) => {}
        Ok((rows, _)) => assert_eq!(rows, roster(), "changed at {at}"),
    }
}

#[test]
fn a_changed_byte_never_changes_a_row() {
    for name in ["encrypted.pgp", "uncompressed.pgp", "signed.pgp", "zip_inside.pgp"] {
        let complete = file(name);
        for at in 3..complete.len() {
            let mut changed = complete.clone();
            changed[at] ^= 1 << (at % 8);
            assert_refused_or_unchanged(&changed, our_and_district_keys(), at);
        }
    }
}

#[test]
fn a_signed_message_with_a_changed_byte_is_never_verified() {
    let complete = file("signed_only.pgp");
    for at in 3..complete.len() {
        let mut changed = complete.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok((rows, SignatureStatus::Verified)) =
            outcomes_of(&changed, our_and_district_keys()).pop().unwrap()
        {
            assert_eq!(rows, roster(), "changed at {at}");
        }
    }
}

#[test]
fn data_after_a_message_is_never_ignored() {
    for name in ["encrypted.pgp", "signed_only.pgp", "armored.asc"] {
        let twice = [file(name), file(name)].concat();
        let outcomes = outcomes_of(&twice, our_keys());
        assert_eq!(outcomes.last(), Some(&Err(MessageDamaged)), "{name}: {outcomes:?}");
    }
    let blank_lines = [file("armored.asc"), b"\r\n \r\n".to_vec()].concat();
    assert_is_the_roster(&blank_lines, our_keys(), SignatureStatus::None);
    let marked = [b"\xEF\xBB\xBF\r\n".to_vec(), file("armored.asc")].concat();
    assert_is_the_roster(&marked, our_keys(), SignatureStatus::None);
    let windows = text("armored.asc").replace('\n', "\r\n").into_bytes();
    assert_is_the_roster(&windows, our_keys(), SignatureStatus::None);
}

#[test]
fn unusable_keys_are_refused_with_the_reason() {
    let from = |secret: &str| OpenPgpKeys::from_armored(secret).unwrap_err();
    assert_eq!(from("school_id"), KeyError::NotAPrivateKey);
    assert_eq!(from(&text("homeroom.public.asc")), KeyError::NotAPrivateKey);
    assert_eq!(from(&text("locked.secret.asc")), KeyError::HasPassphrase);
    let district = |keys: &[u8]| OpenPgpKeys::default().with_district_keys(keys).unwrap_err();
    assert_eq!(district(b""), KeyError::NotAKey);
    assert_eq!(district(b"school_id,class_id\n"), KeyError::NotAKey);
    assert_eq!(district(&file("encrypted.pgp")), KeyError::NotAKey);
    assert_eq!(district(&file("homeroom.secret.asc")), KeyError::PrivateKeyGiven);
    let KeyError::Revoked(_) = district(&file("revoked.public.asc")) else { panic!() };
}

#[test]
fn keys_show_fingerprints_and_no_secrets() {
    let keys = our_keys().with_district_keys(&file("two.public.pgp")).unwrap();
    let fingerprint = keys.fingerprint().unwrap();
    assert_eq!(fingerprint.split(' ').map(str::len).collect::<Vec<_>>(), [4; 10]);
    assert_eq!(keys.district_fingerprints().len(), 2);
    let shown = format!("{keys:?}");
    assert!(shown.contains(&fingerprint) && shown.len() < 250, "{shown}");
    assert_eq!(keys.public_armored().unwrap(), text("homeroom.public.asc"));
    let blocks = [file("district.public.asc"), file("homeroom.public.asc")].concat();
    assert_eq!(our_keys().with_district_keys(&blocks).unwrap().district_fingerprints().len(), 2);
}

#[test]
fn a_key_pair_depends_only_on_its_parameters() {
    let name = "Homeroom (test) <roster@homeroom.example>";
    let pair = OpenPgpKeys::generate(name, 1_767_225_600, &Random::seeded(7)).unwrap();
    assert_eq!(pair, (text("homeroom.secret.asc"), text("homeroom.public.asc")));
    assert_eq!(OpenPgpKeys::generate(" ", 0, &Random::seeded(7)), Err(KeyError::InvalidName));
}

mod build {
    use super::*;
    use std::io::Write;

    use pgp::bytes::BytesMut;
    use pgp::composed::{Deserializable, MessageBuilder, RawSessionKey, SignedPublicKey, SignedSecretKey};
    use pgp::crypto::aead::{AeadAlgorithm, ChunkSize};
    use pgp::crypto::hash::HashAlgorithm;
    use pgp::crypto::sym::SymmetricKeyAlgorithm;
    use pgp::packet::{PacketTrait, PublicKeyEncryptedSessionKey};
    use pgp::types::{CompressionAlgorithm, Password};

    const AES: SymmetricKeyAlgorithm = SymmetricKeyAlgorithm::AES256;

    /// The library expects a generator of its own version of `rand_core`.
    struct LibraryRandom(Random);

    impl rand_core::RngCore for LibraryRandom {
        fn next_u32(&mut self) -> u32 {
            rand_core::impls::next_u32_via_fill(self)
        }
        fn next_u64(&mut self) -> u64 {
            rand_core::impls::next_u64_via_fill(self)
        }
        fn fill_bytes(&mut self, bytes: &mut [u8]) {
            self.0.fill(bytes);
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
            self.fill_bytes(bytes);
            Ok(())
        }
    }

    impl rand_core::CryptoRng for LibraryRandom {}

    fn random() -> LibraryRandom {
        LibraryRandom(Random::seeded(3))
    }

    fn our_subkey() -> pgp::packet::PublicSubkey {
        let (key, _) = SignedPublicKey::from_string(&text("homeroom.public.asc")).unwrap();
        key.public_subkeys[0].key.clone()
    }

    /// RFC 9580 section 5.13.2.
    pub(super) fn seipd_2(plain: &[u8], chunk: ChunkSize) -> Vec<u8> {
        let mut message =
            MessageBuilder::from_bytes("", plain.to_vec()).seipd_v2(random(), AES, AeadAlgorithm::Ocb, chunk);
        message.encrypt_to_key(random(), &our_subkey()).unwrap();
        message.to_vec(random()).unwrap()
    }

    pub(super) fn seipd_1(plain: &[u8], compression: CompressionAlgorithm) -> Vec<u8> {
        let mut message = MessageBuilder::from_reader("", plain).seipd_v1(random(), AES);
        message.compression(compression);
        message.encrypt_to_key(random(), &our_subkey()).unwrap();
        message.to_vec(random()).unwrap()
    }

    pub(super) fn signed_by_us(plain: &[u8]) -> Vec<u8> {
        let (key, _) = SignedSecretKey::from_string(&text("homeroom.secret.asc")).unwrap();
        let mut message = MessageBuilder::from_reader("", plain).seipd_v1(random(), AES);
        message.sign(&key.primary_key, Password::empty(), HashAlgorithm::Sha256);
        message.encrypt_to_key(random(), &our_subkey()).unwrap();
        message.to_vec(random()).unwrap()
    }

    /// GnuPG's own form, as 2.4 writes it (draft-koch-librepgp section 5.16), in one chunk.
    pub(super) fn gnupg_aead(plain: &[u8]) -> Vec<u8> {
        encrypted(&literal(plain))
    }

    pub(super) fn literal(plain: &[u8]) -> Vec<u8> {
        MessageBuilder::from_bytes("", plain.to_vec()).to_vec(random()).unwrap()
    }

    /// A compressed packet of indeterminate length.
    pub(super) fn compressed(packets: &[u8]) -> Vec<u8> {
        let mut packet = flate2::write::ZlibEncoder::new(vec![0xA3, 2], flate2::Compression::new(9));
        packet.write_all(packets).unwrap();
        packet.finish().unwrap()
    }

    /// Any packets, encrypted to us, which anybody can do.
    pub(super) fn encrypted(packets: &[u8]) -> Vec<u8> {
        let key = [5; 32];
        let recipient = PublicKeyEncryptedSessionKey::from_session_key_v3(
            random(),
            &RawSessionKey::from(&key[..]),
            AES,
            &our_subkey(),
        )
        .unwrap();
        let mut message = vec![];
        recipient.to_writer_with_header(&mut message).unwrap();

        let iv = [9; 15];
        let encrypt = |index: u64, end: Option<u64>, bytes: &[u8]| {
            let mut nonce = iv;
            nonce[14] ^= index as u8;
            let mut associated_data = [&[0xD4, 1, 9, 2, 16][..], &index.to_be_bytes()].concat();
            associated_data.extend(end.into_iter().flat_map(u64::to_be_bytes));
            let mut encrypted = BytesMut::from(bytes);
            AeadAlgorithm::Ocb
                .encrypt_in_place(&AES, &key, &nonce, &associated_data, &mut encrypted)
                .unwrap();
            encrypted
        };
        let mut body = [&[1, 9, 2, 16][..], &iv].concat();
        body.extend_from_slice(&encrypt(0, None, packets));
        body.extend_from_slice(&encrypt(1, Some(packets.len() as u64), b""));
        message.extend([0xD4, 0xFF]);
        message.extend((body.len() as u32).to_be_bytes());
        message.extend(body);
        message
    }
}

#[test]
fn authenticated_encryption_is_read_in_both_forms() {
    for message in [
        build::gnupg_aead(&file("roster.csv")),
        build::seipd_2(&file("roster.csv"), pgp::crypto::aead::ChunkSize::C64B),
        build::seipd_2(&file("roster.csv"), pgp::crypto::aead::ChunkSize::C4MiB),
    ] {
        assert_is_the_roster(&message, our_keys(), SignatureStatus::None);
        for at in 3..message.len() {
            let mut changed = message.clone();
            changed[at] ^= 1 << (at % 8);
            assert_refused_or_unchanged(&changed, our_keys(), at);
            let outcomes = outcomes_of(&message[..at.max(20)].to_vec(), our_keys());
            assert!(outcomes.last().unwrap().is_err(), "cut off at {at}: {outcomes:?}");
        }
    }
}

/// A roster of at least this many bytes.
fn long_roster(bytes: usize) -> Vec<u8> {
    let text = text("roster.csv");
    let (header, row) = (text.lines().next().unwrap(), text.lines().nth(1).unwrap());
    let mut roster = format!("{header}\n").into_bytes();
    let mut number = 0;
    while roster.len() < bytes {
        number += 1;
        roster.extend(format!("{row}{number}\n").bytes());
    }
    roster
}

#[test]
fn a_long_message_is_decrypted_while_it_is_read() {
    let plain = long_roster(20 << 20);
    for message in [
        build::seipd_1(&plain, pgp::types::CompressionAlgorithm::Uncompressed),
        build::seipd_2(&plain, pgp::crypto::aead::ChunkSize::C4KiB),
    ] {
        let rules = ReadRules { keys: Some(Arc::new(our_keys())), ..ReadRules::default() };
        let rows = read(&message, &rules, |opened| {
            let Opened::Table(mut table) = opened else { panic!("no table") };
            let (mut rows, mut row_bytes) = (0, 0);
            while let Some(row) = table.next_row()? {
                rows += 1;
                row_bytes += row.bytes.len() as u64 + 1;
                // Bytes that have been read beyond the current row are in buffers.
                let bytes_read = table.bytes_read();
                assert!(bytes_read <= row_bytes + (1 << 20), "{bytes_read} bytes read for {row_bytes}");
            }
            Ok(rows)
        });
        assert_eq!(rows.unwrap(), plain.iter().filter(|byte| **byte == b'\n').count() - 1);
    }
}

#[test]
fn a_message_that_unpacks_to_too_much_is_refused() {
    let plain = [long_roster(1 << 10), vec![b' '; 100 << 20]].concat();
    let message = build::seipd_1(&plain, pgp::types::CompressionAlgorithm::ZLIB);
    assert!(message.len() < 1 << 18);
    assert_eq!(outcomes_of(&message, our_keys()).last(), Some(&Err(ContainerError::TooLarge)));
}

#[test]
fn a_message_with_only_session_keys_is_refused_early() {
    // A hundred thousand recipients, none of them us.
    let message = file("other_recipient.pgp");
    let recipient = &message[..usize::from(u16::from_be_bytes([message[1], message[2]])) + 3];
    let many = recipient.repeat(100_000);
    assert_eq!(outcomes_of(&many, our_keys()), [Err(MessageDamaged)]);
}

#[test]
fn packets_around_the_text_are_bounded() {
    let roster = build::literal(&file("roster.csv"));
    // 100 MB of padding (RFC 9580 section 5.14), which compress to 100 KB.
    let padding = [&[0xD5, 0xFF][..], &(100_u32 << 20).to_be_bytes(), &vec![0; 100 << 20]].concat();
    for packets in [[&padding[..], &roster].concat(), [&roster[..], &padding].concat()] {
        let message = build::encrypted(&build::compressed(&packets));
        assert_eq!(outcomes_of(&message, our_keys()), [Err(MessageDamaged)]);
    }
    let some_padding = [&[0xD5, 100][..], &[7; 100], &roster].concat();
    assert_is_the_roster(
        &build::encrypted(&build::compressed(&some_padding)),
        our_keys(),
        SignatureStatus::None,
    );
    let padding_after = [&roster[..], &[0xD5, 100], &[7; 100]].concat();
    assert_is_the_roster(&build::encrypted(&padding_after), our_keys(), SignatureStatus::None);
    let twice = build::encrypted(&build::compressed(&build::compressed(&roster)));
    assert_eq!(outcomes_of(&twice, our_keys()), [Err(ContainerError::Unsupported)]);
    let two_texts = build::encrypted(&build::compressed(&roster.repeat(2)));
    assert_eq!(outcomes_of(&two_texts, our_keys()), [Err(MessageDamaged)]);
}

struct BrokenDisk<'a>(&'a [u8]);

impl homeroom_model::source::Source for BrokenDisk<'_> {
    fn open(&self) -> io::Result<Box<dyn homeroom_model::source::ReadSeek + Send + '_>> {
        Ok(Box::new(BrokenReader(io::Cursor::new(self.0))))
    }
    fn length(&self) -> u64 {
        self.0.len() as u64 * 2
    }
}

struct BrokenReader<'a>(io::Cursor<&'a [u8]>);

impl Read for BrokenReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::from_raw_os_error(5)),
            read => Ok(read),
        }
    }
}

impl io::Seek for BrokenReader<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_disk_error_is_not_damage() {
    let message = build::seipd_1(&long_roster(1 << 20), pgp::types::CompressionAlgorithm::Uncompressed);
    let rules = ReadRules { keys: Some(Arc::new(our_keys())), ..ReadRules::default() };
    let broken = BrokenDisk(&message[..message.len() / 2]);
    let error = read(&broken, &rules, |opened| {
        let Opened::Table(mut table) = opened else { panic!("no table") };
        while table.next_row()?.is_some() {}
        Ok(())
    })
    .unwrap_err();
    assert_eq!(error.raw_os_error(), Some(5));
}

/// Fails on a panic, which the reader would report as damage.
fn assert_no_panic(file: &Vec<u8>) {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            before(info);
        }));
    });
    outcomes_of(file, our_and_district_keys());
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
}

/// Bytes that look like the first packet of a message.
fn packet() -> impl Strategy<Value = Vec<u8>> {
    let tag = select(vec![
        0x84_u8, 0x85, 0x88, 0x8C, 0x90, 0xA3, 0xA8, 0xAC, 0xC1, 0xC2, 0xC3, 0xC4, 0xC8, 0xCB, 0xD2, 0xD4,
        0xD5,
    ]);
    let length = prop_oneof![Just(vec![]), any::<u8>().prop_map(|length| vec![length])];
    (tag, length, 0_u8..8, vec(any::<u8>(), 0..600))
        .prop_map(|(tag, length, version, rest)| [&[tag][..], &length, &[version], &rest].concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_file_that_looks_like_a_message_causes_a_panic(file in packet()) {
        assert_no_panic(&file);
    }

    #[test]
    fn no_encrypted_content_causes_a_panic(packets in vec(packet(), 0..3), compressed in any::<bool>()) {
        let packets = packets.concat();
        assert_no_panic(&build::encrypted(&if compressed { build::compressed(&packets) } else { packets }));
    }

    #[test]
    fn a_message_with_replaced_bytes_causes_no_panic(
        name in select(vec![
            "signed_only.pgp", "signed.pgp", "armored.asc", "signed_armored.asc", "two_signers.pgp", "password.pgp",
        ]),
        encrypted in any::<bool>(),
        at in any::<Index>(),
        count in 0_usize..40,
        replacement in vec(any::<u8>(), 0..40),
    ) {
        let mut file = file(name);
        let at = at.index(file.len());
        file.splice(at..(at + count).min(file.len()), replacement);
        assert_no_panic(&if encrypted { build::encrypted(&file) } else { file });
    }
}
