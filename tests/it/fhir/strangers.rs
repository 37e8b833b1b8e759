//! What others send: what must hold of it beyond the examples of the mapping, and the published samples where they are at hand.

use std::{env, fs, path::Path};

use ownwords::{
    clock::Clock,
    mapping::{Packs, Read},
    pipeline::{self, Gate, examples},
    plan::goal::ExpressedBy,
    profile,
    rules::Severity,
};
use serde_json::{Value, json};

use super::round::{read, read_all};

fn goal(expressed_by: Option<&str>, text: &str) -> Value {
    let mut goal = json!({ "resourceType": "Goal", "id": "g", "lifecycleStatus": "active", "description": { "text": text },
        "subject": { "reference": "Patient/p" } });
    if let Some(who) = expressed_by {
        goal["expressedBy"] = json!({ "reference": who });
    }
    goal
}

fn care_plan() -> Value {
    json!({ "resourceType": "CarePlan", "id": "c", "status": "active", "intent": "plan",
        "subject": { "reference": "Patient/p" }, "goal": [{ "reference": "Goal/g" }] })
}

fn bundle(resources: &[Value]) -> String {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string()
}

fn whose(resources: &[Value]) -> Option<ExpressedBy> {
    read(bundle(resources)).plan.goals[0].statement.expressed_by.clone()
}

#[test]
fn words_belong_to_whom_the_record_says() {
    let of = |who| whose(&[care_plan(), goal(Some(who), "Sing again")]);
    assert_eq!(of("Patient/p"), Some(ExpressedBy::Person));
    assert_eq!(of("https://ehr.example.org/fhir/Patient/p/_history/3"), Some(ExpressedBy::Person));
    assert_eq!(of("Patient/somebody-else"), None);
    assert_eq!(of("Practitioner/x"), Some(ExpressedBy::Staff));
    assert_eq!(of("PractitionerRole/x"), Some(ExpressedBy::Staff));
    assert_eq!(of("RelatedPerson/x"), Some(ExpressedBy::Family));
    let guardian = json!({ "resourceType": "RelatedPerson", "id": "x", "patient": { "reference": "Patient/p" }, "relationship":
        [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD" }] }] });
    assert_eq!(
        whose(&[care_plan(), goal(Some("RelatedPerson/x"), "Sing again"), guardian]),
        Some(ExpressedBy::Guardian)
    );
    assert_eq!(whose(&[care_plan(), goal(None, "Sing again")]), None);
}

#[test]
fn a_provenance_says_who_spoke_only_of_the_words_and_the_person() {
    let of = |role: &str, who: &str, element: Option<&str>| {
        let mut target = json!({ "reference": "Goal/g" });
        if let Some(element) = element {
            target["extension"] =
                json!([{ "url": "http://hl7.org/fhir/StructureDefinition/targetElement", "valueUri": element }]);
        }
        let system = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
        let provenance = json!({ "resourceType": "Provenance", "id": "v", "target": [target], "recorded": "2026-01-01T00:00:00Z",
            "agent": [{ "type": { "coding": [{ "system": system, "code": role }] }, "who": { "reference": who } }] });
        whose(&[care_plan(), goal(None, "Sing again"), provenance])
    };
    assert_eq!(of("informant", "Patient/p", None), Some(ExpressedBy::Person));
    assert_eq!(of("author", "Patient/p", Some("own-words")), Some(ExpressedBy::Person));
    assert_eq!(of("enterer", "Patient/p", None), None);
    assert_eq!(of("informant", "Practitioner/x", None), None);
    assert_eq!(of("informant", "Patient/p", Some("start")), None);
}

#[test]
fn nothing_coded_stands_in_for_words() {
    let mut coded = goal(Some("Patient/p"), "");
    coded["description"] =
        json!({ "coding": [{ "system": "http://snomed.info/sct", "code": "1", "display": "Housing" }] });
    assert_eq!(read(bundle(&[care_plan(), coded.clone()])).plan.goals[0].statement.text, None);
    coded["description"]["text"] = json!("housing ");
    let labelled = read(bundle(&[care_plan(), coded])).plan.goals[0].statement.clone();
    assert!(labelled.text.is_some() && labelled.capture_method.is_some_and(|method| !method.is_person_given()));
    let mut masked = goal(Some("Patient/p"), "Error");
    masked["description"]["coding"] =
        json!([{ "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "error" }]);
    assert_eq!(read(bundle(&[care_plan(), masked])).plan.goals[0].statement.text, None);
}

#[test]
fn what_is_entered_in_error_or_changed_in_meaning_is_not_read() {
    let mut wrong = goal(Some("Patient/p"), "Error");
    wrong["lifecycleStatus"] = json!("entered-in-error");
    let of = |goal: Value| {
        let read = read(bundle(&[care_plan(), goal]));
        (read.plan.goals.len(), read.unread.iter().any(|unread| unread.path == "Goal"))
    };
    assert_eq!(of(wrong), (0, true));
    let mut turned = goal(Some("Patient/p"), "Smoke");
    turned["modifierExtension"] = json!([{ "url": "urn:example:not", "valueBoolean": true }]);
    assert_eq!(of(turned), (0, true));
    assert_eq!(of(goal(Some("Patient/p"), "Sing")), (1, false));
}

#[test]
fn the_goals_of_another_plan_period_or_person_are_not_taken() {
    let mut open = care_plan();
    open.as_object_mut().expect("an object").remove("goal");
    open["period"] = json!({ "start": "2026-05-01", "end": "2026-12-31" });
    let goals_of = |goal: Value, more: &[Value]| {
        let all: Vec<Value> = [&[open.clone(), goal], more].concat();
        let first = read_all(bundle(&all)).remove(0);
        first.map(|read| (read.plan.goals.len(), read.unread.iter().any(|one| one.path.starts_with("CarePlan.goal"))))
    };
    assert_eq!(goals_of(goal(None, "Sing"), &[]), Ok((1, true)));
    let mut past = goal(None, "Sing");
    past["target"] = json!([{ "dueDate": "2026-04-01" }]);
    assert_eq!(goals_of(past, &[]), Ok((0, false)));
    let mut theirs = goal(None, "Sing");
    theirs["subject"] = json!({ "reference": "Patient/q" });
    assert_eq!(goals_of(theirs, &[]), Ok((0, false)));
    let mut other = care_plan();
    other["id"] = json!("d");
    assert_eq!(goals_of(goal(None, "Sing"), &[other]), Ok((0, false)));
}

#[test]
fn the_content_of_another_persons_resource_stays_out_of_the_plan() {
    let other = json!({ "resourceType": "Observation", "id": "o", "status": "final", "code": { "text": "Secret" },
        "subject": { "reference": "Patient/q" }, "valueString": "Secret" });
    let read = read(bundle(&[care_plan(), goal(None, "Sing"), other]));
    assert!(read.unread.iter().any(|unread| unread.path == "Observation"), "{:?}", read.unread);
    let plan = serde_json::to_string(&read.plan).expect("JSON");
    assert!(!plan.contains("Secret"));
}

#[test]
fn a_place_is_a_line_and_an_element() {
    let text = format!(
        "\n{}",
        serde_json::to_string_pretty(&json!({ "resourceType": "Bundle", "type": "collection",
        "entry": [{ "resource": care_plan() }, { "resource": goal(None, "Sing") }] }))
        .expect("JSON")
    );
    let place = read(text.clone()).places.of("/goals/0/statement/text");
    assert_eq!(place.field.as_deref(), Some("Bundle.entry[1].resource.description.text"));
    let line = text.lines().nth(place.line as usize - 1).expect("the line is there");
    assert!(line.contains("\"text\": \"Sing\""), "{line}");
    let elsewhere = read(bundle(&[care_plan(), goal(None, "Sing")])).places.of("/goals/0/domain");
    assert_eq!(elsewhere.field.as_deref(), Some("Bundle.entry[1].resource"));
}

fn referring(kind: &str, more: &Value) -> Value {
    let mut one =
        json!({ "resourceType": kind, "id": "x", "status": "completed", "subject": { "reference": "Patient/p" } });
    one.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    one
}

#[test]
fn what_the_plan_names_of_another_person_stays_out_too() {
    let mut plan = care_plan();
    plan["supportingInfo"] = json!([{ "reference": "Observation/x" }]);
    plan["activity"] = json!([{ "reference": { "reference": "ServiceRequest/x" } }]);
    let told =
        json!({ "code": { "text": "Strengths" }, "valueString": "Secret", "subject": { "reference": "Patient/q" } });
    let done = json!({ "code": { "text": "Secret" }, "subject": { "reference": "Patient/q" } });
    let mut theirs = goal(Some("Patient/q"), "Secret");
    theirs["subject"] = json!({ "reference": "Patient/q" });
    let all = [plan, theirs, referring("Observation", &told), referring("ServiceRequest", &done)];
    let read = read(bundle(&all));
    assert!(!serde_json::to_string(&read.plan).expect("JSON").contains("Secret"));
    let paths: Vec<_> = read.unread.iter().map(|one| one.path.as_str()).collect();
    assert!(["Goal", "Observation", "ServiceRequest"].iter().all(|kind| paths.contains(kind)), "{paths:?}");
}

#[test]
fn one_id_on_two_servers_is_two_people() {
    let entry = |base: &str, mut resource: Value, id: &str| {
        resource["id"] = json!(id);
        let url = format!("https://{base}.example.org/{}/{id}", resource["resourceType"].as_str().unwrap_or_default());
        json!({ "fullUrl": url, "resource": resource })
    };
    let person = |number: &str| json!({ "resourceType": "Patient", "identifier": [{ "value": number }] });
    let entries = json!([
        entry("a", person("A"), "p"),
        entry("b", person("B"), "p"),
        entry("b", care_plan(), "c"),
        entry("a", goal(None, "Secret"), "g"),
        entry("b", goal(None, "Sing"), "g")
    ]);
    let whole = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let plan = read(whole.to_string()).plan;
    assert_eq!(plan.person.local_id.as_deref(), Some("B"));
    let said = serde_json::to_string(&plan.goals).expect("JSON");
    assert!(said.contains("Sing") && !said.contains("Secret"), "{said}");
}

#[test]
fn whose_plan_it_is_never_comes_from_a_version_or_a_place() {
    let of = |subject: &str| {
        let mut plan = care_plan();
        plan["subject"] = json!({ "reference": subject });
        read(bundle(&[plan, goal(None, "Sing")])).plan.person.local_id
    };
    assert_eq!(of("Patient/p/_history/3").as_deref(), Some("p"));
    assert_eq!(of("#pat"), None);
}

#[test]
fn a_role_that_names_itself_ends() {
    let mut plan = care_plan();
    plan["author"] = json!({ "reference": "PractitionerRole/r" });
    let role =
        json!({ "resourceType": "PractitionerRole", "id": "r", "practitioner": { "reference": "PractitionerRole/r" } });
    assert_eq!(read(bundle(&[plan, goal(None, "Sing"), role])).plan.goals.len(), 1);
}

#[test]
fn what_is_not_to_be_done_or_was_not_done_is_none() {
    let review = json!({ "coding": [{ "system": "http://snomed.info/sct", "code": "425268008" }] });
    let of = |forbidden: bool, status: &str| {
        let mut plan = care_plan();
        plan["activity"] = json!([{ "reference": { "reference": "ServiceRequest/x" } },
            { "detail": { "status": if forbidden { "entered-in-error" } else { "scheduled" }, "description": "Walk" } }]);
        plan["supportingInfo"] = json!([{ "reference": "Procedure/x" }]);
        let service = referring("ServiceRequest", &json!({ "code": { "text": "Call" }, "doNotPerform": forbidden }));
        let done = referring("Procedure", &json!({ "code": review.clone(), "status": status }));
        let read = read(bundle(&[plan, goal(None, "Sing"), service, done])).plan;
        (read.actions.len(), read.reviews.len())
    };
    assert_eq!(of(false, "completed"), (2, 1));
    assert_eq!(of(true, "not-done"), (0, 0));
}

#[test]
fn a_name_written_in_two_ways_is_given_twice() {
    let twice = bundle(&[care_plan(), goal(None, "Sing")]).replace("\"text\":", "\"te\\u0078t\":\"Cry\",\"text\":");
    assert_eq!(read_all(twice).remove(0).err(), Some("FILE-001"));
}

#[test]
fn hostile_names_are_not_shown() {
    let mut odd = goal(None, "Sing");
    odd["I told her everything"] = json!("x");
    odd["extension"] = json!([{ "url": "https://x/I told her", "valueString": "y" }]);
    let read = read(bundle(&[care_plan(), odd]));
    let paths: Vec<_> = read.unread.iter().map(|unread| unread.path.as_str()).collect();
    assert_eq!(paths, ["Goal.?", "Goal.extension(?).valueString"]);
    let fields: Vec<_> = read.unread.iter().filter_map(|unread| unread.place.field.as_deref()).collect();
    assert!(fields.iter().all(|field| !field.contains("I told")), "{fields:?}");
    let mut plan = care_plan();
    plan["careTeam"] = json!([{ "reference": "#t" }]);
    plan["contained"] = json!([{ "resourceType": "I told her", "id": "t", "a": "x" }]);
    let read = self::read(bundle(&[plan, goal(None, "Sing")]));
    assert!(read.unread.iter().any(|one| one.path == "?.a"), "{:?}", read.unread);
}

/// What became of a file: verdict and counts, as a row of a table.
fn row(path: &Path) -> String {
    let packs = Packs::load(None).expect("the mappings load");
    let mapping = packs.get("fhir-r4").expect("fhir-r4 is built in");
    let policy = profile::policy("standard").expect("the policy loads");
    let gate = Gate { policy, clock: Clock::fixed_on(examples::DAY), agency: None };
    let name = path.file_name().expect("a file").to_string_lossy().into_owned();
    let file = fs::File::open(path).expect("the sample can be opened");
    let Ok(records) = pipeline::open(&mapping, &name, Box::new(std::io::BufReader::new(file))) else {
        return format!("{name} | not opened");
    };
    let rows = records.map(|mapped| {
        let judged = gate.judge(mapped);
        let heavy = judged.verdict.findings.iter().filter(|one| one.severity == Severity::Error);
        let rules: Vec<_> = heavy.map(|one| one.rule).collect();
        let read = judged.plan.as_ref().map_or_else(
            || judged.verdict.findings.first().map(|one| one.rule.to_owned()).unwrap_or_default(),
            |plan| {
                format!("goals {} strengths {} actions {}", plan.goals.len(), plan.strengths.len(), plan.actions.len())
            },
        );
        format!("{name} | {read} | {} {rules:?} | unread {}", judged.outcome().as_str(), judged.unread.len())
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn published_samples_are_read_without_a_fall() {
    let shared = env::var("OWNWORDS_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let Ok(folders) = fs::read_dir(Path::new(&shared).join("data/fhir-examples")) else {
        println!("skipped: the published samples are not at hand");
        return;
    };
    let mut files = Vec::new();
    let folders = folders
        .map(|one| one.expect("a folder").path())
        .chain([Path::new(&shared).join("data/ehr-samples/authored/fhir")]);
    for folder in folders {
        files.extend(fs::read_dir(folder).into_iter().flatten().map(|one| one.expect("a file").path()));
    }
    files.retain(|path| {
        let text = fs::read_to_string(path).unwrap_or_default();
        text.contains("\"CarePlan\"")
    });
    files.sort();
    assert!(files.len() > 12, "{} samples", files.len());
    let rows: Vec<String> = files.iter().map(|path| row(path)).collect();
    println!("{}", rows.join("\n"));
    let of = |name: &str| rows.iter().find(|row| row.starts_with(name)).cloned().unwrap_or_default();
    assert!(
        of("Bundle-reference-plan.json").contains("goals 1 strengths 1 actions 4 | accepted"),
        "{}",
        of("Bundle-reference")
    );
    assert!(of("trap-careplan-is-a-note.json").contains("FILE-006 | accepted"), "{}", of("trap-careplan"));
}

/// Whatever the reader says of a record that it cannot take, it goes on with the next.
#[test]
fn a_record_that_cannot_be_read_costs_only_itself() {
    let one = bundle(&[care_plan(), goal(Some("Patient/p"), "Sing")]);
    let twice = r#"{"resourceType":"Bundle","type":"collection","type":"document"}"#;
    let nothing =
        r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p"}}]}"#;
    let all = read_all([twice, nothing, r#"{"id":"x"}"#, one.as_str()].join("\n"));
    let rules: Vec<_> =
        all.iter().map(|read| read.as_ref().map(|read: &Read| read.plan.goals.len()).map_err(|rule| *rule)).collect();
    assert_eq!(rules, [Err("FILE-001"), Err("FILE-001"), Err("FILE-001"), Ok(1)]);
}

/// A server counts the versions of each resource by itself.
#[test]
fn a_goal_that_changed_makes_another_version_of_the_whole() {
    let of = |plan: Value, goal: Value| read(bundle(&[plan, goal])).plan.source.record_version;
    let versioned = |mut one: Value, version: &str| {
        one["meta"] = json!({ "versionId": version });
        one
    };
    let (plan, goal) = (versioned(care_plan(), "3"), goal(None, "Sing again"));
    let first = of(plan.clone(), versioned(goal.clone(), "1"));
    assert!(first.as_deref().is_some_and(|version| version.starts_with("3+")), "{first:?}");
    assert_eq!(of(plan.clone(), versioned(goal.clone(), "1")), first);
    assert_ne!(of(plan.clone(), versioned(goal.clone(), "2")), first);
    let mut other = goal.clone();
    other["description"]["text"] = json!("Sing out loud");
    assert_ne!(of(plan.clone(), goal.clone()), of(plan, other), "it has no version, and changed");
    let mut alone = versioned(care_plan(), "3");
    alone["goal"] = json!([{ "reference": "#g" }]);
    alone["contained"] = json!([goal]);
    assert_eq!(read(bundle(&[alone])).plan.source.record_version.as_deref(), Some("3"));
}
