//! Generates passwords, and hashes and verifies them.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use homeroom_model::Random;

/// Characters of a generated password: 114 bits.
const LENGTH: usize = 20;

/// A new password and its hash (argon2id, in PHC form).
pub(crate) fn generate(random: &Random) -> (String, String) {
    let password = random.secret(LENGTH);
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let hash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("the default parameters and 16 bytes of salt are within argon2's bounds");
    (password, hash.to_string())
}

/// Whether a password matches a hash. Takes tens of milliseconds and 19 MiB.
pub(crate) fn verify(password: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash that no password has. Verifying against it takes as long as against a real one.
pub(crate) const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cy1zYWx0LTEyMw$QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";

#[cfg(test)]
mod tests {
    use homeroom_model::Random;

    use super::{DUMMY_HASH, generate, verify};

    #[test]
    fn only_the_right_password_matches() {
        let (password, hash) = generate(&Random::seeded(1));
        assert!(verify(&password, &hash));
        assert!(!verify("guess", &hash));
        assert!(!verify("guess", DUMMY_HASH));
        assert!(argon2::PasswordHash::new(DUMMY_HASH).is_ok(), "it must take as long as a real one");
    }
}
