//! A plan with every field of the model filled at random, drawn from the schema: texts, codes, days, and ids that fit together.

use ownwords::plan::Plan;
use serde_json::{Map, Value, json};

/// A plan by a seed.
pub(super) fn plan(seed: u64) -> Plan {
    let schema: Value = serde_json::from_str(include_str!("../../../profiles/plan.schema.json")).expect("JSON");
    let mut dice = Dice { state: seed | 1, count: 0 };
    let plan = dice.value("", &schema, &schema);
    let mut plan: Plan = serde_json::from_value(plan).expect("the schema says what the model takes");
    settle(&mut plan, &mut dice);
    plan
}

struct Dice {
    state: u64,
    count: usize,
}

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40).expect("24 bits fit") % sides
    }

    fn value(&mut self, name: &str, property: &Value, schema: &Value) -> Value {
        if let Some(reference) = property["$ref"].as_str() {
            let definition = schema.pointer(reference.trim_start_matches('#')).expect("a definition");
            return self.value(name, definition, schema);
        }
        if let Some(members) = property["properties"].as_object() {
            let given = members.iter().filter(|_| self.roll(4) > 0).collect::<Vec<_>>();
            let members = given.into_iter().map(|(name, property)| (name.clone(), self.value(name, property, schema)));
            return Value::Object(members.collect::<Map<_, _>>());
        }
        if let Some(items) = property.get("items") {
            let count = self.roll(4);
            return (0..count).map(|_| self.value(name, items, schema)).collect();
        }
        self.count += 1;
        let count = self.count;
        match property["x-kind"].as_str().unwrap_or_default() {
            "own-words" | "prose" => json!(format!("{}{count}", self.words())),
            "code" => {
                let codes = property["x-codes"].as_array().expect("codes");
                codes[self.roll(codes.len())].clone()
            }
            "date" => {
                let day = format!("20{:02}-{:02}-{:02}", 10 + self.roll(20), 1 + self.roll(12), 1 + self.roll(28));
                json!(day[..[10, 10, 10, 10, 10, 7, 4][self.roll(7)]])
            }
            "whole" => json!(self.roll(11)),
            "number" => {
                const NUMBERS: [&str; 6] = ["-2", "0", "2", "3", "12.50", "-0.1"];
                serde_json::from_str(NUMBERS[self.roll(NUMBERS.len())]).expect("a number")
            }
            "flag" => json!(self.roll(2) == 0),
            _ => self.label(name),
        }
    }

    fn words(&mut self) -> String {
        const PIECES: [&str; 10] = [
            "I want ",
            "mi mamá ",
            "\n",
            "\"my own\" ",
            "<b>a</b> & ",
            "  ",
            "\u{1f3b5} ",
            "N/A ",
            "\ttea\\ ",
            "’til ",
        ];
        (0..=self.roll(5)).map(|_| PIECES[self.roll(PIECES.len())]).collect()
    }

    /// Labels that FHIR takes in their place: a language where a language belongs, a URI, a code.
    fn label(&mut self, name: &str) -> Value {
        let count = self.count;
        match name {
            "lang" | "language" | "primary_language" => json!(["en", "es", "fr-CA"][self.roll(3)]),
            "system" => json!([&*format!("urn:example:{count}"), "Medicaid of Ohio"][self.roll(2)]),
            "sex" => json!(["female", "male", "other", "unknown", "M", "as I say"][self.roll(6)]),
            "instrument" => json!(["gas", "44249-1", "44261-6", "how I feel"][self.roll(4)]),
            "service_code" => json!([format!("H{:04}", count % 10_000), format!("X-{count}")][self.roll(2)]),
            "code" | "by" | "rule_id" => json!(format!("c-{count}")),
            _ => json!(format!("{name} {count} é")),
        }
    }
}

/// Makes ids one of a kind, and lets what points somewhere point to something.
fn settle(plan: &mut Plan, dice: &mut Dice) {
    plan.plan_id = Some(format!("RP-{}", dice.count));
    plan.person.local_id = Some(format!("P-{}", dice.count));
    plan.source.agency_id = Some("oak leaf".into());
    plan.source.record_id = Some(format!("r {}", dice.count));
    plan.period.start = Some("2026-01-05".into());
    plan.period.end = plan.period.end.take().map(|_| "2026-07-05".into());
    let goals: Vec<String> = (0..plan.goals.len()).map(|at| format!("g/{at}")).collect();
    plan.goals.iter_mut().zip(&goals).for_each(|(goal, id)| goal.goal_id = Some(id.clone()));
    plan.strengths.iter_mut().enumerate().for_each(|(at, one)| one.strength_id = Some(format!("s#{at}")));
    for goal in &mut plan.goals {
        goal.strengths_used =
            (0..plan.strengths.len()).filter(|_| dice.roll(2) == 0).map(|at| format!("s#{at}")).collect();
    }
    for goal in 0..plan.goals.len() {
        let other = dice.roll(goals.len() + 1);
        plan.goals[goal].replaced_by = goals.get(other).cloned();
    }
    let mut pick =
        |from: &[String]| (!from.is_empty() && dice.roll(3) > 0).then(|| from[dice.roll(from.len())].clone());
    for (at, objective) in plan.objectives.iter_mut().enumerate() {
        (objective.id, objective.goal_id) = (Some(format!("o{at}")), pick(&goals));
    }
    let objectives: Vec<String> = (0..plan.objectives.len()).map(|at| format!("o{at}")).collect();
    for action in &mut plan.actions {
        (action.goal_id, action.objective_id) = (pick(&goals), pick(&objectives));
    }
    for review in &mut plan.reviews {
        review.progress.iter_mut().for_each(|note| note.goal_id = pick(&goals));
    }
}
