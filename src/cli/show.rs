//! How verdicts and findings look: for people with the excerpt of their own file, for programs as JSON.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    io::{self, IsTerminal},
};

use serde_json::{Value, json};

use crate::{
    pipeline::Judged,
    plan::Place,
    rules::{Finding, Outcome, Severity},
};

/// Characters of a source line shown in an excerpt.
const EXCERPT: usize = 100;

/// Notes of information that one rule may have in a record; of more than these only the first is shown.
const NOTES_ALIKE: usize = 5;

/// Paints for a terminal, or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(bool);

impl Paint {
    /// Paints when standard output is a terminal and no one asked for plain text.
    pub(super) fn for_stdout() -> Self {
        Self(io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none())
    }

    /// Whether it paints.
    pub(super) fn is_on(self) -> bool {
        self.0
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// Bold.
    pub(super) fn strong(self, text: &str) -> String {
        self.with("1", text)
    }

    /// In the background.
    pub(super) fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    /// As heavy as a severity.
    fn weigh(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Information => "1;36",
        };
        self.with(code, text)
    }

    /// A verdict.
    pub(super) fn verdict(self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Accepted => self.with("1;32", "accepted"),
            Outcome::AcceptedWithWarnings => self.with("1;33", "accepted with warnings"),
            Outcome::Rejected => self.with("1;31", "rejected"),
        }
    }
}

/// A record for people: its verdict, and each finding with the place and excerpt of the source, the heaviest first.
pub(super) fn text(judged: &Judged, paint: Paint) -> String {
    let plan = judged.plan_id().map(|id| format!(", plan {id}")).unwrap_or_default();
    let what = if judged.ordinal == 0 { "the file".to_owned() } else { format!("record {}", judged.ordinal) };
    let mut lines = vec![format!("{what}{plan}: {}", paint.verdict(judged.outcome()))];
    let findings = judged.verdict.heaviest_first();
    let mut folded = BTreeSet::new();
    for finding in &findings {
        let alike = findings.iter().filter(|other| is_note_of(finding.rule, other)).count();
        let is_many = is_note_of(finding.rule, finding) && alike > NOTES_ALIKE;
        if is_many && !folded.insert(finding.rule) {
            continue;
        }
        lines.push(String::new());
        lines.extend(finding_lines(judged, finding, paint));
        if is_many {
            lines.push(format!("  = and {} more notes of {}; --format json shows each", alike - 1, finding.rule));
        }
    }
    if !judged.unread.is_empty() {
        let paths: Vec<&str> = judged.unread.iter().map(|unread| unread.path.as_str()).collect();
        lines.push(paint.faint(&format!("  not read by the mapping, kept as it is: {}", paths.join(", "))));
    }
    lines.join("\n") + "\n"
}

fn is_note_of(rule: &str, finding: &Finding) -> bool {
    finding.severity == Severity::Information && finding.rule == rule
}

fn finding_lines(judged: &Judged, finding: &Finding, paint: Paint) -> Vec<String> {
    let place = judged.place_of(finding);
    let head = format!("{}[{}]", finding.severity.as_str(), finding.rule);
    let mut lines = vec![format!("{}: {}", paint.weigh(finding.severity, &head), paint.strong(&finding.message))];
    let field = place.field.as_deref().map(|field| format!(" ({field})")).unwrap_or_default();
    let margin = place.line.to_string().len();
    let bar = paint.faint(&format!("{:margin$} |", ""));
    let column = if place.column == 0 { String::new() } else { format!(":{}", place.column) };
    lines.push(format!("{:margin$}{} {}:{}{column}{field}", "", paint.faint("-->"), place.file, place.line));
    if let Some(excerpt) = excerpt(judged, &place) {
        lines.push(bar.clone());
        lines.push(format!("{} {excerpt}", paint.faint(&format!("{} |", place.line))));
        lines.push(bar);
    }
    let mut facts: Vec<&str> = Vec::new();
    facts.extend(Some(finding.pointer.as_str()).filter(|pointer| !pointer.is_empty()));
    facts.extend(Some(finding.diagnostics.as_str()).filter(|diagnostics| !diagnostics.is_empty()));
    if !facts.is_empty() {
        lines.push(format!("{:margin$} = in the plan: {}", "", facts.join(", ")));
    }
    lines.push(format!("{:margin$} = more: ownwords rules {}", "", finding.rule));
    lines
}

/// The line of the source that a finding speaks of, cut to what a screen takes. It is shown to whoever holds the file.
fn excerpt(judged: &Judged, place: &Place) -> Option<String> {
    let within = place.line.checked_sub(judged.start.line)? as usize;
    let line = judged.raw.split(|byte| *byte == b'\n').nth(within)?;
    let line = decoded(line);
    let line = line.trim_end_matches('\r');
    if line.trim().is_empty() {
        return None;
    }
    let from = if place.field.is_some() && !line.trim_start().starts_with(['{', '[', '"']) {
        0
    } else {
        (place.column as usize).saturating_sub(20)
    };
    let shown: String = line.chars().skip(from).take(EXCERPT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if line.chars().count() > from + EXCERPT { "…" } else { "" };
    Some(format!("{before}{shown}{after}"))
}

fn decoded(line: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(line),
    }
}

/// A record for programs, as ARCHITECTURE.md fixes it.
pub(super) fn json(judged: &Judged) -> Value {
    let finding = |finding: &Finding| {
        json!({
            "rule": finding.rule, "severity": finding.severity.as_str(), "pointer": finding.pointer,
            "place": judged.place_of(finding), "message": finding.message, "diagnostics": finding.diagnostics,
        })
    };
    json!({
        "file": judged.start.file, "record": judged.ordinal, "line": judged.start.line, "plan_id": judged.plan_id(),
        "verdict": judged.outcome().as_str(),
        "findings": judged.verdict.heaviest_first().into_iter().map(finding).collect::<Vec<_>>(),
        "unread": judged.unread.iter().map(|unread| &unread.path).collect::<Vec<_>>(),
    })
}
