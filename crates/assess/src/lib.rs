//! Looks at a checked roster as a whole, beside the stored one, before anything is planned from its rows.
//!
//! People of the file are aligned with stored people by several attributes at once (`align`), so that one column can be judged by the
//! others. What follows is a finding with its numbers: the file is another district's (`plausibility`), a column stands beside other
//! people (`moved`), or values were emptied, damaged or filled over many people, and the stored ones are kept (`keep`). Pure: the
//! same two rosters give the same assessment.

mod align;
mod assess;
mod charset;
mod class_origins;
mod classes_of;
mod damage;
mod doubts;
mod escapes;
mod grades;
mod keep;
mod kept;
mod key_index;
mod lost_letters;
mod many;
mod member;
mod misread;
mod moved;
mod names;
mod order;
mod pair;
mod placeholders;
mod places;
mod plausibility;
mod side;
mod teachings;
mod year;

pub use assess::{Assessment, assess};
