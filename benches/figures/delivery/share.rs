//! Deliveries a second of the worker, as a share of what a plain client reaches in the same run that sends Bundles of the same
//! plans, said before, over as many connections: in turns, each with people of its own.

use std::{
    env,
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use ownwords::{
    clock::Clock,
    config::DeliveryMethod,
    fhir,
    store::{DeliveryState, Destination},
    sync::{self, Connection, connection::ConnectionFile},
};
use reqwest::Client;
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::Notify, task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{client, cpu_of_process, fake::Fake, float};
use crate::{kept::Filling, line};

/// Plans of one turn.
const EACH: u64 = 200;
/// Turns of each side.
const TURNS: u64 = 6;
/// How often it is looked whether all have arrived; looking costs the process that delivers.
const LOOK: Duration = Duration::from_millis(25);
/// Name of the connection.
const NAME: &str = "figures";

/// Prints the figures.
pub(super) fn print() {
    let fake = Fake::start();
    if let Ok(base) = env::var("OWNWORDS_TEST_FHIR_URL") {
        println!("\ndelivering to {base} (OWNWORDS_TEST_FHIR_URL)");
        against(base.trim_end_matches('/'));
    } else {
        println!("\nno FHIR server (set OWNWORDS_TEST_FHIR_URL): what is built in stands for it");
    }
    println!("\ndelivering to the server that is built in, which checks nothing and keeps all in memory");
    against(&fake.base);
}

/// What the turns of one side came to.
#[derive(Default)]
struct Side {
    seconds: f64,
    cpu: f64,
}

fn against(base: &str) {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let runtime = Runtime::new().expect("a runtime starts");
    let said = ConnectionFile {
        base_url: base.to_owned(),
        method: DeliveryMethod::OwnIds,
        allow_plain_http: true,
        ..ConnectionFile::default()
    };
    let connection = Connection::of_file(NAME, folder.path(), said).expect("the connection can be used");
    let (plain, ours, shares) = runtime.block_on(turns(&folder, &connection));
    let many = float(EACH * TURNS);
    let figure = |side: &Side| format!("{:>8.1} / s   CPU {:.2} ms each", many / side.seconds, side.cpu / many * 1e3);
    let connections = connection.concurrency;
    line(&format!("plain client, {connections} connections, Bundles said before"), &figure(&plain));
    line("worker: claimed, written, settled, each state durable", &figure(&ours));
    let share = plain.seconds / ours.seconds * 100.0;
    let (least, most) = (shares[0], shares[shares.len() - 1]);
    line("share of the plain client", &format!("{share:>8.1} %   turns {least:.0} to {most:.0} %"));
}

/// Both sides in turns, each first in every other one; and the share of each turn in percent, ascending.
async fn turns(folder: &TempDir, connection: &Connection) -> (Side, Side, Vec<f64>) {
    let filling = Filling::of(&format!("sqlite:{}", folder.path().join("share.db").display())).await;
    let (stop, wake) = (CancellationToken::new(), Arc::new(Notify::new()));
    let worker = sync::run(filling.store.clone(), connection.clone(), Clock::System, stop.clone(), Arc::clone(&wake));
    let worker = tokio::spawn(worker);
    let client =
        Plain { client: client(), base: connection.base_url().to_owned(), connections: connection.concurrency };
    // The first plan brings what all others point to as well: a server may fail who makes that at the same moment. The first
    // turn warms up both and the server.
    client.send(&filling, 1..2).await;
    client.send(&filling, 2..EACH + 1).await;
    deliver(&filling, EACH + 1..2 * EACH + 1, &wake).await;
    let (mut plain, mut ours, mut shares) = (Side::default(), Side::default(), Vec::new());
    for turn in 0..TURNS {
        let first = (turn + 1) * 2 * EACH + 1;
        let (theirs, own) = (first..first + EACH, first + EACH..first + 2 * EACH);
        let (a, b) = if turn % 2 == 0 {
            let a = client.send(&filling, theirs).await;
            (a, deliver(&filling, own, &wake).await)
        } else {
            let b = deliver(&filling, own, &wake).await;
            (client.send(&filling, theirs).await, b)
        };
        shares.push(a.seconds / b.seconds * 100.0);
        plain.add(&a);
        ours.add(&b);
    }
    stop.cancel();
    worker.await.expect("the worker does not panic").expect("the worker can start");
    filling.finish().await;
    shares.sort_by(f64::total_cmp);
    (plain, ours, shares)
}

impl Side {
    fn since(began: Instant, cpu: f64) -> Self {
        Self { seconds: began.elapsed().as_secs_f64(), cpu: cpu_of_process() - cpu }
    }

    fn add(&mut self, one: &Self) {
        self.seconds += one.seconds;
        self.cpu += one.cpu;
    }
}

struct Plain {
    client: Client,
    base: String,
    connections: u32,
}

impl Plain {
    /// Sends the Bundles of plans, each when the one before it on its connection is answered.
    async fn send(&self, filling: &Filling, plans: Range<u64>) -> Side {
        let bundles: Arc<[String]> = plans.map(|number| fhir::transaction(&filling.said(number))).collect();
        let next = Arc::new(AtomicUsize::new(0));
        let (began, cpu) = (Instant::now(), cpu_of_process());
        let mut tasks = JoinSet::new();
        for _ in 0..self.connections {
            let (bundles, next) = (Arc::clone(&bundles), Arc::clone(&next));
            let (client, base) = (self.client.clone(), self.base.clone());
            tasks.spawn(async move {
                while let Some(bundle) = bundles.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let request = client
                        .post(&base)
                        .header("content-type", "application/fhir+json")
                        .header("accept", "application/fhir+json")
                        .header("prefer", "return=minimal")
                        .header("x-retry-on-version-conflict", "retry; max-retries=20");
                    let answer = request.body(bundle.clone()).send().await.expect("the server answers");
                    assert_eq!(answer.status().as_u16(), 200, "the server takes the Bundle");
                    drop(answer.bytes().await.expect("the answer is whole"));
                }
            });
        }
        tasks.join_all().await;
        Side::since(began, cpu)
    }
}

/// Has the worker deliver plans that were kept while it was not allowed to.
async fn deliver(filling: &Filling, plans: Range<u64>, wake: &Notify) -> Side {
    let store = &filling.store;
    store.pause(NAME).await.expect("it is paused");
    filling.keep(plans, &[Destination::of(NAME)]).await;
    store.resume(NAME).await.expect("it goes on");
    let (began, cpu) = (Instant::now(), cpu_of_process());
    wake.notify_one();
    loop {
        let counts = store.delivery_counts().await.expect("the store answers");
        let many = |state| counts.iter().find(|(one, _)| *one == state).map_or(0, |(_, many)| *many);
        let open = [DeliveryState::Ready, DeliveryState::InFlight, DeliveryState::Unknown].map(many);
        if open.iter().sum::<u64>() == 0 {
            let done = many(DeliveryState::Done);
            assert_eq!(counts.iter().map(|(_, many)| many).sum::<u64>(), done, "every delivery arrives");
            return Side::since(began, cpu);
        }
        sleep(LOOK).await;
    }
}
