//! The service: every route on one screen. Handlers take a request apart, call what is below, and put an answer together;
//! what an error looks like outside stands in `error`, who may do what in `auth`.

mod address;
pub mod auth;
mod batch;
mod blocks;
mod check_plan;
mod conflicts;
mod connections;
mod deliveries;
pub mod error;
mod export;
mod find;
mod form;
mod group;
mod health;
mod history;
mod jwks;
mod metadata;
mod notified;
pub mod openapi;
mod persons;
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
mod ties;
mod validate;
mod watch;
mod write;

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
pub use connections::Connections;
pub use deliveries::shown as delivery_json;
pub use persons::shown as merge_json;
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
        ("/connections", get(connections::list)),
        ("/connections/{connection}", get(connections::show)),
        ("/connections/{connection}/check", post(connections::check)),
        ("/connections/{connection}/notifications", post(notified::take)),
        ("/connections/{connection}/pause", post(deliveries::pause)),
        ("/connections/{connection}/resume", post(deliveries::resume)),
        ("/persons/merges", get(persons::list).post(persons::merge)),
        ("/persons/merges/{id}/confirm", post(persons::confirm)),
        ("/persons/merges/{id}/undo", post(persons::undo)),
        ("/conflicts", get(conflicts::list)),
        ("/conflicts/{id}", get(conflicts::one)),
        ("/conflicts/{id}/resolve", post(conflicts::resolve)),
        ("/fhir/metadata", get(metadata::capabilities)),
        ("/fhir/$check-plan", post(check_plan::check_plan)),
        ("/fhir/CarePlan/$check-plan", post(check_plan::check_plan)),
        ("/fhir", post(batch::batch)),
        ("/fhir/", post(batch::batch)),
        ("/fhir/_history", get(history::history_of_all)),
        ("/fhir/$export", get(export::of_all).post(export::of_all)),
        ("/fhir/Patient/$export", get(export::of_people).post(export::of_people)),
        ("/fhir/Group/{id}/$export", get(export::of_group).post(export::of_group)),
        ("/fhir/$export/{id}", get(export::status).delete(export::cancel)),
        ("/fhir/$export/{id}/{file}", get(export::file)),
        ("/fhir/Group", get(group::list)),
        ("/fhir/Group/{id}", get(group::read)),
        ("/fhir/{kind}", get(search::search).post(write::create).put(write::update_where)),
        ("/fhir/{kind}/_search", post(search::search_by_form)),
        ("/fhir/{kind}/_history", get(history::history_of_type)),
        ("/fhir/{kind}/$validate", post(validate::validate)),
        ("/fhir/{kind}/{id}", get(read::read).put(write::update).delete(write::remove)),
        ("/fhir/{kind}/{id}/_history", get(history::history)),
        ("/fhir/{kind}/{id}/_history/{version}", get(read::version)),
        ("/.well-known/jwks.json", get(jwks::keys)),
        ("/openapi.json", get(openapi::document_itself)),
        ("/health/live", get(health::live)),
        ("/health/ready", get(health::ready)),
        ("/metrics", get(health::metrics)),
    ]
}

/// The addresses of the service, as the table of routes writes them.
pub fn addresses() -> Vec<&'static str> {
    routes().into_iter().map(|(path, _)| path).collect()
}

/// The service as one router.
pub fn router(service: Service) -> Router {
    routes()
        .into_iter()
        .fold(Router::new(), |router, (path, does)| router.route(path, does))
        .fallback(error::no_such_place)
        .method_not_allowed_fallback(error::not_this_method)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn(address::refuse_unreadable))
        .layer(middleware::from_fn_with_state(service.clone(), auth::guard_this_machine))
        .layer(CatchPanicLayer::custom(error::after_panic))
        .layer(middleware::from_fn_with_state(service.clone(), watch::watch))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(service)
}
