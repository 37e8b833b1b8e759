//! A real FHIR R4 server, given by `OWNWORDS_TEST_FHIR_URL`. Tests use it one at a time: what one asks of it under load would
//! be another's failure.

use std::env;

use tokio::sync::{Mutex, MutexGuard};

static TURN: Mutex<()> = Mutex::const_new(());

/// The server, for as long as this is held.
pub(crate) struct RealFhir {
    /// Its base, without a slash at the end.
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    /// Ends when it is dropped.
    pub(crate) turn: MutexGuard<'static, ()>,
}

/// The server when it is this test's turn; none, said so, where none is given.
pub(crate) async fn given() -> Option<RealFhir> {
    let Ok(base) = env::var("OWNWORDS_TEST_FHIR_URL") else {
        println!("skipped: no FHIR server (set OWNWORDS_TEST_FHIR_URL)");
        return None;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    Some(RealFhir { base: base.trim_end_matches('/').to_owned(), http, turn: TURN.lock().await })
}
