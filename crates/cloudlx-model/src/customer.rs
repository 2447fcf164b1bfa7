//! A customer, as every response shows it.

use serde::{Deserialize, Serialize};

use crate::{Country, Currency, CustomerId, CustomerSubRealm, Realm};

/// A customer: the answer to a create, to a get, and an element of the list (page, sibling).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[non_exhaustive]
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

impl Customer {
    /// A customer with these values, in the order in which they stand on the wire.
    ///
    /// ```
    /// use cloudlx_model::{Country, Currency, Customer, CustomerId, Realm};
    ///
    /// let customer = Customer::new(
    ///     CustomerId(6918),
    ///     "Example Company",
    ///     Currency::new("GBP - British Pound", "GB", "GBP"),
    ///     Country::new("GB", "United Kingdom"),
    ///     vec![Realm::new("Networking")],
    ///     Vec::new(),
    /// );
    /// assert_eq!(customer.currency.iso_3, "GBP");
    /// ```
    ///
    /// Responses may gain fields within 1.x, so a literal does not compile outside this crate, nor does a pattern without
    /// `..`:
    ///
    /// ```compile_fail,E0639
    /// # use cloudlx_model::{Customer, CustomerId};
    /// # fn renumbered(customer: Customer) -> Customer {
    /// Customer { id: CustomerId(1), ..customer }
    /// # }
    /// ```
    ///
    /// ```compile_fail,E0638
    /// # use cloudlx_model::Customer;
    /// # fn name(customer: Customer) -> String {
    /// let Customer { id, name, currency, country, realms, sub_realms } = customer;
    /// # name
    /// # }
    /// ```
    #[must_use]
    pub fn new(
        id: CustomerId,
        name: impl Into<String>,
        currency: Currency,
        country: Country,
        realms: Vec<Realm>,
        sub_realms: Vec<CustomerSubRealm>,
    ) -> Self {
        Self { id, name: name.into(), currency, country, realms, sub_realms }
    }
}
