//! The body of an answer that is not a success.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The body of an error answer (inferred: the page documents none; this is the shape of `dingo/api`, the PHP package
/// whose media-type scheme the API uses).
///
/// A client must also cope with other JSON, with HTML from a proxy, and with nothing at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "inferred")))]
#[non_exhaustive]
pub struct ErrorBody {
    /// What went wrong, in a sentence.
    pub message: String,
    /// What is wrong with which field; only when the request was invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "FieldErrors"))]
    pub errors: Option<FieldErrors>,
    /// A number that names the error, which some answers have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    pub code: Option<i64>,
    /// The HTTP status again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "u16", range(min = 100, max = 599)))]
    pub status_code: Option<u16>,
}

impl ErrorBody {
    /// A body with this message and nothing else.
    ///
    /// ```
    /// use cloudlx_model::ErrorBody;
    ///
    /// let body = ErrorBody::new("The customer does not exist.").status_code(404);
    /// assert_eq!(body.status_code, Some(404));
    /// ```
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), errors: None, code: None, status_code: None }
    }

    /// Sets what is wrong with which field.
    #[must_use]
    pub fn errors(self, errors: FieldErrors) -> Self {
        Self { errors: Some(errors), ..self }
    }

    /// Sets the number that names the error.
    #[must_use]
    pub fn code(self, code: i64) -> Self {
        Self { code: Some(code), ..self }
    }

    /// Sets the HTTP status that the body repeats.
    #[must_use]
    pub fn status_code(self, status_code: u16) -> Self {
        Self { status_code: Some(status_code), ..self }
    }
}

/// Messages by field, in the order in which they came. A field inside an array is named with dots:
/// `enabled_sub_realms.0`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "inferred")))]
pub struct FieldErrors(
    #[cfg_attr(feature = "schema", schemars(with = "std::collections::BTreeMap<String, Vec<String>>"))]
    pub  Vec<(String, Vec<String>)>,
);

impl Serialize for FieldErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, messages)| (field, messages)))
    }
}

impl<'de> Deserialize<'de> for FieldErrors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = FieldErrors;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with an array of messages for each field")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(FieldErrors(fields))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
