//! Rung E where the folder is not as it should be.

use std::{fs, os::unix::fs::MetadataExt, path::PathBuf};

use ownwords::{
    store::DeliveryState,
    sync::connection::{ConnectionFile, OutboundFile, RungChoice},
};
use tokio::time::{Instant, sleep};

use super::{
    DEADLINE, Outbox, Worker, pace,
    rungs::{WORDS, documents_only, file, start},
};
use crate::fake_fhir::Fake;

async fn laid_in(outbox: &Outbox, folder: PathBuf) -> (Worker, Fake) {
    let fake = documents_only().await;
    let outbound = OutboundFile { folder, fhir: false, pdf: false };
    let said = ConnectionFile { rung: RungChoice::E, outbound, ..file(&fake) };
    let worker = start(outbox, said);
    (worker, fake)
}

#[tokio::test]
async fn a_folder_that_is_missing_is_made_for_us_alone() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("out/bound");
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    let (worker, _fake) = laid_in(&outbox, folder.clone()).await;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    assert_eq!(fs::metadata(&folder).expect("the folder").mode() & 0o777, 0o700);
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 2);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named_and_nothing_is_lost() {
    let home = tempfile::tempdir().expect("a folder");
    let taken = home.path().join("taken");
    fs::write(&taken, "a file where a folder should be").expect("written");
    let folder = taken.join("out");
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    let (worker, _fake) = laid_in(&outbox, folder.clone()).await;
    let deadline = Instant::now() + DEADLINE;
    let waiting = loop {
        let delivery = outbox.deliveries().await.remove(0);
        if delivery.reason.is_some() {
            break delivery;
        }
        assert!(Instant::now() < deadline, "still: {delivery:?}");
        sleep(pace().poll).await;
    };
    assert!(waiting.reason.as_deref().is_some_and(|reason| reason.contains("cannot be made")), "{waiting:?}");
    let says = waiting.peer_text.unwrap_or_default();
    assert!(says.starts_with(&folder.display().to_string()) && says.contains("outbound.folder"), "{says}");
    assert!(!says.contains("paint"));
    fs::remove_file(&taken).expect("taken away");
    worker.stop().await;
}
