//! Files encrypted and signed with OpenPGP. The folder `openpgp` holds what GnuPG made of one roster.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail where it stands")]

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

fn ours() -> OpenPgpKeys {
    OpenPgpKeys::from_armored(&text("homeroom.secret.asc")).unwrap()
}

fn with_district() -> OpenPgpKeys {
    ours().with_district_keys(&file("district.public.asc")).unwrap()
}

/// What each call of the check gets to see: the rows and the signature, or why there are none.
type Said = Vec<Result<(String, SignatureStatus), ContainerError>>;

fn told(file: &Vec<u8>, keys: OpenPgpKeys) -> Said {
    let rules = ReadRules { keys: Some(Arc::new(keys)), ..ReadRules::default() };
    let mut said = vec![];
    read(file, &rules, |opened| {
        match opened {
            Opened::Unusable(why) => said.push(Err(why)),
            Opened::Table(mut table) => {
                said.push(Ok((String::new(), SignatureStatus::None)));
                let mut rows = String::new();
                while let Some(row) = table.next_row()? {
                    rows += &String::from_utf8_lossy(row.bytes);
                    rows.push('\n');
                }
                *said.last_mut().unwrap() = Ok((rows, table.signature()));
            }
            _ => said.push(Ok(("no table".into(), SignatureStatus::None))),
        }
        Ok(())
    })
    .unwrap();
    said
}

fn roster() -> String {
    let text = text("roster.csv");
    text.split_once('\n').unwrap().1.to_owned()
}

fn is_the_roster(file: &Vec<u8>, keys: OpenPgpKeys, signature: SignatureStatus) {
    assert_eq!(told(file, keys), [Ok((roster(), signature))]);
}

#[test]
fn what_is_encrypted_to_us_is_read() {
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
        is_the_roster(&file(name), ours(), SignatureStatus::None);
        is_the_roster(&file(name), with_district(), SignatureStatus::Missing);
    }
}

#[test]
fn a_signature_is_checked_when_the_key_is_known() {
    for name in ["signed.pgp", "signed_armored.asc", "signed_only.pgp", "two_signers.pgp", "gzip_inside.pgp"]
    {
        println!("{name}");
        is_the_roster(&file(name), with_district(), SignatureStatus::Verified);
        is_the_roster(&file(name), ours(), SignatureStatus::Unchecked);
    }
    is_the_roster(&file("zip_inside.pgp"), with_district(), SignatureStatus::Verified);
    is_the_roster(&file("zip_inside.pgp"), ours(), SignatureStatus::Unchecked);
    let without_ours = OpenPgpKeys::default().with_district_keys(&file("district.public.asc")).unwrap();
    is_the_roster(&file("signed_only.pgp"), without_ours, SignatureStatus::Verified);
    is_the_roster(&file("roster.csv"), with_district(), SignatureStatus::None);
}

#[test]
fn what_somebody_else_signed_is_refused_at_its_end() {
    let long = made::signed_by_us(&long(1 << 20));
    let said = told(&long, with_district());
    let [Ok(_), Err(BadSignature)] = said.as_slice() else { panic!("{said:?}") };
    let us = ours().with_district_keys(&file("homeroom.public.asc")).unwrap();
    let said = told(&long, us);
    let [Ok((_, SignatureStatus::Verified))] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!(told(&file("wrong_signer.pgp"), with_district()), [Err(BadSignature)]);
    assert_eq!(told(&file("zip_inside_wrong_signer.pgp"), with_district()), [Err(BadSignature)]);
    let both = ours().with_district_keys(&file("two.public.pgp")).unwrap();
    is_the_roster(&file("wrong_signer.pgp"), both, SignatureStatus::Verified);
}

#[test]
fn what_we_cannot_open_is_refused_with_its_reason() {
    let refused = |name: &str, keys| match told(&file(name), keys).as_slice() {
        [Err(why)] => why.clone(),
        said => panic!("{name}: {said:?}"),
    };
    assert_eq!(refused("encrypted.pgp", OpenPgpKeys::default()), EncryptedWithoutKey);
    assert_eq!(refused("armored.asc", OpenPgpKeys::default()), EncryptedWithoutKey);
    assert_eq!(refused("other_recipient.pgp", ours()), EncryptedToOtherKey);
    assert_eq!(refused("password.pgp", ours()), EncryptedWithPassword);
    assert_eq!(refused("password.pgp", OpenPgpKeys::default()), EncryptedWithPassword);
    assert_eq!(refused("bzip2_compressed.pgp", ours()), ContainerError::Unsupported);
    assert_eq!(refused("message_inside.pgp", ours()), ContainerError::Unsupported);
    for (name, what) in [
        ("clear_signed.asc", OpenPgpItem::ClearSignedText),
        ("district.public.asc", OpenPgpItem::PublicKey),
        ("two.public.pgp", OpenPgpItem::PublicKey),
        ("homeroom.secret.asc", OpenPgpItem::PrivateKey),
        ("detached.sig", OpenPgpItem::DetachedSignature),
        ("detached.asc", OpenPgpItem::DetachedSignature),
    ] {
        assert_eq!(refused(name, ours()), ContainerError::NotAMessage(what), "{name}");
    }
}

#[test]
fn a_message_that_is_cut_off_is_never_taken_for_a_whole_one() {
    for name in [
        "encrypted.pgp",
        "uncompressed.pgp",
        "signed.pgp",
        "signed_only.pgp",
        "gzip_inside.pgp",
        "zip_inside.pgp",
    ] {
        let whole = file(name);
        for length in 20..whole.len() {
            let said = told(&whole[..length].to_vec(), with_district());
            assert!(said.last().unwrap().is_err(), "{name} cut off at {length}: {said:?}");
        }
    }
}

/// A few bits of a message mean nothing: the highest one of a point on the curve, for one.
fn refused_or_the_same(changed: &Vec<u8>, keys: OpenPgpKeys, at: usize) {
    match told(changed, keys).pop().unwrap() {
        Err(_) => {}
        Ok((rows, _)) => assert_eq!(rows, roster(), "changed at {at}"),
    }
}

#[test]
fn a_changed_byte_never_changes_a_row() {
    for name in ["encrypted.pgp", "uncompressed.pgp", "signed.pgp", "zip_inside.pgp"] {
        let whole = file(name);
        for at in 3..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            refused_or_the_same(&changed, with_district(), at);
        }
    }
}

#[test]
fn a_signed_message_with_a_changed_byte_is_never_verified() {
    let whole = file("signed_only.pgp");
    for at in 3..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok((rows, SignatureStatus::Verified)) = told(&changed, with_district()).pop().unwrap() {
            assert_eq!(rows, roster(), "changed at {at}");
        }
    }
}

#[test]
fn what_follows_a_message_is_not_lost_in_silence() {
    for name in ["encrypted.pgp", "signed_only.pgp", "armored.asc"] {
        let twice = [file(name), file(name)].concat();
        let said = told(&twice, ours());
        assert_eq!(said.last(), Some(&Err(MessageDamaged)), "{name}: {said:?}");
    }
    let blank_lines = [file("armored.asc"), b"\r\n \r\n".to_vec()].concat();
    is_the_roster(&blank_lines, ours(), SignatureStatus::None);
    let marked = [b"\xEF\xBB\xBF\r\n".to_vec(), file("armored.asc")].concat();
    is_the_roster(&marked, ours(), SignatureStatus::None);
    let windows = text("armored.asc").replace('\n', "\r\n").into_bytes();
    is_the_roster(&windows, ours(), SignatureStatus::None);
}

#[test]
fn keys_say_what_is_wrong_with_them() {
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
fn keys_show_fingerprints_and_no_secret() {
    let keys = ours().with_district_keys(&file("two.public.pgp")).unwrap();
    let fingerprint = keys.fingerprint().unwrap();
    assert_eq!(fingerprint.split(' ').map(str::len).collect::<Vec<_>>(), [4; 10]);
    assert_eq!(keys.district_fingerprints().len(), 2);
    let shown = format!("{keys:?}");
    assert!(shown.contains(&fingerprint) && shown.len() < 250, "{shown}");
    assert_eq!(keys.public_armored().unwrap(), text("homeroom.public.asc"));
    let blocks = [file("district.public.asc"), file("homeroom.public.asc")].concat();
    assert_eq!(ours().with_district_keys(&blocks).unwrap().district_fingerprints().len(), 2);
}

#[test]
fn a_key_pair_depends_on_nothing_but_what_it_is_made_from() {
    let name = "Homeroom (test) <roster@homeroom.example>";
    let pair = OpenPgpKeys::generate(name, 1_767_225_600, &Random::seeded(7)).unwrap();
    assert_eq!(pair, (text("homeroom.secret.asc"), text("homeroom.public.asc")));
    assert_eq!(OpenPgpKeys::generate(" ", 0, &Random::seeded(7)), Err(KeyError::InvalidName));
}

mod made {
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

    /// The library wants a random number generator of the version that it is built with.
    struct Draws(Random);

    impl rand_core::RngCore for Draws {
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

    impl rand_core::CryptoRng for Draws {}

    fn draws() -> Draws {
        Draws(Random::seeded(3))
    }

    fn our_subkey() -> pgp::packet::PublicSubkey {
        let (key, _) = SignedPublicKey::from_string(&text("homeroom.public.asc")).unwrap();
        key.public_subkeys[0].key.clone()
    }

    /// RFC 9580 section 5.13.2.
    pub(super) fn seipd_2(plain: &[u8], chunk: ChunkSize) -> Vec<u8> {
        let mut message =
            MessageBuilder::from_bytes("", plain.to_vec()).seipd_v2(draws(), AES, AeadAlgorithm::Ocb, chunk);
        message.encrypt_to_key(draws(), &our_subkey()).unwrap();
        message.to_vec(draws()).unwrap()
    }

    pub(super) fn seipd_1(plain: &[u8], compression: CompressionAlgorithm) -> Vec<u8> {
        let mut message = MessageBuilder::from_reader("", plain).seipd_v1(draws(), AES);
        message.compression(compression);
        message.encrypt_to_key(draws(), &our_subkey()).unwrap();
        message.to_vec(draws()).unwrap()
    }

    pub(super) fn signed_by_us(plain: &[u8]) -> Vec<u8> {
        let (key, _) = SignedSecretKey::from_string(&text("homeroom.secret.asc")).unwrap();
        let mut message = MessageBuilder::from_reader("", plain).seipd_v1(draws(), AES);
        message.sign(&key.primary_key, Password::empty(), HashAlgorithm::Sha256);
        message.encrypt_to_key(draws(), &our_subkey()).unwrap();
        message.to_vec(draws()).unwrap()
    }

    /// GnuPG's own form, as its 2.4 writes it (draft-koch-librepgp section 5.16), of one chunk.
    pub(super) fn gnupg_aead(plain: &[u8]) -> Vec<u8> {
        sealed(&literal(plain))
    }

    pub(super) fn literal(plain: &[u8]) -> Vec<u8> {
        MessageBuilder::from_bytes("", plain.to_vec()).to_vec(draws()).unwrap()
    }

    /// A compressed packet that goes on to its end.
    pub(super) fn compressed(packets: &[u8]) -> Vec<u8> {
        let mut packet = flate2::write::ZlibEncoder::new(vec![0xA3, 2], flate2::Compression::new(9));
        packet.write_all(packets).unwrap();
        packet.finish().unwrap()
    }

    /// Whatever packets, encrypted to us: anybody can do that.
    pub(super) fn sealed(packets: &[u8]) -> Vec<u8> {
        let key = [5; 32];
        let recipient = PublicKeyEncryptedSessionKey::from_session_key_v3(
            draws(),
            &RawSessionKey::from(&key[..]),
            AES,
            &our_subkey(),
        )
        .unwrap();
        let mut message = vec![];
        recipient.to_writer_with_header(&mut message).unwrap();

        let iv = [9; 15];
        let seal = |index: u64, end: Option<u64>, bytes: &[u8]| {
            let mut nonce = iv;
            nonce[14] ^= index as u8;
            let mut about = [&[0xD4, 1, 9, 2, 16][..], &index.to_be_bytes()].concat();
            about.extend(end.into_iter().flat_map(u64::to_be_bytes));
            let mut sealed = BytesMut::from(bytes);
            AeadAlgorithm::Ocb.encrypt_in_place(&AES, &key, &nonce, &about, &mut sealed).unwrap();
            sealed
        };
        let mut body = [&[1, 9, 2, 16][..], &iv].concat();
        body.extend_from_slice(&seal(0, None, packets));
        body.extend_from_slice(&seal(1, Some(packets.len() as u64), b""));
        message.extend([0xD4, 0xFF]);
        message.extend((body.len() as u32).to_be_bytes());
        message.extend(body);
        message
    }
}

#[test]
fn authenticated_encryption_is_read_in_both_forms() {
    for message in [
        made::gnupg_aead(&file("roster.csv")),
        made::seipd_2(&file("roster.csv"), pgp::crypto::aead::ChunkSize::C64B),
        made::seipd_2(&file("roster.csv"), pgp::crypto::aead::ChunkSize::C4MiB),
    ] {
        is_the_roster(&message, ours(), SignatureStatus::None);
        for at in 3..message.len() {
            let mut changed = message.clone();
            changed[at] ^= 1 << (at % 8);
            refused_or_the_same(&changed, ours(), at);
            let said = told(&message[..at.max(20)].to_vec(), ours());
            assert!(said.last().unwrap().is_err(), "cut off at {at}: {said:?}");
        }
    }
}

/// A roster of so many bytes.
fn long(bytes: usize) -> Vec<u8> {
    let text = text("roster.csv");
    let (header, row) = (text.lines().next().unwrap(), text.lines().nth(1).unwrap());
    let mut long = format!("{header}\n").into_bytes();
    let mut number = 0;
    while long.len() < bytes {
        number += 1;
        long.extend(format!("{row}{number}\n").bytes());
    }
    long
}

#[test]
fn a_long_message_is_decrypted_while_it_is_read() {
    let plain = long(20 << 20);
    for message in [
        made::seipd_1(&plain, pgp::types::CompressionAlgorithm::Uncompressed),
        made::seipd_2(&plain, pgp::crypto::aead::ChunkSize::C4KiB),
    ] {
        let rules = ReadRules { keys: Some(Arc::new(ours())), ..ReadRules::default() };
        let rows = read(&message, &rules, |opened| {
            let Opened::Table(mut table) = opened else { panic!("no table") };
            let (mut rows, mut given) = (0, 0);
            while let Some(row) = table.next_row()? {
                rows += 1;
                given += row.bytes.len() as u64 + 1;
                // What has been read of the file and not been given as a row lies in buffers.
                let taken = table.bytes_read();
                assert!(taken <= given + (1 << 20), "{taken} bytes taken for {given}");
            }
            Ok(rows)
        });
        assert_eq!(rows.unwrap(), plain.iter().filter(|byte| **byte == b'\n').count() - 1);
    }
}

#[test]
fn a_message_that_unpacks_to_too_much_is_refused() {
    let plain = [long(1 << 10), vec![b' '; 100 << 20]].concat();
    let message = made::seipd_1(&plain, pgp::types::CompressionAlgorithm::ZLIB);
    assert!(message.len() < 1 << 18);
    assert_eq!(told(&message, ours()).last(), Some(&Err(ContainerError::TooLarge)));
}

#[test]
fn a_message_of_keys_only_is_given_up_early() {
    // A hundred thousand recipients, all of them others.
    let other = file("other_recipient.pgp");
    let recipient = &other[..usize::from(u16::from_be_bytes([other[1], other[2]])) + 3];
    let many = recipient.repeat(100_000);
    assert_eq!(told(&many, ours()), [Err(MessageDamaged)]);
}

#[test]
fn what_stands_around_the_text_is_bounded() {
    let roster = made::literal(&file("roster.csv"));
    // Padding (RFC 9580 section 5.14) of 100 MB, which packs to 100 KB.
    let padding = [&[0xD5, 0xFF][..], &(100_u32 << 20).to_be_bytes(), &vec![0; 100 << 20]].concat();
    for packets in [[&padding[..], &roster].concat(), [&roster[..], &padding].concat()] {
        let message = made::sealed(&made::compressed(&packets));
        assert_eq!(told(&message, ours()), [Err(MessageDamaged)]);
    }
    let little = [&[0xD5, 100][..], &[7; 100], &roster].concat();
    is_the_roster(&made::sealed(&made::compressed(&little)), ours(), SignatureStatus::None);
    let behind = [&roster[..], &[0xD5, 100], &[7; 100]].concat();
    is_the_roster(&made::sealed(&behind), ours(), SignatureStatus::None);
    let twice = made::sealed(&made::compressed(&made::compressed(&roster)));
    assert_eq!(told(&twice, ours()), [Err(ContainerError::Unsupported)]);
    let two_texts = made::sealed(&made::compressed(&roster.repeat(2)));
    assert_eq!(told(&two_texts, ours()), [Err(MessageDamaged)]);
}

struct Broken<'a>(&'a [u8]);

impl homeroom_model::source::Source for Broken<'_> {
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
fn an_error_of_the_disk_is_no_damage() {
    let message = made::seipd_1(&long(1 << 20), pgp::types::CompressionAlgorithm::Uncompressed);
    let rules = ReadRules { keys: Some(Arc::new(ours())), ..ReadRules::default() };
    let broken = Broken(&message[..message.len() / 2]);
    let error = read(&broken, &rules, |opened| {
        let Opened::Table(mut table) = opened else { panic!("no table") };
        while table.next_row()?.is_some() {}
        Ok(())
    })
    .unwrap_err();
    assert_eq!(error.raw_os_error(), Some(5));
}

/// [`told`], and no panic on the way: the reader would make damage of it.
fn told_without_panic(file: &Vec<u8>) {
    static PANICS: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            before(info);
        }));
    });
    told(file, with_district());
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
    fn nothing_that_looks_like_a_message_panics(file in packet()) {
        told_without_panic(&file);
    }

    #[test]
    fn nothing_that_is_encrypted_panics(packets in vec(packet(), 0..3), compressed in any::<bool>()) {
        let packets = packets.concat();
        told_without_panic(&made::sealed(&if compressed { made::compressed(&packets) } else { packets }));
    }

    #[test]
    fn a_message_with_other_bytes_in_it_does_not_panic(
        name in select(vec![
            "signed_only.pgp", "signed.pgp", "armored.asc", "signed_armored.asc", "two_signers.pgp", "password.pgp",
        ]),
        encrypted in any::<bool>(),
        at in any::<Index>(),
        count in 0_usize..40,
        put in vec(any::<u8>(), 0..40),
    ) {
        let mut file = file(name);
        let at = at.index(file.len());
        file.splice(at..(at + count).min(file.len()), put);
        told_without_panic(&if encrypted { made::sealed(&file) } else { file });
    }
}
