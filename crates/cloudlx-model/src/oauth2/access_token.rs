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
