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
#[non_exhaustive]
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

impl CreateCustomer {
    /// A request with the fields that must be there; the others are absent until they are set.
    ///
    /// `currency` is the ISO 4217 alpha-3 code, `country` the ISO 3166-1 alpha-2 code. Nothing is checked here: see
    /// `cloudlx-validate`.
    ///
    /// ```
    /// use cloudlx_model::{CreateCustomer, RealmId};
    ///
    /// let request = CreateCustomer::new("Example Company", "GBP", "GB", [1, 2, 7])
    ///     .shown_sub_realms([313, 328])
    ///     .enabled_sub_realms([328])
    ///     .email("j.smith@example.com");
    /// assert_eq!(request.realms, [RealmId(1), RealmId(2), RealmId(7)]);
    /// assert_eq!(request.last_name, None);
    /// ```
    ///
    /// Fields may be added within 1.x, so a literal does not compile outside this crate:
    ///
    /// ```compile_fail,E0639
    /// # use cloudlx_model::CreateCustomer;
    /// let request = CreateCustomer {
    ///     name: String::new(),
    ///     currency_iso: String::new(),
    ///     country_iso: String::new(),
    ///     realms: Vec::new(),
    ///     shown_sub_realms: None,
    ///     enabled_sub_realms: None,
    ///     email: None,
    ///     first_name: None,
    ///     last_name: None,
    ///     role_group: None,
    /// };
    /// ```
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        currency: impl Into<String>,
        country: impl Into<String>,
        realms: impl IntoIterator<Item: Into<RealmId>>,
    ) -> Self {
        Self {
            name: name.into(),
            currency_iso: currency.into(),
            country_iso: country.into(),
            realms: realms.into_iter().map(Into::into).collect(),
            shown_sub_realms: None,
            enabled_sub_realms: None,
            email: None,
            first_name: None,
            last_name: None,
            role_group: None,
        }
    }

    /// Sets the sub-realms that the customer can see.
    #[must_use]
    pub fn shown_sub_realms(self, ids: impl IntoIterator<Item: Into<SubRealmId>>) -> Self {
        Self { shown_sub_realms: Some(ids.into_iter().map(Into::into).collect()), ..self }
    }

    /// Sets the sub-realms that the customer can access.
    #[must_use]
    pub fn enabled_sub_realms(self, ids: impl IntoIterator<Item: Into<SubRealmId>>) -> Self {
        Self { enabled_sub_realms: Some(ids.into_iter().map(Into::into).collect()), ..self }
    }

    /// Sets the e-mail address of the customer's first user.
    #[must_use]
    pub fn email(self, email: impl Into<String>) -> Self {
        Self { email: Some(email.into()), ..self }
    }

    /// Sets the first name of the customer's first user.
    #[must_use]
    pub fn first_name(self, first_name: impl Into<String>) -> Self {
        Self { first_name: Some(first_name.into()), ..self }
    }

    /// Sets the last name of the customer's first user.
    #[must_use]
    pub fn last_name(self, last_name: impl Into<String>) -> Self {
        Self { last_name: Some(last_name.into()), ..self }
    }

    /// Sets what the customer's first user may do.
    #[must_use]
    pub fn role_group(self, role_group: RoleGroup) -> Self {
        Self { role_group: Some(role_group), ..self }
    }

    /// Every field, for code of this workspace that must not forget one.
    #[doc(hidden)]
    #[must_use]
    pub fn fields(&self) -> CreateCustomerFields<'_> {
        let Self {
            name,
            currency_iso,
            country_iso,
            realms,
            shown_sub_realms,
            enabled_sub_realms,
            email,
            first_name,
            last_name,
            role_group,
        } = self;
        CreateCustomerFields {
            name,
            currency_iso,
            country_iso,
            realms,
            shown_sub_realms: shown_sub_realms.as_deref(),
            enabled_sub_realms: enabled_sub_realms.as_deref(),
            email: email.as_deref(),
            first_name: first_name.as_deref(),
            last_name: last_name.as_deref(),
            role_group: role_group.as_ref(),
        }
    }
}

/// The fields of a [`CreateCustomer`]. A new one breaks all code that takes this apart, on purpose: it is no part of the
/// public API, and `cloudlx-validate`, which does so, depends on this crate's exact version.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the docs stand on the fields of CreateCustomer")]
pub struct CreateCustomerFields<'a> {
    pub name: &'a str,
    pub currency_iso: &'a str,
    pub country_iso: &'a str,
    pub realms: &'a [RealmId],
    pub shown_sub_realms: Option<&'a [SubRealmId]>,
    pub enabled_sub_realms: Option<&'a [SubRealmId]>,
    pub email: Option<&'a str>,
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
    pub role_group: Option<&'a RoleGroup>,
}

impl Endpoint for CreateCustomer {
    const NAME: &'static str = "create_customer";
    const METHOD: Method = Method::Post;
    const PATH: &'static str = "/api/customers";
    const AUTH: Auth = Auth::Bearer;
    type Response = Customer;
}
