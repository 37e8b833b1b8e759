//! Watches over every request: its id, its time, its line in the log. Paths asked for are never logged, only routes.

use std::{sync::LazyLock, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{Extensions, Method},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;
use tower_http::request_id::RequestId;
use uuid::Uuid;

use super::{
    Service,
    error::{HttpError, tell_fault},
};
use crate::events;

/// Answers in time, and says in the log how.
pub(super) async fn watch(State(service): State<Service>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id(request.extensions());
    let method = method_name(request.method());
    let route = route_name(&request);
    let response = match timeout(service.settings.request_timeout(), next.run(request)).await {
        Ok(response) => response,
        Err(_) => HttpError::TooSlow.into_response(),
    };
    tell_fault(id, &response);
    events::RequestAnswered { request: id, method, route, status: response.status().as_u16(), took: began.elapsed() }
        .emit();
    response
}

/// The request's id: the one it came with when that is a UUID, else one of ours.
pub(super) fn request_id(extensions: &Extensions) -> Uuid {
    let given = extensions.get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    given.and_then(|id| Uuid::try_parse(id).ok()).unwrap_or_else(Uuid::now_v7)
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}

/// The route as it is written in the table of routes, so that nothing of an address can come into the log.
fn route_name(request: &Request) -> &'static str {
    static NAMES: LazyLock<Vec<&str>> = LazyLock::new(super::addresses);
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    matched.and_then(|route| NAMES.iter().copied().find(|known| *known == route)).unwrap_or("none")
}
