//! First and last names that no rule treats as spellings of each other.

/// First names.
pub(super) const FIRST: [&str; 24] = [
    "Ava", "Benno", "Chloe", "Dmitri", "Esme", "Fergus", "Gwen", "Hugo", "Ines", "Jamal", "Keiko", "Lorcan",
    "Mwangi", "Noor", "Olga", "Pablo", "Quentin", "Rhys", "Sunniva", "Tomasz", "Umberto", "Vesna", "Wendell",
    "Yusuf",
];
/// Last names.
pub(super) const LAST: [&str; 24] = [
    "Abernathy",
    "Bukowski",
    "Carvalho",
    "Dimitrov",
    "Eastwood",
    "Fitzgerald",
    "Gutierrez",
    "Hakimi",
    "Ibragimov",
    "Jorgensen",
    "Kowalczyk",
    "Lindqvist",
    "Mbeki",
    "Nakashima",
    "Oyelaran",
    "Przybylski",
    "Quispe",
    "Rasmussen",
    "Szabo",
    "Tchaikovsky",
    "Uchida",
    "Vandenberg",
    "Wojtyla",
    "Zimmermann",
];
