//! What a client shows to be let in.

use cloudlx_model::{AccessTokenRequest, ClientCredentialsGrant};
use secrecy::{ExposeSecret, SecretString};

use crate::attempt::Bearer;
use crate::token::TokenCache;
use crate::{BuildError, TokenKind};

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
}

/// Credentials that were checked: where the token of each call comes from. `Debug` shows no secret.
#[derive(Debug)]
pub(crate) enum Access {
    /// The caller gave it.
    Given(Bearer),
    /// It is fetched with this request.
    Fetched { request: AccessTokenRequest, tokens: TokenCache },
}

impl Access {
    pub(crate) fn new(credentials: Credentials) -> Result<Self, BuildError> {
        let empty = |part| Err(BuildError::EmptyCredential { part });
        match credentials {
            Credentials::Client { id, .. } if id.is_empty() => empty("client id"),
            Credentials::Client { secret, .. } if secret.expose_secret().is_empty() => empty("client secret"),
            Credentials::AccessToken(token) if token.expose_secret().is_empty() => empty("access token"),
            Credentials::AccessToken(token) => {
                Bearer::new(token, TokenKind::Given).map(Self::Given).ok_or(BuildError::AccessToken)
            }
            Credentials::Client { id, secret } => {
                let grant_type = ClientCredentialsGrant::default();
                let request = AccessTokenRequest { grant_type, client_id: id, client_secret: secret };
                Ok(Self::Fetched { request, tokens: TokenCache::default() })
            }
        }
    }

    /// The secret that no message may show. One that is the client's id, as a stub's can be, is a secret to nobody: taking
    /// it out would only make messages worse.
    pub(crate) fn secret(&self) -> Option<&SecretString> {
        match self {
            Self::Given(bearer) => Some(&bearer.secret),
            Self::Fetched { request, .. } => {
                Some(&request.client_secret).filter(|secret| secret.expose_secret() != request.client_id)
            }
        }
    }
}
