//! The cases that make reading back hard: pages, texts that are not as we wrote them, clocks, what is not there.

use serde_json::{Value, json};

use super::{How::Read, Row, row};
use crate::{
    fake_fhir::{Fake, ehr::Links},
    sync::back::{WORDS, goal},
};

const NOTHING: super::Came = [0; 5];
const UNFINISHED: super::Came = [0, 0, 0, 0, 1];

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(7, "no ETag, no versionId, no lastUpdated", "a change is found by its content", Read(untold, [1, 0, 0, 0, 0])),
    row(8, "an id on two pages, the older version last", "the newer one stands", Read(repeated, NOTHING)),
    row(9, "the next link has expired", "the search is begun again", Read(|fake| expired(fake, 2), NOTHING)),
    row(9, "the next link expires each time", "given up; nothing counts as missing", Read(|fake| expired(fake, 9), UNFINISHED)),
    row(10, "next links lead in a circle", "stopped; nothing counts as missing", Read(|fake| leads(fake, Links::Round), UNFINISHED)),
    row(10, "a next link leads to another host", "not followed", Read(|fake| leads(fake, Links::Away), UNFINISHED)),
    row(11, "an empty last page", "the end", Read(empty_last, NOTHING)),
    row(12, "the size of a page is asked by another name", "its pages are followed as they come", Read(renamed, NOTHING)),
    row(14, "category required, 400 without", "asked for with each category", Read(wants_category, [1, 0, 0, 0, 1])),
    row(15, "the text is \"Error\" where it was entered in error", "a sign for people; no text is taken", Read(error_text, [0, 1, 0, 0, 0])),
    row(16, "masked by data-absent-reason", "what is not said is not deleted", Read(|fake| rewrites(fake, masked), NOTHING)),
    row(19, "identifiers and extensions stripped", "known by our link", Read(|fake| rewrites(fake, stripped), NOTHING)),
    row(20, "white space folded", "an echo", Read(|fake| rewrites(fake, folded), NOTHING)),
    row(21, "a 200 whose page holds an error beside what it found", "what it does not show is asked for by id", Read(half_shown, NOTHING)),
    row(22, "asked to slow down, by a date and by seconds", "waited for", Read(slowed, NOTHING)),
    row(22, "asked to slow down, without a time", "waited for", Read(|fake| fake.inside().ehr.back.searches.push_back((429, None)), NOTHING)),
    row(28, "its clock is 7 minutes behind", "a change is found", Read(behind, [1, 0, 0, 0, 0])),
    row(30, "404 once", "missed, and not gone", Read(missed, [0, 0, 1, 0, 0])),
    row(32, "new ids on every save", "known by our identifier", Read(|fake| fake.renew("Goal"), NOTHING)),
    row(32, "new ids, and identifiers stripped", "missed, and not gone; the others are not ours", Read(renewed, [0, 0, 2, 2, 0])),
    row(33, "a care plan that is a note", "not ours, and never a plan", Read(note, [0, 0, 0, 1, 0])),
];

fn rewrites(fake: &Fake, rewrite: fn(&mut Value)) {
    fake.inside().ehr.back.rewrites = Some(rewrite);
}

fn untold(fake: &Fake) {
    fake.inside().ehr.untagged = true;
    fake.edit(&goal(fake, WORDS), |goal| goal["lifecycleStatus"] = json!("on-hold"));
}

fn expired(fake: &Fake, times: u32) {
    let mut inside = fake.inside();
    inside.ehr.back.page_size = Some(1);
    inside.ehr.back.expired = times;
}

fn leads(fake: &Fake, next: Links) {
    let mut inside = fake.inside();
    inside.ehr.back.page_size = Some(1);
    inside.ehr.next = next;
}

fn renamed(fake: &Fake) {
    let mut inside = fake.inside();
    inside.ehr.back.page_size = Some(1);
    inside.ehr.back.size_by = Some("_maxresults");
}

fn wants_category(fake: &Fake) {
    fake.inside().ehr.wants_category = true;
    let key = fake.keys("CarePlan").remove(0);
    fake.edit(&key, |plan| plan["status"] = json!("completed"));
}

fn half_shown(fake: &Fake) {
    let own = goal(fake, WORDS);
    let mut inside = fake.inside();
    inside.ehr.back.hidden.insert(own);
    inside.ehr.back.tells_error = true;
}

fn repeated(fake: &Fake) {
    fake.keys("Goal").iter().for_each(|key| fake.edit(key, |_| {}));
    let mut inside = fake.inside();
    inside.ehr.back.page_size = Some(1);
    inside.ehr.back.repeats = true;
}

fn empty_last(fake: &Fake) {
    let mut inside = fake.inside();
    inside.ehr.back.page_size = Some(2);
    inside.ehr.back.ends_empty = true;
}

fn error_text(fake: &Fake) {
    fake.edit(&goal(fake, WORDS), |goal| {
        goal["lifecycleStatus"] = json!("entered-in-error");
        goal["description"]["text"] = json!("Error");
    });
}

fn masked(resource: &mut Value) {
    let absent = json!({ "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode": "masked" }] });
    for element in ["description", "code"] {
        if resource[element]["text"].is_string() {
            resource[element] = absent.clone();
        }
    }
    if resource["valueString"].is_string() {
        resource["_valueString"] = absent;
        resource.as_object_mut().expect("an object").remove("valueString");
    }
}

fn stripped(resource: &mut Value) {
    let members = resource.as_object_mut().expect("an object");
    for name in ["identifier", "extension", "modifierExtension", "text"] {
        members.remove(name);
    }
}

fn folded(resource: &mut Value) {
    for place in ["/description/text", "/valueString"] {
        if let Some(text) = resource.pointer_mut(place) {
            *text = json!(text.as_str().expect("text").split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}

fn slowed(fake: &Fake) {
    let by_date = Some(("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"));
    let waits = [(429, by_date), (429, Some(("retry-after", "0")))];
    fake.inside().ehr.back.searches.extend(waits);
}

fn behind(fake: &Fake) {
    fake.inside().ehr.ahead = -420;
    fake.edit(&goal(fake, WORDS), |goal| goal["lifecycleStatus"] = json!("on-hold"));
}

fn missed(fake: &Fake) {
    let own = goal(fake, WORDS);
    let mut inside = fake.inside();
    inside.ehr.back.hidden.insert(own.clone());
    inside.ehr.back.reads.insert(own, 404);
}

fn renewed(fake: &Fake) {
    fake.renew("Goal");
    fake.inside().ehr.back.rewrites = Some(stripped);
}

fn note(fake: &Fake) {
    let own = goal(fake, WORDS);
    let subject = fake.inside().resources[&own].1["subject"].clone();
    let note = json!({ "resourceType": "CarePlan", "id": "note", "status": "active", "intent": "plan", "subject": subject,
        "text": { "status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">History and physical</div>" } });
    fake.inside().resources.insert("CarePlan/note".to_owned(), (1, note));
}
