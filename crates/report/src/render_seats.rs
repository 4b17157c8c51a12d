//! The seats of a licence, in words.

use std::fmt::{self, Write};

use homeroom_model::seats::Seats;
use homeroom_model::thousands;

use crate::terminal_safe::terminal_safe;

pub(crate) fn write_seats(out: &mut String, seats: &Seats) -> fmt::Result {
    writeln!(
        out,
        "Seats: {} of {} in use ({} before; {} with every change in the file).",
        thousands(seats.after),
        thousands(seats.limit),
        thousands(seats.before),
        thousands(seats.forecast.unwrap_or(seats.after))
    )?;
    for school in &seats.schools {
        let limit = school.limit.map_or(String::new(), |limit| format!(" of {}", thousands(limit)));
        writeln!(
            out,
            "  {} {}: {}{limit} in use, {} waiting",
            terminal_safe(&school.school),
            terminal_safe(&school.name),
            thousands(school.after),
            thousands(school.waiting)
        )?;
    }
    for (at, name) in seats.waiting.iter().enumerate() {
        writeln!(out, "  number {} on the waiting list: {}", at + 1, terminal_safe(name))?;
    }
    writeln!(out)
}
