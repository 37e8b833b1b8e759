//! The one writer: whatever waits in its queue shares one transaction and one commit (group commit); every caller is answered
//! after it.
//!
//! A caller that went away loses only its answer: its work is committed whole or not at all. When a row is refused, the work
//! that shared the transaction is done again piece by piece, so that one bad record takes no other with it.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{
    Begun, NewSubmission, Receipt, StoreError,
    decide::Filed,
    driver::{Pool, Tx},
    keep::{Fresh, keep, keep_whole},
    prepare::Prepared,
    snapshot::begin_keeping,
    submission::{begin, finish, preamble},
    whole::{Whole, enter},
};

/// How many records share a commit at most, and how many callers may wait.
const BATCH: usize = 256;
/// A record of more bytes counts as several, so that a batch stays small beside the memory of a small machine.
const USUAL_SIZE: usize = 64 * 1024;
/// How often a batch is tried again when it met another process's.
const TRIES: u32 = 8;

/// Something to write.
pub(super) enum Work {
    Begin(NewSubmission),
    Preamble(Uuid, Vec<u8>),
    Keep(Vec<(Uuid, Prepared)>),
    Finish(Uuid),
    /// A whole submission at once.
    Receive(Whole),
}

/// What came of it.
pub(super) enum Done {
    Begun(Begun),
    Written,
    Complete(Receipt),
    Received {
        receipt: Receipt,
        /// The same bytes had been received whole before.
        already: bool,
        /// Where its records were filed, with its key; nothing when the same bytes had been begun before.
        filed: Option<(i64, Arc<Filed>)>,
    },
}

type Answer = Result<Done, StoreError>;
type Job = (Work, oneshot::Sender<Answer>);

/// The way to the writer.
#[derive(Clone)]
pub(super) struct Queue(mpsc::Sender<Job>);

impl Queue {
    /// Starts the writer; it ends when the last queue to it is dropped and its work is done.
    pub(super) fn start(pool: Pool) -> Self {
        let (sender, receiver) = mpsc::channel(BATCH);
        tokio::spawn(write_all(pool, receiver));
        Self(sender)
    }

    pub(super) async fn done(&self, work: Work) -> Answer {
        let (answer, answered) = oneshot::channel();
        let gone = || StoreError::Unreachable { code: "the writer has ended".to_owned() };
        self.0.send((work, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn write_all(pool: Pool, mut queue: mpsc::Receiver<Job>) {
    while let Some(first) = queue.recv().await {
        // Callers just answered come back at once: let them, so that they share this commit and not each the next.
        tokio::task::yield_now().await;
        let mut size = first.0.size();
        let (mut work, mut answers) = (vec![first.0], vec![first.1]);
        while size < BATCH
            && let Ok((next, answer)) = queue.try_recv()
        {
            size += next.size();
            work.push(next);
            answers.push(answer);
        }
        for (done, answer) in write(&pool, &work).await.into_iter().zip(answers) {
            // A caller that went away needs no answer.
            drop(answer.send(done));
        }
    }
}

impl Work {
    fn whole(&self) -> Option<&Whole> {
        match self {
            Self::Receive(whole) => Some(whole),
            _ => None,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Keep(records) => records.iter().map(|(_, record)| weight(record)).sum(),
            Self::Receive(whole) => 1 + whole.records.iter().map(weight).sum::<usize>(),
            Self::Begin(_) | Self::Preamble(..) | Self::Finish(_) => 1,
        }
    }
}

fn weight(record: &Prepared) -> usize {
    let plan = record.plan.as_ref().map_or(0, |plan| plan.json.len() * 2);
    1 + (record.raw.len() + plan) / USUAL_SIZE
}

async fn write(pool: &Pool, batch: &[Work]) -> Vec<Answer> {
    match together(pool, batch).await {
        Ok(done) => done.into_iter().map(Ok).collect(),
        Err(error) if error.is_refusal() => {
            let mut answers = Vec::with_capacity(batch.len());
            for work in batch {
                answers.push(alone(pool, work).await);
            }
            answers
        }
        Err(error) => batch.iter().map(|_| Err(error.clone())).collect(),
    }
}

/// One transaction for all, tried again when it met another process's.
async fn together(pool: &Pool, batch: &[Work]) -> Result<Vec<Done>, StoreError> {
    let mut tries = 1;
    loop {
        match in_one_transaction(pool, batch).await {
            Err(error) if error.is_a_meeting() && tries < TRIES => tries += 1,
            other => return other,
        }
    }
}

async fn in_one_transaction(pool: &Pool, batch: &[Work]) -> Result<Vec<Done>, StoreError> {
    let wholes: Vec<&Whole> = batch.iter().filter_map(Work::whole).collect();
    if wholes.len() == batch.len()
        && let Some((fresh, filed)) = keep_whole(begin_keeping(pool).await?, &wholes).await?
    {
        let filed = Arc::new(filed);
        return Ok(wholes.iter().map(|whole| received(whole, &fresh, &filed)).collect());
    }
    let mut tx = begin_keeping(pool).await?;
    let fresh = enter(&mut tx, &wholes).await?;
    let begun = begin_all(&mut tx, batch, &fresh).await?;
    let mut records = Vec::new();
    for (work, begun) in batch.iter().zip(&begun) {
        match (work, begun) {
            (Work::Keep(some), _) => records.extend(some.iter().map(|(id, record)| (*id, record))),
            (Work::Receive(whole), None) => records.extend(whole.records.iter().map(|record| (whole.id, record))),
            (Work::Receive(whole), Some(Begun::New(id) | Begun::GoesOn { id, .. })) => {
                records.extend(whole.records.iter().map(|record| (*id, record)));
            }
            _ => {}
        }
    }
    let filed = Arc::new(keep(&mut tx, &records, &fresh).await?);
    let mut done = Vec::with_capacity(batch.len());
    for (work, begun) in batch.iter().zip(begun) {
        done.push(match (work, begun) {
            (Work::Receive(whole), None) => received(whole, &fresh, &filed),
            (work, begun) => conclude(&mut tx, work, begun).await?,
        });
    }
    tx.commit().await?;
    Ok(done)
}

fn received(whole: &Whole, fresh: &Fresh, filed: &Arc<Filed>) -> Done {
    let key = fresh.get(&whole.id).map(|(key, _)| (*key, Arc::clone(filed)));
    Done::Received { receipt: whole.receipt(), already: false, filed: key }
}

/// Begins what is to be begun; nothing for a whole submission that was entered.
async fn begin_all(tx: &mut Tx, batch: &[Work], fresh: &Fresh) -> Result<Vec<Option<Begun>>, StoreError> {
    let mut all = Vec::with_capacity(batch.len());
    for work in batch {
        all.push(match work {
            Work::Begin(new) => Some(begin(tx, new).await?),
            Work::Receive(whole) if !fresh.contains_key(&whole.id) => Some(begin(tx, &whole.new).await?),
            Work::Preamble(id, bytes) => {
                preamble(tx, *id, bytes).await?;
                None
            }
            Work::Receive(_) | Work::Keep(_) | Work::Finish(_) => None,
        });
    }
    Ok(all)
}

async fn conclude(tx: &mut Tx, work: &Work, begun: Option<Begun>) -> Result<Done, StoreError> {
    Ok(match (work, begun) {
        (Work::Finish(id), _) => Done::Complete(finish(tx, *id).await?),
        (Work::Receive(_), Some(Begun::New(id) | Begun::GoesOn { id, .. })) => {
            Done::Received { receipt: finish(tx, id).await?, already: false, filed: None }
        }
        (Work::Receive(_), Some(Begun::AlreadyReceived(receipt))) => {
            Done::Received { receipt, already: true, filed: None }
        }
        (_, Some(begun)) => Done::Begun(begun),
        (_, None) => Done::Written,
    })
}

/// One piece of work by itself; of a list of records, each by itself. The first refusal is the answer.
async fn alone(pool: &Pool, work: &Work) -> Answer {
    match work {
        Work::Keep(records) if records.len() > 1 => {
            let mut answer = Ok(Done::Written);
            for (id, record) in records {
                let kept = in_turn(pool, *id, record).await;
                answer = answer.and_then(|done| kept.map(|()| done));
            }
            answer
        }
        // A submission of several records stays open when one is refused: what could be kept is, and it can go on.
        Work::Receive(whole) if whole.records.len() > 1 => receive_piecemeal(pool, whole).await,
        _ => Ok(together(pool, std::slice::from_ref(work)).await?.swap_remove(0)),
    }
}

async fn receive_piecemeal(pool: &Pool, whole: &Whole) -> Answer {
    let mut tx = pool.begin().await?;
    let begun = begin(&mut tx, &whole.new).await?;
    let id = match begun {
        Begun::New(id) | Begun::GoesOn { id, .. } => id,
        Begun::AlreadyReceived(receipt) => return Ok(Done::Received { receipt, already: true, filed: None }),
    };
    preamble(&mut tx, id, &whole.preamble).await?;
    tx.commit().await?;
    let mut kept = Ok(());
    for record in &whole.records {
        kept = kept.and(in_turn(pool, id, record).await);
    }
    kept?;
    let mut tx = pool.begin().await?;
    let receipt = finish(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Done::Received { receipt, already: false, filed: None })
}

async fn in_turn(pool: &Pool, id: Uuid, record: &Prepared) -> Result<(), StoreError> {
    let mut tries = 1;
    loop {
        let outcome = async {
            let mut tx = begin_keeping(pool).await?;
            keep(&mut tx, &[(id, record)], &Fresh::new()).await?;
            tx.commit().await
        };
        match outcome.await {
            Err(error) if error.is_a_meeting() && tries < TRIES => tries += 1,
            other => return other,
        }
    }
}
