//! The plans of a submission's records and their verdicts, read back.

use ownwords::{
    rules::{Outcome, Severity},
    store::verdict,
};

use super::{Home, at, begun, finding, over_both, plan_record, rejected, unread_record};

async fn each_record_has_the_plan_of_its_own_version(home: &Home) {
    let store = home.migrated().await;
    let (first, other) = (begun(&store, "north", "aa").await, begun(&store, "north", "bb").await);
    let sent_back = rejected(plan_record(first, 3, "P2", "bo", "two"));
    let records =
        vec![plan_record(first, 1, "P1", "ann", "one"), unread_record(first, 2), sent_back, unread_record(first, 4)];
    store.keep(records).await.unwrap();
    store.keep(vec![plan_record(other, 1, "P1", "ann", "newer")]).await.unwrap();
    let one = (1, r#"{"text":"one"}"#.to_owned());
    let two = (3, r#"{"text":"two"}"#.to_owned());
    assert_eq!(store.plans_of(first, (1, 4), None).await.unwrap(), [one.clone(), two.clone()]);
    assert_eq!(store.plans_of(first, (1, 2), None).await.unwrap(), std::slice::from_ref(&one));
    assert_eq!(store.plans_of(first, (2, 3), None).await.unwrap(), std::slice::from_ref(&two));
    assert_eq!(store.plans_of(first, (1, 4), Some(Outcome::Rejected)).await.unwrap(), [two]);
    assert_eq!(store.plans_of(other, (1, 1), None).await.unwrap(), [(1, r#"{"text":"newer"}"#.to_owned())]);
}

/// The same plan sent again makes no version; its record shows the version that is there.
async fn a_restated_plan_is_there_too(home: &Home) {
    let store = home.migrated().await;
    let (first, again) = (begun(&store, "north", "aa").await, begun(&store, "north", "bb").await);
    for (submission, second) in [(first, 1), (again, 2)] {
        let mut record = plan_record(submission, 1, "P1", "ann", "one");
        record.received_at = at(second);
        store.keep(vec![record]).await.unwrap();
    }
    assert_eq!(store.plans_of(again, (1, 1), None).await.unwrap(), [(1, r#"{"text":"one"}"#.to_owned())]);
}

#[test]
fn a_verdict_keeps_what_rules_are_asked_about() {
    let kept = [finding("GOAL-010", Severity::Error), finding("GOAL-999", Severity::Warning)];
    let verdict = verdict(&kept);
    let findings: Vec<_> = verdict.findings.iter().map(|one| (one.rule, one.pointer.as_str())).collect();
    assert_eq!(findings, [("GOAL-010", "/goals/0")], "a rule that is no more cannot be asked about");
    assert_eq!((verdict.outcome(), verdict.findings[0].diagnostics.as_str()), (Outcome::Rejected, "markers=C1"));
}

over_both!(each_record_has_the_plan_of_its_own_version, a_restated_plan_is_there_too);
