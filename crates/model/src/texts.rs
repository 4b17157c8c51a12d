//! One long string that holds all the text of a roster, and small handles into it.
//!
//! A roster of 100,000 students has half a million short texts. Kept one by one they cost an allocation
//! each; kept here they cost eight bytes and their own letters.

/// A piece of a [`Texts`]; the empty text stands for "not given".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    at: u32,
    length: u32,
}

impl Text {
    /// The empty text.
    pub const EMPTY: Text = Text { at: 0, length: 0 };

    /// Whether there is nothing in it.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.length == 0
    }

    /// The handle of the same text in a [`Texts`] that has appended the one it came from.
    pub fn moved(self, by: u32) -> Text {
        Text { at: self.at + by, ..self }
    }
}

/// All the text of a roster, one after the other. At most 4 GiB.
#[derive(Clone, Debug, Default)]
pub struct Texts(String);

impl Texts {
    /// Keeps `text` and gives its handle.
    ///
    /// # Panics
    /// When more than 4 GiB of text are kept; the reader's size limit refuses such a file before.
    pub fn keep(&mut self, text: &str) -> Text {
        if text.is_empty() {
            return Text::EMPTY;
        }
        let at = u32::try_from(self.0.len()).expect("the reader refuses files with 4 GiB of distinct text");
        let length = u32::try_from(text.len()).expect("the reader refuses longer lines");
        assert!(at.checked_add(length).is_some(), "the reader refuses files with 4 GiB of distinct text");
        self.0.push_str(text);
        Text { at, length }
    }

    /// The text behind a handle that this `Texts` gave.
    #[inline]
    pub fn get(&self, text: Text) -> &str {
        &self.0[text.at as usize..(text.at + text.length) as usize]
    }

    /// Keeps a text of another [`Texts`] and gives its handle here.
    pub fn keep_of(&mut self, other: &Texts, text: Text) -> Text {
        self.keep(other.get(text))
    }

    /// The handle of a part of `text`, which begins at byte `start` of it and has `length` bytes.
    pub fn part(&self, text: Text, start: usize, length: usize) -> Text {
        debug_assert!(start + length <= text.length as usize, "a part lies within its text");
        if length == 0 {
            return Text::EMPTY;
        }
        Text { at: text.at + start as u32, length: length as u32 }
    }

    /// Keeps everything that `other` keeps; its handles are good here once they are [`Text::moved`] by the answer.
    ///
    /// # Panics
    /// As [`Texts::keep`].
    pub fn append(&mut self, other: &Texts) -> u32 {
        let by = u32::try_from(self.0.len()).expect("the reader refuses files with 4 GiB of distinct text");
        assert!(
            self.0.len() + other.0.len() <= u32::MAX as usize,
            "the reader refuses files with 4 GiB of distinct text"
        );
        self.0.push_str(&other.0);
        by
    }

    /// The positions of these texts in the order of their letters; of equal ones the first comes first.
    pub fn order(&self, texts: impl Iterator<Item = Text>) -> Vec<u32> {
        // Most comparisons end in the first letters, which lie beside each other here and not all over the text.
        let start = |text: &str| {
            let mut letters = [0; 16];
            let length = text.len().min(16);
            letters[..length].copy_from_slice(&text.as_bytes()[..length]);
            u128::from_be_bytes(letters)
        };
        let mut order =
            texts.zip(0_u32..).map(|(text, at)| (start(self.get(text)), at, text)).collect::<Vec<_>>();
        order.sort_unstable_by(|one, other| {
            let whole = || self.get(one.2).cmp(self.get(other.2));
            one.0.cmp(&other.0).then_with(whole).then(one.1.cmp(&other.1))
        });
        order.into_iter().map(|(_, at, _)| at).collect()
    }

    /// Bytes kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::Texts;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_letters(words in prop::collection::vec("(sixteen letters)?[ab\0é]{0,4}", 0..40)) {
            let mut texts = Texts::default();
            let kept = words.iter().map(|word| texts.keep(word)).collect::<Vec<_>>();
            let mut expected = (0..words.len() as u32).collect::<Vec<_>>();
            expected.sort_by_key(|at| &words[*at as usize]);
            prop_assert_eq!(texts.order(kept.into_iter()), expected);
        }
    }
}
