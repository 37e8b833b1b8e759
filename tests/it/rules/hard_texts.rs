//! Texts as they really arrive: very long, of mixed scripts, right to left, with signs nobody sees and markup in them. And what
//! may never happen to a goal, whatever its text.

use ownwords::rules::{
    Outcome, Phrases, Severity, judge, passed,
    wording::{About, judge_text},
};
use proptest::prelude::{Just, ProptestConfig, Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::json;

use super::{finding, judged, plan_with, plan_with_goal, said_of_words, today};

#[test]
fn hard_texts_are_judged_without_harm() {
    let long = "I want to see my daughter and her dog. ".repeat(27_000);
    let clinical = "Patient will comply with treatment within 90 days. ".repeat(21_000);
    let texts = [
        (long.as_str(), Outcome::Accepted),
        (clinical.as_str(), Outcome::Rejected),
        ("أريد أن أرى ابني", Outcome::Accepted),
        ("\u{202e}I want my own place\u{202c}", Outcome::Accepted),
        ("I\u{200b} want\u{feff} to\u{ad} see\u{200d} the ocean", Outcome::Accepted),
        ("I want 我的 дом y mi casa 🏠", Outcome::Accepted),
        ("אני רוצה לראות את הים", Outcome::Accepted),
        ("<p>I want a <b>dog</b></p><script>alert(1)</script>", Outcome::AcceptedWithWarnings),
        ("\u{0}\u{1}\u{7f}", Outcome::Accepted),
        ("e\u{301}\u{301}\u{301}\u{301} quiero mi casa", Outcome::Accepted),
    ];
    for (text, outcome) in texts {
        for policy in ["observe", "standard", "strict"] {
            let mut plan = plan_with_goal(text);
            plan.interpretive_summary = Some(serde_json::from_value(json!({ "text": text })).expect("a summary"));
            let verdict = judged(&plan, policy);
            if policy == "standard" {
                let shown: String = text.chars().take(30).collect();
                assert_eq!(verdict.outcome(), outcome, "{shown:?} {:?}", said_of_words(&verdict));
            }
            let told = format!("{verdict:?}");
            assert!(told.len() < 20_000 && !told.contains("script"));
        }
    }
}

#[test]
fn damage_is_seen_and_harms_nothing() {
    let damage = |text: &str, lossy: bool| {
        let plan = plan_with(json!({
            "source": { "agency_id": "ag-1", "record_id": "r-1", "lossy": lossy },
            "goals": [{ "statement": { "text": text } }],
        }));
        let verdict = judged(&plan, "strict");
        assert!(passed(&plan, &verdict, &Phrases::default()).own_words, "{text}");
        finding(&verdict, "GOAL-019").map(|finding| finding.diagnostics.clone())
    };
    for length in [255, 256, 500, 1000, 4000] {
        let text = format!("I want {}", "ñ".repeat(length - 7));
        assert_eq!(damage(&text, false).as_deref(), Some("damage=field-length"), "{length}");
        assert_eq!(damage(&format!("{text}ñ"), false).filter(|_| length != 255), None);
    }
    let seen = [
        ("Quiero ir a la panaderÃ\u{ad}a", "garbled"),
        ("I donâ€™t want to be alone", "garbled"),
        ("I want a caf\u{fffd}", "garbled"),
        ("Â¿Puedo volver a mi casa?", "garbled"),
        ("I want ribs &amp; beans", "markup"),
        ("<div>I want ribs", "markup"),
        ("I want ribs.<br/>", "markup"),
        ("I want my kids &#39;home&#39;", "markup"),
    ];
    for (text, kind) in seen {
        assert_eq!(damage(text, false), Some(format!("damage={kind}")), "{text}");
    }
    for fine in [
        "I want < 3 pills & more sleep",
        "Eu quero voltar ao MARANHÃO, \"AMANHû",
        "I want a café",
        "I <3 my dog",
        "R&B; I want to sing",
    ] {
        assert_eq!(damage(fine, false), None, "{fine}");
    }
    assert_eq!(damage("I want a dog. I want a ya", true).as_deref(), Some("damage=cut-off"));
    for whole in
        ["I want a dog. I want a yard.", "i want a dog", "I want a dog. And a yard!", "I like Mr. Ed (the horse)"]
    {
        assert_eq!(damage(whole, true), None, "{whole}");
    }
    assert_eq!(damage("I want a dog. I want a ya", false), None);
}

fn texts() -> impl Strategy<Value = String> {
    let bits = prop::sample::select(vec![
        "I want",
        "quiero",
        "Patient will",
        "comply",
        "reduce symptoms",
        "insight",
        "no more",
        "attend groups",
        "x 3",
        "so that I",
        "my mother says",
        "N/A",
        "see chart",
        "<b>",
        "&nbsp;",
        "Ã±",
        "\u{200d}",
        "\u{202e}",
        "أريد",
        "我",
        "½",
        "noncompliant",
        "refused",
        "sufre de",
        "\"",
        "“",
        "dog",
        "casa",
        ".",
        "\n",
        "’",
        "ﬁ",
        "𝓘 want",
    ]);
    prop::collection::vec(bits, 0..12).prop_map(|bits| bits.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Any text in any field: the same verdict twice, a stricter policy never finds less, and nothing of it is told.
    #[test]
    fn any_text_anywhere_is_judged_the_same_twice_and_monotonously(goal in texts(), note in texts(), strength in texts()) {
        let plan = plan_with(json!({
            "goals": [{ "statement": { "text": goal, "expressed_by": "staff" } }, { "statement": { "text": note } }],
            "strengths": [{ "text": strength, "told_by": "staff" }],
            "interpretive_summary": { "text": note }, "barriers": [{ "text": strength }],
            "person": { "local_id": "P", "primary_language": "es", "birth_date": "2015", "status": { "smi_sed": { "code": "smi" } } },
            "planning": null, "agreement": null,
        }));
        let verdicts = ["observe", "standard", "strict"].map(|name| judged(&plan, name));
        for (name, verdict) in ["observe", "standard", "strict"].iter().zip(&verdicts) {
            let policy = ownwords::profile::policy(name).expect("a policy");
            prop_assert_eq!(verdict, &judge(&plan.clone(), &policy, today()));
        }
        for pair in verdicts.windows(2) {
            for finding in &pair[0].findings {
                let same = |other: &&ownwords::rules::Finding| {
                    other.rule == finding.rule && other.pointer == finding.pointer && other.diagnostics == finding.diagnostics
                };
                let there = pair[1].findings.iter().find(same);
                prop_assert!(there.is_some_and(|other| other.severity >= finding.severity), "{finding:?}");
            }
        }
    }

    /// A goal that the person attested is sent back by no rule on its text, whoever is said to have spoken.
    #[test]
    fn an_attested_goal_is_sent_back_by_no_rule_on_its_text(
        text in texts(),
        by in prop_oneof![Just(None), Just(Some("staff")), Just(Some("guardian")), Just(Some("person"))],
    ) {
        let plan = plan_with(json!({
            "planning": null, "agreement": null,
            "goals": [{ "statement": { "text": format!("x {text}"), "expressed_by": by,
                                       "attestation": { "statement": "my-own-words", "by": "person" } } }],
        }));
        let verdict = judged(&plan, "strict");
        let heavy = verdict.findings.iter().find(|f| f.rule.starts_with("GOAL-01") && f.severity == Severity::Error);
        prop_assert!(heavy.is_none(), "{:?}", heavy);
    }

    /// More of the person's words never turn an accepted goal into one that is sent back, unless a clinician's marker came with
    /// them.
    #[test]
    fn more_words_never_send_a_goal_back(
        first in prop::sample::select(vec!["I want a dog", "Get a job", "Client wants a job", "Quiero mi casa", "my own key", "想开一家小面馆"]),
        more in prop_oneof![texts(), "[a-zA-Z ,.ñé0-9%/]{0,40}"],
    ) {
        let both = format!("{first} {more}");
        if judged(&plan_with_goal(&both), "strict").outcome() == Outcome::Rejected {
            let before = judge_text(first, &About::default()).markers;
            let after = judge_text(&both, &About::default()).markers;
            prop_assert!(after.ids().any(|id| before.ids().all(|known| known != id)), "{both:?} {after}");
        }
    }
}
