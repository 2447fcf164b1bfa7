//! Customers that a test wants to be there: what the operations on them share.

use cloudlx_model::id::MAX;
use cloudlx_model::{CreateCustomer, Customer, CustomerId};
use cloudlx_validate::{Catalogue, Rule, Validated, Violation, from_json_against};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
#[cfg(feature = "documents")]
use serde_json::{Value, json};

use super::operation::ControlRequest;
use super::refusal::{misread, violated};
use crate::api::answer::Answer;
use crate::api::endpoints::customers::customer;
use crate::store::{Last, Seed, SeedError};
use crate::wire::json_path;

/// The largest id of a seeded customer: those created after it must find room for theirs.
const LARGEST_SEEDED: u64 = MAX - 1_000_000_000;

/// Customers to be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeds<'a> {
    #[serde(borrow)]
    customers: Vec<Seeded<'a>>,
}

/// A customer to be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeded<'a> {
    id: Option<CustomerId>,
    /// As it was written, so that the contract's own reader sees it.
    #[serde(borrow)]
    create: &'a RawValue,
}

/// A customer to be, as one that a create would make.
struct Checked {
    id: Option<CustomerId>,
    create: Validated<CreateCustomer>,
}

/// Customers that the stub holds.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct HeldCustomers {
    /// How many the stub holds.
    pub(super) total: usize,
    /// Those that were asked for or seeded, as the details of each show it.
    pub(super) customers: Vec<Customer>,
}

/// Adds the customers of a body to those that are there, or puts them in their place.
pub(super) async fn seed(request: ControlRequest<'_>, replace: bool) -> Result<Answer, Answer> {
    let resources = &request.server.api.resources;
    let seeds: Seeds<'_> = json_path::from_json(request.body).map_err(|error| misread(&error))?;
    let checked = checked(&resources.catalogue, &seeds).map_err(|violations| violated(&violations))?;
    let seeds = checked
        .into_iter()
        .map(|Checked { id, create }| Seed { id, customer: customer(&create, &resources.catalogue) });
    let customers = resources.store.seed(seeds.collect(), replace).await.map_err(refused)?;
    let Last { total, .. } = resources.store.last(0).await?;
    Ok(Answer::ok(&HeldCustomers { total, customers }))
}

fn refused(error: SeedError) -> Answer {
    match error {
        SeedError::State(error) => error.into(),
        SeedError::Taken { index, id, free } => violated(&[Violation {
            pointer: format!("/customers/{index}/id"),
            rule: Rule::RepeatedId,
            message: format!(
                "expected an id that no customer has, found {id}: write {free}, or leave the id out"
            ),
            suggestion: Some(free.to_string()),
        }]),
    }
}

/// The requests that could create these customers, or all that is wrong with them.
fn checked(catalogue: &Catalogue, seeds: &Seeds<'_>) -> Result<Vec<Checked>, Vec<Violation>> {
    let (mut checked, mut violations) = (Vec::new(), Vec::new());
    for (index, Seeded { id, create }) in seeds.customers.iter().enumerate() {
        if let Some(id) = id.filter(|id| id.0 > LARGEST_SEEDED) {
            violations.push(Violation {
                pointer: format!("/customers/{index}/id"),
                rule: Rule::IdOutOfRange,
                message: format!(
                    "expected an id of at most {LARGEST_SEEDED}, which leaves room for customers to come, found {id}"
                ),
                suggestion: None,
            });
        }
        match from_json_against(create.get().as_bytes(), catalogue) {
            Ok(create) => checked.push(Checked { id: *id, create }),
            Err(broken) => violations.extend(broken.into_iter().map(|violation| Violation {
                pointer: format!("/customers/{index}/create{}", violation.pointer),
                ..violation
            })),
        }
    }
    if violations.is_empty() { Ok(checked) } else { Err(violations) }
}

/// The body of both operations that seed.
#[cfg(feature = "documents")]
pub(super) fn seeds() -> Value {
    json!({
        "schema": {
            "type": "object",
            "additionalProperties": false,
            "required": ["customers"],
            "properties": { "customers": { "type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["create"],
                "properties": {
                    "id": {
                        "description": "The id that the customer is to have. Absent: one after all others.",
                        "type": ["integer", "null"],
                        "minimum": 1,
                        "maximum": LARGEST_SEEDED,
                    },
                    "create": super::document::reference("CreateCustomer"),
                },
            } } },
        },
        "example": { "customers": [{
            "id": 7001,
            "create": { "name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 7] },
        }] },
    })
}

/// The schemas that they refer to.
#[cfg(feature = "documents")]
pub(super) fn schemas() -> Vec<cloudlx_model::schema::Document> {
    let mut schemas = vec![cloudlx_model::schema::document_of::<HeldCustomers>("held-customers")];
    schemas.extend(cloudlx_validate::schema::document("create-customer.request"));
    schemas
}
