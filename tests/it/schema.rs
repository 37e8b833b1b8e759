//! The plan model's types and its schema are equal: a plan with every field goes there and back, and neither side has more.

use std::collections::BTreeSet;

use ownwords::{
    plan::{
        Barrier, BarrierKind, Diagnosis, InterpretiveSummary, Period, Plan, PlanStatus, PlanType, Preference, Program,
        ProgramType, Progress, Review, ReviewKind, Risk, Source, WholePerson, YesNoUnknown,
        action::{Action, ActionStatus, Actor, PeerFunction, PeerSupport, PeerSupportStatus, ProfessionalFunction},
        code::Vocabulary,
        crisis::{Agreement, Crisis, CrisisStatus, LinkedPlan, PersonAgrees, Transition},
        goal::{
            Achievement, AchievementCode, Attestation, AttestationMethod, AttestationStatement, AttestedBy,
            CaptureMethod, ExpressedBy, Goal, GoalDomain, GoalKind, GoalStatus, NoGoal, NoGoalReason, Score,
            ScorePhase, ScoredBy, StageOfChange, Statement, Translation,
        },
        objective::{Objective, OutcomeType},
        overrides::{Override, OverrideReason, Unmapped},
        people::{
            Answer, CommunicationMode, DecisionSupport, DecisionSupportType, Demographics, Identifier, Missing, Name,
            Person, PersonStatus,
        },
        planning::{
            Competency, Interpreter, InterpreterKind, Participant, ParticipantFunction, ParticipantRole, Planning,
            Preplanning, PreplanningKind, Relationship, TookPart,
        },
        strength::{NoStrengths, Strength, StrengthCategory, ToldBy},
    },
    profile::plan_schema_faults,
};
use serde_json::{Value, json};

/// Every field filled; no field may be left to a default here, so that the compiler names a forgotten one.
fn whole() -> Plan {
    Plan {
        schema_version: Some("1.0".into()),
        plan_id: Some("Plan.plan_id".into()),
        source: Source {
            agency_id: Some("Source.agency_id".into()),
            record_id: Some("Source.record_id".into()),
            system: Some("Source.system".into()),
            record_version: Some("Source.record_version".into()),
            exported_at: Some("2026-03-02".into()),
            mapping_id: Some("Source.mapping_id".into()),
            mapping_version: Some("Source.mapping_version".into()),
            lossy: Some(true),
            part2: Some(true),
        },
        plan_type: Some("crisis-short-term".into()),
        status: Some("unknown".into()),
        period: Period { start: Some("2026-03-02".into()), end: Some("2026-03-02".into()) },
        finalized_on: Some("2026-03-02".into()),
        next_review_due: Some("2026-03-02".into()),
        reviews: vec![Review {
            date: Some("2026-03-02".into()),
            kind: Some("rewrite".into()),
            progress: vec![Progress { goal_id: Some("Progress.goal_id".into()), text: Some("Progress.text".into()) }],
        }],
        program: Some(Program {
            kind: Some("other".into()),
            name: Some("Program.name".into()),
            level_of_care: Some("Program.level_of_care".into()),
        }),
        person: Person {
            local_id: Some("Person.local_id".into()),
            state_id: Some("Person.state_id".into()),
            identifiers: vec![Identifier {
                system: Some("Identifier.system".into()),
                value: Some("Identifier.value".into()),
                r#type: Some("Identifier.type".into()),
            }],
            name: Some(Name {
                family: Some("Name.family".into()),
                given: vec!["Name.given".into()],
                text: Some("Name.text".into()),
            }),
            birth_date: Some("2026-03-02".into()),
            sex: Some("Person.sex".into()),
            demographics: Some(Demographics {
                race: vec![Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }],
                ethnicity: vec![Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }],
                sex: vec![Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }],
                gender: vec![Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }],
            }),
            status: Some(PersonStatus {
                smi_sed: Some(Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }),
                living_situation: Some(Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }),
                employment: Some(Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }),
                not_in_labor_force: Some(Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }),
                school_attendance: Some(Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }),
                county: Some(Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }),
                funding: vec![Answer {
                    code: Some("Answer.code".into()),
                    text: Some("Answer.text".into()),
                    missing: Some("declined".into()),
                    as_of: Some("2026-03-02".into()),
                }],
            }),
            preferred_name: Some("Person.preferred_name".into()),
            pronouns: Some("Person.pronouns".into()),
            how_described: Some("Person.how_described".into()),
            primary_language: Some("Person.primary_language".into()),
            communication_modes: vec!["with-support-person".into()],
            decision_support: Some(DecisionSupport { kind: Some("parent-of-minor".into()) }),
        },
        planning: Some(Planning {
            person_took_part: Some("unknown".into()),
            interpreter: Some(Interpreter {
                used: Some(true),
                language: Some("Interpreter.language".into()),
                kind: Some("cart".into()),
            }),
            meeting_date: Some("2026-03-02".into()),
            experience_survey_ref: Some("Planning.experience_survey_ref".into()),
            preplanning: vec![Preplanning {
                date: Some("2026-03-02".into()),
                kind: Some("other".into()),
                tool: Some("Preplanning.tool".into()),
                supported_by: Some("other".into()),
                competency: Some("v-5".into()),
                skill: Some("Preplanning.skill".into()),
                minutes: Some(7),
                service_code: Some("Preplanning.service_code".into()),
                billable: Some("unknown".into()),
            }],
            participants: vec![Participant {
                r#ref: Some("Participant.ref".into()),
                name: Some("Participant.name".into()),
                role: Some("other".into()),
                relationship: Some("professional".into()),
                function: Some("attendee".into()),
                invited_by_person: Some("unknown".into()),
            }],
        }),
        whole_person: Some(WholePerson {
            vision: Some("WholePerson.vision".into()),
            roles: vec!["WholePerson.roles".into()],
            interests: vec!["WholePerson.interests".into()],
            culture: Some("WholePerson.culture".into()),
            faith: Some("WholePerson.faith".into()),
            important_to_me: Some("WholePerson.important_to_me".into()),
            what_gives_life: Some("WholePerson.what_gives_life".into()),
            how_i_understand_it: Some("WholePerson.how_i_understand_it".into()),
        }),
        preferences: vec![Preference { text: Some("Preference.text".into()), lang: Some("Preference.lang".into()) }],
        interpretive_summary: Some(InterpretiveSummary {
            text: Some("InterpretiveSummary.text".into()),
            author: Some("InterpretiveSummary.author".into()),
        }),
        goals: vec![Goal {
            goal_id: Some("Goal.goal_id".into()),
            statement: Statement {
                text: Some("Statement.text".into()),
                raw: Some("Statement.raw".into()),
                lang: Some("Statement.lang".into()),
                translation: vec![Translation {
                    lang: Some("Translation.lang".into()),
                    text: Some("Translation.text".into()),
                    by: Some("Translation.by".into()),
                }],
                expressed_by: Some("unknown".into()),
                capture_method: Some("unknown".into()),
                attestation: Some(Attestation {
                    statement: Some("said-by-my-guardian-without-me".into()),
                    by: Some("staff-witness".into()),
                    method: Some("other".into()),
                    date: Some("2026-03-02".into()),
                    witness: Some("Attestation.witness".into()),
                }),
            },
            kind: Some("required-by-others".into()),
            domain: Some("other".into()),
            rank: Some(7),
            start_date: Some("2026-03-02".into()),
            target_date: Some("2026-03-02".into()),
            status: Some("replaced".into()),
            achievement: Some(Achievement { code: Some("not-attainable".into()), as_of: Some("2026-03-02".into()) }),
            scores: vec![Score {
                instrument: Some("Score.instrument".into()),
                value: Some(serde_json::Number::from(2)),
                date: Some("2026-03-02".into()),
                phase: Some("follow-up".into()),
                by: Some("caregiver".into()),
            }],
            why_it_matters: Some("Goal.why_it_matters".into()),
            importance: Some(7),
            confidence: Some(7),
            stage_of_change: Some("unknown".into()),
            strengths_used: vec!["Goal.strengths_used".into()],
        }],
        no_goal: Some(NoGoal {
            reason: Some("other".into()),
            explanation: Some("NoGoal.explanation".into()),
            recorded_on: Some("2026-03-02".into()),
            next_conversation_by: Some("2026-03-02".into()),
            recorded_by: Some("NoGoal.recorded_by".into()),
        }),
        strengths: vec![Strength {
            strength_id: Some("Strength.strength_id".into()),
            text: Some("Strength.text".into()),
            category: Some("other".into()),
            told_by: Some("staff".into()),
            prompt: Some("Strength.prompt".into()),
        }],
        no_strengths: Some(NoStrengths {
            reason: Some("other".into()),
            next_conversation_by: Some("2026-03-02".into()),
        }),
        barriers: vec![Barrier {
            id: Some("Barrier.id".into()),
            text: Some("Barrier.text".into()),
            kind: Some("resource".into()),
            diagnosis: vec![Diagnosis {
                system: Some("Diagnosis.system".into()),
                code: Some("Diagnosis.code".into()),
                text: Some("Diagnosis.text".into()),
            }],
        }],
        risks: vec![Risk {
            id: Some("Risk.id".into()),
            text: Some("Risk.text".into()),
            mitigation: Some("Risk.mitigation".into()),
        }],
        objectives: vec![Objective {
            id: Some("Objective.id".into()),
            goal_id: Some("Objective.goal_id".into()),
            text: Some("Objective.text".into()),
            measure: Some("Objective.measure".into()),
            due_date: Some("2026-03-02".into()),
            status: Some("replaced".into()),
            outcome_type: Some("other".into()),
        }],
        actions: vec![Action {
            id: Some("Action.id".into()),
            goal_id: Some("Action.goal_id".into()),
            objective_id: Some("Action.objective_id".into()),
            actor: Some("community".into()),
            actor_name: Some("Action.actor_name".into()),
            relationship: Some("Action.relationship".into()),
            text: Some("Action.text".into()),
            purpose: Some("Action.purpose".into()),
            service_code: Some("Action.service_code".into()),
            frequency: Some("Action.frequency".into()),
            duration: Some("Action.duration".into()),
            setting: Some("Action.setting".into()),
            modality: Some("Action.modality".into()),
            voluntary: Some("unknown".into()),
            chosen_by_person: Some("unknown".into()),
            peer_function: Some("team-culture".into()),
            professional_function: Some("linkage".into()),
            status: Some("entered-in-error".into()),
        }],
        peer_support: Some(PeerSupport { status: Some("not-available".into()) }),
        crisis: Some(Crisis {
            status: Some("not-offered".into()),
            pad_exists: Some("unknown".into()),
            linked_plan: Some(LinkedPlan {
                kind: Some("LinkedPlan.kind".into()),
                r#ref: Some("LinkedPlan.ref".into()),
            }),
            what_helps: vec!["Crisis.what_helps".into()],
            what_to_avoid: vec!["Crisis.what_to_avoid".into()],
            people_to_call: vec!["Crisis.people_to_call".into()],
            preferences: Some("Crisis.preferences".into()),
        }),
        transition: Some(Transition {
            criteria_text: Some("Transition.criteria_text".into()),
            supports_after: Some("Transition.supports_after".into()),
        }),
        agreement: Some(Agreement {
            person_agrees: Some("not-asked".into()),
            person_signed_on: Some("2026-03-02".into()),
            method: Some("Agreement.method".into()),
            copy_offered: Some("unknown".into()),
            disagreement_text: Some("Agreement.disagreement_text".into()),
            representative_signed_on: Some("2026-03-02".into()),
        }),
        overrides: vec![Override {
            rule_id: Some("Override.rule_id".into()),
            pointer: Some("Override.pointer".into()),
            reason_code: Some("checker-mistake".into()),
            reason_text: Some("Override.reason_text".into()),
            by_role: Some("Override.by_role".into()),
            by_id: Some("Override.by_id".into()),
            at: Some("2026-03-02".into()),
            expires_on: Some("2026-03-02".into()),
        }],
        unmapped: vec![Unmapped { path: "Unmapped.path".into(), value: "Unmapped.value".into() }],
    }
}

#[test]
fn every_field_goes_to_json_and_back_and_fits_the_schema() {
    let plan = whole();
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
    json_paths(&serde_json::to_value(whole()).unwrap(), "", &mut of_plan);
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
    check(AchievementCode::NAME, AchievementCode::CODES);
    check(ActionStatus::NAME, ActionStatus::CODES);
    check(Actor::NAME, Actor::CODES);
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
