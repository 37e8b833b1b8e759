//! What is signed, what lives elsewhere and who is a peer: as a guide wants it said, and as others say it.

use ownwords::plan::{Plan, YesNoUnknown, action::Actor, planning::ParticipantRole};
use serde_json::{Value, json};

use super::{bundle_of, case, resource, round::read};

const SIGNER: &str = "http://terminology.hl7.org/CodeSystem/contractsignertypecodes";

fn plan_of(more: &[Value], care_plan: &Value) -> (Plan, Vec<String>) {
    let mut plan = json!({ "resourceType": "CarePlan", "id": "c", "status": "active", "intent": "plan",
        "subject": { "reference": "Patient/p" } });
    for (name, value) in care_plan.as_object().expect("members") {
        plan[name] = value.clone();
    }
    let entries: Vec<Value> = [plan].iter().chain(more).map(|one| json!({ "resource": one })).collect();
    let back = read(json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string());
    (back.plan, back.unread.into_iter().map(|unread| unread.path).collect())
}

#[test]
fn a_day_alone_is_noon_where_the_record_was_and_the_day_stands_beside_it() {
    let bundle = bundle_of(&case("signed"));
    let signers = resource(&bundle, "Contract")[0]["signer"].as_array().expect("signers");
    let kinds: Vec<&Value> = signers.iter().map(|one| &one["type"]["code"]).collect();
    assert_eq!(kinds, ["PAT", "GUARD"]);
    let (person, guardian) = (&signers[0]["signature"][0], &signers[1]["signature"][0]);
    assert_eq!((&person["when"], person.get("_when")), (&json!("2026-11-01T14:30:00-05:00"), None));
    assert_eq!(guardian["when"], "2026-11-02T12:00:00-05:00");
    assert_eq!(guardian["_when"]["extension"][0]["valueString"], "2026-11-02");
    let goal = &resource(&bundle, "Goal")[0]["id"];
    let toward = &resource(&bundle, "Contract")[0]["extension"][0]["valueReference"]["reference"];
    assert_eq!(*toward, format!("Goal/{}", goal.as_str().expect("an id")));
    let mut month = case("signed");
    month.agreement.as_mut().expect("an agreement").representative_signed_on = Some("2026-11".into());
    month.agreement.as_mut().expect("an agreement").person_signed_on = None;
    assert!(resource(&bundle_of(&month), "Contract").is_empty(), "of a month alone no signature is made up");
}

#[test]
fn the_signatures_of_others_are_read() {
    let signer = |kind: &str, who: &str| {
        json!({ "type": { "system": SIGNER, "code": kind }, "party": { "reference": who }, "signature": [{ "type":
            [{ "system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.7" }], "when": "2020-04-02T03:00:00Z",
            "who": { "reference": who } }] })
    };
    let contract = json!({ "resourceType": "Contract", "id": "k", "status": "executed", "signer":
        [signer("PAT", "Patient/p"), signer("GUARD", "RelatedPerson/g"), signer("AUT", "Practitioner/x")] });
    let (plan, unread) =
        plan_of(std::slice::from_ref(&contract), &json!({ "supportingInfo": [{ "reference": "Contract/k" }] }));
    let agreement = plan.agreement.expect("an agreement");
    assert_eq!(agreement.person_signed_on, Some("2020-04-02T03:00:00Z".into()));
    assert_eq!(agreement.representative_signed_on, Some("2020-04-02T03:00:00Z".into()));
    assert!(unread.iter().any(|path| path.starts_with("Contract.signer[]")), "{unread:?}");
    let mut draft = contract;
    draft["status"] = json!("offered");
    let (plan, _) = plan_of(&[draft], &json!({ "supportingInfo": [{ "reference": "Contract/k" }] }));
    assert_eq!(plan.agreement, None, "what is only offered is not signed");
    let provenance = json!({ "resourceType": "Provenance", "id": "v", "target": [{ "reference": "CarePlan/c" }],
        "recorded": "2020-04-02T03:00:00Z", "signature": [signer("PAT", "Patient/p")["signature"][0]] });
    let (plan, _) = plan_of(&[provenance], &json!({}));
    assert_eq!(plan.agreement.expect("an agreement").person_signed_on, Some("2020-04-02T03:00:00Z".into()));
}

#[test]
fn an_advance_directive_is_linked_and_the_risk_of_a_crisis_leads_to_it() {
    let bundle = bundle_of(&case("signed"));
    let document = resource(&bundle, "DocumentReference")[0];
    assert_eq!(document["type"]["coding"][0]["code"], "104144-1");
    assert_eq!(document["category"][0]["coding"][0]["code"], "42348-3");
    assert_eq!(document["content"][0]["attachment"]["url"], "https://ownwords.org/documents/77");
    let risks = resource(&bundle, "RiskAssessment");
    let of_crisis = risks.iter().find(|one| one.get("code").is_some()).expect("a risk of the crisis plan");
    assert_eq!(of_crisis["mitigation"], "Quiet\nMy dog");
    let to = format!("DocumentReference/{}", document["id"].as_str().expect("an id"));
    assert_eq!(of_crisis["extension"][0]["valueReference"]["reference"], to);
    let plans = resource(&bundle, "CarePlan");
    assert!(plans.iter().all(|plan| plan["supportingInfo"].to_string().contains(&to)), "both plans point to it");

    let theirs = json!({ "resourceType": "DocumentReference", "id": "d", "status": "current", "category":
        [{ "coding": [{ "system": "http://loinc.org", "code": "42348-3" }] }], "content": [{ "attachment": { "url": "https://x/y" } }] });
    let (plan, _) = plan_of(&[theirs], &json!({ "supportingInfo": [{ "reference": "DocumentReference/d" }] }));
    let crisis = plan.crisis.expect("crisis planning");
    assert_eq!(crisis.pad_exists, Some(YesNoUnknown::Yes));
    let linked = crisis.linked_plan.expect("a link");
    assert_eq!((linked.kind.as_deref(), linked.r#ref.as_deref()), (Some("pad"), Some("https://x/y")));
}

#[test]
fn a_peer_takes_part_and_serves_in_a_role() {
    let bundle = bundle_of(&case("signed"));
    let role = resource(&bundle, "PractitionerRole")[0];
    assert_eq!(role["code"][0]["coding"][0]["code"], "175T00000X");
    let to = json!(format!("PractitionerRole/{}", role["id"].as_str().expect("an id")));
    let members = resource(&bundle, "CareTeam")[0]["participant"].as_array().expect("participants");
    assert!(members.iter().any(|one| one["member"]["reference"] == to));
    assert_eq!(resource(&bundle, "ServiceRequest")[0]["performer"][0]["reference"], to);
    let mut theirs = bundle.clone();
    for entry in theirs["entry"].as_array_mut().expect("entries") {
        // Without our identifiers it is a stranger's.
        entry["resource"]
            .as_object_mut()
            .expect("a resource")
            .retain(|name, _| name != "identifier" && name != "extension");
    }
    let plan = read(theirs.to_string()).plan;
    let team = plan.planning.expect("planning").participants;
    assert!(
        team.iter().any(|one| one.role == Some(ParticipantRole::Peer) && one.name.as_deref() == Some("Lee Okafor"))
    );
    assert_eq!(plan.actions[0].actor, Some(Actor::Peer));
}

#[test]
fn q4_says_what_the_services_say_and_the_other_questions_are_carried() {
    let answers = bundle_of(&case("signed"));
    let item = |link: &str| {
        let items = resource(&answers, "QuestionnaireResponse")[0]["item"].as_array().expect("answers").clone();
        items.into_iter().find(|one| one["linkId"] == link).map(|one| one["answer"][0]["valueBoolean"].clone())
    };
    assert_eq!((item("q4"), item("q5"), item("q1")), (Some(json!(false)), Some(json!(true)), None));
    let asked = |link: &str| json!({ "linkId": link, "answer": [{ "valueBoolean": true }] });
    let items: Vec<Value> = ["q1", "q3", "q4", "q5", "q6", "q7"].into_iter().map(asked).collect();
    let theirs = json!({ "resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "item": items });
    let (plan, unread) = plan_of(&[theirs], &json!({ "supportingInfo": [{ "reference": "QuestionnaireResponse/q" }] }));
    assert!(plan.planning.is_some() && plan.agreement.is_some());
    assert!(unread.iter().any(|path| path == "QuestionnaireResponse.item[].answer[].valueBoolean"), "{unread:?}");
}

#[test]
fn what_a_need_is_due_to_is_carried_unread() {
    let condition = json!({ "resourceType": "Condition", "id": "n", "subject": { "reference": "Patient/p" }, "code": { "text": "Sleep" },
        "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", "valueDateTime": "2026-01-02" },
            { "url": "http://hl7.org/fhir/StructureDefinition/condition-dueTo", "valueCodeableConcept": { "text": "Noise" } }] });
    let (plan, unread) = plan_of(&[condition], &json!({ "addresses": [{ "reference": "Condition/n" }] }));
    assert_eq!(plan.barriers[0].diagnosis.len(), 1);
    for part in ["condition-assertedDate", "condition-dueTo"] {
        assert!(unread.iter().any(|path| path.contains(part)), "{unread:?}");
        assert!(plan.unmapped.iter().any(|one| one.path.contains(part)), "{part} is carried");
    }
}
