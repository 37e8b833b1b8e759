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
        ("Goal?_sort=-_lastUpdated", 200),
        ("Goal?_sort=-_lastUpdated,start-date", 400),
        ("Goal?_sort=start-date", 400),
        ("Goal?_sort=description", 400),
        ("Patient?name=no-one", 200),
    ] {
        assert_eq!(service.get(&format!("/fhir/{query}")).await.status(), status, "{query}");
    }
    service.stop().await;
}

#[tokio::test]
async fn the_newest_come_first_page_by_page_whatever_comes_between() {
    let service = kept(&["P-1", "P-2", "P-3", "P-4"]).await;
    let person = person_of(&service, "P-3").await;
    for query in ["Goal?", "Goal?lifecycle-status=active&", &format!("Provenance?patient={person}&")] {
        let up = service.json(&format!("/fhir/{query}_sort=_lastUpdated")).await;
        let mut wanted = ids(&entries(&up, "match"));
        wanted.reverse();
        let (mut next, mut seen) = (Some(format!("/fhir/{query}_sort=-_lastUpdated&_count=1")), Vec::new());
        while let Some(path) = next {
            let page = service.json(&path).await;
            seen.extend(ids(&entries(&page, "match")));
            next = link(&page, "next");
        }
        assert_eq!(seen, wanted, "{query}");
    }
    let first = service.json("/fhir/Goal?_sort=-_lastUpdated&_count=2").await;
    let before = ids(&entries(&first, "match"));
    service.submit(&plan("P-5", OWN, STRENGTH)).await;
    let rest = service.json(&link(&first, "next").unwrap()).await;
    let rest = ids(&entries(&rest, "match"));
    assert_eq!(rest.len(), 2, "what is newer than the first page shifts no page");
    assert!(rest.iter().all(|id| !before.contains(id)), "each once");
    service.stop().await;
}

/// What is pointed to says whose record it is, with or without its type.
#[tokio::test]
async fn what_points_to_something_is_found_by_it_alone() {
    let service = kept(&["P-1", "P-2"]).await;
    let goal = ids(&entries(&service.json("/fhir/Goal").await, "match"))[0].clone();
    for (query, many) in [
        (format!("CarePlan?goal=Goal/{goal}"), 1),
        (format!("CarePlan?goal={goal}"), 1),
        (format!("CarePlan?goal:Goal={goal}"), 1),
        (format!("Provenance?target=Goal/{goal}"), 1),
        (format!("CarePlan?goal=Condition/{goal}"), 0),
        ("CarePlan?goal=Goal/11111111-1111-5111-8111-111111111111".to_owned(), 0),
    ] {
        let found = service.json(&format!("/fhir/{query}")).await;
        assert_eq!(entries(&found, "match").len(), many, "{query}: {found}");
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
