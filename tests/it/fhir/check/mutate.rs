//! One fault a resource: `faults.txt` names those that need knowledge of one element, the rest is made for every resource.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use super::{accepted, base, claimed::planted, errors, root};

/// A resource with one fault.
struct Mutant {
    /// What was done to which resource.
    name: String,
    text: String,
    code: String,
    key: String,
    expression: String,
}

#[test]
fn every_fault_is_found_where_it_is_and_no_other() {
    let mutants = mutants();
    assert!(mutants.len() >= 400, "only {} resources", mutants.len());
    let mut wrong = Vec::new();
    for mutant in &mutants {
        if mutant.code == "accepted" {
            accepted(&mutant.name, &mutant.text);
            continue;
        }
        let found = errors(&mutant.text);
        let is_right = matches!(&found[..], [(code, key, expression)]
            if *code == mutant.code && *key == mutant.key && *expression == mutant.expression);
        if !is_right {
            wrong.push(format!(
                "{}\n  wanted {} {} {}\n  found {found:?}",
                mutant.name, mutant.code, mutant.key, mutant.expression
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), mutants.len(), wrong.join("\n"));
}

#[test]
fn every_type_has_its_faults() {
    let kinds: BTreeSet<String> =
        base().iter().map(|one| one["resourceType"].as_str().expect("a type").to_owned()).collect();
    let wanted = [
        "Bundle",
        "CarePlan",
        "CareTeam",
        "Communication",
        "Condition",
        "Consent",
        "DocumentReference",
        "Encounter",
        "Flag",
        "Goal",
        "List",
        "Observation",
        "OperationOutcome",
        "Organization",
        "Parameters",
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Procedure",
        "Provenance",
        "QuestionnaireResponse",
        "RelatedPerson",
        "RiskAssessment",
        "ServiceRequest",
        "Task",
    ];
    assert_eq!(kinds, wanted.map(str::to_owned).into());
}

/// Writes the same resources, so that the HL7 validator can look at them: `OWNWORDS_MUTANTS=folder`.
#[test]
fn mutants_for_the_validator() {
    let Some(folder) = std::env::var_os("OWNWORDS_MUTANTS") else {
        println!("skipped: OWNWORDS_MUTANTS names no folder");
        return;
    };
    let folder = Path::new(&folder);
    let mut index = String::new();
    for (number, mutant) in mutants().iter().enumerate() {
        let file = format!("{number:04}.json");
        let Mutant { name, code, key, expression, .. } = mutant;
        index.extend([&*file, "\t", name, "\t", code, " ", key, "\t", expression, "\n"]);
        fs::write(folder.join(&file), &mutant.text).expect("the resource can be written");
    }
    for (number, one) in planted().iter().enumerate() {
        let file = format!("claimed-{number:04}.json");
        index.extend([&*file, "\t", &one.name, "\t", &one.code, " ", &one.key, "\t", &one.expression, "\n"]);
        fs::write(folder.join(&file), &one.text).expect("the Bundle can be written");
    }
    fs::write(folder.join("index.tsv"), index).expect("the index can be written");
}

fn mutants() -> Vec<Mutant> {
    let base = base();
    let mut mutants: Vec<Mutant> = listed(&base);
    // What is taken from one that contains others leaves these unreferenced, too.
    for resource in base.iter().filter(|one| one["contained"].is_null()) {
        made(resource, &mut mutants);
    }
    mutants
}

/// Those of `faults.txt`.
fn listed(base: &[Value]) -> Vec<Mutant> {
    let text = fs::read_to_string(root().join("tests/data/fhir/check/faults.txt")).expect("the list can be read");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mutant = |line: &str| {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [id, change, code, expression] = parts[..] else { panic!("{line}: four parts are wanted") };
        let mut resource =
            base.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{line}: no such id")).clone();
        changed(&mut resource, change);
        let (code, key) = code.split_once(' ').unwrap_or((code, ""));
        Mutant {
            name: format!("{id} {change}"),
            text: resource.to_string(),
            code: code.to_owned(),
            key: key.to_owned(),
            expression: expression.to_owned(),
        }
    };
    lines.map(mutant).collect()
}

/// Makes the change that a line tells.
pub(super) fn changed(resource: &mut Value, change: &str) {
    if let Some(pointer) = change.strip_prefix("- ") {
        take(resource, pointer);
    } else {
        let (pointer, value) = change.split_once(" = ").unwrap_or_else(|| panic!("{change}: no change"));
        let value = serde_json::from_str(value).unwrap_or_else(|error| panic!("{change}: {error}"));
        put(resource, pointer, value);
    }
}

fn parent<'v>(resource: &'v mut Value, pointer: &str) -> (&'v mut Value, String) {
    let (above, name) = pointer.rsplit_once('/').expect("a pointer");
    (resource.pointer_mut(above).unwrap_or_else(|| panic!("{pointer}: nothing is there")), name.to_owned())
}

fn take(resource: &mut Value, pointer: &str) {
    let (above, name) = parent(resource, pointer);
    match above {
        Value::Array(items) => drop(items.remove(name.parse().expect("an index"))),
        above => {
            let gone = above.as_object_mut().expect("an object").shift_remove(&name);
            assert!(gone.is_some(), "{pointer}: nothing is there");
        }
    }
}

fn put(resource: &mut Value, pointer: &str, value: Value) {
    match parent(resource, pointer) {
        (Value::Array(items), name) if name == "-" => items.push(value),
        (Value::Array(items), name) => items[name.parse::<usize>().expect("an index")] = value,
        (above, name) => above[name] = value,
    }
}

/// For every element at the top of a resource, what can be wrong with its kind of value.
fn made(resource: &Value, mutants: &mut Vec<Mutant>) {
    let kind = resource["resourceType"].as_str().expect("a type");
    let id = resource["id"].as_str().expect("an id");
    let mut add = |name: &str, value: Value, code: &str, key: &str, what: &str| {
        let mut changed = resource.clone();
        changed[name] = value;
        let element = element_of(name);
        mutants.push(Mutant {
            name: format!("{id} {name}: {what}"),
            text: changed.to_string(),
            code: code.to_owned(),
            key: key.to_owned(),
            expression: format!("{kind}.{element}"),
        });
    };
    add("recoveryNote", json!("x"), "structure", "", "an element that R4 does not know");
    for (name, value) in resource.as_object().expect("an object") {
        if ["resourceType", "id", "contained", "entry"].contains(&name.as_str()) {
            continue;
        }
        match value {
            Value::Array(items) => {
                add(name, json!([]), "structure", "", "an empty list");
                add(name, items[0].clone(), "structure", "", "one of several without a list");
            }
            Value::Object(_) => {
                add(name, json!({}), "invariant", "ele-1", "an empty object");
                add(name, json!("x"), "structure", "", "a text for an object");
                add(name, json!([value]), "structure", "", "a list for one");
            }
            Value::String(text) => {
                add(name, json!(7), "value", "", "a number for a text");
                add(name, json!([value]), "structure", "", "a list for one");
                if text.len() >= 10 && text[..4].bytes().all(|b| b.is_ascii_digit()) && text.as_bytes()[4] == b'-' {
                    add(name, json!("2026-02-30"), "value", "", "a day that is not");
                }
            }
            _ => add(name, json!("x"), "value", "", "a text for another kind"),
        }
    }
}

/// A choice's element without its type, of those that the resources use.
fn element_of(name: &str) -> &str {
    const CHOICES: [&str; 9] =
        ["value", "effective", "occurrence", "occurred", "onset", "abatement", "performed", "deceased", "start"];
    let of = |choice: &&&str| {
        name.strip_prefix(**choice).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    if name == "quantityRatio" { "quantity" } else { CHOICES.iter().find(of).map_or(name, |choice| choice) }
}
