//! Dates as agencies write them, by the formats a mapping lists, to FHIR dates. What fits no format stays as written, so
//! that the rules can speak of it; no day is ever guessed.
//!
//! A format is written as people write it: `YYYY-MM-DD`, `M/D/YYYY`, `MM/DD/YY`, `YYYY-MM-DD hh:mm:ss`, `D MMM YYYY`.

use std::borrow::Cow;

use jiff::{Timestamp, civil, tz::TimeZone};

/// The formats of one mapping, in order.
#[derive(Debug, Default)]
pub(super) struct Dates {
    formats: Vec<Format>,
    zone: Option<TimeZone>,
}

#[derive(Debug)]
struct Format(Vec<Part>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year,
    ShortYear,
    Month(Digits),
    MonthName,
    Day(Digits),
    Hour(Digits),
    Minute,
    Second,
    Half,
    Sign(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digits {
    Two,
    OneOrTwo,
}

#[derive(Default)]
struct Read {
    year: i16,
    is_short_year: bool,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    is_afternoon: Option<bool>,
    has_time: bool,
}

impl Dates {
    /// Compiles the formats; the error says what is wrong with them.
    pub(super) fn new(formats: &[&str], zone: Option<&str>) -> Result<Self, String> {
        let formats: Vec<Format> = formats.iter().map(|format| Format::read(format)).collect::<Result<_, _>>()?;
        let numeric_order = |format: &&Format| {
            let position = |wanted: fn(&Part) -> bool| format.0.iter().position(wanted);
            let (month, day) = (position(|p| matches!(p, Part::Month(_)))?, position(|p| matches!(p, Part::Day(_)))?);
            let sign = format.0.iter().find_map(|p| if let Part::Sign(sign) = p { Some(*sign) } else { None });
            (format.0.first() != Some(&Part::Year)).then_some((sign, month < day))
        };
        let orders: Vec<_> = formats.iter().filter_map(|format| numeric_order(&format)).collect();
        if orders.iter().any(|(sign, order)| orders.contains(&(*sign, !order))) {
            return Err("one list accepts both month before day and day before month, so 03/04/2026 could be either; please keep the one your export uses".to_owned());
        }
        let zone = match zone {
            Some(name) => Some(
                TimeZone::get(name).map_err(|_| format!("{name} is no time zone; write it as in America/Chicago"))?,
            ),
            None => None,
        };
        Ok(Self { formats, zone })
    }

    /// The date as FHIR writes it, or the text as it came. A year of two digits is not accepted where the century matters.
    pub(super) fn read<'t>(&self, text: &'t str, accepts_short_year: bool) -> Cow<'t, str> {
        if is_fhir_day(text) {
            return Cow::Borrowed(text);
        }
        if text.contains('T') && text.parse::<Timestamp>().is_ok() {
            return Cow::Borrowed(text);
        }
        let read = self
            .formats
            .iter()
            .find_map(|format| format.take(text))
            .filter(|read| accepts_short_year || !read.is_short_year);
        match read.and_then(|read| self.written(&read)) {
            Some(date) => Cow::Owned(date),
            None => Cow::Borrowed(text),
        }
    }

    fn written(&self, read: &Read) -> Option<String> {
        let date = civil::Date::new(read.year, read.month, read.day).ok()?;
        let hour = match read.is_afternoon {
            Some(is_afternoon) => read.hour % 12 + if is_afternoon { 12 } else { 0 },
            None => read.hour,
        };
        let time = civil::Time::new(hour, read.minute, read.second, 0).ok()?;
        match &self.zone {
            Some(zone) if read.has_time && time != civil::Time::midnight() => {
                let zoned = zone.to_ambiguous_zoned_datetime(date.to_datetime(time)).unambiguous().ok()?;
                Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
            }
            _ => Some(date.to_string()),
        }
    }
}

fn is_fhir_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-' && digits(0..4) && digits(5..7) && digits(8..10)
}

impl Format {
    fn read(format: &str) -> Result<Self, String> {
        const WORDS: [(&str, Part); 12] = [
            ("YYYY", Part::Year),
            ("YY", Part::ShortYear),
            ("MMM", Part::MonthName),
            ("MM", Part::Month(Digits::Two)),
            ("M", Part::Month(Digits::OneOrTwo)),
            ("DD", Part::Day(Digits::Two)),
            ("D", Part::Day(Digits::OneOrTwo)),
            ("hh", Part::Hour(Digits::Two)),
            ("h", Part::Hour(Digits::OneOrTwo)),
            ("mm", Part::Minute),
            ("ss", Part::Second),
            ("am", Part::Half),
        ];
        let (mut parts, mut rest) = (Vec::new(), format);
        while let Some(first) = rest.bytes().next() {
            if let Some((word, part)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
                parts.push(*part);
                rest = &rest[word.len()..];
            } else if first.is_ascii() && (!first.is_ascii_alphabetic() || first == b'T') {
                parts.push(Part::Sign(first));
                rest = &rest[1..];
            } else {
                return Err(format!(
                    "{format} is no date format; use YYYY, YY, MMM, MM, M, DD, D, hh, h, mm, ss and am"
                ));
            }
        }
        let has = |wanted: &[Part]| parts.iter().any(|part| wanted.contains(part));
        let is_whole = has(&[Part::Year, Part::ShortYear])
            && has(&[Part::Month(Digits::Two), Part::Month(Digits::OneOrTwo), Part::MonthName])
            && has(&[Part::Day(Digits::Two), Part::Day(Digits::OneOrTwo)]);
        if is_whole { Ok(Self(parts)) } else { Err(format!("{format} needs a year, a month and a day")) }
    }

    /// What the text says in this format; a fraction of a second at the end is passed over.
    fn take(&self, text: &str) -> Option<Read> {
        let (mut read, mut rest) = (Read { month: 1, day: 1, ..Read::default() }, text);
        for part in &self.0 {
            rest = part.take(rest, &mut read)?;
        }
        let fraction = rest.strip_prefix('.').filter(|_| self.0.last() == Some(&Part::Second));
        let is_end = rest.is_empty() || fraction.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        is_end.then_some(read)
    }
}

impl Part {
    fn take<'t>(self, text: &'t str, read: &mut Read) -> Option<&'t str> {
        match self {
            Self::Sign(sign) => return text.strip_prefix(char::from(sign)),
            Self::MonthName => return month_name(text, read),
            Self::Half => {
                let half = text.get(..2)?;
                read.is_afternoon = Some(half.eq_ignore_ascii_case("pm"));
                return (half.eq_ignore_ascii_case("am") || half.eq_ignore_ascii_case("pm")).then(|| &text[2..]);
            }
            _ => {}
        }
        let (least, most) = match self {
            Self::Year => (4, 4),
            Self::Month(Digits::OneOrTwo) | Self::Day(Digits::OneOrTwo) | Self::Hour(Digits::OneOrTwo) => (1, 2),
            _ => (2, 2),
        };
        let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let number = text[..count].parse::<i16>().ok().filter(|_| count >= least)?;
        let small = i8::try_from(number);
        match self {
            Self::Year => read.year = number,
            Self::ShortYear => {
                read.is_short_year = true;
                read.year = if number < 69 { 2000 + number } else { 1900 + number };
            }
            Self::Month(_) => read.month = small.ok()?,
            Self::Day(_) => read.day = small.ok()?,
            Self::Hour(_) => {
                read.has_time = true;
                read.hour = small.ok()?;
            }
            Self::Minute => read.minute = small.ok()?,
            _ => read.second = small.ok()?,
        }
        Some(&text[count..])
    }
}

fn month_name<'t>(text: &'t str, read: &mut Read) -> Option<&'t str> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = text[..length].to_ascii_lowercase();
    let month = NAMES.iter().position(|known| name.len() >= 3 && known.starts_with(&name))?;
    read.month = i8::try_from(month + 1).ok()?;
    Some(text[length..].trim_start_matches('.'))
}
