//! The `ownwords` binary.
fn main() {}
