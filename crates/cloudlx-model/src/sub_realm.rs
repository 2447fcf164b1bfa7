//! A sub-realm: a product within the realms, shown or enabled customer by customer.

use serde::{Deserialize, Serialize};

use crate::SubRealmId;

/// A sub-realm in the list of sub-realms (inferred: that the list exists is on the page, its shape is our reading).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "inferred")))]
pub struct SubRealm {
    /// The sub-realm's id.
    #[serde(deserialize_with = "crate::php::sub_realm_id")]
    pub id: SubRealmId,
    /// The sub-realm's name, such as `SD WAN`.
    pub name: String,
    /// What the sub-realm is for, or null.
    pub description: Option<String>,
}

/// A sub-realm as one customer has it: shown, and perhaps enabled (page).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
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
