//! The ids of customers, realms and sub-realms.
//!
//! The page calls them "Integer" and gives no range. They run from [`MIN`] to [`MAX`], which every JSON reader keeps exact
//! (inferred, after RFC 7493). Reading JSON or text refuses others. Building a request in Rust does not: `cloudlx-validate`
//! names the ids that are out of range.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

/// The smallest id (inferred).
pub const MIN: u64 = 1;

/// The largest id, 2^53 − 1: the largest integer that every JSON reader keeps exact (inferred, RFC 7493).
pub const MAX: u64 = (1 << 53) - 1;

/// Whether `id` lies in [`MIN`]`..=`[`MAX`].
#[must_use]
pub const fn in_range(id: u64) -> bool {
    MIN <= id && id <= MAX
}

/// The id of a customer (page). Its range is inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[serde(transparent)]
pub struct CustomerId(
    #[cfg_attr(feature = "schema", schemars(range(min = MIN, max = MAX)))]
    #[serde(deserialize_with = "read")]
    pub u64,
);

/// The id of a realm: a part of the portal that a customer may use, such as Networking (page). Its range is inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[serde(transparent)]
pub struct RealmId(
    #[cfg_attr(feature = "schema", schemars(range(min = MIN, max = MAX)))]
    #[serde(deserialize_with = "read")]
    pub u64,
);

/// The id of a sub-realm: a product within the realms, such as SD WAN (page). Its range is inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[serde(transparent)]
pub struct SubRealmId(
    #[cfg_attr(feature = "schema", schemars(range(min = MIN, max = MAX)))]
    #[serde(deserialize_with = "read")]
    pub u64,
);

/// For a number in the source: `RealmId::from(7)`. It is not checked here: `cloudlx-validate` names a 0.
impl From<u32> for RealmId {
    fn from(id: u32) -> Self {
        Self(id.into())
    }
}

/// For a number in the source: `SubRealmId::from(313)`. It is not checked here: `cloudlx-validate` names a 0.
impl From<u32> for SubRealmId {
    fn from(id: u32) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for CustomerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for RealmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SubRealmId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads an id from text, as it stands in a path or on a command line.
impl FromStr for CustomerId {
    type Err = ParseIdError;

    /// # Errors
    ///
    /// When `text` is not a whole number, or one outside [`MIN`]`..=`[`MAX`].
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(id) if in_range(id) => Ok(Self(id)),
            Ok(id) => Err(ParseIdError::OutOfRange(id)),
            Err(source) => Err(ParseIdError::NotANumber { text: text.to_owned(), source }),
        }
    }
}

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseIdError {
    /// The text is not a whole number.
    NotANumber {
        /// The text.
        text: String,
        /// Why it is not a number.
        source: ParseIntError,
    },
    /// The number lies outside [`MIN`]`..=`[`MAX`].
    OutOfRange(u64),
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber { text, .. } => write!(f, "expected an id (a whole number), found {text:?}"),
            Self::OutOfRange(id) => write!(f, "expected an id from {MIN} to {MAX}, found {id}"),
        }
    }
}

impl std::error::Error for ParseIdError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotANumber { source, .. } => Some(source),
            Self::OutOfRange(_) => None,
        }
    }
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_u64(WholeNumber)
}

/// Reads what JSON Schema calls an integer: `7`, and `7.0` as well.
pub(crate) struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id from {MIN} to {MAX}")
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<u64, E> {
        if in_range(id) { Ok(id) } else { Err(E::invalid_value(Unexpected::Unsigned(id), &self)) }
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<u64, E> {
        match u64::try_from(id) {
            Ok(id) => self.visit_u64(id),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(id), &self)),
        }
    }

    fn visit_f64<E: Error>(self, id: f64) -> Result<u64, E> {
        whole(id).filter(|id| in_range(*id)).ok_or_else(|| E::invalid_value(Unexpected::Float(id), &self))
    }
}

/// The whole number that `value` is, if it is one that a float keeps exact.
#[must_use]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "checked: MAX is the largest whole number that a float keeps exact"
)]
pub fn whole(value: f64) -> Option<u64> {
    (value.fract() == 0.0 && (0.0..=MAX as f64).contains(&value)).then_some(value as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_takes_the_edges_and_refuses_what_lies_beyond() {
        for good in ["1", "9007199254740991"] {
            assert_eq!(serde_json::from_str::<RealmId>(good).unwrap().to_string(), good);
        }
        for (whole, id) in [("7.0", 7), ("1e2", 100), ("9007199254740991.0", MAX)] {
            assert_eq!(serde_json::from_str::<RealmId>(whole).unwrap(), RealmId(id));
        }
        for bad in [
            "0",
            "-1",
            "9007199254740992",
            "1.5",
            "0.0",
            "-1.0",
            "1e300",
            "\"7\"",
            "null",
            "18446744073709551616",
        ] {
            assert!(serde_json::from_str::<RealmId>(bad).is_err(), "{bad}");
            assert!(serde_json::from_str::<SubRealmId>(bad).is_err(), "{bad}");
            assert!(serde_json::from_str::<CustomerId>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn text_is_read_as_a_number_in_range() {
        assert_eq!("6918".parse(), Ok(CustomerId(6918)));
        assert_eq!("0".parse::<CustomerId>(), Err(ParseIdError::OutOfRange(0)));
        let error = "x".parse::<CustomerId>().unwrap_err();
        assert_eq!(error.to_string(), "expected an id (a whole number), found \"x\"");
    }

    #[test]
    fn the_message_names_the_real_edges() {
        let message = serde_json::from_str::<RealmId>("0").unwrap_err().to_string();
        assert!(message.contains(&format!("from {MIN} to {MAX}")), "{message}");
    }
}
