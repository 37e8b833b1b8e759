//! Our definitions as compiled: what the code names is there, what we write is in it, and each is FHIR.
//!
//! That they are what `profiles/fsh` says is told by a digest here, and in `.ci/run` by compiling them again.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use ownwords::{
    fhir::{OWN_BASE, capability, check},
    rules::{Severity, catalogue},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::written_bundles;

/// Vocabularies of the plan model that are said in codes of others, or not at all.
const NOT_OURS: [&str; 7] = [
    "attainment-level",
    "goal-acceptance-status",
    "goal-achievement",
    "goal-priority",
    "goal-status",
    "healthcare-agent-role",
    "plan-status",
];

/// Vocabularies that are said in a code system of another name.
const NAMED_OTHERWISE: [(&str, &str); 5] = [
    ("crisis-status", "offer-status"),
    ("no-goal-reason", "absence-reason"),
    ("peer-support-status", "offer-status"),
    ("strength-category", "strength-kind"),
    ("told-by", "expressed-by"),
];

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(path: &str, ending: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder(path)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path());
    let mut files: Vec<_> = paths
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .map(|path| {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("the file is text"))
        })
        .collect();
    files.sort();
    files
}

/// Everything that was compiled, by what it is known by: its URL, or the system that a `NamingSystem` names.
struct Compiled(BTreeMap<String, Value>);

impl Compiled {
    fn read() -> Self {
        let all = files("profiles/compiled", ".json").into_iter();
        let all = all.map(|(_, text)| serde_json::from_str::<Value>(&text).expect("JSON"));
        let known = all.map(|one| {
            let url = one["url"].as_str().or(one["uniqueId"][0]["value"].as_str()).expect("a URL");
            (url.to_owned(), one)
        });
        Self(known.collect())
    }

    fn own(&self, path: &str) -> Option<&Value> {
        self.0.get(&format!("{OWN_BASE}{path}"))
    }

    fn codes(&self, system: &str) -> Option<BTreeSet<&str>> {
        let concepts = self.0.get(system)?["concept"].as_array()?;
        concepts.iter().map(|concept| concept["code"].as_str()).collect()
    }

    /// The codes of a value set of ours, which all take one whole code system.
    fn codes_of_set(&self, url: &str) -> Option<BTreeSet<&str>> {
        self.codes(self.0.get(url)?["compose"]["include"][0]["system"].as_str()?)
    }
}

#[test]
fn the_compiled_files_are_of_this_source() {
    let mut digest = Sha256::new();
    digest.update(fs::read(folder("profiles/fsh/sushi-config.yaml")).expect("the settings are there"));
    let sources = files("profiles/fsh/input/fsh", ".fsh");
    sources.iter().for_each(|(_, text)| digest.update(text));
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let compiled = fs::read_to_string(folder("profiles/compiled.sha256")).expect("the digest is there");
    assert_eq!(compiled.trim(), digest, "profiles/fsh was changed: run profiles/build");
}

#[test]
fn every_url_that_the_code_names_is_defined() {
    let compiled = Compiled::read();
    let text = include_str!("../../../src/fhir/system.rs");
    let named: BTreeSet<_> = text.split('"').filter(|text| text.starts_with(OWN_BASE) && *text != OWN_BASE).collect();
    assert!(named.len() > 50, "only {} URLs were found in system.rs", named.len());
    let missing: Vec<_> = named.iter().filter(|url| !compiled.0.contains_key(**url)).collect();
    assert!(missing.is_empty(), "define these in profiles/fsh and run profiles/build: {missing:#?}");
}

#[test]
fn every_vocabulary_of_the_plan_is_in_its_code_system() {
    let compiled = Compiled::read();
    let schema: Value = serde_json::from_str(include_str!("../../../profiles/plan.schema.json")).expect("JSON");
    let mut vocabularies = BTreeMap::new();
    collect_vocabularies(&schema, &mut vocabularies);
    assert!(vocabularies.len() > 30, "only {} vocabularies were found", vocabularies.len());
    let mut missing = Vec::new();
    for (name, codes) in vocabularies.iter().filter(|(name, _)| !NOT_OURS.contains(name)) {
        let system = NAMED_OTHERWISE.iter().find(|(known, _)| known == name).map_or(*name, |(_, system)| *system);
        let known = compiled.codes(&format!("{OWN_BASE}CodeSystem/{system}")).unwrap_or_default();
        missing.extend(codes.iter().filter(|code| !known.contains(**code)).map(|code| format!("{system}#{code}")));
    }
    assert!(missing.is_empty(), "these codes are in no code system of ours: {missing:#?}");
}

fn collect_vocabularies<'a>(value: &'a Value, found: &mut BTreeMap<&'a str, BTreeSet<&'a str>>) {
    if let (Some(name), Some(codes)) = (value["x-vocabulary"].as_str(), value["x-codes"].as_array()) {
        found.entry(name).or_default().extend(codes.iter().filter_map(Value::as_str));
    }
    match value {
        Value::Object(members) => members.values().for_each(|member| collect_vocabularies(member, found)),
        Value::Array(items) => items.iter().for_each(|item| collect_vocabularies(item, found)),
        _ => {}
    }
}

#[test]
fn what_we_write_is_as_defined() {
    let compiled = Compiled::read();
    let bundles = written_bundles();
    assert!(bundles.len() > 40, "only {} Bundles were looked at", bundles.len());
    let mut wrong = BTreeSet::new();
    bundles.iter().for_each(|bundle| walk(bundle, &compiled, &mut wrong));
    assert!(wrong.is_empty(), "what is written differs from profiles/compiled: {wrong:#?}");
}

fn walk(value: &Value, compiled: &Compiled, wrong: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            look_at(value, compiled, wrong);
            members.values().for_each(|member| walk(member, compiled, wrong));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, compiled, wrong)),
        _ => {}
    }
}

/// Looks at one object: a coding, an identifier, an extension, what a resource claims or answers.
fn look_at(value: &Value, compiled: &Compiled, wrong: &mut BTreeSet<String>) {
    let ours = |name: &str| value[name].as_str().filter(|url| url.starts_with(OWN_BASE));
    if let (Some(system), Some(code)) = (ours("system"), value["code"].as_str())
        && !is_of_agency(system)
        && !compiled.codes(system).is_some_and(|codes| codes.contains(code))
    {
        wrong.insert(format!("{system}#{code}"));
    }
    if let (Some(system), true) = (ours("system"), value["value"].is_string())
        && !is_of_agency(system)
        && !compiled.0.contains_key(system)
    {
        wrong.insert(format!("identifier system {system}"));
    }
    if let Some(url) = ours("url")
        && value.get("fullUrl").is_none()
    {
        fits(value, url, compiled, wrong);
    }
    for profile in value["profile"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if profile.starts_with(OWN_BASE) && !compiled.0.contains_key(profile) {
            wrong.insert(format!("profile {profile}"));
        }
    }
    if let Some(questionnaire) = ours("questionnaire") {
        let asked = compiled.0.get(questionnaire).map(link_ids).unwrap_or_default();
        let unknown = link_ids(value).into_iter().filter(|link| !asked.contains(link));
        wrong.extend(unknown.map(|link| format!("{questionnaire} has no question {link}")));
    }
}

/// Systems of an agency's own keys are named by the agency.
fn is_of_agency(system: &str) -> bool {
    system.starts_with(&format!("{OWN_BASE}sid/agency/"))
}

fn link_ids(value: &Value) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let answers = value["answer"].as_array().into_iter().flatten();
    let items = value["item"].as_array().into_iter().flatten();
    for one in items.chain(answers) {
        found.extend(one["linkId"].as_str());
        found.extend(link_ids(one));
    }
    found
}

/// Whether an extension has the parts, types and codes that its definition gives it.
fn fits(extension: &Value, url: &str, compiled: &Compiled, wrong: &mut BTreeSet<String>) {
    let Some(elements) = compiled.0.get(url).and_then(|one| one["snapshot"]["element"].as_array()) else {
        wrong.insert(format!("extension {url}"));
        return;
    };
    let parts = extension["extension"].as_array().map(Vec::as_slice).unwrap_or_default();
    for part in parts {
        let name = part["url"].as_str().unwrap_or_default();
        if !value_fits(part, &format!("Extension.extension:{name}.value[x]"), elements, compiled) {
            wrong.insert(format!("{url} part {name}: {}", value_names(part)));
        }
    }
    if parts.is_empty() && !value_fits(extension, "Extension.value[x]", elements, compiled) {
        wrong.insert(format!("{url}: {}", value_names(extension)));
    }
}

fn value_fits(part: &Value, id: &str, elements: &[Value], compiled: &Compiled) -> bool {
    let Some(element) = elements.iter().find(|element| element["id"] == id) else { return false };
    let kind = element["type"][0]["code"].as_str().unwrap_or_default();
    let name = format!("value{}{}", kind[..1].to_uppercase(), &kind[1..]);
    let bound = element["binding"]["valueSet"].as_str().and_then(|set| compiled.codes_of_set(set));
    let is_bound = |value: &Value| bound.is_none_or(|codes| value.as_str().is_some_and(|code| codes.contains(code)));
    // What was not given has an extension beside it that says so, in place of a value.
    part.get(&name).map_or_else(|| part.get(format!("_{name}")).is_some(), is_bound)
}

/// What a part holds, without any words.
fn value_names(part: &Value) -> String {
    let members = part.as_object().into_iter().flatten().filter(|(name, _)| *name != "url");
    members.map(|(name, value)| if name == "valueCode" { format!("{name} {value}") } else { name.clone() }).collect()
}

#[test]
fn each_is_fhir() {
    let all = [files("profiles/compiled", ".json"), files("profiles/compiled/examples", ".json")].concat();
    assert!(all.len() > 100, "only {} files were found", all.len());
    let mut faults = Vec::new();
    for (name, text) in &all {
        let found = check::check_text(text).expect("JSON").into_iter();
        let errors = found.filter(|fault| fault.severity == Severity::Error);
        faults.extend(errors.map(|fault| format!("{name}: {}: {}", fault.expression, fault.message)));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_code_system_of_rules_is_the_catalogue() {
    let lines: Vec<_> = catalogue::RULES.iter().map(|rule| format!("* #{} \"{}\"", rule.id, rule.name)).collect();
    let path = folder("profiles/fsh/input/fsh/rules.fsh");
    let text = fs::read_to_string(&path).expect("the rules are there");
    let (mut codes, others): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("* #"));
    codes.sort_unstable();
    let mut expected: Vec<_> = lines.iter().map(String::as_str).collect();
    expected.sort_unstable();
    if codes != expected && std::env::var_os("UPDATE_EXPECT").is_some() {
        let before = others.iter().position(|line| line.contains("insert Complete")).expect("the system's head") + 1;
        let anew = [&others[..before], &expected[..], &others[before..]].concat().join("\n") + "\n";
        fs::write(&path, anew).expect("the rules can be written");
        panic!("rules.fsh was written anew: run profiles/build");
    }
    assert_eq!(codes, expected, "run with UPDATE_EXPECT=1, then profiles/build");
}

#[test]
fn a_server_offers_what_its_statement_promises() {
    let compiled = Compiled::read();
    let promised = compiled.own("CapabilityStatement/ownwords-server").expect("the statement is there");
    let offered = capability::statement("http://localhost/fhir", "0", "2026-11-25");
    let promised = promised["rest"][0]["resource"].as_array().expect("types");
    assert!(promised.len() >= 8, "only {} types are promised", promised.len());
    for one in promised {
        let all = offered["rest"][0]["resource"].as_array().expect("types");
        let other = all.iter().find(|other| other["type"] == one["type"]).expect("the type is offered");
        for (list, name) in [("interaction", "code"), ("searchParam", "name"), ("operation", "definition")] {
            let names = |one: &Value| -> BTreeSet<String> {
                let all = one[list].as_array().into_iter().flatten();
                all.filter_map(|item| item[name].as_str().map(str::to_owned)).collect()
            };
            let missing: Vec<_> = names(one).difference(&names(other)).cloned().collect();
            assert!(missing.is_empty(), "{}: {list} {missing:?} is promised and not offered", one["type"]);
        }
    }
}
