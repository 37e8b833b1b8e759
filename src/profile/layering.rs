//! Lays a state's policy file over a built-in policy, and an agency's over the state's. An agency may only raise; what
//! would lower what the state fixed is refused, and so is a line that changes nothing.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    built_in::{BUILT_IN, Base, base},
    fault::ProfileError,
    policy_file::{Change, Grace, PolicyFile},
};
use crate::rules::{Circumstance, Layer, Overlay, Policy, Severity, Weights};

/// What the weights of a layer come from.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) layer: Layer,
    pub(super) by: By,
    /// The built-in policy below; nothing where an agency only adds to what the state fixed.
    pub(super) base: Option<&'static str>,
    pub(super) file: Option<Arc<PolicyFile>>,
    /// The overlays and where each stands; nothing for those of the built-in policy.
    pub(super) overlays: Vec<(Overlay, Option<Spot>)>,
    /// The dates that hold for this agency.
    pub(super) grace: Grace,
    weights: BTreeMap<&'static str, Weights>,
}

/// Whose layer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The built-in policy.
    BuiltIn,
    /// The state's policy file.
    State,
    /// The agency's policy file, or the stricter policy it chose.
    Agency,
}

/// A line of a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

impl By {
    /// As the command line says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BuiltIn => "built-in",
            Self::State => "state",
            Self::Agency => "agency",
        }
    }
}

impl Drawn {
    /// A built-in policy as it stands.
    pub(super) fn built_in(name: &str) -> Result<Self, ProfileError> {
        let base = base(name)?;
        Ok(Self::new(By::BuiltIn, Some(base), None))
    }

    /// A state's policy, with the grace it gives an agency.
    pub(super) fn state(file: &Arc<PolicyFile>, agency: Option<&str>) -> Result<Self, ProfileError> {
        Self::alone(By::State, file, agency)
    }

    /// A policy of an agency where no state fixed anything: its own base, and what it makes of it.
    pub(super) fn agency_alone(file: &Arc<PolicyFile>) -> Result<Self, ProfileError> {
        refuse_what_is_the_states(file)?;
        Self::alone(By::Agency, file, None)
    }

    fn alone(by: By, file: &Arc<PolicyFile>, agency: Option<&str>) -> Result<Self, ProfileError> {
        let base = base(file.base.0)?;
        let mut drawn = Self::new(by, Some(base), Some(file));
        for change in &file.floors {
            drawn.change(change.rule, |weights| set(weights, change, base));
        }
        for change in &file.raise {
            let known = drawn.of(change.rule).of(Circumstance::Usual);
            if change.severity < known {
                let lowering = if by == By::State { "; to lower it, say it under floors" } else { "" };
                let (rule, word) = (change.rule, word(known));
                let fault = format!("{rule} weighs {word} here, and raise makes more of a rule, never less{lowering}");
                return Err(lowers(file, change.line, fault));
            }
            drawn.raise(change, base);
        }
        drawn.add_overlays(file)?;
        let granted = agency.and_then(|id| file.agencies.get(id));
        drawn.give(
            file,
            Grace {
                observe_until: granted.and_then(|grace| grace.observe_until).or(file.grace.observe_until),
                enforce_from: with(&file.grace, granted),
            },
        )
    }

    /// What an agency adds to what the state fixed.
    pub(super) fn agency(file: &Arc<PolicyFile>, state: &Self) -> Result<Self, ProfileError> {
        refuse_what_is_the_states(file)?;
        if let Some((_, line)) = file.grace.observe_until {
            let fault =
                "observe_until puts off what the state fixed; only the state may, under agencies in its own file";
            return Err(lowers(file, line, fault.to_owned()));
        }
        let (name, line) = file.base;
        let mut drawn = Self::stricter(name, state, || format!("{} line {line}", file.file))?;
        drawn.file = Some(Arc::clone(file));
        for change in &file.raise {
            let fixed = state.of(change.rule).of(Circumstance::Usual);
            let known = fixed.max(drawn.of(change.rule).of(Circumstance::Usual));
            if change.severity < known {
                let whose = if known == fixed { state.whose(change.rule) } else { format!("policy {name}") };
                let fault = format!(
                    "{} weighs {} by {whose}; an agency may only raise, so say more or take this line out",
                    change.rule,
                    word(known)
                );
                return Err(lowers(file, change.line, fault));
            }
            drawn.raise(change, base(name)?);
        }
        if let Some((_, line)) = file.overlays.iter().find(|(overlay, _)| !overlay.off.is_empty()) {
            let fault = "off lowers what the state fixed; an agency's overlays may say error_becomes of what it raised";
            return Err(lowers(file, *line, fault.to_owned()));
        }
        drawn.add_overlays(file)?;
        for (rule, (_, line)) in &file.grace.enforce_from {
            if state.of(rule).rejects() {
                let fault = format!("{rule} is an error by {}; only the state may put it off", state.whose(rule));
                return Err(lowers(file, *line, fault));
            }
        }
        drawn.give(file, file.grace.clone())
    }

    /// The built-in policy that an agency chose over what the state fixed: as strict as the state's, or stricter.
    pub(super) fn stricter(name: &str, state: &Self, at: impl Fn() -> String) -> Result<Self, ProfileError> {
        let own = base(name)?;
        let rank = |name: &str| BUILT_IN.iter().position(|known| *known == name);
        let states = state.base.unwrap_or_default();
        if rank(name) < rank(states) {
            let fault =
                format!("{name} is less strict than {states}, which the state builds on; take {states} or stricter");
            return Err(ProfileError::Lowers { at: at(), fault });
        }
        let is_more = rank(name) > rank(states);
        let mut drawn = Self::new(By::Agency, is_more.then_some(own), None);
        drawn.overlays.splice(0..0, state.overlays.iter().cloned());
        drawn.draw();
        Ok(drawn)
    }

    /// The policy of one layer, or of two.
    pub(super) fn policy(name: &str, fixed: &Self, raised: Option<&Self>) -> Policy {
        Policy::new(name, fixed.layer.clone(), raised.map(|raised| raised.layer.clone()))
    }

    fn new(by: By, base: Option<&'static Base>, file: Option<&Arc<PolicyFile>>) -> Self {
        let weights = base.map(|base| base.weights.clone()).unwrap_or_default();
        let overlays = base.map(|base| base.overlays.clone()).unwrap_or_default();
        let layer = Base::layer(&weights, overlays.clone());
        Self {
            by,
            base: base.map(|base| base.name),
            file: file.cloned(),
            overlays: overlays.into_iter().map(|overlay| (overlay, None)).collect(),
            grace: Grace::default(),
            layer,
            weights,
        }
    }

    fn of(&self, rule: &str) -> Weights {
        self.weights.get(rule).copied().unwrap_or_default()
    }

    fn change(&mut self, rule: &'static str, change: impl FnOnce(Weights) -> Weights) {
        let weights = self.weights.entry(rule).or_default();
        *weights = change(*weights);
    }

    fn raise(&mut self, change: &Change, base: &Base) {
        self.change(change.rule, |weights| weights.heavier(set(weights, change, base)));
    }

    /// Takes the file's overlays in, after those from below.
    fn add_overlays(&mut self, file: &PolicyFile) -> Result<(), ProfileError> {
        for (overlay, line) in &file.overlays {
            if let Some(fault) = self.idle(overlay) {
                return Err(ProfileError::NoEffect { file: file.file.clone(), line: *line, fault });
            }
            self.overlays.push((overlay.clone(), Some(Spot { file: file.file.clone(), line: *line })));
        }
        self.draw();
        Ok(())
    }

    /// Makes the layer of the weights and overlays as they are now.
    fn draw(&mut self) {
        self.layer = Base::layer(&self.weights, self.overlays.iter().map(|(overlay, _)| overlay.clone()).collect());
    }

    /// Why a part of an overlay changes nothing.
    fn idle(&self, overlay: &Overlay) -> Option<String> {
        if let Some(rule) = overlay.off.iter().find(|rule| self.of(rule) == Weights::default()) {
            return Some(format!("{rule} is off already; take it out of this overlay"));
        }
        let rejects = |area: &&String| {
            self.weights.iter().any(|(rule, weights)| rule.starts_with(&format!("{area}-")) && weights.rejects())
        };
        let idle = overlay.areas.iter().find(|area| !rejects(area))?;
        let whose = if self.by == By::Agency && self.base.is_none() { "that this agency raised " } else { "" };
        Some(format!("no rule of {idle} {whose}is an error here, so this overlay changes nothing; take {idle} out"))
    }

    /// Lays the dates over the finished weights.
    fn give(mut self, file: &PolicyFile, grace: Grace) -> Result<Self, ProfileError> {
        let mut layer = self.layer;
        if let Some((until, _)) = grace.observe_until {
            let observe = base(BUILT_IN[0])?;
            layer = layer.observing(until, &Base::layer(&observe.weights, observe.overlays.clone()));
        }
        for (rule, (from, line)) in &grace.enforce_from {
            if !self.weights.get(rule).is_some_and(|weights| weights.rejects()) {
                let fault = format!("{rule} is no error here, so there is nothing to put off; take this line out");
                return Err(ProfileError::NoEffect { file: file.file.clone(), line: *line, fault });
            }
            layer = layer.enforcing(rule, *from);
        }
        self.layer = layer;
        self.grace = grace;
        Ok(self)
    }

    /// Whose a rule's weight is, for messages.
    fn whose(&self, rule: &str) -> String {
        let changed = self.file.iter().flat_map(|file| {
            let lines = file.floors.iter().chain(&file.raise).filter(|change| change.rule == rule);
            lines.map(|change| format!("the state's policy ({} line {})", file.file, change.line))
        });
        changed
            .last()
            .unwrap_or_else(|| format!("the state's policy, which builds on {}", self.base.unwrap_or_default()))
    }
}

/// A weight that is set. Where the built-in policy has the rule milder than usual, it stays as mild as it was.
fn set(weights: Weights, change: &Change, base: &Base) -> Weights {
    let milder = base.milder.get(change.rule).into_iter().flatten();
    milder.fold(Weights::always(change.severity), |set, circumstance| {
        set.with(*circumstance, weights.of(*circumstance).min(change.severity))
    })
}

fn with(grace: &Grace, granted: Option<&Grace>) -> BTreeMap<&'static str, (jiff::civil::Date, usize)> {
    let mut dates = grace.enforce_from.clone();
    dates.extend(granted.into_iter().flat_map(|granted| granted.enforce_from.clone()));
    dates
}

fn refuse_what_is_the_states(file: &PolicyFile) -> Result<(), ProfileError> {
    if let Some(change) = file.floors.first() {
        let fault = format!("floors are the state's; an agency says {} under raise", change.rule);
        return Err(lowers(file, change.line, fault));
    }
    if let Some((_, line)) = file.expected_ages.first() {
        let fault = "expected_ages is the state's: all agencies are held against the same ages; take this out";
        return Err(lowers(file, *line, fault.to_owned()));
    }
    if file.agencies_line > 0 {
        return Err(lowers(
            file,
            file.agencies_line,
            "agencies are given grace by the state; take this out".to_owned(),
        ));
    }
    Ok(())
}

fn lowers(file: &PolicyFile, line: usize, fault: String) -> ProfileError {
    ProfileError::Lowers { at: format!("{} line {line}", file.file), fault }
}

fn word(severity: Option<Severity>) -> &'static str {
    severity.map_or("off", Severity::as_str)
}
