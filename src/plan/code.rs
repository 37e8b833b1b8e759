//! Coded values: an enum a vocabulary, each with a last variant that keeps a code the vocabulary does not have.
//!
//! Nothing is dropped: an unknown code stays as `Other` and rule DATA-003 speaks of it.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{self, Unexpected, Visitor},
};

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
                let codes = <Self as $crate::plan::code::Vocabulary>::CODES;
                $crate::plan::code::read(deserializer, codes).map(|code| Self::from(&*code))
            }
        }
    };
}
pub(crate) use vocabulary;

/// Codes as a message names them: `a, b or c`.
pub(crate) fn one_of(codes: &[&str]) -> String {
    match codes {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        codes => codes.concat(),
    }
}

/// Reads a code without a copy where the input allows it. True and false are read as yes and no where these are codes.
pub(crate) fn read<'de, D>(deserializer: D, codes: &'static [&'static str]) -> Result<Cow<'de, str>, D::Error>
where
    D: Deserializer<'de>,
{
    deserializer.deserialize_any(Code(codes))
}

struct Code(&'static [&'static str]);

impl<'de> Visitor<'de> for Code {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {}", one_of(self.0))
    }

    fn visit_borrowed_str<E>(self, code: &'de str) -> Result<Self::Value, E> {
        Ok(code.into())
    }

    fn visit_str<E>(self, code: &str) -> Result<Self::Value, E> {
        Ok(code.to_owned().into())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        let code = if value { "yes" } else { "no" };
        if self.0.contains(&code) { Ok(code.into()) } else { Err(E::invalid_type(Unexpected::Bool(value), &self)) }
    }
}
