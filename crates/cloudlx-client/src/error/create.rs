//! What is known of a create that failed.

use crate::error::call::Error;
use crate::proof::outcome::{self, Operation, Outcome, Retry};

/// What is known of a create that failed. There is no third variant, so that callers handle both cases.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The server created no customer. This is certain.
    #[error("the customer was not created; {retry}")]
    NotCreated {
        /// Whether sending the same request again can help. It is always safe.
        retry: Retry,
        /// Why the call failed.
        source: Error,
    },
    /// The server may have created the customer.
    #[error(
        "it is unknown whether the customer was created{}: look with list_customers before sending it again, or there \
         may be two",
        named(source)
    )]
    Unknown {
        /// Why the call failed.
        source: Error,
    },
}

impl CreateError {
    /// What a failed call proves about its create.
    pub(crate) fn from_failure(source: Error) -> Self {
        match outcome::judge(Operation::Create, source.progress()) {
            Outcome::NotDone(retry) => Self::NotCreated { retry, source },
            Outcome::Unknown => Self::Unknown { source },
        }
    }

    /// Why the create failed.
    #[must_use]
    pub fn cause(&self) -> &Error {
        match self {
            Self::NotCreated { source, .. } | Self::Unknown { source } => source,
        }
    }
}

fn named(source: &Error) -> String {
    source.named_customer().map(|id| format!(", perhaps as customer {id}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_small_enough_to_be_returned() {
        // A larger error triggers a lint in every function that returns it.
        assert!(size_of::<CreateError>() < 128, "{}", size_of::<CreateError>());
    }
}
