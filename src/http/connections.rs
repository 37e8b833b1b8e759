//! Connections over HTTP: which there are, what is known of each, and trying one out. Nothing here writes to a peer or to the
//! folder of connections, and no answer holds a secret. Pausing one stands with `deliveries`.

use std::path::PathBuf;

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Map, Value, json};

use super::{Service, auth::Caller, error::HttpError};
use crate::{
    config::{self, Config, Operation},
    store::{AgencyScope, WriteMethod},
    sync::{
        Connection, SyncError,
        connect::{self, Before, record::Record},
    },
};

/// Where connections stand.
#[derive(Clone, Debug)]
pub struct Connections {
    folder: PathBuf,
    delivery: config::Delivery,
}

impl Connections {
    /// Those of the settings.
    pub fn of(config: &Config) -> Self {
        Self { folder: config.connections.folder.clone(), delivery: config.delivery.clone() }
    }

    fn names(&self) -> Vec<String> {
        let named = Some(self.delivery.connection.clone()).filter(|_| self.delivery.is_on());
        named.into_iter().chain(Connection::names(&self.folder)).collect()
    }

    fn load(&self, name: &str) -> Result<Connection, SyncError> {
        if self.delivery.is_on() && self.delivery.connection == name {
            return Connection::of_delivery(&self.delivery);
        }
        Connection::load(&self.folder, name)
    }

    fn one(&self, name: &str) -> Result<Connection, HttpError> {
        if !self.names().iter().any(|one| one == name) {
            return Err(HttpError::NotHere);
        }
        self.load(name).map_err(|_| UNREADABLE)
    }
}

const UNREADABLE: HttpError =
    HttpError::Conflict("What the connection's file says or names cannot be read; `ownwords connect NAME` tells more.");

pub(super) async fn list(State(service): State<Service>, caller: Caller) -> Result<Json<Value>, HttpError> {
    steers_all(&caller)?;
    let mut all = Vec::new();
    for name in service.connections.names() {
        all.push(match service.connections.load(&name) {
            Ok(connection) => shown(&service, &connection).await?,
            Err(problem) => json!({ "connection": name, "problem": problem.to_string() }),
        });
    }
    Ok(Json(json!({ "connections": all })))
}

pub(super) async fn show(
    State(service): State<Service>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>, HttpError> {
    steers_all(&caller)?;
    let connection = service.connections.one(&name)?;
    let store = &service.intake.store;
    let refused = store.refused_rungs(&name).await?;
    let refused = refused.iter().map(|one| json!({ "rung": one.rung.as_str(), "status": one.status, "at": one.at }));
    let backfill = store.backfilled(&name).await?.map(|backfill| {
        let counts = backfill.counts.iter().map(|(state, count)| (state.as_str().to_owned(), json!(count)));
        json!({ "paused_since": backfill.paused, "deliveries": counts.collect::<Map<String, Value>>() })
    });
    Ok(Json(json!({
        "connection": shown(&service, &connection).await?,
        "write_method": store.write_method(&name).await?.map(WriteMethod::as_str),
        "refused_rungs": refused.collect::<Vec<Value>>(),
        "backfill": backfill,
        "record": Record::load(&service.connections.folder, &name),
    })))
}

/// Reads only; what was learned is kept by `ownwords connect check` alone, since the folder need not be ours to write.
pub(super) async fn check(
    State(service): State<Service>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Value>, HttpError> {
    steers_all(&caller)?;
    let connection = service.connections.one(&name)?;
    let before = Before::met(&service.intake.store, &name).await?;
    let record = connect::try_out(&connection, before, service.intake.clock).await.map_err(|_| UNREADABLE)?;
    let changes = Record::load(&service.connections.folder, &name).map(|known| record.changes_since(&known));
    Ok(Json(json!({ "changes": changes, "record": record })))
}

async fn shown(service: &Service, connection: &Connection) -> Result<Value, HttpError> {
    let mut shown = connection.shown();
    let paused = service.intake.store.paused().await?;
    let since = paused.into_iter().find(|(name, _)| *name == connection.name).map(|(_, since)| since);
    shown["delivers"] = json!(service.intake.outlets.iter().any(|outlet| outlet.to.connection == connection.name));
    shown["paused_since"] = json!(since);
    Ok(shown)
}

/// A connection serves every agency that sends through here, so one agency alone neither sees nor tries it.
fn steers_all(caller: &Caller) -> Result<(), HttpError> {
    caller.may(Operation::Deliver)?;
    match caller.scope {
        AgencyScope::All => Ok(()),
        AgencyScope::Only(_) => Err(HttpError::NotAllowed("This caller steers the deliveries of one agency only.")),
    }
}
