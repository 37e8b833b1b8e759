//! Loads what `profiles/` holds: the schemas of the plan model and of mapping files.

mod schema;

pub use schema::{SchemaFault, mapping_schema_faults, plan_schema_faults};
