//! The stub as it was when it started.

use serde::Serialize;

use super::Asked;
use crate::api::answer::Answer;
use crate::faults::Schedule;
use crate::server::State;
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
pub(super) fn reset<'a>(state: &'a State, _: Asked<'a>) -> Pending<'a, Answer> {
    Box::pin(async {
        match taken_away(state).await {
            Ok(taken_away) => Answer::ok(&taken_away),
            Err(error) => Answer::state(&error),
        }
    })
}

async fn taken_away(state: &State) -> Result<TakenAway, StateError> {
    // Faults first: what they would do to requests under way is no part of a new start.
    state.arm(Schedule::default());
    let customers = state.store.clear().await?;
    let (access_tokens, refresh_tokens) = state.store.forget_tokens().await?;
    let requests = state.journal.clear();
    if let Some(rate_limit) = &state.rate_limit {
        rate_limit.forget();
    }
    // All that was reckoned by the clock is gone.
    state.clock.turn_back();
    state.arm(state.first_faults.clone());
    Ok(TakenAway { customers, requests, access_tokens, refresh_tokens })
}
