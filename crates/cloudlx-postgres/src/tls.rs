//! Encrypted connections to a database on another machine.
//!
//! The server's certificate must be for the host in the address, and from an authority that this system trusts or that is in
//! the file of `sslrootcert`.

use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::client::TlsStream as Encrypted;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use tokio_rustls::{Connect, TlsConnector};

/// Encrypts connections and checks certificates.
#[derive(Clone)]
pub(crate) struct Tls(TlsConnector);

/// Why certificates cannot be checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("expected certificates of authorities (PEM) in sslrootcert, {}: {source}", path.display())]
    Authorities { path: PathBuf, source: pem::Error },
    #[error("expected certificates of authorities (PEM) in sslrootcert, {}, found none", path.display())]
    NoAuthorities { path: PathBuf },
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

/// Encrypts a connection to one host.
pub(crate) struct TlsHost {
    host: ServerName<'static>,
    connector: TlsConnector,
}

/// An encrypted stream.
pub(crate) struct Stream<S>(Encrypted<S>);

/// A TLS handshake in progress.
pub(crate) struct Connecting<S>(Connect<S>);

impl Tls {
    /// Trusts the authorities in this file, or those of this system where there is none.
    pub(crate) fn new(authorities: Option<&Path>) -> Result<Self, TlsError> {
        let provider = match CryptoProvider::get_default() {
            Some(chosen) => Arc::clone(chosen),
            None => Arc::new(ring::default_provider()),
        };
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let config = match authorities {
            Some(path) => config.with_root_certificates(roots(path)?),
            None => config.with_platform_verifier()?,
        };
        Ok(Self(TlsConnector::from(Arc::new(config.with_no_client_auth()))))
    }
}

fn roots(path: &Path) -> Result<RootCertStore, TlsError> {
    let failed = |source| TlsError::Authorities { path: path.to_owned(), source };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(failed)? {
        roots.add(certificate.map_err(failed)?)?;
    }
    if roots.is_empty() { Err(TlsError::NoAuthorities { path: path.to_owned() }) } else { Ok(roots) }
}

impl<S: AsyncRead + AsyncWrite + Unpin> MakeTlsConnect<S> for Tls {
    type Stream = Stream<S>;
    type TlsConnect = TlsHost;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<TlsHost> {
        let host = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(TlsHost { host, connector: self.0.clone() })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsConnect<S> for TlsHost {
    type Stream = Stream<S>;
    type Error = io::Error;
    type Future = Connecting<S>;

    fn connect(self, stream: S) -> Connecting<S> {
        Connecting(self.connector.connect(self.host, stream))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Future for Connecting<S> {
    type Output = io::Result<Stream<S>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map_ok(Stream)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    /// None: the checked certificate already proves that nobody stands between the client and the server.
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
