//! Peer support stays peer support: by request, in a peer's part, and never a clinician's task or an involuntary measure.

use ownwords::rules::Severity;
use serde_json::{Value, json};

use super::{check_places, finding, judged, plan_with};

#[allow(clippy::needless_pass_by_value)]
fn steps(action: Value) -> Value {
    json!({ "actions": [action] })
}

/// Texts of a peer's step, and whether a rule speaks of them.
fn check_texts(rule: &str, texts: &[(&str, bool)]) {
    let mut wrong = Vec::new();
    for (text, expected) in texts {
        for field in ["text", "purpose"] {
            let verdict = judged(&plan_with(steps(json!({ "actor": "peer", field: text }))), "standard");
            let at = finding(&verdict, rule).map(|finding| finding.pointer.as_str());
            if at != expected.then_some(format!("/actions/0/{field}")).as_deref() {
                wrong.push(format!("{field} {text:?}: {at:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{rule}\n{}", wrong.join("\n"));
}

#[test]
fn a_peers_step_is_no_clinicians_task() {
    check_texts(
        "PEER-003",
        &[
            ("Peer will monitor medication compliance and report missed doses.", true),
            ("Ensures attendance", true),
            ("Reports back to the team", true),
            ("Assess mental status every week", true),
            ("Teach her about her diagnosis", true),
            ("Redirect behaviors in the day room", true),
            ("Comply with treatment recommendations", true),
            ("Supervisar el cumplimiento con los medicamentos", true),
            ("Vigila la toma de medicamentos", true),
            ("Evaluar el riesgo", true),
            ("Informar las faltas al equipo", true),
            ("Redirigir sus conductas", true),
            ("Checks in by phone on Sundays", false),
            ("Teach each other chess openings", false),
            ("Shares how she talks with her doctor about symptoms", false),
            ("Encourage each other to speak up", false),
            ("Goes along when Sam reports the broken heater to the landlord", false),
            ("Track down the bus schedule together", false),
            ("Practice asking the doctor questions", false),
            ("Acompañar a María a la farmacia por sus medicinas", false),
            ("Enseña a tocar el bajo", false),
            ("Informarse juntos sobre los autobuses", false),
            ("Controlar los gastos juntos", false),
        ],
    );
}

#[test]
fn a_peer_takes_no_part_in_an_involuntary_measure() {
    check_texts(
        "PEER-004",
        &[
            ("Testify at the commitment hearing", true),
            ("Escort him to the hospital under court order", true),
            ("Assist with physical restraint", true),
            ("Go along on the police transport", true),
            ("Llevarla al hospital con orden judicial", true),
            ("Ayudar con el internamiento involuntario", true),
            ("Sit with him before he goes to court, if he wants", false),
            ("Talk about his commitment to the choir", false),
            ("Drive her to the courthouse for her license", false),
            ("Poner en orden los papeles", false),
            ("Plan the trip within her budget restraints", false),
            ("Acompañarla a salir del aislamiento", false),
            ("Llevarlo a la sala de aislamiento", true),
            ("Explain the use of restraints", true),
            ("Caminar juntos al tribunal para su licencia", false),
        ],
    );
    let place: &[&str] = &["/actions/0/voluntary"];
    check_places(
        "PEER-004",
        [
            (steps(json!({ "actor": "peer", "text": "Weekly visits", "voluntary": "no" })), place),
            (steps(json!({ "actor": "peer", "text": "Commitment hearing", "voluntary": "no" })), place),
            (steps(json!({ "actor": "peer", "text": "Weekly visits", "voluntary": "unknown" })), &[]),
            (steps(json!({ "actor": "peer", "voluntary": "no", "status": "stopped" })), &[]),
            (steps(json!({ "actor": "professional", "text": "Commitment hearing", "voluntary": "no" })), &[]),
        ],
    );
    let weight = |policy: &str| {
        let verdict = judged(&plan_with(steps(json!({ "actor": "peer", "voluntary": "no" }))), policy);
        finding(&verdict, "PEER-004").map(|finding| finding.severity)
    };
    assert_eq!(
        ["observe", "standard", "strict"].map(weight),
        [Severity::Warning, Severity::Warning, Severity::Error].map(Some)
    );
}

#[test]
fn a_peer_comes_by_request_and_in_a_peers_part() {
    let one = |participant: Value| json!({ "planning": { "participants": [participant] } });
    let part = |function: Value| one(json!({ "role": "peer", "function": function, "invited_by_person": "yes" }));
    let (function, invited): (&[&str], &[&str]) =
        (&["/planning/participants/0/function"], &["/planning/participants/0/invited_by_person"]);
    let mut peer_run = part(json!("facilitator"));
    peer_run["program"] = json!({ "type": "peer-run" });
    check_places(
        "PEER-001",
        [
            (part(json!("facilitator")), function),
            (part(json!("author")), function),
            (part(json!("communication-support")), &[]),
            (part(json!("ally")), &[]),
            (part(Value::Null), &[]),
            (peer_run, &[]),
            (one(json!({ "role": "clinician", "function": "author" })), &[]),
            (one(json!({ "relationship": "peer", "function": "author" })), function),
        ],
    );
    check_places(
        "PEER-005",
        [(part(Value::Null), function), (part(json!("attendee")), &[]), (part(json!("scribe")), &[])],
    );
    check_places(
        "PEER-002",
        [
            (one(json!({ "role": "peer" })), invited),
            (one(json!({ "role": "peer", "invited_by_person": "unknown" })), invited),
            (one(json!({ "role": "peer", "invited_by_person": "yes" })), &[]),
            (one(json!({ "role": "friend" })), &[]),
        ],
    );
}
