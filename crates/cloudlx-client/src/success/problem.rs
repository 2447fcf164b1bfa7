//! What is wrong with the body of a response that reports success, in words that quote nothing of it.

use std::fmt;

use cloudlx_validate::plain::Glance;

use crate::redact::Redactor;

/// What is wrong with a body.
pub(crate) enum Problem {
    /// The body has more bytes than this.
    TooLong(usize),
    /// A customer of the list has more bytes than this.
    CustomerTooLong(usize),
    /// The body is not JSON, or other JSON than documented.
    Json(serde_json::Error),
    /// The body has no usable access token.
    Token(TokenProblem),
}

/// Why a response of the token endpoint has no usable access token.
pub(crate) struct TokenProblem {
    /// The field or the body, and what was found there. No value.
    pub(crate) found: String,
    /// The error that the server sent instead, without what may be a token.
    pub(crate) error: Option<String>,
}

impl Problem {
    /// The problem in words that quote nothing of the body, which has this beginning.
    pub(crate) fn outline(&self, beginning: &[u8]) -> String {
        match self {
            Self::TooLong(bytes) => format!("a body of more than {bytes} bytes"),
            Self::CustomerTooLong(bytes) => format!("a customer of more than {bytes} bytes"),
            Self::Token(problem) => problem.to_string(),
            Self::Json(error) => {
                format!("{} (line {}, column {})", self.kind(beginning), error.line(), error.column())
            }
        }
    }

    /// The kind of body that the server sent instead of the documented one.
    pub(crate) fn kind(&self, beginning: &[u8]) -> &'static str {
        match self {
            Self::Json(error) if error.is_data() => "other JSON",
            _ if self.ends_early(beginning) => "JSON that ends too soon",
            _ => "a body that is not JSON",
        }
    }

    /// Whether the body, which has this beginning, is JSON that was cut off.
    pub(crate) fn ends_early(&self, beginning: &[u8]) -> bool {
        matches!(self, Self::Json(error) if error.is_eof()) && !beginning.trim_ascii().is_empty()
    }
}

impl TokenProblem {
    /// The problem and the server's error, for a message.
    pub(crate) fn describe(&self, redactor: &Redactor) -> String {
        let found = redactor.clean(&self.found);
        match &self.error {
            Some(error) => format!("{}, but the error {}", Glance(&found), Glance(&redactor.clean(error))),
            None => Glance(&found).to_string(),
        }
    }
}

/// Without the server's error.
impl fmt::Display for TokenProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Glance(&self.found))
    }
}
