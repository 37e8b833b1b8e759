//! it
mod source;
mod mapping;
mod schema;
