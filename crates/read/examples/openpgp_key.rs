//! Writes the tests' key pair, which is always the same, into a folder:
//! `cargo run -p homeroom-read --example openpgp_key -- crates/read/tests/openpgp`.

use std::path::PathBuf;

use homeroom_model::random::Random;
use homeroom_read::OpenPgpKeys;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the first argument is the folder"));
    let (secret, public) =
        OpenPgpKeys::generate("Homeroom (test) <roster@homeroom.example>", 1_767_225_600, &Random::seeded(7))
            .expect("the name is valid");
    std::fs::write(folder.join("homeroom.secret.asc"), secret).expect("the folder is writable");
    std::fs::write(folder.join("homeroom.public.asc"), public).expect("the folder is writable");
}
