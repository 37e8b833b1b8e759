//! Merges over HTTP and by FHIR: who may tell and confirm, what a Patient says of itself, what who searches by an old id is
//! told, and that nothing reaches an EHR before a named person has confirmed it.

use std::time::Duration;

use ownwords::config::Operation::{Deliver, Read, Submit};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{OWN, STRENGTH};
use crate::{
    fake_fhir::Fake,
    service::{TestService, caller, plan, start},
};

const SYSTEM: &str = "https://ownwords.org/fhir/sid/agency/ag-1/person";

fn local(plan_id: &str) -> String {
    format!("person-of-{plan_id}")
}

async fn kept(service: &TestService, plans: &[&str]) {
    for one in plans {
        assert_eq!(service.submit(&plan(one, OWN, STRENGTH)).await.0, StatusCode::CREATED, "{one}");
    }
}

/// The Patient of a plan, as a search by the agency's id finds it.
async fn person_of(service: &TestService, plan_id: &str) -> Value {
    let found = service.json(&format!("/fhir/Patient?identifier={SYSTEM}%7C{}", local(plan_id))).await;
    assert_eq!(found["total"], 1, "{found}");
    found["entry"][0]["resource"].clone()
}

fn id(resource: &Value) -> &str {
    resource["id"].as_str().unwrap()
}

async fn told(service: &TestService, path: &str, body: Value) -> (StatusCode, Value) {
    let response = service.post_json(path, body).await;
    (response.status(), response.json().await.unwrap())
}

/// Tells that the person of one plan is the person of another.
async fn merge(service: &TestService, plan: &str, into: &str) -> Value {
    let merging = json!({
        "agency": "ag-1", "person_id": local(plan), "survivor_id": local(into), "by": "A. Lee", "why": "two charts",
    });
    let (status, merge) = told(service, "/persons/merges", merging).await;
    assert_eq!(status, StatusCode::CREATED, "{merge}");
    merge
}

async fn act(service: &TestService, merge: &Value, act: &str) -> Value {
    let body = if act == "undo" { json!({ "by": "B. Roe", "why": "a mistake" }) } else { json!({ "by": "B. Roe" }) };
    let (status, merge) = told(service, &format!("/persons/merges/{}/{act}", id(merge)), body).await;
    assert_eq!(status, StatusCode::OK, "{merge}");
    merge
}

async fn until_states(service: &TestService, expected: &[&str]) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let all = service.json("/deliveries").await;
        let states: Vec<&str> =
            all["deliveries"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        if states == expected {
            return;
        }
        assert!(Instant::now() < deadline, "{all}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Whom the care plan of a plan is about at the EHR.
fn subject_there(fake: &Fake, goal: &str) -> String {
    let inside = fake.inside();
    let of_goal = |tree: &Value| tree["resourceType"] == "Goal" && tree["description"]["text"] == goal;
    let found = inside.resources.values().find(|(_, tree)| of_goal(tree)).expect("the goal arrived");
    found.1["subject"]["reference"].as_str().unwrap().to_owned()
}

const OTHER: &str = "I want to sing in the choir on Thursdays again.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_reaches_an_ehr_before_a_named_person_confirms() {
    for fake in [Fake::own_ids().await, Fake::if_none_exist().await] {
        let by_own_ids = fake.inside().abilities.update_create;
        let service = start(|config| config.delivery.base_url = fake.base()).await;
        kept(&service, &["P-2"]).await;
        until_states(&service, &["done"]).await;
        let one_merge = merge(&service, "P-1", "P-2").await;
        assert_eq!((&one_merge["stands"], &one_merge["waits"]), (&true.into(), &true.into()));
        assert_eq!(service.submit(&plan("P-1", OTHER, STRENGTH)).await.0, StatusCode::CREATED);
        until_states(&service, &["done", "blocked"]).await;
        let listed = service.json("/deliveries?state=blocked").await;
        let reason = listed["deliveries"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("named person") && !reason.contains("P-1"), "{reason}");
        assert_eq!(service.post("/deliveries/2/retry", "").await.status(), StatusCode::BAD_REQUEST);
        assert_eq!((fake.count("CarePlan"), fake.inside().transactions.len()), (1, 1 + usize::from(!by_own_ids)));

        act(&service, &one_merge, "confirm").await;
        until_states(&service, &["done", "done"]).await;
        assert_eq!(subject_there(&fake, OTHER), subject_there(&fake, OWN), "it is of the person who is left");
        let given_up = |tree: &Value| tree["link"][0]["type"] == "replaced-by";
        let there = fake.inside().resources.values().find(|(_, tree)| given_up(tree)).expect("the old one").1.clone();
        assert_eq!(there["active"], false);
        assert_eq!(there["link"][0]["other"]["reference"], subject_there(&fake, OWN));
        assert_eq!(fake.count("Patient"), 2, "nobody is there twice");

        let undone = act(&service, &one_merge, "undo").await;
        assert_eq!((&undone["stands"], &undone["waits"]), (&false.into(), &true.into()));
        assert_eq!(subject_there(&fake, OTHER), subject_there(&fake, OWN), "nothing is sent yet");
        act(&service, &one_merge, "confirm").await;
        until_states(&service, &["done", "done"]).await;
        let old = format!("Patient/{}", id(&there));
        assert_eq!(subject_there(&fake, OTHER), old, "as it was");
        let again = fake.inside().resources[&old].1.clone();
        assert_eq!((again.get("active"), again.get("link")), (None, None));
        assert_eq!((fake.count("Patient"), fake.count("CarePlan")), (2, 2));
        service.stop().await;
    }
}

#[tokio::test]
async fn a_patient_says_where_the_person_went_and_both_histories_stay() {
    let service = start(|_| {}).await;
    kept(&service, &["P-1", "P-2"]).await;
    let (old, new) = (person_of(&service, "P-1").await, person_of(&service, "P-2").await);
    let plans = |of: &Value| format!("/fhir/CarePlan?patient={}", id(of));
    let before = service.json(&plans(&old)).await;
    let one_merge = merge(&service, "P-1", "P-2").await;

    let address = |of: &Value| format!("/fhir/Patient/{}", id(of));
    let read = service.get(&address(&old)).await;
    assert_eq!(
        read.headers()[header::ETAG],
        "W/\"1.1\"",
        "who has the version before is not told that nothing changed"
    );
    let given_up: Value = read.json().await.unwrap();
    assert_eq!((&given_up["active"], &given_up["meta"]["versionId"]), (&false.into(), &"1.1".into()));
    let link = |other: &Value, kind: &str| json!([{ "other": { "reference": format!("Patient/{}", id(other)) }, "type": kind }]);
    assert_eq!(given_up["link"], link(&new, "replaced-by"));
    assert_eq!(person_of(&service, "P-1").await, given_up, "a search by the old id finds the same");
    let stays = service.json(&address(&new)).await;
    assert_eq!((&stays["active"], &stays["link"]), (&true.into(), &link(&old, "replaces")));
    let names: Vec<&String> = given_up.as_object().unwrap().keys().collect();
    let place = |name: &str| names.iter().position(|one| *one == name).unwrap();
    assert!(place("identifier") < place("active") && place("active") < place("name"), "as FHIR orders them: {names:?}");
    let xml = service.get(&format!("{}?_format=xml", address(&old))).await.text().await.unwrap();
    assert!(xml.contains("<active value=\"false\"/>") && xml.contains("<type value=\"replaced-by\"/>"), "{xml}");
    let checked = service.post_json("/fhir/Patient/$validate", given_up.clone()).await.text().await.unwrap();
    assert!(!checked.contains("\"error\""), "{checked}");

    let after = service.json(&plans(&old)).await;
    assert_eq!(after["entry"][0], before["entry"][0], "what came under the old id is read as ever");
    let outcome = &after["entry"][1];
    assert_eq!(outcome["search"]["mode"], "outcome");
    assert!(outcome.to_string().contains(&format!("Patient/{}", id(&new))), "{outcome}");
    let of_survivor = service.json(&plans(&new)).await;
    assert!(of_survivor["entry"][1].to_string().contains(&format!("Patient/{}", id(&old))), "{of_survivor}");
    let all = service.json("/fhir/Patient").await;
    assert_eq!(all["entry"].as_array().unwrap().iter().filter(|one| one["resource"]["active"] == false).count(), 1);

    let history = service.json(&format!("{}/_history", address(&old))).await;
    let versions: Vec<&str> = history["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["resource"]["meta"]["versionId"].as_str().unwrap())
        .collect();
    assert_eq!(versions, ["1.1", "1"]);
    let first = service.json(&format!("{}/_history/1", address(&old))).await;
    assert_eq!(first, old, "as it was");

    act(&service, &one_merge, "undo").await;
    let mut again = service.json(&address(&old)).await;
    assert_eq!(again["meta"]["versionId"], "1.2");
    again["meta"] = old["meta"].clone();
    assert_eq!(again, old, "taking it back brings back what was");
    assert_eq!(service.json(&format!("{}/_history/1.1", address(&old))).await["active"], false);
    for none in ["1.3", "1.0", "2.1", "x"] {
        assert_eq!(service.get(&format!("{}/_history/{none}", address(&old))).await.status(), 404, "{none}");
    }
    let back = service.json(&plans(&old)).await;
    assert_eq!(back["entry"].as_array().map(Vec::len), Some(1), "nothing is told any more: {back}");
    service.stop().await;
}

#[tokio::test]
async fn an_old_id_that_no_plan_has_any_more_still_tells() {
    let service = start(|_| {}).await;
    kept(&service, &["P-1", "P-2"]).await;
    let (old, new) = (person_of(&service, "P-1").await, person_of(&service, "P-2").await);
    let rekeyed = plan("P-1", OWN, STRENGTH).replace(&local("P-1"), &local("P-2"));
    assert_eq!(service.submit(&rekeyed).await.0, StatusCode::CREATED);
    let address = format!("/fhir/Patient/{}", id(&old));
    assert_eq!(service.get(&address).await.status(), StatusCode::GONE);
    let one_merge = merge(&service, "P-1", "P-2").await;
    let told = service.json(&address).await;
    assert_eq!(told["link"][0]["other"]["reference"], format!("Patient/{}", id(&new)));
    assert_eq!(person_of(&service, "P-1").await, told);
    act(&service, &one_merge, "undo").await;
    assert_eq!(service.get(&address).await.status(), StatusCode::GONE);
    service.stop().await;
}

fn patient(plan_id: &str, link: &Value) -> Value {
    json!({
        "resourceType": "Patient", "identifier": [{ "system": SYSTEM, "value": local(plan_id) }], "link": link,
    })
}

fn to(other: &Value, kind: &str) -> Value {
    json!([{ "other": other, "type": kind }])
}

fn by_id(plan_id: &str) -> Value {
    json!({ "type": "Patient", "identifier": { "system": SYSTEM, "value": local(plan_id) } })
}

#[tokio::test]
async fn a_patient_with_link_tells_by_post_put_and_file() {
    let bundle = |kind: &str| {
        let entry = |url: &str, resource: Value| json!({ "fullUrl": url, "resource": resource });
        let other = patient("P-2", &Value::Null);
        json!({ "resourceType": "Bundle", "type": kind, "entry": [
            entry("urn:uuid:0190aaaa-0000-7000-8000-000000000001", patient("P-1", &to(&json!({ "reference": "urn:uuid:0190aaaa-0000-7000-8000-000000000002" }), "replaced-by"))),
            entry("urn:uuid:0190aaaa-0000-7000-8000-000000000002", other),
        ] })
    };
    for way in ["post", "post replaces", "put", "file", "ndjson"] {
        let service = start(|_| {}).await;
        kept(&service, &["P-1", "P-2"]).await;
        let (old, new) = (person_of(&service, "P-1").await, person_of(&service, "P-2").await);
        let send = async |method: reqwest::Method, path: &str, body: &Value| {
            let request = service.client.request(method, service.url(path)).json(body);
            let response = request.send().await.unwrap();
            (response.status(), response.json::<Value>().await.unwrap())
        };
        let (status, answer) = match way {
            "post" => {
                send(
                    reqwest::Method::POST,
                    "/fhir/Patient?agency=ag-1",
                    &patient("P-1", &to(&by_id("P-2"), "replaced-by")),
                )
                .await
            }
            "post replaces" => {
                send(
                    reqwest::Method::POST,
                    "/fhir/Patient?agency=ag-1",
                    &patient("P-2", &to(&by_id("P-1"), "replaces")),
                )
                .await
            }
            "put" => {
                let reference = json!({ "reference": format!("Patient/{}", id(&new)) });
                let body = json!({ "resourceType": "Patient", "id": id(&old), "link": to(&reference, "replaced-by") });
                send(reqwest::Method::PUT, &format!("/fhir/Patient/{}?agency=ag-1", id(&old)), &body).await
            }
            "file" => {
                send(reqwest::Method::POST, "/submissions?agency=ag-1&mapping=fhir-r4", &bundle("collection")).await
            }
            _ => {
                let pages = format!(
                    "{}\n{}\n",
                    patient("P-2", &Value::Null),
                    patient("P-1", &to(&by_id("P-2"), "replaced-by"))
                );
                let response = service.post("/submissions?agency=ag-1&mapping=fhir-r4", pages).await;
                (response.status(), response.json().await.unwrap())
            }
        };
        if way.starts_with('p') {
            assert_eq!(
                (status, &answer["issue"][0]["severity"]),
                (StatusCode::ACCEPTED, &"information".into()),
                "{way}: {answer}"
            );
        }
        let merges = service.json("/persons/merges").await["merges"].clone();
        let said =
            (&merges[0]["person_id"], &merges[0]["survivor_id"], &merges[0]["waits"], &merges[0]["acts"][0]["way"]);
        assert_eq!(said, (&local("P-1").into(), &local("P-2").into(), &true.into(), &"fhir".into()), "{way}: {merges}");
        assert_eq!(merges.as_array().map(Vec::len), Some(1), "{way}");
        assert_eq!(person_of(&service, "P-1").await["active"], false, "{way}");
        let otherwise = patient("P-1", &to(&by_id("P-3"), "replaced-by"));
        let (status, answer) = send(reqwest::Method::POST, "/fhir/Patient?agency=ag-1", &otherwise).await;
        assert_eq!((status, answer["issue"][0]["code"].as_str()), (StatusCode::CONFLICT, Some("conflict")), "{way}");
        assert_eq!(service.json("/persons/merges").await["merges"][0]["acts"][1]["act"], "disputed", "{way}");
        let metrics = service.get("/metrics").await.text().await.unwrap();
        assert!(metrics.contains("ownwords_merges_told_total") && !metrics.contains("person-of"), "{way}");
        service.stop().await;
    }
}

#[tokio::test]
async fn a_patient_that_tells_of_no_merge_is_not_written() {
    let service = start(|_| {}).await;
    kept(&service, &["P-1"]).await;
    for link in [
        json!(null),
        to(&by_id("P-2"), "seealso"),
        to(&by_id("P-1"), "replaced-by"),
        to(&json!({ "display": "x" }), "replaced-by"),
    ] {
        let mut body = patient("P-1", &link);
        if link.is_null() {
            body.as_object_mut().unwrap().remove("link");
        }
        let answer = service.post_json("/fhir/Patient?agency=ag-1", body).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{link}");
    }
    assert_eq!(service.json("/persons/merges").await["merges"], json!([]));
    service.stop().await;
}

#[tokio::test]
async fn who_may_tell_and_confirm_is_configured_and_bound_to_an_agency() {
    let mut service = start(|config| {
        config.caller = vec![
            caller("one", "ag-1", "sends", &[Submit]),
            caller("two", "ag-1", "confirms", &[Read, Deliver]),
            caller("other", "ag-2", "elsewhere", &[Read, Submit, Deliver]),
        ];
    })
    .await
    .with_token("sends");
    let merging = |agency: &str| json!({ "agency": agency, "person_id": "7", "survivor_id": "8", "by": "A. Lee", "why": "one person" });
    let (status, merge) = told(&service, "/persons/merges", merging("ag-1")).await;
    assert_eq!(status, StatusCode::CREATED, "{merge}");
    assert_eq!(told(&service, "/persons/merges", merging("ag-2")).await.0, StatusCode::FORBIDDEN);
    let place = format!("/persons/merges/{}", id(&merge));
    let confirm = (format!("{place}/confirm"), json!({ "by": "B. Roe" }));
    assert_eq!(told(&service, &confirm.0, confirm.1.clone()).await.0, StatusCode::FORBIDDEN);
    assert_eq!(service.get("/persons/merges").await.status(), StatusCode::FORBIDDEN);
    service.set_token("elsewhere");
    assert_eq!(service.json("/persons/merges").await["merges"], json!([]));
    assert_eq!(told(&service, &confirm.0, confirm.1.clone()).await.0, StatusCode::NOT_FOUND);
    let undo = json!({ "by": "B. Roe", "why": "x" });
    assert_eq!(told(&service, &format!("{place}/undo"), undo.clone()).await.0, StatusCode::NOT_FOUND);
    service.set_token("confirms");
    assert_eq!(told(&service, "/persons/merges", merging("ag-1")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(told(&service, &format!("{place}/undo"), undo).await.0, StatusCode::FORBIDDEN);
    let (status, merge) = told(&service, &confirm.0, confirm.1.clone()).await;
    assert_eq!((status, &merge["acts"][1]["by"]), (StatusCode::OK, &"B. Roe".into()));
    assert_eq!(told(&service, &confirm.0, confirm.1).await.0, StatusCode::CONFLICT);
    service.set_token("sends");
    for wrong in [
        json!({ "person_id": "7", "survivor_id": "7", "by": "A. Lee", "why": "x" }),
        json!({ "person_id": "7", "survivor_id": " ", "by": "A. Lee", "why": "x" }),
        json!({ "person_id": "7", "survivor_id": "9", "by": "", "why": "x" }),
        json!({ "person_id": "7", "survivor_id": "9", "by": "A. Lee", "why": "x\0" }),
        json!({ "person_id": "7", "survivor_id": "9", "by": "A. Lee" }),
        json!([]),
    ] {
        let (status, answer) = told(&service, "/persons/merges", wrong.clone()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
        assert!(!answer.to_string().contains("Lee"), "{answer}");
    }
    service.stop().await;
}
