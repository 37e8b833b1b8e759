//! Receipts of submissions, and their records with findings: what an agency looks at after sending.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Service, auth::Caller, error::HttpError};
use crate::{
    config::Operation,
    fhir::outcome::{Issue, OperationOutcome},
    plan::Plan,
    rules::{Outcome, Phrases, catalogue, thread::Shown},
    store::{KeptFinding, Receipt, RecordRow, verdict},
};

/// Records shown with a receipt; the rest is behind `next`.
const WITH_RECEIPT: u32 = 50;

/// Records of one page, at most.
const PAGE: u32 = 500;

/// Which records to show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    only: Option<Outcome>,
    #[serde(default)]
    after: u64,
    count: Option<u32>,
    #[serde(default)]
    thread: bool,
}

/// What to show with a receipt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct With {
    #[serde(default)]
    thread: bool,
}

pub(super) async fn receipt(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    with: Result<Query<With>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, HttpError> {
    let Query(with) = with.map_err(|_| HttpError::BadRequest("Parameter here: thread (true or false).".to_owned()))?;
    let receipt = find(&service, &caller, &id).await?;
    with_records(&service, &receipt, false, Vec::new(), with.thread).await
}

pub(super) async fn records(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    which: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, HttpError> {
    let Query(which) = which.map_err(|_| {
        let text = "Parameters here: only (accepted, accepted_with_warnings, rejected), after and count (numbers), \
                    thread (true or false).";
        HttpError::BadRequest(text.to_owned())
    })?;
    let receipt = find(&service, &caller, &id).await?;
    let count = which.count.unwrap_or(100).clamp(1, PAGE);
    let rows = service.intake.store.records(receipt.id, which.after, count, which.only).await?;
    let next = next_page(&receipt, &rows, count, &which);
    let records = shown(&service, &receipt, &rows, which.only, which.thread).await?;
    Ok(Json(Page { records, next }).into_response())
}

pub(super) async fn raw(
    State(service): State<Service>,
    caller: Caller,
    Path((id, ordinal)): Path<(String, String)>,
) -> Result<Response, HttpError> {
    let receipt = find(&service, &caller, &id).await?;
    let ordinal = ordinal.parse().map_err(|_| HttpError::NotHere)?;
    let bytes = service.intake.store.raw(receipt.id, ordinal).await?.ok_or(HttpError::NotHere)?;
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CONTENT_DISPOSITION, "attachment")];
    Ok((headers, bytes).into_response())
}

async fn find(service: &Service, caller: &Caller, id: &str) -> Result<Receipt, HttpError> {
    caller.may(Operation::Read)?;
    let id = Uuid::try_parse(id).map_err(|_| HttpError::NotHere)?;
    service.intake.store.receipt(id, &caller.scope).await?.ok_or(HttpError::NotHere)
}

/// Records, and where the next are.
#[derive(Serialize)]
struct Page<'r> {
    records: Vec<RecordShown<'r>>,
    next: Option<String>,
}

/// A record as the API shows it: its verdict, and its findings as an OperationOutcome.
#[derive(Serialize)]
struct RecordShown<'r> {
    record: u64,
    line: u32,
    plan_id: Option<&'r str>,
    plan_version: Option<u32>,
    superseded: bool,
    verdict: &'static str,
    unread: &'r [String],
    outcome: OperationOutcome<'r>,
    /// Where it was asked for; null for a record without a plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<Value>,
}

/// A receipt as the API shows it.
#[derive(Serialize)]
struct ReceiptShown<'r> {
    submission: Uuid,
    agency: &'r str,
    mapping: &'r str,
    policy: &'r str,
    file: &'r str,
    sha256: &'r str,
    received_at: Timestamp,
    state: &'static str,
    already_received: bool,
    counts: Counts,
    #[serde(flatten)]
    page: Page<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Serialize)]
struct Counts {
    records: u64,
    accepted: u64,
    accepted_with_warnings: u64,
    rejected: u64,
}

/// A receipt, with its first records: those at hand, else read from the store.
pub(super) async fn with_records(
    service: &Service,
    receipt: &Receipt,
    repeated: bool,
    mut rows: Vec<RecordRow>,
    thread: bool,
) -> Result<Response, HttpError> {
    rows.truncate(WITH_RECEIPT as usize);
    if rows.is_empty() {
        rows = service.intake.store.records(receipt.id, 0, WITH_RECEIPT, None).await?;
    }
    let all = Which { only: None, after: 0, count: None, thread };
    let next = next_page(receipt, &rows, WITH_RECEIPT, &all);
    let records = shown(service, receipt, &rows, None, thread).await?;
    let day = receipt.received_at.strftime("%Y-%m-%d");
    let message = || format!("FILE-004: We already received this file on {day}. Nothing was changed.");
    let shown = ReceiptShown {
        submission: receipt.id,
        agency: &receipt.agency,
        mapping: &receipt.mapping,
        policy: &receipt.policy,
        file: &receipt.file,
        sha256: &receipt.sha256,
        received_at: receipt.received_at,
        state: receipt.state.as_str(),
        already_received: repeated,
        counts: Counts {
            records: receipt.records,
            accepted: receipt.accepted,
            accepted_with_warnings: receipt.warned,
            rejected: receipt.rejected,
        },
        page: Page { records, next },
        message: repeated.then(message),
    };
    Ok(Json(shown).into_response())
}

fn next_page(receipt: &Receipt, rows: &[RecordRow], count: u32, which: &Which) -> Option<String> {
    let last = rows.last().filter(|_| rows.len() == count as usize)?.ordinal;
    let only = which.only.map(|outcome| format!("&only={}", outcome.as_str())).unwrap_or_default();
    let thread = if which.thread { "&thread=true" } else { "" };
    Some(format!("/submissions/{}/records?after={last}&count={count}{only}{thread}", receipt.id))
}

/// The records of a page; with the thread of each when asked for, which takes another look into the store.
async fn shown<'r>(
    service: &Service,
    receipt: &Receipt,
    rows: &'r [RecordRow],
    only: Option<Outcome>,
    thread: bool,
) -> Result<Vec<RecordShown<'r>>, HttpError> {
    let mut shown: Vec<RecordShown<'r>> = rows.iter().map(RecordShown::of).collect();
    let (Some(first), Some(last), true) = (rows.first(), rows.last(), thread) else { return Ok(shown) };
    let plans = service.intake.store.plans_of(receipt.id, (first.ordinal, last.ordinal), only).await?;
    let plans: HashMap<u64, String> = plans.into_iter().collect();
    let phrases = service.intake.policies.for_agency(Some(&receipt.agency)).phrases();
    for (row, shown) in rows.iter().zip(&mut shown) {
        let thread = plans.get(&row.ordinal).map(|plan| thread_of(plan, row, phrases)).transpose()?;
        shown.thread = Some(thread.unwrap_or_default());
    }
    Ok(shown)
}

fn thread_of(plan: &str, row: &RecordRow, phrases: &Phrases) -> Result<Value, HttpError> {
    let plan: Plan = serde_json::from_str(plan).map_err(|_| HttpError::OurFault("stored plan is none of ours"))?;
    Ok(json!(Shown::of(&plan, &verdict(&row.findings), phrases)))
}

impl<'r> RecordShown<'r> {
    fn of(row: &'r RecordRow) -> Self {
        Self {
            record: row.ordinal,
            line: row.start.line,
            plan_id: row.plan_id.as_deref(),
            plan_version: row.plan_version,
            superseded: row.superseded,
            verdict: row.outcome.as_str(),
            unread: &row.unread,
            outcome: OperationOutcome::of(row.findings.iter().map(issue)),
            thread: None,
        }
    }
}

/// A kept finding as an issue.
pub(super) fn issue(finding: &KeptFinding) -> Issue<'_> {
    let rule = catalogue::rule(&finding.rule);
    Issue {
        severity: finding.severity,
        rule: Some(&finding.rule),
        code: rule.map_or("processing", |rule| rule.code),
        message: &finding.message,
        diagnostics: &finding.diagnostics,
        expression: rule.and_then(|rule| rule.element(&finding.pointer)),
        pointer: Some(&finding.pointer),
        place: Some(&finding.place),
    }
}
