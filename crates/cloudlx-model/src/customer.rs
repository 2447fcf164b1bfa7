//! A customer, as every response shows it.

use serde::{Deserialize, Serialize};

use crate::{Country, Currency, CustomerId, CustomerSubRealm, Realm};

/// A customer: the answer to a create, to a get, and an element of the list (page, sibling).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
pub struct Customer {
    /// The customer's id, given by the server.
    #[cfg_attr(feature = "schema", schemars(extend("readOnly" = true)))]
    #[serde(deserialize_with = "crate::php::customer_id")]
    pub id: CustomerId,
    /// The customer's name.
    pub name: String,
    /// The customer's default currency.
    pub currency: Currency,
    /// The customer's country.
    pub country: Country,
    /// The realms that the customer can access.
    #[serde(deserialize_with = "crate::php::list")]
    pub realms: Vec<Realm>,
    /// The sub-realms that the customer can see or has access to.
    #[serde(deserialize_with = "crate::php::list")]
    pub sub_realms: Vec<CustomerSubRealm>,
}
