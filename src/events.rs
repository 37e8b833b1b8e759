//! Every log line and metric, a struct each. No field can hold free text, so no words of a person can slip in:
//! ids, counts, durations and words of our own (`&'static str`) only.

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use tracing::{error, info, warn};
use uuid::Uuid;

/// The service answers.
pub struct Serving {
    /// Port it listens on.
    pub port: u16,
    /// Time from the process's start.
    pub after: Duration,
}

impl Serving {
    /// Says it.
    pub fn emit(&self) {
        info!(port = self.port, after_ms = millis(self.after), "serving");
    }
}

/// The service was asked to stop.
pub struct Stopping {
    /// How long open requests may take to end.
    pub grace: Duration,
}

impl Stopping {
    /// Says it.
    pub fn emit(&self) {
        info!(grace_ms = millis(self.grace), "stopping");
    }
}

/// A request was answered.
pub struct RequestAnswered {
    /// The request's id, also in the answer's `x-request-id`.
    pub request: Uuid,
    /// HTTP method.
    pub method: &'static str,
    /// The route as written in the router, never the path asked for.
    pub route: &'static str,
    /// HTTP status.
    pub status: u16,
    /// How long it took.
    pub took: Duration,
}

impl RequestAnswered {
    /// Says and counts it.
    pub fn emit(&self) {
        let status = status_class(self.status);
        counter!("ownwords_http_requests_total", "method" => self.method, "route" => self.route, "status" => status)
            .increment(1);
        histogram!("ownwords_http_request_seconds", "route" => self.route).record(self.took.as_secs_f64());
        info!(request = %self.request, method = self.method, route = self.route, status = self.status, took_ms = millis(self.took), "answered");
    }
}

/// Something went wrong on our side while a request was answered.
pub struct RequestFailed {
    /// The request's id, given to the caller too.
    pub request: Uuid,
    /// What kind of failure.
    pub kind: &'static str,
}

impl RequestFailed {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_failures_total", "kind" => self.kind).increment(1);
        error!(request = %self.request, kind = self.kind, "failed");
    }
}

/// A caller was turned away.
pub struct CallerRefused {
    /// The request's id.
    pub request: Uuid,
    /// Why.
    pub reason: &'static str,
}

impl CallerRefused {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_callers_refused_total", "reason" => self.reason).increment(1);
        warn!(request = %self.request, reason = self.reason, "caller refused");
    }
}

/// A submission was read, judged and kept.
pub struct SubmissionKept {
    /// The submission.
    pub submission: Uuid,
    /// Records read.
    pub records: u64,
    /// Of these, accepted.
    pub accepted: u64,
    /// Accepted with warnings.
    pub warned: u64,
    /// Sent back.
    pub rejected: u64,
    /// How long it took.
    pub took: Duration,
}

impl SubmissionKept {
    /// Says and counts it.
    pub fn emit(&self) {
        for (verdict, count) in
            [("accepted", self.accepted), ("accepted_with_warnings", self.warned), ("rejected", self.rejected)]
        {
            counter!("ownwords_records_total", "verdict" => verdict).increment(count);
        }
        histogram!("ownwords_submission_seconds").record(self.took.as_secs_f64());
        info!(
            submission = %self.submission, records = self.records, accepted = self.accepted, warned = self.warned,
            rejected = self.rejected, took_ms = millis(self.took), "submission kept"
        );
    }
}

/// A submission stopped before its end; what was kept stays, and sending the same bytes again goes on from there.
pub struct SubmissionBroken {
    /// The submission.
    pub submission: Uuid,
    /// Records kept before the break.
    pub records: u64,
    /// Why.
    pub reason: &'static str,
}

impl SubmissionBroken {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_submissions_broken_total", "reason" => self.reason).increment(1);
        error!(submission = %self.submission, records = self.records, reason = self.reason, "submission broken off");
    }
}

/// Patient.link of what came in told which ids are one person.
pub struct MergesTold {
    /// How many are recorded now.
    pub merges: u64,
    /// How many say otherwise than what is recorded, so that a person has to look.
    pub disputes: u64,
}

impl MergesTold {
    /// Says and counts it.
    pub fn emit(&self) {
        for (came, count) in [("recorded", self.merges), ("disputed", self.disputes)] {
            counter!("ownwords_merges_told_total", "came" => came).increment(count);
        }
        warn!(
            merges = self.merges,
            disputes = self.disputes,
            "merges were told; nothing is sent before a person confirms them"
        );
    }
}

/// The delivery worker runs.
pub struct WorkerStarted {
    /// Deliveries under way at once.
    pub concurrency: u32,
    /// Deliveries whose outcome a stopped process left unknown.
    pub recovered: u64,
}

impl WorkerStarted {
    /// Says it.
    pub fn emit(&self) {
        info!(concurrency = self.concurrency, recovered = self.recovered, "delivery worker started");
    }
}

/// How many deliveries stand where.
pub struct OutboxMeasured {
    /// State's name.
    pub state: &'static str,
    /// How many.
    pub count: u64,
}

impl OutboxMeasured {
    /// Counts it.
    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float, and an outbox holds less than 2^52 rows")]
    pub fn emit(&self) {
        gauge!("ownwords_deliveries", "state" => self.state).set(self.count as f64);
    }
}

/// An attempt to deliver ended.
pub struct DeliveryTried {
    /// The delivery.
    pub delivery: i64,
    /// Attempts so far.
    pub attempt: u32,
    /// State it is in now.
    pub state: &'static str,
    /// The peer's HTTP status, if it answered.
    pub status: Option<u16>,
    /// How long it took.
    pub took: Duration,
}

impl DeliveryTried {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_delivery_attempts_total", "state" => self.state).increment(1);
        histogram!("ownwords_delivery_seconds").record(self.took.as_secs_f64());
        let (delivery, attempt, state, status, took_ms) =
            (self.delivery, self.attempt, self.state, self.status, millis(self.took));
        match state {
            "dead" | "blocked" => warn!(delivery, attempt, state, status, took_ms, "delivery needs a person"),
            _ => info!(delivery, attempt, state, status, took_ms, "delivery tried"),
        }
    }
}

/// The server showed that a rung of the write ladder is not to be had; deliveries go on by another.
pub struct RungFell {
    /// The rung.
    pub from: &'static str,
    /// The rung taken now.
    pub to: &'static str,
    /// The status that showed it.
    pub status: u16,
}

impl RungFell {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_rung_fell_total", "from" => self.from, "to" => self.to).increment(1);
        warn!(
            from = self.from,
            to = self.to,
            status = self.status,
            "the server turned a rung away; deliveries go on by the next"
        );
    }
}

/// The server took a document without its PDF, and not with it; documents go as text from then on.
pub struct PdfRefused {
    /// The status that showed it.
    pub status: u16,
}

impl PdfRefused {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_pdf_refused_total").increment(1);
        warn!(status = self.status, "the server refused the PDF of a document; documents go as text alone");
    }
}

/// The receiving server could not be used.
pub struct PeerUnusable {
    /// Why, as a code.
    pub reason: &'static str,
    /// Why, in words of ours.
    pub says: &'static str,
    /// What helps.
    pub help: &'static str,
}

impl PeerUnusable {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_peer_unusable_total", "reason" => self.reason).increment(1);
        let (reason, says, help) = (self.reason, self.says, self.help);
        warn!(reason, says, help, "the receiving FHIR server cannot be used now");
    }
}

/// The delivery worker could not use the store; it goes on trying.
pub struct WorkerHindered {
    /// What it was doing.
    pub doing: &'static str,
}

impl WorkerHindered {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_worker_hindered_total", "doing" => self.doing).increment(1);
        error!(doing = self.doing, "the delivery worker was hindered; its deliveries stay where they are");
    }
}

/// A connection was read back.
pub struct ReadBack {
    /// Persons read.
    pub persons: u64,
    /// Resources of ours that were looked at.
    pub resources: u64,
    /// Fields that plans took.
    pub taken: u64,
    /// Reviews that are new.
    pub reviews: u64,
    /// Searches that did not come to their end.
    pub unfinished: u64,
    /// How long it took.
    pub took: Duration,
}

impl ReadBack {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_read_back_resources_total").increment(self.resources);
        counter!("ownwords_read_back_fields_taken_total").increment(self.taken);
        counter!("ownwords_reviews_raised_total").increment(self.reviews);
        let (persons, resources, taken) = (self.persons, self.resources, self.taken);
        let (reviews, unfinished, took_ms) = (self.reviews, self.unfinished, millis(self.took));
        info!(persons, resources, taken, reviews, unfinished, took_ms, "read back");
    }
}

/// Reading back stopped before its end; the next round goes on there.
pub struct ReadBackHalted {
    /// Why, as a code.
    pub reason: &'static str,
}

impl ReadBackHalted {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_read_back_halted_total", "reason" => self.reason).increment(1);
        warn!(reason = self.reason, "reading back stopped; the next round goes on there");
    }
}

/// A person decided a review.
pub struct ReviewResolved {
    /// The review.
    pub review: i64,
    /// Which version stays.
    pub kept: &'static str,
}

impl ReviewResolved {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_reviews_resolved_total", "kept" => self.kept).increment(1);
        info!(review = self.review, kept = self.kept, "review resolved");
    }
}

/// A person's copy goes as text alone, since no PDF can be made of it.
pub struct CopyWithoutPdf {
    /// Our id of the plan.
    pub plan: Uuid,
    /// The version's number.
    pub version: u32,
    /// How many characters no font has; 0 where it would not be accessible.
    pub characters: usize,
}

impl CopyWithoutPdf {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_copies_without_pdf_total").increment(1);
        let (version, characters) = (self.version, self.characters);
        info!(plan = %self.plan, version, characters, "a copy goes as text alone: no PDF can be made of it");
    }
}

/// Something done beside the requests could not be done, or not yet.
pub struct BesideHindered {
    /// What was being made.
    pub making: &'static str,
    /// What kind of failure.
    pub kind: &'static str,
}

impl BesideHindered {
    /// Says and counts it.
    pub fn emit(&self) {
        counter!("ownwords_beside_hindered_total", "making" => self.making, "kind" => self.kind).increment(1);
        error!(making = self.making, kind = self.kind, "work beside the requests was hindered");
    }
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

fn status_class(status: u16) -> &'static str {
    match status {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
