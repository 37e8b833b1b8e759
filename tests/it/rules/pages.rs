//! Every rule's page has the fixed shape, and its examples come true.

use ownwords::{
    plan::Plan,
    profile,
    rules::{
        Rule,
        catalogue::RULES,
        judge_among,
        page::{BASE, Example, Form, Page},
    },
};

use super::{judged, others, rules_of};

#[test]
fn the_base_plan_is_in_order() {
    let plan: Plan = serde_json::from_str(BASE).expect("the base plan");
    for policy in ["observe", "standard", "strict"] {
        assert_eq!(rules_of(&judged(&plan, policy)), Vec::<&str>::new(), "{policy}");
    }
}

#[test]
fn every_page_has_the_fixed_shape_and_its_examples_come_true() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let page = rule.page().unwrap_or_else(|fault| panic!("{}: {fault}", rule.id));
        assert_eq!((page.id, page.name), (rule.id, rule.name), "title of the page of {}", rule.id);
        assert!(page.sentence.ends_with('.') && page.sentence.len() < 140, "{}: {}", rule.id, page.sentence);
        let found = page.examples.iter().filter(|example| example.found.is_some()).count();
        assert!(found > 0 && found < page.examples.len(), "{} has examples of both kinds", rule.id);
        for example in &page.examples {
            let form = if rule.area() == "FILE" { Form::File } else { Form::Plan };
            assert_eq!(example.form, form, "{} line {}", rule.id, example.line);
            if form == Form::Plan {
                wrong.extend(fault_of(rule, example));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an example promises and does not keep.
fn fault_of(rule: &Rule, example: &Example) -> Option<String> {
    let plan: Plan = serde_json::from_value(example.plan().expect("fields of a plan")).expect("a plan");
    let today = example.today.parse().expect("a day");
    let mut others = others(example.others, &plan);
    if example.held_otherwise {
        others.say_other_content();
    }
    let policy = profile::policy(example.policy).expect("a built-in policy");
    let verdict = judge_among(&plan, &policy, today, &others);
    let at: Vec<_> = verdict.findings.iter().filter(|f| f.rule == rule.id).map(|f| f.pointer.as_str()).collect();
    let kept = match example.found {
        Some((id, pointer)) => id == rule.id && at == [pointer],
        None => at.is_empty(),
    };
    (!kept).then(|| format!("{} line {}: found at {at:?}, promised {:?}", rule.id, example.line, example.found))
}

#[test]
fn a_page_of_another_shape_is_refused_with_its_line() {
    let fault = |text: &'static str| Page::parse(text).expect_err("a fault").to_string();
    assert_eq!(fault("GOAL-999 x\n"), "line 1: the page starts with `# ID name`");
    assert_eq!(fault("# GOAL-999 x\n\n## Found\n"), "line 2: one sentence follows the title");
    assert_eq!(fault("# GOAL-999 x\n\nOne.\n\n## Found\n"), "line 5: `## What it looks for` stands here");
    assert_eq!(
        fault("# GOAL-999 x\n\nOne.\n\n## What it looks for\n\n## Found\n"),
        "line 5: nothing stands under `## What it looks for`"
    );
    let told = "# G x\n\nOne.\n\n## What it looks for\n\na\n\n## Why it matters to the person\n\nb\n\n## Found\n\nIn words only.\n";
    assert_eq!(fault(told), "line 13: no example stands under `## Found`");
    let open = "# G x\n\nOne.\n\n## What it looks for\n\na\n\n## Why it matters to the person\n\nb\n\n## Found\n\n```json found=G@/x\n{}\n";
    assert_eq!(fault(open), "line 15: the fence is not closed");
}
