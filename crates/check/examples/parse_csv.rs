//! Parses a file with the `csv` crate and counts its rows: for `bench/run`, to measure what reading alone costs.

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]
fn main() -> Result<(), csv::Error> {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: parse_csv FILE");
        return Ok(());
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let mut record = csv::ByteRecord::new();
    let mut rows = 0_u64;
    while reader.read_byte_record(&mut record)? {
        rows += 1;
    }
    println!("{rows}");
    Ok(())
}
