//! What an answer of the peer means for a delivery: one table of answers, classes and moves. Pure: no I/O, and the moment
//! and chance are handed in. Reading the answer is `answer`'s matter, asking for it `push`'s.

use std::time::Duration;

use jiff::Timestamp;

use super::{breaker::Health, fault::Fault, retry::Backoff, rung::Hitch};
use crate::store::{
    DeliveryState::{self, Blocked, Dead, Done, Ready, Unknown},
    Settled,
};

/// Most of the peer's own text that is kept with a delivery.
const PEER_TEXT: usize = 4096;

/// Which step of an attempt an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Looking whether an earlier attempt arrived.
    Look,
    /// Sending.
    Send,
}

/// Where in its life a delivery is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    /// Attempts that reached the peer, this one included.
    pub number: u32,
    /// After how many of these a person has to look.
    pub most: u32,
    /// What was being done.
    pub step: Step,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// It is there: every entry was answered with success, or looking found it.
    Arrived { status: u16 },
    /// The whole, or one entry of it, was answered with a status that is no success.
    Refused { status: u16, wait: Option<Duration>, challenge: Option<String>, text: String },
    /// What was written to had changed meanwhile: a 412 where nothing was searched for, as some servers say a conflict.
    Stale { status: u16, text: String },
    /// A success on the outside with an error on the inside.
    ErrorInside { status: u16, text: String },
    /// A success whose body is not the FHIR answer to what was asked: a login page, a cut body, other ids than ours.
    NotUnderstood { status: u16, text: String },
    /// No connection could be made, so nothing was sent.
    NotReached,
    /// The connection cannot be used, so nothing was sent: no token, or a certificate that is not trusted.
    NotReady(Fault),
    /// Something was sent, and no whole answer came back.
    Lost,
    /// What is to be sent is not whole in our own store.
    NotSayable,
    /// Something on our side, or at the person's record, keeps it from its place; more of it in words of ours.
    Hitch(Hitch, Option<String>),
    /// More attempts were begun than are allowed, and none came to an end: each time the process or the store stopped.
    NeverEnded,
}

impl Happened {
    /// A refusal that asks for nothing.
    pub(super) fn refused(status: u16, text: String) -> Self {
        Self::Refused { status, wait: None, challenge: None, text }
    }
}

/// The classes of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Arrived,
    Held,
    Invalid,
    Auth,
    Denied,
    Gone,
    Elsewhere,
    Unsupported,
    Unknown,
    Gateway,
    Garbled,
    Conflict,
    Duplicate,
    SlowDown,
    Maybe,
    NotReached,
    NotReady(Fault),
    NotSayable,
    Hitch(Hitch),
    NeverEnded,
}

/// What a class asks for.
struct Move {
    state: DeliveryState,
    /// Whether the attempt counts towards the most: not when the peer never had a say about this plan.
    counts: bool,
    /// The least time before the next attempt, beside the backoff.
    least: Duration,
    health: Health,
    reason: &'static str,
}

impl Happened {
    /// Whether somebody else's change stood in the way.
    pub(super) fn is_conflict(&self) -> bool {
        Class::of(self) == Class::Conflict
    }
}

impl Class {
    fn of(happened: &Happened) -> Self {
        match happened {
            Happened::Arrived { .. } => Self::Arrived,
            Happened::Refused { status, .. } => Self::of_status(*status),
            Happened::Stale { .. } => Self::Conflict,
            Happened::ErrorInside { .. } => Self::Invalid,
            Happened::NotUnderstood { .. } => Self::Garbled,
            Happened::NotReached => Self::NotReached,
            Happened::NotReady(fault) => Self::NotReady(*fault),
            Happened::Lost => Self::Unknown,
            Happened::NotSayable => Self::NotSayable,
            Happened::Hitch(hitch, _) => Self::Hitch(*hitch),
            Happened::NeverEnded => Self::NeverEnded,
        }
    }

    fn of_status(status: u16) -> Self {
        match status {
            202 => Self::Held,
            300..=399 => Self::Elsewhere,
            401 => Self::Auth,
            403 => Self::Denied,
            404 | 410 => Self::Gone,
            405 | 501 => Self::Unsupported,
            408 => Self::Unknown,
            409 | 423 => Self::Conflict,
            412 => Self::Duplicate,
            429 | 503 => Self::SlowDown,
            400..=499 => Self::Invalid,
            502 | 504 => Self::Gateway,
            500..=599 => Self::Maybe,
            _ => Self::Garbled,
        }
    }

    fn asks(self) -> Move {
        let (state, counts, health) = match self {
            Self::Arrived => (Done, true, Health::Good),
            Self::Held => (Unknown, true, Health::Good),
            Self::Invalid | Self::Duplicate => (Dead, true, Health::Good),
            Self::Denied | Self::Gone | Self::Elsewhere | Self::Unsupported => (Blocked, true, Health::Good),
            Self::Conflict => (Ready, true, Health::Good),
            Self::SlowDown => (Ready, false, Health::Pause(Duration::ZERO)),
            Self::Auth => (Ready, false, Health::Bad("not let in")),
            Self::NotReached => (Ready, false, Health::Bad("not reached")),
            Self::NotReady(fault) => (Ready, false, Health::Bad(fault.code())),
            Self::Maybe => (Ready, true, Health::Bad("server error")),
            Self::Unknown => (Unknown, true, Health::Bad("no answer")),
            Self::Gateway => (Unknown, true, Health::Bad("gateway error")),
            Self::Garbled => (Unknown, true, Health::Bad("not FHIR")),
            Self::Hitch(hitch) => (hitch.row().0, true, hitch.row().1),
            Self::NotSayable | Self::NeverEnded => (Dead, true, Health::Untold),
        };
        let least = if self == Self::Held { Duration::from_mins(10) } else { Duration::ZERO };
        Move { state, counts, least, health, reason: self.reason() }
    }

    #[rustfmt::skip]
    fn reason(self) -> &'static str {
        match self {
            Self::Arrived => "arrived",
            Self::Held => "the server took it and holds it for review; it is looked for again",
            Self::Invalid => "the server refused the plan; see its answer, and send a corrected plan or repeat the delivery",
            Self::Duplicate => "duplicate at the server: more than one resource has our identifier; have them merged there, then repeat the delivery",
            Self::Denied => "the server forbids this write; have it allowed there, then repeat the delivery",
            Self::Gone => "the server no longer has what we wrote to; find out who removed it, then repeat the delivery",
            Self::Elsewhere => "the server sends us to another address, which is not followed; correct delivery.base_url, then repeat the delivery",
            Self::Unsupported => "the server cannot do what was asked, though it says so; see its answer",
            Self::Conflict => "someone else wrote there at the same moment; it is sent again",
            Self::SlowDown => "the server asked us to wait",
            Self::Auth => "the server did not let us in; `ownwords connect` tells more",
            Self::NotReached => "the server was not reached; nothing was sent",
            Self::NotReady(fault) => fault.says(),
            Self::Maybe => "the server failed; it is sent again",
            Self::Unknown => "sent, but no answer came; it is looked for before it is sent again",
            Self::Gateway => "a gateway answered for the server; it is looked for before it is sent again",
            Self::Garbled => "the answer is not what FHIR lays down; it is looked for before it is sent again",
            Self::NotSayable => "a resource of this plan cannot be read back from our store; send the plan again",
            Self::Hitch(hitch) => hitch.row().2,
            Self::NeverEnded => "given up: every attempt broke off on our side; look whether it arrived, then repeat the delivery",
        }
    }
}

/// What an attempt came to, and what it told about the peer.
pub(super) fn settle(
    attempt: Attempt,
    happened: Happened,
    backoff: &Backoff,
    now: Timestamp,
    chance: f64,
) -> (Settled, Health) {
    let class = Class::of(&happened);
    let Move { mut state, counts, least, mut health, mut reason } = class.asks();
    // A look that failed leaves the outcome as unknown as it was; a look that no server answers needs a person.
    if attempt.step == Step::Look {
        match state {
            Ready => state = Unknown,
            Dead if class == Class::Invalid => {
                state = Blocked;
                reason =
                    "the server does not let us look whether the plan arrived; look there, then repeat the delivery";
            }
            _ => {}
        }
    }
    let is_open = matches!(state, Ready | Unknown);
    if is_open && counts && attempt.number >= attempt.most {
        reason = if state == Unknown {
            "given up after the most attempts, and whether it arrived is unknown; look there, then repeat the delivery"
        } else {
            "given up after the most attempts; see the server's last answer, then repeat the delivery"
        };
        state = Dead;
    }
    let (status, wait, text) = told(happened);
    let wait = match wait {
        Some(asked) => backoff.asked(asked, chance),
        None => backoff.after(attempt.number, chance),
    }
    .max(least);
    if let Health::Pause(pause) = &mut health {
        *pause = wait;
    }
    let is_open = matches!(state, Ready | Unknown);
    let not_before = is_open.then(|| now.checked_add(wait).unwrap_or(Timestamp::MAX));
    let settled = Settled { state, not_before, counts, status, reason, peer_text: text.map(capped) };
    (settled, health)
}

fn told(happened: Happened) -> (Option<u16>, Option<Duration>, Option<String>) {
    match happened {
        Happened::Arrived { status } => (Some(status), None, None),
        // Which scope is wanting stands in a header only, and staff have to see it.
        Happened::Refused { status, wait, challenge, text } => {
            let challenge = challenge.map(|challenge| format!("\n{challenge}")).unwrap_or_default();
            (Some(status), wait, Some(text + &challenge))
        }
        Happened::Stale { status, text }
        | Happened::ErrorInside { status, text }
        | Happened::NotUnderstood { status, text } => (Some(status), None, Some(text)),
        Happened::NotReached | Happened::NotReady(_) | Happened::Lost | Happened::NotSayable | Happened::NeverEnded => {
            (None, None, None)
        }
        Happened::Hitch(_, text) => (None, None, text),
    }
}

/// The peer's text, cut to what is kept, at a character's border.
fn capped(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(PEER_TEXT));
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{
        Attempt, Backoff,
        DeliveryState::{self, Blocked, Dead, Done, Ready, Unknown},
        Fault, Happened, Health, Settled, Step, settle,
    };

    const BACKOFF: Backoff = Backoff { first: Duration::from_secs(4), longest: Duration::from_secs(64) };

    fn noon() -> Timestamp {
        "2026-11-25T12:00:00Z".parse().expect("a moment")
    }

    fn settled(number: u32, step: Step, happened: Happened) -> (Settled, Health) {
        settle(Attempt { number, most: 3, step }, happened, &BACKOFF, noon(), 1.0)
    }

    fn refused(status: u16) -> Happened {
        Happened::refused(status, "as the server says".to_owned())
    }

    fn garbled() -> Happened {
        Happened::NotUnderstood { status: 200, text: "<html>".to_owned() }
    }

    /// Every class of answer: what it makes of a first sending, of a look, and of the last attempt allowed.
    #[test]
    fn every_answer_has_its_move() {
        let inside = Happened::ErrorInside { status: 200, text: "an error".to_owned() };
        let stale = Happened::Stale { status: 412, text: "changed".to_owned() };
        let rows: &[(Happened, DeliveryState, DeliveryState, DeliveryState)] = &[
            (Happened::Arrived { status: 200 }, Done, Done, Done),
            (refused(202), Unknown, Unknown, Dead),
            (refused(301), Blocked, Blocked, Blocked),
            (refused(307), Blocked, Blocked, Blocked),
            (refused(400), Dead, Blocked, Dead),
            (refused(401), Ready, Unknown, Ready),
            (refused(403), Blocked, Blocked, Blocked),
            (refused(404), Blocked, Blocked, Blocked),
            (refused(405), Blocked, Blocked, Blocked),
            (refused(408), Unknown, Unknown, Dead),
            (refused(409), Ready, Unknown, Dead),
            (refused(410), Blocked, Blocked, Blocked),
            (refused(412), Dead, Dead, Dead),
            (refused(413), Dead, Blocked, Dead),
            (refused(422), Dead, Blocked, Dead),
            (refused(429), Ready, Unknown, Ready),
            (refused(500), Ready, Unknown, Dead),
            (refused(501), Blocked, Blocked, Blocked),
            (refused(502), Unknown, Unknown, Dead),
            (refused(503), Ready, Unknown, Ready),
            (refused(504), Unknown, Unknown, Dead),
            (refused(599), Ready, Unknown, Dead),
            (inside, Dead, Blocked, Dead),
            (stale, Ready, Unknown, Dead),
            (garbled(), Unknown, Unknown, Dead),
            (Happened::NotReached, Ready, Unknown, Ready),
            (Happened::NotReady(Fault::KeyRefused), Ready, Unknown, Ready),
            (Happened::Lost, Unknown, Unknown, Dead),
            (Happened::NotSayable, Dead, Dead, Dead),
            (Happened::NeverEnded, Dead, Dead, Dead),
        ];
        for (happened, sent, looked, last) in rows {
            assert_eq!(settled(1, Step::Send, happened.clone()).0.state, *sent, "sent: {happened:?}");
            assert_eq!(settled(1, Step::Look, happened.clone()).0.state, *looked, "looked: {happened:?}");
            assert_eq!(settled(3, Step::Send, happened.clone()).0.state, *last, "last: {happened:?}");
        }
    }

    #[test]
    fn only_what_the_peer_had_a_say_about_counts() {
        for (happened, counts) in [
            (Happened::NotReached, false),
            (Happened::NotReady(Fault::CertificateExpired), false),
            (refused(401), false),
            (refused(429), false),
            (refused(503), false),
            (refused(500), true),
            (refused(409), true),
            (Happened::Lost, true),
        ] {
            assert_eq!(settled(1, Step::Send, happened.clone()).0.counts, counts, "{happened:?}");
        }
    }

    #[test]
    fn the_next_moment_follows_backoff_or_the_peer() {
        let seconds = |settled: Settled| settled.not_before.map(|moment| moment.duration_since(noon()).as_secs());
        assert_eq!(seconds(settled(1, Step::Send, refused(500)).0), Some(4));
        assert_eq!(seconds(settled(2, Step::Send, refused(500)).0), Some(8));
        assert_eq!(seconds(settled(3, Step::Send, refused(500)).0), None, "a dead one has no next moment");
        assert_eq!(seconds(settled(1, Step::Send, refused(202)).0), Some(600));
        let wait = Some(Duration::from_secs(100));
        let busy = Happened::Refused { status: 429, wait, challenge: None, text: String::new() };
        let (busy, health) = settled(1, Step::Send, busy);
        assert_eq!((seconds(busy), health), (Some(110), Health::Pause(Duration::from_secs(110))));
    }

    #[test]
    fn the_breaker_hears_of_the_peer_not_of_the_plan() {
        for status in [400, 403, 404, 405, 409, 412, 413, 422] {
            assert_eq!(settled(1, Step::Send, refused(status)).1, Health::Good, "{status}");
        }
        for happened in [
            refused(401),
            refused(408),
            refused(500),
            refused(502),
            refused(504),
            garbled(),
            Happened::NotReached,
            Happened::Lost,
        ] {
            let health = settled(1, Step::Send, happened.clone()).1;
            assert!(matches!(health, Health::Bad(_)), "{happened:?}");
        }
    }

    #[test]
    fn the_peers_text_is_kept_but_capped_at_a_character() {
        let text = "é".repeat(3000);
        let long = Happened::refused(422, format!("x{text}"));
        let kept = settled(1, Step::Send, long).0.peer_text.expect("the text");
        assert_eq!(kept.len(), 4095);
        assert_eq!(settled(1, Step::Send, refused(422)).0.peer_text.as_deref(), Some("as the server says"));
    }
}
