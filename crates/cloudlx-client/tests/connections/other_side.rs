//! The peers of a client under test: servers with and without TLS, and proxies.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloudlx_client::reqwest;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate authority.
pub(crate) struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = authority.self_signed(&key).unwrap();
        Self { certificate, issuer: Issuer::new(authority, key) }
    }

    /// An HTTP client that trusts only this authority, and uses no proxy by default.
    pub(crate) fn trusted(&self) -> reqwest::ClientBuilder {
        let certificate = reqwest::Certificate::from_pem(self.certificate.pem().as_bytes()).unwrap();
        reqwest::Client::builder().no_proxy().tls_certs_only([certificate])
    }

    /// TLS for a server, with a certificate of this authority.
    pub(crate) fn certify(&self, parameters: &CertificateParams) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        acceptor(&certificate, &key)
    }
}

/// The contents of a certificate for this machine.
pub(crate) fn for_this_machine() -> CertificateParams {
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    parameters.subject_alt_names.push(SanType::IpAddress(IpAddr::from([127, 0, 0, 1])));
    parameters
}

/// TLS for a server, with a self-signed certificate.
pub(crate) fn self_signed(parameters: &CertificateParams) -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    acceptor(&parameters.self_signed(&key).unwrap(), &key)
}

fn acceptor(certificate: &rcgen::Certificate, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).unwrap()))
}

/// What a peer does on every connection.
pub(crate) enum Does {
    /// Responds to each request with an empty list of customers, over TLS.
    Lists(TlsAcceptor),
    /// Writes these bytes after the first bytes arrive, and closes.
    Says(&'static [u8]),
    /// Reads a head, responds with this, and connects to this address if there is one.
    Connects(&'static str, Option<SocketAddr>),
    /// The same over TLS.
    ConnectsEncrypted(TlsAcceptor),
}

/// A listening server or proxy that counts its connections; it stops when it is dropped.
pub(crate) struct OtherSide {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl OtherSide {
    pub(crate) async fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (seen, does) = (Arc::clone(&connections), Arc::new(does));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                seen.fetch_add(1, Ordering::SeqCst);
                let does = Arc::clone(&does);
                tokio::spawn(async move { serve(stream, &does).await });
            }
        });
        Self { address, connections, task }
    }

    pub(crate) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for OtherSide {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, does: &Does) {
    match does {
        Does::Lists(tls) => {
            let Ok(mut stream) = tls.accept(stream).await else { return };
            while head(&mut stream).await.is_some() {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"customers\":[]}";
                let _ = stream.write_all(answer).await;
            }
        }
        Does::Says(bytes) => {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        }
        Does::Connects(answer, to) => {
            if head(&mut stream).await.is_none() {
                return;
            }
            let _ = stream.write_all(answer.as_bytes()).await;
            if let Some(to) = to {
                let mut server = TcpStream::connect(to).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
            }
        }
        Does::ConnectsEncrypted(tls) => drop(tls.accept(stream).await),
    }
}

/// The head of a request. None where the client has closed the connection.
async fn head(stream: &mut (impl AsyncReadExt + Unpin)) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(bytes)
}
