//! The plan model's types and its schema are equal: a plan with every field goes there and back, and neither side has more.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use ownwords::{
    plan::{
        BarrierKind, Plan, PlanStatus, PlanType, ProgramType, ReviewKind, YesNoUnknown,
        action::{ActionStatus, Actor, PeerFunction, PeerSupportStatus, ProfessionalFunction},
        code::Vocabulary,
        crisis::{AgentRole, CrisisStatus, PersonAgrees},
        goal::{
            AcceptanceStatus, AchievementCode, AttainmentLevel, AttestationMethod, AttestationStatement, AttestedBy,
            CaptureMethod, ExpressedBy, GoalDomain, GoalKind, GoalPriority, GoalStatus, NoGoalReason, ScorePhase,
            ScoredBy, StageOfChange,
        },
        objective::OutcomeType,
        overrides::OverrideReason,
        people::{CommunicationMode, DecisionSupportType, Missing},
        planning::{
            Competency, InterpreterKind, ParticipantFunction, ParticipantRole, PreplanningKind, Relationship, TookPart,
        },
        strength::{StrengthCategory, ToldBy},
    },
    profile::plan_schema_faults,
};
use serde_json::{Value, json};

use crate::whole;

#[test]
fn every_field_goes_to_json_and_back_and_fits_the_schema() {
    let plan = whole::plan();
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(plan_schema_faults(&json), []);
    assert_eq!(serde_json::from_value::<Plan>(json.clone()).unwrap(), plan);
    assert_eq!(serde_json::from_str::<Plan>(&json.to_string()).unwrap(), plan);
}

#[test]
fn schema_and_types_have_the_same_fields() {
    let schema: Value = serde_json::from_str(include_str!("../../profiles/plan.schema.json")).unwrap();
    let (mut of_schema, mut of_plan) = (BTreeSet::new(), BTreeSet::new());
    schema_paths(&schema, &schema, "", &mut of_schema);
    json_paths(&serde_json::to_value(whole::plan()).unwrap(), "", &mut of_plan);
    assert_eq!(of_schema, of_plan);
    assert!(of_plan.len() > 250, "{}", of_plan.len());
}

fn schema_paths(part: &Value, whole: &Value, path: &str, paths: &mut BTreeSet<String>) {
    if let Some(reference) = part["$ref"].as_str() {
        return schema_paths(whole.pointer(reference.trim_start_matches('#')).unwrap(), whole, path, paths);
    }
    if let Some(items) = part.get("items") {
        return schema_paths(items, whole, &format!("{path}[]"), paths);
    }
    for (name, property) in part["properties"].as_object().into_iter().flatten() {
        let inner = format!("{path}/{name}");
        schema_paths(property, whole, &inner, paths);
        paths.insert(inner);
    }
}

fn json_paths(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
    value.as_array().into_iter().flatten().for_each(|item| json_paths(item, &format!("{path}[]"), paths));
    for (name, member) in value.as_object().into_iter().flatten() {
        let inner = format!("{path}/{name}");
        json_paths(member, &inner, paths);
        paths.insert(inner);
    }
}

#[test]
fn the_schema_lists_the_codes_of_the_types() {
    let schema = include_str!("../../profiles/plan.schema.json");
    let check = |name: &str, codes: &[&str]| {
        let listed = format!(
            "\"x-vocabulary\": \"{name}\", \"x-codes\": {}",
            json!(codes).to_string().replace("\",\"", "\", \"")
        );
        let flat = schema.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&listed), "{listed}");
    };
    check(AcceptanceStatus::NAME, AcceptanceStatus::CODES);
    check(AgentRole::NAME, AgentRole::CODES);
    check(AchievementCode::NAME, AchievementCode::CODES);
    check(ActionStatus::NAME, ActionStatus::CODES);
    check(Actor::NAME, Actor::CODES);
    check(AttainmentLevel::NAME, AttainmentLevel::CODES);
    check(AttestationMethod::NAME, AttestationMethod::CODES);
    check(AttestationStatement::NAME, AttestationStatement::CODES);
    check(AttestedBy::NAME, AttestedBy::CODES);
    check(BarrierKind::NAME, BarrierKind::CODES);
    check(CaptureMethod::NAME, CaptureMethod::CODES);
    check(CommunicationMode::NAME, CommunicationMode::CODES);
    check(Competency::NAME, Competency::CODES);
    check(CrisisStatus::NAME, CrisisStatus::CODES);
    check(DecisionSupportType::NAME, DecisionSupportType::CODES);
    check(ExpressedBy::NAME, ExpressedBy::CODES);
    check(GoalDomain::NAME, GoalDomain::CODES);
    check(GoalKind::NAME, GoalKind::CODES);
    check(GoalPriority::NAME, GoalPriority::CODES);
    check(GoalStatus::NAME, GoalStatus::CODES);
    check(InterpreterKind::NAME, InterpreterKind::CODES);
    check(Missing::NAME, Missing::CODES);
    check(NoGoalReason::NAME, NoGoalReason::CODES);
    check(OutcomeType::NAME, OutcomeType::CODES);
    check(OverrideReason::NAME, OverrideReason::CODES);
    check(ParticipantFunction::NAME, ParticipantFunction::CODES);
    check(ParticipantRole::NAME, ParticipantRole::CODES);
    check(PeerFunction::NAME, PeerFunction::CODES);
    check(PeerSupportStatus::NAME, PeerSupportStatus::CODES);
    check(PersonAgrees::NAME, PersonAgrees::CODES);
    check(PlanStatus::NAME, PlanStatus::CODES);
    check(PlanType::NAME, PlanType::CODES);
    check(PreplanningKind::NAME, PreplanningKind::CODES);
    check(ProfessionalFunction::NAME, ProfessionalFunction::CODES);
    check(ProgramType::NAME, ProgramType::CODES);
    check(Relationship::NAME, Relationship::CODES);
    check(ReviewKind::NAME, ReviewKind::CODES);
    check(ScorePhase::NAME, ScorePhase::CODES);
    check(ScoredBy::NAME, ScoredBy::CODES);
    check(StageOfChange::NAME, StageOfChange::CODES);
    check(StrengthCategory::NAME, StrengthCategory::CODES);
    check(ToldBy::NAME, ToldBy::CODES);
    check(TookPart::NAME, TookPart::CODES);
    check(YesNoUnknown::NAME, YesNoUnknown::CODES);
}

#[test]
fn what_the_model_does_not_know_and_wrong_types_are_told_without_the_value() {
    let faults = |plan: Value| {
        plan_schema_faults(&plan).into_iter().map(|fault| (fault.pointer, fault.message)).collect::<Vec<_>>()
    };
    let told = faults(json!({"goals": [{"rank": "secret"}], "goalz": 1, "status": "working"}));
    assert_eq!(
        told.iter().map(|(pointer, _)| pointer.as_str()).collect::<BTreeSet<_>>(),
        BTreeSet::from(["", "/goals/0/rank"])
    );
    assert!(told.iter().all(|(_, message)| !message.contains("secret")), "{told:?}");
    assert_eq!(faults(json!({"goals": null, "person": null, "status": "a code nobody knows"})), []);
}

#[test]
fn true_and_false_are_read_as_yes_and_no_where_these_are_codes() {
    let text = r#"{"agreement":{"copy_offered":true,"person_agrees":false},"planning":{"person_took_part":true}}"#;
    let plan: Plan = serde_json::from_str(text).unwrap();
    let said = serde_json::to_value(&plan).unwrap();
    assert_eq!(said["agreement"], json!({ "person_agrees": "no", "copy_offered": "yes" }));
    assert_eq!(said["planning"], json!({ "person_took_part": "yes" }));
    let refused = serde_json::from_str::<Plan>(r#"{"plan_type":true}"#).unwrap_err().to_string();
    assert!(refused.contains("expected one of initial, review, revision, annual or crisis-short-term"), "{refused}");
}
