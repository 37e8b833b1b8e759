//! The figures of ARCHITECTURE.md, by one command: `cargo bench` (or a part: `cargo bench --bench figures service`). Each stands beside a floor measured in the same run.
//!
//! In process: CPU time of one thread. The service: the release binary on a loopback port, four clients, every answer after
//! a durable commit; its floor is an axum service that parses, writes and inserts one row with the same durability.

mod checker;
mod clients;
mod delivery;
mod floor;
mod in_process;
mod judge;
mod kept;
mod sample;
mod search;
mod service;

// As the command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if std::env::args().nth(1).as_deref() == Some(delivery::FAKE) {
        return delivery::serve_fake();
    }
    // `cargo test --benches` and `cargo clippy` start this too; figures are for `cargo bench`.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("sample plan: {} bytes", sample::plan(1).len());
    let only: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |part: &str| only.is_empty() || only.iter().any(|one| one == part);
    if wanted("process") {
        in_process::print();
    }
    if wanted("judge") {
        judge::print();
    }
    if wanted("checker") {
        checker::print();
    }
    if wanted("service") {
        service::print();
    }
    if wanted("search") {
        search::print();
    }
    if wanted("delivery") {
        delivery::print();
    }
}

/// A figure on one line.
fn line(name: &str, figure: &str) {
    println!("{name:<64} {figure}");
}
