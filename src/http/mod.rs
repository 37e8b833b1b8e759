//! The service: every route on one screen. Handlers take a request apart, call what is below, and put an answer together;
//! what an error looks like outside stands in `error`, who may do what in `auth`.

pub mod auth;
mod check_plan;
mod deliveries;
pub mod error;
mod form;
mod health;
mod jwks;
mod metadata;
mod plans;
pub mod practice;
mod read;
mod rules;
mod serve;
mod spool;
mod state;
mod submissions;
mod submit;
mod watch;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
};

pub use deliveries::shown as delivery_json;
pub use serve::{ServeError, Serving, packs, serve};
pub use state::Service;

/// Every route of the service.
pub fn router(service: Service) -> Router {
    Router::new()
        .route("/submissions", post(submit::submit))
        .route("/submissions/{id}", get(submissions::receipt))
        .route("/submissions/{id}/records", get(submissions::records))
        .route("/submissions/{id}/records/{ordinal}/raw", get(submissions::raw))
        .route("/plans/{agency}/{plan_id}", get(plans::versions))
        .route("/rules", get(rules::list))
        .route("/rules/{id}", get(rules::one))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}/retry", post(deliveries::retry))
        .route("/fhir/metadata", get(metadata::capabilities))
        .route("/fhir/$check-plan", post(check_plan::check_plan))
        .route("/fhir/CarePlan/$check-plan", post(check_plan::check_plan))
        .route("/fhir/{kind}/{id}", get(read::read))
        .route("/.well-known/jwks.json", get(jwks::keys))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(error::no_such_place)
        .method_not_allowed_fallback(error::not_this_method)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(service.clone(), auth::guard_this_machine))
        .layer(CatchPanicLayer::custom(error::after_panic))
        .layer(middleware::from_fn_with_state(service.clone(), watch::watch))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(service)
}
