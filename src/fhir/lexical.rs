//! What FHIR's primitive types take. A value that does not fit is `None` and is left out; the plan keeps it.
//!
//! Only the form is looked at here, never the meaning, and nothing is mended: a text goes out byte for byte or not at all.

use uuid::Uuid;

use crate::{
    plan::{code::Vocabulary, date::PlanDate},
    words::Words,
};

/// FHIR forbids strings longer than this.
const LONGEST: usize = 1_048_576;

/// A person's words as a FHIR string.
pub(super) fn said(words: Option<&Words>) -> Option<&str> {
    words.map(Words::reveal).and_then(text)
}

/// A name or label as a FHIR string.
pub(super) fn given(value: Option<&String>) -> Option<&str> {
    value.map(String::as_str).and_then(text)
}

/// A FHIR string: something besides white space and control characters, and not too long.
pub(super) fn text(value: &str) -> Option<&str> {
    let says_something = value.chars().any(|c| c > ' ' && !c.is_whitespace());
    (says_something && (value.len() <= LONGEST || value.chars().count() <= LONGEST)).then_some(value)
}

/// A FHIR code: no white space but single spaces inside.
pub(super) fn code(value: &str) -> Option<&str> {
    let stray = |letter: char| letter.is_whitespace() || letter.is_control();
    let fits = !value.is_empty() && value.split(' ').all(|part| !part.is_empty() && !part.contains(stray));
    fits.then_some(value)
}

/// A code of one of our vocabularies; a code from outside is left out.
pub(super) fn known<V: Vocabulary>(value: Option<&V>) -> Option<&str> {
    value.filter(|value| !value.is_other()).map(Vocabulary::as_str)
}

/// Whether a name has the form of a LOINC code: digits, and a check digit that fits them.
pub(super) fn is_loinc(name: &str) -> bool {
    let Some((digits, check)) = name.split_once('-') else { return false };
    let fits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !fits(digits, 7) || !fits(check, 1) {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 })
        .map(|product| product / 10 + product % 10)
        .sum();
    check.bytes().all(|byte| u32::from(byte - b'0') == (10 - sum % 10) % 10)
}

/// An absolute URI, and a well-formed one where its scheme is strict.
pub(super) fn uri(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once(':')?;
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let plain = value.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&b));
    let strict = if let Some(oid) = value.strip_prefix("urn:oid:") {
        is_oid(oid)
    } else if let Some(uuid) = value.strip_prefix("urn:uuid:") {
        Uuid::try_parse(uuid).is_ok() && uuid.len() == 36 && uuid == uuid.to_ascii_lowercase()
    } else {
        true
    };
    (scheme_fits && !rest.is_empty() && plain && strict).then_some(value)
}

fn is_oid(value: &str) -> bool {
    let arc = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    value.starts_with(['0', '1', '2']) && value.contains('.') && value.split('.').all(arc)
}

/// A language tag of BCP-47's form.
pub(super) fn language(value: &str) -> Option<&str> {
    let mut parts = value.split('-');
    let first = parts.next()?;
    let first_fits = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    let rest_fits = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && value.rsplit('-').next().is_some_and(|last| last.len() > 1);
    (first_fits && rest_fits).then_some(value)
}

/// A FHIR `date`, cut from a longer value where there is a time.
pub(super) fn date(value: Option<&PlanDate>) -> Option<&str> {
    value.and_then(PlanDate::date_part).filter(|date| !date.starts_with("0000"))
}

/// A FHIR `dateTime`: with its time where that has FHIR's form, else the day.
pub(super) fn date_time(value: Option<&PlanDate>) -> Option<&str> {
    let date = date(value)?;
    let whole = value.map_or(date, PlanDate::as_str);
    Some(if has_fhir_time(&whole[date.len()..]) { whole } else { date })
}

/// A FHIR `dateTime` that names the day at least.
pub(super) fn moment(value: Option<&PlanDate>) -> Option<&str> {
    date_time(value).filter(|moment| moment.len() >= 10)
}

/// A FHIR `instant`, where the value names one.
pub(super) fn instant(value: Option<&PlanDate>) -> Option<&str> {
    date_time(value).filter(|moment| moment.len() > 10)
}

fn has_fhir_time(time: &str) -> bool {
    let bytes = time.as_bytes();
    let Some(zone) = time.rfind(['Z', '+', '-']) else { return false };
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let clock = bytes.first() == Some(&b'T') && digits(1..3) && digits(4..6) && digits(7..9);
    let colons = bytes.get(3) == Some(&b':') && bytes.get(6) == Some(&b':');
    let fraction = zone == 9 || (zone > 10 && bytes.get(9) == Some(&b'.') && digits(10..zone));
    let offset = match &time[zone..] {
        "Z" => true,
        offset => {
            offset.len() == 6
                && digits(zone + 1..zone + 3)
                && bytes[zone + 3] == b':'
                && digits(zone + 4..zone + 6)
                && (&offset[1..3] < "14" || &offset[1..] == "14:00")
        }
    };
    zone >= 9 && clock && colons && fraction && offset
}
