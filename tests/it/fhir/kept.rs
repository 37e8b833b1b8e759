//! Stranger → plan → FHIR: what others say of goals and steps stands in what we write, whatever form it came in.

use std::{collections::BTreeMap, env, fs, path::Path};

use ownwords::fhir::{self, Ids};
use serde_json::Value;

use super::{BOTH, resource, round::read_all};

/// What must be kept of a goal: words, status, days; and of each step that names a goal, the words of both.
type Goals = BTreeMap<String, (String, Option<String>, Option<String>)>;

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Every resource of a Bundle, the contained ones too, by the names that others call it.
fn named(bundle: &Value) -> BTreeMap<String, &Value> {
    let mut all = BTreeMap::new();
    for entry in bundle["entry"].as_array().into_iter().flatten() {
        let one = &entry["resource"];
        let id = one["id"].as_str().unwrap_or_default();
        all.extend(entry["fullUrl"].as_str().map(|url| (url.to_owned(), one)));
        all.insert(format!("{}/{id}", one["resourceType"].as_str().unwrap_or_default()), one);
        for inner in one["contained"].as_array().into_iter().flatten() {
            all.insert(format!("{id}#{}", inner["id"].as_str().unwrap_or_default()), inner);
        }
    }
    all
}

/// What a reference means: by its name, or inside the resource that has it.
fn meant<'b>(all: &BTreeMap<String, &'b Value>, of: &Value, reference: &Value) -> Option<&'b Value> {
    let written = reference["reference"].as_str()?;
    let inside = written.strip_prefix('#').map(|id| format!("{}#{id}", of["id"].as_str().unwrap_or_default()));
    all.get(inside.as_deref().unwrap_or(written)).copied()
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value[name].as_array().into_iter().flatten()
}

/// FHIR's states of a goal that say the same in a plan.
fn plain(status: &str) -> &str {
    match status {
        "planned" => "proposed",
        "accepted" => "active",
        "rejected" => "cancelled",
        other => other,
    }
}

/// The goals that a `CarePlan` lists, by their words.
fn goals(bundle: &Value, care_plan: &Value) -> Goals {
    let all = named(bundle);
    let listed = list(care_plan, "goal").filter_map(|reference| meant(&all, care_plan, reference));
    let told = listed.filter(|goal| goal["lifecycleStatus"] != "entered-in-error");
    let said = told.filter_map(|goal| {
        let words = text(&goal["description"]["text"]).filter(|words| !words.trim().is_empty())?;
        let status = plain(goal["lifecycleStatus"].as_str().unwrap_or_default()).to_owned();
        Some((words, (status, text(&goal["startDate"]), text(&goal["target"][0]["dueDate"]))))
    });
    said.collect()
}

/// Words of each step, and of the goals that it names.
fn links(bundle: &Value, care_plan: &Value) -> Vec<(String, String)> {
    const TOWARD: &str = "http://hl7.org/fhir/StructureDefinition/resource-pertainsToGoal";
    let all = named(bundle);
    let mut found = Vec::new();
    for activity in list(care_plan, "activity") {
        let Some(step) = meant(&all, care_plan, &activity["reference"]) else { continue };
        let Some(words) = text(&step["description"]).or_else(|| text(&step["code"]["text"])) else { continue };
        let toward = list(step, "extension").filter(|one| one["url"] == TOWARD).map(|one| &one["valueReference"]);
        let goals = toward.filter_map(|reference| text(&meant(&all, step, reference)?["description"]["text"]));
        found.extend(goals.take(1).map(|goal| (words.clone(), goal)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The plans of a file: goals and links that came, and those that went out.
fn kept(name: &str, sent: &str) -> (usize, usize) {
    let sent_tree: Value = serde_json::from_str(sent).expect("the sample is JSON");
    let plans: Vec<&Value> = resource(&sent_tree, "CarePlan");
    let whole = plans.iter().filter(|plan| plan["partOf"].is_null());
    let (mut goals_kept, mut links_kept) = (0, 0);
    for (care_plan, read) in whole.zip(read_all(sent.to_owned())) {
        let Ok(read) = read else { continue };
        let said = fhir::transaction(&fhir::resources(&read.plan, &Ids::public(), BOTH));
        let said: Value = serde_json::from_str(&said).expect("a Bundle is JSON");
        let ours = *resource(&said, "CarePlan").last().expect("a CarePlan");
        let went = goals(&said, ours);
        for (words, came) in goals(&sent_tree, care_plan) {
            let Some((status, start, due)) = went.get(&words) else { panic!("{name}: a goal is not there") };
            assert_eq!((status, due), (&came.0, &came.2), "{name}: a goal");
            // An objective of the plan has no day on which it starts; that is told, and carried with what was not read.
            let is_told = start.is_none() && read.unread.iter().any(|one| one.path == "Goal.startDate");
            assert!(*start == came.1 || is_told, "{name}: the start of a goal");
            goals_kept += 1;
        }
        let went = links(&said, ours);
        for link in links(&sent_tree, care_plan) {
            assert!(went.contains(&link), "{name}: a step and its goal");
            links_kept += 1;
        }
    }
    (goals_kept, links_kept)
}

#[test]
fn what_strangers_say_of_goals_and_steps_goes_out_as_it_came() {
    let shared = env::var("OWNWORDS_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings/fhir-r4/examples");
    let mut files: Vec<_> = ["eltss", "pco", "withdrawn"].map(|name| examples.join(name).join("given.json")).into();
    let folders = fs::read_dir(Path::new(&shared).join("data/fhir-examples")).into_iter().flatten().flatten();
    files.extend(
        folders.filter_map(|folder| fs::read_dir(folder.path()).ok()).flatten().flatten().map(|one| one.path()),
    );
    let (mut goals, mut links) = (0, 0);
    for path in files {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let is_bundle = serde_json::from_str::<Value>(&text).is_ok_and(|tree| tree["resourceType"] == "Bundle");
        if is_bundle && text.contains("\"CarePlan\"") {
            let (of_goals, of_links) = kept(&path.file_name().unwrap_or_default().to_string_lossy(), &text);
            (goals, links) = (goals + of_goals, links + of_links);
        }
    }
    assert!(goals >= 6 && links >= 2, "{goals} goals, {links} links");
}
