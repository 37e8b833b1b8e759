//! Value maps: `codes/*.csv` with the columns `source` and `code`, from what a source says to a code of the plan model.
//! A value the map does not have is kept as given, so that rule DATA-003 can speak of it.

use std::collections::HashMap;

/// How a source value is compared with the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Match {
    /// The whole value, without regard to capitals and to white space around it.
    #[default]
    Whole,
    /// The first entry, in the order of the file, that stands as a word in the value.
    Word,
}

/// What becomes of a value the map does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Unknown {
    /// It is kept as given.
    #[default]
    Keep,
    /// It is left out, and listed as unread unless something else reads it.
    Drop,
}

/// What a map says of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coded<'c> {
    /// This code.
    Code(&'c str),
    /// Nothing: the source's way to say "not given".
    Nothing,
    /// The map does not have it.
    Unknown,
}

/// One value map.
#[derive(Debug)]
pub(super) struct Codes {
    by_value: HashMap<String, Box<str>>,
    in_order: Vec<(String, Box<str>)>,
    pub(super) how: Match,
    pub(super) unknown: Unknown,
}

impl Codes {
    /// Reads a map; the error says what is wrong with the file.
    pub(super) fn read(csv: &[u8], how: Match, unknown: Unknown) -> Result<Self, String> {
        let csv = csv.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(csv);
        let mut reader = csv::ReaderBuilder::new().flexible(true).comment(Some(b'#')).from_reader(csv);
        let headers = reader.headers().map_err(|error| error.to_string())?.clone();
        let place = |name: &str| headers.iter().position(|header| header.trim() == name);
        let (Some(source), Some(code)) = (place("source"), place("code")) else {
            return Err("its first line must name the columns source and code".to_owned());
        };
        let mut codes = Self { by_value: HashMap::new(), in_order: Vec::new(), how, unknown };
        for row in reader.records() {
            let row = row.map_err(|error| error.to_string())?;
            let value = row.get(source).unwrap_or_default().trim().to_lowercase();
            let line = row.position().map_or(0, csv::Position::line);
            let Some(code) = row.get(code) else { return Err(format!("line {line} has no code")) };
            codes.in_order.push((value.clone(), code.trim().into()));
            if codes.by_value.insert(value, code.trim().into()).is_some() {
                return Err(format!("line {line} gives a source value a second time"));
            }
        }
        Ok(codes)
    }

    /// Looks a value up.
    pub(super) fn look_up(&self, value: &str) -> Coded<'_> {
        let value = value.trim().to_lowercase();
        let code = match self.how {
            Match::Whole => self.by_value.get(&value),
            Match::Word => self.in_order.iter().find(|(word, _)| stands_in(word, &value)).map(|(_, code)| code),
        };
        match code.map(|code| &**code) {
            Some("") => Coded::Nothing,
            Some(code) => Coded::Code(code),
            None => Coded::Unknown,
        }
    }
}

fn stands_in(word: &str, text: &str) -> bool {
    let is_edge = |letter: Option<char>| !letter.is_some_and(char::is_alphanumeric);
    text.match_indices(word)
        .any(|(at, _)| is_edge(text[..at].chars().next_back()) && is_edge(text[at + word.len()..].chars().next()))
}
