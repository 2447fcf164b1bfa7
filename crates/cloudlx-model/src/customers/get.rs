//! `GET /api/customers/{customer_id}`: the sibling page "Customer Details".

use std::borrow::Cow;

use crate::{Auth, Customer, CustomerId, Endpoint, Method};

/// Reads one customer. The answer is the customer, bare; its realms have ids (sibling).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "sibling")))]
pub struct GetCustomer {
    /// The customer's id.
    pub customer_id: CustomerId,
}

impl Endpoint for GetCustomer {
    const NAME: &'static str = "get_customer";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/customers/{customer_id}";
    const AUTH: Auth = Auth::Bearer;
    type Response = Customer;

    fn path(&self) -> Cow<'static, str> {
        Cow::Owned(Self::PATH.replace("{customer_id}", &self.customer_id.to_string()))
    }
}
