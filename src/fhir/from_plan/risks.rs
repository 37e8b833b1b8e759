//! Risks, kept apart from goals, and what lessens them in a crisis (`RiskAssessment`).

use std::borrow::Cow;

use super::{Saying, Written};
use crate::{
    fhir::{
        claim,
        datatype::{Concept, Extension, Link, Note, Reference, Value},
        lexical,
        resource::{self, RiskAssessmentBody},
        system::{code, extension, profile, sid},
    },
    plan::{Risk, crisis::Crisis},
};

/// Writes the risks. A plan of one goal says that they are about it; which of several they are about no record tells.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    let risks = &saying.plan.risks;
    let links = saying.links("RiskAssessment", "risk", risks.iter().map(|one| one.id.as_deref()));
    for (risk, link) in risks.iter().zip(links) {
        if *risk == Risk::default() {
            continue;
        }
        let text = lexical::said(risk.text.as_ref());
        let body = RiskAssessmentBody {
            note: text.map(Note::said).into_iter().collect(),
            ..body(saying, lexical::said(risk.mitigation.as_ref()).map(Cow::Borrowed))
        };
        let mut head = saying.head(link, sid::RISK, profiles(saying));
        let goal = saying.only_goal().filter(|goal| written.goals.contains(goal));
        let goal = goal.map(|goal| Extension::of(extension::PERTAINS_TO_GOAL, Value::Reference(goal)));
        head.extension = goal.into_iter().collect();
        head.identifier.extend(saying.own_key("risk", risk.id.as_ref()));
        written.supporting.push(link);
        written.record(resource::write(&head, &body));
    }
}

/// Writes what lessens the risk of a crisis: what helps, once more in one text, and the document that says more.
pub(super) fn write_of_crisis(
    saying: &Saying<'_>,
    crisis: &Crisis,
    document: Option<Link>,
    written: &mut Written,
) -> Option<Link> {
    let helps: Vec<&str> = crisis.what_helps.iter().filter_map(|words| lexical::said(Some(words))).collect();
    let mitigation = Cow::Owned(helps.join("\n"));
    let mitigation = lexical::text(&mitigation).is_some().then_some(mitigation);
    if mitigation.is_none() && document.is_none() {
        return None;
    }
    let link = saying.link("RiskAssessment", &["crisis"]);
    let code = Concept::of(code::OWN_PLAN_CATEGORY, "crisis").with_text("Crisis");
    let body = RiskAssessmentBody { code: Some(code), ..body(saying, mitigation) };
    let mut head = saying.head(link, sid::RISK, profiles(saying));
    let plan = document.map(|document| Extension::of(extension::RISK_PLAN, Value::Reference(document)));
    head.extension = plan.into_iter().collect();
    written.record(resource::write(&head, &body));
    Some(link)
}

fn body<'a>(saying: &Saying<'a>, mitigation: Option<Cow<'a, str>>) -> RiskAssessmentBody<'a> {
    RiskAssessmentBody {
        status: "final",
        code: None,
        subject: Reference::from(saying.patient),
        occurrence_date_time: saying.told_on,
        mitigation,
        note: Vec::new(),
    }
}

fn profiles(saying: &Saying<'_>) -> Vec<&'static str> {
    claim::chosen([(saying.eltss, profile::ELTSS_RISK)])
}
