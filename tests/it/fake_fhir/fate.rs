//! How a request fares: as it should, late, refused, lost before or after it was processed.

use std::{future, time::Duration};

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde_json::json;
use tokio::time::sleep;

use super::{answer, cut, outcome};

/// How one request fares.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// As it should be.
    Well,
    /// As it should be, but only after this long.
    Slowly(Duration),
    /// Not processed; this status, header and body instead.
    Answer(u16, Option<(&'static str, &'static str)>, &'static str),
    /// Not processed, and no answer ever.
    Hang,
    /// Processed, and no answer ever.
    ProcessAndHang,
    /// Not processed; the connection is closed.
    Close,
    /// Processed; the connection is closed.
    ProcessAndClose,
    /// Processed, but the answer is a page for people.
    ProcessAndHtml,
    /// Processed, but the answer is XML.
    ProcessAndXml,
    /// Processed, but an entry says otherwise, within a 200.
    EntryFailed(&'static str),
}

/// Answers by `well`, unless the fate is another.
pub(super) async fn unless(fate: Fate, well: impl FnOnce() -> Response) -> Response {
    match fate {
        Fate::Well => well(),
        Fate::Slowly(time) => {
            sleep(time).await;
            well()
        }
        Fate::Answer(status, header, body) => {
            let mut response = (StatusCode::from_u16(status).expect("a status"), body).into_response();
            if let Some((name, value)) = header {
                response.headers_mut().insert(name, value.parse().expect("a header"));
            }
            response
        }
        Fate::Hang => future::pending().await,
        Fate::ProcessAndHang => {
            well();
            future::pending().await
        }
        Fate::Close => cut(),
        Fate::ProcessAndClose => {
            well();
            cut()
        }
        Fate::ProcessAndHtml => {
            well();
            Html("<html><body>Please log in</body></html>").into_response()
        }
        Fate::ProcessAndXml => {
            well();
            let body = "<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"transaction-response\"/></Bundle>";
            ([("content-type", "application/fhir+xml")], body).into_response()
        }
        Fate::EntryFailed(status) => answer(
            200,
            &json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": [
                { "response": { "status": status, "outcome": outcome("business-rule") } }] }),
        ),
    }
}
