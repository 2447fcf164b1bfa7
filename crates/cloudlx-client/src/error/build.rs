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
    /// A client's id or secret has a control character, or white space or something invisible at an end.
    #[error(
        "expected a {part} without control characters, and without white space at its ends, found {found}: remove it, for \
         files and copies often add one"
    )]
    #[non_exhaustive]
    Credential {
        /// `client id` or `client secret`.
        part: &'static str,
        /// The character and where it stands: `a line end at its end`.
        found: String,
    },
    /// The access token cannot stand in a header.
    #[error(
        "expected an access token of visible ASCII characters, found others (a space or a line end, perhaps): remove them"
    )]
    AccessToken,
    /// The user agent cannot stand in a header.
    #[error("expected a user agent of visible ASCII characters, found {user_agent:?}")]
    UserAgent {
        /// What came.
        user_agent: String,
    },
    /// A timeout leaves no time at all.
    #[error("expected the {timeout} timeout to be more than nothing, found zero")]
    ZeroTimeout {
        /// `connect`, `attempt` or `call`.
        timeout: &'static str,
    },
    /// Nothing is allowed of what every call needs one of.
    #[error("expected at least one {setting}, found zero")]
    Zero {
        /// `attempt` or `concurrent request`.
        setting: &'static str,
    },
    /// The base URL says `https`, and this build has no TLS.
    #[error(
        "expected TLS for an https base URL, found none: turn on the feature `rustls`, or give an http_client that has it"
    )]
    NoTls,
    /// A variable of the environment names no proxy that can be used, so that requests would go out without one.
    #[error(
        "expected {variable} to be the address of a proxy, such as http://proxy.example:3128, found another text: correct it, or unset it"
    )]
    #[non_exhaustive]
    Proxy {
        /// The variable. Its text is not shown, for it may hold a password.
        variable: &'static str,
    },
    /// There is no certificate authority to check the certificates of servers with.
    #[error("expected certificate authorities to check the server's certificate with, found none: {problem}")]
    #[non_exhaustive]
    NoAuthorities {
        /// Where they were looked for and what was found there, with the remedy.
        problem: String,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Http(#[source] Box<dyn std::error::Error + Send + Sync>),
}
