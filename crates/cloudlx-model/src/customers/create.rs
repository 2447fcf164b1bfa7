//! `POST /api/customers`: the page "Create a Customer", the contract of record.

use serde::{Deserialize, Serialize};

use crate::{Auth, Customer, Endpoint, Method, RealmId, RoleGroup, SubRealmId};

/// Creates a customer.
///
/// The answer is the customer, with status 200. The API has no idempotency key: sending this twice makes two
/// customers. Which fields must be there is inferred: no row of the page says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[serde(deny_unknown_fields)]
pub struct CreateCustomer {
    /// A name for the customer.
    pub name: String,
    /// The ISO 4217 alpha-3 code of the customer's default currency, such as `GBP` (page; that it is never `GB`, as the
    /// page's table has it, is inferred from its sample and its answer).
    pub currency_iso: String,
    /// The ISO 3166-1 alpha-2 code of the customer's country, such as `GB` (page, by its sample; its table calls this row
    /// `currency_iso` a second time, and that they are one is inferred).
    pub country_iso: String,
    /// The realms that the customer can access.
    pub realms: Vec<RealmId>,
    /// The sub-realms that the customer can see. Absent or null means none (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_sub_realms: Option<Vec<SubRealmId>>,
    /// The sub-realms that the customer can access. Each must also be shown; absent or null means none (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled_sub_realms: Option<Vec<SubRealmId>>,
    /// The e-mail address (page, by its sample) of the customer's first user; may be absent or null (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The first name (page, by its sample) of the customer's first user; may be absent or null (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The last name (page, by its sample) of the customer's first user; may be absent or null (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// What the customer's first user may do, such as `Admin` (page, by its sample). The set is open; may be absent or null
    /// (inferred).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub role_group: Option<RoleGroup>,
}

impl Endpoint for CreateCustomer {
    const NAME: &'static str = "create_customer";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/customers";
    const AUTH: Auth = Auth::Bearer;
    type Response = Customer;
}
