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
    pub fn get(&self, text: Text) -> &str {
        &self.0[text.at as usize..(text.at + text.length) as usize]
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

    /// Bytes kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
