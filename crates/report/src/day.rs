//! Days as a person writes them.

use homeroom_model::Zone;
use jiff::Timestamp;

/// `9 Dec 2026`
pub(crate) fn day(time: Timestamp, zone: &Zone) -> String {
    zone.date_of(time).strftime("%-d %b %Y").to_string()
}

#[cfg(test)]
mod tests {
    use homeroom_model::Zone;
    use jiff::Timestamp;

    use super::day;

    #[test]
    fn a_day_is_that_of_the_district() {
        let zone = "America/Los_Angeles".parse::<Zone>().unwrap();
        assert_eq!(day(Timestamp::constant(1_796_788_800, 0), &zone), "8 Dec 2026");
        assert_eq!(day(Timestamp::constant(1_796_788_800, 0), &Zone::utc()), "9 Dec 2026");
    }
}
