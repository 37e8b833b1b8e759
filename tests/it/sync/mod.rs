//! Connections: every bad input is told by its name and nothing is written; tokens, certificates, what probes find out, and
//! what changed since. Delivery through a connection stands with `delivery`.

pub(crate) mod back;
mod faults;
mod keys;
mod kit;
mod probes;
mod real_server;
mod subscription;
mod trust;

use ownwords::{
    clock::Clock,
    sync::{
        Connection,
        connect::{self, Before, record::Record},
        connection::{AuthFile, AuthKind, ConnectionFile},
    },
};
use serde_json::{Value, json};

use crate::fake_fhir::{
    Fake,
    ehr::{CLIENT, key},
};

/// A connection's file for SMART Backend Services with a test key.
pub(crate) fn keyed(base_url: String, name: &str) -> ConnectionFile {
    let auth = AuthFile {
        kind: AuthKind::SmartBackend,
        client_id: CLIENT.to_owned(),
        key_file: key(name),
        ..AuthFile::default()
    };
    ConnectionFile { base_url, auth, person: "p1".to_owned(), ..ConnectionFile::default() }
}

/// A connection without auth.
fn open(base_url: String) -> ConnectionFile {
    ConnectionFile { base_url, person: "p1".to_owned(), ..ConnectionFile::default() }
}

pub(crate) fn connection(said: ConnectionFile) -> Connection {
    Connection::of_file("ehr", std::path::Path::new("/"), said).expect("a connection")
}

/// Registers the public half of a test key.
pub(crate) fn register(fake: &Fake, name: &str) {
    let keys = connection(keyed("http://127.0.0.1/".to_owned(), name)).public_keys().expect("keys");
    let mut inside = fake.inside();
    inside.ehr.guarded = true;
    inside.ehr.keys = keys;
}

/// A test person with goals.
fn settle_in(fake: &Fake, goals: usize) {
    let mut inside = fake.inside();
    let mut put = |key: String, tree: Value| inside.resources.insert(key, (1, tree));
    put("Patient/p1".to_owned(), json!({ "resourceType": "Patient", "id": "p1" }));
    for number in 0..goals {
        let goal =
            json!({ "resourceType": "Goal", "id": number.to_string(), "subject": { "reference": "Patient/p1" } });
        put(format!("Goal/{number}"), goal);
    }
}

async fn tried(said: ConnectionFile) -> Record {
    tried_with(said, Before::default()).await
}

async fn tried_with(said: ConnectionFile, before: Before) -> Record {
    connect::try_out(&connection(said), before, Clock::System).await.expect("tried")
}

fn codes(record: &Record) -> Vec<&str> {
    record.faults.iter().map(|fault| fault.code.as_str()).collect()
}
