//! One long string that holds all the text of a roster, and small handles into it.
//!
//! A roster of 100,000 students has half a million short texts. Stored one by one they cost an allocation
//! each; stored here they cost a handle and their letters.

use std::fmt;

use arena_id::ArenaId;

/// A text in a [`StringArena`]; the empty text means "not given".
///
/// Two handles are equal when they are the same place of the same arena; to compare texts, look them up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StrId {
    at: u32,
    length: u32,
    arena: ArenaId,
}

impl StrId {
    /// The empty text; it can be looked up in every arena.
    pub const EMPTY: StrId = StrId { at: 0, length: 0, arena: ArenaId::NONE };

    /// Whether there is nothing in it.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.length == 0
    }
}

/// Without the arena, whose number differs from run to run.
impl fmt::Debug for StrId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StrId").field("at", &self.at).field("length", &self.length).finish()
    }
}

/// Without its number, which differs from run to run.
impl fmt::Debug for StringArena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StringArena").field("text", &self.text).finish()
    }
}

impl Default for StrId {
    fn default() -> Self {
        StrId::EMPTY
    }
}

/// All the text of a roster, one after the other. At most 4 GiB.
///
/// A handle belongs to the arena that gave it, and to clones of that arena. Debug builds, and so all tests, panic when it is
/// looked up in another one, where it would be another text.
#[derive(Clone)]
pub struct StringArena {
    text: String,
    id: ArenaId,
}

impl Default for StringArena {
    fn default() -> Self {
        StringArena { text: String::new(), id: ArenaId::next() }
    }
}

/// Where the texts of an arena begin in another that has appended it: what moves its handles there.
#[derive(Clone, Copy, Debug)]
pub struct Appended {
    by: u32,
    from: ArenaId,
    into: ArenaId,
}

impl Appended {
    /// The handle, in the arena that appended, of a text of the arena that was appended.
    #[inline]
    pub fn moved(self, text: StrId) -> StrId {
        self.from.check(text);
        if text.is_empty() { StrId::EMPTY } else { StrId { at: text.at + self.by, arena: self.into, ..text } }
    }
}

impl StringArena {
    /// Appends `text` and gives its handle. Equal texts are not merged.
    ///
    /// # Panics
    /// When more than 4 GiB of text are kept; the reader's size limit refuses such a file before.
    pub fn push(&mut self, text: &str) -> StrId {
        if text.is_empty() {
            return StrId::EMPTY;
        }
        let at =
            u32::try_from(self.text.len()).expect("the reader refuses files with 4 GiB of distinct text");
        let length = u32::try_from(text.len()).expect("the reader refuses longer lines");
        assert!(at.checked_add(length).is_some(), "the reader refuses files with 4 GiB of distinct text");
        self.text.push_str(text);
        StrId { at, length, arena: self.id }
    }

    /// The text behind a handle that this arena gave.
    #[inline]
    pub fn get(&self, text: StrId) -> &str {
        self.id.check(text);
        &self.text[text.at as usize..(text.at + text.length) as usize]
    }

    /// Appends a text of another arena and gives its handle here.
    pub fn push_from(&mut self, other: &StringArena, text: StrId) -> StrId {
        self.push(other.get(text))
    }

    /// The handle of a part of `text`, which begins at byte `start` of it and has `length` bytes.
    pub fn part(&self, text: StrId, start: usize, length: usize) -> StrId {
        debug_assert!(start + length <= text.length as usize, "a part lies within its text");
        if length == 0 {
            return StrId::EMPTY;
        }
        StrId { at: text.at + start as u32, length: length as u32, arena: text.arena }
    }

    /// Appends all the text of `other`; returns what moves its handles here.
    ///
    /// # Panics
    /// As [`StringArena::push`].
    pub fn append(&mut self, other: &StringArena) -> Appended {
        let by =
            u32::try_from(self.text.len()).expect("the reader refuses files with 4 GiB of distinct text");
        assert!(
            self.text.len() + other.text.len() <= u32::MAX as usize,
            "the reader refuses files with 4 GiB of distinct text"
        );
        self.text.push_str(&other.text);
        Appended { by, from: other.id, into: self.id }
    }

    /// The positions of these texts in the order of their letters; of equal ones the first comes first.
    pub fn order(&self, texts: impl Iterator<Item = StrId>) -> Vec<u32> {
        // Most comparisons end in the first letters, which are adjacent here instead of all over the text.
        let start = |text: &str| {
            let mut letters = [0; 16];
            let length = text.len().min(16);
            letters[..length].copy_from_slice(&text.as_bytes()[..length]);
            u128::from_be_bytes(letters)
        };
        let mut order =
            texts.zip(0_u32..).map(|(text, at)| (start(self.get(text)), at, text)).collect::<Vec<_>>();
        order.sort_unstable_by(|left, right| {
            let whole = || self.get(left.2).cmp(self.get(right.2));
            left.0.cmp(&right.0).then_with(whole).then(left.1.cmp(&right.1))
        });
        order.into_iter().map(|(_, at, _)| at).collect()
    }

    /// Bytes kept.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// Which arena a handle belongs to: known in debug builds, and nothing at all in release builds.
#[cfg(debug_assertions)]
mod arena_id {
    use std::fmt;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::StrId;

    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(super) struct ArenaId(u32);

    impl fmt::Debug for ArenaId {
        /// The same for every arena, so that equal rosters print the same.
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("ArenaId")
        }
    }

    impl ArenaId {
        pub(super) const NONE: ArenaId = ArenaId(0);

        pub(super) fn next() -> ArenaId {
            static NEXT: AtomicU32 = AtomicU32::new(1);
            ArenaId(NEXT.fetch_add(1, Ordering::Relaxed))
        }

        #[track_caller]
        pub(super) fn check(self, text: StrId) {
            assert!(
                text.is_empty() || text.arena == self,
                "a text is looked up in an arena that it does not belong to"
            );
        }
    }
}

#[cfg(not(debug_assertions))]
mod arena_id {
    use super::StrId;

    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub(super) struct ArenaId;

    impl ArenaId {
        pub(super) const NONE: ArenaId = ArenaId;

        pub(super) fn next() -> ArenaId {
            ArenaId
        }

        pub(super) fn check(self, _: StrId) {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::StringArena;

    #[test]
    #[should_panic(expected = "does not belong to")]
    fn a_handle_cannot_be_looked_up_in_another_arena() {
        let (mut ours, mut theirs) = (StringArena::default(), StringArena::default());
        theirs.push("the text of another roster");
        let text = ours.push("Ann");
        let _ = theirs.get(text);
    }

    #[test]
    fn appended_handles_are_moved_and_the_empty_text_belongs_to_all() {
        let (mut ours, mut theirs) = (StringArena::default(), StringArena::default());
        ours.push("Ann");
        let lee = theirs.push("Lee");
        let appended = ours.append(&theirs);
        assert_eq!(ours.get(appended.moved(lee)), "Lee");
        assert_eq!(ours.get(appended.moved(theirs.push(""))), "");
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_letters(words in prop::collection::vec("(sixteen letters)?[ab\0é]{0,4}", 0..40)) {
            let mut texts = StringArena::default();
            let kept = words.iter().map(|word| texts.push(word)).collect::<Vec<_>>();
            let mut expected = (0..words.len() as u32).collect::<Vec<_>>();
            expected.sort_by_key(|at| &words[*at as usize]);
            prop_assert_eq!(texts.order(kept.into_iter()), expected);
        }
    }
}
