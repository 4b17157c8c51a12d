//! Generates a key pair that every OpenPGP program in use understands.

use homeroom_model::random::Random;
use pgp::composed::{
    ArmorOptions, KeyType, SignedKeyDetails, SignedPublicKey, SignedSecretKey, SignedSecretSubKey,
};
use pgp::crypto::ecc_curve::ECCCurve;
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{
    Features, KeyFlags, PubKeyInner, PublicKey, PublicSubkey, SecretKey, SecretSubkey, Signature,
    SignatureConfig, SignatureType, Subpacket, SubpacketData, UserId,
};
use pgp::types::{CompressionAlgorithm, KeyDetails, KeyVersion, Password, SigningKey, Tag, Timestamp};
use rand_core::{CryptoRng, RngCore};

use crate::openpgp::key_error::KeyError;

/// Version 4 keys on Curve25519 in the format used before RFC 9580: GnuPG 2.1 and all later programs accept them, while GnuPG
/// 2.2 does not know the newer format.
const SIGNING: KeyType = KeyType::Ed25519Legacy;
const DECRYPTION: KeyType = KeyType::ECDH(ECCCurve::Curve25519Legacy);

/// A new key pair, armored: the secret and the public half.
pub(crate) fn generate(user_id: &str, created: u32, random: &Random) -> Result<(String, String), KeyError> {
    if user_id.trim().is_empty() || user_id.chars().count() > 200 {
        return Err(KeyError::InvalidName);
    }
    let failed = |error: pgp::errors::Error| KeyError::NotGenerated(error.to_string());
    let secret = key_pair(user_id, Timestamp::from_secs(created), LibraryRandom(random)).map_err(failed)?;
    let public = SignedPublicKey::from(secret.clone());
    let armor = ArmorOptions::default();
    Ok((
        secret.to_armored_string(armor.clone()).map_err(failed)?,
        public.to_armored_string(armor).map_err(failed)?,
    ))
}

/// Unlike the library's own builder, this takes the time as a parameter.
fn key_pair(
    user_id: &str,
    created: Timestamp,
    mut random: LibraryRandom<'_>,
) -> pgp::errors::Result<SignedSecretKey> {
    let (public, secret) = SIGNING.generate(&mut random)?;
    let inner = PubKeyInner::new(KeyVersion::V4, SIGNING.to_alg(), created, None, public)?;
    let primary_key = SecretKey::new(PublicKey::from_inner(inner)?, secret)?;

    let (public, secret) = DECRYPTION.generate(&mut random)?;
    let inner = PubKeyInner::new(KeyVersion::V4, DECRYPTION.to_alg(), created, None, public)?;
    let subkey = SecretSubkey::new(PublicSubkey::from_inner(inner)?, secret)?;

    let id = UserId::from_str(Default::default(), user_id)?;
    let certified = certify(&primary_key, &id, created)?;
    let bound = bind(&primary_key, &subkey, created)?;
    Ok(SignedSecretKey {
        details: SignedKeyDetails::new(vec![], vec![], vec![id.into_signed(certified)], vec![]),
        primary_key,
        public_subkeys: vec![],
        secret_subkeys: vec![SignedSecretSubKey::new(subkey, vec![bound])],
    })
}

/// The signature that binds a name to the key. It tells programs that encrypt to us what we can read; bzip2 is not included.
fn certify(key: &SecretKey, id: &UserId, created: Timestamp) -> pgp::errors::Result<Signature> {
    let mut flags = KeyFlags::default();
    flags.set_certify(true);
    flags.set_sign(true);
    let mut features = Features::default();
    features.set_seipd_v1(true);
    let config = config(
        key,
        SignatureType::CertPositive,
        created,
        [
            SubpacketData::KeyFlags(flags),
            SubpacketData::Features(features),
            SubpacketData::IsPrimary(true),
            SubpacketData::PreferredSymmetricAlgorithms(
                [SymmetricKeyAlgorithm::AES256, SymmetricKeyAlgorithm::AES128].into_iter().collect(),
            ),
            SubpacketData::PreferredHashAlgorithms(
                [HashAlgorithm::Sha512, HashAlgorithm::Sha256].into_iter().collect(),
            ),
            SubpacketData::PreferredCompressionAlgorithms(
                [CompressionAlgorithm::ZLIB, CompressionAlgorithm::ZIP].into_iter().collect(),
            ),
        ],
    )?;
    config.sign_certification(key, key.public_key(), &Password::empty(), Tag::UserId, id)
}

/// The signature that binds the decryption key to the signing key.
fn bind(key: &SecretKey, subkey: &SecretSubkey, created: Timestamp) -> pgp::errors::Result<Signature> {
    let mut flags = KeyFlags::default();
    flags.set_encrypt_comms(true);
    flags.set_encrypt_storage(true);
    config(key, SignatureType::SubkeyBinding, created, [SubpacketData::KeyFlags(flags)])?.sign_subkey_binding(
        key,
        key.public_key(),
        &Password::empty(),
        subkey.public_key(),
    )
}

fn config(
    key: &SecretKey,
    kind: SignatureType,
    created: Timestamp,
    subpackets: impl IntoIterator<Item = SubpacketData>,
) -> pgp::errors::Result<SignatureConfig> {
    let mut config = SignatureConfig::v4(kind, key.algorithm(), key.hash_alg());
    let common =
        [SubpacketData::SignatureCreationTime(created), SubpacketData::IssuerFingerprint(key.fingerprint())];
    config.hashed_subpackets =
        common.into_iter().chain(subpackets).map(Subpacket::regular).collect::<pgp::errors::Result<_>>()?;
    config.unhashed_subpackets = vec![Subpacket::regular(SubpacketData::IssuerKeyId(key.legacy_key_id()))?];
    Ok(config)
}

/// [`Random`] as the generator that the library expects.
struct LibraryRandom<'c>(&'c Random);

impl RngCore for LibraryRandom<'_> {
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

// `Random` uses ChaCha, seeded by the operating system.
impl CryptoRng for LibraryRandom<'_> {}
