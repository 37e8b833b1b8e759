//! Reading what we define ourselves: a profile by its id, in JSON and XML; what we do not define is not there.

use reqwest::StatusCode;
use serde_json::Value;

use crate::service::start;

#[tokio::test]
async fn our_definitions_are_read_by_type_and_id() {
    let service = start(|_| {}).await;
    for (path, url) in [
        ("StructureDefinition/pcrp-careplan", "StructureDefinition/pcrp-careplan"),
        ("CodeSystem/goal-kind", "CodeSystem/goal-kind"),
        ("Questionnaire/plan-participation", "Questionnaire/plan-participation"),
    ] {
        let response = service.get(&format!("/fhir/{path}")).await;
        assert_eq!(response.status(), StatusCode::OK);
        let definition: Value = response.json().await.unwrap();
        assert_eq!(definition["url"], format!("https://ownwords.org/fhir/{url}"));
    }
    let xml = service.get("/fhir/OperationDefinition/check-plan?_format=xml").await.text().await.unwrap();
    assert!(xml.contains("<OperationDefinition xmlns=\"http://hl7.org/fhir\">"), "the definition is no XML");
    for path in ["StructureDefinition/us-core-careplan", "CodeSystem/..%2Fsource"] {
        assert_eq!(service.get(&format!("/fhir/{path}")).await.status(), StatusCode::NOT_FOUND);
    }
    service.stop().await;
}
