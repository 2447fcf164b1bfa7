//! What is known of a create that failed.

use crate::error::call::Error;
use crate::proof::outcome::{self, Operation, Outcome, Retry};

/// What is known of a create that failed. There is no third way, and a caller is made to say what it does in each.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The server made no customer, which is certain.
    #[error("the customer was not created; {retry}")]
    NotCreated {
        /// Whether sending the same again can help. It is safe in any case.
        retry: Retry,
        /// Why.
        source: Error,
    },
    /// The server may have made the customer.
    #[error(
        "it is unknown whether the customer was created{}: look with list_customers before sending it again, or there \
         may be two",
        named(source)
    )]
    Unknown {
        /// Why.
        source: Error,
    },
}

impl CreateError {
    /// What the failure of a create says about it.
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
        // Beyond that, a lint warns everybody who returns it.
        assert!(size_of::<CreateError>() < 128, "{}", size_of::<CreateError>());
    }
}
