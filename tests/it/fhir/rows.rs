//! Rows of the mapping table that others write in forms of their own, and what a receiver asks for beside ours.

use ownwords::{
    fhir::{self, Ids, receiver::Receiver},
    plan::{
        Plan,
        goal::{AcceptanceStatus, CaptureMethod, TargetScore},
    },
    words::Words,
};
use serde_json::{Value, json};

use super::{BOTH, bundle_of, case, resource, round::read};

const FACTOR: &str = "http://hl7.org/fhir/StructureDefinition/workflow-protectiveFactor";

fn given(plan: &str) -> Value {
    let path = format!("{}/mappings/fhir-r4/examples/{plan}/given.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).expect("the example is there")).expect("JSON")
}

fn factors(resource: &Value) -> Vec<&Value> {
    let all = resource["extension"].as_array().into_iter().flatten();
    all.filter(|one| one["url"] == FACTOR).collect()
}

/// Every resource of a plan, fitted to a receiver as a delivery does it.
fn fitted(receiver: &Receiver) -> Value {
    let mut bundle = bundle_of(&case("everything"));
    let written = fhir::resources(&case("everything"), &Ids::public(), BOTH);
    let told = receiver.factors(written.iter().map(|one| (one.kind, one.json.as_str())));
    for entry in bundle["entry"].as_array_mut().expect("entries") {
        receiver.fit(&mut entry["resource"]);
        told.fit(&mut entry["resource"]);
    }
    bundle
}

#[test]
fn a_goal_has_its_strengths_as_protective_factors_only_where_they_are_asked_for() {
    assert_eq!(fitted(&Receiver::default()), bundle_of(&case("everything")), "nobody asked");
    let asked = fitted(&Receiver { protective_factors: true, ..Receiver::default() });
    let goals = resource(&asked, "Goal");
    let helped: Vec<_> = goals.iter().filter(|goal| !factors(goal).is_empty()).collect();
    let [goal] = helped[..] else { panic!("one goal uses strengths") };
    let [factor] = factors(goal)[..] else { panic!("it uses one") };
    let parts = factor["extension"].as_array().expect("parts");
    assert_eq!(parts[0]["valueString"], "CodeableReference");
    assert_eq!(parts[1]["valueCodeableConcept"]["text"], "I stay with things, and my sister has my back.");
    let told = parts[2]["valueReference"]["reference"].as_str().expect("a reference");
    let strengths = resource(&asked, "Observation");
    let strength = strengths.iter().find(|one| told.ends_with(one["id"].as_str().expect("an id"))).expect("it is here");
    assert_eq!(strength["valueString"], parts[1]["valueCodeableConcept"]["text"]);
    let (back, before) = (read(asked.to_string()), read(bundle_of(&case("everything")).to_string()));
    assert_eq!(back.plan, before.plan, "what comes back is the same plan");
    assert!(back.unread.is_empty(), "{:?}", back.unread);
}

#[test]
fn a_strength_is_one_in_whichever_form_it_comes() {
    let plan = read(given("others-forms").to_string()).plan;
    let told: Vec<_> = plan.strengths.iter().filter_map(|one| one.text.as_ref().map(Words::reveal)).collect();
    assert_eq!(told, ["I know when a plant is thirsty.", "My aunt drives me when I ask."]);
    let ids: Vec<_> = plan.strengths.iter().filter_map(|one| one.strength_id.clone()).collect();
    assert_eq!(plan.goals[0].strengths_used, ids, "both help the goal");
}

#[test]
fn an_inactive_or_wrong_factor_is_not_lost_or_taken() {
    let of = |status: &str, verified: Option<&str>| {
        let mut bundle = given("others-forms");
        for entry in bundle["entry"].as_array_mut().expect("entries") {
            if entry["resource"]["resourceType"] == "Condition" {
                entry["resource"]["clinicalStatus"]["coding"][0]["code"] = json!(status);
                if let Some(verified) = verified {
                    entry["resource"]["verificationStatus"] = json!({ "coding": [{ "code": verified }] });
                }
            }
        }
        read(bundle.to_string()).plan.strengths.len()
    };
    assert_eq!(of("active", None), 2);
    assert_eq!(of("inactive", Some("confirmed")), 2);
    assert_eq!(of("active", Some("entered-in-error")), 1);
}

#[test]
fn codes_beside_the_words_go_on_beside_them() {
    let plan = read(given("others-forms").to_string()).plan;
    let goal = &plan.goals[0];
    assert_eq!(goal.statement.coding[0].code.as_deref(), Some("713458007"));
    assert_ne!(
        goal.statement.capture_method,
        Some(CaptureMethod::SelectedFromList),
        "the words say more than the code"
    );
    let bundle = bundle_of(&plan);
    let written = resource(&bundle, "Goal");
    let description = &written[0]["description"];
    assert_eq!(description["coding"][0]["display"], "Difficulty in using employment services");
    assert_eq!(description["text"], "I want to grow my own food and sell what is left.");
}

#[test]
fn codes_beside_an_objective_go_on_beside_it() {
    let mut bundle = bundle_of(&case("everything"));
    let objective = |goal: &Value| goal["category"].to_string().contains("\"objective\"");
    for entry in bundle["entry"].as_array_mut().expect("entries") {
        let goal = &mut entry["resource"];
        if goal["resourceType"] == "Goal" && objective(goal) {
            goal["description"]["coding"] =
                json!([{ "system": "http://snomed.info/sct", "code": "713458007", "display": "x" }]);
        }
    }
    let back = read(bundle.to_string());
    let [first, ..] = &back.plan.objectives[..] else { panic!("an objective") };
    assert_eq!(first.coding[0].code.as_deref(), Some("713458007"));
    assert_eq!(first.text, case("everything").objectives[0].text, "the words stay what they are");
    assert!(back.unread.is_empty(), "{:?}", back.unread);
    let again = bundle_of(&back.plan);
    let written = resource(&again, "Goal").into_iter().find(|goal| objective(goal)).expect("an objective");
    assert_eq!(written["description"]["coding"][0]["display"], "x");
}

#[test]
fn what_the_person_says_to_a_goal_is_theirs_alone() {
    let plan = read(given("others-forms").to_string()).plan;
    let said = plan.goals[0].acceptance.as_ref().expect("the person said something");
    assert_eq!(said.status, Some(AcceptanceStatus::Agree));
    let unmapped = serde_json::to_string(&plan.unmapped).expect("JSON");
    assert!(unmapped.contains("goal-acceptance") && unmapped.contains("Practitioner/pr1"), "{unmapped}");
    assert_eq!(plan.goals[1].replaced_by, plan.goals[0].goal_id);
    assert_eq!(plan.replaces, ["cp4", "PL-07"]);
}

#[test]
fn a_scaled_goal_and_its_scores_claim_what_they_are() {
    let claims = |plan: &Plan, kind: &str, claim: &str| {
        let bundle = bundle_of(plan);
        let all = resource(&bundle, kind);
        all.iter().filter(|one| one["meta"]["profile"].to_string().contains(claim)).count()
    };
    let whole = case("everything");
    assert_eq!(claims(&whole, "Goal", "pco-gas-goal-profile"), 1);
    assert_eq!(claims(&whole, "Observation", "pco-gas-score-observation"), 2);
    let mut undated = whole.clone();
    undated.goals[0].scores[1].date = None;
    assert_eq!(claims(&undated, "Observation", "pco-gas-score-observation"), 1, "PCO wants the day of a score");
    let mut endless = whole.clone();
    endless.goals[0].start_date = None;
    assert_eq!(claims(&endless, "Goal", "pco-gas-goal-profile"), 0);
    assert_eq!(claims(&endless, "Observation", "pco-gas-score-observation"), 0, "its goal is none of PCO's");
    let mut much = whole;
    much.goals[0].scale = std::iter::repeat_n(much.goals[0].scale[0].clone(), 6).collect();
    assert_eq!(claims(&much, "Goal", "pco-gas-goal-profile"), 0, "five levels and no more");
}

#[test]
fn a_goal_with_a_score_to_reach_and_the_scores_toward_it_claim_what_they_are() {
    let claims = |plan: &Plan, kind: &str, name: &str| {
        let bundle = bundle_of(plan);
        resource(&bundle, kind).iter().filter(|one| one["meta"]["profile"].to_string().contains(name)).count()
    };
    let plan = measured("44261-6", Some(4));
    assert_eq!(claims(&plan, "Goal", "pco-prom-goal-profile"), 1, "PHQ-9");
    assert_eq!(claims(&plan, "Observation", "pco-prom-score-observation"), 1);
    let mut undated = plan.clone();
    undated.goals[0].scores[0].date = None;
    assert_eq!(claims(&undated, "Observation", "pco-prom-score-observation"), 0, "PCO wants the day of a score");
    for (instrument, value, why) in [
        ("8480-6", Some(120), "a blood pressure is measured, not told"),
        ("PHQ-9", Some(4), "a name is no code"),
        ("44261-6", None, "there is no score to reach"),
    ] {
        let other = measured(instrument, value);
        assert_eq!(claims(&other, "Goal", "pco-prom-goal-profile"), 0, "{why}");
        assert_eq!(claims(&other, "Observation", "pco-prom-score-observation"), 0, "{why}");
    }
    let mut both = plan;
    both.goals[0].scale = case("everything").goals[0].scale.clone();
    assert!(!both.goals[0].scale.is_empty());
    assert_eq!(claims(&both, "Goal", "pco-prom-goal-profile"), 0, "one target says it, and there are two");
    assert_eq!(claims(&both, "Goal", "pco-gas-goal-profile"), 0);
}

/// A plan whose first goal has a score to reach and one score toward it, and is scaled by nothing else.
fn measured(instrument: &str, value: Option<i32>) -> Plan {
    let mut plan = case("everything");
    plan.goals.truncate(1);
    let goal = &mut plan.goals[0];
    goal.scale.clear();
    goal.target_score = Some(TargetScore { instrument: Some(instrument.to_owned()), value: value.map(Into::into) });
    goal.scores.truncate(1);
    goal.scores[0].instrument = Some(instrument.to_owned());
    goal.scores[0].date = Some("2026-03-02".into());
    plan
}
