//! Figures counted from the store, for the state side. No text of any plan passes here, and no figure leaves for release:
//! suppression and the reports proper stand on top of this.
//!
//! Measures are those of the state design, section 7. A rejected plan counts in the denominator of PCRP-04, 05 and 06, so
//! that no agency raises its rate by having plans sent back.

mod plans;
mod figures;
mod formats;
mod gate;

pub use figures::{AgencyFigures, Period, ReportError, figures};
pub use formats::{Format, MARK, write};
pub use gate::{Against, Dimension, GateFigures, Verdicts, gate_figures, write_gate};
