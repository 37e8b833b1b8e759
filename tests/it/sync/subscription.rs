//! Asking an EHR to notify us: once, with ids alone, and without showing the secret.

use std::{fs, path::Path};

use ownwords::{
    clock::Clock,
    sync::{
        Connection, Subscribed,
        back::ReadFile,
        connection::{ConnectionFile, SubscriptionFile},
        subscribe,
    },
};
use serde_json::json;
use tempfile::TempDir;

use crate::fake_fhir::Fake;

const SECRET: &str = "a-secret-of-the-ehr-alone";
const ENDPOINT: &str = "https://plans.example.org/connections/ehr/notifications";

fn asking(folder: &TempDir, base_url: String, said: SubscriptionFile) -> Connection {
    fs::write(folder.path().join("hook"), SECRET).expect("a file");
    let read = ReadFile { every: "1h".to_owned(), ..ReadFile::default() };
    let said = ConnectionFile { base_url, read, subscription: said, ..ConnectionFile::default() };
    Connection::of_file("ehr", folder.path(), said).expect("a connection")
}

fn said() -> SubscriptionFile {
    SubscriptionFile {
        secret_file: Path::new("hook").to_owned(),
        endpoint: ENDPOINT.to_owned(),
        topic: "http://example.org/topic".to_owned(),
        filters: Vec::new(),
    }
}

#[tokio::test]
async fn it_is_asked_for_once() {
    let (folder, fake) = (TempDir::new().expect("a folder"), Fake::if_none_exist().await);
    let connection = asking(&folder, fake.base(), said());
    let Subscribed::There { id, status, is_new } = subscribe(&connection, Clock::System).await.expect("asked") else {
        panic!("refused")
    };
    assert_eq!((status.as_str(), is_new, fake.count("Subscription")), ("requested", true, 1));
    let key = format!("Subscription/{id}");
    let kept = fake.inside().resources[&key].1.clone();
    assert_eq!(kept["channel"]["header"], json!([format!("Authorization: Bearer {SECRET}")]));
    fake.edit(&key, |one| one["status"] = json!("active"));
    let again = subscribe(&connection, Clock::System).await.expect("asked");
    assert_eq!(again, Subscribed::There { id, status: "active".to_owned(), is_new: false });
    assert_eq!(fake.count("Subscription"), 1, "nothing twice");
    assert!(!format!("{connection:?}{again:?}").contains(SECRET));
}

#[tokio::test]
async fn what_cannot_be_is_told() {
    let (folder, fake) = (TempDir::new().expect("a folder"), Fake::if_none_exist().await);
    fake.inside().narrow.refusals.insert("Subscription", (405, None, ""));
    let connection = asking(&folder, fake.base(), said());
    assert_eq!(subscribe(&connection, Clock::System).await.expect("asked"), Subscribed::Refused(405));
    let away = asking(&folder, "http://127.0.0.1:9/fhir".to_owned(), said());
    assert!(matches!(subscribe(&away, Clock::System).await.expect("asked"), Subscribed::NotNow(_)));
    for wrong in [
        SubscriptionFile { topic: String::new(), ..said() },
        SubscriptionFile { endpoint: String::new(), ..said() },
        SubscriptionFile { endpoint: "http://plans.example.org/x".to_owned(), ..said() },
    ] {
        let error = subscribe(&asking(&folder, fake.base(), wrong), Clock::System).await.expect_err("refused");
        assert!(error.to_string().contains("subscription"), "{error}");
    }
}
