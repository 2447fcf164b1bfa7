//! `POST /api/customers`: the page "Create a Customer", the contract of record.

use serde::{Deserialize, Serialize};

use crate::{Auth, Customer, Endpoint, Method, RealmId, RoleGroup, SubRealmId};

/// Creates a customer.
///
/// The answer is the customer, with status 200. The API has no idempotency key: sending this twice makes two
/// customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[serde(deny_unknown_fields)]
pub struct CreateCustomer {
    /// A name for the customer.
    pub name: String,
    /// The ISO 4217 alpha-3 code of the customer's default currency, such as `GBP` (the page's table also shows `GB`,
    /// its sample and its answer `GBP`).
    pub currency_iso: String,
    /// The ISO 3166-1 alpha-2 code of the customer's country, such as `GB` (the page's table calls this row
    /// `currency_iso` a second time, its sample `country_iso`).
    pub country_iso: String,
    /// The realms that the customer can access.
    pub realms: Vec<RealmId>,
    /// The sub-realms that the customer can see. Absent means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_sub_realms: Option<Vec<SubRealmId>>,
    /// The sub-realms that the customer can access, each of which must also be shown. Absent means none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled_sub_realms: Option<Vec<SubRealmId>>,
    /// The e-mail address of the customer's first user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The first name of the customer's first user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The last name of the customer's first user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// What the customer's first user may do, such as `Admin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_group: Option<RoleGroup>,
}

impl Endpoint for CreateCustomer {
    const NAME: &'static str = "create_customer";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/customers";
    const AUTH: Auth = Auth::Bearer;
    type Response = Customer;
}
