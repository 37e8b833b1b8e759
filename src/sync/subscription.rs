//! Asks the server of a connection to notify us of changes, once, and says where that stands. The secret goes to the server
//! in the Subscription, and is shown nowhere.

use reqwest::Method;
use serde_json::Value;

use super::{
    Connection, SyncError,
    capability::unanswered,
    delivery::Happened,
    fault::Fault,
    peer::{Answer, Peer},
};
use crate::{clock::Clock, fhir::notification::subscription};

/// Where a subscription stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscribed {
    /// It is there: its id, and its status in FHIR's words.
    There {
        /// The server's id.
        id: String,
        /// `requested`, `active`, `error` or `off`.
        status: String,
        /// Whether it was made now.
        is_new: bool,
    },
    /// The server does not take it, with its status.
    Refused(u16),
    /// It cannot be asked now: what is wrong, and what helps.
    NotNow(&'static str),
}

/// Looks for our subscription at the server of a connection, and makes it where there is none.
pub async fn subscribe(connection: &Connection, clock: Clock) -> Result<Subscribed, SyncError> {
    let hook = connection.hook.as_ref().filter(|hook| !hook.said.endpoint.is_empty() && !hook.said.topic.is_empty());
    let hook = hook.ok_or_else(|| connection.wrong("subscription needs secret_file, endpoint and topic"))?;
    let said = &hook.said;
    // What is told, and the secret, cross the network as our own deliveries do.
    super::connection::token_address(&said.endpoint, connection.allow_plain_http)
        .map_err(|problem| connection.wrong(&format!("subscription.endpoint {problem}")))?;
    let header = format!("Authorization: Bearer {}", hook.secret()?.expose());
    let peer = Peer::new(connection, connection.timeout, clock)?;
    let found = match ask(&peer, Method::GET, &[("url", &said.endpoint)], None).await {
        Ok(answer) if answer.said.status == 200 => tree(&answer),
        Ok(answer) => return Ok(Subscribed::Refused(answer.said.status)),
        Err(happened) => return Ok(not_now(&happened)),
    };
    let is_ours =
        |one: &&Value| one["channel"]["endpoint"] == said.endpoint.as_str() && one["criteria"] == said.topic.as_str();
    let mut all = found["entry"].as_array().into_iter().flatten().map(|entry| &entry["resource"]);
    if let Some(there) = all.find(is_ours) {
        return Ok(stands(there, false));
    }
    let asked = subscription(&said.topic, &said.filters, &said.endpoint, &header).to_string();
    Ok(match ask(&peer, Method::POST, &[], Some(asked)).await {
        Ok(answer) if matches!(answer.said.status, 200 | 201) => stands(&made(&answer), true),
        Ok(answer) => Subscribed::Refused(answer.said.status),
        Err(happened) => not_now(&happened),
    })
}

async fn ask(peer: &Peer, method: Method, query: &[(&str, &str)], body: Option<String>) -> Result<Answer, Happened> {
    let mut ask = peer.asking(method, &["Subscription"], body);
    if !query.is_empty() {
        ask.url.query_pairs_mut().extend_pairs(query);
    }
    peer.answer(&ask).await
}

fn tree(answer: &Answer) -> Value {
    serde_json::from_str(&answer.said.body).unwrap_or_default()
}

/// What was made, as far as the answer tells: its id may stand in the body or in `Location` alone.
fn made(answer: &Answer) -> Value {
    let mut made = tree(answer);
    let location = answer.headers.get("location").and_then(|place| place.to_str().ok());
    let after = location.and_then(|place| place.split_once("Subscription/")).map(|(_, after)| after);
    if let (None, Some(id)) = (made["id"].as_str(), after.and_then(|after| after.split('/').next())) {
        made = serde_json::json!({ "id": id, "status": made["status"] });
    }
    made
}

fn stands(resource: &Value, is_new: bool) -> Subscribed {
    let text = |name: &str| resource[name].as_str().unwrap_or("unknown").to_owned();
    Subscribed::There { id: text("id"), status: text("status"), is_new }
}

fn not_now(happened: &Happened) -> Subscribed {
    let fault: Fault = unanswered(happened);
    Subscribed::NotNow(fault.code())
}
