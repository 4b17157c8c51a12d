//! Randomness as a parameter, so that tests can seed it.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::{Builder, Uuid};

/// A source of random ids and secrets. Cheap to clone; all clones draw from one generator.
#[derive(Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl Random {
    /// Seeded by the operating system, for the binary.
    pub fn from_system() -> Self {
        Random(Arc::new(Mutex::new(rand::make_rng())))
    }

    /// The same draws for the same seed, for tests.
    pub fn seeded(seed: u64) -> Self {
        Random(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// Fills `bytes` with random bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().expect("no code panics while it draws").fill_bytes(bytes);
    }

    /// A random (version 4) UUID: the id of a person, class, school or upload.
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A UUID that sorts by time (version 7, RFC 9562 section 5.7): the id of a run or job.
    pub fn uuid_at(&self, time: Timestamp) -> Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        Builder::from_unix_timestamp_millis(u64::try_from(time.as_millisecond()).unwrap_or(0), &bytes)
            .into_uuid()
    }

    /// A secret of `length` characters from an alphabet without look-alikes (no `0 O 1 l I`), 5.7 bits each.
    pub fn secret(&self, length: usize) -> String {
        const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mut secret = String::with_capacity(length);
        let mut byte = [0; 1];
        while secret.len() < length {
            self.fill(&mut byte);
            // Draws beyond the last whole multiple are discarded, so that each letter is equally likely.
            if usize::from(byte[0]) < 256 / ALPHABET.len() * ALPHABET.len() {
                secret.push(char::from(ALPHABET[usize::from(byte[0]) % ALPHABET.len()]));
            }
        }
        secret
    }
}
