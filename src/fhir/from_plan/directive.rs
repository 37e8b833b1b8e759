//! A plan that lives elsewhere, such as a wellness plan or a psychiatric advance directive (`DocumentReference`): linked, never
//! copied (D15).

use super::{Saying, Written};
use crate::{
    fhir::{
        datatype::{Beside, Concept, Link, Reference},
        lexical,
        resource::{self, Attachment, Content, DocumentBody},
        system::{code, profile, sid},
    },
    plan::crisis::{Crisis, LinkedPlan},
};

/// Writes the document that the crisis plan links to. An advance directive is pointed to by the plan itself.
pub(super) fn write(saying: &Saying<'_>, crisis: &Crisis, written: &mut Written) -> Option<Link> {
    let linked = crisis.linked_plan.as_ref()?;
    let (kind, place) = (lexical::given(linked.kind.as_ref()), lexical::given(linked.r#ref.as_ref()));
    if kind.is_none() && place.is_none() {
        return None;
    }
    let link = saying.link("DocumentReference", &["linked-plan"]);
    let is_directive = linked.is_advance_directive();
    let body = DocumentBody {
        status: "current",
        kind: Concept { text: kind, ..kind_of(linked) },
        category: vec![if is_directive {
            Concept::of(code::LOINC, code::ADVANCE_DIRECTIVES)
        } else {
            Concept::of(code::OWN_PLAN_CATEGORY, "crisis")
        }],
        subject: Reference::from(saying.patient),
        content: vec![Content { attachment: attachment(place) }],
    };
    if is_directive {
        written.supporting.push(link);
    }
    written.record(resource::write(&saying.head(link, sid::LINKED_PLAN, vec![profile::CORE_DOCUMENT]), &body));
    Some(link)
}

/// LOINC has no document of the name of a wellness plan; US Core then wants to hear that the type is not known.
fn kind_of(linked: &LinkedPlan) -> Concept<'static> {
    if linked.is_advance_directive() {
        Concept::of(code::LOINC, code::MENTAL_HEALTH_DIRECTIVE)
    } else {
        Concept::of(code::NULL_FLAVOR, "UNK")
    }
}

/// Where it is: a URL, or whatever the record says instead, for which US Core wants to hear that there is no URL.
fn attachment(place: Option<&str>) -> Attachment<'_> {
    match place {
        Some(place) if is_url(place) => Attachment { url: Some(place), ..Attachment::default() },
        title => Attachment { title, beside_url: Beside::absent("unknown"), ..Attachment::default() },
    }
}

fn is_url(place: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| place.starts_with(scheme)) && lexical::uri(place).is_some()
}
