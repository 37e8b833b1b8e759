//! What is signed, what lives elsewhere and who is a peer: as a guide wants it said, and as others say it.

use ownwords::plan::{
    Plan, YesNoUnknown,
    action::Actor,
    code::Vocabulary,
    crisis::HealthcareAgent,
    planning::{Choices, ParticipantRole, TookPart},
};
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
fn who_decides_when_the_person_cannot_is_a_consent() {
    let bundle = bundle_of(&case("signed"));
    let consent = resource(&bundle, "Consent")[0];
    assert_eq!(consent["scope"]["coding"][0]["code"], "adr");
    assert!(consent["category"].to_string().contains("42348-3"));
    let document = resource(&bundle, "DocumentReference")[0]["id"].as_str().expect("an id");
    assert_eq!(consent["sourceReference"]["reference"], format!("DocumentReference/{document}"));
    let actors = consent["provision"]["actor"].as_array().expect("actors");
    let roles: Vec<_> = actors.iter().map(|one| &one["role"]["coding"][0]["code"]).collect();
    assert_eq!(roles, ["75783-1", "75784-9"]);
    let people = resource(&bundle, "RelatedPerson");
    let ann = people.iter().find(|one| one["name"][0]["text"] == "Ann Example").expect("the guardian is the agent");
    assert_eq!(actors[0]["reference"]["reference"], format!("RelatedPerson/{}", ann["id"].as_str().expect("an id")));
    assert_eq!(ann["telecom"], json!([{ "system": "phone", "value": "+1 555 0188" }]));
    let to = format!("Consent/{}", consent["id"].as_str().expect("an id"));
    let main = resource(&bundle, "CarePlan").into_iter().find(|plan| plan.get("partOf").is_none());
    assert!(main.expect("the plan")["supportingInfo"].to_string().contains(&to));

    let mut unlinked = case("everything");
    let consents = |plan: &Plan| resource(&bundle_of(plan), "Consent").len();
    assert_eq!(consents(&unlinked), 1, "a wellness plan names no agents, yet the record does");
    assert!(resource(&bundle_of(&unlinked), "Consent")[0].get("sourceReference").is_none());
    unlinked.crisis.as_mut().expect("crisis planning").agents.clear();
    assert_eq!(consents(&unlinked), 0);
}

#[test]
fn agents_of_the_same_name_keep_what_each_has() {
    let mut plan = case("signed");
    let one = |phone: Option<&str>, relationship: Option<&str>| HealthcareAgent {
        name: Some("Ann Example".into()),
        phone: phone.map(str::to_owned),
        relationship: relationship.map(str::to_owned),
        role: Some("second in line".into()),
    };
    let agents = vec![
        one(None, None),
        one(Some("1"), Some("aunt")),
        one(Some("2"), Some("Family")),
        HealthcareAgent { phone: Some("3".into()), ..HealthcareAgent::default() },
    ];
    plan.crisis.as_mut().expect("crisis planning").agents.clone_from(&agents);
    let back = read(bundle_of(&plan).to_string());
    assert_eq!(back.plan.crisis.expect("crisis planning").agents, agents);
    assert!(back.unread.is_empty(), "{:?}", back.unread);
}

#[test]
fn the_agents_of_others_are_read_by_their_roles() {
    let actor = |code: &str, who: &str| {
        json!({ "role": { "coding": [{ "system": "http://loinc.org", "code": code }] },
        "reference": { "reference": format!("RelatedPerson/{who}") } })
    };
    let somebody = |id: &str, name: &str| {
        json!({ "resourceType": "RelatedPerson", "id": id, "patient": { "reference": "Patient/p" },
        "name": [{ "text": name }], "relationship": [{ "text": "aunt" }], "telecom": [{ "system": "email", "value": "a@x" },
        { "system": "phone", "value": "555" }] })
    };
    let consent = |status: &str, kind: &str, patient: &str| {
        json!({ "resourceType": "Consent", "id": "a", "status": status,
        "scope": { "coding": [{ "system": "http://loinc.org", "code": "81377-4" }] },
        "category": [{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/consentcategorycodes", "code": "acd" }] }],
        "patient": { "reference": patient }, "sourceReference": { "reference": "DocumentReference/d" }, "policy": [{ "uri": "urn:law" }],
        "provision": { "type": kind, "actor": [actor("75783-1", "r1"), actor("75785-6", "r2"), actor("81343-6", "r2")] } })
    };
    let directive = json!({ "resourceType": "DocumentReference", "id": "d", "status": "current", "subject": { "reference": "Patient/p" },
        "category": [{ "coding": [{ "system": "http://loinc.org", "code": "42348-3" }] }], "content": [{ "attachment": { "url": "https://x/y" } }] });
    let agents = |consent: Value, info: &str| {
        let more = [somebody("r1", "Ann"), somebody("r2", "Ben"), consent, directive.clone()];
        let (plan, unread) = plan_of(&more, &json!({ "supportingInfo": [{ "reference": info }] }));
        (plan.crisis.map(|crisis| crisis.agents).unwrap_or_default(), unread)
    };
    for info in ["Consent/a", "DocumentReference/d"] {
        let (named, unread) = agents(consent("active", "permit", "Patient/p"), info);
        let said: Vec<_> =
            named.iter().map(|one| (one.name.as_deref(), one.role.as_ref().map(Vocabulary::as_str))).collect();
        assert_eq!(said, [(Some("Ann"), Some("agent")), (Some("Ben"), Some("alternate"))], "{info}");
        assert_eq!((named[0].phone.as_deref(), named[0].relationship.as_deref()), (Some("555"), Some("aunt")));
        for left in
            ["RelatedPerson.telecom[].value", "Consent.policy[].uri", "Consent.provision.actor[].role.coding[].code"]
        {
            assert!(unread.iter().any(|path| path == left), "{info}: {left} in {unread:?}");
        }
    }
    for other in [
        consent("inactive", "permit", "Patient/p"),
        consent("active", "deny", "Patient/p"),
        consent("active", "permit", "Patient/q"),
    ] {
        let (named, unread) = agents(other, "Consent/a");
        assert!(named.is_empty() && unread.iter().any(|path| path == "Consent"), "{unread:?}");
    }
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
fn the_questions_of_eltss_are_answered_as_the_record_does() {
    let answered = |plan: &Plan| {
        let bundle = bundle_of(plan);
        let items = resource(&bundle, "QuestionnaireResponse")[0]["item"].as_array().expect("answers").clone();
        items.into_iter().map(|one| (one["linkId"].clone(), one["answer"][0].clone())).collect::<Vec<_>>()
    };
    let of =
        |all: &[(Value, Value)], link: &str| all.iter().find(|(one, _)| one == link).map(|(_, answer)| answer.clone());
    let yes = |yes: bool| Some(json!({ "valueBoolean": yes }));
    let mut plan = case("signed");
    let said = answered(&plan);
    assert_eq!(
        (of(&said, "q4"), of(&said, "q5"), of(&said, "q1")),
        (yes(false), yes(true), None),
        "nothing is guessed"
    );
    plan.planning.as_mut().expect("planning").choices = Some(Choices {
        setting: Some(YesNoUnknown::Yes),
        alternatives: Some("A shared house; living with Ann".into()),
        services: Some(YesNoUnknown::No),
        providers: Some(YesNoUnknown::Unknown),
        informed: Some(YesNoUnknown::Yes),
    });
    let said = answered(&plan);
    let order: Vec<_> = said.iter().filter_map(|(link, _)| link.as_str()).take(7).collect();
    assert_eq!(order, ["q1", "q2", "q3", "q4", "q5", "q6", "q7"]);
    assert_eq!((of(&said, "q1"), of(&said, "q3"), of(&said, "q7")), (yes(true), yes(false), yes(true)));
    assert_eq!(of(&said, "q2"), Some(json!({ "valueString": "A shared house; living with Ann" })));
    assert_eq!(of(&said, "q6"), Some(Value::Null), "asked, and not known");
}

#[test]
fn the_answers_of_others_are_read_and_what_does_not_answer_is_told() {
    let theirs = |items: &[Value]| json!({ "resourceType": "QuestionnaireResponse", "id": "q", "status": "completed", "item": items });
    let read = |items: &[Value]| {
        plan_of(&[theirs(items)], &json!({ "supportingInfo": [{ "reference": "QuestionnaireResponse/q" }] }))
    };
    let asked = |link: &str| json!({ "linkId": link, "answer": [{ "valueBoolean": true }] });
    let mut items: Vec<Value> = ["q1", "q3", "q4", "q5", "q6", "q7"].into_iter().map(asked).collect();
    items.push(json!({ "linkId": "q2", "text": "Alternatives", "answer": [{ "valueString": "Assisted living" }] }));
    let (plan, unread) = read(&items);
    let planning = plan.planning.expect("planning");
    assert_eq!((planning.person_took_part, plan.agreement.is_some()), (Some(TookPart::Yes), true));
    let yes = Some(YesNoUnknown::Yes);
    let alternatives = Some("Assisted living".into());
    let choices =
        Choices { setting: yes.clone(), alternatives, services: yes.clone(), providers: yes.clone(), informed: yes };
    assert_eq!(planning.choices, Some(choices));
    assert!(unread.iter().all(|path| !path.contains("item")), "{unread:?}");

    let other = [
        json!({ "linkId": "q1", "answer": [{ "valueString": "my sister chose" }] }),
        json!({ "linkId": "q3" }),
        asked("q8"),
    ];
    let (plan, unread) = read(&other);
    assert!(plan.planning.is_none());
    for left in ["valueString", "valueBoolean"] {
        assert!(unread.iter().any(|path| path.ends_with(left)), "{unread:?}");
    }
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
