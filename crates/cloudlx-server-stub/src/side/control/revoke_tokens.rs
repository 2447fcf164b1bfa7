//! Revokes all tokens of all clients.

use hyper::Method;
use serde::Serialize;

#[cfg(feature = "documents")]
use super::operation::{AnswerDescription, Description};
use super::operation::{ControlRequest, Operation};

use crate::api::answer::Answer;
use crate::api::call::Answering;

pub(super) const REVOKE_TOKENS: Operation = Operation {
    name: "revoke_tokens",
    method: Method::DELETE,
    path: "/__stub/tokens",
    reads_body: false,
    handle,
    #[cfg(feature = "documents")]
    description: Description {
        tag: "tokens",
        summary: "Revokes all tokens.",
        details: "Requests with them are answered 401 from now on, and refreshes too.",
        parameters: Vec::new,
        body: None,
        answer: AnswerDescription { description: "How many were revoked.", schema: Some("RevokedTokens") },
        schemas: || vec![cloudlx_model::schema::document_of::<RevokedTokens>("revoked-tokens")],
    },
};

/// How many tokens were revoked.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RevokedTokens {
    /// Access tokens, those included that had expired.
    access_tokens: usize,
    /// Refresh tokens, those included that had expired.
    refresh_tokens: usize,
}

fn handle(request: ControlRequest<'_>) -> Answering<'_> {
    Box::pin(async move {
        let (access_tokens, refresh_tokens) = request.server.api.resources.store.revoke_all().await?;
        Ok(Answer::ok(&RevokedTokens { access_tokens, refresh_tokens }))
    })
}
