//! The one integration test binary; its files mirror the modules, and `tidy` keeps the house in order.

mod rules;
mod tidy;
