//! DATA-004: a date cannot be read, or two dates do not fit together.

use crate::{
    plan::{date::PlanDate, visit::At},
    rules::{Domain, Found, Rule, Severity, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-004",
    name: "dates-do-not-fit",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Warning),
    domain: Domain::E,
    code: "value",
    elements: &[("/period/end", "CarePlan.period.end"), ("/person/birth_date", "Patient.birthDate")],
    overridable: false,
    basis: &["domain model, section 4"],
    page: include_str!("dates_do_not_fit.md"),
    check: Some(check),
};

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    unreadable(reading, found);
    end_before_start(reading, found);
    after_the_extract(reading, found);
}

/// Any date but the plan's start, of which DATA-002 speaks.
fn unreadable(reading: &Reading<'_>, found: &mut Found<'_>) {
    reading.plan.dates(&mut |at, date| {
        if !date.is_valid() && !at.is_under(&["period", "start"]) {
            let message =
                format!("The {} cannot be read as a date. Please check the mapping of that field.", field(at));
            found.at(at.to_string(), message, "usable=YYYY-MM-DD".to_owned());
        }
    });
}

fn end_before_start(reading: &Reading<'_>, found: &mut Found<'_>) {
    let period = &reading.plan.period;
    if let (Some(start), Some(end)) = (day(period.start.as_ref()), day(period.end.as_ref()))
        && is_before(end, start)
    {
        let message = "The start date and end date of the plan do not fit together. Please check both dates.";
        found.at("/period/end".to_owned(), message, String::new());
    }
}

/// Reviews, signatures and finalization come before the export; when its day is not known, before today.
fn after_the_extract(reading: &Reading<'_>, found: &mut Found<'_>) {
    let today = reading.today.to_string();
    let exported = day(reading.plan.source.exported_at.as_ref());
    reading.plan.dates(&mut |at, date| {
        let past = at.is_under(&["reviews", "date"])
            || at.is_under(&["finalized_on"])
            || at.is_under(&["agreement", "person_signed_on"])
            || at.is_under(&["agreement", "representative_signed_on"]);
        if !past || !day(Some(date)).is_some_and(|day| is_before(exported.unwrap_or(&today), day)) {
            return;
        }
        let message = match exported {
            Some(_) => format!("The {} and the export date do not fit together. Please check both dates.", field(at)),
            None => format!("The {} is later than today. Please check this date.", field(at)),
        };
        found.at(at.to_string(), message, String::new());
    });
}

fn day(date: Option<&PlanDate>) -> Option<&str> {
    date.and_then(PlanDate::date_part)
}

/// Whether one date lies before another as far as both are known.
fn is_before(one: &str, other: &str) -> bool {
    let known = one.len().min(other.len());
    one[..known] < other[..known]
}

/// The field in plain words.
fn field(at: &At<'_>) -> String {
    match (at.parent_name(), at.name()) {
        ("period", "end") => "end date of the plan".to_owned(),
        ("", "finalized_on") => "date on which the plan was finalized".to_owned(),
        ("", "next_review_due") => "next review date".to_owned(),
        ("source", "exported_at") => "export date".to_owned(),
        ("agreement", "person_signed_on") => "date of the person's signature".to_owned(),
        ("agreement", "representative_signed_on") => "date of the representative's signature".to_owned(),
        ("no_goal", "recorded_on") => "date on which the reason for no goal was recorded".to_owned(),
        (_, "next_conversation_by") => "date of the next conversation".to_owned(),
        (list, "date") => format!("date in {}", list.replace('_', " ")),
        (group, "as_of") => format!("date of {}", group.replace('_', " ")),
        (_, "at") => "date of the override".to_owned(),
        (_, name) => name.replace('_', " "),
    }
}
