//! The program that the plan belongs to (`EpisodeOfCare`): its kind, its name, the level of care as the agency says it.

use super::{Saying, Written, crosswalk};
use crate::{
    fhir::{
        claim,
        datatype::{Concept, Period, Reference},
        lexical,
        resource::{self, EpisodeBody},
        system::{code, profile, sid},
    },
    plan::Program,
};

/// Writes the episode, to which the `CarePlan` then points.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    let Some(program) = &saying.plan.program else { return };
    let kind = kinds(program);
    if kind.is_empty() {
        return;
    }
    let link = saying.link("EpisodeOfCare", &["program"]);
    let period = &saying.plan.period;
    let body = EpisodeBody {
        status: crosswalk::episode_status(saying.plan.status.as_ref()),
        kind,
        patient: Reference::from(saying.patient),
        managing_organization: saying.organization.map(Reference::from),
        period: Period::of(lexical::date(period.start.as_ref()), lexical::date(period.end.as_ref())),
        care_manager: saying.people.planner.filter(|who| who.kind == "Practitioner").map(Reference::from),
    };
    let profiles = claim::chosen([(saying.eltss, profile::ELTSS_EPISODE)]);
    written.episode = Some(link);
    written.record(resource::write(&saying.head(link, sid::EPISODE, profiles), &body));
}

fn kinds(program: &Program) -> Vec<Concept<'_>> {
    let name = lexical::given(program.name.as_ref());
    let kind = match lexical::known(program.kind.as_ref()) {
        Some(kind) => Concept { text: name, ..Concept::of(code::OWN_PROGRAM_TYPE, kind) },
        None => Concept { text: name, ..Concept::default() },
    };
    let level = lexical::given(program.level_of_care.as_ref());
    let level = level.map(|level| Concept::of(code::OWN_PLAN_CONCEPT, "level-of-care").with_text(level));
    [Some(kind).filter(|kind| !kind.is_empty()), level].into_iter().flatten().collect()
}
