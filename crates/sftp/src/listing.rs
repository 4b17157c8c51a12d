//! Entries as SFTP sends them: attributes, and a line like that of `ls -l`, which clients print unchanged.

use homeroom_inbox::DropEntry;
use jiff::tz::TimeZone;

use crate::packet::Attributes;

pub(crate) fn attributes(entry: &DropEntry) -> Attributes {
    Attributes {
        bytes: entry.bytes,
        is_folder: entry.is_folder,
        writable: entry.writable,
        modified: u32::try_from(entry.modified_at.as_second()).unwrap_or(0),
    }
}

/// `-rw-r--r--    1 homeroom homeroom   129843 Sep  2 12:00 roster.csv`, times in UTC.
pub(crate) fn long_name(entry: &DropEntry) -> String {
    let mode = attributes(entry).mode();
    let bits = "rwxrwxrwx".char_indices().map(|(at, c)| if mode & (0o400 >> at) != 0 { c } else { '-' });
    let file_type = if entry.is_folder { 'd' } else { '-' };
    let when = entry.modified_at.to_zoned_datetime(TimeZone::UTC).strftime("%b %e %H:%M").to_string();
    format!(
        "{file_type}{}    1 homeroom homeroom {:>12} {when} {}",
        bits.collect::<String>(),
        entry.bytes,
        entry.name
    )
}

#[cfg(test)]
mod tests {
    use homeroom_inbox::DropEntry;

    use super::long_name;

    #[test]
    fn a_long_name_looks_like_ls() {
        let entry = DropEntry {
            name: "roster.csv".into(),
            is_folder: false,
            bytes: 129_843,
            modified_at: jiff::Timestamp::constant(1_788_350_400, 0),
            writable: true,
        };
        assert_eq!(
            long_name(&entry),
            "-rw-r--r--    1 homeroom homeroom       129843 Sep  2 12:00 roster.csv"
        );
        let folder = DropEntry { name: "results".into(), is_folder: true, writable: false, ..entry };
        assert!(long_name(&folder).starts_with("dr-xr-xr-x "));
    }
}
