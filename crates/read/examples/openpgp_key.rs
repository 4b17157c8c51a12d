//! Writes the key pair of the tests into a folder, always the same one: `cargo run -p homeroom-read --example
//! openpgp_key -- crates/read/tests/openpgp`.

use std::path::PathBuf;

use homeroom_model::random::Random;
use homeroom_read::OpenPgpKeys;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder is an argument"));
    let (secret, public) =
        OpenPgpKeys::generate("Homeroom (test) <roster@homeroom.example>", 1_767_225_600, &Random::seeded(7))
            .expect("the name is a good one");
    std::fs::write(folder.join("homeroom.secret.asc"), secret).expect("the folder can be written");
    std::fs::write(folder.join("homeroom.public.asc"), public).expect("the folder can be written");
}
