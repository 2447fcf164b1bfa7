//! Checks requests that were built in Rust.

use cloudlx_model::CreateCustomer;

use crate::collector::Collector;
use crate::create_customer::{Misshapen, check, explain};
use crate::fields::field_names;
use crate::rules::definition::Context;
use crate::{Catalogue, Validated, Violations};

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
            let position = |field: &str| field_names().position(|name| name == field);
            let mut collector = Collector::new(&position);
            explain(&request, &report, context, &Misshapen::default(), &mut collector);
            Err(collector.finish(|| report.to_string()))
        }
    }
}
