//! The fault that hits one request.

use hyper::StatusCode;

use super::action::Action;
use super::apply::Outcome;
use crate::api::Api;
use crate::api::commit::Commit;

/// The fault that hits a request, if any does.
pub(crate) struct Strike(Option<Action>);

impl Strike {
    pub(super) fn new(action: Option<Action>) -> Self {
        Self(action)
    }

    /// How the request ends without being processed; none when it is to be processed.
    pub(crate) async fn before(&self) -> Option<Outcome> {
        match &self.0 {
            Some(Action::Before(before)) => before.outcome().await,
            Some(Action::After(_)) | None => None,
        }
    }

    /// How a create stores its customer.
    pub(crate) fn commit(&self) -> Commit<'_> {
        self.0.as_ref().map_or_else(Commit::default, Action::commit)
    }

    /// The fault as JSON, for the request log.
    pub(crate) fn as_json(&self) -> Option<String> {
        // Every fault can be written as JSON, so this is none only without a fault.
        self.0.as_ref().and_then(|action| serde_json::to_string(action).ok())
    }

    /// How the request ends after it was processed. A refused request is never reported as done.
    pub(crate) async fn after(self, outcome: Outcome, to_head: bool, api: &Api) -> Outcome {
        let Some(Action::After(after)) = self.0 else { return outcome };
        let Outcome::Answer(answer) = outcome else { return outcome };
        let answer = if after.needs_whole_body() { api.whole(answer).await } else { answer };
        let refused = (!reports_done(answer.status)).then(|| answer.clone());
        match (after.outcome(answer, to_head).await, refused) {
            (Outcome::Answer(altered), Some(refused)) if reports_done(altered.status) => {
                Outcome::Answer(refused)
            }
            (outcome, _) => outcome,
        }
    }
}

/// Whether an answer says that the request was processed.
fn reports_done(status: StatusCode) -> bool {
    status.is_success() || status.is_redirection()
}
