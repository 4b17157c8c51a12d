//! Scans the bytes of a line in one pass: where its separators are, whether it has a quote, where it ends.

use wide::u8x16;

/// Where the cells of a line end.
#[derive(Default)]
pub(crate) struct Marks {
    /// The positions of the separators; once the line is split into cells, the end of each cell.
    pub(crate) ends: Vec<u32>,
    /// Whether the line has a quote.
    pub(crate) quoted: bool,
}

/// Bytes scanned at once.
const BLOCK: usize = 64;

impl Marks {
    pub(crate) fn clear(&mut self) {
        self.ends.clear();
        self.quoted = false;
    }

    /// Adds the marks of `text` from `from` up to the first line end, and returns the position of that line end.
    pub(crate) fn scan(&mut self, text: &[u8], from: usize, separator: u8) -> Option<usize> {
        let mut at = from;
        while at < text.len() {
            let rest = &text[at..];
            let mut padded = [0; BLOCK];
            let block = rest.first_chunk().unwrap_or_else(|| {
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            });
            let line_ends = positions(block, b'\n') | positions(block, b'\r');
            // All bits below the lowest line end; all bits when there is none.
            let before = line_ends.wrapping_sub(1) & !line_ends;
            self.quoted |= positions(block, b'"') & before != 0;
            let mut separators = positions(block, separator) & before;
            while separators != 0 {
                self.ends.push((at + separators.trailing_zeros() as usize) as u32);
                separators &= separators - 1;
            }
            if line_ends != 0 {
                return Some(at + line_ends.trailing_zeros() as usize);
            }
            at += BLOCK;
        }
        None
    }
}

/// Where `byte` occurs in the block: one bit per position. The padding after the end of the text is NUL, which is never searched for.
fn positions(block: &[u8; BLOCK], byte: u8) -> u64 {
    let wanted = u8x16::splat(byte);
    let (vectors, _) = block.as_chunks::<16>();
    vectors.iter().enumerate().fold(0, |positions, (at, vector)| {
        positions | u64::from(u8x16::new(*vector).simd_eq(wanted).to_bitmask()) << (at * 16)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};

    use super::Marks;

    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let byte = proptest::prop_oneof![
            2 => proptest::sample::select(b",\"\n\r".to_vec()),
            60 => b'a'..=b'z',
            1 => any::<u8>(),
        ];
        prop::collection::vec(byte, 0..300)
    }

    proptest! {
        #[test]
        fn marks_are_the_same_as_byte_by_byte(text in bytes(), from in 0_usize..80) {
            let mut marks = Marks::default();
            let end = marks.scan(&text, from, b',');
            let rest = || text.iter().enumerate().skip(from);
            prop_assert_eq!(end, rest().find(|(_, byte)| matches!(byte, b'\n' | b'\r')).map(|(at, _)| at));
            let line = || rest().take_while(|(at, _)| end.is_none_or(|end| *at < end));
            let separators = line().filter(|(_, byte)| **byte == b',').map(|(at, _)| at as u32);
            prop_assert_eq!(marks.ends, separators.collect::<Vec<_>>());
            prop_assert_eq!(marks.quoted, line().any(|(_, byte)| *byte == b'"'));
        }
    }
}
