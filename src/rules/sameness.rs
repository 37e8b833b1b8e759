//! Whether long statements of different people say the same: keyed hashes of their word triples, held side by side. (Domain
//! model, section 5.7.)
//!
//! Nothing here can be read back: a hash needs the agency's key, and the key the store's secret. All hashes of a statement
//! are kept, not a sketch of them, so that the answer is exact. What is indexed are its few marks: in one order for all
//! statements, each triple has its place; two statements that share 85 of 100 triples share one of the first 15 (a prefix
//! filter). Long triples come first in that order, since "i want to" stands in half of all goals and would find them all.

use std::{cmp::Reverse, collections::BTreeMap, fmt, hash::Hasher, mem};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siphasher::sip::SipHasher24;

use super::wording::{Text, words_of};
use crate::{
    plan::{Goal, Plan},
    words::Words,
};

/// Words from which a statement is long. Shorter ones are common to many people: "I want my own place".
const LONG: usize = 12;
/// Words that are hashed together.
const TOGETHER: usize = 3;
/// The share of triples, of a hundred, from which two statements say the same.
const ALIKE: usize = 85;
/// The same for the text of whole plans, which holds so much more that chance makes no two of them alike.
const ALIKE_WHOLE: usize = 70;
/// A whole text would need marks for a third of its triples. It has so many sketches in their place, each of the least of its
/// triples in so many orders: two texts that are just alike are missed once in 150 times, and
/// two that are 85 % the same once in 90 000.
const SKETCHES: u64 = 12;
const ORDERS: u64 = 3;
/// Stands for the person's name: no word holds it.
const NAME: &str = "\0";

/// An agency's key. Statements of two agencies can never be held against each other.
#[derive(Clone)]
pub struct Key {
    statements: SipHasher24,
    whole: SipHasher24,
}

/// A statement's word triples as keyed hashes of 64 bits, ascending.
#[derive(Clone, PartialEq, Eq)]
pub struct Shingles(Vec<u64>);

/// What of a plan a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The statement of the goal at this place among all goals.
    Goal(usize),
    /// Live goals, strengths and objectives, taken together.
    Whole,
}

/// A long statement of a plan, or its text as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// What of the plan it is. Only texts of one kind are ever held against each other.
    pub part: Part,
    /// Whether an attestation says that the person had a part in the words; of the whole, in those of every goal.
    pub attested: bool,
    /// The hashes of its word triples.
    pub shingles: Shingles,
    /// What it is found by: statements that say the same have one of these in common.
    pub marks: Vec<i64>,
}

/// What is known beside the plan: how many other people of the agency have the same statements, and whether the same version of
/// its record says something else elsewhere. Looked up before the plan is judged; without a store nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Others {
    people: BTreeMap<Part, usize>,
    other_content: bool,
}

impl Key {
    /// An agency's key, from the store's secret.
    pub fn of(secret: &[u8], agency: &str) -> Self {
        let derived = |what: &[u8]| {
            let mut derived = keyed(secret);
            derived.update(what);
            derived.update(agency.as_bytes());
            let bytes: [u8; 32] = derived.finalize().into_bytes().into();
            let (key, _) = bytes.split_first_chunk().expect("32 bytes begin with 16");
            SipHasher24::new_with_key(key)
        };
        Self { statements: derived(b"ownwords goal wording\0"), whole: derived(b"ownwords whole wording\0") }
    }

    /// The long statements of a plan's live goals.
    pub fn wordings(&self, plan: &Plan) -> Vec<Wording> {
        let names = names(plan);
        plan.live_goals().filter_map(|(index, goal)| self.wording(index, goal, &names)).collect()
    }

    fn wording(&self, index: usize, goal: &Goal, names: &[&str]) -> Option<Wording> {
        let words = long(words_in(goal.statement.text.as_ref()?, names))?;
        let mut triples: Vec<_> = words.windows(TOGETHER).map(|triple| placed(&self.statements, triple)).collect();
        triples.sort_unstable();
        triples.dedup();
        let marks = triples.iter().take(marks_of(triples.len())).map(|(_, hash)| hash.cast_signed()).collect();
        let shingles = Shingles::of(triples.into_iter().map(|(_, hash)| hash).collect());
        Some(Wording { part: Part::Goal(index), attested: goal.is_attested(), shingles, marks })
    }

    /// What the live goals, strengths and objectives of a plan say together, where that is long.
    pub fn whole(&self, plan: &Plan) -> Option<Wording> {
        let names = names(plan);
        let goals = plan.live_goals().filter_map(|(_, goal)| goal.statement.text.as_ref());
        let strengths = plan.strengths.iter().filter_map(|strength| strength.text.as_ref());
        let objectives = plan.objectives.iter().filter_map(|objective| objective.text.as_ref());
        let texts = goals.chain(strengths).chain(objectives);
        let words = long(texts.flat_map(|text| words_in(text, &names)).collect())?;
        let shingles = Shingles::of(words.windows(TOGETHER).map(|triple| hashed(&self.whole, triple)).collect());
        let attested = plan.live_goals().all(|(_, goal)| goal.is_attested());
        let marks = (0..SKETCHES).map(|sketch| shingles.sketch(sketch).cast_signed()).collect();
        Some(Wording { part: Part::Whole, attested, shingles, marks })
    }
}

/// The words, where there are so many that they are long.
fn long(words: Vec<String>) -> Option<Vec<String>> {
    (words.len() >= LONG).then_some(words)
}

fn words_in(text: &Words, names: &[&str]) -> Vec<String> {
    let text = Text::of(text.reveal());
    let in_small = |word: &str| if names.contains(&word) { NAME.to_owned() } else { word.to_lowercase() };
    words_of(text.normal()).map(in_small).collect()
}

/// A triple's place in the order of all triples.
fn placed(key: &SipHasher24, words: &[String]) -> (Reverse<usize>, u64) {
    (Reverse(words.iter().map(String::len).sum()), hashed(key, words))
}

fn hashed(key: &SipHasher24, words: &[String]) -> u64 {
    let mut hash = *key;
    for word in words {
        hash.write(word.as_bytes());
        hash.write(b" ");
    }
    hash.finish()
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

impl Wording {
    /// How many hashes a text has that says the same: no fewer and no more.
    pub fn sizes(&self) -> (usize, usize) {
        let (alike, count) = (self.part.alike(), self.shingles.0.len());
        ((alike * count).div_ceil(100), 100 * count / alike)
    }

    /// Whether another text would be found by this one, and says the same.
    pub fn is_found_in(&self, other: &Self) -> bool {
        let same_kind = mem::discriminant(&self.part) == mem::discriminant(&other.part);
        same_kind && self.marks.iter().any(|mark| other.marks.contains(mark)) && self.is_like(&other.shingles)
    }

    /// Whether a text of the same kind says the same.
    pub fn is_like(&self, other: &Shingles) -> bool {
        let own = &self.shingles.0;
        let shared = own.iter().filter(|hash| other.0.binary_search(hash).is_ok()).count();
        let all = own.len() + other.0.len() - shared;
        100 * shared >= self.part.alike() * all
    }
}

impl Part {
    fn alike(self) -> usize {
        match self {
            Self::Goal(_) => ALIKE,
            Self::Whole => ALIKE_WHOLE,
        }
    }
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

    /// What texts that have much in common are likely to have in common: the least of their hashes, in some orders.
    fn sketch(&self, sketch: u64) -> u64 {
        let least = |order| self.0.iter().map(|hash| mixed(hash ^ mixed(order))).min().unwrap_or(0);
        (0..ORDERS).fold(sketch, |so_far, order| mixed(so_far ^ least(sketch * ORDERS + order + 1)))
    }
}

/// Spreads what a number says over all of its bits (the last step of `SplitMix64`).
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl fmt::Debug for Shingles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shingles({})", self.0.len())
    }
}

impl Others {
    /// So many other people have the same statement.
    pub fn say(&mut self, part: Part, people: usize) {
        self.people.insert(part, people);
    }

    /// How many other people have the same statement.
    pub fn people(&self, part: Part) -> usize {
        self.people.get(&part).copied().unwrap_or(0)
    }

    /// The same version of the record is known with other content.
    pub fn say_other_content(&mut self) {
        self.other_content = true;
    }

    /// Whether the same version of the record is known with other content.
    pub fn has_other_content(&self) -> bool {
        self.other_content
    }
}
