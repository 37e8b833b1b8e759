//! Searches that are not understood: strictly refused, or told beside what was found.

use reqwest::Method;

use super::{Bad, FORM, Headers, NO_TYPE, refused, with_two_plans};

fn get<'r>(path: &'r str, headers: Headers<'r>, expected: &'r str, says: &'r str) -> Bad<'r> {
    (Method::GET, path, NO_TYPE, headers, String::new(), expected, says)
}

fn by_form<'r>(body: &str, headers: Headers<'r>, expected: &'r str, says: &'r str) -> Bad<'r> {
    (Method::POST, "Goal/_search", FORM, headers, body.to_owned(), expected, says)
}

#[tokio::test]
async fn a_search_that_is_not_understood() {
    let (service, _) = with_two_plans().await;
    let (strict, lenient) = ([("prefer", "handling=strict")], [("prefer", "handling=lenient")]);
    let rows = [
        get("Goal?colour=canary", &strict, "400 not-supported", "colour"),
        by_form("colour=canary", &strict, "400 not-supported", "colour"),
        get("Goal?colour=canary", &lenient, "200 not-supported", "colour"),
        get("Goal?colour=canary", &[], "200 not-supported", "colour"),
        by_form("colour=canary", &[], "200 not-supported", "colour"),
        get("Goal?_has:Task:focus:status=canary", &strict, "400 not-supported", "_has"),
        get("Goal?start-date=canary", &[], "400 invalid", "start-date"),
        get("Goal?lifecycle-status:not=canary", &[], "400 invalid", "lifecycle-status"),
        get("Goal?_count=canary", &[], "400 invalid", "_count"),
        get("Goal?_page=canary", &[], "400 invalid", "_page"),
        get("Goal?_sort=canary", &[], "400 invalid", "_sort"),
        get("Goal?_lastUpdated=canary", &[], "400 invalid", "_lastUpdated"),
        get("Goal?_include=canary", &strict, "400 not-supported", "_include"),
        get("Goal?_format=canary", &[], "406 not-supported", "application/fhir+json"),
        get("Nonsense?patient=canary", &[], "404 not-found", "address"),
        by_form("start-date=canary", &[], "400 invalid", "start-date"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}
