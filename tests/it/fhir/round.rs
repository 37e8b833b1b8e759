//! Plan → Bundle → plan: equal, but for what `carried` takes out, each line with its reason; and nothing of ours is unread.

use ownwords::{
    fhir::{self, Ids},
    mapping::{Packs, Read},
    pipeline,
    plan::{
        Action, Agreement, Barrier, Crisis, Goal, Objective, Plan, PlanStatus, Transition, WholePerson, YesNoUnknown,
        action::Actor,
        crisis::LinkedPlan,
        goal::{Achievement, AchievementCode, Attestation, CaptureMethod, GoalStatus},
        people::{DecisionSupport, Name},
        planning::{Participant, ParticipantRole, Planning, Relationship},
    },
};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use serde_json::Value;

use super::{BOTH, case, cases, generated, plan_in};

/// Reads a file of FHIR that must hold one plan.
pub(super) fn read(text: String) -> Read {
    let mut all = read_all(text);
    assert_eq!(all.len(), 1, "one plan");
    all.remove(0).expect("the plan can be read")
}

/// Reads a file of FHIR: each plan, or the rule that stands in its place.
pub(super) fn read_all(text: String) -> Vec<Result<Read, &'static str>> {
    let mapping = Packs::load(None).expect("the mappings load").get("fhir-r4").expect("fhir-r4 is built in");
    let records = pipeline::open(&mapping, "plans.json", Box::new(std::io::Cursor::new(text)));
    let records = records.map_err(|refused| refused.message).expect("the file can be opened");
    records.map(|mapped| mapped.read.map_err(|refused| refused.rule)).collect()
}

fn there_and_back(plan: &Plan) -> Read {
    read(fhir::transaction(&fhir::resources(plan, &Ids::public(), BOTH)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_comes_back_as_it_went(seed in any::<u64>()) {
        let plan = generated::plan(seed);
        let back = there_and_back(&plan);
        let (said, expected) = (json_of(&back.plan), json_of(&carried(plan)));
        prop_assert_eq!(differences(&expected, &said), Vec::<String>::new());
        let unread: Vec<_> = back.unread.iter().map(|unread| unread.path.as_str()).collect();
        prop_assert_eq!(unread, Vec::<&str>::new());
    }
}

fn json_of(plan: &Plan) -> Value {
    serde_json::to_value(plan).expect("a plan is JSON")
}

/// Where two values differ, so that a failure is short.
fn differences(expected: &Value, said: &Value) -> Vec<String> {
    fn walk(path: &str, expected: &Value, said: &Value, found: &mut Vec<String>) {
        match (expected, said) {
            (Value::Object(one), Value::Object(other)) => {
                for name in one.keys().chain(other.keys().filter(|name| !one.contains_key(*name))) {
                    let of = |side: &serde_json::Map<String, Value>| side.get(name).cloned().unwrap_or_default();
                    walk(&format!("{path}/{name}"), &of(one), &of(other), found);
                }
            }
            (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
                one.iter()
                    .zip(other)
                    .enumerate()
                    .for_each(|(at, (one, other))| walk(&format!("{path}/{at}"), one, other, found));
            }
            _ if expected == said => {}
            _ => found.push(format!("{path}: expected {expected}, came back {said}")),
        }
    }
    let mut found = Vec::new();
    walk("", expected, said, &mut found);
    found
}

#[test]
fn the_authored_plans_come_back() {
    for path in cases().into_iter().filter(|path| !path.ends_with("odd.plan.json")) {
        let plan = plan_in(&path);
        let back = there_and_back(&plan);
        let differ = differences(&json_of(&carried(plan)), &json_of(&back.plan));
        assert_eq!(differ, Vec::<String>::new(), "{}", path.display());
        assert!(back.unread.is_empty(), "{}: {:?}", path.display(), back.unread);
    }
}

#[test]
fn odd_texts_come_back_byte_for_byte() {
    let plan = case("odd");
    let back = there_and_back(&plan).plan;
    let filled = |goal: &Goal| goal.statement.text.clone().filter(|text| !text.is_blank());
    let said = |plan: &Plan| plan.goals.iter().map(filled).collect::<Vec<_>>();
    assert_eq!(said(&back), said(&plan));
    let told = |plan: &Plan| plan.preferences.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    assert!(told(&back).iter().all(|text| told(&plan).contains(text)));
}

#[test]
fn what_another_adds_to_our_bundle_is_told() {
    let bundle = fhir::transaction(&fhir::resources(&case("everything"), &Ids::public(), BOTH));
    let mut bundle: Value = serde_json::from_str(&bundle).expect("JSON");
    let goal = bundle["entry"]
        .as_array_mut()
        .expect("entries")
        .iter_mut()
        .find(|entry| entry["resource"]["resourceType"] == "Goal");
    goal.expect("a Goal")["resource"]["outcomeCode"] = serde_json::json!([{ "text": "added" }]);
    let back = read(bundle.to_string());
    let paths: Vec<_> = back.unread.iter().map(|unread| unread.path.as_str()).collect();
    assert_eq!(paths, ["Goal.outcomeCode[].text"]);
    assert_eq!(back.plan.unmapped.len(), 1);
}

/// What comes back of a plan. Whatever is changed here is what our own Bundle does not carry.
fn carried(mut plan: Plan) -> Plan {
    plan.schema_version = Some("1.0".into());
    (plan.source.mapping_id, plan.source.mapping_version) = (Some("fhir-r4".into()), Some("1".into()));
    if plan.goals.is_empty() {
        // Only the words of a goal say whether the record system cuts texts.
        plan.source.lossy = None;
    }
    // A label is there or not.
    plan.source.part2 = plan.source.part2.filter(|is| *is);
    let met = plan.planning.as_ref().and_then(|planning| planning.meeting_date.clone());
    let days = [plan.finalized_on.clone(), met, plan.period.start.clone()];
    // Provenance.recorded is an instant, and borrows these days where nothing was exported.
    plan.source.exported_at = plan.source.exported_at.filter(|at| !days.contains(&Some(at.clone())));
    plan.status.get_or_insert(PlanStatus::Unknown);
    // Not written yet.
    plan.program = None;
    (plan.person.demographics, plan.person.status) = (None, None);
    plan.unmapped.clear();
    // FHIR has four words, and "unknown" where nothing is given.
    plan.person.sex = plan.person.sex.map(|sex| if sex == "M" { "male".into() } else { sex });
    plan.person.name = plan.person.name.filter(|name| *name != Name::default());
    plan.person.decision_support = plan.person.decision_support.filter(|one| *one != DecisionSupport::default());
    plan.planning = plan.planning.map(planning).filter(|planning| *planning != Planning::default());
    plan.whole_person = plan.whole_person.filter(|whole| *whole != WholePerson::default());
    // A text is what an Observation is of.
    plan.preferences.retain(|one| one.text.is_some());
    plan.strengths.retain(|one| one.text.is_some());
    plan.risks.retain(|one| one.text.is_some() || one.mitigation.is_some());
    plan.barriers.iter_mut().for_each(diagnoses);
    plan.interpretive_summary = plan.interpretive_summary.filter(|one| one.text.is_some());
    plan.peer_support = plan.peer_support.filter(|one| one.status.is_some());
    plan.crisis = plan.crisis.map(crisis).filter(|crisis| *crisis != Crisis::default());
    plan.transition = plan.transition.filter(|transition| *transition != Transition::default());
    plan.agreement = plan.agreement.map(agreement).filter(|agreement| *agreement != Agreement::default());
    let (status, language) = (plan.status.clone(), plan.person.primary_language.clone());
    let strengths: Vec<_> = plan.strengths.iter().filter_map(|one| one.strength_id.clone()).collect();
    plan.goals.iter_mut().for_each(|one| goal(one, status.as_ref(), language.as_ref(), &strengths));
    plan.objectives.iter_mut().for_each(|one| objective(one, status.as_ref()));
    let met = plan.planning.iter().flat_map(|planning| &planning.participants);
    let is_known_peer =
        |one: &&Participant| one.role == Some(ParticipantRole::Peer) && (one.name.is_some() || one.r#ref.is_some());
    let peers: Vec<_> = met.filter(is_known_peer).map(|one| one.name.clone()).collect();
    plan.actions.iter_mut().for_each(|one| action(one, &peers));
    plan
}

fn planning(mut planning: Planning) -> Planning {
    planning.interpreter = planning.interpreter.filter(|one| one.used.is_some());
    for talk in &mut planning.preplanning {
        // Not written yet.
        (talk.supported_by, talk.competency, talk.minutes, talk.billable) = (None, None, None, None);
    }
    planning.participants.iter_mut().for_each(participant);
    planning.participants.retain(|one| *one != Participant::default());
    planning
}

/// Family and friends have a name and no key of the agency; the person is the Patient.
fn participant(one: &mut Participant) {
    let natural = one.relationship == Some(Relationship::Natural);
    let is_staff = match one.role {
        Some(ParticipantRole::Person) => {
            (one.name, one.r#ref) = (None, None);
            return;
        }
        Some(ParticipantRole::Family | ParticipantRole::Friend | ParticipantRole::Guardian) => false,
        Some(
            ParticipantRole::Peer
            | ParticipantRole::Clinician
            | ParticipantRole::Prescriber
            | ParticipantRole::CaseManager,
        ) => true,
        _ if natural => false,
        Some(ParticipantRole::Interpreter | ParticipantRole::Advocate) => true,
        _ => one.r#ref.is_some() || one.relationship.is_some(),
    };
    if !is_staff {
        one.name = one.name.take().or(one.r#ref.take());
        one.r#ref = None;
    }
}

fn diagnoses(barrier: &mut Barrier) {
    barrier.diagnosis.retain(|one| one.code.is_some() || one.text.is_some());
    for one in barrier.diagnosis.iter_mut().filter(|one| one.code.is_none()) {
        one.system = None;
    }
}

fn crisis(mut crisis: Crisis) -> Crisis {
    crisis.linked_plan = crisis.linked_plan.filter(|linked| *linked != LinkedPlan::default());
    crisis
}

fn agreement(mut agreement: Agreement) -> Agreement {
    // The question takes yes or no.
    agreement.copy_offered = agreement.copy_offered.filter(|offered| *offered != YesNoUnknown::Unknown);
    agreement
}

fn goal(goal: &mut Goal, plan: Option<&PlanStatus>, language: Option<&String>, strengths: &[String]) {
    // Not written yet.
    (goal.rank, goal.scores) = (None, Vec::new());
    goal.strengths_used = strengths.iter().filter(|one| goal.strengths_used.contains(one)).cloned().collect();
    status(&mut goal.status, plan);
    let said = &mut goal.statement;
    said.capture_method = said.capture_method.take().filter(|method| *method != CaptureMethod::Unknown);
    said.attestation = said.attestation.take().filter(|attestation| *attestation != Attestation::default());
    said.lang = said.lang.take().or(language.cloned());
    let by: Vec<_> = said.translation.iter().filter_map(|one| one.by.clone()).collect();
    said.translation.retain(|one| one.text.is_some());
    if said.text.is_none() {
        // Language and translation are told of the text.
        (said.lang, said.translation) = (None, Vec::new());
    }
    // Who translated is a list of its own, which fits only when it is as long.
    let fits = by.len() == said.translation.len();
    said.translation.iter_mut().enumerate().for_each(|(at, one)| one.by = by.get(at).filter(|_| fits).cloned());
    let achieved = goal.status == Some(GoalStatus::Achieved);
    goal.achievement = goal.achievement.take().and_then(|Achievement { code, as_of }| {
        let code = code.or((achieved && as_of.is_some()).then_some(AchievementCode::Achieved));
        let says_no_more = achieved && as_of.is_none() && code == Some(AchievementCode::Achieved);
        (!says_no_more && (code.is_some() || as_of.is_some())).then_some(Achievement { code, as_of })
    });
}

/// A status that is not given is that of the plan.
fn status(status: &mut Option<GoalStatus>, plan: Option<&PlanStatus>) {
    let draft = plan == Some(&PlanStatus::Draft);
    status.get_or_insert(if draft { GoalStatus::Proposed } else { GoalStatus::Active });
}

fn objective(objective: &mut Objective, plan: Option<&PlanStatus>) {
    status(&mut objective.status, plan);
}

/// R4 has one place for who does a step.
fn action(action: &mut Action, peers: &[Option<String>]) {
    match action.actor {
        Some(Actor::Person) => (action.actor_name, action.relationship) = (None, None),
        Some(Actor::NaturalSupport) => {}
        Some(Actor::Professional) => action.relationship = None,
        Some(Actor::Peer) => {
            action.relationship = None;
            if let ([only], None) = (peers, &action.actor_name) {
                action.actor_name.clone_from(only);
            }
        }
        None if action.service_code.is_some() => (action.actor_name, action.relationship) = (None, None),
        _ => {
            action.actor_name = action.actor_name.take().or(action.relationship.take());
            action.relationship = None;
        }
    }
}
