//! Whether a connection can be delivered to, and by which write method: decided once a connection and kept for ever, since
//! a resource written by both methods is there twice. Pure but for `probe`.

use super::{
    auth::Granted,
    connect::ladder::{self, Standing},
    connection::Connection,
    delivery::Happened,
    fault::Fault,
    peer::{Answer, Peer},
    statement::{self, Powers},
};
use crate::{
    config::DeliveryMethod,
    fhir::capability::{READABLE, SPARED},
    store::{RungRefused, WriteMethod},
};

/// What a connection can do, as far as delivering needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fitness {
    /// How resources are written.
    pub method: WriteMethod,
    /// Which of `SPARED` the server takes; what it does not take is left out of the plan.
    pub takes: [bool; SPARED.len()],
}

impl Fitness {
    /// Whether resources of a type are sent.
    pub(super) fn takes(self, kind: &str) -> bool {
        SPARED.iter().position(|one| *one == kind).is_none_or(|at| self.takes[at])
    }
}

/// Reads the server's statement, gets a token where one is needed, and decides, keeping to what was decided before.
pub(super) async fn probe(
    peer: &Peer,
    connection: &Connection,
    decided: Option<WriteMethod>,
    refused: &[RungRefused],
) -> Result<Standing, Fault> {
    let statement = statement::read(&metadata(peer).await?.said)?;
    let token_url = if peer.passes().by_token() { peer.smart().await?.and_then(|smart| smart.token_url) } else { None };
    if !statement::is_one_tenant(peer.base(), &statement, token_url.as_deref()) {
        return Err(Fault::TenantMixUp);
    }
    let granted = peer.let_in().await?;
    let scopes = granted.as_ref().map(in_force);
    let powers = Powers { statement: &statement, scopes, known: &connection.known, refused: &[] };
    let fitness = fitness(powers, connection.method, decided);
    ladder::standing(powers, fitness, &connection.rungs, refused)
}

/// The statement as everyone gets it; as we get it, where it is not for everyone.
pub(super) async fn metadata(peer: &Peer) -> Result<Answer, Fault> {
    let ask = peer.reading(&["metadata"], &[("_format", "json")]);
    let answer = peer.openly(&ask).await.map_err(|happened| unanswered(&happened))?;
    if !matches!(answer.said.status, 401 | 403) || peer.passes().is_none() {
        return Ok(answer);
    }
    peer.answer(&ask).await.map_err(|happened| unanswered(&happened))
}

/// The scopes that hold: those granted, or those asked for where the server does not say.
pub(super) fn in_force(granted: &Granted) -> &[String] {
    granted.scopes.as_deref().unwrap_or(&granted.asked)
}

/// Why no answer came.
pub(super) fn unanswered(happened: &Happened) -> Fault {
    match happened {
        Happened::NotReady(fault) => *fault,
        Happened::NotReached => Fault::NotReached,
        _ => Fault::NoAnswer,
    }
}

/// What may be done.
pub(super) fn fitness(
    powers: Powers<'_>,
    wanted: DeliveryMethod,
    decided: Option<WriteMethod>,
) -> Result<Fitness, Fault> {
    let can = |kind: &str, action: &str| powers.can(&format!("{kind}.{action}")).0;
    let takes = SPARED.map(|kind| can(kind, "create") || can(kind, "update"));
    let fit = |method| Fitness { method, takes };
    if let Some(scopes) = powers.scopes
        && !needed().all(|kind| super::auth::allows(scopes, kind, 'c') && super::auth::allows(scopes, kind, 'u'))
    {
        return Err(Fault::ScopeMissing);
    }
    // What a person set was proved by a person: it ranks above the statement, which is often wrong.
    match wanted {
        DeliveryMethod::OwnIds => return Ok(fit(decided.unwrap_or(WriteMethod::OwnIds))),
        DeliveryMethod::IfNoneExist => return Ok(fit(decided.unwrap_or(WriteMethod::IfNoneExist))),
        DeliveryMethod::Auto => {}
    }
    if !powers.can("transaction").0 {
        return Err(Fault::NoTransaction);
    }
    let is_offered = |method| match method {
        WriteMethod::OwnIds => needed().all(|kind| can(kind, "update-create")),
        WriteMethod::IfNoneExist => needed().all(|kind| can(kind, "conditional-create") && can(kind, "update")),
    };
    match decided {
        Some(method) if is_offered(method) => Ok(fit(method)),
        Some(_) => Err(Fault::MethodGone),
        None => [WriteMethod::OwnIds, WriteMethod::IfNoneExist]
            .into_iter()
            .find(|method| is_offered(*method))
            .map(fit)
            .ok_or(Fault::NoMethod),
    }
}

/// The types that a plan is made of. A server that cannot take one of them cannot take every plan.
pub(super) fn needed() -> impl Iterator<Item = &'static str> {
    READABLE.iter().copied().filter(|kind| !SPARED.contains(kind))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{DeliveryMethod, Fault, Fitness, Powers, READABLE, WriteMethod};
    use crate::sync::connection::Known;

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

    fn fitness(statement: &Value, wanted: DeliveryMethod, decided: Option<WriteMethod>) -> Result<Fitness, Fault> {
        let powers = Powers { statement, scopes: None, known: &Known::default(), refused: &[] };
        super::fitness(powers, wanted, decided)
    }

    fn decide(statement: &Value, decided: Option<WriteMethod>) -> Result<WriteMethod, Fault> {
        fitness(statement, DeliveryMethod::Auto, decided).map(|fit| fit.method)
    }

    #[test]
    fn the_method_follows_the_statement_and_then_stays() {
        let (a, b) = (WriteMethod::OwnIds, WriteMethod::IfNoneExist);
        let neither = Err(Fault::NoMethod);
        let gone = Err(Fault::MethodGone);
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
        assert_eq!(decide(&statement(true, true, false), None), Err(Fault::NoTransaction));
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
    fn a_scope_that_was_not_granted_stops_delivery_whatever_else_is_said() {
        let said = statement(true, true, true);
        let all: Vec<String> = READABLE.iter().map(|kind| format!("system/{kind}.crus")).collect();
        let known = Known::default();
        for (left_out, expected) in [
            (None, true),
            (Some("Goal"), false),
            (Some("Provenance"), true),
            (Some("Contract"), true),
            (Some("Consent"), true),
        ] {
            let granted = |scope: &&String| left_out.is_none_or(|kind| !scope.contains(&format!("/{kind}.")));
            let scopes: Vec<String> = all.iter().filter(granted).cloned().collect();
            let powers = Powers { statement: &said, scopes: Some(&scopes), known: &known, refused: &[] };
            for wanted in [DeliveryMethod::Auto, DeliveryMethod::OwnIds] {
                let fit = super::fitness(powers, wanted, None);
                assert_eq!(fit.is_ok(), expected, "{left_out:?} {fit:?}");
                assert!(expected || fit == Err(Fault::ScopeMissing), "{fit:?}");
            }
        }
    }

    #[test]
    fn a_server_without_provenance_is_known() {
        let mut said = statement(true, true, true);
        said["rest"][0]["resource"].as_array_mut().expect("types").retain(|kind| kind["type"] != "Provenance");
        let fit = fitness(&said, DeliveryMethod::Auto, None).expect("fit");
        assert!(!fit.takes("Provenance") && fit.takes("Contract") && fit.takes("Goal"));
    }
}
