//! `POST /api/oauth2/refresh-token`: seen in the vendor's SDK.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{AccessToken, Auth, Endpoint, Method, secret};

/// Asks for a new access token with a refresh token (sdk).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "sdk")))]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RefreshTokenRequest {
    /// Always `refresh_token`.
    pub grant_type: RefreshTokenGrant,
    /// The refresh token that came with the access token.
    #[serde(serialize_with = "secret::write")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("writeOnly" = true)))]
    pub refresh_token: SecretString,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    #[serde(serialize_with = "secret::write")]
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("writeOnly" = true)))]
    pub client_secret: SecretString,
}

impl RefreshTokenRequest {
    /// A request with this refresh token and these credentials.
    #[must_use]
    pub fn new(
        refresh_token: impl Into<SecretString>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        Self {
            grant_type: RefreshTokenGrant::RefreshToken,
            refresh_token: refresh_token.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
        }
    }
}

/// The one value of [`RefreshTokenRequest::grant_type`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub enum RefreshTokenGrant {
    /// `refresh_token` (sdk).
    #[default]
    #[serde(rename = "refresh_token")]
    RefreshToken,
}

impl Endpoint for RefreshTokenRequest {
    const NAME: &'static str = "refresh_token";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/oauth2/refresh-token";
    const AUTH: Auth = Auth::None;
    type Response = AccessToken;
}
