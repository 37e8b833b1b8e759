//! Policies of states and agencies: what they make of the built-in ones, what they may not, and why a rule weighs what
//! it does.

mod definitions;
mod layers;
mod never_less;
mod phrases;
mod refused;

use std::sync::Arc;

use jiff::civil::Date;
use ownwords::{
    plan::{Plan, ProgramType},
    profile::{Origin, Policies, ProfileError},
    rules::{Circumstance, Policy, Severity, Situation, page::BASE},
};

/// The state's file of these lines, after its first two.
fn state(lines: &str) -> Origin {
    Origin::File("state.toml".to_owned(), format!("policy = \"standard\"\nname = \"prairie\"\n{lines}"))
}

/// An agency's file of these lines, after its first two.
fn river(lines: &str) -> Origin {
    Origin::File("river.toml".to_owned(), format!("policy = \"standard\"\nname = \"river\"\n{lines}"))
}

/// The policies of a state, with one agency's own.
fn layered(state: &Origin, agency: Option<Origin>) -> Result<Policies, ProfileError> {
    Policies::of(state, agency.map(|origin| ("ag-1".to_owned(), origin)).into_iter().collect())
}

/// The policy of that agency.
fn policy_of(state: &Origin, agency: Option<Origin>) -> Arc<Policy> {
    layered(state, agency).expect("the policies are in order").for_agency(Some("ag-1")).clone()
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// What a rule usually weighs on a day.
fn on(policy: &Policy, rule: &str, text: &str) -> Option<Severity> {
    within(policy, rule, text, &Situation::default())
}

/// What a rule usually weighs on a day for some plans.
fn within(policy: &Policy, rule: &str, text: &str, situation: &Situation<'_>) -> Option<Severity> {
    policy.standing(rule, situation, day(text)).expect("a rule").of(Circumstance::Usual)
}

fn of_program(program_type: &ProgramType) -> Situation<'_> {
    Situation { program_type: Some(program_type), ..Situation::default() }
}

/// The plan of the pages with a goal that is not in the person's words, of a person born on a day.
fn poor_plan(born: &str) -> Plan {
    let mut plan: serde_json::Value = serde_json::from_str(BASE).expect("the base plan");
    plan["goals"] = serde_json::json!([{ "goal_id": "g1", "status": "active",
        "statement": { "text": "Client will maintain medication compliance." } }]);
    plan["person"]["birth_date"] = born.into();
    serde_json::from_value(plan).expect("a plan")
}
