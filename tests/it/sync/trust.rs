//! Certificates: whom we trust, whom we do not, and servers that want one of ours.

use ownwords::sync::connection::{ConnectionFile, TlsFile};

use super::{codes, open, settle_in, tried};
use crate::fake_fhir::{Fake, ehr::key};

fn over_tls(fake: &Fake, trusts: bool, shows: bool) -> ConnectionFile {
    let mut tls = TlsFile::default();
    if trusts {
        tls.ca_file = key("ca.pem");
    }
    if shows {
        (tls.certificate_file, tls.key_file) = (key("client.pem"), key("client.key"));
    }
    ConnectionFile { tls, ..open(format!("https://localhost:{}/fhir", fake.address.port())) }
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_told() {
    for (certificate, trusts, expected) in [
        ("server", true, &[][..]),
        ("server", false, &["certificate-unknown"]),
        ("expired", true, &["certificate-expired"]),
        ("elsewhere", true, &["certificate-name"]),
    ] {
        let fake = Fake::over_tls(certificate, false).await;
        settle_in(&fake, 0);
        assert_eq!(codes(&tried(over_tls(&fake, trusts, false)).await), expected, "{certificate} {trusts}");
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_one_is_wanted() {
    let fake = Fake::over_tls("server", true).await;
    settle_in(&fake, 0);
    assert_eq!(codes(&tried(over_tls(&fake, true, false)).await), ["client-certificate"]);
    assert_eq!(codes(&tried(over_tls(&fake, true, true)).await), [""; 0]);
}

#[tokio::test]
async fn tls_where_there_is_none_is_told() {
    let fake = Fake::own_ids().await;
    assert_eq!(codes(&tried(over_tls(&fake, true, false)).await), ["not-tls"]);
}

#[tokio::test]
async fn files_without_certificates_stop_the_start() {
    let fake = Fake::own_ids().await;
    let mut said = over_tls(&fake, true, false);
    said.tls.ca_file = key("es384.pem");
    let connection = super::connection(said);
    let error = ownwords::sync::connect::try_out(
        &connection,
        ownwords::sync::connect::Before::default(),
        ownwords::clock::Clock::System,
    );
    let error = error.await.expect_err("refused").to_string();
    assert!(error.contains("es384.pem holds no certificates"), "{error}");
}
