//! Customers that a test wants to be there.

use cloudlx_model::id::MAX;
use cloudlx_model::{CreateCustomer, Customer, CustomerId};
use cloudlx_validate::{Rule, Validated, Violation, from_json_against};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Asked;
use super::refusal::{misread, violated};
use super::requests::number;
use crate::api::answer::Answer;
use crate::api::endpoints::customers::customer;
use crate::server::Server;
use crate::store::{Last, Pending, Seed, SeedError};
use crate::wire::json_path;

/// The largest id of a seeded customer: those created after it must find room for theirs.
pub(super) const LARGEST_SEEDED: u64 = MAX - 1_000_000_000;

/// How many customers are shown when the caller does not say.
const SHOWN: usize = 100;

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
    total: usize,
    /// Those that were asked for or seeded, as the details of each show it.
    customers: Vec<Customer>,
}

/// The last customers, by id.
pub(super) fn get<'a>(server: &'a Server, asked: Asked<'a>) -> Pending<'a, Answer> {
    Box::pin(async move {
        let limit = match number(asked.query, "limit", 0, u64::MAX) {
            Ok(limit) => limit.map_or(SHOWN, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
            Err(answer) => return answer,
        };
        match server.api.resources.store.last(limit).await {
            Ok(Last { total, customers }) => Answer::ok(&HeldCustomers { total, customers }),
            Err(error) => error.into(),
        }
    })
}

/// Adds customers to those that are there.
pub(super) fn add<'a>(server: &'a Server, asked: Asked<'a>) -> Pending<'a, Answer> {
    Box::pin(seed(server, asked, false))
}

/// Puts customers in the place of those that are there.
pub(super) fn replace<'a>(server: &'a Server, asked: Asked<'a>) -> Pending<'a, Answer> {
    Box::pin(seed(server, asked, true))
}

async fn seed(server: &Server, asked: Asked<'_>, replace: bool) -> Answer {
    let seeds: Seeds<'_> = match json_path::from_json(asked.body) {
        Ok(seeds) => seeds,
        Err(error) => return misread(&error),
    };
    let checked = match checked(server, &seeds) {
        Ok(checked) => checked,
        Err(violations) => return violated(&violations),
    };
    let seeds = checked.into_iter().map(|Checked { id, create }| Seed {
        id,
        customer: customer(&create, &server.api.resources.catalogue),
    });
    let seeded = match server.api.resources.store.seed(seeds.collect(), replace).await {
        Ok(customers) => server
            .api
            .resources
            .store
            .last(0)
            .await
            .map(|Last { total, .. }| HeldCustomers { total, customers }),
        Err(SeedError::State(error)) => Err(error),
        Err(SeedError::Taken { index, id, free }) => {
            return violated(&[Violation {
                pointer: format!("/customers/{index}/id"),
                rule: Rule::RepeatedId,
                message: format!(
                    "expected an id that no customer has, found {id}: write {free}, or leave the id out"
                ),
                suggestion: Some(free.to_string()),
            }]);
        }
    };
    match seeded {
        Ok(held) => Answer::ok(&held),
        Err(error) => error.into(),
    }
}

/// The requests that could create these customers, or all that is wrong with them.
fn checked(server: &Server, seeds: &Seeds<'_>) -> Result<Vec<Checked>, Vec<Violation>> {
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
        match from_json_against(create.get().as_bytes(), &server.api.resources.catalogue) {
            Ok(create) => checked.push(Checked { id: *id, create }),
            Err(broken) => violations.extend(broken.into_iter().map(|violation| Violation {
                pointer: format!("/customers/{index}/create{}", violation.pointer),
                ..violation
            })),
        }
    }
    if violations.is_empty() { Ok(checked) } else { Err(violations) }
}
