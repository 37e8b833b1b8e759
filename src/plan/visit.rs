//! Walking a plan: every coded value and every date, each with its JSON pointer.
