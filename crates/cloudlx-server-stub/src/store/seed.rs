//! Customers that a test stores, and their ids.

use std::collections::HashSet;

use cloudlx_model::{Customer, CustomerId};

use super::StateError;

/// A customer that a test stores.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    /// Its id; none for the next free one.
    pub(crate) id: Option<CustomerId>,
    /// The customer, whose id is not set yet.
    pub(crate) customer: Customer,
}

/// Why customers were not seeded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedError {
    /// Another customer has the id.
    #[error("expected an id that no customer has, found {id}: write {free}, or leave the id out")]
    Taken {
        /// Which of the seeds, from 0.
        index: usize,
        id: CustomerId,
        free: CustomerId,
    },
    /// The store could not be written.
    #[error(transparent)]
    State(#[from] StateError),
}

/// The customers of some seeds with their ids. A seed with an id keeps it, unless another customer or seed has it; a seed
/// without one gets the next after all others. `free` is the id after those of all stored customers.
pub(super) fn with_ids(
    seeds: Vec<Seed>,
    is_taken: impl Fn(CustomerId) -> bool,
    free: CustomerId,
) -> Result<Vec<Customer>, SeedError> {
    let own = seeds.iter().filter_map(|seed| seed.id).map(|id| id.0.saturating_add(1));
    let mut free = own.max().map_or(free.0, |own| own.max(free.0));
    let mut seeded = HashSet::with_capacity(seeds.len());
    let mut customers = Vec::with_capacity(seeds.len());
    for (index, Seed { id, mut customer }) in seeds.into_iter().enumerate() {
        let id = id.unwrap_or(CustomerId(free));
        if is_taken(id) || !seeded.insert(id.0) {
            return Err(SeedError::Taken { index, id, free: CustomerId(free) });
        }
        free = free.max(id.0.saturating_add(1));
        customer.id = id;
        customers.push(customer);
    }
    Ok(customers)
}
