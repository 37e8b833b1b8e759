//! Keeps raw input, plan versions, verdicts, resources and the outbox: `SQLite` by default, `PostgreSQL` when one machine is not
//! enough, with the same migrations and one behaviour.
//!
//! A record's rows are written in one transaction; records that arrive together share one (group commit), and the answer
//! comes only after it. Work is claimed with a lease, never by "id greater than the last".
//!
//! Where the content stands: `record` has the bytes as received and the verdict (its findings as one JSON column, since they
//! are only ever read whole); `plan_version` has the plan and all its resources with their versions as one JSON column, so
//! that a delivery and every older version of a resource are one row; `resource` only says in which plan version the present
//! content of an id stands, and `resource_before` where it stood before. One row a resource, content
//! and all, kept about 30 % fewer records per second where it was measured, since ids fall anywhere in an index.
//! A `SQLite` file may be shared by several processes of one machine; each has one writing connection, and who
//! comes second waits.

mod kept;
mod outbox;
mod failure;
mod filing;
mod dialect;
mod driver;
mod sqlite;
mod postgres;
mod migration;
mod rows;
mod prepare;
mod decide;
mod keep;
mod lines;
mod submission;
mod whole;
mod standing;
mod wording;
mod edition;
mod beside;
mod writer;
mod read;
mod resources;
mod changes;
mod tally;
mod snapshot;
mod block;
mod along;
mod export;
mod judged;
mod person;
mod claim;
mod backfill;
mod delivery;
mod rung;
mod seen;
mod review;
mod bulk;
mod reread;

use uuid::Uuid;

use crate::fhir::Ids;

pub use along::Stretch;
pub use backfill::{Backfill, Walked};
pub use beside::Beside;
pub use bulk::{BulkReading, BulkResource};
pub use changes::Changed;
pub use export::{Export, ExportFile, ExportState, NewExport};
pub use failure::StoreError;
pub use filing::{Filing, FilingOpened};
pub use judged::verdict;
pub use kept::{
    AgencyScope, Begun, KeptFinding, NewPlan, NewRecord, NewSubmission, PlanVersion, Receipt, RecordRow,
    StoredResource, SubmissionState,
};
pub use outbox::{Again, Claimed, Delivery, DeliveryState, Destination, Link, RetryPolicy, Settled, WriteMethod};
pub use person::{Act, ActKind, Merge, NewMerge, PersonActs, Said, Told, Way};
pub(crate) use prepare::hex;
pub use reread::Reread;
pub use resources::{Change, Found, Spot, Standing};
pub use review::{NewReview, Resolution, Review, ReviewState};
pub use rung::{Carried, PdfRefusal, Rung, RungRefused};
pub use seen::{Delivered, Noted, PlanAt, Round, Seen};
pub use snapshot::{Part, Walk};
pub use standing::StandingPlan;
pub use whole::Received;
pub use wording::KeptWording;

use driver::Pool;
use prepare::prepare;
use whole::{Whole, fill};
use writer::{Done, Queue, Work};

/// The store. Clones share its connections and its one writer.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    queue: Queue,
}

impl Store {
    /// Opens `sqlite:FILE` (made when missing), `sqlite::memory:` or `postgres://…`; within a tokio runtime.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let pool = Pool::open(url).await?;
        let queue = Queue::start(pool.clone());
        Ok(Self { pool, queue })
    }

    /// Applies the migrations that are missing; their names.
    pub async fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let applied = migration::migrate(&self.pool).await?;
        tally::name_kinds(&self.pool).await?;
        if applied.iter().any(|one| one == block::STEP) {
            while self.make_block().await? {}
        }
        Ok(applied)
    }

    /// Whether the store answers and no migration is missing.
    pub async fn ready(&self) -> Result<(), StoreError> {
        let missing = migration::missing(&self.pool).await?;
        if missing.is_empty() { Ok(()) } else { Err(StoreError::NotMigrated { missing }) }
    }

    /// This store's secret namespace, made with its first migration.
    pub async fn ids(&self) -> Result<Ids, StoreError> {
        let found = self.pool.row("select namespace from instance", &[], |row| row.text(0)).await?;
        Ok(Ids::within(rows::id(&found.ok_or_else(|| rows::damaged("instance"))?)?))
    }

    /// Begins a submission. The same bytes of the same agency, read by the same mapping of the same version and judged by the
    /// same policy, are one submission: of several begins at once one is `New` and the others `GoesOn`; all may keep its
    /// records, since each ordinal is kept once.
    pub async fn begin(&self, new: NewSubmission) -> Result<Begun, StoreError> {
        match self.queue.done(Work::Begin(new)).await? {
            Done::Begun(begun) => Ok(begun),
            _ => Err(mixed_up()),
        }
    }

    /// Keeps what stands before the first record, such as a header line.
    pub async fn preamble(&self, id: Uuid, bytes: &[u8]) -> Result<(), StoreError> {
        self.queue.done(Work::Preamble(id, bytes.to_vec())).await.map(drop)
    }

    /// Keeps records; answers after the commit. A record is kept once by (submission, ordinal): sending it again changes
    /// nothing. An error says that at least one of them is not kept, whereas the others are, so far as the store could.
    pub async fn keep(&self, records: Vec<NewRecord>) -> Result<(), StoreError> {
        if records.is_empty() {
            return Ok(());
        }
        let records = records.into_iter().map(|record| (record.submission, prepare(record))).collect();
        self.queue.done(Work::Keep(records)).await.map(drop)
    }

    /// Closes a submission with its counts.
    pub async fn finish(&self, id: Uuid) -> Result<Receipt, StoreError> {
        match self.queue.done(Work::Finish(id)).await? {
            Done::Complete(receipt) => Ok(receipt),
            _ => Err(mixed_up()),
        }
    }

    /// Begins, keeps and finishes a submission that fits into memory, in one commit rather than three. The `submission` of
    /// the records is not looked at. When a record is refused, the others are kept and the submission stays open.
    pub async fn receive(
        &self,
        new: NewSubmission,
        preamble: &[u8],
        records: Vec<NewRecord>,
    ) -> Result<Received, StoreError> {
        let (whole, records) = Whole::of(new, preamble, records);
        self.received(whole, records).await
    }

    /// As `receive`, of one record that is a plan's next version only where the plan still stands as it was looked at:
    /// its newest accepted version is this one or, with none, it has none. Else the error `is_overtaken` and nothing is kept.
    pub async fn receive_if(
        &self,
        new: NewSubmission,
        record: NewRecord,
        accepted: Option<u32>,
    ) -> Result<Received, StoreError> {
        let (mut whole, records) = Whole::of(new, b"", vec![record]);
        whole.expect(accepted);
        self.received(whole, records).await
    }

    async fn received(&self, whole: Whole, mut records: Vec<RecordRow>) -> Result<Received, StoreError> {
        match self.queue.done(Work::Receive(whole)).await? {
            Done::Received { receipt, already, filed: Some((key, filed)) } => {
                fill(&mut records, key, &filed)?;
                Ok(Received { receipt, already, records })
            }
            Done::Received { receipt, already, filed: None } => Ok(Received { receipt, already, records: Vec::new() }),
            _ => Err(mixed_up()),
        }
    }

    /// Closes the connections once the work at hand is done.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn mixed_up() -> StoreError {
    StoreError::Unreachable { code: "the writer answered another question".to_owned() }
}
