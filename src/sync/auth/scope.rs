//! SMART scopes for systems, in both spellings (`system/Goal.rs`, `system/Goal.read`): what to ask for, and what a granted
//! one allows. Pure.

use crate::fhir::capability::READABLE;

/// What delivering asks for when the settings name no scopes. `is_v1` where the server knows the first spelling only.
pub(crate) fn wanted(is_v1: bool) -> Vec<String> {
    // A server may turn a whole list away for a type that it does not know, and few know contracts or let consents be written.
    let kinds = READABLE.iter().filter(|kind| !matches!(**kind, "Consent" | "Contract"));
    if is_v1 {
        kinds.flat_map(|kind| [format!("system/{kind}.read"), format!("system/{kind}.write")]).collect()
    } else {
        kinds.map(|kind| format!("system/{kind}.crus")).collect()
    }
}

/// Whether the scopes allow an action on a type; the actions are SMART's letters `c`, `r`, `u`, `d`, `s`.
pub(crate) fn allows(scopes: &[String], kind: &str, action: char) -> bool {
    scopes
        .iter()
        .filter_map(|scope| taken_apart(scope))
        .any(|(of, actions)| (of == kind || of == "*") && actions.contains(action))
}

/// What was asked for and is not covered by what was granted, as `system/Goal.u`.
pub(crate) fn missing(asked: &[String], granted: &[String]) -> Vec<String> {
    let lacking = |scope: &String| {
        let Some((kind, actions)) = taken_apart(scope) else {
            return (!granted.contains(scope)).then(|| scope.clone());
        };
        let left: String = actions.chars().filter(|action| !allows(granted, kind, *action)).collect();
        (!left.is_empty()).then(|| format!("system/{kind}.{left}"))
    };
    asked.iter().filter_map(lacking).collect()
}

/// Type and actions of a scope for systems. A query (`?category=…`) narrows it, which only the server can judge.
fn taken_apart(scope: &str) -> Option<(&str, &str)> {
    let (kind, actions) = scope.strip_prefix("system/")?.split_once('.')?;
    let actions = actions.split_once('?').map_or(actions, |(actions, _)| actions);
    let actions = match actions {
        "read" => "rs",
        "write" => "cud",
        "*" => "cruds",
        letters => letters,
    };
    Some((kind, actions))
}

#[cfg(test)]
mod tests {
    use super::{allows, missing, wanted};

    fn scopes(list: &[&str]) -> Vec<String> {
        list.iter().map(|scope| (*scope).to_owned()).collect()
    }

    #[test]
    fn both_spellings_mean_the_same() {
        for (scope, kind, action, expected) in [
            ("system/Goal.rs", "Goal", 'r', true),
            ("system/Goal.rs", "Goal", 'c', false),
            ("system/Goal.read", "Goal", 's', true),
            ("system/Goal.write", "Goal", 'u', true),
            ("system/Goal.write", "Goal", 'r', false),
            ("system/*.cruds", "Goal", 'd', true),
            ("system/*.*", "Goal", 'c', true),
            ("system/DocumentReference.c?category=clinical-note", "DocumentReference", 'c', true),
            ("system/GoalSet.c", "Goal", 'c', false),
            ("patient/Goal.rs", "Goal", 'r', false),
            ("openid", "Goal", 'r', false),
        ] {
            assert_eq!(allows(&scopes(&[scope]), kind, action), expected, "{scope} {kind} {action}");
        }
    }

    #[test]
    fn what_was_not_granted_is_named() {
        let asked = scopes(&["system/Goal.crus", "system/CarePlan.crus", "system/bulk-submit"]);
        let granted = scopes(&["system/Goal.read", "system/CarePlan.cruds"]);
        assert_eq!(missing(&asked, &granted), ["system/Goal.cu", "system/bulk-submit"]);
        assert!(missing(&wanted(false), &scopes(&["system/*.cruds"])).is_empty());
        assert!(missing(&wanted(true), &wanted(false)).iter().all(|scope| scope.strip_suffix(".d").is_some()));
    }
}
