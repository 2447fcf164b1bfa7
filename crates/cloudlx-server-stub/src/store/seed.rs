//! Customers that a test wants to be there: which id each has.

use std::collections::HashSet;

use cloudlx_model::{Customer, CustomerId};

use super::StateError;

/// A customer to be there.
#[derive(Debug, Clone)]
pub(crate) struct Seed {
    /// The id that it is to have; none for one that is free.
    pub(crate) id: Option<CustomerId>,
    /// All of it but its id.
    pub(crate) customer: Customer,
}

/// Why customers were not seeded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedError {
    /// An id that another customer has.
    #[error("expected an id that no customer has, found {id}: write {free}, or leave the id out")]
    Taken {
        /// Which of the seeds, from 0.
        index: usize,
        id: CustomerId,
        free: CustomerId,
    },
    /// The store did not take them.
    #[error(transparent)]
    State(#[from] StateError),
}

/// The customers of some seeds, with the ids that they get: each its own, which neither another seed nor anybody else has, or
/// one after all others. `free` is the id after all of those that are held.
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
