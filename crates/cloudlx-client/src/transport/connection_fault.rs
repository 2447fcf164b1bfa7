//! The faults that keep a connection from being made, and how a message describes them.
//!
//! Faults that somebody has to correct are kept apart from those that may pass.

use std::fmt;

use crate::transport::proxy::Proxy;
use crate::transport::target::Target;

/// Why no connection could be made. Nothing of the request was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionFault {
    /// The name of the server, or of the proxy, could not be resolved. This may pass.
    NameNotResolved,
    /// The TLS certificate of the server, or of the proxy, is not accepted.
    Certificate {
        /// Whose certificate it is, as words.
        of: String,
        /// What is wrong with it, with the remedy.
        problem: String,
    },
    /// The server, or the proxy, speaks no TLS where it is expected.
    NotTls {
        /// The server or the proxy, as words.
        who: String,
    },
    /// The server, or the proxy, and this client cannot agree on a TLS version, cipher or protocol.
    NoTlsAgreement {
        /// The server or the proxy, as words.
        with: String,
        /// What they cannot agree on.
        problem: String,
    },
    /// The proxy asks for a user name and a password, or refuses those that it got (407).
    ProxyAuthentication,
    /// The proxy refused to connect to the server: its response to CONNECT had another status than 200.
    ProxyRefused,
    /// The client does not support this kind of proxy, such as SOCKS.
    ProxyKind,
}

impl ConnectionFault {
    /// Whether the same call may connect later without anybody correcting something.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::NameNotResolved)
    }

    /// What is wrong, with the remedy, as the end of a sentence.
    fn describe(&self, f: &mut fmt::Formatter<'_>, route: Route<'_>) -> fmt::Result {
        let host = route.host;
        match self {
            Self::NameNotResolved => match route.proxy {
                Some(proxy) => write!(f, "the name of {proxy} could not be resolved{}", Remedy(route)),
                None => write!(
                    f,
                    "the name {host} could not be resolved: check the host of the base URL, and this machine's name servers"
                ),
            },
            Self::Certificate { of, problem } => {
                write!(f, "the certificate of {of} is not accepted: {problem}")
            }
            Self::NotTls { who } => {
                write!(f, "{who} does not speak TLS there: check the scheme and the port of its address")
            }
            Self::NoTlsAgreement { with, problem } => {
                write!(f, "{with} and this client agree on no TLS connection: {problem}")
            }
            Self::ProxyAuthentication => write!(
                f,
                "{} asks for a user name and a password, or for others (407): put them into the proxy's address \
                 (http://NAME:PASSWORD@HOST:PORT){}",
                Named(route),
                Remedy(route)
            ),
            Self::ProxyRefused => write!(
                f,
                "{} refused to connect to {host}: ask who runs it to allow that{}",
                Named(route),
                Remedy(route)
            ),
            Self::ProxyKind => write!(
                f,
                "{} is of a kind that this client does not speak with: expected http:// or https://{}",
                Named(route),
                Remedy(route)
            ),
        }
    }
}

/// Where a request goes, and through which proxy.
#[derive(Clone, Copy)]
pub(crate) struct Route<'a> {
    pub(crate) host: &'a str,
    /// Whether the request goes to the host without TLS.
    pub(crate) is_plain: bool,
    pub(crate) proxy: Option<&'a Proxy>,
}

impl<'a> Route<'a> {
    pub(crate) fn new(target: &'a Target, proxy: Option<&'a Proxy>) -> Self {
        Self { host: target.host(), is_plain: target.url.starts_with("http:"), proxy }
    }
}

/// A fault as the end of a sentence about a request.
pub(crate) struct Described<'a>(pub(crate) &'a ConnectionFault, pub(crate) Route<'a>);

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.describe(f, self.1)
    }
}

/// The proxy in words. With an HTTP client of the caller's, it is not known which proxy that uses.
struct Named<'a>(Route<'a>);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.proxy {
            Some(proxy) => write!(f, "{proxy}"),
            None => f.write_str("the proxy"),
        }
    }
}

/// What to do about a proxy that an environment variable names.
pub(crate) struct Remedy<'a>(pub(crate) Route<'a>);

impl fmt::Display for Remedy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(proxy) = self.0.proxy else { return Ok(()) };
        write!(f, "; correct {}, or name {} in NO_PROXY to go without a proxy", proxy.variable, self.0.host)
    }
}
