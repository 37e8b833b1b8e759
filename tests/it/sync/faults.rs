//! What may be wrong with a connection, each told by its name; in no case is anything written or a secret shown.

use ownwords::sync::connection::{AuthFile, AuthKind, ConnectionFile};

use super::{codes, keyed, open, register, settle_in, tried};
use crate::fake_fhir::{Fake, ehr::key};

fn without_a_trace(fake: &Fake, before: usize) {
    let inside = fake.inside();
    assert!(inside.transactions.is_empty());
    assert_eq!(inside.resources.len(), before, "nothing is written");
}

#[tokio::test]
async fn what_stands_at_the_address_is_told() {
    let fhir_json = "application/fhir+json";
    for (kind, body, code) in [
        ("text/html", "<!DOCTYPE html><html><body>Log in</body></html>", "html"),
        (fhir_json, "{\"resourceType\":\"Conformance\",\"fhirVersion\":\"1.0.2\"}", "dstu2"),
        (fhir_json, "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"3.0.2\"}", "stu3"),
        ("application/fhir+xml", "<CapabilityStatement xmlns=\"http://hl7.org/fhir\"/>", "xml"),
        ("application/json", "{\"message\":\"no\"}", "not-fhir"),
    ] {
        let fake = Fake::own_ids().await;
        fake.inside().ehr.page = Some((kind, body.to_owned()));
        let record = tried(open(fake.base())).await;
        assert_eq!(codes(&record), [code]);
        assert_eq!((record.ladder.rung.as_str(), record.probes.len()), ("E", 19), "{code}");
        without_a_trace(&fake, 0);
    }
    let fake = Fake::own_ids().await;
    assert_eq!(codes(&tried(open(format!("{}/wrong/path", fake.base()))).await), ["wrong-address"]);
    let gone = fake.base();
    drop(fake);
    assert_eq!(codes(&tried(open(gone)).await), ["not-reached"]);
}

#[tokio::test]
async fn a_key_that_is_wrong_or_over_and_a_clock_that_is_off_are_told_apart() {
    for (registered, is_expired, ahead, expected) in [
        ("es384-other.pem", false, 0, &["key-refused"][..]),
        ("es384.pem", true, 0, &["key-expired"]),
        ("es384.pem", false, 420, &["clock"]),
        ("es384.pem", false, -420, &["clock"]),
        ("es384.pem", false, 0, &[]),
    ] {
        let fake = Fake::own_ids().await;
        register(&fake, registered);
        settle_in(&fake, 0);
        fake.inside().ehr.expired = is_expired;
        fake.inside().ehr.ahead = ahead;
        let record = tried(keyed(fake.base(), "es384.pem")).await;
        assert_eq!(codes(&record), expected, "{registered} {is_expired} {ahead}");
        without_a_trace(&fake, 1);
    }
}

#[tokio::test]
async fn a_key_of_ours_under_the_kid_of_another_is_not_taken() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384-other.pem");
    let kid = fake.inside().ehr.keys[0]["kid"].as_str().expect("a kid").to_owned();
    let mut said = keyed(fake.base(), "es384.pem");
    said.auth.kid = kid;
    assert_eq!(codes(&tried(said).await), ["key-refused"]);
}

#[tokio::test]
async fn a_scope_that_is_missing_is_named_and_the_rung_falls() {
    let fake = Fake::own_ids().await;
    register(&fake, "rs384.pem");
    settle_in(&fake, 0);
    let all = tried(keyed(fake.base(), "rs384.pem")).await;
    assert_eq!((codes(&all), all.ladder.rung.as_str()), (vec![], "A"));
    let mut granted = all.scopes.expect("scopes").asked;
    for scope in granted.iter_mut().filter(|scope| scope.starts_with("system/CarePlan.")) {
        "system/CarePlan.rs".clone_into(scope);
    }
    fake.inside().ehr.grants = Some(granted);
    let record = tried(keyed(fake.base(), "rs384.pem")).await;
    assert_eq!(codes(&record), ["scope-missing"]);
    assert_eq!(record.scopes.as_ref().expect("scopes").missing, ["system/CarePlan.cu"]);
    assert_eq!(record.ladder.rung, "B", "a document may still be written");
    let ability = &record.abilities["CarePlan.create"];
    assert_eq!((ability.can, ability.by.as_str()), (false, "scope"));
    fake.inside().ehr.grants = Some(Vec::new());
    assert_eq!(codes(&tried(keyed(fake.base(), "rs384.pem")).await), ["scope-refused"]);
    without_a_trace(&fake, 1);
}

#[tokio::test]
async fn another_tenants_address_is_told() {
    let fake = Fake::own_ids().await;
    fake.inside().ehr.own_address = Some(fake.base().replace("/fhir", "/hill"));
    assert_eq!(codes(&tried(open(fake.base())).await), ["tenant-mix-up"]);
    fake.inside().ehr.own_address = Some("http://10.1.1.1/inside/fhir".to_owned());
    assert_eq!(codes(&tried(ConnectionFile { person: String::new(), ..open(fake.base()) }).await), [""; 0]);
}

#[tokio::test]
async fn who_we_are_has_to_be_in_order() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    settle_in(&fake, 0);
    // No token at all.
    assert_eq!(codes(&tried(open(fake.base())).await), ["not-let-in"]);
    // Not our kind of key.
    fake.inside().ehr.algorithms = vec!["RS384"];
    assert_eq!(codes(&tried(keyed(fake.base(), "es384.pem")).await), ["algorithm"]);
    fake.inside().ehr.algorithms = Vec::new();
    // A token address that carries our assertion in the open.
    fake.inside().ehr.token_url = Some("http://login.example.org/token".to_owned());
    assert_eq!(codes(&tried(keyed(fake.base(), "es384.pem")).await), ["token-address-unsafe"]);
    fake.inside().ehr.token_url = None;
    // Another person's id.
    let nobody = ConnectionFile { person: "p2".to_owned(), ..keyed(fake.base(), "es384.pem") };
    assert_eq!(codes(&tried(nobody).await), ["person-not-there"]);
    without_a_trace(&fake, 1);
}

#[tokio::test]
async fn a_secret_lets_in_and_a_wrong_one_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "correct horse:battery/staple\n").expect("written");
    let fake = Fake::own_ids().await;
    fake.inside().ehr.guarded = true;
    settle_in(&fake, 0);
    // The form encoding of both comes before the Basic encoding.
    let basic = "Basic b3dud29yZHMtY2xpZW50OmNvcnJlY3QraG9yc2UlM0FiYXR0ZXJ5JTJGc3RhcGxl";
    let said = ConnectionFile {
        auth: AuthFile {
            kind: AuthKind::ClientSecret,
            client_id: crate::fake_fhir::ehr::CLIENT.to_owned(),
            secret_file: secret,
            ..AuthFile::default()
        },
        ..open(fake.base())
    };
    assert_eq!(codes(&tried(said.clone()).await), ["secret-refused"]);
    fake.inside().ehr.basic = Some(basic.to_owned());
    let record = tried(said).await;
    assert_eq!(codes(&record), [""; 0]);
    assert!(!format!("{record:?}").contains("horse"));
}

#[test]
fn files_that_cannot_be_used_say_why_and_never_what_they_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = "MIGHAgEAMBMGByqGSM49";
    let put = |name: &str, text: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, text).expect("written");
        file
    };
    let broken = put("broken.pem", &format!("-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n"));
    let public = put("public.json", &format!("{{\"keys\":[{{\"kty\":\"EC\",\"x\":\"{secret}\"}}]}}"));
    for (file, part) in [
        (broken, "no private key that can be used"),
        (public, "public keys only"),
        (key("sec1.pem"), "openssl pkcs8"),
        (folder.path().join("none.pem"), "is not there"),
    ] {
        let mut said = keyed("https://ehr.example.org/fhir".to_owned(), "es384.pem");
        said.auth.key_file.clone_from(&file);
        let error = super::connection(said).public_keys().expect_err("refused").to_string();
        assert!(
            error.contains(part) && error.contains(file.file_name().expect("a name").to_str().expect("UTF-8")),
            "{error}"
        );
        assert!(!error.contains(secret), "{error}");
    }
}

#[test]
fn a_file_that_is_wrong_names_line_or_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let base = "base_url = \"https://ehr.example.org/fhir\"\n";
    for (text, part) in [
        (format!("{base}colour = 1\n"), "line 2: unknown field"),
        (format!("{base}[auth]\nkind = \"smart\"\n"), "line 3: unknown variant"),
        (format!("{base}[auth]\nsecret_env = [\"hush-hush\"]\n"), "line 3: is not what belongs there"),
        (format!("{base}[auth]\nkind = \"smart-backend\"\n"), "auth.client_id is missing"),
        (format!("{base}[auth]\nkind = \"smart-backend\"\nclient_id = \"a\"\n"), "auth.key_file is missing"),
        (format!("{base}[auth]\nkind = \"header\"\n"), "secret_file or secret_env"),
        (format!("{base}[tls]\ncertificate_file = \"a\"\n"), "both certificate_file and key_file"),
        ("base_url = \"http://ehr.example.org/fhir\"\n".to_owned(), "plain http"),
        ("base_url = \"https://me:hush-hush@ehr.example.org/fhir\"\n".to_owned(), "user name or password"),
        (format!("{base}timeout_s = 0\n"), "at least 1"),
    ] {
        std::fs::write(folder.path().join("ehr.toml"), &text).expect("written");
        let error = ownwords::sync::Connection::load(folder.path(), "ehr").expect_err(part).to_string();
        assert!(error.contains(part), "{error} for {text}");
        assert!(!error.contains("hush-hush"), "{error}");
    }
    let none = ownwords::sync::Connection::load(folder.path(), "none").expect_err("not there").to_string();
    assert!(none.contains("none.toml") && none.contains("--save"), "{none}");
    assert!(ownwords::sync::Connection::load(folder.path(), "../ehr").is_err());
}
