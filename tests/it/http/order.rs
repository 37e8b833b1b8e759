//! Orders: `_sort` over pages, and a history that is asked for again and again.

use serde_json::Value;

use super::{
    OWN, STRENGTH,
    search::{entries, ids, kept, link, person_of},
};
use crate::service::plan;

#[tokio::test]
async fn an_order_goes_on_over_pages_and_another_is_refused() {
    let service = kept(&["P-1", "P-2"]).await;
    let person = person_of(&service, "P-2").await;
    let sorted = format!("/fhir/Provenance?patient={person}&_sort=-recorded,_lastUpdated&_count=1");
    let first = service.json(&sorted).await;
    let rest = service.json(&link(&first, "next").unwrap()).await;
    let whole = service.json(&sorted.replace("&_count=1", "")).await;
    let both = [ids(&entries(&first, "match")), ids(&entries(&rest, "match"))].concat();
    assert_eq!((both, link(&rest, "next")), (ids(&entries(&whole, "match")), None), "the order goes on over pages");
    for (query, status) in [
        ("Goal?_sort=_lastUpdated", 200),
        ("Goal?_sort=start-date", 400),
        ("Goal?_sort=description", 400),
        ("Patient?name=no-one", 200),
    ] {
        assert_eq!(service.get(&format!("/fhir/{query}")).await.status(), status, "{query}");
    }
    service.stop().await;
}

#[tokio::test]
async fn who_asks_again_as_of_the_last_answer_misses_nothing() {
    let service = kept(&["P-1", "P-2", "P-3"]).await;
    let first = service.json("/fhir/Goal/_history?_count=2").await;
    let as_of = first["meta"]["lastUpdated"].as_str().unwrap().to_owned();
    let entries = |page: &Value| page["entry"].as_array().map_or(0, Vec::len);
    service.submit(&plan("P-4", OWN, STRENGTH)).await;
    let rest = service.json(&link(&first, "next").unwrap()).await;
    assert_eq!((entries(&first), entries(&rest), link(&rest, "next")), (2, 1, None), "the pages are of one moment");
    let since = service.json(&format!("/fhir/Goal/_history?_since={as_of}")).await;
    assert_eq!(entries(&since), 1);
    let as_of = since["meta"]["lastUpdated"].as_str().unwrap();
    assert_eq!(entries(&service.json(&format!("/fhir/_history?_since={as_of}")).await), 0);
    assert_eq!(entries(&service.json("/fhir/_history?_since=2099-01-01T00:00:00Z").await), 0);
    for (query, total) in [("Goal?_summary=count", 4), ("Goal?_count=0&_lastUpdated=lt2026-01-01", 0)] {
        assert_eq!(service.json(&format!("/fhir/{query}")).await["total"], total, "{query}");
    }
    service.stop().await;
}
