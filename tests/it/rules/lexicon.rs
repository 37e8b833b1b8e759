//! The language list: every entry speaks of its example, passes over everything that is not staff's to mend, and costs little.

use std::collections::BTreeSet;

use ownwords::rules::{
    Severity,
    wording::{Language, lexicon::lexicon},
};
use proptest::prelude::{ProptestConfig, prop_assert, proptest};
use serde_json::{Value, json};

use super::{judged, plan_with};

/// Entries found in the plan, as diagnostics tell them.
fn entries(fields: Value) -> BTreeSet<String> {
    let verdict = judged(&plan_with(fields), "standard");
    let found = verdict.findings.iter().filter(|finding| finding.rule == "LANG-001");
    found.map(|finding| finding.diagnostics.trim_start_matches("entry=").to_owned()).collect()
}

fn in_summary(text: &str) -> BTreeSet<String> {
    entries(json!({ "interpretive_summary": { "text": text } }))
}

#[test]
fn every_entry_speaks_of_its_example_and_says_where_it_is_from() {
    let list = &lexicon().entries;
    assert_eq!(list.len(), 53);
    assert_eq!(list.iter().map(|entry| &entry.id).collect::<BTreeSet<_>>().len(), list.len());
    for entry in list {
        assert!(in_summary(&entry.example).contains(&entry.id), "{}", entry.id);
        assert!(!entry.alternatives.is_empty() && !entry.sources.is_empty(), "{}", entry.id);
    }
    assert_eq!(list.iter().filter(|entry| entry.language == Language::Spanish).count(), 14);
    assert_eq!(list.iter().filter(|entry| entry.is_suggestion).count(), 13);
}

#[test]
fn the_list_is_the_design_files() {
    let Some(design) = super::shared_examples::design("lexicon.json") else { return };
    let design: Value = serde_json::from_str(&design).expect("the design's list");
    let designed = design["entries"].as_array().expect("entries").iter().map(|entry| {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        (text("id"), text("label"), text("severity") == "information")
    });
    let ours = lexicon().entries.iter().map(|entry| (entry.id.clone(), entry.label.clone(), entry.is_suggestion));
    assert_eq!(designed.collect::<Vec<_>>(), ours.collect::<Vec<_>>());
}

#[test]
fn one_finding_an_entry_at_its_first_place_with_what_to_write_instead() {
    let plan = plan_with(json!({
        "reviews": [{ "progress": [{ "text": "Went well." }, { "text": "Client was noncompliant." }] }],
        "interpretive_summary": { "text": "Noncompliant since May; refused to go out." },
    }));
    let verdict = judged(&plan, "strict");
    let found: Vec<_> = verdict.findings.iter().filter(|finding| finding.rule == "LANG-001").collect();
    let told: Vec<_> = found.iter().map(|f| (f.pointer.as_str(), f.diagnostics.as_str(), f.severity)).collect();
    let wanted = [
        ("/reviews/0/progress/1/text", "entry=noncompliant", Severity::Warning),
        ("/interpretive_summary/text", "entry=refuses", Severity::Information),
    ];
    assert_eq!(told, wanted);
    assert!(found[1].message.contains("\"refused\"") && found[1].message.contains("chose not to"));
    let observed = judged(&plan, "observe");
    assert!(observed.findings.iter().all(|f| f.rule != "LANG-001" || f.severity == Severity::Information));
}

#[test]
fn what_is_the_persons_is_never_looked_at() {
    let said = "Noncompliant, a junkie, suffers from depression";
    let theirs = [
        json!({ "goals": [{ "statement": { "text": said, "expressed_by": "staff", "translation": [{ "text": said }] },
                            "why_it_matters": said }] }),
        json!({ "strengths": [{ "text": said, "told_by": "person" }] }),
        json!({ "strengths": [{ "text": said, "told_by": "family" }] }),
        json!({ "strengths": [{ "text": said }] }),
        json!({ "preferences": [{ "text": said }], "transition": { "criteria_text": said } }),
        json!({ "whole_person": { "vision": said, "roles": [said], "culture": said, "how_i_understand_it": said } }),
        json!({ "crisis": { "what_helps": [said], "what_to_avoid": [said], "preferences": said } }),
        json!({ "agreement": { "person_agrees": "no", "disagreement_text": said } }),
        json!({ "barriers": [{ "diagnosis": [{ "text": "Alcohol abuse, uncomplicated" }] }] }),
        json!({ "actions": [{ "actor": "person", "text": "I go to my meeting, I am an alcoholic." }] }),
        json!({ "reviews": [{ "progress": [{ "text": "Soy adicta en recuperación." }] }] }),
        json!({ "interpretive_summary": { "text": "Says of herself: “I am a junkie, and proud of being clean and sober.”" } }),
    ];
    for fields in theirs {
        assert_eq!(entries(fields.clone()), BTreeSet::new(), "{fields}");
    }
    let staffs = [
        json!({ "strengths": [{ "text": said, "told_by": "staff" }] }),
        json!({ "barriers": [{ "text": said }] }),
        json!({ "risks": [{ "mitigation": said }] }),
        json!({ "objectives": [{ "measure": said }] }),
        json!({ "actions": [{ "actor": "professional", "purpose": said }] }),
        json!({ "actions": [{ "actor": "person", "text": said }] }),
        json!({ "no_goal": { "reason": "other", "explanation": said } }),
        json!({ "transition": { "supports_after": said } }),
        json!({ "reviews": [{ "progress": [{ "text": said }] }] }),
    ];
    for fields in staffs {
        assert_eq!(entries(fields.clone()).len(), 3, "{fields}");
    }
}

#[test]
fn the_persons_own_word_for_themselves_is_theirs() {
    let fields = |described: Value| {
        json!({ "person": { "local_id": "P-77", "how_described": described },
                "interpretive_summary": { "text": "An alcoholic who suffers from insomnia." } })
    };
    assert_eq!(entries(fields(json!("alcoholic, sober, and a poet"))), BTreeSet::from(["suffers-from".to_owned()]));
    assert_eq!(entries(fields(Value::Null)).len(), 2);
}

#[test]
fn a_grade_is_for_long_english_texts_of_staff_only() {
    let long =
        "Interdisciplinary coordination necessitates comprehensive reevaluation of individualized interventions, "
            .repeat(14);
    let graded = |fields: Value| judged(&plan_with(fields), "strict").findings.iter().any(|f| f.rule == "LANG-010");
    assert!(graded(json!({ "interpretive_summary": { "text": long } })));
    assert!(!graded(json!({ "whole_person": { "vision": long } })));
    assert!(!graded(json!({ "interpretive_summary": { "text": &long[..900] } })), "fewer than 100 words");
    let spanish =
        "La coordinación interdisciplinaria necesita la reevaluación de las intervenciones individualizadas, "
            .repeat(14);
    assert!(!graded(json!({ "interpretive_summary": { "text": spanish } })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The quick look over all entries at once passes over nothing that an entry finds, whatever signs stand beside it: letters
    /// with a fold, signs without one, other scripts. Without vowels, so that no word of another language (je) comes of it.
    #[test]
    fn the_quick_look_misses_nothing(which in 0_usize..53, beside in "[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz0-9ñ ½🏠—]{0,20}") {
        let entry = &lexicon().entries[which];
        let language = if entry.language == Language::Spanish { "el la de que y en con para" } else { "the of and to with for that" };
        let text = format!("{language} {language}. {} {beside}", entry.example);
        prop_assert!(in_summary(&text).contains(&entry.id), "{}: {beside:?}", entry.id);
    }
}
