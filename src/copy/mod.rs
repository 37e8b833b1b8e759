//! The person's readable copy of a plan: their own words first and untouched, in plain language, English or Spanish.
//!
//! `section` walks the plan and lays `Block`s down in reading order; `phrase` and `spoken` hold every word of ours, in both
//! languages; `text` prints the blocks, `pdf` as a PDF in large print. What a plan holds for programs (codes, identifiers, demographics, diagnoses, guesses
//! about stages) is left out: this is for the person, and for whoever they hand it to.

mod pdf;
mod phrase;
mod section;
mod spoken;
mod text;

use std::io::{self, Write};

use crate::{plan::Plan, words::Words};

pub use pdf::NoPdf;

/// The language of our words around the person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
}

/// What a block is, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The line by which a program finds this version again.
    Marker,
    /// The name of the whole.
    Title,
    /// A part of it.
    Heading,
    /// What the next lines are about.
    Lead,
    /// Words of the record, as they stand there and alone.
    Told,
    /// A sentence of ours, perhaps with a value of the record.
    Line,
    /// One of several.
    Item,
}

/// A piece of the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: Words,
    /// The language of the text, BCP-47, where the record tells it.
    pub language: Option<String>,
}

/// A plan as its person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The language of our words.
    pub language: Language,
    /// The pieces in reading order.
    pub blocks: Vec<Block>,
}

impl Copy {
    /// The copy of a plan. `marker` is a first line for programs, where the copy goes to a record system.
    pub fn of(plan: &Plan, language: Language, marker: Option<&str>) -> Self {
        let mut copy = Self { language, blocks: Vec::new() };
        marker.into_iter().for_each(|marker| copy.push(Kind::Marker, marker));
        section::write(plan, &mut copy);
        copy
    }

    /// As plain text.
    pub fn text(&self) -> Words {
        text::of(self)
    }

    /// The bytes of the plain text, for a document.
    pub fn bytes(&self) -> Vec<u8> {
        self.text().reveal().as_bytes().to_vec()
    }

    /// As a PDF in large print, for screen readers too; the same copy gives the same bytes.
    pub fn pdf(&self) -> Result<Vec<u8>, NoPdf> {
        pdf::of(self)
    }

    /// Prints it as plain text, for whoever asked for the copy.
    pub fn print(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(self.text().reveal().as_bytes())
    }
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// Its BCP-47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language of a tag such as `es-PR`, if it is one of these.
    pub fn named(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(first))
    }

    /// The person's own language where we have it, else English: their words stay as they are in any case.
    pub fn of(plan: &Plan) -> Self {
        plan.person.primary_language.as_deref().and_then(Self::named).unwrap_or(Self::English)
    }

    /// Of two wordings the one in this language.
    fn pick(self, (english, spanish): (&'static str, &'static str)) -> &'static str {
        match self {
            Self::English => english,
            Self::Spanish => spanish,
        }
    }
}
