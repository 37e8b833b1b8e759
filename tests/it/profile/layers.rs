//! What a state's and an agency's file make of the built-in policy, by rule, day and kind of plan.

use std::fs;

use ownwords::{
    plan::{PlanType, ProgramType},
    profile::{Origin, Policies, policy},
    rules::{
        Circumstance, Outcome,
        Severity::{Error, Information, Warning},
        Situation, judge,
    },
};

use super::{day, layered, of_program, on, policy_of, poor_plan, river, state, within};

const TODAY: &str = "2026-11-25";

#[test]
fn the_state_sets_and_an_agency_raises() {
    let prairie = state("floors = { GOAL-010 = \"warning\", GOAL-012 = \"warning\", GOAL-004 = \"off\" }\n");
    let of_state = policy_of(&prairie, None);
    let of_river = policy_of(&prairie, Some(river("raise = { GOAL-010 = \"error\", GOAL-011 = \"warning\" }\n")));
    for (rule, by_state, by_river) in [
        ("GOAL-010", Some(Warning), Some(Error)),
        ("GOAL-011", Some(Information), Some(Warning)),
        ("GOAL-012", Some(Warning), Some(Warning)),
        ("GOAL-004", None, None),
        ("STR-001", Some(Error), Some(Error)),
    ] {
        assert_eq!(on(&of_state, rule, TODAY), by_state, "{rule} by the state");
        assert_eq!(on(&of_river, rule, TODAY), by_river, "{rule} by the agency");
        assert_eq!((of_state.severity(rule), of_river.severity(rule)), (by_state, by_river), "{rule}");
    }
    let others = layered(&prairie, Some(river("raise = { GOAL-010 = \"error\" }\n"))).expect("in order");
    assert_eq!(on(others.for_agency(Some("ag-2")), "GOAL-010", TODAY), Some(Warning), "another agency");
    assert_eq!(on(others.for_agency(None), "GOAL-010", TODAY), Some(Warning), "no agency known");
}

#[test]
fn where_another_goal_stands_a_rule_stays_as_mild_as_it_was() {
    let stands = |policy: &ownwords::rules::Policy| policy.severity_when("GOAL-002", Circumstance::AnotherStands);
    let lowered = state("floors = { GOAL-002 = \"warning\" }\n");
    assert_eq!(stands(&policy_of(&lowered, None)), Some(Warning));
    let raised = policy_of(&lowered, Some(river("raise = { GOAL-002 = \"error\" }\n")));
    assert_eq!((raised.severity("GOAL-002"), stands(&raised)), (Some(Error), Some(Warning)));
    let overdue = policy_of(&state("raise = { GOAL-004 = \"error\" }\n"), None);
    assert_eq!(overdue.severity_when("GOAL-004", Circumstance::Overdue60Days), Some(Error));
}

#[test]
fn an_agency_takes_a_stricter_built_in_policy() {
    let prairie = state("floors = { GOAL-011 = \"warning\" }\n");
    let strict = policy_of(&prairie, Some(Origin::BuiltIn("strict".to_owned())));
    assert_eq!(strict.name(), "prairie/strict");
    assert_eq!(on(&strict, "GOAL-012", TODAY), Some(Warning), "strict asks for it");
    assert_eq!(on(&strict, "GOAL-011", TODAY), Some(Warning), "the state asks for it");
    let same = policy_of(&prairie, Some(Origin::BuiltIn("standard".to_owned())));
    assert_eq!(on(&same, "GOAL-012", TODAY), Some(Information));
}

#[test]
fn without_a_state_an_agency_chooses_and_builds_on_any_built_in_policy() {
    let for_all = Origin::BuiltIn("standard".to_owned());
    let observe = policy_of(&for_all, Some(Origin::BuiltIn("observe".to_owned())));
    assert_eq!(on(&observe, "GOAL-010", TODAY), Some(Warning));
    let own = policy_of(&for_all, Some(river("raise = { GOAL-012 = \"error\" }\nobserve_until = 2026-12-24\n")));
    assert_eq!((on(&own, "GOAL-012", "2026-12-23"), on(&own, "GOAL-012", "2026-12-24")), (None, Some(Error)));
}

#[test]
fn before_its_day_an_error_is_a_warning_that_says_the_day() {
    let prairie = state("enforce_from = { \"GOAL-010\" = \"2027-03-01\" }\n");
    let plan = poor_plan("1990-05-05");
    for (today, outcome, ending) in [
        ("2027-02-28", Outcome::AcceptedWithWarnings, " This would be rejected from 2027-03-01."),
        ("2027-03-01", Outcome::Rejected, ""),
    ] {
        let verdict = judge(&plan, &policy_of(&prairie, None), day(today));
        assert_eq!(verdict.outcome(), outcome, "{today}: {verdict:?}");
        let finding = verdict.findings.iter().find(|finding| finding.rule == "GOAL-010").expect("GOAL-010");
        assert!(finding.message.ends_with(ending), "{today}: {}", finding.message);
        assert_eq!(finding.message.contains("would be rejected"), !ending.is_empty(), "{}", finding.message);
    }
}

#[test]
fn of_two_days_the_first_on_which_it_rejects_is_said() {
    let prairie = state("floors = { GOAL-012 = \"warning\", GOAL-010 = \"warning\" }\n");
    let own = river("raise = { GOAL-010 = \"error\" }\nenforce_from = { GOAL-010 = 2027-02-01 }\n");
    let standing =
        |today| policy_of(&prairie, Some(own.clone())).standing("GOAL-010", &Situation::default(), day(today));
    let before = standing("2027-01-31").expect("GOAL-010");
    assert_eq!(before.of(Circumstance::Usual), Some(Warning));
    assert_eq!(before.rejects_from(Circumstance::Usual), Some(day("2027-02-01")));
    assert_eq!(standing("2027-02-01").map(|standing| standing.of(Circumstance::Usual)), Some(Some(Error)));
    // The agency raises to error at once, so the state's later day does not soften it, and no day is said.
    let later = state("enforce_from = { GOAL-010 = 2027-03-01 }\n");
    let at_once = policy_of(&later, Some(river("raise = { GOAL-010 = \"error\" }\n")));
    let now = at_once.standing("GOAL-010", &Situation::default(), day(TODAY)).expect("GOAL-010");
    assert_eq!((now.of(Circumstance::Usual), now.rejects_from(Circumstance::Usual)), (Some(Error), None));
}

#[test]
fn until_a_day_nothing_weighs_more_than_observed() {
    let prairie = state("observe_until = 2027-01-01\nfloors = { GOAL-011 = \"error\" }\n");
    let (prairie, observe) = (policy_of(&prairie, None), policy("observe").expect("observe"));
    for rule in ["GOAL-010", "GOAL-011", "STR-001", "GOAL-012"] {
        assert_eq!(on(&prairie, rule, "2026-12-31"), observe.severity(rule), "{rule}");
    }
    assert_eq!(on(&prairie, "DATA-001", "2026-12-31"), Some(Error), "a floor holds on every day");
    assert_eq!(on(&prairie, "GOAL-011", "2027-01-01"), Some(Error));
}

#[test]
fn the_state_gives_one_agency_more_time() {
    let prairie = state(
        "enforce_from = { GOAL-010 = 2027-01-01 }\n[agencies.ag-1]\nobserve_until = 2027-02-01\n\
         enforce_from = { GOAL-010 = 2027-03-01, STR-001 = 2027-03-01 }\n",
    );
    let policies = layered(&prairie, None).expect("in order");
    let (one, other) = (policies.for_agency(Some("ag-1")), policies.for_agency(Some("ag-2")));
    assert_eq!((on(other, "GOAL-010", "2027-01-01"), on(one, "GOAL-010", "2027-01-01")), (Some(Error), Some(Warning)));
    assert_eq!((on(one, "GOAL-003", "2027-01-31"), on(one, "GOAL-003", "2027-02-01")), (Some(Warning), Some(Error)));
    assert_eq!((on(one, "STR-001", "2027-02-28"), on(one, "STR-001", "2027-03-01")), (Some(Warning), Some(Error)));
    assert_ne!(one.identity(day(TODAY)), other.identity(day(TODAY)));
}

#[test]
fn overlays_cover_programs_plan_types_and_ages_and_add_up() {
    let prairie = policy_of(
        &state(
            "overlays = [\n\
             { when = { program_type = \"peer-run\" }, off = [\"GOAL-012\"] },\n\
             { when = { age_group = \"child\" }, areas = [\"GOAL\"], error_becomes = \"warning\" },\n\
             { when = { age_group = \"13-17\", program_type = \"ccbhc\" }, areas = [\"STR\"], \
             error_becomes = \"warning\" },\n\
             ]\n",
        ),
        None,
    );
    assert_eq!(within(&prairie, "GOAL-012", TODAY, &of_program(&ProgramType::PeerRun)), None);
    assert_eq!(within(&prairie, "GOAL-012", TODAY, &of_program(&ProgramType::Ccbhc)), Some(Information));
    let aged = |ages| Situation { ages: Some(ages), ..of_program(&ProgramType::Ccbhc) };
    for (ages, goal, strength) in [
        ((12, 12), Warning, Error),
        ((13, 13), Warning, Warning),
        ((17, 17), Warning, Warning),
        ((18, 18), Error, Error),
        ((17, 18), Error, Error),
    ] {
        assert_eq!(within(&prairie, "GOAL-010", TODAY, &aged(ages)), Some(goal), "{ages:?}");
        assert_eq!(within(&prairie, "STR-001", TODAY, &aged(ages)), Some(strength), "{ages:?}");
    }
    let crisis = PlanType::CrisisShortTerm;
    let peer_run = Situation { plan_type: Some(&crisis), ..of_program(&ProgramType::PeerRun) };
    let weights = ["GOAL-012", "GOAL-010", "STR-001"].map(|rule| within(&prairie, rule, TODAY, &peer_run));
    assert_eq!(weights, [None, Some(Warning), Some(Warning)], "its own overlay, and the built-in one of crisis plans");
}

#[test]
fn a_persons_age_is_that_of_the_day_judged() {
    let young = "overlays = [{ when = { age_group = \"child\" }, areas = [\"GOAL\"], error_becomes = \"warning\" }]\n";
    let prairie = policy_of(&state(young), None);
    for (born, today, outcome) in [
        ("2009-03-02", "2027-03-01", Outcome::AcceptedWithWarnings),
        ("2009-03-02", "2027-03-02", Outcome::Rejected),
        ("2009-03", "2027-02-28", Outcome::AcceptedWithWarnings),
        ("2009-03", "2027-03-15", Outcome::Rejected),
        ("2010", "2027-12-31", Outcome::AcceptedWithWarnings),
        ("2009", "2027-12-31", Outcome::Rejected),
        ("2028-01-01", "2027-12-31", Outcome::Rejected),
        ("long ago", "2027-12-31", Outcome::Rejected),
    ] {
        assert_eq!(judge(&poor_plan(born), &prairie, day(today)).outcome(), outcome, "born {born}, on {today}");
    }
}

#[test]
fn overlays_of_the_state_cover_what_an_agency_raised_and_an_agencys_cover_only_that() {
    let prairie =
        state("overlays = [{ when = { program_type = \"act\" }, areas = [\"GOAL\"], error_becomes = \"warning\" }]\n");
    let own = river(
        "raise = { GOAL-013 = \"error\" }\n\
         overlays = [{ when = { program_type = \"pros\" }, areas = [\"GOAL\"], error_becomes = \"warning\" }]\n",
    );
    let river = policy_of(&prairie, Some(own));
    assert_eq!(on(&river, "GOAL-013", TODAY), Some(Error));
    assert_eq!(within(&river, "GOAL-013", TODAY, &of_program(&ProgramType::Act)), Some(Warning));
    assert_eq!(
        within(&river, "GOAL-013", TODAY, &of_program(&ProgramType::Pros)),
        Some(Warning),
        "the state's warning"
    );
    assert_eq!(within(&river, "GOAL-010", TODAY, &of_program(&ProgramType::Pros)), Some(Error), "fixed by the state");
}

#[test]
fn a_policy_is_another_one_when_anything_in_it_changes_or_a_day_of_it_comes() {
    let text = "enforce_from = { GOAL-010 = 2027-03-01 }\n";
    let identity = |lines: &str, today: &str| policy_of(&state(lines), None).identity(day(today));
    let known = identity(text, TODAY);
    assert!(known.starts_with("prairie@") && known.len() == "prairie@00000000".len(), "{known}");
    assert_eq!(known, identity(&format!("# Why.\n{text}"), "2027-02-28"), "words beside it do not count");
    assert_eq!(identity(text, "2027-03-01"), format!("{known}+1"));
    let young = "overlays = [{ when = { age_group = \"child\" }, areas = [\"GOAL\"], error_becomes = \"warning\" }]\n";
    let others = [
        identity("enforce_from = { GOAL-010 = 2027-03-02 }\n", TODAY),
        identity("enforce_from = { GOAL-003 = 2027-03-01 }\n", TODAY),
        identity("observe_until = 2027-03-01\n", TODAY),
        identity("floors = { GOAL-012 = \"warning\" }\n", TODAY),
        identity(young, TODAY),
        identity(&young.replace("child", "adult"), TODAY),
        identity("", TODAY),
        known,
    ];
    let different: std::collections::BTreeSet<_> = others.iter().collect();
    assert_eq!(different.len(), others.len(), "{others:?}");
}

#[test]
fn the_readmes_example_is_in_order() {
    let readme = fs::read_to_string("README.md").expect("README.md");
    let section = readme.split("\n## Policies\n").nth(1).expect("README has a section Policies");
    let examples: Vec<_> =
        section.split("```toml\n").skip(1).map(|rest| rest.split("```").next().expect("text")).collect();
    let file = |name: &str, text: &str| Origin::File(name.to_owned(), text.to_owned());
    let agency = vec![("river-county".to_owned(), file("river.toml", examples[1]))];
    let policies = Policies::of(&file("state.toml", examples[0]), agency).expect("the examples are in order");
    assert_eq!(policies.for_agency(Some("river-county")).name(), "prairie-2027/river-county");
}

#[test]
fn a_states_own_ages_take_the_place_of_ours_for_what_they_speak_of() {
    let own = "[[expected_ages]]\nfield = \"smi_sed\"\ncodes = [\"sed\"]\nbelow = 19\n";
    let found = |policy: &ownwords::rules::Policy, field: &str, code: &str| {
        let mut plan = serde_json::to_value(poor_plan("2006-01-01")).expect("a plan is JSON");
        plan["period"] = serde_json::json!({ "start": "2026-02-01" });
        plan["person"]["status"] = serde_json::json!({ field: { "code": code } });
        let plan = serde_json::from_value(plan).expect("it is a plan");
        let findings = judge(&plan, policy, day(TODAY)).findings;
        findings.into_iter().filter(|finding| matches!(finding.rule, "DATA-007" | "DATA-008")).count()
    };
    let (ours, prairie) = (policy("standard").expect("it loads"), state(own));
    let of_state = policy_of(&prairie, None);
    let of_river = policy_of(&prairie, Some(river("raise = { GOAL-013 = \"error\" }\n")));
    assert_eq!(found(&ours, "smi_sed", "sed"), 0, "at 20 years, by the table of ours");
    for policy in [&of_state, &of_river] {
        assert_eq!(found(policy, "smi_sed", "sed"), 1, "by the state's");
        assert_eq!(found(policy, "employment", "full-time"), 0, "of which the state says nothing");
    }
    assert_ne!(of_state.identity(day(TODAY)), policy_of(&state(""), None).identity(day(TODAY)), "judged anew");
    let refused = layered(&prairie, Some(river(own))).expect_err("an agency's file has no ages").to_string();
    assert!(refused.contains("expected_ages is the state's"), "{refused}");
}
