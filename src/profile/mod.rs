//! Loads `profiles/` and the policy files of states and agencies: what each policy makes of each rule, and the schemas
//! of plans and mapping files. What is built in is part of the program, so that it starts offline.
//!
//! A policy is drawn in layers: built-in base, the state's file, the agency's. `policy_file` reads one file and holds
//! it against the catalogue; `layering` lays it over what stands below; `policies` says who is judged by what, and
//! `explain` why.

mod built_in;
mod catalogue;
mod definitions;
mod explain;
mod fault;
mod layering;
mod policies;
mod policy_file;
mod schema;
mod weight;

pub use built_in::{BUILT_IN, policy, read_policy};
pub use catalogue::rule_json;
pub use definitions::definition;
pub use explain::{Explained, ExplainedRule, Step, What};
pub use fault::ProfileError;
pub use layering::{By, Spot};
pub use policies::{Origin, Policies};
pub use schema::{SchemaFault, mapping_schema_faults, plan_schema_faults};
