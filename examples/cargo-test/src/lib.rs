//! The program that the tests are about: it onboards customers in the United Kingdom.
#![forbid(unsafe_code)]

use cloudlx_client::{Client, CreateError};
use cloudlx_model::{CreateCustomer, Customer, RealmId, SubRealmId};
use cloudlx_validate::{Violations, validate};

/// Why a customer was not onboarded.
#[derive(Debug, thiserror::Error)]
pub enum OnboardError {
    /// The customer breaks the rules of the API; nothing was sent.
    #[error("expected a customer that the API takes")]
    Invalid(#[from] Violations),
    /// The API did not say that the customer was created.
    #[error("could not create the customer")]
    Create(#[from] CreateError),
}

/// Creates a customer that sees the sub-realms `shown`, and can access those that are `enabled`.
///
/// # Errors
///
/// When the customer breaks a rule, and when it was not created or may not have been.
pub async fn onboard(
    client: &Client,
    name: &str,
    shown: &[u64],
    enabled: &[u64],
) -> Result<Customer, OnboardError> {
    let ids = |ids: &[u64]| Some(ids.iter().copied().map(SubRealmId).collect());
    let request = validate(CreateCustomer {
        name: name.to_owned(),
        currency_iso: "GBP".to_owned(),
        country_iso: "GB".to_owned(),
        realms: [1, 2, 7].map(RealmId).to_vec(),
        shown_sub_realms: ids(shown),
        enabled_sub_realms: ids(enabled),
        email: None,
        first_name: None,
        last_name: None,
        role_group: None,
    })?;
    Ok(client.create_customer(&request).await?)
}
