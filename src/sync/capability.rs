//! What the receiving server says it can do, and which write method follows: decided once a connection and kept for ever,
//! since a resource written by both methods is there twice. Pure but for `probe`.

use serde_json::Value;

use super::peer::Peer;
use crate::{config::DeliveryMethod, fhir::capability::READABLE, store::WriteMethod};

/// What a connection can do, as far as delivering needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fitness {
    /// How resources are written.
    pub method: WriteMethod,
    /// Whether the server takes Provenance; one that does not gets the plan without.
    pub takes_provenance: bool,
}

/// Reads the server's statement and decides, keeping to what was decided before.
pub(super) async fn probe(
    peer: &Peer,
    wanted: DeliveryMethod,
    decided: Option<WriteMethod>,
) -> Result<Fitness, &'static str> {
    let said = peer.get(&["metadata"], &[("_format", "json")]).await.map_err(|_| "metadata: no answer")?;
    if said.status == 401 || said.status == 403 {
        return Err("metadata: not let in");
    }
    let statement = said.resource().map_err(|_| "metadata: no success")?;
    fitness(&statement, wanted, decided)
}

/// What a statement allows.
fn fitness(statement: &Value, wanted: DeliveryMethod, decided: Option<WriteMethod>) -> Result<Fitness, &'static str> {
    if statement["resourceType"] != "CapabilityStatement" {
        return Err("metadata: no CapabilityStatement");
    }
    if !statement["fhirVersion"].as_str().is_some_and(|version| version.starts_with("4.0")) {
        return Err("metadata: not FHIR R4");
    }
    let rest = statement["rest"].as_array().and_then(|all| all.iter().find(|rest| rest["mode"] == "server"));
    let rest = rest.ok_or("metadata: no server part")?;
    let takes_provenance = can(rest, "Provenance", |entry| lists(entry, "create") || lists(entry, "update"));
    let fit = |method| Fitness { method, takes_provenance };
    // What a person set was proved by a person: it ranks above the statement, which is often wrong.
    match wanted {
        DeliveryMethod::OwnIds => return Ok(fit(decided.unwrap_or(WriteMethod::OwnIds))),
        DeliveryMethod::IfNoneExist => return Ok(fit(decided.unwrap_or(WriteMethod::IfNoneExist))),
        DeliveryMethod::Auto => {}
    }
    if !lists(rest, "transaction") {
        return Err("metadata: no transaction");
    }
    let every = |test: fn(&Value) -> bool| needed().all(|kind| can(rest, kind, test));
    let own_ids = every(|entry| entry["updateCreate"] == true && lists(entry, "update"));
    let if_none_exist =
        every(|entry| entry["conditionalCreate"] == true && lists(entry, "create") && lists(entry, "update"));
    let is_offered = |method| match method {
        WriteMethod::OwnIds => own_ids,
        WriteMethod::IfNoneExist => if_none_exist,
    };
    match decided {
        Some(method) if is_offered(method) => Ok(fit(method)),
        Some(_) => Err("metadata: no longer offers the write method of this connection"),
        None => [WriteMethod::OwnIds, WriteMethod::IfNoneExist]
            .into_iter()
            .find(|method| is_offered(*method))
            .map(fit)
            .ok_or("metadata: neither ids of ours nor conditional create"),
    }
}

/// The types that a plan is made of. A server that cannot take one of them cannot take every plan.
fn needed() -> impl Iterator<Item = &'static str> {
    READABLE.iter().copied().filter(|kind| *kind != "Provenance")
}

fn can(rest: &Value, kind: &str, test: impl Fn(&Value) -> bool) -> bool {
    rest["resource"].as_array().is_some_and(|all| all.iter().any(|entry| entry["type"] == kind && test(entry)))
}

fn lists(part: &Value, interaction: &str) -> bool {
    part["interaction"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == interaction))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{DeliveryMethod, READABLE, WriteMethod, fitness};

    fn statement(update_create: bool, conditional_create: bool, transaction: bool) -> Value {
        let kinds = READABLE.iter().map(|kind| {
            json!({
                "type": kind,
                "interaction": [{ "code": "create" }, { "code": "update" }],
                "updateCreate": update_create,
                "conditionalCreate": conditional_create,
            })
        });
        let kinds: Vec<Value> = kinds.collect();
        let system = if transaction { json!([{ "code": "transaction" }]) } else { json!([{ "code": "batch" }]) };
        json!({
            "resourceType": "CapabilityStatement",
            "fhirVersion": "4.0.1",
            "rest": [{ "mode": "server", "interaction": system, "resource": kinds }],
        })
    }

    fn decide(statement: &Value, decided: Option<WriteMethod>) -> Result<WriteMethod, &'static str> {
        fitness(statement, DeliveryMethod::Auto, decided).map(|fit| fit.method)
    }

    #[test]
    fn the_method_follows_the_statement_and_then_stays() {
        let (a, b) = (WriteMethod::OwnIds, WriteMethod::IfNoneExist);
        let neither = Err("metadata: neither ids of ours nor conditional create");
        let gone = Err("metadata: no longer offers the write method of this connection");
        for (update_create, conditional_create, decided, expected) in [
            (true, true, None, Ok(a)),
            (true, false, None, Ok(a)),
            (false, true, None, Ok(b)),
            (false, false, None, neither),
            // Once decided, a better offer changes nothing, and a withdrawn one stops delivery.
            (true, true, Some(b), Ok(b)),
            (true, false, Some(b), gone),
            (false, true, Some(a), gone),
        ] {
            let said = statement(update_create, conditional_create, true);
            assert_eq!(decide(&said, decided), expected, "{update_create} {conditional_create} {decided:?}");
        }
        assert_eq!(decide(&statement(true, true, false), None), Err("metadata: no transaction"));
    }

    #[test]
    fn one_needed_type_without_it_is_enough_to_say_no() {
        let mut said = statement(true, false, true);
        said["rest"][0]["resource"][2]["updateCreate"] = json!(false);
        assert!(decide(&said, None).is_err());
    }

    #[test]
    fn what_a_person_set_ranks_above_the_statement() {
        let said = statement(false, false, false);
        for (wanted, expected) in
            [(DeliveryMethod::OwnIds, WriteMethod::OwnIds), (DeliveryMethod::IfNoneExist, WriteMethod::IfNoneExist)]
        {
            assert_eq!(fitness(&said, wanted, None).map(|fit| fit.method), Ok(expected));
        }
    }

    #[test]
    fn what_is_no_r4_server_is_not_written_to() {
        for (said, problem) in [
            (json!({ "resourceType": "Patient" }), "metadata: no CapabilityStatement"),
            (json!({ "resourceType": "CapabilityStatement", "fhirVersion": "5.0.0" }), "metadata: not FHIR R4"),
            (
                json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1", "rest": [{ "mode": "client" }] }),
                "metadata: no server part",
            ),
        ] {
            assert_eq!(decide(&said, None), Err(problem));
        }
    }

    #[test]
    fn a_server_without_provenance_is_known() {
        let mut said = statement(true, true, true);
        said["rest"][0]["resource"].as_array_mut().expect("types").retain(|kind| kind["type"] != "Provenance");
        let fit = fitness(&said, DeliveryMethod::Auto, None).expect("fit");
        assert!(!fit.takes_provenance);
    }
}
