//! Ids that differ but have the same core: zeros were lost, or a prefix was added.

use homeroom_model::rekey::Evidence;

/// The part of an id that stays when a prefix is added or zeros are lost: its last digits without leading zeros.
/// Empty when they are too few to say anything.
pub(super) fn core(id: &str) -> &str {
    let digits = id.bytes().rev().take_while(u8::is_ascii_digit).count();
    let core = id[id.len() - digits..].trim_start_matches('0');
    // A few digits say nothing, unless they are the whole id.
    if core.len() >= 3 || digits == id.len() { core } else { "" }
}

/// How two different ids are similar, if they are.
pub(super) fn similarity(old: &str, new: &str) -> Option<Evidence> {
    if old.is_empty() || new.is_empty() || old == new {
        return None;
    }
    let numeric = |id: &str| id.bytes().all(|b| b.is_ascii_digit());
    if numeric(old) && numeric(new) {
        let same = old.trim_start_matches('0') == new.trim_start_matches('0');
        return same.then_some(Evidence::ZerosDiffer);
    }
    let (short, long) = if old.len() <= new.len() { (old, new) } else { (new, old) };
    let enough = short.len() >= 3 || numeric(short);
    let is_suffix = long.strip_suffix(short).is_some_and(|prefix| {
        !prefix.ends_with(|c: char| c.is_ascii_digit()) || !short.starts_with(|c: char| c.is_ascii_digit())
    });
    let same_core = core(old).len() >= 3 && core(old) == core(new);
    ((enough && is_suffix) || same_core).then_some(Evidence::PrefixDiffers)
}

#[cfg(test)]
mod tests {
    use homeroom_model::rekey::Evidence::{PrefixDiffers, ZerosDiffer};

    use super::{core, similarity};

    #[test]
    fn ids_are_similar_when_only_zeros_or_a_prefix_differ() {
        assert_eq!(similarity("0012345", "12345"), Some(ZerosDiffer));
        assert_eq!(similarity("007", "7"), Some(ZerosDiffer));
        assert_eq!(similarity("12345", "LUSD-12345"), Some(PrefixDiffers));
        assert_eq!(similarity("A-00123", "B-123"), Some(PrefixDiffers));
        for (old, new) in
            [("12345", "12346"), ("12345", "112345"), ("", "7"), ("7", "7"), ("A7", "B7"), ("X1", "1X1")]
        {
            assert_eq!(similarity(old, new), None, "{old} {new}");
        }
        assert_eq!((core("0012345"), core("LUSD-12345"), core("A7"), core("7")), ("12345", "12345", "", "7"));
    }
}
