//! `GET /rules` and `GET /rules/{id}`: the catalogue, as `ownwords rules --format json` prints it; a rule's page as
//! Markdown for whoever asks for `text/markdown`. Open to every caller that is let in; nothing here is about a person.

use axum::{
    Json,
    extract::Path,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{auth::Caller, error::HttpError, form::accepted};
use crate::{
    profile::rule_json,
    rules::{Rule, catalogue},
};

pub(super) async fn list(_: Caller) -> Result<Json<Value>, HttpError> {
    let rules: Result<Vec<_>, _> = catalogue::RULES.iter().map(|rule| shown(rule)).collect();
    Ok(Json(Value::from(rules?)))
}

pub(super) async fn one(_: Caller, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, HttpError> {
    let rule = catalogue::rule(&id.to_ascii_uppercase()).ok_or(HttpError::NotHere)?;
    let vary = (header::VARY, "accept");
    if wants_markdown(&headers) {
        let markdown = (header::CONTENT_TYPE, "text/markdown; charset=utf-8");
        return Ok(([markdown, vary], rule.page).into_response());
    }
    Ok(([vary], Json(shown(rule)?)).into_response())
}

fn shown(rule: &Rule) -> Result<Value, HttpError> {
    rule_json(rule).map_err(|_| HttpError::OurFault("policy"))
}

/// Whether Markdown is named among what the caller takes.
fn wants_markdown(headers: &HeaderMap) -> bool {
    accepted(headers).any(|kind| kind.eq_ignore_ascii_case("text/markdown"))
}
