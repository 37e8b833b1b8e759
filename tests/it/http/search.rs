//! The FHIR API as a stranger's client meets it: search, paging, versions, batch, and a statement that is true.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use super::{OWN, STRENGTH, with_two_agencies};
use crate::service::{TestService, plan, start};

const SID: &str = "https://ownwords.org/fhir/sid/agency/ag-1";

fn entries<'b>(bundle: &'b Value, mode: &str) -> Vec<&'b Value> {
    let all = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|entry| entry["search"]["mode"] == mode).map(|entry| &entry["resource"]).collect()
}

fn ids(resources: &[&Value]) -> Vec<String> {
    resources.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array().map(Vec::as_slice).unwrap_or_default();
    let url = links.iter().find(|link| link["relation"] == relation)?["url"].as_str()?;
    Some(url[url.find("/fhir").unwrap()..].to_owned())
}

/// A plan whose goal has another id, so that the goal before is gone.
fn with_goal(goal_id: &str, text: &str) -> String {
    plan("P-1", text, STRENGTH).replace("\"g1\"", &format!("\"{goal_id}\""))
}

async fn kept(plans: &[&str]) -> TestService {
    let service = start(|_| {}).await;
    for one in plans {
        assert_eq!(service.submit(&plan(one, OWN, STRENGTH)).await.0, StatusCode::CREATED, "{one}");
    }
    service
}

/// The id of the Patient of a plan.
async fn person_of(service: &TestService, plan_id: &str) -> String {
    let found = service.json(&format!("/fhir/Patient?identifier={SID}/person%7Cperson-of-{plan_id}")).await;
    assert_eq!(found["total"], 1, "{found}");
    found["entry"][0]["resource"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_client_finds_a_person_and_what_is_theirs() {
    let service = kept(&["P-1", "P-2"]).await;
    let person = person_of(&service, "P-1").await;
    let query = format!("/fhir/CarePlan?patient={person}&category=assess-plan&status=active&date=ge2026-09-01");
    let plans = service.json(&format!("{query}&_include=CarePlan:goal&_revinclude=Provenance:target")).await;
    assert_eq!((&plans["type"], &plans["total"]), (&"searchset".into(), &1.into()));
    let found = entries(&plans, "match");
    assert_eq!(found[0]["subject"]["reference"], format!("Patient/{person}"));
    assert_eq!(found[0]["meta"]["versionId"], "1");
    let full = plans["entry"][0]["fullUrl"].as_str().unwrap();
    assert_eq!(service.client.get(full).send().await.unwrap().status(), StatusCode::OK, "{full}");
    let beside = entries(&plans, "include");
    assert_eq!(beside.iter().filter(|one| one["resourceType"] == "Goal").count(), 1);
    let about = format!("CarePlan/{}", found[0]["id"].as_str().unwrap());
    let is_about = |one: &&&Value| one["resourceType"] == "Provenance" && one["target"].to_string().contains(&about);
    assert_eq!(beside.iter().filter(is_about).count(), 1, "{beside:?}");
    let of_person = format!("patient=Patient/{person}");
    for (query, total) in [
        (format!("Goal?{of_person}&lifecycle-status=active,completed"), 1),
        (format!("Goal?{of_person}&lifecycle-status=completed"), 0),
        (format!("Goal?{of_person}&start-date=2026-09"), 1),
        (format!("Goal?{of_person}&target-date=ge2026-01-01"), 0),
        (format!("Observation?{of_person}&category=social-history&code=strength"), 1),
        (format!("Task?{of_person}"), 1),
        (format!("Provenance?{of_person}"), 2),
        (format!("CareTeam?{of_person}&status=active"), 1),
        (format!("CareTeam?{of_person}&status=proposed"), 0),
        (format!("ServiceRequest?{of_person}&authored=ge2020"), 0),
        (format!("Patient?_id={person}"), 1),
        (format!("Patient?_id={person}&_lastUpdated=lt2026-01-01"), 0),
        (format!("Patient?_id={person},11111111-1111-5111-8111-111111111111,x"), 1),
        ("CarePlan?patient=Patient/no-one".to_owned(), 0),
        (format!("CarePlan?identifier={SID}/plan%7CP-2"), 1),
        (format!("CarePlan?identifier={SID}/plan%7CP-2&{of_person}"), 0),
    ] {
        let bundle = service.json(&format!("/fhir/{query}")).await;
        assert_eq!(bundle["total"], total, "{query}: {bundle}");
        let counted = service.json(&format!("/fhir/{query}&_summary=count")).await;
        assert_eq!((&counted["total"], counted.get("entry")), (&total.into(), None), "{query}");
    }
    let by_form = service.client.post(service.url("/fhir/Goal/_search?lifecycle-status=active"));
    let by_form = by_form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let by_form: Value = by_form.body(of_person.clone()).send().await.unwrap().json().await.unwrap();
    assert_eq!(by_form["total"], 1);
    assert!(link(&by_form, "self").unwrap().contains("patient=Patient/"), "{by_form}");
    let as_json = service.post("/fhir/Goal/_search", "{}").await;
    assert_eq!(as_json.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    service.stop().await;
}

#[tokio::test]
async fn pages_hold_each_once_whatever_comes_between() {
    let service = kept(&["P-1", "P-2", "P-3", "P-4"]).await;
    for (query, many) in [("Goal?_count=2", 4), ("CarePlan?status=active&_count=1", 4), ("Patient?_count=3", 4)] {
        let (mut next, mut seen) = (Some(format!("/fhir/{query}")), Vec::new());
        while let Some(path) = next {
            let page = service.json(&path).await;
            seen.extend(ids(&entries(&page, "match")));
            next = link(&page, "next");
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((all, seen.len()), (many, many), "{query}");
    }
    let first = service.json("/fhir/Goal?_count=2").await;
    let before = ids(&entries(&first, "match"));
    service.submit(&plan("P-1", "I want to keep bees.", STRENGTH)).await;
    service.submit(&plan("P-9", OWN, STRENGTH)).await;
    let mut rest = Vec::new();
    let mut next = link(&first, "next");
    while let Some(path) = next {
        let page = service.json(&path).await;
        rest.extend(ids(&entries(&page, "match")));
        next = link(&page, "next");
    }
    assert_eq!(rest.len(), 4, "two that were to come, the new one, and the one that changed");
    assert_eq!(rest.iter().filter(|id| before.contains(id)).count(), 1);
    assert_eq!(service.json("/fhir/Goal?_count=0").await["total"], 5);
    let person = person_of(&service, "P-2").await;
    let query = format!("/fhir/Observation?patient={person}&_count=1");
    assert_eq!(link(&service.json(&query).await, "next"), None, "one strength");
    let page = service.json(&format!("/fhir/Provenance?patient={person}&_count=1")).await;
    let second = service.json(&link(&page, "next").unwrap()).await;
    assert_eq!((&page["total"], &second["total"]), (&2.into(), &2.into()));
    assert_ne!(ids(&entries(&page, "match")), ids(&entries(&second, "match")));
    assert_eq!(link(&second, "next"), None);
    service.stop().await;
}

#[tokio::test]
async fn what_is_not_offered_is_told_and_strictly_refused() {
    let service = kept(&["P-1"]).await;
    let lenient = service.json("/fhir/Goal?colour=crimson&lifecycle-status=active").await;
    assert_eq!(entries(&lenient, "match").len(), 1);
    let told = entries(&lenient, "outcome");
    let named = |entry: &Value| entry["fullUrl"].as_str().is_some_and(|url| url.contains(':'));
    assert!(lenient["entry"].as_array().unwrap().iter().all(named), "FHIR wants every entry to have a name");
    assert!(told[0]["issue"][0]["details"]["text"].as_str().unwrap().contains("colour"), "{lenient}");
    assert!(!told[0].to_string().contains("crimson"), "a value is never repeated");
    assert!(!link(&lenient, "self").unwrap().contains("colour"), "the search as it was understood");
    let strict = service.client.get(service.url("/fhir/Goal?colour=crimson")).header("prefer", "handling=strict");
    let strict = strict.send().await.unwrap();
    assert_eq!(strict.status(), StatusCode::BAD_REQUEST);
    assert_eq!(strict.json::<Value>().await.unwrap()["issue"][0]["code"], "not-supported");
    for (path, status) in [
        ("/fhir/Goal?start-date=soon", 400),
        ("/fhir/Goal?lifecycle-status:not=active", 400),
        ("/fhir/Goal?_count=x", 400),
        ("/fhir/Goal?_page=1", 400),
        ("/fhir/Goal?_format=text/html", 406),
        ("/fhir/Medication?patient=x", 404),
        ("/fhir/Goal/x/_history", 404),
        ("/fhir/Goal/11111111-1111-5111-8111-111111111111/_history", 404),
        ("/fhir/Goal/11111111-1111-5111-8111-111111111111/_history/1", 404),
        ("/fhir/Goal/11111111-1111-5111-8111-111111111111/_history?_since=today", 400),
    ] {
        let answer = service.get(path).await;
        assert_eq!(answer.status(), status, "{path}");
        let outcome: Value = answer.json().await.unwrap();
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{path}");
        assert!(!outcome.to_string().contains("soon"), "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn every_version_can_be_read_and_what_is_gone_says_so() {
    let service = start(|_| {}).await;
    for text in [OWN, "I want to keep bees.", "I want to bake bread on Sundays."] {
        assert_eq!(service.submit(&with_goal("g1", text)).await.0, StatusCode::CREATED, "{text}");
    }
    let goal = ids(&entries(&service.json("/fhir/Goal").await, "match"))[0].clone();
    let place = format!("/fhir/Goal/{goal}");
    let now = service.get(&place).await;
    assert_eq!(now.headers()[header::ETAG], "W/\"3\"");
    assert!(now.headers().contains_key(header::LAST_MODIFIED));
    let now: Value = now.json().await.unwrap();
    assert_eq!(now["meta"]["versionId"], "3");
    assert!(now["meta"]["profile"].is_array(), "what the resource says of itself stays");
    let past: Value = service.json(&format!("{place}/_history/1")).await;
    assert_eq!((&past["description"]["text"], &past["meta"]["versionId"]), (&OWN.into(), &"1".into()));
    let known = service.client.get(service.url(&format!("{place}/_history/2")));
    let known = known.header(header::IF_NONE_MATCH, "\"9\", W/\"2\"").send().await.unwrap();
    assert_eq!(
        (known.status(), known.headers()[header::ETAG].to_str().unwrap()),
        (StatusCode::NOT_MODIFIED, "W/\"2\"")
    );
    let person = person_of(&service, "P-1").await;
    let history = service.json(&format!("/fhir/Patient/{person}/_history")).await;
    assert_eq!(history["entry"].as_array().unwrap().len(), 1, "a version that repeats it is none of its own");
    service.submit(&with_goal("g2", "I want to bake bread on Sundays.")).await;
    assert_eq!(service.get(&place).await.status(), StatusCode::GONE);
    let history = service.json(&format!("{place}/_history?_count=3")).await;
    let methods: Vec<_> = history["entry"].as_array().unwrap().iter().map(|one| &one["request"]["method"]).collect();
    assert_eq!(methods, ["DELETE", "PUT", "PUT"]);
    assert_eq!((&history["type"], &history["total"]), (&"history".into(), &4.into()));
    let rest = service.json(&link(&history, "next").unwrap()).await;
    assert_eq!(rest["entry"][0]["resource"]["meta"]["versionId"], "1");
    assert_eq!(rest["entry"][0]["response"]["status"], "201");
    assert_eq!(link(&rest, "next"), None);
    let later = service.json(&format!("{place}/_history?_since=2099-01-01T00:00:00Z")).await;
    assert_eq!((&later["total"], later.get("entry")), (&0.into(), None));
    assert_eq!(service.get(&format!("{place}/_history/2")).await.status(), StatusCode::OK, "still to be read");
    service.submit(&with_goal("g1", "I want to keep two goats.")).await;
    assert_eq!(service.get(&place).await.headers()[header::ETAG], "W/\"4\"", "it is back");
    service.stop().await;
}

#[tokio::test]
async fn what_became_of_all_is_told_newest_first() {
    let service = kept(&["P-1", "P-2"]).await;
    service.submit(&with_goal("g2", "I want to keep bees.")).await;
    let (mut next, mut told) = (Some("/fhir/Goal/_history?_count=1".to_owned()), Vec::new());
    while let Some(path) = next {
        let page = service.json(&path).await;
        assert_eq!(page["type"], "history");
        let entries = page["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
        told.extend(entries.iter().map(|entry| entry["request"].clone()));
        next = link(&page, "next");
    }
    let mut methods: Vec<_> = told.iter().map(|request| request["method"].as_str().unwrap()).collect();
    methods[..2].sort_unstable();
    assert_eq!(methods, ["DELETE", "PUT", "PUT", "PUT"], "the last plan dropped one and brought one");
    let gone = told.iter().find(|request| request["method"] == "DELETE").unwrap()["url"].as_str().unwrap();
    assert_eq!(service.get(&format!("/fhir/{gone}")).await.status(), StatusCode::GONE);
    let all = service.json("/fhir/_history?_count=200&_since=2026-11-01T00:00:00Z").await;
    let urls: Vec<_> = all["entry"].as_array().unwrap().iter().map(|entry| entry["fullUrl"].to_string()).collect();
    assert_eq!(urls.iter().filter(|url| url.contains("/Organization/")).count(), 1, "what all share came once");
    assert_eq!(link(&all, "next"), None);
    let later = service.json("/fhir/_history?_since=2099-01-01T00:00:00Z").await;
    assert_eq!(later.get("entry"), None);
    assert_eq!(service.get("/fhir/Goal/_history?_page=1").await.status(), StatusCode::BAD_REQUEST);
    service.stop().await;
}

#[tokio::test]
async fn one_agency_finds_nothing_of_another() {
    let mut service = with_two_agencies().await.with_token("token-1");
    service.post("/submissions?mapping=plan-json", plan("P-1", OWN, STRENGTH)).await;
    let goal = ids(&entries(&service.json("/fhir/Goal").await, "match"))[0].clone();
    let person = person_of(&service, "P-1").await;
    let paths = [
        "/fhir/Goal".to_owned(),
        format!("/fhir/Goal?_id={goal}"),
        format!("/fhir/Goal?patient={person}&_include=Goal:patient&_revinclude=Provenance:target"),
        format!("/fhir/Patient?identifier={SID}/person%7Cperson-of-P-1"),
    ];
    for (token, many) in [("token-1", 1), ("token-2", 0), ("token-3", 1), ("token-4", 1)] {
        service.set_token(token);
        for path in &paths {
            let bundle = service.json(path).await;
            assert_eq!(entries(&bundle, "match").len(), many, "{token} {path}");
            assert!(many > 0 || bundle.get("entry").is_none(), "{token} {path}");
        }
        let became = service.json("/fhir/Goal/_history").await;
        assert_eq!(became["entry"].as_array().map_or(0, Vec::len), many, "{token}");
        let status = if many == 1 { StatusCode::OK } else { StatusCode::NOT_FOUND };
        for path in ["", "/_history", "/_history/1"] {
            assert_eq!(service.get(&format!("/fhir/Goal/{goal}{path}")).await.status(), status, "{token} {path}");
        }
    }
    service.set_token("nonsense");
    for path in &paths {
        assert_eq!(service.get(path).await.status(), StatusCode::UNAUTHORIZED);
    }
    service.stop().await;
}

#[tokio::test]
async fn bundles_are_said_in_xml_too() {
    let service = kept(&["P-1"]).await;
    let xml = service.get("/fhir/CarePlan?_include=CarePlan:goal&_format=xml").await;
    assert_eq!(xml.headers()[header::CONTENT_TYPE], "application/fhir+xml; charset=utf-8");
    let xml = xml.text().await.unwrap();
    let parts =
        ["<Bundle xmlns=\"http://hl7.org/fhir\">", "<type value=\"searchset\"/>", "<mode value=\"include\"/>", OWN];
    assert!(parts.iter().all(|part| xml.contains(part)), "{xml}");
    let json = service.json("/fhir/CarePlan").await;
    let narrative = json["entry"][0]["resource"]["text"]["div"].as_str().unwrap();
    assert!(xml.contains(narrative), "the narrative is untouched");
    let metadata = service.get("/fhir/metadata?_format=xml").await.text().await.unwrap();
    assert!(metadata.contains("<CapabilityStatement xmlns=\"http://hl7.org/fhir\">"));
    service.stop().await;
}

#[tokio::test]
async fn a_batch_answers_each_request_for_itself() {
    let service = kept(&["P-1"]).await;
    let person = person_of(&service, "P-1").await;
    let urls = [
        ("GET", format!("Goal?patient={person}"), "200"),
        ("GET", format!("Patient/{person}"), "200"),
        ("GET", format!("Patient/{person}/_history"), "200"),
        ("GET", format!("Patient/{person}/_history/1"), "200"),
        ("GET", format!("Patient/{person}/_history/2"), "404"),
        ("GET", "Goal/_history?_count=1".to_owned(), "200"),
        ("GET", "_history".to_owned(), "200"),
        ("GET", "Goal?start-date=soon".to_owned(), "400"),
        ("GET", "a/b/c/d/e".to_owned(), "404"),
        ("DELETE", format!("Patient/{person}"), "405"),
    ];
    let entry: Vec<_> =
        urls.iter().map(|(method, url, _)| json!({"request": {"method": method, "url": url}})).collect();
    let batch = json!({"resourceType": "Bundle", "type": "batch", "entry": entry}).to_string();
    let with_slash = service.post("/fhir/", batch.clone()).await;
    assert_eq!(with_slash.status(), StatusCode::OK, "some clients end the base with a slash");
    let answer: Value = service.post("/fhir", batch).await.json().await.unwrap();
    let statuses: Vec<_> =
        answer["entry"].as_array().unwrap().iter().map(|one| one["response"]["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, urls.iter().map(|(.., status)| *status).collect::<Vec<_>>());
    assert_eq!(answer["type"], "batch-response");
    assert_eq!(answer["entry"][0]["resource"]["total"], 1);
    assert_eq!(answer["entry"][1]["response"]["etag"], "W/\"1\"");
    assert_eq!(answer["entry"][7]["response"]["outcome"]["resourceType"], "OperationOutcome");
    for wrong in ["{", "{}", r#"{"resourceType": "Bundle", "type": "transaction"}"#] {
        assert_eq!(service.post("/fhir", wrong).await.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
    service.stop().await;
}

/// What the statement offers works, and what it does not offer is not there.
#[tokio::test]
async fn the_statement_is_what_the_routes_do() {
    let service = kept(&["P-1"]).await;
    let statement = service.json("/fhir/metadata").await;
    let rest = &statement["rest"][0];
    assert_eq!(rest["interaction"], json!([{"code": "transaction"}, {"code": "batch"}, {"code": "history-system"}]));
    let strictly = async |path: String| {
        let asked = service.client.get(service.url(&path)).header("prefer", "handling=strict");
        asked.send().await.unwrap().status().as_u16()
    };
    for one in rest["resource"].as_array().unwrap().iter().filter(|one| one["type"] != "Group") {
        let kind = one["type"].as_str().unwrap();
        let found = service.json(&format!("/fhir/{kind}")).await;
        let id = match entries(&found, "match").first() {
            Some(first) => first["id"].as_str().unwrap().to_owned(),
            None => "11111111-1111-5111-8111-111111111111".to_owned(),
        };
        let there = if entries(&found, "match").is_empty() { 404 } else { 200 };
        let mut codes: Vec<_> =
            one["interaction"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        let taken = |code: &str| codes.contains(&code);
        let (creates, updates) = (taken("create"), taken("update"));
        codes.retain(|code| !["create", "update"].contains(code));
        codes.sort_unstable();
        assert_eq!(codes, ["history-instance", "history-type", "read", "search-type", "vread"], "{kind}");
        assert_eq!(strictly(format!("/fhir/{kind}/_history")).await, 200, "{kind}");
        for path in ["", "/_history", "/_history/1"] {
            assert_eq!(strictly(format!("/fhir/{kind}/{id}{path}")).await, there, "{kind}{path}");
        }
        for parameter in one["searchParam"].as_array().unwrap() {
            let value = match parameter["type"].as_str().unwrap() {
                "date" => "2026-11-01",
                "reference" => "Patient/x",
                _ => "x",
            };
            let path = format!("/fhir/{kind}?{}={value}", parameter["name"].as_str().unwrap());
            assert_eq!(strictly(path.clone()).await, 200, "{path}");
        }
        let includes = [("_include", &one["searchInclude"]), ("_revinclude", &one["searchRevInclude"])];
        for (name, all) in includes {
            for value in all.as_array().into_iter().flatten() {
                let path = format!("/fhir/{kind}?{name}={}", value.as_str().unwrap());
                assert_eq!(strictly(path.clone()).await, 200, "{path}");
            }
        }
        assert_eq!(strictly(format!("/fhir/{kind}?not-offered=x")).await, 400, "{kind}");
        let all = [
            (creates, reqwest::Method::POST, format!("/fhir/{kind}")),
            (updates, reqwest::Method::PUT, format!("/fhir/{kind}/{id}")),
            (false, reqwest::Method::PATCH, format!("/fhir/{kind}/{id}")),
            (false, reqwest::Method::DELETE, format!("/fhir/{kind}/{id}")),
        ];
        for (_, method, path) in all.into_iter().filter(|(offered, ..)| !offered) {
            let answer = service.client.request(method.clone(), service.url(&path)).body("{}").send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
    assert_eq!(strictly("/fhir/_history".to_owned()).await, 200);
    assert_eq!(strictly("/fhir/Medication/_history".to_owned()).await, 404);
    let metrics = service.get("/metrics").await.text().await.unwrap();
    for route in [
        "/fhir/_history",
        "/fhir/{kind}",
        "/fhir/{kind}/_history",
        "/fhir/{kind}/{id}",
        "/fhir/{kind}/{id}/_history",
        "/fhir/{kind}/{id}/_history/{version}",
    ] {
        assert!(metrics.contains(&format!("route=\"{route}\"")), "{route} has no name in the metrics");
    }
    service.stop().await;
}
