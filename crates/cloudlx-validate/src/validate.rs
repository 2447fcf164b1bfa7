//! The door for requests that were built in Rust.

use cloudlx_model::CreateCustomer;

use crate::create_customer::{Context, FIELDS, check};
use crate::explain::Misshapen;
use crate::found::Found;
use crate::{Catalogue, Validated, Violations, explain};

/// Checks `request` against every rule that needs nothing but the request.
///
/// # Errors
///
/// All violations, in the order of the request's fields.
pub fn validate(request: CreateCustomer) -> Result<Validated<CreateCustomer>, Violations> {
    prove(request, &Context { catalogue: None })
}

/// Checks `request` as [`validate`] does, and that the realms and sub-realms that it names are in `catalogue`.
///
/// # Errors
///
/// All violations, in the order of the request's fields.
pub fn validate_against(
    request: CreateCustomer,
    catalogue: &Catalogue,
) -> Result<Validated<CreateCustomer>, Violations> {
    prove(request, &Context { catalogue: Some(catalogue) })
}

fn prove(request: CreateCustomer, context: &Context<'_>) -> Result<Validated<CreateCustomer>, Violations> {
    match check(&request, context) {
        Ok(()) => Ok(Validated::new(request)),
        Err(report) => {
            let position = |field: &str| FIELDS.iter().position(|name| *name == field);
            let mut found = Found::in_order_of(&position);
            explain::violations(&request, &report, context, &Misshapen::default(), &mut found);
            Err(Violations::explaining(found, || report.to_string()))
        }
    }
}
