//! A difference between a response and the contract.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// A difference between a response and the contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What differs.
    #[serde(flatten)]
    pub change: Change,
    /// Where in the body: an RFC 6901 pointer with `*` for any index. Empty for the whole body.
    pub place: String,
    /// At how many positions of the body.
    pub times: usize,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// A field that is not in the contract.
    NewField {
        /// What to add to the contract, as far as this response shows.
        add: Addition,
    },
    /// A required field is missing.
    MissingField,
    /// A value that its schema refuses.
    ChangedField {
        /// The keyword of the schema that refuses it, and the keyword's value.
        expected: String,
        /// The JSON type of the value.
        found: &'static str,
    },
    /// A status that is not documented.
    UndocumentedStatus {
        /// The documented ones.
        expected: Vec<String>,
        /// The status of the response.
        found: u16,
    },
    /// A media type that is not documented for the status.
    UndocumentedMediaType {
        /// The documented ones.
        expected: Vec<String>,
        /// The media type of the response. None where it has no `Content-Type`.
        found: Option<String>,
    },
    /// A byte-order mark before the JSON, which strict readers refuse.
    ByteOrderMark,
    /// A body that is not JSON.
    NotJson,
    /// A body that the client cannot use, where no other difference explains why.
    Unusable {
        /// What the client finds instead of what it needs. No value.
        found: String,
    },
    /// A list that states that it has pages, whether or not this response is the whole list.
    Paged {
        /// The names of the fields and headers that state it.
        signs: Vec<String>,
    },
}

/// A field to add to the contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Addition {
    /// The schema that it belongs to, which is the name of a type in `cloudlx_model`. None where it belongs to no named schema.
    #[serde(rename = "to", skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The field's name.
    pub name: String,
    /// A JSON Schema that accepts every value in the responses.
    pub schema: Value,
}

impl Finding {
    /// A finding about the response as a whole.
    pub(crate) fn for_response(change: Change) -> Self {
        Self { change, place: String::new(), times: 1 }
    }

    /// Whether this finding explains, in terms of the contract, why the client found the response `unusable`.
    pub(crate) fn explains(&self, unusable: &str) -> bool {
        // The client names what is wrong with a token. Findings about other fields do not explain that.
        let is_about_token = unusable.contains("access_token");
        match self.change {
            Change::MissingField | Change::ChangedField { .. } => {
                !is_about_token || self.place == "/access_token"
            }
            // The client reads a token also from text that is not valid UTF-8.
            Change::NotJson => !is_about_token,
            _ => false,
        }
    }
}

impl Change {
    /// Whether readers that follow the vendor's policy, and ignore unknown fields, continue to work.
    #[must_use]
    pub fn is_additive(&self) -> bool {
        matches!(self, Self::NewField { .. })
    }
}

/// On one line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place.is_empty() { "the body" } else { &self.place };
        match &self.change {
            Change::NewField { add } => {
                write!(f, "new field {place}{}: {}", Times(self.times), add.schema)
            }
            Change::MissingField => {
                write!(f, "missing field {place}{}: expected it always, found none", Times(self.times))
            }
            Change::ChangedField { expected, found } => {
                write!(f, "changed field {place}{}: expected {expected}, found {found}", Times(self.times))
            }
            Change::UndocumentedStatus { expected, found } => write!(
                f,
                "undocumented status: expected {}, found {found}: check the base URL and the permissions first",
                expected.join(", ")
            ),
            Change::UndocumentedMediaType { expected, found } => write!(
                f,
                "undocumented media type: expected {}, found {:.200}",
                expected.join(" or "),
                found.as_deref().unwrap_or("none")
            ),
            Change::ByteOrderMark => {
                f.write_str("byte-order mark: expected the JSON to begin the body, found a mark before it")
            }
            Change::Unusable { found } => {
                write!(f, "unusable: expected an answer that a client can use, found {found}")
            }
            Change::Paged { signs } => write!(
                f,
                "list in pages: expected all in one answer, found signs of pages ({}): whoever takes the first page for the \
                 list misses the others; check that readers follow its pages before more is created",
                signs.join(", ")
            ),
            Change::NotJson => f.write_str("not JSON: expected the documented body, found other text"),
        }
    }
}

/// The property as it is written in a JSON Schema.
impl fmt::Display for Addition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", Value::from(self.name.as_str()), self.schema)
    }
}

struct Times(usize);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 1 { Ok(()) } else { write!(f, " in {} places", self.0) }
    }
}
