//! How a request reaches the server: where it goes, over which connection, and how much of its body left.

#[cfg(feature = "rustls")]
pub(crate) mod authorities;
pub(crate) mod base_url;
pub(crate) mod close_watch;
pub(crate) mod connection_fault;
#[cfg(feature = "rustls")]
pub(crate) mod cryptography;
pub(crate) mod diagnosis;
pub(crate) mod once_body;
pub(crate) mod proxy;
pub(crate) mod target;
#[cfg(feature = "rustls")]
mod tls_fault;
