//! The copy in large print beside the text of a document: whether it goes, and that its size and hash are told.

use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use ownwords::{
    clock::Clock,
    store::DeliveryState,
    sync::{
        Connection,
        connect::{self, Before},
    },
};
use serde_json::Value;
use sha1::{Digest, Sha1};

use super::{
    CONNECTION, Outbox,
    rungs::{WORDS, all, documents_only, file, start, text},
};

fn attached(document: &Value, place: usize) -> Vec<u8> {
    let data = document["content"][place]["attachment"]["data"].as_str().expect("data");
    BASE64_STANDARD.decode(data).expect("base64")
}

/// Words, whether a PDF is wanted, whether it goes with the text.
#[tokio::test]
async fn a_pdf_goes_with_the_text_where_it_is_wanted_and_can_be_made() {
    for (words, is_wanted, goes) in
        [(WORDS, true, true), (WORDS, false, false), ("I want to see 山 again", true, false)]
    {
        let fake = documents_only().await;
        let mut said = file(&fake);
        said.document.pdf = is_wanted;
        let mut outbox = Outbox::new().await;
        outbox.enter_words("p", "plan", words).await;
        let worker = start(&outbox, said);
        outbox.until(&[DeliveryState::Done]).await;
        worker.stop().await;
        let document = all(&fake, "DocumentReference").remove(0);
        assert!(text(&document).contains(words));
        let count = document["content"].as_array().map(Vec::len);
        assert_eq!(count, Some(1 + usize::from(goes)), "{is_wanted}");
        for place in 0..=usize::from(goes) {
            let (bytes, attachment) = (attached(&document, place), &document["content"][place]["attachment"]);
            assert_eq!(attachment["size"], bytes.len());
            assert_eq!(attachment["hash"], BASE64_STANDARD.encode(Sha1::digest(&bytes)));
            assert_eq!(attachment["language"], "en");
        }
        if goes {
            assert_eq!(document["content"][1]["attachment"]["contentType"], "application/pdf");
            assert!(attached(&document, 1).starts_with(b"%PDF-1.7"));
        }
    }
}

/// The text alone shows that it was the PDF, for all processes; a refusal of both shows nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pdf_that_is_refused_is_left_out_from_then_on() {
    for status in [400, 413, 415, 422] {
        let fake = documents_only().await;
        fake.inside().narrow.refuses_pdf = Some(status);
        let mut outbox = Outbox::new().await;
        outbox.enter_words("p", "plan", WORDS).await;
        let worker = start(&outbox, file(&fake));
        let first = outbox.until(&[DeliveryState::Done]).await.remove(0);
        assert_eq!((first.attempts, fake.inside().narrow.sent.len()), (1, 2), "{status}: in one attempt");
        let met = outbox.store.refused_pdf(CONNECTION).await.expect("a store").expect("remembered");
        assert_eq!(met.status, status);
        outbox.enter_words("p", "plan", "I want to show my paintings").await;
        outbox.until(&[DeliveryState::Done]).await;
        worker.stop().await;
        assert_eq!(fake.inside().narrow.sent.len(), 3, "{status}: the next one goes without at once");
        for document in all(&fake, "DocumentReference") {
            assert_eq!(document["content"].as_array().map(Vec::len), Some(1), "{status}");
        }
        let before = Before::met(&outbox.store, CONNECTION).await.expect("a store");
        let said = Connection::of_file(CONNECTION, Path::new("/"), file(&fake)).expect("a connection");
        let record = connect::try_out(&said, before, Clock::System).await.expect("tried");
        let refused: Vec<_> = record.ladder.refused.iter().map(|one| (one.rung.as_str(), one.status)).collect();
        assert_eq!((record.ladder.rung.as_str(), refused), ("B", vec![("B.pdf", status)]));
        assert!(record.ladder.why.contains("text alone"), "{:?}", record.ladder);
    }
    let fake = documents_only().await;
    fake.inside().narrow.refusals.insert("DocumentReference", (422, None, ""));
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    let worker = start(&outbox, file(&fake));
    outbox.until(&[DeliveryState::Dead]).await;
    worker.stop().await;
    assert_eq!(outbox.store.refused_pdf(CONNECTION).await.expect("a store"), None);
}
