//! Runs the examples of a mapping through the pipeline: the same for agency staff (`ownwords mapping test`) and our tests.
//!
//! An example is a folder with a `given.*` file and what must come of it: `plan.json`, `findings.txt`, `unread.txt` and
//! `bundle.json`. Examples are judged under `standard`, on a fixed day, with public ids, so that they never change by themselves.

use std::{fmt::Write, io::Cursor, sync::Arc};

use serde_json::{Value, json};

use super::{Gate, Judged};
use crate::{
    clock::Clock,
    fhir::{self, Ids},
    mapping::{Mapping, Unreadable},
    rules::{Outcome, Policy},
};

/// The day on which examples are judged.
pub const DAY: jiff::civil::Date = jiff::civil::date(2026, 11, 1);

/// What came of an example, as the texts of its golden files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcomes {
    /// The plans, a JSON array; `null` for a record that could not be read.
    pub plan: String,
    /// Verdicts and findings.
    pub findings: String,
    /// Paths that were not read.
    pub unread: String,
    /// The transaction Bundles of the accepted plans, a JSON array.
    pub bundle: String,
}

impl Outcomes {
    /// Each golden file's name and text.
    pub fn files(&self) -> [(&'static str, &str); 4] {
        [
            ("plan.json", &self.plan),
            ("findings.txt", &self.findings),
            ("unread.txt", &self.unread),
            ("bundle.json", &self.bundle),
        ]
    }
}

/// Runs one example: the name and bytes of its given file through the mapping.
pub fn run(mapping: &Arc<Mapping>, policy: &Arc<Policy>, file: &str, given: &[u8]) -> Outcomes {
    let gate = Gate { policy: policy.clone(), clock: Clock::fixed_on(DAY), agency: None };
    let mut said = Said::default();
    match super::open(mapping, file, Box::new(Cursor::new(given.to_vec()))) {
        Ok(records) => records.for_each(|mapped| said.add(&gate.judge(mapped))),
        Err(unreadable) => said.unreadable(&unreadable),
    }
    said.finish()
}

#[derive(Default)]
struct Said {
    plans: Vec<Value>,
    bundles: Vec<Value>,
    findings: String,
    unread: String,
}

impl Said {
    fn unreadable(&mut self, unreadable: &Unreadable) {
        let Unreadable { rule, place, message } = unreadable;
        line(&mut self.findings, format_args!("file not read: {rule} {}:{} {message}", place.file, place.line));
    }

    fn add(&mut self, judged: &Judged) {
        let name = judged.plan_id().map(|id| format!(" plan {id}")).unwrap_or_default();
        let outcome = judged.outcome();
        line(&mut self.findings, format_args!("record {}{name}: {}", judged.ordinal, outcome.as_str()));
        for finding in &judged.verdict.findings {
            let place = judged.place_of(finding);
            let field = place.field.as_deref().map(|field| format!(" {field}")).unwrap_or_default();
            let pointer = if finding.pointer.is_empty() { "-" } else { &finding.pointer };
            line(
                &mut self.findings,
                format_args!(
                    "  {} {} {pointer} {}:{}:{}{field} {}",
                    finding.severity.as_str(),
                    finding.rule,
                    place.file,
                    place.line,
                    place.column,
                    finding.diagnostics
                ),
            );
        }
        for unread in &judged.unread {
            let (place, path) = (&unread.place, &unread.path);
            let (line_number, column) = (place.line, place.column);
            line(
                &mut self.unread,
                format_args!("record {} line {line_number} column {column}: {path}", judged.ordinal),
            );
        }
        self.plans.push(judged.plan.as_ref().map_or(Value::Null, |plan| json!(plan)));
        if outcome != Outcome::Rejected && judged.plan.is_some() {
            let bundle = fhir::transaction(&judged.resources(&Ids::public()));
            self.bundles.push(serde_json::from_str(&bundle).expect("the Bundle above was written as JSON"));
        }
    }

    fn finish(self) -> Outcomes {
        Outcomes {
            plan: pretty(&self.plans),
            findings: self.findings,
            unread: self.unread,
            bundle: pretty(&self.bundles),
        }
    }
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    let before = text.len();
    text.write_fmt(words).expect("writing to a string cannot fail");
    text.truncate(before + text[before..].trim_end().len());
    text.push('\n');
}

fn pretty(values: &[Value]) -> String {
    serde_json::to_string_pretty(values).expect("JSON values can be written") + "\n"
}
