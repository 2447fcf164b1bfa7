//! Why a client cannot be built.

use crate::transport::base_url::BaseUrlError;

/// Why a client cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL cannot be used.
    #[error("the base URL cannot be used")]
    BaseUrl(#[from] BaseUrlError),
    /// A part of the credentials is empty.
    #[error("expected a {part}, found an empty one")]
    EmptyCredential {
        /// `client id`, `client secret` or `access token`.
        part: &'static str,
    },
    /// The client id or the client secret contains a control character, or has white space or an invisible character at an
    /// end.
    #[error(
        "expected a {part} without control characters, and without white space at its ends, found {found}: remove it, for \
         files and copies often add one"
    )]
    #[non_exhaustive]
    Credential {
        /// `client id` or `client secret`.
        part: &'static str,
        /// The character and its position: `a line end at its end`.
        found: String,
    },
    /// The access token contains characters that a header cannot hold.
    #[error(
        "expected an access token of visible ASCII characters, found others (a space or a line end, perhaps): remove them"
    )]
    AccessToken,
    /// The user agent contains characters that a header cannot hold.
    #[error("expected a user agent of visible ASCII characters, found {user_agent:?}")]
    UserAgent {
        /// The user agent that was given.
        user_agent: String,
    },
    /// A timeout is zero.
    #[error("expected the {timeout} timeout to be more than nothing, found zero")]
    ZeroTimeout {
        /// `connect`, `attempt` or `call`.
        timeout: &'static str,
    },
    /// A limit is zero, so that no call could be made.
    #[error("expected at least one {setting}, found zero")]
    Zero {
        /// `attempt` or `concurrent request`.
        setting: &'static str,
    },
    /// The base URL begins with `https`, and this build has no TLS.
    #[error(
        "expected TLS for an https base URL, found none: turn on the feature `rustls`, or give an http_client that has it"
    )]
    NoTls,
    /// An environment variable does not name a usable proxy. Without this error, requests would bypass the proxy.
    #[error(
        "expected {variable} to be the address of a proxy, such as http://proxy.example:3128, found another text: correct it, or unset it"
    )]
    #[non_exhaustive]
    Proxy {
        /// The variable. Its value is not shown, because it may contain a password.
        variable: &'static str,
    },
    /// No certificate authorities were found, so that no server's certificate could be checked.
    #[error("expected certificate authorities to check the server's certificate with, found none: {problem}")]
    #[non_exhaustive]
    NoAuthorities {
        /// Where the client looked and what it found there, with the remedy.
        problem: String,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Http(#[source] Box<dyn std::error::Error + Send + Sync>),
}
