//! `GET /api/customers`: the sibling page "List Customers".

use serde::{Deserialize, Serialize};

use crate::{Auth, Customer, Endpoint, Method};

/// Lists the customers. No paging is documented (sibling).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "sibling")))]
pub struct ListCustomers;

impl Endpoint for ListCustomers {
    const NAME: &'static str = "list_customers";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/customers";
    const AUTH: Auth = Auth::Bearer;
    type Response = CustomerList;
}

/// All customers that the caller may see (sibling).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "sibling")))]
pub struct CustomerList {
    /// The customers; here their realms have ids.
    pub customers: Vec<Customer>,
}
