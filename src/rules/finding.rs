//! What judging a plan yields: findings, each with its rule and place in the plan, and the verdict they add up to.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

/// How much a finding weighs under the policy in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to change.
    Information,
    /// Please look; the plan is accepted.
    Warning,
    /// The plan is sent back.
    Error,
}

impl Severity {
    /// As FHIR's issue-severity says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding. Its texts never hold the person's words, a name or any other prose of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's permanent id, such as `GOAL-010`.
    pub rule: &'static str,
    /// Its weight here.
    pub severity: Severity,
    /// JSON pointer into the plan; empty for the whole plan.
    pub pointer: String,
    /// What to tell the colleague who can mend it.
    pub message: String,
    /// Marker ids and counts only, such as `markers=C1,C3`.
    pub diagnostics: String,
}

/// What a judgement comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No error and no warning.
    Accepted,
    /// No error, at least one warning.
    AcceptedWithWarnings,
    /// At least one error: kept whole and visible, never passed on.
    Rejected,
}

impl Outcome {
    /// As the command line, the API and the store say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedWithWarnings => "accepted_with_warnings",
            Self::Rejected => "rejected",
        }
    }
}

/// The findings on one plan, in catalogue order and then in plan order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// As people read them: what sends the plan back first, then what to look at, then what is only worth knowing.
    pub fn heaviest_first(&self) -> Vec<&Finding> {
        let mut findings: Vec<_> = self.findings.iter().collect();
        findings.sort_by_key(|finding| Reverse(finding.severity));
        findings
    }

    /// The heaviest finding decides.
    pub fn outcome(&self) -> Outcome {
        match self.findings.iter().map(|finding| finding.severity).max() {
            Some(Severity::Error) => Outcome::Rejected,
            Some(Severity::Warning) => Outcome::AcceptedWithWarnings,
            Some(Severity::Information) | None => Outcome::Accepted,
        }
    }
}
