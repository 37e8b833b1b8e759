//! The cases in which a write goes astray, or is answered by something else than it should be.

use ownwords::store::DeliveryState::{Blocked, Dead, Done};

use super::{
    How::Sent,
    Row,
    Takes::{Documents, IfNoneExist, OwnIds},
    row, settle_in,
};
use crate::fake_fhir::{Fake, Fate, Tells};

const OUTCOME: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"business-rule"}]}"#;
const SCOPE: Option<(&str, &str)> = Some(("www-authenticate", "Bearer error=\"insufficient_scope\""));
const LONG_AGO: Option<(&str, &str)> = Some(("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"));

const CUT: &str = "committed, then the connection drops";
const LOOKED: &str = "unknown, looked for, found, not sent again";

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(1, CUT, LOOKED, Sent(OwnIds, |fake| first(fake, Fate::ProcessAndClose), (Done, 1, 1))),
    row(1, CUT, LOOKED, Sent(Documents, |fake| first(fake, Fate::ProcessAndClose), (Done, 1, 1))),
    row(1, "committed, then the connection drops, by the EHR's ids", "found just so, and nothing written again",
        Sent(IfNoneExist, |fake| first(fake, Fate::ProcessAndClose), (Done, 2, 1))),
    row(1, "the connection drops before", "unknown, looked for, not found, sent",
        Sent(OwnIds, |fake| first(fake, Fate::Close), (Done, 2, 1))),
    row(2, "500, then well", "sent again", Sent(OwnIds, |fake| first(fake, status(500)), (Done, 2, 1))),
    row(2, "500, then well", "sent again", Sent(Documents, |fake| first(fake, status(500)), (Done, 2, 1))),
    row(3, "500 for ever", "dead after the most attempts, for a person",
        Sent(OwnIds, |fake| fake.inside().ever_after = status(500), (Dead, 3, 0))),
    row(4, "409 to a whole plan", "a conflict: sent again", Sent(OwnIds, |fake| first(fake, status(409)), (Done, 2, 1))),
    row(5, "412 to a whole plan under ids of ours", "a conflict, for nothing was searched: sent again",
        Sent(OwnIds, |fake| first(fake, status(412)), (Done, 2, 1))),
    row(18, "201 without Location", "looked for by identifier", Sent(Documents, |fake| no_place(fake, false), (Done, 1, 1))),
    row(18, "201 without Location, identifiers stripped", "there all the same, and not sent again",
        Sent(Documents, |fake| no_place(fake, true), (Done, 1, 1))),
    row(19, "identifiers stripped from a document whose answer got lost", "found by its marker line",
        Sent(Documents, stripped, (Done, 1, 1))),
    row(21, "a 200 that hides an error in an entry", "dead with the EHR's words",
        Sent(OwnIds, |fake| first(fake, Fate::EntryFailed("200")), (Dead, 1, 0))),
    row(21, "a 200 that is an error as a whole", "dead with the EHR's words",
        Sent(OwnIds, |fake| first(fake, Fate::Answer(200, None, OUTCOME)), (Dead, 1, 0))),
    row(21, "a 200 to a document that is an error", "dead with the EHR's words",
        Sent(Documents, |fake| first(fake, Fate::Answer(200, None, OUTCOME)), (Dead, 1, 0))),
    row(22, "429 until a date", "sent again", Sent(OwnIds, |fake| slow(fake, LONG_AGO), (Done, 2, 1))),
    row(22, "429 for seconds", "sent again", Sent(OwnIds, |fake| slow(fake, Some(("retry-after", "0"))), (Done, 2, 1))),
    row(22, "429 without a time", "sent again after our own wait", Sent(OwnIds, |fake| slow(fake, None), (Done, 2, 1))),
    row(25, "the scope is granted, and a write is answered 403", "blocked for a person",
        Sent(OwnIds, |fake| first(fake, status(403)), (Blocked, 1, 0))),
    row(25, "403 that says the scope is wanting", "falls to the document", Sent(Documents, |fake| falls(fake, 403), (Done, 2, 1))),
    row(26, "create is listed, and answered 405", "falls to the document", Sent(Documents, |fake| falls(fake, 405), (Done, 2, 1))),
    row(27, "the answer to a write is XML", LOOKED, Sent(OwnIds, |fake| first(fake, Fate::ProcessAndXml), (Done, 1, 1))),
];

fn first(fake: &Fake, how: Fate) {
    fake.inside().fates.push_back(how);
}

fn status(status: u16) -> Fate {
    Fate::Answer(status, None, "as the server says")
}

fn slow(fake: &Fake, until: Option<(&'static str, &'static str)>) {
    first(fake, Fate::Answer(429, until, ""));
}

fn no_place(fake: &Fake, strips: bool) {
    let mut inside = fake.inside();
    inside.narrow.tells = Tells::NoPlace;
    inside.ehr.drops_identifiers = strips;
}

fn stripped(fake: &Fake) {
    fake.inside().ehr.drops_identifiers = true;
    first(fake, Fate::ProcessAndClose);
}

/// Everything is listed, and the whole plan is turned away.
fn falls(fake: &Fake, status: u16) {
    settle_in(fake);
    let mut inside = fake.inside();
    inside.abilities.update_create = true;
    inside.narrow.lists = None;
    inside.narrow.refusals.insert("", (status, if status == 403 { SCOPE } else { None }, ""));
}
