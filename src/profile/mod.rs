//! Loads `profiles/`: what each policy makes of each rule. The files are part of the program, so that it starts offline.

mod policy;

pub use policy::{ProfileError, policy, read_policy};
