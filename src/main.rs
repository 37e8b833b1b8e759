//! The `ownwords` command. Everything it does stands in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ownwords::cli::run()
}
