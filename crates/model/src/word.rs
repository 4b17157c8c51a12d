//! Enums whose variants are words in JSON, commands and the database.

/// A word that is none of those an enum knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{word}' is not one of: {}", expected.join(", "))]
pub struct UnknownWord {
    /// The word.
    pub word: String,
    /// The words that are known.
    pub expected: &'static [&'static str],
}

/// Defines an enum with a word for each variant.
macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every variant, in the order of the definition.
            pub const ALL: [$name; [$($word),+].len()] = [$($name::$variant),+];

            const WORDS: &[&str] = &[$($word),+];

            /// The word in JSON, commands and the database.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        $crate::word::impl_string_form!($name);
    };
}
pub(crate) use string_enum;

/// Gives a type with `ALL`, `WORDS` and `as_str` its word as display, parse and serde form.
macro_rules! impl_string_form {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::word::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = $name::ALL.iter().find(|known| known.as_str() == text);
                let unknown = || $crate::word::UnknownWord { word: text.to_owned(), expected: $name::WORDS };
                known.copied().ok_or_else(unknown)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(|_| serde::de::Error::unknown_variant(&text, $name::WORDS))
            }
        }
    };
}
pub(crate) use impl_string_form;
