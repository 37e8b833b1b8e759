//! Loads `profiles/`: what each policy makes of each rule, and the schemas of plans and mapping files. The files are part of
//! the program, so that it starts offline.

mod policy;
mod schema;

pub use policy::{ProfileError, policy, read_policy};
pub use schema::{SchemaFault, mapping_schema_faults, plan_schema_faults};
