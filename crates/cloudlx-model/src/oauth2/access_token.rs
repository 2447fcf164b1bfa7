//! `POST /api/oauth2/access-token`: the sibling page "Authentication".

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{Auth, Endpoint, Method, secret};

/// Asks for an access token with the client's own credentials.
///
/// Sent as JSON by the vendor's SDK (sdk); programs in public also send the same fields as a form or in the query.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "sibling")))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccessTokenRequest {
    /// Always `client_credentials`.
    pub grant_type: ClientCredentialsGrant,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    #[serde(serialize_with = "secret::write")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("writeOnly" = true)))]
    pub client_secret: SecretString,
}

impl AccessTokenRequest {
    /// A request with these credentials.
    #[must_use]
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        Self {
            grant_type: ClientCredentialsGrant::ClientCredentials,
            client_id: client_id.into(),
            client_secret: client_secret.into(),
        }
    }
}

/// The one value of [`AccessTokenRequest::grant_type`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum ClientCredentialsGrant {
    /// `client_credentials` (sibling).
    #[default]
    #[serde(rename = "client_credentials")]
    ClientCredentials,
}

impl Endpoint for AccessTokenRequest {
    const NAME: &'static str = "access_token";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/oauth2/access-token";
    const AUTH: Auth = Auth::None;
    type Response = AccessToken;
}

/// An access token, and what renews it (sibling, sdk).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "sibling")))]
#[non_exhaustive]
pub struct AccessToken {
    /// The token for the `Authorization` header; 40 characters in the samples.
    #[serde(serialize_with = "secret::write")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("readOnly" = true)))]
    pub access_token: SecretString,
    /// Says nothing that can be relied on: one recorded sample has `client_credentials` here, not `Bearer` (sibling, sdk).
    pub token_type: String,
    /// How long the access token lives, in seconds: 3600 (sibling).
    pub expires_in: u64,
    /// The token for a refresh; it lives 604,800 seconds, seven days (sibling).
    #[serde(serialize_with = "secret::write")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("readOnly" = true)))]
    pub refresh_token: SecretString,
}

impl AccessToken {
    /// A token with these values, in the order in which they stand on the wire. `expires_in` is in seconds.
    #[must_use]
    pub fn new(
        access_token: impl Into<SecretString>,
        token_type: impl Into<String>,
        expires_in: u64,
        refresh_token: impl Into<SecretString>,
    ) -> Self {
        Self {
            access_token: access_token.into(),
            token_type: token_type.into(),
            expires_in,
            refresh_token: refresh_token.into(),
        }
    }
}
