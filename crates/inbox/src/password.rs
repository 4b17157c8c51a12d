//! Generated passwords and their hashes.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use homeroom_model::Random;

/// Letters of a generated password: 114 bits.
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

/// Whether a password is the one that was hashed. Takes tens of milliseconds and 19 MiB.
pub(crate) fn is_right(password: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A hash that no password has: checking against it takes as long as against a real one.
pub(crate) const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cy1zYWx0LTEyMw$QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";

#[cfg(test)]
mod tests {
    use homeroom_model::Random;

    use super::{NOBODYS, generate, is_right};

    #[test]
    fn only_the_right_password_is_right() {
        let (password, hash) = generate(&Random::seeded(1));
        assert!(is_right(&password, &hash));
        assert!(!is_right("guess", &hash));
        assert!(!is_right("guess", NOBODYS));
        assert!(argon2::PasswordHash::new(NOBODYS).is_ok(), "it must take the time of a real one");
    }
}
