//! Invariants of resources and their parts, those of US Core that bite where its profile is claimed among them.

use super::{Here, Invariant, is_after};
use crate::rules::Severity::{self, Error, Warning};

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CONSENT_SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
const CORE_PROVENANCE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-provenance";
const CORE_PROCEDURE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-procedure";

/// The invariants, in the alphabet's order of their types.
pub(super) const ALL: &[Invariant] = &[
    on(&["CarePlan.activity"], "cpl-3", "", "An activity has either detail or reference, not both.", |here| {
        !(here.has("detail") && here.has("reference"))
    }),
    on(
        &["CareTeam.participant"],
        "ctm-1",
        "onBehalfOf",
        "Only a Practitioner takes part on behalf of someone.",
        |here| !here.has("onBehalfOf") || is_maybe(here, "member", "Practitioner"),
    ),
    on(&["Composition.section"], "cmp-1", "", "A section has text, entries or sections.", |here| {
        here.has("text") || here.has("entry") || here.has("section")
    }),
    on(&["Composition.section"], "cmp-2", "emptyReason", "A section with entries has no emptyReason.", |here| {
        !(here.has("emptyReason") && here.has("entry"))
    }),
    Invariant {
        on: &["Condition"],
        key: "con-3",
        severity: Warning,
        at: "clinicalStatus",
        says: "A condition of the problem list says its clinicalStatus.",
        holds: |here| here.has("clinicalStatus") || is_in_error(here) || !is_of_problem_list(here),
    },
    on(
        &["Condition"],
        "con-4",
        "abatement",
        "A condition that abated is inactive, resolved or in remission.",
        |here| {
            !here.has("abatement") || here.is_coded("clinicalStatus", CLINICAL, &["resolved", "remission", "inactive"])
        },
    ),
    on(&["Condition"], "con-5", "clinicalStatus", "A condition entered in error has no clinicalStatus.", |here| {
        !(is_in_error(here) && here.has("clinicalStatus"))
    }),
    on(&["Condition.stage"], "con-1", "", "A stage has a summary or an assessment.", |here| {
        here.has("summary") || here.has("assessment")
    }),
    on(&["Condition.evidence"], "con-2", "", "Evidence has a code or a detail.", |here| {
        here.has("code") || here.has("detail")
    }),
    on(&["Consent"], "ppc-1", "", "A consent names its policy or its policyRule.", |here| {
        here.has("policy") || here.has("policyRule")
    }),
    on(&["Consent"], "ppc-2", "patient", "A consent about privacy says whose it is.", |here| {
        here.has("patient") || !is_scoped(here, "patient-privacy")
    }),
    on(&["Consent"], "ppc-3", "patient", "A consent about research says whose it is.", |here| {
        here.has("patient") || !is_scoped(here, "research")
    }),
    on(&["Consent"], "ppc-4", "patient", "An advance directive says whose it is.", |here| {
        here.has("patient") || !is_scoped(here, "adr")
    }),
    on(&["Consent"], "ppc-5", "patient", "A consent about treatment says whose it is.", |here| {
        here.has("patient") || !is_scoped(here, "treatment")
    }),
    on(&["Goal.target"], "gol-1", "measure", "A target with a detail says its measure.", |here| {
        !here.has("detail") || here.has("measure")
    }),
    on(&["Group"], "grp-1", "member", "Only an actual group has members.", |here| {
        !here.has("member") || here.node("actual").is_some_and(|actual| here.tape().text(actual) == "true")
    }),
    on(&["List"], "lst-1", "emptyReason", "A list with entries has no emptyReason.", |here| {
        !(here.has("emptyReason") && here.has("entry"))
    }),
    on(&["List"], "lst-2", "entry", "Only a list of changes says what was deleted.", |here| {
        here.text("mode").is_some_and(|mode| mode == "changes") || !have(here, "entry", "deleted")
    }),
    on(&["List"], "lst-3", "entry", "Only a working list says when an entry was added.", |here| {
        here.text("mode").is_some_and(|mode| mode == "working") || !have(here, "entry", "date")
    }),
    on(&["Observation"], "obs-6", "dataAbsentReason", "An observation with a value has no dataAbsentReason.", |here| {
        !(here.has("dataAbsentReason") && here.has("value"))
    }),
    on(&["Observation"], "obs-7", "component", "The code with the value and a component's code differ.", |here| {
        !here.has("value") || !a_component_has_the_code(here)
    }),
    on(&["Observation.referenceRange"], "obs-3", "", "A reference range has low, high or text.", |here| {
        here.has("low") || here.has("high") || here.has("text")
    }),
    on(&["Organization"], "org-1", "", "An organization has a name or an identifier.", |here| {
        here.has("identifier") || here.has("name")
    }),
    on(&["Organization"], "org-2", "address", "An organization has no home address.", |here| !is_home(here, "address")),
    on(&["Organization"], "org-3", "telecom", "An organization has no home telephone.", |here| {
        !is_home(here, "telecom")
    }),
    on(&["Parameters.parameter"], "inv-1", "", "A parameter has one of value, resource or parts.", |here| {
        let given = [here.has("value"), here.has("resource"), here.has("part")];
        given.iter().filter(|is_given| **is_given).count() == 1
    }),
    on(&["Patient.contact"], "pat-1", "", "A contact has a name, telecom, address or organization.", |here| {
        ["name", "telecom", "address", "organization"].iter().any(|name| here.has(name))
    }),
    on(&["Procedure"], "us-core-7", "performed", "US Core: a procedure done or under way says when.", |here| {
        let is_done = here.text("status").is_some_and(|status| matches!(&*status, "completed" | "in-progress"));
        !is_done || here.has("performed") || !here.claims(CORE_PROCEDURE)
    }),
    on(
        &["Provenance"],
        "provenance-1",
        "agent",
        "US Core: a practitioner or device acts on behalf of someone.",
        |here| !here.claims(CORE_PROVENANCE) || !an_agent_acts_for_no_one(here),
    ),
    on(&["QuestionnaireResponse.item"], "qrs-1", "", "An item has either answers or items, not both.", |here| {
        !(here.has("answer") && here.has("item"))
    }),
    on(&["RiskAssessment.prediction"], "ras-2", "probability", "A probability is 100 at most.", |here| {
        here.number("probability").is_none_or(|probability| probability <= 100.0)
    }),
    on(&["ServiceRequest"], "prr-1", "orderDetail", "An orderDetail needs a code.", |here| {
        !here.has("orderDetail") || here.has("code")
    }),
    on(&["Task"], "inv-1", "lastModified", "A task was not changed before it was written.", |here| {
        match (here.text("authoredOn"), here.text("lastModified")) {
            (Some(authored), Some(modified)) => !is_after(&authored, &modified),
            _ => true,
        }
    }),
    on(&["Bundle.entry"], "bdl-5", "", "An entry has a resource, a request or a response.", |here| {
        here.has("resource") || here.has("request") || here.has("response")
    }),
];

const fn on(
    on: &'static [&'static str],
    key: &'static str,
    at: &'static str,
    says: &'static str,
    holds: fn(&Here<'_, '_, '_>) -> bool,
) -> Invariant {
    const SEVERITY: Severity = Error;
    Invariant { on, key, severity: SEVERITY, at, says, holds }
}

/// Whether a reference leads to a type, or may.
fn is_maybe(here: &Here<'_, '_, '_>, name: &str, kind: &str) -> bool {
    let reference = here.node(name).and_then(|reference| here.tape().said(reference, "reference"));
    reference.is_none_or(|reference| here.walk.kind_of(&reference).is_none_or(|found| found == kind))
}

/// Whether a consent is about this. HL7's own expressions name the system `something` in place of the scopes'.
fn is_scoped(here: &Here<'_, '_, '_>, about: &str) -> bool {
    here.is_coded("scope", CONSENT_SCOPE, &[about])
}

fn is_in_error(here: &Here<'_, '_, '_>) -> bool {
    here.is_coded("verificationStatus", VERIFICATION, &["entered-in-error"])
}

fn is_of_problem_list(here: &Here<'_, '_, '_>) -> bool {
    let codings = |concept: &usize| here.tape().member(*concept, "coding");
    here.items("category").iter().filter_map(codings).any(|list| {
        let said = |coding| here.tape().said(coding, "code").is_some_and(|code| code == "problem-list-item");
        here.tape().within(list).any(said)
    })
}

/// Whether one of several has an element.
fn have(here: &Here<'_, '_, '_>, name: &str, inner: &str) -> bool {
    here.items(name).iter().any(|item| here.tape().member(*item, inner).is_some())
}

fn is_home(here: &Here<'_, '_, '_>, name: &str) -> bool {
    here.items(name).iter().any(|item| here.tape().said(*item, "use").is_some_and(|kind| kind == "home"))
}

/// A coding of the observation's own code may not be a component's code too, when both have values.
fn a_component_has_the_code(here: &Here<'_, '_, '_>) -> bool {
    let tape = here.tape();
    let codings = |concept: Option<usize>| {
        let list = concept.and_then(|concept| tape.member(concept, "coding"));
        let codings = list.into_iter().flat_map(|list| tape.within(list));
        codings.map(|coding| (tape.said(coding, "system"), tape.said(coding, "code"))).collect::<Vec<_>>()
    };
    let own = codings(here.node("code"));
    let components = here.items("component");
    components.iter().any(|part| codings(tape.member(*part, "code")).iter().any(|coding| own.contains(coding)))
}

fn an_agent_acts_for_no_one(here: &Here<'_, '_, '_>) -> bool {
    here.items("agent").iter().any(|agent| {
        let who = here.tape().member(*agent, "who").and_then(|who| here.tape().said(who, "reference"));
        let kind = who.and_then(|who| here.walk.kind_of(&who));
        kind.is_some_and(|kind| matches!(kind, "Practitioner" | "Device"))
            && here.tape().member(*agent, "onBehalfOf").is_none()
    })
}
