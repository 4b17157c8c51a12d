//! What each piece of evidence weighs, in bits: the binary logarithm of how much more often it is seen when two records are one person
//! than when they are two (Fellegi and Sunter, 1969). `docs/trust.md` quotes this table.
//!
//! The values are for records that share a block, such as a class or a name, and rounded; keys weigh less than their rarity alone
//! would say, because keys are also mistyped, slip by a row, and are used again.

/// A name part agrees: by how rare it is in the district, within these bounds.
pub(super) const NAME_PART: (i32, i32) = (4, 9);
/// Two spellings of a name part: a share of what the same one weighs, in percent.
pub(super) const SPELLING_PERCENT: i32 = 60;
/// Another first name: one child in a hundred is renamed in a year.
pub(super) const OTHER_FIRST_NAME: i32 = -7;
/// Another last name: parents marry and part, children are adopted.
pub(super) const OTHER_LAST_NAME: i32 = -3;

/// The SIS id of someone who has it now: numbers hardly ever change hands.
pub(super) const SIS_ID: i32 = 14;
/// The SIS id of someone who had it once: some SIS use numbers again.
pub(super) const FORMER_SIS_ID: i32 = 10;
/// The same SIS id but for zeros or a prefix.
pub(super) const SIMILAR_SIS_ID: i32 = 9;
/// Both have a SIS id, and they differ.
pub(super) const OTHER_SIS_ID: i32 = -5;

/// The address of someone who has it now.
pub(super) const EMAIL: i32 = 12;
/// The address of someone who had it once: schools give the addresses of leavers to newcomers.
pub(super) const FORMER_EMAIL: i32 = 9;
/// An address made of the name, beside the same name: namesakes share it easily.
pub(super) const EMAIL_OF_NAME: i32 = 5;
/// The same address in another domain.
pub(super) const LOCAL_PART: i32 = 6;
/// Another address: it follows the name.
pub(super) const OTHER_EMAIL: i32 = -1;

/// The same Clever id now, or once.
pub(super) const CLEVER_ID: i32 = 12;
/// Another Clever id.
pub(super) const OTHER_CLEVER_ID: i32 = -4;
/// The same user name.
pub(super) const USERNAME: i32 = 6;

/// The same grade.
pub(super) const SAME_GRADE: i32 = 2;
/// The next grade.
pub(super) const NEXT_GRADE: i32 = 1;
/// Two or three grades further: a mistake that is put right, or someone who was skipped.
pub(super) const OTHER_GRADE: i32 = -3;
/// A lower grade, or one far away.
pub(super) const IMPOSSIBLE_GRADE: i32 = -8;

/// The same school, and another one.
pub(super) const SAME_SCHOOL: i32 = 1;
/// Children move.
pub(super) const OTHER_SCHOOL: i32 = -3;
/// The same classes.
pub(super) const SAME_CLASSES: i32 = 6;
/// At least half of the classes.
pub(super) const MOST_CLASSES: i32 = 4;
/// Some of the classes.
pub(super) const SOME_CLASSES: i32 = 1;
/// None of the classes, although the file has some of them.
pub(super) const NO_CLASSES: i32 = -2;

/// From here on two records are one person beyond doubt.
pub(super) const CERTAIN: i32 = 12;
/// From here on most likely.
pub(super) const PROBABLE: i32 = 8;
/// From here on a person should look, when no key agrees …
pub(super) const DOUBTFUL: i32 = 6;
/// … and when one does.
pub(super) const DOUBTFUL_WITH_KEY: i32 = 3;
/// An assignment whose best alternative is closer than this is doubtful.
pub(super) const MARGIN: i32 = 4;
