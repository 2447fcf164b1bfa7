//! A client never replaces the cryptography that the program has chosen. In a file of its own, because a process has one
//! provider.
#![cfg(feature = "rustls")]
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use cloudlx_client::{Client, Credentials};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};

#[test]
fn a_client_keeps_the_provider_that_the_program_installed() {
    let mut chosen = ring::default_provider();
    // One suite fewer, so that this provider can be told from the one that a client would install.
    let all_suites = chosen.cipher_suites.len();
    chosen.cipher_suites.pop();
    chosen.install_default().unwrap();

    Client::builder("https://api.example", Credentials::client("id", "secret")).build().unwrap();

    let provider = CryptoProvider::get_default().unwrap();
    assert_eq!(provider.cipher_suites.len(), all_suites - 1);
}
