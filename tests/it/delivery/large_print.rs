//! The copy in large print beside the text of a document: whether it goes, and that its size and hash are told.

use base64::{Engine, prelude::BASE64_STANDARD};
use ownwords::store::DeliveryState;
use serde_json::Value;
use sha1::{Digest, Sha1};

use super::{
    Outbox,
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
