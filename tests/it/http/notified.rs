//! Notifications of an EHR: known by their secret alone, they only have people read again. Out of order, repeated, about nobody
//! whom we know, without the secret: nothing is written twice, and the person's words stay.

use std::{fs, time::Duration};

use ownwords::store::{DeliveryState, Store};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::{OWN, STRENGTH};
use crate::{
    fake_fhir::Fake,
    service::{TestService, plan, start},
};

const SECRET: &str = "a-secret-of-the-ehr-alone";
const HOOK: &str = "/connections/one/notifications";

/// A service with a plan that arrived at the fake, and its store.
struct Scene {
    service: TestService,
    fake: Fake,
    store: Store,
    _folder: TempDir,
}

impl Scene {
    async fn set() -> Self {
        let (folder, fake) = (TempDir::new().expect("a folder"), Fake::if_none_exist().await);
        fs::write(folder.path().join("hook"), format!("{SECRET}\n")).expect("a file");
        let said = format!(
            "base_url = \"{}\"\nagencies = [\"*\"]\nread = {{ every = \"1h\", per_second = 0 }}\n\
            subscription = {{ secret_file = \"hook\" }}\n",
            fake.base()
        );
        fs::write(folder.path().join("one.toml"), said).expect("a file");
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let service = start(|config| {
            folder.path().clone_into(&mut config.connections.folder);
            config.store.url.clone_from(&url);
        })
        .await;
        for one in ["P-1", "P-2"] {
            service.submit(&plan(one, OWN, STRENGTH)).await;
        }
        let store = Store::open(&url).await.expect("a store");
        until(async || {
            let counts = store.delivery_counts().await.expect("a store");
            counts.iter().any(|(state, count)| *state == DeliveryState::Done && *count == 2)
        })
        .await;
        Self { service, fake, store, _folder: folder }
    }

    async fn told(&self, secret: &str, body: String) -> Response {
        self.told_at(HOOK, secret, body).await
    }

    async fn told_at(&self, path: &str, secret: &str, body: String) -> Response {
        let url = self.service.url(path);
        self.service.client.post(url).bearer_auth(secret).body(body).send().await.expect("an answer")
    }

    async fn waits(&self) -> usize {
        self.store.rereads("one", &(String::new(), String::new()), 10).await.expect("a store").len()
    }

    async fn versions(&self, plan_id: &str) -> Vec<Value> {
        let text: Vec<String> =
            self.store.plan_versions("ag-1", plan_id).await.expect("a store").into_iter().map(|one| one.json).collect();
        text.iter().map(|one| serde_json::from_str(one).expect("JSON")).collect()
    }

    /// The goal of a plan at the EHR.
    fn goal(&self, plan_id: &str) -> String {
        let inside = self.fake.inside();
        let patients = inside.resources.iter().filter(|(key, _)| key.starts_with("Patient/"));
        let of_plan = |one: &Value| one["identifier"].to_string().contains(&format!("person-of-{plan_id}"));
        let patient =
            patients.filter(|(_, (_, one))| of_plan(one)).map(|(key, _)| key.clone()).next().expect("a Patient");
        let mut goals = inside.resources.iter().filter(|(key, _)| key.starts_with("Goal/"));
        goals.find(|(_, (_, one))| one["subject"]["reference"] == patient.as_str()).expect("a goal").0.clone()
    }
}

async fn until(is_so: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_so().await {
        assert!(Instant::now() < deadline, "it never came to that");
        sleep(Duration::from_millis(5)).await;
    }
}

fn event(number: u32, focus: &str) -> String {
    let part = json!([{ "name": "event-number", "valueString": number.to_string() },
        { "name": "focus", "valueReference": { "reference": focus } }]);
    bundle("event-notification", &[json!({ "name": "notification-event", "part": part })])
}

fn bundle(kind: &str, events: &[Value]) -> String {
    let parameter = [&[json!({ "name": "type", "valueCode": kind })][..], events].concat();
    json!({ "resourceType": "Bundle", "type": "history", "entry": [{
        "resource": { "resourceType": "Parameters", "parameter": parameter },
        "request": { "method": "GET", "url": "Subscription/1/$status" } }] })
    .to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_it_is_about_is_read_again_once_and_the_words_stay() {
    let scene = Scene::set().await;
    let (first, second) = (scene.goal("P-1"), scene.goal("P-2"));
    let written = scene.fake.inside().transactions.len();
    for goal in [&first, &second] {
        scene.fake.edit(goal, |goal| {
            goal["lifecycleStatus"] = json!("on-hold");
            goal["description"]["text"] = json!("Client will garden");
        });
    }
    let base = scene.fake.base();
    // Out of order, repeated, and about an older version.
    for (number, focus) in
        [(3, format!("{base}/{first}")), (1, first.clone()), (2, format!("{first}/_history/1")), (3, first)]
    {
        assert_eq!(scene.told(SECRET, event(number, &focus)).await.status(), StatusCode::OK, "{number}");
    }
    until(async || scene.waits().await == 0 && scene.versions("P-1").await.len() == 2).await;
    let now = scene.versions("P-1").await.remove(1);
    assert_eq!((&now["goals"][0]["status"], &now["goals"][0]["statement"]["text"]), (&json!("on-hold"), &json!(OWN)));
    let asked = scene.fake.inside().ehr.back.asked.clone();
    assert!(
        asked.iter().all(|one| one.contains(&asked[0][asked[0].find("patient=").expect("a person")..])),
        "{asked:?}"
    );
    assert_eq!(scene.versions("P-2").await.len(), 1, "of the other nothing was told");
    assert_eq!(scene.service.json("/conflicts").await["conflicts"].as_array().map(Vec::len), Some(1));
    assert_eq!(scene.fake.inside().transactions.len(), written, "nothing is written");
    scene.service.stop().await;
}

/// It takes up to half a minute: so long a service rests at least before it reads everyone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn word_without_a_name_has_everyone_read_again() {
    let scene = Scene::set().await;
    for plan_id in ["P-1", "P-2"] {
        scene.fake.edit(&scene.goal(plan_id), |goal| goal["lifecycleStatus"] = json!("on-hold"));
    }
    let unnamed = json!({ "name": "notification-event", "part": [{ "name": "event-number", "valueString": "1" }] });
    let word = bundle("event-notification", &[unnamed]);
    assert_eq!(scene.told(SECRET, word).await.status(), StatusCode::OK);
    for plan_id in ["P-1", "P-2"] {
        until(async || scene.versions(plan_id).await.len() == 2).await;
        let now = scene.versions(plan_id).await.remove(1);
        assert_eq!(now["goals"][0]["status"], json!("on-hold"));
        assert_eq!(now["goals"][0]["statement"]["text"], json!(OWN));
    }
    scene.service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_known_does_nothing() {
    let scene = Scene::set().await;
    let goal = scene.goal("P-1");
    scene.fake.edit(&goal, |goal| goal["lifecycleStatus"] = json!("on-hold"));
    let well = event(1, &goal);
    for secret in ["", "another", &SECRET[1..], &format!("{SECRET}x")] {
        let answer = scene.told(secret, well.clone()).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{secret}");
        assert!(!answer.text().await.expect("a body").contains(SECRET));
    }
    for path in ["/connections/nobody/notifications", "/connections/two/notifications"] {
        assert_eq!(scene.told_at(path, SECRET, well.clone()).await.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    let plain = scene.service.post(HOOK, well).await;
    assert_eq!(plain.status(), StatusCode::UNAUTHORIZED, "no secret at all");
    let rows = [
        (bundle("handshake", &[]), StatusCode::OK),
        (bundle("heartbeat", &[]), StatusCode::OK),
        (event(1, "Goal/nobody-knows"), StatusCode::OK),
        (event(1, "urn:uuid:5"), StatusCode::OK),
        ("{\"resourceType\":\"Goal\"}".to_owned(), StatusCode::BAD_REQUEST),
        ("no JSON".to_owned(), StatusCode::BAD_REQUEST),
        (" ".repeat((1 << 20) + 1), StatusCode::PAYLOAD_TOO_LARGE),
    ];
    for (body, status) in rows {
        let shown: String = body.chars().take(80).collect();
        assert_eq!(scene.told(SECRET, body).await.status(), status, "{shown}");
        assert_eq!(scene.waits().await, 0, "{shown}");
    }
    assert_eq!(scene.fake.inside().ehr.back.asked, [""; 0], "nobody was read");
    assert_eq!(scene.versions("P-1").await.len(), 1);
    scene.service.stop().await;
}

#[tokio::test]
async fn a_secret_that_is_missing_stops_the_start() {
    let rows = [
        ("read = { every = \"1h\" }\nsubscription = { secret_file = \"nowhere\" }", "nowhere"),
        ("subscription = { secret_file = \"hook\" }", "read.every"),
        ("read = { every = \"1h\" }\nsubscription = { topic = \"x\" }", "secret_file"),
    ];
    for (rest, expected) in rows {
        let folder = TempDir::new().expect("a folder");
        let said = format!("base_url = \"http://127.0.0.1:9/fhir\"\nagencies = [\"*\"]\n{rest}\n");
        fs::write(folder.path().join("one.toml"), said).expect("a file");
        let mut config = ownwords::config::Config::default();
        folder.path().clone_into(&mut config.connections.folder);
        config.store.url = format!("sqlite:{}", folder.path().join("store.db").display());
        config.server.listen = ([127, 0, 0, 1], 0).into();
        let stop = tokio_util::sync::CancellationToken::new();
        let started = ownwords::http::serve(&config, ownwords::clock::Clock::System, stop).await;
        let error = started.err().expect("refused").to_string();
        assert!(error.contains(expected), "{error}");
    }
}
