//! Whether long statements of different people say the same: keyed hashes of their word triples, held side by side. (Domain
//! model, section 5.7.)
//!
//! Nothing here can be read back: a hash needs the agency's key, and the key the store's secret. All hashes of a statement
//! are kept, not a sketch of them, so that the answer is exact. What is indexed are its few marks: in one order for all
//! statements, each triple has its place; two statements that share 85 of 100 triples share one of the first 15 (a prefix
//! filter). Long triples come first in that order, since "i want to" stands in half of all goals and would find them all.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::wording::{Text, words_of};
use crate::plan::{Goal, Plan};

/// Words from which a statement is long. Shorter ones are common to many people: "I want my own place".
const LONG: usize = 12;
/// Words that are hashed together.
const TOGETHER: usize = 3;
/// The share of triples, of a hundred, from which two statements say the same.
const ALIKE: usize = 85;
/// Stands for the person's name: no word holds it.
const NAME: &str = "\0";

/// An agency's key. Statements of two agencies can never be held against each other.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

/// A statement's word triples as keyed hashes of 64 bits, ascending.
#[derive(Clone, PartialEq, Eq)]
pub struct Shingles(Vec<u64>);

/// A long statement of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// The goal's place among all goals of the plan.
    pub goal: usize,
    /// Whether an attestation says that the person had a part in the words.
    pub attested: bool,
    /// The hashes of its word triples.
    pub shingles: Shingles,
    /// What it is found by: statements that say the same have one of these in common.
    pub marks: Vec<i64>,
}

/// How many other people of the agency have a statement that says the same as a goal of this plan. Looked up before the plan
/// is judged; without a store nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others(BTreeMap<usize, usize>);

impl Key {
    /// An agency's key, from the store's secret.
    pub fn of(secret: &[u8], agency: &str) -> Self {
        let mut derived = keyed(secret);
        derived.update(b"ownwords goal wording\0");
        derived.update(agency.as_bytes());
        Self(keyed(&derived.finalize().into_bytes()))
    }

    /// The long statements of a plan's live goals.
    pub fn wordings(&self, plan: &Plan) -> Vec<Wording> {
        plan.live_goals().filter_map(|(index, goal)| self.wording(index, goal, plan)).collect()
    }

    fn wording(&self, index: usize, goal: &Goal, plan: &Plan) -> Option<Wording> {
        let text = Text::of(goal.statement.text.as_ref()?.reveal());
        let words: Vec<&str> = words_of(text.normal()).collect();
        if words.len() < LONG {
            return None;
        }
        let names = names(plan);
        let in_small = |word: &str| if names.contains(&word) { NAME.to_owned() } else { word.to_lowercase() };
        let words: Vec<String> = words.into_iter().map(in_small).collect();
        let mut triples: Vec<_> = words.windows(TOGETHER).map(|triple| self.triple(triple)).collect();
        triples.sort_unstable();
        triples.dedup();
        let marks = triples.iter().take(marks_of(triples.len())).map(|(_, hash)| hash.cast_signed()).collect();
        let shingles = Shingles::of(triples.into_iter().map(|(_, hash)| hash).collect());
        Some(Wording { goal: index, attested: goal.is_attested(), shingles, marks })
    }

    /// A triple's place in the order of all triples.
    fn triple(&self, words: &[String]) -> (Reverse<usize>, u64) {
        let mut hash = self.0.clone();
        for word in words {
            hash.update(word.as_bytes());
            hash.update(b" ");
        }
        let bytes = hash.finalize().into_bytes();
        let (first, _) = bytes.split_first_chunk().expect("32 bytes begin with 8");
        (Reverse(words.iter().map(String::len).sum()), u64::from_be_bytes(*first))
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// The words of the person's names, as they are written: a template with another name in it is the same template.
fn names(plan: &Plan) -> Vec<&str> {
    let person = &plan.person;
    let called = person.preferred_name.as_deref();
    let written = person.name.iter().flat_map(|name| name.given.iter().chain(&name.family)).map(String::as_str);
    called.into_iter().chain(written).flat_map(words_of).collect()
}

/// How many triples of a statement another one may lack and say the same, and one more.
fn marks_of(triples: usize) -> usize {
    triples - (ALIKE * triples).div_ceil(100) + 1
}

impl Shingles {
    fn of(mut hashes: Vec<u64>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    /// From what `bytes` gave; nothing when it is no such thing.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks();
        let hashes: Vec<u64> = hashes.iter().map(|hash| u64::from_be_bytes(*hash)).collect();
        (rest.is_empty() && hashes.is_sorted()).then_some(Self(hashes))
    }

    /// Eight bytes a hash.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.iter().flat_map(|hash| hash.to_be_bytes()).collect()
    }

    /// How many hashes a statement has that says the same: no fewer and no more.
    pub fn sizes(&self) -> (usize, usize) {
        ((ALIKE * self.0.len()).div_ceil(100), 100 * self.0.len() / ALIKE)
    }

    /// Whether two statements say the same.
    pub fn is_like(&self, other: &Self) -> bool {
        let shared = self.0.iter().filter(|hash| other.0.binary_search(hash).is_ok()).count();
        let all = self.0.len() + other.0.len() - shared;
        100 * shared >= ALIKE * all
    }
}

impl fmt::Debug for Shingles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shingles({})", self.0.len())
    }
}

impl Others {
    /// So many other people have the same statement as this goal.
    pub fn say(&mut self, goal: usize, people: usize) {
        self.0.insert(goal, people);
    }

    /// How many other people have the same statement.
    pub fn people(&self, goal: usize) -> usize {
        self.0.get(&goal).copied().unwrap_or(0)
    }
}
