//! What every handler can reach. Cheap to clone.

use std::{collections::HashMap, sync::Arc};

use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::Value;
use tokio::sync::{Notify, Semaphore};

use super::{auth::Callers, connections::Connections, notified::Hook};
use crate::{config, mapping::Packs, pipeline::keep::Intake, sync::Wake};

/// What every handler can reach.
#[derive(Clone)]
pub struct Service {
    /// Judges and keeps submissions; holds the store.
    pub intake: Intake,
    /// The mappings at hand.
    pub packs: Arc<Packs>,
    /// Who may call.
    pub callers: Arc<Callers>,
    /// Limits and times.
    pub settings: config::Server,
    /// Connections to EHRs.
    pub connections: Arc<Connections>,
    /// Wakes the delivery workers when something is to be delivered.
    pub wake: Wake,
    /// Wakes who writes bulk exports.
    pub exports: Arc<Notify>,
    /// How notifications of EHRs are known.
    pub hooks: Arc<HashMap<String, Hook>>,
    /// Our public keys, for EHRs.
    pub jwks: Arc<Value>,
    /// How many submissions are read at once.
    pub readers: Arc<Semaphore>,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
}
