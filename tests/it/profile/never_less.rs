//! However two policies are layered: an agency's is at least as strict as the state's, and no rule goes under its
//! floor.

use jiff::{ToSpan, civil::Date};
use ownwords::{
    plan::{PlanType, ProgramType},
    profile::{BUILT_IN, Origin},
    rules::{AGE_GROUPS, Circumstance, Rule, Severity, Situation, catalogue::RULES},
};
use proptest::prelude::{Strategy, any, prop, prop_assert, proptest};

use super::{day, layered, policy_of};

/// The rule that only the agency makes an error, so that it may put it off.
const OF_THE_AGENCY: &str = "GOAL-013";

const WORDS: [&str; 4] = ["off", "information", "warning", "error"];

/// A severity that a rule may have, counted from its floor.
fn word(rule: &Rule, above: usize) -> &'static str {
    let floor = match rule.floor {
        None => 0,
        Some(Severity::Information) => 1,
        Some(Severity::Warning) => 2,
        Some(Severity::Error) => 3,
    };
    WORDS[floor + above % (WORDS.len() - floor)]
}

fn date(after: i32) -> Date {
    day("2027-01-01") + after.days()
}

/// Days for some of the rules that may be put off and are errors: `DATE` counted from the start of 2027.
fn put_off(rules: &[(usize, i32)]) -> String {
    let mut lines: Vec<_> = rules
        .iter()
        .map(|(place, after)| (RULES[place % RULES.len()], after))
        .filter(|(rule, _)| rule.floor != Some(Severity::Error) && rule.id != OF_THE_AGENCY)
        .map(|(rule, after)| format!("{} = {}", rule.id, date(*after)))
        .collect();
    lines.sort_unstable();
    lines.dedup_by_key(|line| line[..8].to_owned());
    lines.join("\n")
}

/// A state's file: a base that an agency may be stricter than, severities and days of some rules, with or without an
/// overlay and a time of observing.
fn any_state() -> impl Strategy<Value = String> {
    let floors = prop::collection::btree_map(0..RULES.len(), 0_usize..4, 0..8);
    let days = prop::collection::vec((0..RULES.len(), 0..40), 0..5);
    let overlay = prop::option::of((0..3_usize, any::<bool>()));
    (0..2_usize, floors, days, overlay, prop::option::of(0..40)).prop_map(|(base, floors, days, overlay, observe)| {
        let mut lines = vec![format!("policy = \"{}\"\nname = \"prairie\"\n", BUILT_IN[base])];
        if let Some(after) = observe {
            lines.push(format!("observe_until = {}\n", date(after)));
        }
        let put_off = put_off(&days);
        lines.push("[floors]\n".to_owned());
        for (place, above) in &floors {
            let rule = RULES[*place];
            if !put_off.contains(rule.id) && !["GOAL-010", "GOAL-012", OF_THE_AGENCY].contains(&rule.id) {
                lines.push(format!("{} = \"{}\"\n", rule.id, word(rule, *above)));
            }
        }
        // What is put off or overlaid has to be an error, else the file is refused.
        for line in put_off.lines().filter(|line| !line.starts_with("GOAL-012") && !line.starts_with("GOAL-010")) {
            lines.push(format!("{} = \"error\"\n", &line[..line.find(' ').expect("a day")]));
        }
        lines.push(format!("GOAL-010 = \"error\"\nGOAL-012 = \"error\"\n[enforce_from]\n{put_off}\n"));
        if let Some((when, switches_off)) = overlay {
            let when = ["age_group = \"child\"", "program_type = \"peer-run\"", "plan_type = \"annual\""][when];
            let effect =
                if switches_off { "off = [\"GOAL-012\"]" } else { "areas = [\"GOAL\"]\nerror_becomes = \"warning\"" };
            lines.push(format!("[[overlays]]\nwhen = {{ {when} }}\n{effect}\n"));
        }
        lines.concat()
    })
}

/// What an agency raises on top: to error, which no state can be above of; its own day and overlay, or none.
fn any_agency() -> impl Strategy<Value = String> {
    let raise = prop::collection::btree_set(0..RULES.len(), 0..6);
    let put_off = prop::option::of(0..40);
    (raise, any::<bool>(), put_off, stricter()).prop_map(|(raise, has_overlay, put_off, base)| {
        let mut lines = vec![format!("policy = \"{base}\"\nname = \"river\"\n")];
        if let Some(after) = put_off {
            lines.push(format!("enforce_from = {{ {OF_THE_AGENCY} = {} }}\n", date(after)));
        }
        lines.push(format!("[raise]\n{OF_THE_AGENCY} = \"error\"\n"));
        for rule in raise.into_iter().map(|place| RULES[place]).filter(|rule| rule.id != OF_THE_AGENCY) {
            lines.push(format!("{} = \"error\"\n", rule.id));
        }
        if has_overlay {
            lines.push(
                "[[overlays]]\nwhen = { age_group = \"adult\" }\nareas = [\"GOAL\"]\nerror_becomes = \"warning\"\n"
                    .to_owned(),
            );
        }
        lines.concat()
    })
}

fn stricter() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["standard", "strict"])
}

/// Every kind of plan that the overlays above tell apart.
fn situations() -> Vec<Situation<'static>> {
    const PROGRAMS: [Option<&ProgramType>; 3] =
        [None, Some(&ProgramType::PeerRun), Some(&ProgramType::CrisisStabilization)];
    const TYPES: [Option<&PlanType>; 3] = [None, Some(&PlanType::Annual), Some(&PlanType::CrisisShortTerm)];
    let mut all = Vec::new();
    for program_type in PROGRAMS {
        for plan_type in TYPES {
            for ages in [None, Some(AGE_GROUPS[0].ages()), Some(AGE_GROUPS[1].ages())] {
                all.push(Situation { plan_type, program_type, ages });
            }
        }
    }
    all
}

proptest! {
    #[test]
    fn an_agency_is_never_under_the_state_and_no_one_under_the_floor(
        state in any_state(), agency in any_agency(), after in -1..41,
    ) {
        let file = |name: &str, text: &str| Origin::File(name.to_owned(), text.to_owned());
        let (state, agency) = (file("state.toml", &state), file("river.toml", &agency));
        let both = layered(&state, Some(agency.clone()));
        prop_assert!(both.is_ok(), "{:?}: {state:?} {agency:?}", both.err().map(|error| error.to_string()));
        let (of_state, of_agency) = (policy_of(&state, None), policy_of(&state, Some(agency)));
        for situation in situations() {
            for rule in RULES {
                let standing = |policy: &ownwords::rules::Policy| {
                    policy.standing(rule.id, &situation, date(after)).expect("a rule")
                };
                for circumstance in Circumstance::ALL {
                    let (fixed, raised) = (standing(&of_state).of(circumstance), standing(&of_agency).of(circumstance));
                    let put_off = standing(&of_agency).rejects_from(circumstance);
                    prop_assert!(raised >= fixed && fixed >= rule.floor, "{} {circumstance:?} {situation:?}", rule.id);
                    prop_assert!(put_off.is_none_or(|day| day > date(after)), "{}", rule.id);
                }
            }
        }
    }
}
