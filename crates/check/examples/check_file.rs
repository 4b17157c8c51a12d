//! Checks a file and prints the result as JSON, and the seconds that it took on standard error.

use std::time::Instant;

use homeroom_check::check_alone;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command")]
fn main() -> std::io::Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: check_file FILE");
        return Ok(());
    };
    let bytes = std::fs::read(&path)?;
    let began = Instant::now();
    let checked = check_alone(&bytes, &path)?;
    let seconds = began.elapsed().as_secs_f64();
    let mut report = checked.report;
    report.findings.truncate(20);
    println!("{}", serde_json::to_string_pretty(&report)?);
    eprintln!("{seconds:.3} s");
    Ok(())
}
