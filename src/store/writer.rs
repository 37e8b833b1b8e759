//! The one writer: whatever waits in its queue shares one transaction and one commit (group commit); every caller is answered
//! after it.
//!
//! A caller that went away loses only its answer: its work is committed whole or not at all. When a row is refused, the work
//! that shared the transaction is done again piece by piece, so that one bad record takes no other with it.

use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{
    Begun, NewSubmission, Receipt, StoreError,
    driver::{Pool, Tx},
    keep::keep,
    prepare::Prepared,
    submission::{begin, finish, preamble},
};

/// How many records share a commit at most, and how many callers may wait.
const BATCH: usize = 256;
/// How often a batch is tried again when it met another process's.
const TRIES: u32 = 8;

/// Something to write.
pub(super) enum Work {
    Begin(NewSubmission),
    Preamble(Uuid, Vec<u8>),
    Keep(Vec<(Uuid, Prepared)>),
    Finish(Uuid),
    /// A whole submission at once.
    Receive(NewSubmission, Vec<u8>, Vec<Prepared>),
}

/// What came of it.
pub(super) enum Done {
    Begun(Begun),
    Written,
    Complete(Receipt),
    Received(Received),
}

/// What receiving a whole submission came to.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its receipt.
    pub receipt: Receipt,
    /// Whether the same bytes had been received whole before: rule FILE-004. Then nothing was kept now.
    pub already: bool,
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
    fn size(&self) -> usize {
        match self {
            Self::Keep(records) => records.len(),
            Self::Receive(_, _, records) => 1 + records.len(),
            Self::Begin(_) | Self::Preamble(..) | Self::Finish(_) => 1,
        }
    }
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
    let mut tx = pool.begin().await?;
    let begun = begin_all(&mut tx, batch).await?;
    let mut records = Vec::new();
    for (work, begun) in batch.iter().zip(&begun) {
        match (work, begun) {
            (Work::Keep(some), _) => records.extend(some.iter().map(|(id, record)| (*id, record))),
            (Work::Receive(_, _, some), Some(Begun::New(id) | Begun::GoesOn { id, .. })) => {
                records.extend(some.iter().map(|record| (*id, record)));
            }
            _ => {}
        }
    }
    keep(&mut tx, &records).await?;
    let mut done = Vec::with_capacity(batch.len());
    for (work, begun) in batch.iter().zip(begun) {
        done.push(conclude(&mut tx, work, begun).await?);
    }
    tx.commit().await?;
    Ok(done)
}

async fn begin_all(tx: &mut Tx, batch: &[Work]) -> Result<Vec<Option<Begun>>, StoreError> {
    let mut all = Vec::with_capacity(batch.len());
    for work in batch {
        all.push(match work {
            Work::Begin(new) => Some(begin(tx, new).await?),
            Work::Receive(new, head, _) => {
                let begun = begin(tx, new).await?;
                if let Begun::New(id) = &begun
                    && !head.is_empty()
                {
                    preamble(tx, *id, head).await?;
                }
                Some(begun)
            }
            Work::Preamble(id, bytes) => {
                preamble(tx, *id, bytes).await?;
                None
            }
            Work::Keep(_) | Work::Finish(_) => None,
        });
    }
    Ok(all)
}

async fn conclude(tx: &mut Tx, work: &Work, begun: Option<Begun>) -> Result<Done, StoreError> {
    Ok(match (work, begun) {
        (Work::Finish(id), _) => Done::Complete(finish(tx, *id).await?),
        (Work::Receive(..), Some(Begun::New(id) | Begun::GoesOn { id, .. })) => {
            Done::Received(Received { receipt: finish(tx, id).await?, already: false })
        }
        (Work::Receive(..), Some(Begun::AlreadyReceived(receipt))) => {
            Done::Received(Received { receipt, already: true })
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
        Work::Receive(new, head, records) if records.len() > 1 => receive_piecemeal(pool, new, head, records).await,
        _ => Ok(together(pool, std::slice::from_ref(work)).await?.swap_remove(0)),
    }
}

async fn receive_piecemeal(pool: &Pool, new: &NewSubmission, head: &[u8], records: &[Prepared]) -> Answer {
    let mut tx = pool.begin().await?;
    let begun = begin(&mut tx, new).await?;
    let id = match begun {
        Begun::New(id) | Begun::GoesOn { id, .. } => id,
        Begun::AlreadyReceived(receipt) => return Ok(Done::Received(Received { receipt, already: true })),
    };
    preamble(&mut tx, id, head).await?;
    tx.commit().await?;
    let mut kept = Ok(());
    for record in records {
        kept = kept.and(in_turn(pool, id, record).await);
    }
    kept?;
    let mut tx = pool.begin().await?;
    let receipt = finish(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Done::Received(Received { receipt, already: false }))
}

async fn in_turn(pool: &Pool, id: Uuid, record: &Prepared) -> Result<(), StoreError> {
    let mut tries = 1;
    loop {
        let outcome = async {
            let mut tx = pool.begin().await?;
            keep(&mut tx, &[(id, record)]).await?;
            tx.commit().await
        };
        match outcome.await {
            Err(error) if error.is_a_meeting() && tries < TRIES => tries += 1,
            other => return other,
        }
    }
}
