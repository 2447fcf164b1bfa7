//! What the end of a create means for its row, and for the run.

use std::error::Error as StdError;
use std::time::Duration;

use cloudlx_client::{CreateError, Error, Retry, RetryAfter};
use cloudlx_model::{CreateCustomer, Customer};

use crate::journal::{End, Said, Taken};
use crate::settle;

/// The longest reason that is kept of a row, in characters.
const LONGEST_REASON: usize = 1_000;

/// What the end of a send means for those that come after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// They are sent.
    GoOn,
    /// They may end the same way: this one was not processed, or nobody knows what came of it.
    Careful {
        /// When they had better be sent, if the server said so.
        after: Option<Duration>,
        /// What went wrong.
        reason: String,
        /// Whether it can get better without anybody changing something.
        again: bool,
        /// Whether it was certainly not processed, and may be soon: the API is overloaded, or not there.
        passing: bool,
    },
}

impl Next {
    /// After an answer with another row's customer: the server may say the same of all.
    pub(crate) fn of_taken(taken: &Taken) -> Self {
        Self::Careful { after: None, reason: taken.to_string(), again: true, passing: false }
    }
}

/// What `created` means for the row that asked for `request`, and for the rows after it; `describe` puts an error into words.
pub(crate) fn of(
    request: &CreateCustomer,
    created: Result<Customer, CreateError>,
    describe: impl Fn(&Error) -> String,
) -> (End, Next) {
    match created {
        Ok(customer) => {
            let altered = !settle::answers(&customer, request);
            (End::Created { customer: customer.id, altered }, Next::GoOn)
        }
        Err(CreateError::Unknown { source }) => {
            let (said, reason) = (said(&source), describe(&source));
            let next = if said == Said::Refused && !is_about_all(&source) {
                Next::GoOn
            } else {
                let after = asked_to_wait(&source);
                Next::Careful { after, reason: reason.clone(), again: true, passing: false }
            };
            (End::Unknown { reason, said }, next)
        }
        Err(CreateError::NotCreated { retry: Retry::CanHelp { after }, source }) => {
            let after = after.map(RetryAfter::delay);
            let reason = describe(&source);
            (
                End::NotProcessed { reason: reason.clone() },
                Next::Careful { after, reason, again: true, passing: true },
            )
        }
        Err(CreateError::NotCreated { retry: Retry::Useless, source }) if is_about_all(&source) => {
            let reason = describe(&source);
            (
                End::NotProcessed { reason: reason.clone() },
                Next::Careful { after: None, reason, again: false, passing: false },
            )
        }
        Err(CreateError::NotCreated { retry: Retry::Useless, source }) => {
            (End::Refused { reason: describe(&source) }, Next::GoOn)
        }
    }
}

/// What the answer to a create says, where it proves nothing.
fn said(error: &Error) -> Said {
    match error.status().map(|status| status.as_u16()) {
        // A success that cannot be read, and the redirects that are said after a POST was acted on.
        Some(200..=399) => Said::Done,
        // Of the token, of time, and of the load: nothing of this row.
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

/// Whether a refusal is not of this row, but would be of any: of the token, the address, or the version.
fn is_about_all(error: &Error) -> bool {
    match error {
        Error::Status { status, .. } => matches!(status.as_u16(), 401 | 403 | 404 | 405 | 406 | 407 | 415),
        _ => true,
    }
}

/// The error and what caused it, in a line, each in the words that `describe` gives it.
pub(crate) fn in_a_line(error: &Error, describe: fn(&(dyn StdError + 'static)) -> String) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let words: Vec<_> = std::iter::once(describe(error)).chain(causes.map(describe)).collect();
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
