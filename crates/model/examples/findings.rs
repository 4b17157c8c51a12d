//! Prints `docs/findings.md`.

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn main() {
    print!("{}", homeroom_model::finding_code::findings_document());
}
