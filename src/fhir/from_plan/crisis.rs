//! The crisis plan: a `CarePlan` of its own, part of the plan (D15). Another plan is linked, never copied.

use super::{Saying, Written, agents, crosswalk, directive, narrative, observations, risks};
use crate::{
    fhir::{
        claim,
        datatype::{Coding, Concept, Link, Note, Period, Reference},
        lexical,
        resource::{self, CarePlanBody},
        system::{code, profile, sid},
    },
    plan::crisis::Crisis,
    words::Words,
};

/// What is kept of the crisis plan until the claims of the plan itself are known.
pub(super) struct CrisisPlan {
    link: Link,
    told: Vec<Link>,
}

/// Writes what the person wants in a crisis; the `CarePlan` for it follows once the plan's own claims are known.
pub(super) fn write<'a>(saying: &Saying<'a>, written: &mut Written) {
    let Some(crisis) = &saying.plan.crisis else { return };
    let mut told = Vec::new();
    let before = written.supporting.len();
    let mut list = |concept: &'static str, label: &'static str, all: &'a [Words]| {
        for (at, words) in all.iter().enumerate() {
            let Some(text) = lexical::said(Some(words)) else { continue };
            let link = saying.link("Observation", &["crisis", concept, &(at + 1).to_string()]);
            let mut code = Concept::of(code::LOINC, "75773-2").with_text(label);
            code.coding.push(Coding::of(code::OWN_PLAN_CONCEPT, concept));
            let performer = Some(saying.patient);
            let body = observations::body(saying, vec![observations::social_history()], code, Some(text), performer);
            told.push(link);
            observations::write_told(saying, link, &body, written);
        }
    };
    list("what-helps", "What helps in a crisis", &crisis.what_helps);
    list("what-to-avoid", "What to avoid in a crisis", &crisis.what_to_avoid);
    let preferences = crisis.preferences.as_slice();
    list("crisis-preference", "What I want in a crisis", preferences);
    written.supporting.truncate(before);
    let document = directive::write(saying, crisis, written);
    let risk = risks::write_of_crisis(saying, crisis, document, written);
    agents::write(saying, crisis, document, written);
    told.extend(risk.into_iter().chain(document));
    if !told.is_empty() || !people_to_call(crisis).is_empty() {
        let link = saying.link("CarePlan", &["crisis"]);
        written.crisis = Some(CrisisPlan { link, told });
    }
}

/// Writes the `CarePlan` for a crisis.
pub(super) fn write_plan(saying: &Saying<'_>, crisis_plan: CrisisPlan, is_eltss: bool, written: &mut Written) {
    let Some(crisis) = &saying.plan.crisis else { return };
    let CrisisPlan { link, told } = crisis_plan;
    let period = &saying.plan.period;
    let profiles = claim::core_and_eltss(profile::CORE_CARE_PLAN, profile::ELTSS_CARE_PLAN, is_eltss);
    let mut head = saying.head(link, sid::CRISIS_PLAN, profiles);
    head.text = Some(narrative::of_crisis(crisis));
    let body = CarePlanBody {
        replaces: Vec::new(),
        part_of: vec![Reference::from(saying.care_plan)],
        status: crosswalk::plan_status(saying.plan.status.as_ref()),
        beside_status: crosswalk::beside_plan_status(saying.plan.status.as_ref()),
        intent: "plan",
        category: vec![
            Concept::of(code::CAREPLAN_CATEGORY, "assess-plan"),
            Concept::of(code::OWN_PLAN_CATEGORY, "crisis").with_text("Crisis plan"),
        ],
        title: Some("Crisis plan"),
        subject: Reference::from(saying.patient),
        period: Period::of(lexical::date(period.start.as_ref()), lexical::date(period.end.as_ref())),
        created: saying.agreed_on,
        author: None,
        contributor: Vec::new(),
        care_team: written.team.map(Reference::from).into_iter().collect(),
        addresses: Vec::new(),
        supporting_info: told.into_iter().map(Reference::from).collect(),
        goal: Vec::new(),
        activity: Vec::new(),
        note: people_to_call(crisis),
    };
    written.record(resource::write(&head, &body));
}

fn people_to_call(crisis: &Crisis) -> Vec<Note<'_>> {
    let calls = crisis.people_to_call.iter().filter_map(|words| lexical::said(Some(words)));
    calls.map(|text| Note::about("people-to-call", text)).collect()
}
