//! Keeps raw input, plan versions, verdicts, resources and the outbox: SQLite by default, PostgreSQL when one machine is not
//! enough, with the same migrations and one behaviour.
//!
//! A record's rows are written in one transaction; records that arrive together share one (group commit), and the answer
//! comes only after it. Work is claimed with a lease, never by "id greater than the last".

mod kept;
mod outbox;

pub use kept::{
    AgencyScope, Begun, KeptFinding, NewPlan, NewRecord, NewSubmission, PlanVersion, Receipt, RecordRow,
    StoredResource, SubmissionState,
};
pub use outbox::{Claimed, Delivery, DeliveryState, Link, Settled, WriteMethod};
