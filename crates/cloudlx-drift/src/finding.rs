//! One difference between what is documented and what came.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// A difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    #[serde(flatten)]
    pub change: Change,
    /// Where in the body: an RFC 6901 pointer with `*` for any index; empty for the whole.
    pub place: String,
    /// In how many places of the body.
    pub times: usize,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// A field that the contract does not know.
    NewField {
        /// What to add to the contract, as far as this answer says.
        add: Addition,
    },
    /// A field that is always there is not.
    MissingField,
    /// A value that its schema does not take.
    ChangedField {
        /// The keyword of the schema that does not take it, and its value.
        expected: String,
        /// The JSON type of the value.
        found: &'static str,
    },
    /// A status that is not documented.
    UndocumentedStatus {
        /// Those that are.
        expected: Vec<String>,
        /// What came.
        found: u16,
    },
    /// A media type that is not documented for the status.
    UndocumentedMediaType {
        /// Those that are.
        expected: Vec<String>,
        /// What came; none where the answer named none.
        found: Option<String>,
    },
    /// A byte-order mark before the JSON, which strict readers refuse.
    ByteOrderMark,
    /// A body that is not JSON.
    NotJson,
    /// A body that the client can make nothing of, where no other difference says why.
    Unusable {
        /// What the client finds instead of what it needs; no value.
        found: String,
    },
    /// A list that says that it comes in pages, whether or not this answer is all of it.
    Paged {
        /// What says so: the names of fields and headers.
        signs: Vec<String>,
    },
}

/// A field to add to the contract.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Addition {
    /// The schema that it belongs to, which is the name of the type in `cloudlx_model`; none when it is a part of none.
    #[serde(rename = "to", skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The field's name.
    pub name: String,
    /// A JSON Schema that takes every value that came.
    pub schema: Value,
}

impl Finding {
    /// Of the answer as a whole.
    pub(crate) fn of_the_answer(change: Change) -> Self {
        Self { change, place: String::new(), times: 1 }
    }

    /// Whether it says, in the terms of the contract, what keeps the client from using the answer: that it found `unusable`.
    pub(crate) fn explains(&self, unusable: &str) -> bool {
        // Of a token the client says what is wrong with it, which other fields have no part in.
        let is_of_token = unusable.contains("access_token");
        match self.change {
            Change::MissingField | Change::ChangedField { .. } => {
                !is_of_token || self.place == "/access_token"
            }
            // The client reads a token out of text that is not all UTF-8.
            Change::NotJson => !is_of_token,
            _ => false,
        }
    }
}

impl Change {
    /// Whether readers that follow the vendor's policy, and ignore fields that they do not know, go on.
    #[must_use]
    pub fn is_additive(&self) -> bool {
        matches!(self, Self::NewField { .. })
    }
}

/// In one line.
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

/// The property as it stands in a JSON Schema.
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
