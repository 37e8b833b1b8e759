//! The service: every route on one screen. Handlers take a request apart, call what is below, and put an answer together;
//! what an error looks like outside stands in `error`, who may do what in `auth`.

pub mod auth;
mod batch;
mod check_plan;
mod conflicts;
mod deliveries;
pub mod error;
mod find;
mod form;
mod health;
mod history;
mod jwks;
mod metadata;
mod plans;
pub mod practice;
mod read;
mod rules;
mod search;
mod serve;
mod spool;
mod state;
mod submissions;
mod submit;
mod validate;
mod watch;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{MethodRouter, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
};

pub use conflicts::{shown as conflict_json, told as conflict_told};
pub use deliveries::shown as delivery_json;
pub use serve::{ServeError, Serving, packs, serve};
pub use state::Service;

/// Every route of the service.
fn routes() -> Vec<(&'static str, MethodRouter<Service>)> {
    vec![
        ("/submissions", post(submit::submit)),
        ("/submissions/{id}", get(submissions::receipt)),
        ("/submissions/{id}/records", get(submissions::records)),
        ("/submissions/{id}/records/{ordinal}/raw", get(submissions::raw)),
        ("/plans/{agency}/{plan_id}", get(plans::versions)),
        ("/rules", get(rules::list)),
        ("/rules/{id}", get(rules::one)),
        ("/deliveries", get(deliveries::list)),
        ("/deliveries/retry", post(deliveries::retry_many)),
        ("/deliveries/{id}/retry", post(deliveries::retry)),
        ("/connections/{connection}/pause", post(deliveries::pause)),
        ("/connections/{connection}/resume", post(deliveries::resume)),
        ("/conflicts", get(conflicts::list)),
        ("/conflicts/{id}", get(conflicts::one)),
        ("/conflicts/{id}/resolve", post(conflicts::resolve)),
        ("/fhir/metadata", get(metadata::capabilities)),
        ("/fhir/$check-plan", post(check_plan::check_plan)),
        ("/fhir/CarePlan/$check-plan", post(check_plan::check_plan)),
        ("/fhir", post(batch::batch)),
        ("/fhir/", post(batch::batch)),
        ("/fhir/_history", get(history::history_of_all)),
        ("/fhir/{kind}", get(search::search)),
        ("/fhir/{kind}/_search", post(search::search_by_form)),
        ("/fhir/{kind}/_history", get(history::history_of_type)),
        ("/fhir/{kind}/$validate", post(validate::validate)),
        ("/fhir/{kind}/{id}", get(read::read)),
        ("/fhir/{kind}/{id}/_history", get(history::history)),
        ("/fhir/{kind}/{id}/_history/{version}", get(read::version)),
        ("/.well-known/jwks.json", get(jwks::keys)),
        ("/health/live", get(health::live)),
        ("/health/ready", get(health::ready)),
        ("/metrics", get(health::metrics)),
    ]
}

/// The service as one router.
pub fn router(service: Service) -> Router {
    routes()
        .into_iter()
        .fold(Router::new(), |router, (path, does)| router.route(path, does))
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
