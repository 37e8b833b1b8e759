//! What each rule weighs: the severities of one policy, looked up by the rule's place in the catalogue.
//!
//! A policy is one layer, or two: what the state fixed, and what an agency raised on top of it; the heavier counts. All
//! tables are made when the policy is read, so that judging only looks up and compares dates. Reading the policy files,
//! and what each may say, is `profile`'s.

use std::{fmt::Write as _, sync::Arc};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::{
    ages::{AgeTable, Expected},
    catalogue::{self, RULES},
    finding::Severity,
    overlay::{Overlay, Situation},
    rule::Rule,
    wording::Phrases,
};
use crate::plan::Plan;

/// A circumstance under which a finding may weigh otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circumstance {
    /// None in particular.
    Usual,
    /// Another goal (or strength) of the plan stands, or a reason why there is none.
    AnotherStands,
    /// The next conversation is 60 days past.
    Overdue60Days,
    /// What is found is a suggestion, and no more under any policy.
    Suggestion,
    /// Staff spoke for the person.
    StaffSpoke,
}

/// What one rule weighs, by circumstance; nothing means off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weights([Option<Severity>; Circumstance::ALL.len()]);

/// What the state, or one agency, makes of each rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    settled: Tables,
    observed: Option<(Date, Tables)>,
    enforced_from: Vec<Option<Date>>,
}

/// Weights in catalogue order, and the same with each overlay over them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Tables {
    weights: Vec<Weights>,
    overlays: Vec<(Overlay, Vec<Weights>)>,
}

/// A layer for one plan on one day.
struct InForce<'a> {
    weights: &'a [Weights],
    overlays: Vec<&'a [Weights]>,
    enforced_from: &'a [Option<Date>],
    day: Date,
}

/// What a rule weighs for one plan on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    weights: Weights,
    rejects_from: [Option<Date>; Circumstance::ALL.len()],
}

/// The severities in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    name: String,
    fixed: Layer,
    raised: Option<Layer>,
    looks_at_age: bool,
    turns: Vec<Date>,
    digest: String,
    phrases: Phrases,
    ages: Option<Arc<AgeTable>>,
}

impl Circumstance {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Usual, Self::AnotherStands, Self::Overdue60Days, Self::Suggestion, Self::StaffSpoke];

    /// As the policy files say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::AnotherStands => "another-stands",
            Self::Overdue60Days => "overdue-60-days",
            Self::Suggestion => "suggestion",
            Self::StaffSpoke => "staff-spoke",
        }
    }
}

impl Weights {
    /// The same in every circumstance.
    pub const fn always(severity: Option<Severity>) -> Self {
        Self([severity; Circumstance::ALL.len()])
    }

    /// What the rule weighs in a circumstance.
    pub const fn of(self, circumstance: Circumstance) -> Option<Severity> {
        self.0[circumstance as usize]
    }

    /// With another weight in one circumstance.
    #[must_use]
    pub const fn with(mut self, circumstance: Circumstance, severity: Option<Severity>) -> Self {
        self.0[circumstance as usize] = severity;
        self
    }

    /// In each circumstance the lesser of the two.
    #[must_use]
    pub fn lesser(self, other: Self) -> Self {
        Self(Circumstance::ALL.map(|circumstance| self.of(circumstance).min(other.of(circumstance))))
    }

    /// In each circumstance the heavier of the two.
    #[must_use]
    pub fn heavier(self, other: Self) -> Self {
        Self(Circumstance::ALL.map(|circumstance| self.of(circumstance).max(other.of(circumstance))))
    }

    /// Whether the rule sends a plan back in any circumstance.
    pub fn rejects(self) -> bool {
        self.0.contains(&Some(Severity::Error))
    }

    pub(super) fn with_errors_as(self, lesser: Severity) -> Self {
        Self(self.0.map(|severity| severity.map(|s| if s == Severity::Error { lesser } else { s })))
    }

    fn is_off(self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

impl Standing {
    /// What the rule weighs in a circumstance.
    pub fn of(self, circumstance: Circumstance) -> Option<Severity> {
        self.weights.of(circumstance)
    }

    /// The day from which what is a warning now will be an error.
    pub fn rejects_from(self, circumstance: Circumstance) -> Option<Date> {
        self.rejects_from[circumstance as usize]
    }

    /// These weights, errors being warnings until a day.
    fn until(day: Option<Date>, weights: Weights) -> Self {
        let Some(day) = day else { return Self { weights, ..Self::default() } };
        let is_error = |circumstance| weights.of(circumstance) == Some(Severity::Error);
        let rejects_from = Circumstance::ALL.map(|circumstance| is_error(circumstance).then_some(day));
        Self { weights: weights.with_errors_as(Severity::Warning), rejects_from }
    }

    /// The heavier of both; of two days from which it rejects, the first.
    fn and(self, other: Self) -> Self {
        let weights = self.weights.heavier(other.weights);
        let rejects_from = Circumstance::ALL.map(|circumstance| {
            let days = [self, other].into_iter().filter_map(|one| one.rejects_from(circumstance));
            days.min().filter(|_| weights.of(circumstance) != Some(Severity::Error))
        });
        Self { weights, rejects_from }
    }
}

impl Tables {
    fn new(weights: Vec<Weights>, overlays: Vec<Overlay>) -> Self {
        let overlays = overlays.into_iter().map(|overlay| (overlay.over(&weights), overlay));
        let overlays = overlays.map(|(weights, overlay)| (overlay, weights)).collect();
        Self { weights, overlays }
    }

    /// Nothing weighs more than in the other.
    fn capped(&self, other: &Self) -> Self {
        let lesser = |one: &[Weights], other: &[Weights]| -> Vec<Weights> {
            one.iter().zip(other).map(|(one, other)| one.lesser(*other)).collect()
        };
        let own = self.overlays.iter().map(|(overlay, table)| (overlay.clone(), lesser(table, &other.weights)));
        let theirs = other.overlays.iter().map(|(overlay, table)| (overlay.clone(), lesser(table, &self.weights)));
        Self { weights: lesser(&self.weights, &other.weights), overlays: own.chain(theirs).collect() }
    }

    fn say(&self, text: &mut String) {
        let overlays = self.overlays.iter().map(|(overlay, table)| (overlay.when.in_words(), table));
        for (when, table) in std::iter::once((String::new(), &self.weights)).chain(overlays) {
            write!(text, "[{when}]").expect("writing to a string cannot fail");
            for (rule, weights) in RULES.iter().zip(table) {
                let letters = weights.0.map(|severity| severity.map_or("-", |severity| &severity.as_str()[..1]));
                write!(text, "{}={} ", rule.id, letters.concat()).expect("writing to a string cannot fail");
            }
        }
    }
}

impl Layer {
    /// A layer of the weights of each rule, asked for in catalogue order, with overlays.
    pub fn new(weights: impl FnMut(&'static Rule) -> Weights, overlays: Vec<Overlay>) -> Self {
        let weights = RULES.iter().copied().map(weights).collect();
        Self { settled: Tables::new(weights, overlays), observed: None, enforced_from: vec![None; RULES.len()] }
    }

    /// Before a day, no rule weighs more than it does by another layer.
    #[must_use]
    pub fn observing(mut self, until: Date, observe: &Self) -> Self {
        self.observed = Some((until, self.settled.capped(&observe.settled)));
        self
    }

    /// Before a day, an error of this rule is a warning.
    #[must_use]
    pub fn enforcing(mut self, rule_id: &str, from: Date) -> Self {
        if let Some(place) = catalogue::place(rule_id) {
            self.enforced_from[place] = Some(from);
        }
        self
    }

    /// What a rule weighs once every day has come, for plans that no overlay covers. One that is not in the catalogue
    /// is off.
    pub fn weights(&self, rule_id: &str) -> Weights {
        catalogue::place(rule_id).map_or_else(Weights::default, |place| self.settled.weights[place])
    }

    /// The overlays with what each makes of a rule.
    pub fn overlays<'a>(&'a self, rule_id: &str) -> impl Iterator<Item = (&'a Overlay, Weights)> {
        let place = catalogue::place(rule_id);
        let of = move |table: &[Weights]| place.map_or_else(Weights::default, |place| table[place]);
        self.settled.overlays.iter().map(move |(overlay, table)| (overlay, of(table)))
    }

    fn on<'a>(&'a self, situation: &Situation<'_>, day: Date) -> InForce<'a> {
        let tables = match &self.observed {
            Some((until, tables)) if day < *until => tables,
            _ => &self.settled,
        };
        let covering = tables.overlays.iter().filter(|(overlay, _)| overlay.when.covers(situation));
        let overlays = covering.map(|(_, table)| table.as_slice()).collect();
        InForce { weights: &tables.weights, overlays, enforced_from: &self.enforced_from, day }
    }

    fn turns(&self) -> impl Iterator<Item = Date> {
        self.observed.iter().map(|(until, _)| *until).chain(self.enforced_from.iter().copied().flatten())
    }

    fn looks_at_age(&self) -> bool {
        let tables = self.observed.iter().map(|(_, tables)| tables).chain([&self.settled]);
        tables.flat_map(|tables| &tables.overlays).any(|(overlay, _)| overlay.when.age_group.is_some())
    }

    /// Everything that tells the layer from another.
    fn say(&self, text: &mut String) {
        self.settled.say(text);
        if let Some((until, tables)) = &self.observed {
            write!(text, "observe until {until}").expect("writing to a string cannot fail");
            tables.say(text);
        }
        for (rule, from) in RULES.iter().zip(&self.enforced_from) {
            if let Some(from) = from {
                write!(text, "{} from {from} ", rule.id).expect("writing to a string cannot fail");
            }
        }
    }
}

impl InForce<'_> {
    /// Every overlay only takes away, so the order in which they are laid does not matter.
    fn standing(&self, index: usize) -> Standing {
        let weights = self.overlays.iter().fold(self.weights[index], |weights, table| weights.lesser(table[index]));
        Standing::until(self.enforced_from[index].filter(|from| self.day < *from), weights)
    }
}

impl Policy {
    /// A policy of what is fixed, and of what an agency raises on top of it.
    pub fn new(name: &str, fixed: Layer, raised: Option<Layer>) -> Self {
        let layers = || std::iter::once(&fixed).chain(&raised);
        let mut turns: Vec<_> = layers().flat_map(Layer::turns).collect();
        turns.sort_unstable();
        turns.dedup();
        let mut text = String::new();
        layers().for_each(|layer| layer.say(&mut text));
        let looks_at_age = layers().any(Layer::looks_at_age);
        let digest = short_digest(&text);
        Self {
            name: name.to_owned(),
            fixed,
            raised,
            looks_at_age,
            turns,
            digest,
            phrases: Phrases::default(),
            ages: None,
        }
    }

    /// The same policy for an agency with ready-made phrases of its own.
    #[must_use]
    pub fn with_phrases(mut self, phrases: Phrases) -> Self {
        if let Some(list) = phrases.digest() {
            self.digest = short_digest(&format!("{} {list}", self.digest));
        }
        self.phrases = phrases;
        self
    }

    /// The agency's own ready-made phrases.
    pub fn phrases(&self) -> &Phrases {
        &self.phrases
    }

    /// The same policy with a state's own table of ages.
    #[must_use]
    pub fn with_ages(mut self, own: &[Expected]) -> Self {
        self.digest = short_digest(&format!("{} {own:?}", self.digest));
        self.ages = Some(Arc::new(self.ages().with(own)));
        self
    }

    /// At which ages which answers are expected.
    pub fn ages(&self) -> &AgeTable {
        self.ages.as_deref().unwrap_or_else(|| AgeTable::built_in())
    }

    /// Such as `standard`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What tells this policy, as it is in force on a day, from every other: such as `standard@1a2b3c4d`, and with `+1`
    /// after the first of its days has come. Plans that come again under another one are judged again.
    pub fn identity(&self, day: Date) -> String {
        let passed = self.turns.iter().filter(|turn| **turn <= day).count();
        let passed = if passed == 0 { String::new() } else { format!("+{passed}") };
        format!("{}@{}{passed}", self.name, self.digest)
    }

    /// What a rule usually weighs once every day has come; nothing when it is off or not in the catalogue.
    pub fn severity(&self, rule_id: &str) -> Option<Severity> {
        self.severity_when(rule_id, Circumstance::Usual)
    }

    /// What a rule weighs in a circumstance once every day has come, for plans that no overlay covers.
    pub fn severity_when(&self, rule_id: &str, circumstance: Circumstance) -> Option<Severity> {
        let raised = self.raised.as_ref().and_then(|layer| layer.weights(rule_id).of(circumstance));
        self.fixed.weights(rule_id).of(circumstance).max(raised)
    }

    /// What a rule weighs in a situation on a day; nothing when it is not in the catalogue.
    pub fn standing(&self, rule_id: &str, situation: &Situation<'_>, day: Date) -> Option<Standing> {
        Some(self.on(situation, day)(catalogue::place(rule_id)?))
    }

    /// What each rule weighs for one plan on a day, in catalogue order, rules that are off left out.
    pub fn in_force(&self, plan: &Plan, day: Date) -> impl Iterator<Item = (&'static Rule, Standing)> {
        let situation = Situation::of(plan, self.looks_at_age.then_some(day));
        let standing = self.on(&situation, day);
        let all = RULES.iter().enumerate().map(move |(index, rule)| (*rule, standing(index)));
        all.filter(|(_, standing)| !standing.weights.is_off())
    }

    /// The standing of each place of the catalogue.
    fn on<'a>(&'a self, situation: &Situation<'_>, day: Date) -> impl Fn(usize) -> Standing + use<'a> {
        let (fixed, raised) =
            (self.fixed.on(situation, day), self.raised.as_ref().map(|layer| layer.on(situation, day)));
        move |index| match &raised {
            Some(raised) => fixed.standing(index).and(raised.standing(index)),
            None => fixed.standing(index),
        }
    }
}

fn short_digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
