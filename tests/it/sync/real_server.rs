//! The probes at a real FHIR R4 server, given by `OWNWORDS_TEST_FHIR_URL`, on a person of this run.

use ownwords::{
    sync::connect::{Before, record::Outcome},
    sync::connection::ConnectionFile,
};
use serde_json::json;
use uuid::Uuid;

use super::{codes, tried_with};
use crate::real_fhir::{self, RealFhir};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_tried_out_on_a_test_person() {
    let Some(RealFhir { base, http, turn: _turn }) = real_fhir::given().await else { return };
    let person = Uuid::new_v4().to_string();
    let put = async |path: String, tree: serde_json::Value| {
        let request = http.put(format!("{base}/{path}")).header("content-type", "application/fhir+json");
        let status = request.body(tree.to_string()).send().await.expect("an answer").status().as_u16();
        assert_eq!(status, 201, "{path}");
    };
    put(format!("Patient/{person}"), json!({ "resourceType": "Patient", "id": person })).await;
    for _ in 0..3 {
        let id = Uuid::new_v4().to_string();
        let subject = json!({ "reference": format!("Patient/{person}") });
        let goal = json!({
            "resourceType": "Goal", "id": id, "lifecycleStatus": "proposed", "subject": subject,
            "description": { "text": "I want to paint again" },
        });
        put(format!("Goal/{id}"), goal).await;
    }
    let said = ConnectionFile { base_url: base.clone(), person, allow_plain_http: true, ..ConnectionFile::default() };
    let record = tried_with(said, Before { write: true, ..Before::default() }).await;
    assert_eq!(codes(&record), [""; 0]);
    assert_eq!(record.probes.len(), 19);
    for number in [1, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15] {
        let probe = &record.probes[number - 1];
        assert_eq!(probe.outcome, Outcome::Pass, "{probe:?}");
    }
    assert_eq!(record.ladder.rung, "A", "{:?}", record.ladder);
    if record.statement.as_ref().is_some_and(|statement| statement.software.contains("HAPI")) {
        let trip = &record.probes[11];
        assert_eq!((trip.outcome, trip.evidence.as_str()), (Outcome::Fail, "not as sent: the Part 2 label's basis"));
    }
}
