//! Which policy judges whom: the state's, and for an agency that has one, its own on top of it. All are read and
//! checked when the program starts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

use super::{
    built_in::{self, BUILT_IN},
    explain::{Explained, explain},
    fault::{ProfileError, Source},
    layering::Drawn,
    policy_file::PolicyFile,
};
use crate::{
    config,
    rules::{Policy, Situation, wording::Phrases},
};

/// The policies in force.
#[derive(Clone, Debug)]
pub struct Policies {
    default: Arc<Judging>,
    agencies: BTreeMap<String, Arc<Judging>>,
    wants_period: bool,
}

/// Where a policy comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A built-in one, by its name.
    BuiltIn(String),
    /// A policy file: its name for messages, and its text.
    File(String, String),
}

/// One policy and what it was drawn from.
#[derive(Debug)]
struct Judging {
    policy: Arc<Policy>,
    fixed: Drawn,
    raised: Option<Drawn>,
}

impl Policies {
    /// The policies of the settings, files and all.
    pub fn load(gate: &config::Gate) -> Result<Self, ProfileError> {
        let state = Some(gate.state_policy.as_path()).filter(|file| *file != Path::new(""));
        let state = state.map(Origin::read).transpose()?;
        let own = gate.agency.iter().filter(|agency| !agency.policy.is_empty());
        let agency = |agency: &config::GateAgency| Ok((agency.id.clone(), Origin::named(&agency.policy)?));
        let agencies: Result<Vec<_>, ProfileError> = own.map(agency).collect();
        let mut policies = Self::of(&state.unwrap_or_else(|| Origin::BuiltIn(gate.policy.clone())), agencies?)?;
        policies.wants_period = gate.period_required;
        for agency in gate.agency.iter().filter(|agency| agency.phrases != Path::new("")) {
            policies.add_phrases(&agency.id, phrases(&agency.phrases)?);
        }
        Ok(policies)
    }

    /// Gives an agency its own ready-made phrases, beside whatever policy judges it.
    pub fn add_phrases(&mut self, agency: &str, phrases: Phrases) {
        let judging = self.judging(Some(agency));
        let policy = Policy::clone(&judging.policy).with_phrases(phrases);
        let (fixed, raised) = (judging.fixed.clone(), judging.raised.clone());
        let judging = Judging { policy: Arc::new(policy), fixed, raised };
        self.agencies.insert(agency.to_owned(), Arc::new(judging));
    }

    /// Whether a file must say which days it holds whole (FILE-003).
    pub fn wants_period(&self) -> bool {
        self.wants_period
    }

    /// One built-in policy for everyone.
    pub fn built_in(name: &str) -> Result<Self, ProfileError> {
        Self::of(&Origin::BuiltIn(name.to_owned()), Vec::new())
    }

    /// A built-in policy with the ready-made phrases that the settings have for an agency.
    pub fn built_in_with_phrases(
        name: &str,
        gate: &config::Gate,
        agency: Option<&str>,
    ) -> Result<Arc<Policy>, ProfileError> {
        let policy = built_in::policy(name)?;
        let agency = gate.agency.iter().find(|one| Some(&*one.id) == agency && one.phrases != Path::new(""));
        let Some(agency) = agency else { return Ok(policy) };
        Ok(Arc::new(Policy::clone(&policy).with_phrases(phrases(&agency.phrases)?)))
    }

    /// The policy for everyone, a state's where it is a file, and those of agencies.
    pub fn of(for_all: &Origin, agencies: Vec<(String, Origin)>) -> Result<Self, ProfileError> {
        let state = match for_all {
            Origin::BuiltIn(_) => None,
            Origin::File(file, text) => Some(Arc::new(PolicyFile::read(Source { file, text })?)),
        };
        let own: BTreeMap<String, Origin> = agencies.into_iter().collect();
        let granted = state.iter().flat_map(|state| state.agencies.keys().cloned());
        let ids: BTreeSet<String> = own.keys().cloned().chain(granted).collect();
        let judging = |id: String| {
            let judging = match &state {
                Some(state) => Judging::under(state, &id, own.get(&id)),
                None => own.get(&id).map_or_else(|| Judging::for_all(for_all, None), Judging::alone),
            };
            judging.map(|judging| (id, Arc::new(judging.with_ages_of(state.as_deref()))))
        };
        Ok(Self {
            default: Arc::new(Judging::for_all(for_all, state.as_ref())?.with_ages_of(state.as_deref())),
            agencies: ids.into_iter().map(judging).collect::<Result<_, _>>()?,
            wants_period: false,
        })
    }

    /// The policy that judges an agency's plans; without one of its own, and where no agency is known, the one for
    /// everyone.
    pub fn for_agency(&self, agency: Option<&str>) -> &Arc<Policy> {
        &self.judging(agency).policy
    }

    /// Why each rule weighs what it does for an agency's plans, in a situation and on a day.
    pub fn explain(&self, agency: Option<&str>, situation: &Situation<'_>, day: jiff::civil::Date) -> Explained {
        let judging = self.judging(agency);
        explain(&judging.policy, &judging.fixed, judging.raised.as_ref(), situation, day)
    }

    fn judging(&self, agency: Option<&str>) -> &Judging {
        agency.and_then(|agency| self.agencies.get(agency)).unwrap_or(&self.default)
    }
}

impl Origin {
    /// A built-in policy by its name, or the file of this path.
    pub fn named(policy: &str) -> Result<Self, ProfileError> {
        if BUILT_IN.contains(&policy) { Ok(Self::BuiltIn(policy.to_owned())) } else { Self::read(Path::new(policy)) }
    }

    fn read(file: &Path) -> Result<Self, ProfileError> {
        let text = fs::read_to_string(file);
        let text = text.map_err(|error| ProfileError::NoFile { file: file.to_owned(), kind: error.kind() })?;
        Ok(Self::File(file.display().to_string(), text))
    }
}

impl Judging {
    /// The policy for everyone.
    fn for_all(origin: &Origin, state: Option<&Arc<PolicyFile>>) -> Result<Self, ProfileError> {
        match (state, origin) {
            (Some(state), _) => Ok(Self::drawn(&state.name, Drawn::state(state, None)?, None)),
            (None, origin) => Self::alone(origin),
        }
    }

    /// The policy of an agency where no state fixed anything.
    fn alone(origin: &Origin) -> Result<Self, ProfileError> {
        match origin {
            Origin::BuiltIn(name) => {
                let policy = built_in::policy(name)?;
                Ok(Self { policy, fixed: Drawn::built_in(name)?, raised: None })
            }
            Origin::File(file, text) => {
                let own = Arc::new(PolicyFile::read(Source { file, text })?);
                Ok(Self::drawn(&own.name, Drawn::agency_alone(&own)?, None))
            }
        }
    }

    /// The policy of an agency on top of the state's.
    fn under(state: &Arc<PolicyFile>, id: &str, own: Option<&Origin>) -> Result<Self, ProfileError> {
        let fixed = Drawn::state(state, Some(id))?;
        let (name, raised) = match own {
            None => return Ok(Self::drawn(&state.name, fixed, None)),
            Some(Origin::BuiltIn(name)) => {
                let at = || format!("gate.agency \"{id}\" of the settings");
                (name.clone(), Drawn::stricter(name, &fixed, at)?)
            }
            Some(Origin::File(file, text)) => {
                let own = Arc::new(PolicyFile::read(Source { file, text })?);
                (own.name.clone(), Drawn::agency(&own, &fixed)?)
            }
        };
        Ok(Self::drawn(&format!("{}/{name}", state.name), fixed, Some(raised)))
    }

    /// Held against the state's own ages, where it has any.
    fn with_ages_of(self, state: Option<&PolicyFile>) -> Self {
        let own: Vec<_> = state.iter().flat_map(|state| &state.expected_ages).map(|(one, _)| one.clone()).collect();
        if own.is_empty() {
            return self;
        }
        let policy = Arc::new(Policy::clone(&self.policy).with_ages(&own));
        Self { policy, ..self }
    }

    fn drawn(name: &str, fixed: Drawn, raised: Option<Drawn>) -> Self {
        let policy = Arc::new(Drawn::policy(name, &fixed, raised.as_ref()));
        Self { policy, fixed, raised }
    }
}

/// The ready-made phrases of a file.
fn phrases(file: &Path) -> Result<Phrases, ProfileError> {
    let name = file.display().to_string();
    let fault = |line, fault| ProfileError::Unreadable { file: name.clone(), line, fault };
    let bytes = fs::read(file).map_err(|error| ProfileError::NoFile { file: file.to_owned(), kind: error.kind() })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        fault(line, "this line is not UTF-8; save the file as UTF-8".to_owned())
    })?;
    Phrases::read(&text).map_err(|wrong| fault(wrong.line, wrong.fault))
}
