//! A plan written through an API: a record like any other, judged and kept by the same steps, but only where its plan still
//! stands as the writer saw it.

use std::{slice, time::Instant};

use super::{
    keep::{Incoming, Intake, ReceiveError, Received, tell},
    work::beside,
};
use crate::{
    mapping::Mapped,
    store::{self, NewRecord, NewSubmission, StoreError},
};

/// A record that was judged and is not kept yet.
pub struct Ready {
    /// The record with its verdict.
    pub record: NewRecord,
    submission: NewSubmission,
    accepted: Option<u32>,
    began: Instant,
}

impl Intake {
    /// Judges what was read out of `incoming`, whose bytes are not looked at any more. `accepted` is the version of its plan
    /// that it follows; none when there must not be an accepted one yet.
    pub async fn ready(&self, incoming: Incoming, mapped: Mapped, accepted: Option<u32>) -> Result<Ready, StoreError> {
        let began = Instant::now();
        let submission = self.submission(&incoming);
        let mut work = self.work(&incoming.agency, submission.received_at);
        let read = work.read(mapped);
        let found = beside(&self.store, &work.agency, slice::from_ref(&read)).await?;
        let record = work.records(vec![read], &found).swap_remove(0);
        Ok(Ready { record, submission, accepted, began })
    }

    /// Keeps it, whatever the verdict. The error `is_overtaken` says that the plan has moved on and nothing was kept.
    pub async fn keep_ready(&self, ready: Ready) -> Result<Received, ReceiveError> {
        let Ready { record, submission, accepted, began } = ready;
        let store::Received { receipt, already, records } = self.store.receive_if(submission, record, accepted).await?;
        if already {
            return Ok(Received::AlreadyReceived(receipt));
        }
        tell(&receipt, began);
        Ok(Received::Kept { receipt, records })
    }
}
