//! Customers that a test wants to be there.

use cloudlx_model::id::MAX;
use cloudlx_model::{CreateCustomer, Customer, CustomerId};
use cloudlx_validate::{Rule, Validated, Violation, from_json_against};
use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Asked;
use super::refusal::{misread, violated};
use super::requests::number;
use crate::answer::Answer;
use crate::customers::{Seed, SeedError};
use crate::endpoints::customers::customer;
use crate::pointed;
use crate::state::State;

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
struct Checked<'a> {
    id: Option<CustomerId>,
    create: Validated<CreateCustomer>,
    /// The create as it was written.
    written: &'a str,
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
pub(super) fn get(state: &State, asked: &Asked<'_>) -> Answer {
    let limit = match number(asked.query, "limit", 0, u64::MAX) {
        Ok(limit) => limit.map_or(SHOWN, |limit| usize::try_from(limit).unwrap_or(usize::MAX)),
        Err(answer) => return answer,
    };
    let mut customers = state.customers.all();
    let total = customers.len();
    customers.drain(..total.saturating_sub(limit));
    Answer::ok(&HeldCustomers { total, customers })
}

/// Adds customers to those that are there.
pub(super) fn add(state: &State, asked: &Asked<'_>) -> Answer {
    seed(state, asked, false)
}

/// Puts customers in the place of those that are there.
pub(super) fn replace(state: &State, asked: &Asked<'_>) -> Answer {
    seed(state, asked, true)
}

fn seed(state: &State, asked: &Asked<'_>, replace: bool) -> Answer {
    let seeds: Seeds<'_> = match pointed::from_json(asked.body) {
        Ok(seeds) => seeds,
        Err(error) => return misread(&error),
    };
    let checked = match checked(state, &seeds) {
        Ok(checked) => checked,
        Err(violations) => return violated(&violations),
    };
    let made = checked.into_iter().map(|Checked { id, create, written }| Seed {
        id,
        request: written.into(),
        make: move |id| customer(id, &create, &state.catalogue),
    });
    match state.customers.seed(made.collect(), replace) {
        Ok(customers) => Answer::ok(&HeldCustomers { total: state.customers.count(), customers }),
        Err(SeedError::Taken { index, id, free }) => violated(&[Violation {
            pointer: format!("/customers/{index}/id"),
            rule: Rule::RepeatedId,
            message: format!(
                "expected an id that no customer has, found {id}: write {free}, or leave the id out"
            ),
            suggestion: Some(free.to_string()),
        }]),
        Err(SeedError::State(error)) => Answer::error(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

/// The requests that could create these customers, or all that is wrong with them.
fn checked<'a>(state: &State, seeds: &Seeds<'a>) -> Result<Vec<Checked<'a>>, Vec<Violation>> {
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
        let written = create.get();
        match from_json_against(written.as_bytes(), &state.catalogue) {
            Ok(create) => checked.push(Checked { id: *id, create, written }),
            Err(broken) => violations.extend(broken.into_iter().map(|violation| Violation {
                pointer: format!("/customers/{index}/create{}", violation.pointer),
                ..violation
            })),
        }
    }
    if violations.is_empty() { Ok(checked) } else { Err(violations) }
}
