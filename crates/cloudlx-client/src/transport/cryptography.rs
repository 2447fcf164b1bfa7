//! The cryptography of TLS: the program's own choice, or `ring`.

/// Makes `ring` the process's provider, unless the program has chosen one.
///
/// The HTTP client looks for the provider when it is built, also where its base URL is plain HTTP.
pub(crate) fn provide() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // An error means that another thread has just chosen a provider, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
