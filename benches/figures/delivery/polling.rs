//! Reading back people of whom nothing changed: requests and CPU time a person, when what changed is asked for and when all is
//! compared.

use std::{sync::Arc, time::Duration};

use ownwords::{
    clock::Clock,
    config,
    pipeline::keep::Intake,
    profile::Policies,
    store::{DeliveryState, Destination},
    sync::{
        self, Connection,
        back::{Back, ReadFile, Wanted},
        connection::ConnectionFile,
    },
};
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{client, cpu_of_process, fake::Fake, float};
use crate::{kept::Filling, line};

/// People who are read.
const PEOPLE: u64 = 1000;
/// Name of the connection.
const NAME: &str = "figures";

/// Prints the figures.
pub(super) fn print() {
    println!("\nreading back {PEOPLE} people of one plan each, nothing changed, at the server that is built in");
    let (fake, folder) = (Fake::start(), TempDir::new().expect("a temporary folder can be made"));
    Runtime::new().expect("a runtime starts").block_on(async {
        let filling = Filling::of(&format!("sqlite:{}", folder.path().join("polling.db").display())).await;
        filling.keep(1..PEOPLE + 1, &[Destination::of(NAME)]).await;
        let said = ConnectionFile {
            base_url: fake.base.clone(),
            read: ReadFile { per_second: 0, ..ReadFile::default() },
            ..ConnectionFile::default()
        };
        let connection = Connection::of_file(NAME, folder.path(), said).expect("the connection can be used");
        deliver(&filling, &connection).await;
        let intake = Intake {
            store: filling.store.clone(),
            policies: Arc::new(Policies::load(&config::Gate::default()).expect("the policies load")),
            clock: Clock::System,
            ids: filling.ids,
            outlets: Arc::default(),
        };
        let back = Back::new(&intake, connection).expect("it can be read back");
        round(&back, &fake, "first round: all is compared").await;
        round(&back, &fake, "later round: what changed is asked for").await;
    });
}

async fn deliver(filling: &Filling, connection: &Connection) {
    let stop = CancellationToken::new();
    let worker =
        sync::run(filling.store.clone(), connection.clone(), Clock::System, stop.clone(), Arc::new(Notify::new()));
    let worker = tokio::spawn(worker);
    loop {
        let counts = filling.store.delivery_counts().await.expect("the store answers");
        if counts.contains(&(DeliveryState::Done, PEOPLE)) {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    worker.await.expect("the worker does not panic").expect("the worker can start");
}

async fn round(back: &Back, fake: &Fake, name: &str) {
    let (asked, cpu) = (asked(fake).await, cpu_of_process());
    let began = std::time::Instant::now();
    let pulled = back.once(&Wanted::default()).await.expect("the round ends well");
    let (cpu, seconds) = (cpu_of_process() - cpu, began.elapsed().as_secs_f64());
    assert_eq!((pulled.persons, pulled.resources), (PEOPLE, pulled.unchanged), "{pulled:?}");
    let requests = float(self::asked(fake).await - asked) / float(PEOPLE);
    let micros = cpu / float(PEOPLE) * 1e6;
    let resources = float(pulled.resources) / float(PEOPLE);
    line(
        name,
        &format!(
            "{micros:>8.0} µs CPU, {requests:.2} requests, {resources:.1} resources a person   {:.0} people / s",
            float(PEOPLE) / seconds
        ),
    );
}

/// How many requests the server had.
async fn asked(fake: &Fake) -> u64 {
    let place = fake.base.replace("/fhir", "/asked");
    let text = client().get(place).send().await.expect("the fake answers").text().await.expect("a number");
    text.parse().expect("a number")
}
