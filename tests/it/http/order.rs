//! `_sort` over pages, and where it is refused.

use super::search::{entries, ids, kept, link, person_of};

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
