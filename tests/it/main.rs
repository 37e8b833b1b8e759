//! The one integration test binary; its modules mirror those of the program.

mod rules;
