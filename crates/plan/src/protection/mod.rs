//! What rejected rows name, found in the stored roster: it is not removed in this run.

mod named_classes;
mod named_people;
mod numbers;

pub(crate) use numbers::ProtectedNumbers;
