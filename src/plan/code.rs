//! Coded values: an enum a vocabulary, each with a last variant that keeps a code the vocabulary does not have.
//!
//! Nothing is dropped: an unknown code stays as `Other` and rule DATA-003 speaks of it.

/// Stands where a code outside its vocabulary must not be shown.
pub const NOT_IN_VOCABULARY: &str = "not-in-vocabulary";

/// What every vocabulary can say of itself.
pub trait Vocabulary {
    /// The vocabulary's name, as in `profiles/plan.schema.json`.
    const NAME: &'static str;
    /// Its codes, in the order of the domain model.
    const CODES: &'static [&'static str];
    /// The code as written in plan JSON.
    fn as_str(&self) -> &str;
    /// Whether the code is outside the vocabulary.
    fn is_other(&self) -> bool;
    /// The code where nothing but codes may be shown: one outside the vocabulary may be anything, prose too.
    fn as_known(&self) -> &str {
        if self.is_other() { NOT_IN_VOCABULARY } else { self.as_str() }
    }
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident $label:literal { $($variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum $name { $($variant,)+ /** A code outside the vocabulary, kept as given. */ Other(Box<str>) }

        impl $crate::plan::code::Vocabulary for $name {
            const NAME: &'static str = $label;
            const CODES: &'static [&'static str] = &[$($code),+];
            fn as_str(&self) -> &str {
                match self { $(Self::$variant => $code,)+ Self::Other(code) => code }
            }
            fn is_other(&self) -> bool {
                matches!(self, Self::Other(_))
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                match code { $($code => Self::$variant,)+ other => Self::Other(other.into()) }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::plan::code::Vocabulary::as_str(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::plan::code::text(deserializer).map(|code| Self::from(&*code))
            }
        }
    };
}
pub(crate) use vocabulary;

/// Reads a string without a copy where the input allows it.
pub(crate) fn text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<std::borrow::Cow<'de, str>, D::Error> {
    struct Text;
    impl<'de> serde::de::Visitor<'de> for Text {
        type Value = std::borrow::Cow<'de, str>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string")
        }
        fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Self::Value, E> {
            Ok(v.into())
        }
        fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
            Ok(v.to_owned().into())
        }
    }
    deserializer.deserialize_str(Text)
}
