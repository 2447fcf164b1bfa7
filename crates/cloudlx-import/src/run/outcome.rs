//! What the result of a create means for its row and for the run. A pure function.

use std::error::Error as StdError;
use std::time::Duration;

use cloudlx_client::{CreateError, Error, Retry, RetryAfter};
use cloudlx_model::{CreateCustomer, Customer};

use crate::journal::{End, Said, Taken};
use crate::settle;

/// The longest reason that the journal stores, in characters.
const LONGEST_REASON: usize = 1_000;

/// What the result of a send means for the rows after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// They are sent.
    Continue,
    /// They may fail the same way: this row was not processed, or its outcome is unknown.
    Trouble {
        /// When to send again, where the server said so.
        after: Option<Duration>,
        /// What went wrong.
        reason: String,
        /// Whether sending again can help although nobody changes anything.
        again: bool,
        /// Whether the row was provably not processed, and may be soon: the API is overloaded or unreachable.
        temporary: bool,
    },
}

impl Next {
    /// After an answer with another row's customer: the server may answer every row so.
    pub(super) fn from_taken(taken: &Taken) -> Self {
        Self::Trouble { after: None, reason: taken.to_string(), again: true, temporary: false }
    }
}

/// What `created` means for the row that asked for `request`, and for the rows after it.
pub(super) fn assess(
    request: &CreateCustomer,
    created: Result<Customer, CreateError>,
    describe: impl Fn(&Error) -> String,
) -> (End, Next) {
    match created {
        Ok(customer) => {
            let altered = !settle::answers(&customer, request);
            (End::Created { customer: customer.id, altered }, Next::Continue)
        }
        Err(CreateError::Unknown { source }) => {
            let (said, reason) = (indication(&source), describe(&source));
            let next = if said == Said::Refused && !concerns_every_row(&source) {
                Next::Continue
            } else {
                let after = asked_to_wait(&source);
                Next::Trouble { after, reason: reason.clone(), again: true, temporary: false }
            };
            (End::Unknown { reason, said }, next)
        }
        Err(CreateError::NotCreated { retry: Retry::CanHelp { after }, source }) => {
            let after = after.map(RetryAfter::delay);
            let reason = describe(&source);
            (
                End::NotProcessed { reason: reason.clone() },
                Next::Trouble { after, reason, again: true, temporary: true },
            )
        }
        Err(CreateError::NotCreated { retry: Retry::Useless, source }) if concerns_every_row(&source) => {
            let reason = describe(&source);
            (
                End::NotProcessed { reason: reason.clone() },
                Next::Trouble { after: None, reason, again: false, temporary: false },
            )
        }
        Err(CreateError::NotCreated { retry: Retry::Useless, source }) => {
            (End::Refused { reason: describe(&source) }, Next::Continue)
        }
    }
}

/// What the answer to a create indicates about its row, where it proves nothing.
fn indication(error: &Error) -> Said {
    match error.status().map(|status| status.as_u16()) {
        // A success that cannot be read, and redirects, which servers send after they processed a POST.
        Some(200..=399) => Said::Done,
        // These are about the token, the time and the load, and not about the row.
        None | Some(401 | 408 | 421 | 425 | 429) => Said::Nothing,
        Some(400..=499) => Said::Refused,
        Some(_) => Said::Nothing,
    }
}

fn asked_to_wait(error: &Error) -> Option<Duration> {
    match error {
        Error::Status { retry_after, .. } => retry_after.map(RetryAfter::delay),
        _ => None,
    }
}

/// Whether every row would be refused the same way: because of the token, the address or the version.
fn concerns_every_row(error: &Error) -> bool {
    match error {
        Error::Status { status, .. } => matches!(status.as_u16(), 401 | 403 | 404 | 405 | 406 | 407 | 415),
        _ => true,
    }
}

/// The error and its causes in one line, each as `describe_one` describes it.
pub(super) fn describe(error: &Error, describe_one: fn(&(dyn StdError + 'static)) -> String) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let words: Vec<_> = std::iter::once(describe_one(error)).chain(causes.map(describe_one)).collect();
    let mut words = words.join(": ");
    if let Some(customer) = error.named_customer() {
        words.insert_str(0, &format!("perhaps created as customer {customer}: "));
    }
    if let Some((end, _)) = words.char_indices().nth(LONGEST_REASON) {
        words.truncate(end);
        words.push('…');
    }
    words
}
