//! Delivering and reading back: beside a plain client, with a long outbox, and what a person costs who did not change.

mod drain;
mod fake;
mod polling;
mod share;

use std::fs;

pub(crate) use fake::{FAKE, serve_fake};

/// Prints the figures.
pub(crate) fn print() {
    share::print();
    polling::print();
    drain::print();
}

/// Seconds that all threads of this process ran, in steps of 10 ms.
fn cpu_of_process() -> f64 {
    const TICKS: f64 = 100.0;
    let text = fs::read_to_string("/proc/self/stat").expect("Linux tells how long a process ran");
    // The second field may hold anything, in parentheses; user and system time are the 14th and 15th.
    let after = text.rsplit(')').next().unwrap_or_default();
    after.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

#[allow(clippy::cast_precision_loss, reason = "counts of the figures are far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}

fn client() -> reqwest::Client {
    // One that was chosen before stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client can be made")
}
