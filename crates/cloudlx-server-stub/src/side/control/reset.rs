//! The stub as it was when it started.

use serde::Serialize;

use super::Asked;
use crate::api::answer::Answer;
use crate::server::Server;
use crate::store::{Pending, StateError};

/// What a reset took away.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Reset"))]
pub(super) struct TakenAway {
    /// How many customers there were.
    customers: usize,
    /// How many requests the journal had counted.
    requests: u64,
    /// How many access tokens were good or had expired.
    access_tokens: usize,
    /// How many refresh tokens were good or had expired.
    refresh_tokens: usize,
}

/// Takes away customers (also those in a state file), tokens, the journal and what clients have used of their rate limit,
/// puts the clock back, and arms the faults that the stub started with.
pub(super) fn reset<'a>(server: &'a Server, _: Asked<'a>) -> Pending<'a, Answer> {
    Box::pin(async {
        match taken_away(server).await {
            Ok(taken_away) => Answer::ok(&taken_away),
            Err(error) => error.into(),
        }
    })
}

async fn taken_away(server: &Server) -> Result<TakenAway, StateError> {
    // Faults first: what they would do to requests under way is no part of a new start.
    server.faults.disarm();
    let customers = server.api.resources.store.clear().await?;
    let (access_tokens, refresh_tokens) = server.api.resources.store.forget_tokens().await?;
    let requests = server.observers.requests.clear();
    if let Some(rate_limit) = &server.api.rate_limit {
        rate_limit.forget();
    }
    // All that was reckoned by the clock is gone.
    server.api.resources.clock.turn_back();
    server.faults.rearm();
    Ok(TakenAway { customers, requests, access_tokens, refresh_tokens })
}
