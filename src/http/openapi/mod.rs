//! `GET /openapi.json`: what the addresses that are not FHIR take and answer, for programs. Open to everyone.
//!
//! It is made of one table (`table`) and of the schemas of bodies (`schemas.json`). Tests hold the table against the routes and
//! the answers against the schemas; what FHIR's addresses do, `/fhir/metadata` says.

mod table;

use std::sync::LazyLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use table::{Answer, Body, OPERATIONS, Operation, Parameter};

const SCHEMAS: &str = include_str!("schemas.json");

const JSON: &str = "application/json";

pub(super) async fn document_itself() -> Response {
    static SAID: LazyLock<String> = LazyLock::new(|| document().to_string());
    ([(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, "max-age=300")], SAID.as_str()).into_response()
}

/// The document, `OpenAPI` 3.1.
pub fn document() -> Value {
    let schemas: Value = serde_json::from_str(SCHEMAS).expect("a test made sure that schemas.json is JSON");
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS {
        let place = paths.entry(operation.path).or_insert_with(|| json!({}));
        place[operation.method] = said(operation);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "ownwords",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Sends person-centered recovery plans in and follows what became of them. The FHIR addresses \
                are described by /fhir/metadata."
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Refused": {
                "description": "Not done, and why: status 4xx for what the caller can mend, 5xx for what we must.",
                "content": {"application/fhir+json": {"schema": reference("OperationOutcome")}}
            }},
            "securitySchemes": {"token": {
                "type": "http", "scheme": "bearer",
                "description": "The token of a configured [[caller]]. Without any, only this machine may call."
            }}
        }
    })
}

fn said(operation: &Operation) -> Value {
    let mut all = Map::new();
    all.insert("operationId".to_owned(), json!(operation.id));
    all.insert("summary".to_owned(), json!(operation.summary));
    let parameters: Vec<Value> = path_parameters(operation.path).chain(operation.query.iter().map(parameter)).collect();
    if !parameters.is_empty() {
        all.insert("parameters".to_owned(), json!(parameters));
    }
    if let Some(body) = &operation.body {
        all.insert("requestBody".to_owned(), body_of(body));
    }
    let mut answers: Map<String, Value> = operation.answers.iter().map(answer).collect();
    let statuses =
        operation.refused.iter().copied().chain(if operation.is_open { &[][..] } else { &[401, 403] }.iter().copied());
    for status in statuses.chain([408, 500, 503]) {
        answers.entry(status.to_string()).or_insert_with(|| json!({"$ref": "#/components/responses/Refused"}));
    }
    answers.sort_keys();
    all.insert("responses".to_owned(), Value::Object(answers));
    let security = if operation.is_open { json!([]) } else { json!([{"token": []}, {}]) };
    all.insert("security".to_owned(), security);
    Value::Object(all)
}

fn path_parameters(path: &'static str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}))
}

fn parameter(one: &Parameter) -> Value {
    json!({"name": one.name, "in": "query", "description": one.about, "schema": one.kind.schema()})
}

fn body_of(body: &Body) -> Value {
    let (schema, forms): (Value, &[&str]) = match body.schema {
        Some(name) => (reference(name), &[JSON]),
        None => (json!({}), &[JSON, "text/csv", "application/octet-stream"]),
    };
    let content: Map<String, Value> =
        forms.iter().map(|form| ((*form).to_owned(), json!({"schema": schema.clone()}))).collect();
    json!({"description": body.about, "required": true, "content": content})
}

fn answer(one: &Answer) -> (String, Value) {
    let mut said = json!({"description": one.about});
    let forms = one.forms.iter().map(|(form, schema)| {
        let schema = if schema.is_empty() { json!({}) } else { reference(schema) };
        ((*form).to_owned(), json!({"schema": schema}))
    });
    let content: Map<String, Value> = forms.collect();
    if !content.is_empty() {
        said["content"] = Value::Object(content);
    }
    (one.status.to_string(), said)
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}
