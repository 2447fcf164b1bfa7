//! The program that the tests are about: it onboards customers in the United Kingdom.
#![forbid(unsafe_code)]

use cloudlx_client::{Client, CreateError};
use cloudlx_model::{CreateCustomer, Customer};
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
    shown: &[u32],
    enabled: &[u32],
) -> Result<Customer, OnboardError> {
    let request = CreateCustomer::new(name, "GBP", "GB", [1, 2, 7])
        .shown_sub_realms(shown.iter().copied())
        .enabled_sub_realms(enabled.iter().copied());
    let request = validate(request)?;
    Ok(client.create_customer(&request).await?)
}
