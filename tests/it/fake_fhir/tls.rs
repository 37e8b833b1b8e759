//! The fake over TLS, with certificates of `tests/data/keys`: one for this machine, one for another, one whose time is over.

use std::{fs, io::Result as IoResult, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::serve::Listener;
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// A listener that speaks TLS.
pub(super) struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Tls {
    pub(super) async fn listen(certificate: &str, wants_certificate: bool) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = |name: &str| -> Vec<CertificateDer<'static>> {
            let pem = fs::read(key(&format!("{name}.pem"))).expect("a certificate");
            CertificateDer::pem_slice_iter(&pem).collect::<Result<_, _>>().expect("PEM")
        };
        let pem = fs::read(key(&format!("{certificate}.key"))).expect("a key");
        let private = PrivateKeyDer::from_pem_slice(&pem).expect("PEM");
        let mut roots = RootCertStore::empty();
        roots.add(certificates("ca").remove(0)).expect("a CA");
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().expect("a verifier");
        let config = ServerConfig::builder();
        let config =
            if wants_certificate { config.with_client_cert_verifier(verifier) } else { config.with_no_client_auth() };
        let config = config.with_single_cert(certificates(certificate), private).expect("a pair");
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
        Self { listener, acceptor: TlsAcceptor::from(Arc::new(config)) }
    }
}

/// A file of the test keys.
pub(crate) fn key(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/keys").join(name)
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            // A caller that does not trust us, or is not trusted, is not served.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> IoResult<SocketAddr> {
        self.listener.local_addr()
    }
}
