//! The ids of customers, realms and sub-realms.
//!
//! The page calls them "Integer" and says no more. They run from [`MIN`] to [`MAX`], so that they survive every JSON
//! reader (inferred, after RFC 7493). Reading refuses others; building a request does not, and `cloudlx-validate` then
//! says which one is out of range.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Unexpected};
use serde::{Deserialize as DeriveDeserialize, Serialize};

/// The smallest id (inferred).
pub const MIN: u64 = 1;

/// The largest id, 2^53 − 1: the largest integer that every JSON reader keeps exact (inferred, RFC 7493).
pub const MAX: u64 = (1 << 53) - 1;

/// Whether `id` lies in [`MIN`]`..=`[`MAX`].
#[must_use]
pub const fn in_range(id: u64) -> bool {
    MIN <= id && id <= MAX
}

/// The id of a customer (page).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, DeriveDeserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct CustomerId(
    #[cfg_attr(feature = "schema", schemars(range(min = MIN, max = MAX)))]
    #[serde(deserialize_with = "read")]
    pub u64,
);

/// The id of a realm: a part of the portal that a customer may use, such as Networking (page).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, DeriveDeserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RealmId(
    #[cfg_attr(feature = "schema", schemars(range(min = MIN, max = MAX)))]
    #[serde(deserialize_with = "read")]
    pub u64,
);

/// The id of a sub-realm: a product within the realms, such as SD WAN (page).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, DeriveDeserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct SubRealmId(
    #[cfg_attr(feature = "schema", schemars(range(min = MIN, max = MAX)))]
    #[serde(deserialize_with = "read")]
    pub u64,
);

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
pub enum ParseIdError {
    /// The text is not a whole number.
    NotANumber {
        /// What came.
        text: String,
        /// What the number parser said.
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
    let id = u64::deserialize(deserializer)?;
    if in_range(id) {
        Ok(id)
    } else {
        Err(D::Error::invalid_value(Unexpected::Unsigned(id), &"an id from 1 to 9007199254740991"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_takes_the_edges_and_refuses_what_lies_beyond() {
        for good in ["1", "9007199254740991"] {
            assert_eq!(serde_json::from_str::<RealmId>(good).unwrap().to_string(), good);
        }
        for bad in ["0", "-1", "9007199254740992", "1.5", "\"7\"", "null", "18446744073709551616"] {
            assert!(serde_json::from_str::<RealmId>(bad).is_err(), "{bad}");
            assert!(serde_json::from_str::<SubRealmId>(bad).is_err(), "{bad}");
            assert!(serde_json::from_str::<CustomerId>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn text_is_read_as_json_is() {
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
