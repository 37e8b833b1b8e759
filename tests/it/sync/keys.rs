//! Our keys: what the outside sees of them, that both kinds get a token, and how one is changed for another.

use std::fs;

use ownwords::sync::{Connection, connection::AuthKind};
use serde_json::Value;

use super::{codes, connection, keyed, register, settle_in, tried};
use crate::fake_fhir::{Fake, ehr::key};

/// A private JWK of a test key made by hand, as some registrations hand them out.
const JWK: &str = "{\"kty\":\"EC\",\"crv\":\"P-384\",\"kid\":\"by-hand\",";

#[tokio::test]
async fn both_kinds_of_key_get_a_token_and_one_is_enough() {
    for (name, algorithm) in [("rs384.pem", "RS384"), ("es384.pem", "ES384")] {
        let fake = Fake::own_ids().await;
        register(&fake, name);
        settle_in(&fake, 3);
        let record = tried(keyed(fake.base(), name)).await;
        assert_eq!(codes(&record), [""; 0]);
        assert!(record.probes[2].evidence.contains(algorithm), "{:?}", record.probes[2]);
        assert_eq!(fake.inside().ehr.asked, 1, "{name}: one token for all requests");
    }
}

#[tokio::test]
async fn a_key_can_be_a_jwk() {
    let pem = fs::read(key("es384.pem")).expect("a key");
    let public = connection(keyed("http://127.0.0.1/".to_owned(), "es384.pem")).public_keys().expect("keys").remove(0);
    let der = rustls::pki_types::PrivatePkcs8KeyDer::from(der_of(&pem));
    // The private number stands 35 bytes in, in what OpenSSL writes for this curve.
    let d = base64url(&der.secret_pkcs8_der()[35..83]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.json");
    let [x, y] = ["x", "y"].map(|name| public[name].as_str().expect("a number"));
    fs::write(&file, format!("{JWK}\"d\":\"{d}\",\"x\":\"{x}\",\"y\":\"{y}\"}}")).expect("written");
    let mut said = keyed("http://127.0.0.1/".to_owned(), "es384.pem");
    said.auth.key_file = file;
    let told = connection(said.clone()).public_keys().expect("keys").remove(0);
    assert_eq!((&told["kid"], &told["x"]), (&Value::from("by-hand"), &public["x"]));
    assert!(told["d"].is_null(), "the private half stays here");

    let fake = Fake::own_ids().await;
    settle_in(&fake, 0);
    fake.inside().ehr.guarded = true;
    fake.inside().ehr.keys = vec![told];
    said.base_url = fake.base();
    assert_eq!(codes(&tried(said).await), [""; 0]);
}

/// Published beside the old one, then signing, with the old one still published: never a moment without a token.
#[tokio::test]
async fn a_key_is_changed_without_a_gap() {
    let folder = tempfile::tempdir().expect("a folder");
    let fake = Fake::own_ids().await;
    settle_in(&fake, 0);
    let (old, new) = (key("es384.pem"), key("rs384.pem"));
    for (signs, beside) in [(&old, vec![]), (&old, vec![&new]), (&new, vec![&old]), (&new, vec![])] {
        let mut said = keyed(fake.base(), "es384.pem");
        said.auth.key_file.clone_from(signs);
        said.auth.published_key_files = beside.iter().map(|file| (*file).clone()).collect();
        fs::write(folder.path().join("ehr.toml"), said.text("ehr")).expect("written");
        let set = Connection::jwks(folder.path()).expect("a set");
        let keys = set["keys"].as_array().expect("keys").clone();
        assert_eq!(keys.len(), 1 + beside.len());
        assert!(keys.iter().all(|key| key["d"].is_null() && key["kid"].is_string()), "{set}");
        fake.inside().ehr.guarded = true;
        fake.inside().ehr.keys = keys;
        let kept = Connection::load(folder.path(), "ehr").expect("a connection");
        let record = ownwords::sync::connect::try_out(
            &kept,
            ownwords::sync::connect::Before::default(),
            ownwords::clock::Clock::System,
        )
        .await;
        assert_eq!(codes(&record.expect("tried")), [""; 0]);
    }
}

#[test]
fn a_kept_file_is_read_as_it_was_and_debug_shows_no_secret() {
    let mut said = keyed("https://ehr.example.org/river/fhir".to_owned(), "es384.pem");
    said.auth.scopes = vec!["system/Goal.rs".to_owned()];
    said.known.can = vec!["transaction".to_owned()];
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("river.toml"), said.text("river")).expect("written");
    let kept = Connection::load(folder.path(), "river").expect("a connection");
    let same = Connection::of_file("river", folder.path(), said.clone()).expect("a connection");
    assert_eq!(format!("{kept:?}"), format!("{same:?}"));
    assert_eq!(said.auth.kind, AuthKind::SmartBackend);
    let private = fs::read_to_string(key("es384.pem")).expect("a key");
    let line = private.lines().nth(1).expect("a line");
    assert!(!format!("{kept:?}").contains(line));
}

fn der_of(pem: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(pem);
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body).expect("base64")
}

fn base64url(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes)
}

/// Some servers end it with a slash, some tell tenants or policies apart by a query; the assertion is made out to all of it.
#[tokio::test]
async fn a_token_address_is_used_to_the_letter() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    settle_in(&fake, 0);
    let token_url = format!("{}/token/?policy=one", fake.base().trim_end_matches("/fhir"));
    let mut said = keyed(fake.base(), "es384.pem");
    fake.inside().ehr.token_url = Some(token_url.clone());
    assert_eq!(codes(&tried(said.clone()).await), [""; 0]);
    fake.inside().ehr.token_url = None;
    said.auth.token_url = token_url;
    assert_eq!(codes(&tried(said).await), [""; 0]);
}

#[test]
fn a_name_leads_to_no_file_outside_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("other.toml"), "not ours").expect("written");
    let error = Connection::load(&folder.path().join("connections"), "../other").expect_err("no name");
    assert!(error.to_string().contains("has a name that cannot be used"), "{error}");
}
