//! Tokens, taken back from all clients.

use serde::Serialize;

use super::Asked;
use crate::api::answer::Answer;
use crate::server::Server;
use crate::store::Pending;

/// How many tokens were revoked.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct RevokedTokens {
    /// Access tokens, those included that had expired.
    access_tokens: usize,
    /// Refresh tokens, those included that had expired.
    refresh_tokens: usize,
}

/// Takes all tokens back: requests with them are answered 401.
pub(super) fn revoke<'a>(server: &'a Server, _: Asked<'a>) -> Pending<'a, Answer> {
    Box::pin(async {
        match server.api.resources.store.revoke_all().await {
            Ok((access_tokens, refresh_tokens)) => {
                Answer::ok(&RevokedTokens { access_tokens, refresh_tokens })
            }
            Err(error) => error.into(),
        }
    })
}
