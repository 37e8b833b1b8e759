//! Starts the service: store, mappings, policy, delivery worker, listener; and stops it so that nothing acknowledged is lost.
//!
//! On stop no new request is taken, open ones have the configured grace to end, the worker takes no new delivery. What does
//! not end in time is abandoned safely: a submission goes on when its bytes come again, a delivery is looked up first.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::{Arc, OnceLock},
    time::Instant,
};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore},
    task::JoinHandle,
    time::{timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{auth::Callers, blocks, connections::Connections, export, notified, router, state::Service};
use crate::{
    clock::Clock,
    config::Config,
    events,
    mapping::{MappingError, Packs},
    pipeline::keep::Intake,
    profile::{Policies, ProfileError},
    store::{Store, StoreError},
    sync::{
        self, Connection, SyncError, Wake,
        back::{self, Back, Nudge, PullError},
    },
};

/// Why the service cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mapping cannot be used.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The policy cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The delivery worker cannot run.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The connection cannot be read back.
    #[error(transparent)]
    Pull(#[from] PullError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {kind}. Is another program there? Choose another with server.listen.")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        kind: io::ErrorKind,
    },
    /// The listener failed while it ran.
    #[error("the listener failed: {0}")]
    Failed(io::ErrorKind),
    /// The metrics cannot be set up.
    #[error("the metrics cannot be set up: {0}")]
    Metrics(#[from] BuildError),
}

/// A service that answers.
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    server: JoinHandle<io::Result<()>>,
    workers: Vec<JoinHandle<Result<(), SyncError>>>,
    pollers: Vec<JoinHandle<()>>,
    exporter: JoinHandle<()>,
    blocks: JoinHandle<()>,
    stop: CancellationToken,
    grace: std::time::Duration,
}

/// Starts the service. It answers when this returns; `Serving::ended` waits for its end.
pub async fn serve(config: &Config, clock: Clock, stop: CancellationToken) -> Result<Serving, ServeError> {
    let began = Instant::now();
    let (policies, packs) = (Policies::load(&config.gate)?, packs(config)?);
    let (connections, jwks) = (Connection::for_delivery(config)?, Connection::jwks(&config.connections.folder)?);
    let store = Store::open(&config.store.url).await?;
    store.migrate().await?;
    let wake = Wake::of(connections.len());
    let intake = Intake {
        policies: Arc::new(policies),
        clock,
        ids: store.ids().await?,
        outlets: connections.iter().map(Connection::outlet).collect(),
        store,
    };
    let listener = listen(config.server.listen).await?;
    let address = listener.local_addr().map_err(|error| ServeError::Failed(error.kind()))?;
    let polled = connections.iter().filter(|connection| connection.read.every.is_some());
    let polled: Vec<_> = polled.map(|connection| (connection, Nudge::default())).collect();
    let hooks = notified::hooks(&polled)?;
    let reads = polled.into_iter().map(|(connection, nudge)| Ok((Back::new(&intake, connection.clone())?, nudge)));
    let reads = reads.collect::<Result<Vec<_>, PullError>>()?;
    let pollers = reads.into_iter().map(|(back, nudge)| tokio::spawn(back::run(back, nudge, stop.clone()))).collect();
    let worker =
        |(connection, wake)| tokio::spawn(sync::run(intake.store.clone(), connection, clock, stop.clone(), wake));
    let workers = connections.into_iter().zip(wake.each()).map(worker).collect();
    let service = Service {
        intake,
        packs: Arc::new(packs),
        callers: Arc::new(Callers::of(&config.caller)),
        settings: config.server.clone(),
        connections: Arc::new(Connections::of(config)),
        wake,
        exports: Arc::new(Notify::new()),
        hooks: Arc::new(hooks),
        jwks: Arc::new(jwks),
        readers: Arc::new(Semaphore::new(readers())),
        metrics: recorder()?,
    };
    let exporter = tokio::spawn(export::work(service.clone(), stop.clone()));
    let blocks = tokio::spawn(blocks::work(service.intake.store.clone(), stop.clone()));
    let stopped = stop.clone().cancelled_owned();
    let server =
        tokio::spawn(async move { axum::serve(listener, router(service)).with_graceful_shutdown(stopped).await });
    events::Serving { port: address.port(), after: began.elapsed() }.emit();
    Ok(Serving { address, server, workers, pollers, exporter, blocks, stop, grace: config.server.shutdown_grace() })
}

impl Serving {
    /// Waits until the service was asked to stop and has ended, or failed.
    pub async fn ended(mut self) -> Result<(), ServeError> {
        tokio::select! {
            // Both may be ready at once: who asked to stop is told so.
            biased;
            () = self.stop.cancelled() => {
                events::Stopping { grace: self.grace }.emit();
                match timeout(self.grace, &mut self.server).await {
                    Ok(ended) => served(ended)?,
                    Err(_) => self.server.abort(),
                }
            }
            ended = &mut self.server => {
                self.stop.cancel();
                served(ended)?;
            }
        }
        // A round that is dropped is begun again where it was.
        self.pollers.iter().for_each(JoinHandle::abort);
        // A block that is not committed is made anew.
        self.blocks.abort();
        // What an export lacks is written when the service runs again.
        if timeout(self.grace, &mut self.exporter).await.is_err() {
            self.exporter.abort();
        }
        let until = tokio::time::Instant::now() + self.grace;
        let mut all = Ok(());
        for mut worker in self.workers {
            let ended = match timeout_at(until, &mut worker).await {
                Ok(Ok(ended)) => ended.map_err(ServeError::from),
                Ok(Err(_)) => Err(ServeError::Failed(io::ErrorKind::Other)),
                Err(_) => {
                    worker.abort();
                    Ok(())
                }
            };
            all = all.and(ended);
        }
        all
    }
}

fn served(ended: Result<io::Result<()>, tokio::task::JoinError>) -> Result<(), ServeError> {
    let ended = ended.map_err(|_| ServeError::Failed(io::ErrorKind::Other))?;
    ended.map_err(|error| ServeError::Failed(error.kind()))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|error| ServeError::Listen { address, kind: error.kind() })
}

/// The mappings of the settings.
pub fn packs(config: &Config) -> Result<Packs, MappingError> {
    let folder = Some(config.mappings.folder.as_path()).filter(|folder| *folder != Path::new(""));
    Packs::load(folder)
}

/// How many submissions are read at once: enough for every core, and some that wait for the disk.
fn readers() -> usize {
    std::thread::available_parallelism().map_or(4, usize::from) * 4
}

/// The process has one recorder, however many services run in it.
fn recorder() -> Result<PrometheusHandle, BuildError> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(handle.clone());
    }
    let seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("seconds".to_owned()), &seconds)?;
    let recorder = builder.build_recorder();
    let handle = RECORDER.get_or_init(|| recorder.handle()).clone();
    // Of two services that start at the same moment the second finds the place taken, and shares the first one's.
    drop(metrics::set_global_recorder(recorder));
    Ok(handle)
}
