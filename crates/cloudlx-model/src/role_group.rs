//! The role group of a customer's first user.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a customer's first user may do. The page's sample says `Admin` and no page lists the others, so the set is
/// open: a value that is not known here passes through unchanged (inferred).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum RoleGroup {
    /// `Admin` (page).
    Admin,
    /// Any other value, as it came. `Other("Admin")` is not made by reading: that is [`RoleGroup::Admin`].
    Other(String),
}

impl RoleGroup {
    /// The value as it is written on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Admin => "Admin",
            Self::Other(other) => other,
        }
    }
}

impl From<String> for RoleGroup {
    fn from(value: String) -> Self {
        if value == Self::Admin.as_str() { Self::Admin } else { Self::Other(value) }
    }
}

impl From<RoleGroup> for String {
    fn from(value: RoleGroup) -> Self {
        match value {
            RoleGroup::Other(other) => other,
            RoleGroup::Admin => value.as_str().to_owned(),
        }
    }
}

impl fmt::Display for RoleGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_values_pass_through() {
        for text in [r#""Admin""#, r#""Billing""#, r#""""#] {
            let read: RoleGroup = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        assert_eq!(RoleGroup::from("Admin".to_owned()), RoleGroup::Admin);
    }
}
