//! FHIR out: golden Bundles, and what must hold of every Bundle whatever the plan holds.
//!
//! `UPDATE_EXPECT=1 cargo test fhir` writes the golden files anew. The HL7 validator and a FHIR server look at the same
//! files from outside.

use std::{collections::BTreeSet, fs, path::Path};

use ownwords::{
    fhir::{self, Ids, Passed, capability, outcome, parameters},
    plan::{Place, Plan},
    rules::{Outcome, Severity},
};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

const BOTH: Passed = Passed { own_words: true, strengths: true };

fn cases() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fhir");
    let files = fs::read_dir(folder).expect("the folder of plans is there");
    let mut plans: Vec<_> = files
        .map(|file| file.expect("the folder can be listed").path())
        .filter(|path| path.to_string_lossy().ends_with(".plan.json"))
        .collect();
    plans.sort();
    assert!(plans.len() >= 6, "plans went missing");
    plans
}

fn plan_in(path: &Path) -> Plan {
    serde_json::from_slice(&fs::read(path).expect("the plan can be read")).expect("the plan fits the model")
}

fn case(name: &str) -> Plan {
    plan_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/fhir/{name}.plan.json")))
}

/// The gates as they stand for the authored plans: a goal with words, a strength.
fn passed(plan: &Plan) -> Passed {
    Passed { own_words: !plan.goals.is_empty(), strengths: !plan.strengths.is_empty() }
}

fn bundle_of(plan: &Plan) -> Value {
    let text = fhir::transaction(&fhir::resources(plan, &Ids::public(), passed(plan)));
    serde_json::from_str(&text).expect("a Bundle is JSON")
}

fn resource<'b>(bundle: &'b Value, kind: &str) -> Vec<&'b Value> {
    let entries = bundle["entry"].as_array().expect("a Bundle has entries");
    entries.iter().map(|entry| &entry["resource"]).filter(|resource| resource["resourceType"] == kind).collect()
}

#[test]
fn golden_bundles() {
    let mut stale = Vec::new();
    for path in cases() {
        let mut said = serde_json::to_string_pretty(&bundle_of(&plan_in(&path))).expect("JSON can be written");
        said.push('\n');
        let golden = path.to_string_lossy().replace(".plan.json", ".bundle.json");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&golden, &said).expect("the golden file can be written");
        } else if fs::read_to_string(&golden).ok().as_deref() != Some(said.as_str()) {
            stale.push(golden);
        }
    }
    assert!(stale.is_empty(), "these differ; look, then UPDATE_EXPECT=1: {stale:#?}");
}

#[test]
fn every_golden_bundle_is_whole() {
    for path in cases() {
        let bundle = bundle_of(&plan_in(&path));
        holds(&bundle);
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    for path in cases() {
        let plan = plan_in(&path);
        let once = fhir::resources(&plan, &Ids::public(), BOTH);
        let again = fhir::resources(&plan.clone(), &Ids::public(), BOTH);
        assert_eq!(once, again, "{}", path.display());
        let elsewhere = fhir::resources(&plan, &Ids::within(Uuid::from_u128(7)), BOTH);
        assert!(once.iter().zip(&elsewhere).all(|(one, other)| one.id != other.id), "{}", path.display());
    }
}

#[test]
fn ids_do_not_run_into_each_other() {
    let ids = Ids::public();
    let keys: [(&str, &str, &[&str]); 6] = [
        ("Goal", "a", &["b", "c"]),
        ("Goal", "a", &["bc"]),
        ("Goal", "ab", &["c"]),
        ("Goal", "", &["a", "b", "c"]),
        ("Goal", "a", &["b", "c", ""]),
        ("Goala", "", &["b", "c"]),
    ];
    let distinct: BTreeSet<Uuid> = keys.iter().map(|(kind, agency, key)| ids.of(kind, agency, key)).collect();
    assert_eq!(distinct.len(), keys.len());
}

#[test]
fn the_plan_is_found_by_its_key_and_its_version() {
    let mut plan = case("everything");
    let id = Ids::public().of("CarePlan", "ag-17", &["RP-2041"]);
    let version = |plan: &Plan| {
        let bundle = bundle_of(plan);
        let main = resource(&bundle, "CarePlan").into_iter().find(|one| one["id"] == id.to_string()).cloned();
        let main = main.expect("the CarePlan's id comes from its plan's id");
        let systems = main["identifier"].as_array().expect("identifiers").iter();
        let version = systems.filter(|one| one["system"] == "https://ownwords.org/fhir/sid/plan-version");
        version.map(|one| one["value"].clone()).collect::<Vec<_>>()
    };
    let before = version(&plan);
    plan.goals[0].why_it_matters = Some("Because.".into());
    assert_eq!(before.len(), 1);
    assert_ne!(before, version(&plan), "another version is another value");
}

#[test]
fn the_words_go_out_byte_for_byte() {
    let plan = case("odd");
    let bundle = bundle_of(&plan);
    let goal = resource(&bundle, "Goal")[0];
    let words = plan.goals[0].statement.text.as_ref().expect("the odd plan has words").reveal();
    assert_eq!(goal["description"]["text"], words);
    let told = resource(&bundle, "Observation")
        .into_iter()
        .any(|one| one["valueString"] == "quiet\u{0}room\u{7} \u{202E}ok\u{202C}");
    assert!(told, "control characters stay in the text");
    let plan_text = resource(&bundle, "CarePlan")[0]["text"]["div"].as_str().expect("a narrative").to_owned();
    assert!(plan_text.contains("&lt;b&gt;me&lt;/b&gt;”"), "{plan_text}");
}

#[test]
fn claims_fall_together() {
    let eltss = |plan: &Plan, kind: &str| {
        let bundle = bundle_of(plan);
        let claims = |one: &&Value| one["meta"]["profile"].to_string().contains("-eltss");
        resource(&bundle, kind).iter().filter(|one| claims(one)).count()
    };
    let whole = case("everything");
    assert!(eltss(&whole, "CarePlan") == 2 && eltss(&whole, "Goal") > 0 && eltss(&whole, "Observation") > 0);
    let mut nameless = whole.clone();
    nameless.person.name = None;
    for kind in ["Patient", "CarePlan", "Goal", "Observation", "ServiceRequest", "Condition", "RelatedPerson"] {
        assert_eq!(eltss(&nameless, kind), 0, "{kind} rests on the Patient's claim");
    }
    let mut uncoded = whole.clone();
    uncoded.actions[2].service_code = None;
    assert_eq!(eltss(&uncoded, "CarePlan"), 0, "one service without HCPCS costs the plan its claim");
    assert!(eltss(&uncoded, "Goal") > 0);
    let mut endless = whole;
    endless.goals.iter_mut().for_each(|goal| goal.start_date = None);
    let bundle = bundle_of(&endless);
    assert!(!bundle.to_string().contains("pco-care-plan"), "no goal with a start, no PCO claim");
}

#[test]
fn gates_decide_our_own_claims() {
    let plan = case("everything");
    let claims = |passed| fhir::transaction(&fhir::resources(&plan, &Ids::public(), passed));
    assert!(claims(BOTH).contains("pcrp-careplan"));
    assert!(!claims(Passed { own_words: true, strengths: false }).contains("pcrp-careplan"));
    assert!(claims(Passed { own_words: true, strengths: false }).contains("own-words-goal"));
    assert!(!claims(Passed { own_words: false, strengths: true }).contains("own-words-goal"));
}

#[test]
fn part_2_content_carries_its_labels() {
    let bundle = bundle_of(&case("part2"));
    for kind in ["Patient", "CarePlan", "Goal", "Observation", "ServiceRequest", "CareTeam", "Provenance"] {
        for one in resource(&bundle, kind) {
            let security = one["meta"]["security"].to_string();
            assert!(security.contains("42CFRPart2") && security.contains("NORDSCLCD"), "{kind} has no label");
        }
    }
    assert!(bundle["meta"]["security"].to_string().contains("42CFRPart2"));
    assert!(bundle_of(&case("everything"))["meta"].is_null());
}

#[test]
fn a_plan_without_any_date_has_no_provenance() {
    let mut plan = case("minimal");
    assert!(!resource(&bundle_of(&plan), "Provenance").is_empty());
    plan.period.start = None;
    assert!(resource(&bundle_of(&plan), "Provenance").is_empty());
}

#[test]
fn method_b_creates_what_is_new_and_puts_what_is_known() {
    let plan = case("everything");
    let resources = fhir::resources(&plan, &Ids::public(), BOTH);
    let first: Value = serde_json::from_str(&fhir::if_none_exist(&resources, &|_, _| None)).expect("JSON");
    let entries = first["entry"].as_array().expect("entries");
    assert_eq!(entries.len(), resources.iter().filter(|one| one.kind != "Provenance").count());
    for entry in entries {
        assert_eq!(entry["request"]["method"], "POST");
        let search = entry["request"]["ifNoneExist"].as_str().expect("a search");
        assert!(search.starts_with("identifier=https://ownwords.org/fhir/sid/") && search.contains("|urn:uuid:"));
        assert!(entry["resource"].get("id").is_none());
    }
    assert!(fhir::provenance_if_none_exist(&resources, &|_, _| None).is_none(), "nothing is known yet");
    let remote = |kind: &str, id: Uuid| Some(format!("srv-{}-{}", kind.len(), &id.simple().to_string()[..6]));
    let later: Value = serde_json::from_str(&fhir::if_none_exist(&resources, &remote)).expect("JSON");
    let text = later.to_string();
    assert!(!text.contains("\"POST\"") && !text.contains("\"reference\":\"urn:uuid:"), "all are known");
    resolves(&later);
    let way = fhir::provenance_if_none_exist(&resources, &remote).expect("all targets are known");
    let way: Value = serde_json::from_str(&way).expect("JSON");
    let searches: BTreeSet<String> =
        way["entry"].as_array().expect("entries").iter().map(|one| one["request"]["ifNoneExist"].to_string()).collect();
    assert_eq!(searches.len(), resources.iter().filter(|one| one.kind == "Provenance").count(), "each is found alone");
    let half = |kind: &str, id: Uuid| remote(kind, id).filter(|_| kind != "CarePlan");
    let some: Value =
        serde_json::from_str(&fhir::provenance_if_none_exist(&resources, &half).expect("words are known"))
            .expect("JSON");
    assert!(some["entry"].as_array().expect("entries").len() < searches.len(), "the record's way waits for the plan");
}

#[test]
fn an_outcome_says_where_and_what() {
    let place = Place { file: "plans.csv".into(), line: 12, column: 3, field: Some("GOAL".into()) };
    let issue = outcome::Issue {
        severity: Severity::Error,
        rule: Some("GOAL-002"),
        code: "required",
        message: "The goal has no words; ask for them.",
        diagnostics: "markers=C1",
        expression: Some("CarePlan.goal"),
        pointer: Some("/goals/0"),
        place: Some(&place),
    };
    let said = outcome::operation_outcome([issue].into_iter());
    let issue = &said["issue"][0];
    assert_eq!(issue["details"]["coding"][0]["system"], "https://ownwords.org/fhir/CodeSystem/ownwords-rule");
    assert_eq!(issue["details"]["coding"][0]["code"], "GOAL-002");
    assert_eq!((&issue["severity"], &issue["code"]), (&json!("error"), &json!("required")));
    assert_eq!(issue["expression"], json!(["CarePlan.goal"]));
    let at =
        |url: &str| issue["extension"].as_array().and_then(|all| all.iter().find(|one| one["url"] == url).cloned());
    let core = |name: &str| at(&format!("http://hl7.org/fhir/StructureDefinition/{name}")).expect("the place is said");
    assert_eq!(core("operationoutcome-file")["valueString"], "plans.csv");
    assert_eq!(core("operationoutcome-issue-line")["valueInteger"], 12);
    assert_eq!(core("operationoutcome-issue-col")["valueString"], "3");
    let own = |name: &str| at(&format!("{}StructureDefinition/{name}", fhir::OWN_BASE)).expect("the place is said");
    assert_eq!(own("source-field")["valueString"], "GOAL");
    assert_eq!(own("plan-pointer")["valueString"], "/goals/0");
    let well = outcome::operation_outcome(std::iter::empty());
    assert_eq!(well["issue"][0]["severity"], "information");
    let checked = parameters::checked(Outcome::AcceptedWithWarnings, well, Some(bundle_of(&case("minimal"))));
    assert_eq!(checked["parameter"][0]["valueCode"], "accepted-with-warnings");
    assert_eq!(checked["parameter"][2]["resource"]["resourceType"], "Bundle");
}

#[test]
fn the_statement_lists_what_we_write() {
    let statement = capability::statement("http://127.0.0.1:8080/fhir", "0.1.0", "2026-11-25");
    let listed: BTreeSet<String> = statement["rest"][0]["resource"]
        .as_array()
        .expect("resources")
        .iter()
        .map(|one| one["type"].as_str().expect("a type").to_owned())
        .collect();
    let written: BTreeSet<String> = cases()
        .iter()
        .flat_map(|path| fhir::resources(&plan_in(path), &Ids::public(), BOTH))
        .map(|one| one.kind.to_owned())
        .collect();
    assert_eq!(listed, written);
}

/// Writes what only a test makes, so that the HL7 validator can look at it too: `OWNWORDS_SAMPLES=folder`.
#[test]
fn samples_for_the_validator() {
    let Some(folder) = std::env::var_os("OWNWORDS_SAMPLES") else {
        println!("skipped: OWNWORDS_SAMPLES names no folder");
        return;
    };
    let put =
        |name: &str, text: String| fs::write(Path::new(&folder).join(name), text).expect("the sample can be written");
    put("capability.json", capability::statement("http://127.0.0.1:8080/fhir", "0.1.0", "2026-11-25").to_string());
    let place = Place { file: "plans.csv".into(), line: 12, column: 3, field: Some("GOAL".into()) };
    let issue = outcome::Issue {
        severity: Severity::Error,
        rule: Some("GOAL-002"),
        code: "required",
        message: "The goal has no words; ask for them.",
        diagnostics: "",
        expression: Some("CarePlan.goal"),
        pointer: Some("/goals/0"),
        place: Some(&place),
    };
    let said = outcome::operation_outcome([issue].into_iter());
    put("outcome.json", said.to_string());
    put("parameters.json", parameters::checked(Outcome::Rejected, said, Some(bundle_of(&case("minimal")))).to_string());
    for path in cases() {
        let resources = fhir::resources(&plan_in(&path), &Ids::public(), BOTH);
        let name = path.file_name().expect("a file").to_string_lossy().replace(".plan.json", "");
        put(&format!("{name}-b.json"), fhir::if_none_exist(&resources, &|_, _| None));
        put(&format!("{name}-a.json"), fhir::transaction(&resources));
    }
}

/// What must hold of every Bundle by method A.
fn holds(bundle: &Value) {
    resolves(bundle);
    let entries = bundle["entry"].as_array().expect("entries");
    let urls: BTreeSet<&str> = entries.iter().filter_map(|entry| entry["fullUrl"].as_str()).collect();
    assert_eq!(urls.len(), entries.len(), "every entry has a fullUrl of its own");
    for entry in entries {
        let resource = &entry["resource"];
        let kind = resource["resourceType"].as_str().expect("a type");
        let at = format!("{kind}/{}", resource["id"].as_str().expect("an id"));
        assert_eq!(entry["request"], json!({"method": "PUT", "url": at}));
        assert!(entry["fullUrl"].as_str().is_some_and(|url| url.ends_with(&format!("/{at}"))));
        assert!(kind == "Provenance" || !resource["identifier"].is_null(), "{kind} has no identifier");
    }
    walk("", bundle, &mut |name, value| {
        match value {
            Value::String(text) => assert!(!text.trim().is_empty(), "{name} is blank"),
            Value::Array(items) => assert!(!items.is_empty(), "{name} is empty"),
            Value::Object(members) => assert!(!members.is_empty(), "{name} is empty"),
            Value::Null => panic!("{name} is null"),
            Value::Bool(_) | Value::Number(_) => {}
        }
        if let Some(text) = value.as_str() {
            assert_form(name, text);
        }
    });
}

fn resolves(bundle: &Value) {
    let entries = bundle["entry"].as_array().expect("entries");
    let here: BTreeSet<String> = entries
        .iter()
        .map(|entry| entry["fullUrl"].as_str().expect("a fullUrl").trim_start_matches(fhir::OWN_BASE).to_owned())
        .collect();
    walk("", bundle, &mut |name, value| {
        if let ("reference", Some(to)) = (name, value.as_str()) {
            assert!(here.contains(to), "{to} is not in the Bundle");
        }
    });
}

fn walk<'v>(name: &'v str, value: &'v Value, look: &mut impl FnMut(&str, &Value)) {
    look(name, value);
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| walk(name, member, look)),
        Value::Array(items) => items.iter().for_each(|item| walk(name, item, look)),
        _ => {}
    }
}

/// The patterns of FHIR's own specification, for the elements that hold dates, codes and URIs.
fn assert_form(name: &str, text: &str) {
    let year = "([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)";
    let month = "(0[1-9]|1[0-2])";
    let day = "(0[1-9]|[1-2][0-9]|3[0-1])";
    let clock =
        "T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))";
    let pattern = match name {
        "birthDate" | "startDate" | "dueDate" | "statusDate" | "valueDate" => format!("{year}(-{month}(-{day})?)?"),
        "recorded" => format!("{year}-{month}-{day}{clock}"),
        "start" | "end" | "created" | "authoredOn" | "authored" | "effectiveDateTime" | "performedDateTime"
        | "time" | "occurrenceDateTime" | "occurredDateTime" => format!("{year}(-{month}(-{day}({clock})?)?)?"),
        "valueCode" | "code" | "status" | "gender" | "lifecycleStatus" => "[^\\s]+( [^\\s]+)*".to_owned(),
        "system" | "url" | "valueUri" | "fullUrl" => "\\S+".to_owned(),
        "id" => "[A-Za-z0-9\\-.]{1,64}".to_owned(),
        _ => return,
    };
    let whole = regex::Regex::new(&format!("^({pattern})$")).expect("the patterns above are regular");
    assert!(whole.is_match(text), "{name}: {text:?}");
}

/// Any value a source may give where a plan has one: mostly fitting, sometimes odd.
fn leaf(name: &str) -> BoxedStrategy<Value> {
    let odd = prop_oneof![
        Just(json!("")),
        Just(json!("  \n")),
        Just(json!("N/A")),
        Just(json!("a  b | <c> & \"d\"")),
        Just(json!("\u{0}\u{1}\u{fffe}")),
        ".{0,12}".prop_map(Value::from),
    ];
    let date = prop_oneof![
        Just(json!("2026-11-01")),
        Just(json!("2026-02-30")),
        Just(json!("2026-03")),
        Just(json!("0000")),
        Just(json!("2026-11-01T10:00Z")),
        Just(json!("2026-11-01T10:00:00.125-05:00")),
        Just(json!("2026-11-01T10:00:00+15:00")),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))?".prop_map(Value::from),
    ];
    let fitting = match name {
        name if name.ends_with("date") || name.ends_with("_on") || name.ends_with("_at") => date.boxed(),
        "start" | "end" | "at" | "as_of" | "next_review_due" | "next_conversation_by" => date.boxed(),
        "lang" | "primary_language" | "language" => {
            prop_oneof![Just(json!("es")), Just(json!("en-US")), Just(json!("en US")), Just(json!("e"))].boxed()
        }
        _ => Just(Value::Null).boxed(),
    };
    prop_oneof![2 => Just(None), 1 => odd.prop_map(Some), 1 => fitting.prop_map(Some)]
        .prop_map(|value| value.unwrap_or(Value::String("\u{1}keep".to_owned())))
        .boxed()
}

/// The plan that has everything, with values replaced, lists cut or doubled, and parts left out.
fn shaken(name: &str, value: &Value) -> BoxedStrategy<Value> {
    match value {
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, member)| {
                    let kept = prop_oneof![6 => Just(true), 1 => Just(false)];
                    (Just(name.clone()), kept, shaken(name, member))
                })
                .collect();
            members
                .prop_map(|members| {
                    Value::Object(
                        members.into_iter().filter(|one| one.1).map(|(name, _, member)| (name, member)).collect(),
                    )
                })
                .boxed()
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| (0_usize..3, shaken(name, item))).collect();
            items
                .prop_map(|items| {
                    Value::Array(items.into_iter().flat_map(|(times, item)| std::iter::repeat_n(item, times)).collect())
                })
                .boxed()
        }
        Value::String(text) => {
            let text = text.clone();
            leaf(name)
                .prop_map(move |value| if value == "\u{1}keep" || value.is_null() { json!(text) } else { value })
                .boxed()
        }
        other => Just(other.clone()).boxed(),
    }
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let whole = ["everything", "part2", "spanish", "odd", "no-goal"].map(|name| {
        let plan = serde_json::to_value(case(name)).expect("a plan is JSON");
        shaken("", &plan)
    });
    proptest::strategy::Union::new(whole).prop_map(|plan| serde_json::from_value(plan).expect("text stays text"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_bundle_is_whole(plan in any_plan()) {
        let bundle = bundle_of(&plan);
        holds(&bundle);
        let resources = fhir::resources(&plan, &Ids::public(), passed(&plan));
        let second: Value = serde_json::from_str(&fhir::if_none_exist(&resources, &|_, _| None)).expect("JSON");
        resolves(&second);
    }
}
