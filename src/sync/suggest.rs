//! Asks a server who might be a person of ours there (`Patient/$match`): a list for a person to look at. Nothing is chosen,
//! kept or linked by it, and names stay at the server: an answer is told by ids, scores and grades.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Connection, SyncError, answer::has_identifier, delivery::Happened, peer::Peer};
use crate::{clock::Clock, fhir::merged::person_system};

/// HL7's extension in which a server says how sure it is.
const GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";
const GRADES: [&str; 4] = ["certain", "probable", "possible", "certainly-not"];

/// Most candidates that are asked for.
const MOST: u32 = 20;

/// A record there that might be the person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id there.
    pub remote_id: String,
    /// How near it is, in hundredths; where the server says so.
    pub score: Option<u8>,
    /// How sure the server is, in FHIR's words.
    pub grade: Option<&'static str>,
    /// Whether it has the agency's own id of the person.
    pub has_our_id: bool,
}

/// What asking came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suggested {
    /// Those that the server found, in its order.
    Candidates(Vec<Candidate>),
    /// It does not offer this, with its status.
    NotOffered(u16),
    /// It cannot be asked now, and why.
    NotNow(&'static str),
}

/// Asks the server of a connection for candidates. `patient` is our Patient of the person whom the agency knows by the id.
pub async fn suggest(
    connection: &Connection,
    patient: &Value,
    (agency, id): (&str, &str),
    clock: Clock,
) -> Result<Suggested, SyncError> {
    let system = match connection.rungs.person_system.as_str() {
        "" => person_system(agency),
        system => system.to_owned(),
    };
    let peer = Peer::new(connection, connection.timeout, clock)?;
    let asked = json!({
        "resourceType": "Parameters",
        "parameter": [
            { "name": "resource", "resource": patient },
            { "name": "onlyCertainMatches", "valueBoolean": false },
            { "name": "count", "valueInteger": MOST }
        ]
    });
    let ask = peer.asking(Method::POST, &["Patient", "$match"], Some(asked.to_string()));
    let said = match peer.answer(&ask).await {
        Ok(answer) => answer.said,
        Err(Happened::NotReady(fault)) => return Ok(Suggested::NotNow(fault.says())),
        Err(_) => return Ok(Suggested::NotNow("the server was not reached, or did not answer")),
    };
    match said.resource() {
        Ok(bundle) => Ok(Suggested::Candidates(candidates(&bundle, (&system, id)))),
        Err(Happened::Refused { status, .. }) => Ok(Suggested::NotOffered(status)),
        Err(_) => Ok(Suggested::NotNow("the answer is not what FHIR lays down")),
    }
}

fn candidates(bundle: &Value, (system, id): (&str, &str)) -> Vec<Candidate> {
    let entries = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_person = |entry: &&Value| entry["resource"]["resourceType"] == "Patient";
    let candidate = |entry: &Value| {
        let search = &entry["search"];
        let told = search["extension"].as_array().into_iter().flatten().find(|one| one["url"] == GRADE);
        let told = told.and_then(|one| one["valueCode"].as_str());
        Some(Candidate {
            remote_id: entry["resource"]["id"].as_str()?.to_owned(),
            score: search["score"].as_f64().and_then(hundredths),
            grade: told.and_then(|told| GRADES.into_iter().find(|grade| *grade == told)),
            has_our_id: has_identifier(&entry["resource"], system, id),
        })
    };
    entries.iter().filter(is_person).filter_map(candidate).collect()
}

/// A share from 0 to 1.
fn hundredths(score: f64) -> Option<u8> {
    (0..=100).find(|part| (score * 100.0 - f64::from(*part)).abs() <= 0.5)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Candidate, candidates};

    #[test]
    fn a_candidate_is_told_by_id_score_and_grade_and_by_nothing_else() {
        let grade = |code: &str| json!([{ "url": super::GRADE, "valueCode": code }]);
        let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "entry": [
            { "resource": { "resourceType": "Patient", "id": "9", "name": [{ "text": "Ann" }],
                "identifier": [{ "system": "urn:mrn", "value": "7" }] },
              "search": { "score": 0.91, "extension": grade("probable") } },
            { "resource": { "resourceType": "Patient", "id": "8" }, "search": { "score": 3, "extension": grade("Ann") } },
            { "resource": { "resourceType": "OperationOutcome" } },
        ] });
        let candidate =
            |id: &str, score, grade, has_our_id| Candidate { remote_id: id.to_owned(), score, grade, has_our_id };
        let found = candidates(&bundle, ("urn:mrn", "7"));
        assert_eq!(found, [candidate("9", Some(91), Some("probable"), true), candidate("8", None, None, false)]);
    }
}
