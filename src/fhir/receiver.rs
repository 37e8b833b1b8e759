//! What a receiver wants beyond US Core 6.1, added to a resource as it goes out (D7 and D19). What is kept stays as it is.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::system::{code, extension};

const CATEGORY: &str = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category";
const PROFILES: &str = "http://hl7.org/fhir/us/core/StructureDefinition/";
const INTERPRETER_NEEDED: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed";
const DATATYPE: &str = "http://hl7.org/fhir/StructureDefinition/_datatype";
const BARRIER: (&str, &str) = ("452341000124107", "811791000000103");
/// What is told of preferences: LOINC's code, and the category and profile that US Core 7 has for it.
const PREFERENCES: [(&str, &str); 2] =
    [("95541-9", "care-experience-preference"), ("75773-2", "treatment-intervention-preference")];

/// The version of US Core that a receiver follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub enum UsCore {
    /// 6.1, which is what we write.
    #[default]
    #[serde(rename = "6.1")]
    V6,
    /// 7.0.
    #[serde(rename = "7")]
    V7,
    /// 8.0.
    #[serde(rename = "8")]
    V8,
    /// 9.0.
    #[serde(rename = "9")]
    V9,
}

/// A receiver, as far as it matters for what it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receiver {
    /// The version of US Core.
    pub us_core: UsCore,
    /// System and code of a further category of a `CarePlan`, from US Core 9 on.
    pub care_plan_category: Option<(String, String)>,
    /// Whether a barrier also has the code of the United Kingdom, which PCO 1.0.0 lists.
    pub uk_barrier_code: bool,
    /// Whether a goal also has its strengths as protective factors (D5).
    pub protective_factors: bool,
}

/// The strengths that help each goal, as far as a receiver asks for them: reference and words, by the goal's reference.
#[derive(Debug, Default)]
pub struct Factors(HashMap<String, Vec<(String, String)>>);

impl Factors {
    /// Adds to a goal what helps it. Says whether anything was added.
    pub fn fit(&self, goal: &mut Value) -> bool {
        let (Some(kind), Some(id)) = (goal["resourceType"].as_str(), goal["id"].as_str()) else { return false };
        let Some(strengths) = self.0.get(&format!("{kind}/{id}")) else { return false };
        strengths.iter().fold(false, |changed, (reference, words)| {
            let parts = json!([
                { "url": DATATYPE, "valueString": "CodeableReference" },
                { "url": "concept", "valueCodeableConcept": { "text": words } },
                { "url": "reference", "valueReference": { "reference": reference } },
            ]);
            push(goal, "extension", json!({ "url": extension::PROTECTIVE_FACTOR, "extension": parts })) | changed
        })
    }
}

impl Receiver {
    /// The strengths among these resources, when the receiver wants them on the goals that they help.
    pub fn factors<'r>(&self, resources: impl Iterator<Item = (&'r str, &'r str)>) -> Factors {
        let mut factors = Factors::default();
        let told = resources.filter(|(kind, _)| self.protective_factors && *kind == "Observation");
        for told in told.filter_map(|(_, json)| serde_json::from_str::<Value>(json).ok()) {
            let is_strength = has_code(&told["code"], code::ELTSS_OBSERVATION, "strength");
            let (Some(id), Some(words)) = (told["id"].as_str(), told["valueString"].as_str()) else { continue };
            let extensions = told["extension"].as_array().into_iter().flatten().filter(|_| is_strength);
            for goal in extensions.filter(|one| one["url"] == extension::PERTAINS_TO_GOAL) {
                let Some(goal) = goal["valueReference"]["reference"].as_str() else { continue };
                let helped = factors.0.entry(goal.to_owned()).or_default();
                helped.push((format!("Observation/{id}"), words.to_owned()));
            }
        }
        factors
    }

    /// Adds to a resource what the receiver wants. Says whether anything was changed.
    pub fn fit(&self, resource: &mut Value) -> bool {
        match resource["resourceType"].as_str() {
            Some("Observation") => {
                let barrier = self.uk_barrier_code && also_uk(resource);
                barrier | (self.us_core >= UsCore::V7 && prefer(resource))
            }
            Some("Patient") => self.us_core >= UsCore::V8 && describe(resource),
            Some("DocumentReference") => self.us_core >= UsCore::V8 && direct(resource),
            Some("CarePlan") => self.us_core >= UsCore::V9 && self.categorize(resource),
            _ => false,
        }
    }

    fn categorize(&self, care_plan: &mut Value) -> bool {
        let Some((system, code)) = &self.care_plan_category else { return false };
        let is_there = has_code(&care_plan["category"], system, code);
        !is_there && push(care_plan, "category", json!({ "coding": [{ "system": system, "code": code }] }))
    }
}

/// A second coding of the barrier.
fn also_uk(observation: &mut Value) -> bool {
    let (ours, theirs) = BARRIER;
    let is_barrier = has_code(&observation["code"], code::SNOMED, ours);
    is_barrier && push(&mut observation["code"], "coding", json!({ "system": code::SNOMED, "code": theirs }))
}

/// A preference with its category and profile. One without a value has neither, since the profile asks for a value.
fn prefer(observation: &mut Value) -> bool {
    let known = PREFERENCES.iter().find(|(loinc, _)| has_code(&observation["code"], code::LOINC, loinc));
    let Some((_, name)) = known.filter(|_| observation["valueString"].is_string()) else { return false };
    push(observation, "category", json!({ "coding": [{ "system": CATEGORY, "code": name }] }));
    claim(observation, &format!("us-core-{name}"))
}

/// The person's gender as later versions say it, and whether an interpreter is needed.
fn describe(patient: &mut Value) -> bool {
    let mut changed = false;
    let Some(all) = patient["extension"].as_array_mut() else { return false };
    for one in all.iter_mut().filter(|one| one["url"] == extension::GENDER_IDENTITY) {
        let value = one["valueCodeableConcept"].take();
        let inner = json!([{ "url": "value", "valueCodeableConcept": value }]);
        *one = json!({ "url": extension::INDIVIDUAL_GENDER, "extension": inner });
        changed = true;
    }
    let needed = all.iter().find(|one| one["url"] == extension::INTERPRETER_REQUIRED);
    if let Some(needed) = needed.and_then(|one| one["valueBoolean"].as_bool()) {
        let (answer, word) = if needed { ("373066001", "Yes") } else { ("373067005", "No") };
        let coding = json!({ "system": code::SNOMED, "code": answer, "display": word });
        all.push(json!({ "url": INTERPRETER_NEEDED, "valueCoding": coding }));
        changed = true;
    }
    changed
}

/// An advance directive with the profile for one.
fn direct(document: &mut Value) -> bool {
    has_code(&document["category"], code::LOINC, code::ADVANCE_DIRECTIVES)
        && claim(document, "us-core-adi-documentreference")
}

/// Whether a concept, or one of several, has a code.
fn has_code(concepts: &Value, system: &str, code: &str) -> bool {
    let one = std::slice::from_ref(concepts);
    let all = concepts.as_array().map_or(one, Vec::as_slice);
    let codings = all.iter().filter_map(|concept| concept["coding"].as_array()).flatten();
    codings.into_iter().any(|coding| coding["system"] == system && coding["code"] == code)
}

fn claim(resource: &mut Value, profile: &str) -> bool {
    let Some(members) = resource.as_object_mut() else { return false };
    let meta = members.entry("meta").or_insert_with(|| Value::Object(Map::new()));
    push(meta, "profile", format!("{PROFILES}{profile}").into())
}

/// Adds an item to a list, which is made when it is not there.
fn push(within: &mut Value, list: &str, item: Value) -> bool {
    let Some(members) = within.as_object_mut() else { return false };
    match members.entry(list).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(items) => items.push(item),
        _ => return false,
    }
    true
}
