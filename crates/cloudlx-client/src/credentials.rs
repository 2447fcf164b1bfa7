//! What a client shows to be let in.

use secrecy::{ExposeSecret, SecretString};

/// What a client shows to be let in.
///
/// `Debug` shows the client's id and no secret.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// A client's id and secret, with which access tokens are fetched and renewed (sibling).
    Client {
        /// The client's id.
        id: String,
        /// The client's secret.
        secret: SecretString,
    },
    /// An access token that was got elsewhere. It cannot be renewed: once it has ended, every call fails with
    /// [`Error::Unauthorized`](crate::Error::Unauthorized).
    AccessToken(SecretString),
}

impl Credentials {
    /// A client's id and secret.
    #[must_use]
    pub fn client(id: impl Into<String>, secret: impl Into<SecretString>) -> Self {
        Self::Client { id: id.into(), secret: secret.into() }
    }

    /// An access token that was got elsewhere.
    #[must_use]
    pub fn access_token(token: impl Into<SecretString>) -> Self {
        Self::AccessToken(token.into())
    }

    /// The secret that no message may show.
    pub(crate) fn secret(&self) -> &SecretString {
        match self {
            Self::Client { secret, .. } | Self::AccessToken(secret) => secret,
        }
    }

    /// The name of a part that is empty, if one is.
    pub(crate) fn empty_part(&self) -> Option<&'static str> {
        match self {
            Self::Client { id, .. } if id.is_empty() => Some("client id"),
            Self::Client { secret, .. } if secret.expose_secret().is_empty() => Some("client secret"),
            Self::AccessToken(token) if token.expose_secret().is_empty() => Some("access token"),
            _ => None,
        }
    }
}
