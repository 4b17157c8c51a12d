//! Names, some of which many bear, are alike, or are not ASCII.

/// First names.
pub(super) const FIRST: [&str; 20] = [
    "José", "Ann", "Anna", "Sunniva", "Ivan", "Zoë", "Chloë", "Benno", "Gwen", "Noor", "Keiko", "Jamal",
    "Maria", "Mario", "Łukasz", "Øydis", "Olga", "Hugo", "Wendell", "Esme",
];
/// Last names.
pub(super) const LAST: [&str; 20] = [
    "García",
    "Lee",
    "Núñez",
    "Abernathy",
    "Szabó",
    "Müller",
    "Quackenbush",
    "Okafor",
    "Lindqvist",
    "Mbeki",
    "Ivanov",
    "Smith",
    "Smyth",
    "Jørgensen",
    "Petrov",
    "Nakashima",
    "Wojtyła",
    "Kowalczyk",
    "Uchida",
    "O'Brien",
];
