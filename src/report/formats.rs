//! Figures as text for people, CSV for tables and JSON for programs. Every output is marked as internal.

use std::fmt::Write;

use serde_json::{Value, json};

use super::figures::{AgencyFigures, Period};

/// Stands on every output: small cells are not hidden here.
pub const MARK: &str = "internal, not for release";

/// How figures are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One line a figure.
    Csv,
    /// One object.
    Json,
}

/// The figures in a format.
pub fn write(figures: &[AgencyFigures], period: Period, format: Format) -> String {
    match format {
        Format::Text => text(figures, period),
        Format::Csv => csv(figures, period),
        Format::Json => format!("{:#}\n", json(figures, period)),
    }
}

fn measures(of: &AgencyFigures) -> [(&'static str, &'static str, u64); 3] {
    [
        ("PCRP-04", "a goal in the person's own words", of.own_words),
        ("PCRP-05", "strengths", of.strengths),
        ("PCRP-06", "both", of.core),
    ]
}

fn counts(of: &AgencyFigures) -> [(&'static str, u64); 7] {
    [
        ("plans received", of.plans),
        ("people whose plans these are", of.people),
        ("accepted", of.accepted),
        ("accepted with warnings", of.accepted_with_warnings),
        ("rejected", of.rejected),
        ("pass PCRP-04 by an answer", of.answered),
        ("records that could not be filed", of.not_filed),
    ]
}

fn text(figures: &[AgencyFigures], period: Period) -> String {
    let mut text =
        format!("{MARK}\nPlans received from {} to {} (UTC), newest version of each\n", period.from, period.to);
    if figures.is_empty() {
        text.push_str("\nNo plans were received in this period.\n");
    }
    for of in figures {
        let mut line = |words: String| text.push_str(&(words + "\n"));
        line(format!("\nagency {}", of.agency));
        counts(of).into_iter().for_each(|(name, count)| line(format!("  {name:<34}{count:>8}")));
        for (id, name, count) in measures(of) {
            line(format!("  {id} {name:<26}{count:>8} of {} {}", of.plans, percent(count, of.plans)));
        }
        if !of.findings.is_empty() {
            line("  plans with a finding, by rule".to_owned());
            of.findings.iter().for_each(|(rule, count)| line(format!("    {rule:<32}{count:>8}")));
        }
    }
    text
}

fn csv(figures: &[AgencyFigures], period: Period) -> String {
    let mut text = "mark,from,to,agency,figure,numerator,denominator\n".to_owned();
    for of in figures {
        let mut line = |figure: &str, count: u64, of_plans: &str| {
            let agency = quoted(&of.agency);
            writeln!(text, "\"{MARK}\",{},{},{agency},{figure},{count},{of_plans}", period.from, period.to)
                .expect("writing to a string cannot fail");
        };
        counts(of).into_iter().for_each(|(name, count)| line(name, count, ""));
        let plans = of.plans.to_string();
        measures(of).into_iter().for_each(|(id, _, count)| line(id, count, &plans));
        of.findings.iter().for_each(|(rule, count)| line(rule, *count, &plans));
    }
    text
}

/// A field that may hold commas and quotes, and that no spreadsheet takes for a formula.
pub(super) fn quoted(field: &str) -> String {
    let guard = if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", field.replace('"', "\"\""))
}

fn json(figures: &[AgencyFigures], period: Period) -> Value {
    let agency = |of: &AgencyFigures| {
        let measure = |(id, _, count): (&'static str, &'static str, u64)| {
            (id.to_owned(), json!({ "numerator": count, "denominator": of.plans }))
        };
        json!({
            "agency": of.agency, "plans_received": of.plans, "people": of.people, "accepted": of.accepted,
            "accepted_with_warnings": of.accepted_with_warnings, "rejected": of.rejected,
            "pass_pcrp_04_by_an_answer": of.answered, "records_not_filed": of.not_filed,
            "measures": measures(of).into_iter().map(measure).collect::<serde_json::Map<_, _>>(),
            "findings": of.findings,
        })
    };
    json!({
        "mark": MARK, "from": period.from.to_string(), "to": period.to.to_string(),
        "agencies": figures.iter().map(agency).collect::<Vec<_>>(),
    })
}

/// One decimal; nothing of nothing is a dash.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "(–)".to_owned();
    }
    let tenths = (part * 2000 + whole) / (whole * 2);
    format!("({}.{} %)", tenths / 10, tenths % 10)
}
