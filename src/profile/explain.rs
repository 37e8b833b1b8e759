//! Why a rule weighs what it does: the steps from the built-in policy over the state's file to the agency's, with their
//! lines. What it weighs is asked of the policy itself.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{
    built_in::{BUILT_IN, base},
    layering::{By, Drawn, Spot},
};
use crate::rules::{Circumstance, Policy, Rule, Severity, Situation, Standing, Weights, catalogue::RULES};

/// A policy as it is in force for some plans on a day.
#[derive(Debug)]
pub struct Explained {
    /// What tells it from every other (`Policy::identity`).
    pub policy: String,
    /// The day.
    pub day: Date,
    /// What the files name as their basis.
    pub basis: Vec<String>,
    /// Every rule of the catalogue, in its order.
    pub rules: Vec<ExplainedRule>,
}

/// A rule, what it weighs and why.
#[derive(Debug)]
pub struct ExplainedRule {
    /// The rule.
    pub rule: &'static Rule,
    /// What it weighs in each circumstance.
    pub standing: Standing,
    /// From where, the first step first.
    pub steps: Vec<Step>,
}

/// One step on the way to a severity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What happens here.
    pub what: What,
    /// Where it is said; nothing for what is built in.
    pub spot: Option<Spot>,
    /// What the rule usually weighs after it, in this layer.
    pub severity: Option<Severity>,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A built-in policy says so.
    BuiltIn(&'static str),
    /// A policy file fixes it.
    Fixed(By),
    /// A policy file raises it.
    Raised(By),
    /// An overlay covers these plans.
    Overlay,
    /// No more than observed until a day.
    ObservedUntil(Date),
    /// An error is a warning until a day.
    GraceUntil(Date),
}

pub(super) fn explain(
    policy: &Policy,
    fixed: &Drawn,
    raised: Option<&Drawn>,
    situation: &Situation<'_>,
    day: Date,
) -> Explained {
    let explained = |rule: &&'static Rule| ExplainedRule {
        rule,
        standing: policy.standing(rule.id, situation, day).unwrap_or_default(),
        steps: [Some(fixed), raised]
            .into_iter()
            .flatten()
            .flat_map(|drawn| steps(drawn, rule, situation, day))
            .collect(),
    };
    let files = [Some(fixed), raised].into_iter().flatten().filter_map(|drawn| drawn.file.as_ref());
    Explained {
        policy: policy.identity(day),
        day,
        basis: files.filter_map(|file| file.basis.clone()).collect(),
        rules: RULES.iter().map(explained).collect(),
    }
}

fn steps(drawn: &Drawn, rule: &Rule, situation: &Situation<'_>, day: Date) -> Vec<Step> {
    let usual = |weights: Weights| weights.of(Circumstance::Usual);
    let observed = |name: &str| base(name).ok().and_then(|base| usual(*base.weights.get(rule.id)?));
    let mut steps = Vec::new();
    if let Some(name) = drawn.base {
        steps.push(Step { what: What::BuiltIn(name), spot: None, severity: observed(name) });
    }
    steps.extend(changes(drawn, rule));
    let mut severity = usual(drawn.layer.weights(rule.id));
    for ((overlay, table), (_, spot)) in drawn.layer.overlays(rule.id).zip(&drawn.overlays) {
        if overlay.when.covers(situation) && usual(table) < severity {
            severity = usual(table);
            steps.push(Step { what: What::Overlay, spot: spot.clone(), severity });
        }
    }
    let spot = |line: usize| drawn.file.as_ref().map(|file| Spot { file: file.file.clone(), line });
    if let Some((until, line)) = drawn.grace.observe_until.filter(|(until, _)| day < *until) {
        let most = observed(BUILT_IN[0]);
        if most < severity {
            severity = most;
            steps.push(Step { what: What::ObservedUntil(until), spot: spot(line), severity });
        }
    }
    if let Some((until, line)) = drawn.grace.enforce_from.get(rule.id).filter(|(until, _)| day < *until)
        && severity == Some(Severity::Error)
    {
        let severity = Some(Severity::Warning);
        steps.push(Step { what: What::GraceUntil(*until), spot: spot(*line), severity });
    }
    steps
}

/// What the layer's file says of the rule itself.
fn changes(drawn: &Drawn, rule: &Rule) -> Vec<Step> {
    let Some(file) = &drawn.file else { return Vec::new() };
    let floors = file.floors.iter().map(|change| (What::Fixed(drawn.by), change));
    let raise = file.raise.iter().map(|change| (What::Raised(drawn.by), change));
    let named = floors.chain(raise).filter(|(_, change)| change.rule == rule.id);
    let step = |(what, change): (What, &super::policy_file::Change)| {
        let spot = Some(Spot { file: file.file.clone(), line: change.line });
        Step { what, spot, severity: change.severity }
    };
    named.map(step).collect()
}

impl Explained {
    /// As programs read it.
    pub fn json(&self) -> Value {
        let rules: Vec<_> = self.rules.iter().map(ExplainedRule::json).collect();
        json!({ "policy": self.policy, "day": self.day, "basis": self.basis, "rules": rules })
    }
}

impl ExplainedRule {
    fn json(&self) -> Value {
        let other = Circumstance::ALL.into_iter().filter(|one| self.standing.of(*one) != self.usual());
        let other = other.map(|one| (one.as_str().to_owned(), json!(word(self.standing.of(one))))).collect();
        json!({
            "rule": self.rule.id, "name": self.rule.name,
            "severity": word(self.usual()), "floor": word(self.rule.floor),
            "circumstances": Value::Object(other), "rejects_from": self.standing.rejects_from(Circumstance::Usual),
            "from": self.steps.iter().map(Step::json).collect::<Vec<_>>(),
        })
    }

    /// What the rule weighs in no circumstance in particular.
    pub fn usual(&self) -> Option<Severity> {
        self.standing.of(Circumstance::Usual)
    }
}

impl Step {
    fn json(&self) -> Value {
        let (what, detail) = match self.what {
            What::BuiltIn(name) => ("built-in", json!(name)),
            What::Fixed(by) => ("floor", json!(by.as_str())),
            What::Raised(by) => ("raise", json!(by.as_str())),
            What::Overlay => ("overlay", Value::Null),
            What::ObservedUntil(day) => ("observe-until", json!(day)),
            What::GraceUntil(day) => ("grace-until", json!(day)),
        };
        let place = self.spot.as_ref().map(|spot| json!({ "file": spot.file, "line": spot.line }));
        json!({ "step": what, "of": detail, "place": place, "severity": word(self.severity) })
    }

    /// As people read it, such as `state.toml:4 raises to error`.
    pub fn in_words(&self) -> String {
        let at = self.spot.as_ref().map_or_else(String::new, |spot| format!(" ({}:{})", spot.file, spot.line));
        let word = word(self.severity);
        match self.what {
            What::BuiltIn(name) => format!("{name}: {word}"),
            What::Fixed(by) => format!("{} fixes {word}{at}", by.as_str()),
            What::Raised(by) => format!("{} raises to {word}{at}", by.as_str()),
            What::Overlay => format!("overlay makes it {word}{at}"),
            What::ObservedUntil(day) => format!("observed until {day}: {word}{at}"),
            What::GraceUntil(day) => format!("grace until {day}: {word}{at}"),
        }
    }
}

fn word(severity: Option<Severity>) -> &'static str {
    severity.map_or("off", Severity::as_str)
}
