//! The one integration test binary; its files mirror the modules, and `tidy` keeps the house in order.

mod service;

mod cli;
mod http;
mod pipeline;
mod rules;
mod store;
mod tidy;
