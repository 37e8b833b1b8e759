//! Connections over HTTP and side by side: each gets its agencies' plans once, one that is down holds no other up, and no
//! answer holds a secret.

use std::{fs, path::Path, time::Duration};

use ownwords::config::Operation::Deliver;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::{OWN, STRENGTH};
use crate::{
    fake_fhir::Fake,
    service::{TestService, caller, plan, start},
};

const SECRET: &str = "a-secret-that-nobody-sees";

fn keep(folder: &TempDir, name: &str, base_url: &str, rest: &str) {
    let text = format!("base_url = \"{base_url}\"\n{rest}");
    fs::write(folder.path().join(format!("{name}.toml")), text).expect("a file");
}

async fn serving(folder: &Path) -> TestService {
    start(|config| folder.clone_into(&mut config.connections.folder)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_connection_gets_its_agencies_plans_once() {
    let folder = TempDir::new().expect("a folder");
    let (one, every, tried) = (Fake::own_ids().await, Fake::if_none_exist().await, Fake::own_ids().await);
    keep(&folder, "one", &one.base(), "agencies = [\"ag-1\"]\n");
    keep(&folder, "every", &every.base(), "agencies = [\"*\"]\n");
    keep(&folder, "down", "http://127.0.0.1:9/fhir", "agencies = [\"*\"]\n");
    keep(&folder, "tried", &tried.base(), "");
    let service = serving(folder.path()).await;
    for agency in ["ag-1", "ag-2"] {
        let text = plan(&format!("P-{agency}"), OWN, STRENGTH).replace("ag-1\"", &format!("{agency}\""));
        let sent = service.post(&format!("/submissions?agency={agency}&mapping=plan-json"), text).await;
        assert_eq!(sent.status(), StatusCode::CREATED, "{agency}");
    }
    let until = Instant::now() + Duration::from_secs(20);
    while (one.count("CarePlan"), every.count("CarePlan")) != (1, 2) {
        assert!(Instant::now() < until, "{} and {} arrived", one.count("CarePlan"), every.count("CarePlan"));
        sleep(Duration::from_millis(5)).await;
    }
    let all = service.json("/deliveries").await["deliveries"].clone();
    let mut to: Vec<&str> =
        all.as_array().expect("a list").iter().filter_map(|one| one["connection"].as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["down", "down", "every", "every", "one"]);
    let of = |name: &str| all.as_array().into_iter().flatten().find(|one| one["connection"] == name).cloned();
    assert_eq!(of("down").map(|one| one["state"].clone()), Some(json!("ready")));
    assert_eq!(tried.count("CarePlan"), 0, "one that names no agency takes nothing");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn they_are_listed_shown_and_tried_and_no_secret_is_told() {
    let (folder, fake) = (TempDir::new().expect("a folder"), Fake::own_ids().await);
    fs::write(folder.path().join("secret"), SECRET).expect("a file");
    let rest = "agencies = [\"ag-7\"]\n[limit]\nrequests = 600\nper = \"minute\"\n[auth]\nkind = \"header\"\nsecret_file = \"secret\"\n";
    keep(&folder, "river", &fake.base(), rest);
    let service = serving(folder.path()).await;
    let listed = service.json("/connections").await;
    let river = &listed["connections"][0];
    assert_eq!(
        (&river["connection"], &river["auth"], &river["delivers"]),
        (&json!("river"), &json!("header"), &json!(true))
    );
    assert_eq!(river["limit"], json!({ "requests": 600, "per": "minute", "burst": 1 }));
    let tried = service.post_json("/connections/river/check", json!({})).await;
    assert_eq!(tried.status(), StatusCode::OK);
    let tried: Value = tried.json().await.expect("JSON");
    assert_eq!((&tried["record"]["connection"], &tried["changes"]), (&json!("river"), &Value::Null));
    assert_eq!(tried["record"]["probes"].as_array().map(Vec::len), Some(19));
    assert!(!folder.path().join("river.seen.json").exists(), "the service writes nothing there");
    let known = tried["record"].to_string();
    fs::write(folder.path().join("river.seen.json"), &known).expect("a file");
    let shown = service.json("/connections/river").await;
    assert_eq!((&shown["record"], &shown["backfill"]), (&tried["record"], &Value::Null));
    for answer in [&listed, &tried, &shown] {
        assert!(!answer.to_string().contains(SECRET) && !answer.to_string().contains("secret_file"), "{answer}");
    }
    fs::remove_file(folder.path().join("secret")).expect("a file");
    let gone = service.post_json("/connections/river/check", json!({})).await;
    assert_eq!(gone.status(), StatusCode::CONFLICT);
    service.stop().await;
}

#[tokio::test]
async fn one_agency_alone_sees_and_tries_none() {
    let folder = TempDir::new().expect("a folder");
    let service = start(|config| {
        folder.path().clone_into(&mut config.connections.folder);
        config.caller = vec![caller("one", "ag-1", "token-1", &[Deliver])];
    })
    .await
    .with_token("token-1");
    for path in ["/connections", "/connections/ehr"] {
        assert_eq!(service.get(path).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(service.post_json("/connections/ehr/check", json!({})).await.status(), StatusCode::FORBIDDEN);
    service.stop().await;
}
