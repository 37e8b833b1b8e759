//! it
mod source;
mod mapping;
mod schema;
mod whole;
