//! Two instances on one store, of which the first loses its lease while a request of it is on its way: what arrives of it when
//! the second is long done makes nothing a second time.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use ownwords::{
    config::{self, DeliveryMethod},
    store::{DeliveryState, Store},
    sync::Pace,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinHandle,
};

use super::{
    Outbox, Worker,
    real_server::{METHODS, Server, real_pace},
};
use crate::fake_fhir::{Abilities, Fake};

const WORDS: &str = " I want\tto paint — again ";

/// Stands before a server, lets everything through but transactions, and holds these until it is opened.
struct Gate {
    base: String,
    /// A permit for each transaction that is held.
    held: Arc<Semaphore>,
    /// A permit for each that may go on.
    open: Arc<Semaphore>,
    /// A permit for each that went on.
    passed: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl Gate {
    async fn before(base: &str) -> Self {
        let behind = base.split('/').nth(2).expect("host and port of a base").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let [held, open, passed] = [(); 3].map(|()| Arc::new(Semaphore::new(0)));
        let all = [&held, &open, &passed].map(Arc::clone);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&behind).await.expect("the server behind");
                tokio::spawn(pass(client, server, all.clone()));
            }
        });
        Self {
            base: base.replacen(base.split('/').nth(2).expect("host"), &address.to_string(), 1),
            held,
            open,
            passed,
            task,
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection, requests and answers in turn.
async fn pass(client: TcpStream, server: TcpStream, [held, open, passed]: [Arc<Semaphore>; 3]) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut piece = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from_client.read(&mut piece).await {
        let is_transaction = piece[..length].starts_with(b"POST ");
        if is_transaction {
            held.add_permits(1);
            open.acquire().await.expect("the gate is never closed").forget();
        }
        if to_server.write_all(&piece[..length]).await.is_err() {
            break;
        }
        if is_transaction {
            passed.add_permits(1);
        }
    }
    drop(to_server);
    drop(back.await);
}

async fn a_lost_lease(server: &Server, method: DeliveryMethod) {
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", WORDS).await;
    let url = format!("sqlite:{}", outbox.folder.path().join("test.db").display());
    let other = Store::open(&url).await.expect("another instance on the same store");
    let gate = Gate::before(&server.base).await;
    let through_gate = Server { base: gate.base.clone(), http: server.http.clone(), _turn: None };
    let soon_lost = Pace { lease: Duration::from_millis(500), ..real_pace() };
    let one_at_once = config::Delivery { concurrency: 1, ..through_gate.settings(method) };
    let first = Worker::start(&outbox.store, one_at_once, soon_lost);
    gate.held.acquire().await.expect("open").forget();
    // The first stands still with its request on the way. The second takes over, looks, finds nothing and sends.
    let second = Worker::start(&other, server.settings(method), real_pace());
    let deliveries = outbox.until(&[DeliveryState::Done]).await;
    assert_eq!((deliveries.len(), deliveries[0].attempts), (1, 2), "{method:?}: the lease was lost once");
    let versions = async || {
        let (care_plan, goal) = server.plan(&outbox).await;
        assert_eq!(goal["description"]["text"], WORDS, "{method:?}: byte for byte");
        let told = server.provenances(&care_plan).await;
        ([care_plan, goal].map(|one| one["meta"]["versionId"].clone()), told)
    };
    let before = versions().await;
    // Only now arrives what the first had sent.
    gate.open.add_permits(1);
    first.stop().await;
    second.stop().await;
    assert_eq!(gate.held.available_permits(), 0, "{method:?}: the first sent nothing further");
    assert_eq!(gate.passed.available_permits(), 1, "{method:?}: what it had sent did arrive");
    assert_eq!(versions().await, before, "{method:?}: nothing was written a second time");
    assert_eq!(before.1, 1, "{method:?}");
    let after = outbox.deliveries().await;
    assert_eq!((after[0].state, after[0].attempts), (DeliveryState::Done, 2), "{method:?}: nor settled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_lost_on_the_way_makes_no_second_write() {
    for method in METHODS {
        let own_ids = method == DeliveryMethod::OwnIds;
        let fake = Fake::with(Abilities { update_create: own_ids, conditional_create: !own_ids }).await;
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        a_lost_lease(&Server { base: fake.base(), http, _turn: None }, method).await;
        assert_eq!(["CarePlan", "Goal", "Provenance"].map(|kind| fake.count(kind)), [1, 1, 1], "{method:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_lost_on_the_way_makes_no_second_write_at_a_real_server() {
    let Some(server) = Server::given().await else { return };
    for method in METHODS {
        a_lost_lease(&server, method).await;
    }
}
