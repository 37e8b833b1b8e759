//! The forms of FHIR's primitive types: their regexes, said as functions since they run over every value, and what R4 asks
//! for beside them (days that exist, numbers that fit, identifiers of fixed schemes).
//!
//! `profiles/r4.table` carries the regexes; a test holds the two together.

use uuid::Uuid;

/// A primitive type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Primitive {
    Base64Binary,
    Boolean,
    Canonical,
    Code,
    Date,
    DateTime,
    Decimal,
    ElementId,
    Id,
    Instant,
    Integer,
    Markdown,
    Oid,
    PositiveInt,
    String,
    Time,
    UnsignedInt,
    Uri,
    Url,
    UuidUri,
    Xhtml,
}

/// FHIR's limit for a text, in bytes; longer ones are counted in characters.
const LONGEST: usize = 1 << 20;

impl Primitive {
    /// The type of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "base64Binary" => Self::Base64Binary,
            "boolean" => Self::Boolean,
            "canonical" => Self::Canonical,
            "code" => Self::Code,
            "date" => Self::Date,
            "dateTime" => Self::DateTime,
            "decimal" => Self::Decimal,
            "id" => Self::Id,
            "instant" => Self::Instant,
            "integer" => Self::Integer,
            "markdown" => Self::Markdown,
            "oid" => Self::Oid,
            "positiveInt" => Self::PositiveInt,
            "string" => Self::String,
            "time" => Self::Time,
            "unsignedInt" => Self::UnsignedInt,
            "uri" => Self::Uri,
            "url" => Self::Url,
            "uuid" => Self::UuidUri,
            "xhtml" => Self::Xhtml,
            _ => return None,
        })
    }

    /// As FHIR spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Base64Binary => "base64Binary",
            Self::Boolean => "boolean",
            Self::Canonical => "canonical",
            Self::Code => "code",
            Self::Date => "date",
            Self::DateTime => "dateTime",
            Self::Decimal => "decimal",
            Self::Id => "id",
            Self::Instant => "instant",
            Self::Integer => "integer",
            Self::Markdown => "markdown",
            Self::Oid => "oid",
            Self::PositiveInt => "positiveInt",
            Self::ElementId | Self::String => "string",
            Self::Time => "time",
            Self::UnsignedInt => "unsignedInt",
            Self::Uri => "uri",
            Self::Url => "url",
            Self::UuidUri => "uuid",
            Self::Xhtml => "xhtml",
        }
    }

    /// What JSON writes the type as.
    pub(super) fn json(self) -> Json {
        match self {
            Self::Boolean => Json::Boolean,
            Self::Decimal | Self::Integer | Self::PositiveInt | Self::UnsignedInt => Json::Number,
            _ => Json::Text,
        }
    }

    /// Whether a value has the type's form. Texts come unescaped, numbers as written.
    pub(super) fn fits(self, value: &str) -> bool {
        match self {
            Self::Boolean | Self::Decimal | Self::Xhtml => true,
            Self::Base64Binary => is_base64(value),
            Self::Code => is_code(value),
            Self::Date => is_date(value, 4),
            Self::DateTime => {
                value.split_once('T').map_or_else(|| is_date(value, 4), |(day, time)| is_moment(day, time))
            }
            Self::Instant => value.split_once('T').is_some_and(|(day, time)| is_moment(day, time)),
            Self::ElementId => is_text(value) && !value.contains(is_space),
            Self::Id => {
                (1..=64).contains(&value.len())
                    && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
            }
            Self::Integer => is_whole(value) && value.parse::<i32>().is_ok(),
            Self::UnsignedInt => is_digits(value) && value.parse::<i32>().is_ok(),
            Self::PositiveInt => is_digits(value) && value.parse::<i32>().is_ok_and(|number| number > 0),
            Self::Markdown | Self::String => is_text(value),
            Self::Oid => value.strip_prefix("urn:oid:").is_some_and(is_oid),
            Self::UuidUri => value.starts_with("urn:uuid:") && is_uri(value),
            Self::Time => is_clock(value),
            Self::Canonical | Self::Uri | Self::Url => is_uri(value),
        }
    }
}

/// How JSON writes a primitive value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Boolean,
    Number,
    Text,
}

impl Json {
    /// The kind that a value's first byte tells.
    pub(super) fn of(first: u8) -> Option<Self> {
        match first {
            b'"' => Some(Self::Text),
            b't' | b'f' => Some(Self::Boolean),
            b'-' | b'0'..=b'9' => Some(Self::Number),
            _ => None,
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
        }
    }
}

fn is_text(value: &str) -> bool {
    !value.is_empty() && (value.len() <= LONGEST || value.chars().count() <= LONGEST)
}

/// White space as FHIR's regexes know it.
fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

fn is_code(value: &str) -> bool {
    !value.is_empty() && value.split(is_space).all(|part| !part.is_empty())
}

fn is_whole(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    digits.bytes().all(|b| b.is_ascii_digit())
}

/// Groups of four letters, with white space between groups only.
fn is_base64(value: &str) -> bool {
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() || *b == b'+' || *b == b'/';
    let parts = || value.split(is_space).filter(|part| !part.is_empty()).map(str::as_bytes);
    let last = parts().next_back().unwrap_or_default();
    let padding = last.iter().rev().take_while(|b| **b == b'=').count();
    let in_fours = parts().all(|part| part.len().is_multiple_of(4));
    let letters = parts().flatten().count() - padding;
    letters > 0 && in_fours && padding <= 2 && parts().flatten().take(letters).all(is_letter)
}

/// No white space; where the scheme fixes the form of the rest, that form.
fn is_uri(value: &str) -> bool {
    if value.is_empty() || value.contains(is_space) {
        return false;
    }
    if let Some(oid) = value.strip_prefix("urn:oid:") {
        is_oid(oid)
    } else if let Some(uuid) = value.strip_prefix("urn:uuid:") {
        uuid.len() == 36 && Uuid::try_parse(uuid).is_ok() && !uuid.bytes().any(|b| b.is_ascii_uppercase())
    } else {
        true
    }
}

fn is_oid(value: &str) -> bool {
    let arc = |part: &str| part == "0" || (!part.starts_with('0') && !part.is_empty() && is_digits(part));
    let mut parts = value.split('.');
    parts.next().is_some_and(|first| matches!(first, "0" | "1" | "2")) && value.contains('.') && parts.all(arc)
}

fn is_digits(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit())
}

/// A year, month or day that the calendar has. `least` is how many characters there must be.
fn is_date(value: &str, least: usize) -> bool {
    let bytes = value.as_bytes();
    let number = |from: usize, to: usize| value.get(from..to).filter(|part| is_digits(part))?.parse::<u16>().ok();
    let Some(year) = number(0, 4).filter(|year| *year > 0) else { return false };
    let month =
        || (bytes.get(4) == Some(&b'-')).then(|| number(5, 7)).flatten().filter(|month| (1..=12).contains(month));
    let day = || (bytes.get(7) == Some(&b'-')).then(|| number(8, 10)).flatten();
    value.len() >= least
        && match value.len() {
            4 => true,
            7 => month().is_some(),
            10 => month().zip(day()).is_some_and(|(month, day)| (1..=days(year, month)).contains(&day)),
            _ => false,
        }
}

fn days(year: u16, month: u16) -> u16 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A day with a time in a zone.
fn is_moment(day: &str, time: &str) -> bool {
    let Some(zone) = time.find(['Z', '+', '-']) else { return false };
    let offset = &time[zone..];
    let is_offset = || {
        let hours_fit =
            offset.get(1..3).is_some_and(|hours| hours < "14" || (hours == "14" && offset.ends_with(":00")));
        offset.len() == 6 && hours_fit && is_sixty(&offset[1..])
    };
    is_date(day, 10) && is_clock(&time[..zone]) && (offset == "Z" || is_offset())
}

/// Two numbers of two digits with a colon, the second below sixty.
fn is_sixty(value: &str) -> bool {
    let bytes = value.as_bytes();
    let is_number = |at: usize| bytes.get(at..at + 2).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    is_number(0) && bytes.get(2) == Some(&b':') && is_number(3) && bytes[3] < b'6'
}

/// Hours, minutes, seconds (a leap second too) and a fraction.
fn is_clock(value: &str) -> bool {
    let (clock, fraction) = value.split_once('.').map_or((value, "0"), |(clock, fraction)| (clock, fraction));
    let hours_fit = clock.get(..2).is_some_and(|hours| hours < "24");
    let seconds_fit = clock.get(6..).is_some_and(|seconds| seconds.len() == 2 && is_digits(seconds) && seconds <= "60");
    hours_fit
        && is_sixty(clock)
        && clock.as_bytes().get(5) == Some(&b':')
        && seconds_fit
        && !fraction.is_empty()
        && is_digits(fraction)
}

/// What R4 advises against in a text; it is no error. Control characters come as escapes only.
pub(super) fn is_odd(value: &str, is_escaped: bool) -> bool {
    value.chars().all(char::is_whitespace) || (is_escaped && value.contains(['\u{b}', '\u{c}']))
}
