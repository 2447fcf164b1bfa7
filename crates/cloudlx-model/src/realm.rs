//! A realm: a part of the portal that a customer may use.

use serde::{Deserialize, Serialize};

use crate::RealmId;

/// A realm, in a customer or in the list of realms (page, sibling).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[non_exhaustive]
pub struct Realm {
    /// The realm's id. The answer to a create leaves it out (page); the list and the details of customers have it
    /// (sibling), and so has the list of realms (inferred).
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::php::optional_realm_id"
    )]
    #[cfg_attr(feature = "schema", schemars(with = "RealmId", extend("x-cloudlx-source" = "sibling")))]
    pub id: Option<RealmId>,
    /// The realm's name, such as `Networking`.
    pub name: String,
    /// What the realm is for, or null.
    pub description: Option<String>,
}

impl Realm {
    /// A realm with this name, without an id and without a description.
    ///
    /// ```
    /// use cloudlx_model::{Realm, RealmId};
    ///
    /// let realm = Realm::new("Networking").id(RealmId(2)).description("Circuits and ports");
    /// assert_eq!(realm.id, Some(RealmId(2)));
    /// ```
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { id: None, name: name.into(), description: None }
    }

    /// Sets the id.
    #[must_use]
    pub fn id(self, id: RealmId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Sets the description.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }
}
