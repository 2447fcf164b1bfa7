//! A sub-realm: a product within the realms, shown or enabled customer by customer.

use serde::{Deserialize, Serialize};

use crate::SubRealmId;

/// A sub-realm in the list of sub-realms (inferred: that the list exists is on the page, its shape is our reading).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "inferred")))]
#[non_exhaustive]
pub struct SubRealm {
    /// The sub-realm's id.
    #[serde(deserialize_with = "crate::php::sub_realm_id")]
    pub id: SubRealmId,
    /// The sub-realm's name, such as `SD WAN`.
    pub name: String,
    /// What the sub-realm is for, or null.
    pub description: Option<String>,
}

impl SubRealm {
    /// A sub-realm with this id and this name, without a description.
    #[must_use]
    pub fn new(id: SubRealmId, name: impl Into<String>) -> Self {
        Self { id, name: name.into(), description: None }
    }

    /// This sub-realm as a customer has it: enabled, or only shown.
    #[must_use]
    pub fn for_customer(&self, has_access: bool) -> CustomerSubRealm {
        let Self { id, name, description } = self;
        CustomerSubRealm { id: *id, name: name.clone(), description: description.clone(), has_access }
    }

    /// Sets the description.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }
}

/// A sub-realm as one customer has it: shown, and perhaps enabled (page).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[non_exhaustive]
pub struct CustomerSubRealm {
    /// The sub-realm's id.
    #[serde(deserialize_with = "crate::php::sub_realm_id")]
    pub id: SubRealmId,
    /// The sub-realm's name, such as `SD WAN`.
    pub name: String,
    /// What the sub-realm is for, or null, as in every sample.
    pub description: Option<String>,
    /// True when the sub-realm is enabled for the customer, false when it is only shown.
    #[serde(deserialize_with = "crate::php::boolean")]
    pub has_access: bool,
}

impl CustomerSubRealm {
    /// A sub-realm with this id and this name, enabled for the customer or only shown, without a description.
    #[must_use]
    pub fn new(id: SubRealmId, name: impl Into<String>, has_access: bool) -> Self {
        Self { id, name: name.into(), description: None, has_access }
    }

    /// Sets the description.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }
}
