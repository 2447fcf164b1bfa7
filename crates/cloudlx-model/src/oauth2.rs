//! `/api/oauth2`: access tokens, from credentials or from a refresh token.

pub mod access_token;
pub mod refresh_token;
