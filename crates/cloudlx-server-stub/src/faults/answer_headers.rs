//! Headers that a fault sets in an answer.

use std::collections::BTreeMap;

use hyper::header::{
    CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use serde::{Deserialize, Serialize};

use crate::api::answer::Answer;

/// How many headers a fault can set.
const MOST_HEADERS: usize = 32;

/// The longest name of a header, in bytes.
const LONGEST_NAME: usize = 64;

/// The longest value of a header, in bytes.
const LONGEST_VALUE: usize = 1024;

/// Headers that the transport writes itself. With another length or framing, an answer would not be HTTP.
const TRANSPORT_HEADERS: [HeaderName; 6] =
    [CONNECTION, CONTENT_LENGTH, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];

/// Further ones, for which hyper has no constants.
const OLD_TRANSPORT_HEADERS: [&str; 2] = ["keep-alive", "proxy-connection"];

/// Headers of an answer, by name, each in the place of the one that the answer would have: 32 at most, names of 64 bytes and
/// values of 1,024 bytes at most, in visible ASCII characters, spaces and tabs. Those that the transport writes itself
/// (`Content-Length`, `Transfer-Encoding`, `Connection` and their like) are refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct AnswerHeaders(BTreeMap<String, String>);

/// Why something is not a set of headers that a fault can put into an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoHeaders {
    /// There are too many.
    #[error("expected {MOST_HEADERS} headers at most, found {found}: leave some out")]
    TooMany {
        /// How many there are.
        found: usize,
    },
    /// A name is not the name of a header.
    #[error(
        "expected the name of a header, letters, digits and hyphens, {LONGEST_NAME} bytes at most, found {found:?}: write \
         one such as X-Request-Id"
    )]
    Name {
        /// The beginning of the name.
        found: String,
    },
    /// A name occurs twice. Capitals make no difference.
    #[error(
        "expected each header once, found {name} twice: HTTP does not tell capitals from others, leave one out"
    )]
    Twice {
        /// The name.
        name: String,
    },
    /// The transport writes this header.
    #[error(
        "expected no header that the transport writes itself, found {name}: leave it out; `reset`, `cut-short` and `drip` \
         break an answer off or slow it down"
    )]
    OfTheTransport {
        /// The name.
        name: String,
    },
    /// A value is not the value of a header.
    #[error(
        "expected a value of visible ASCII characters, spaces and tabs, {LONGEST_VALUE} bytes at most, in the header {name}: \
         percent-encode or leave out what is none"
    )]
    Value {
        /// The name of the header.
        name: String,
    },
}

impl AnswerHeaders {
    /// These headers, as name and value.
    ///
    /// # Errors
    ///
    /// When there are too many, or a header is invalid, occurs twice, or is written by the transport.
    pub fn new<N: Into<String>, V: Into<String>>(
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, NoHeaders> {
        let mut checked = BTreeMap::new();
        for (name, value) in headers {
            let (name, value) = (name.into(), value.into());
            check(&name, &value)?;
            if checked.keys().any(|other: &String| other.eq_ignore_ascii_case(&name)) {
                return Err(NoHeaders::Twice { name });
            }
            checked.insert(name, value);
            if checked.len() > MOST_HEADERS {
                return Err(NoHeaders::TooMany { found: checked.len() });
            }
        }
        Ok(Self(checked))
    }

    /// No headers.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The answer with these headers.
    pub(super) fn apply_to(&self, answer: Answer) -> Answer {
        self.0.iter().fold(answer, |answer, (name, value)| {
            match (HeaderName::try_from(name.as_str()), HeaderValue::from_str(value)) {
                (Ok(name), Ok(value)) => answer.with(name, value),
                // Both were checked by `new`.
                _ => answer,
            }
        })
    }
}

fn check(name: &str, value: &str) -> Result<(), NoHeaders> {
    let known = HeaderName::try_from(name).ok().filter(|_| name.len() <= LONGEST_NAME);
    let Some(known) = known else {
        return Err(NoHeaders::Name { found: name.chars().take(LONGEST_NAME).collect() });
    };
    if TRANSPORT_HEADERS.contains(&known) || OLD_TRANSPORT_HEADERS.contains(&known.as_str()) {
        return Err(NoHeaders::OfTheTransport { name: name.to_owned() });
    }
    let fits = value.len() <= LONGEST_VALUE && HeaderValue::from_str(value).is_ok() && value.is_ascii();
    if fits { Ok(()) } else { Err(NoHeaders::Value { name: name.to_owned() }) }
}

impl TryFrom<BTreeMap<String, String>> for AnswerHeaders {
    type Error = NoHeaders;

    fn try_from(headers: BTreeMap<String, String>) -> Result<Self, NoHeaders> {
        Self::new(headers)
    }
}

impl From<AnswerHeaders> for BTreeMap<String, String> {
    fn from(AnswerHeaders(headers): AnswerHeaders) -> Self {
        headers
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for AnswerHeaders {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AnswerHeaders".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names = TRANSPORT_HEADERS.iter().map(HeaderName::as_str).chain(OLD_TRANSPORT_HEADERS);
        let patterns = names.map(|name| {
            name.chars().fold(String::new(), |pattern, letter| match letter.to_ascii_uppercase() {
                same if same == letter => pattern + &letter.to_string(),
                capital => format!("{pattern}[{capital}{letter}]"),
            })
        });
        let refused = format!("^({})$", patterns.collect::<Vec<_>>().join("|"));
        schemars::json_schema!({
            "description": "Headers of an answer, by name, each in the place of the one that the answer would have. No name is \
                            there twice in other letters. Those that the transport writes itself are refused.",
            "type": "object",
            "maxProperties": MOST_HEADERS,
            "propertyNames": {
                "maxLength": LONGEST_NAME,
                "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
                "not": { "pattern": refused },
            },
            "additionalProperties": { "type": "string", "maxLength": LONGEST_VALUE, "pattern": "^[\\t -~]*$" },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_gateways_are_taken_and_those_of_the_transport_are_not() {
        for (name, value) in [
            ("Content-Type", "application/problem+json"),
            ("Retry-After", "soon"),
            ("Location", "/customers/7001"),
            ("Link", r#"</api/customers?page=2>; rel="next""#),
            ("x-request-id", ""),
            ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ] {
            assert!(AnswerHeaders::new([(name, value)]).is_ok(), "{name}");
        }
        for name in ["Content-Length", "TRANSFER-ENCODING", "connection", "Keep-Alive", "Trailer"] {
            let refused = AnswerHeaders::new([(name, "1")]);
            assert_eq!(refused, Err(NoHeaders::OfTheTransport { name: name.to_owned() }));
        }
    }

    #[test]
    fn what_is_no_header_is_refused_by_name() {
        for name in ["", "a b", "a:b", "ä", "a\r\nb", &"x".repeat(LONGEST_NAME + 1)] {
            let refused = AnswerHeaders::new([(name, "1")]).unwrap_err();
            assert!(matches!(refused, NoHeaders::Name { .. }), "{name:?}: {refused}");
        }
        for value in ["a\r\nb", "\u{7f}", "ä", &"x".repeat(LONGEST_VALUE + 1)] {
            let refused = AnswerHeaders::new([("X-Name", value)]);
            assert_eq!(refused, Err(NoHeaders::Value { name: "X-Name".to_owned() }), "{value:?}");
        }
        let twice = AnswerHeaders::new([("Link", "a"), ("link", "b")]);
        assert_eq!(twice, Err(NoHeaders::Twice { name: "link".to_owned() }));
        let many = (0..=MOST_HEADERS).map(|number| (format!("x-{number}"), "1"));
        assert_eq!(AnswerHeaders::new(many), Err(NoHeaders::TooMany { found: MOST_HEADERS + 1 }));
    }
}
