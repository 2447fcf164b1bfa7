//! The customers that were created: in memory to be read, and in a store to be kept.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use cloudlx_model::{Customer, CustomerId};

use crate::Clock;
use crate::state::locked;
use crate::store::{StateError, Store};

/// The id of the first customer, as in the page's sample.
const FIRST_CUSTOMER: u64 = 6918;

/// A customer, and when it is there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) customer: Customer,
    /// By the stub's clock. Until then nobody sees it.
    pub(crate) appears_at: Duration,
}

/// A customer to be, before it has its id.
pub(crate) struct Seed<M> {
    /// The id that it is to have; none for one that is free.
    pub(crate) id: Option<CustomerId>,
    /// The request that could have made it.
    pub(crate) request: Vec<u8>,
    pub(crate) make: M,
}

/// Why customers were not seeded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedError {
    #[error("expected an id that no customer has, found {id}: write {free}, or leave the id out")]
    Taken {
        /// Which of the seeds, from 0.
        index: usize,
        id: CustomerId,
        free: CustomerId,
    },
    #[error(transparent)]
    State(#[from] StateError),
}

/// The customers, by id. A new one has the id after the last.
pub(crate) struct Customers {
    clock: Clock,
    kept: Mutex<(Vec<Kept>, Box<dyn Store>)>,
}

impl Customers {
    /// The customers of a store.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub(crate) fn of(mut store: Box<dyn Store>, clock: Clock) -> Result<Self, StateError> {
        let kept = store.all(clock.now())?;
        Ok(Self { clock, kept: Mutex::new((kept, store)) })
    }

    /// Makes a customer with the next id, keeps it and gives it back. Others see it `later`.
    ///
    /// It is in the store before this returns, with the `request` that asked for it.
    ///
    /// # Errors
    ///
    /// When the store does not take it. Then there is no customer, and the next one has its id.
    pub(crate) fn add(
        &self,
        request: &[u8],
        later: Duration,
        make: impl FnOnce(CustomerId) -> Customer,
    ) -> Result<Customer, StateError> {
        let now = self.clock.now();
        let mut kept = locked(&self.kept);
        let (kept, store) = &mut *kept;
        let last = kept.last().map(|last| last.customer.id.0);
        let customer = make(CustomerId(last.map_or(FIRST_CUSTOMER, |last| last.saturating_add(1))));
        let new = Kept { customer: customer.clone(), appears_at: now.saturating_add(later) };
        store.add(&new, request, now)?;
        kept.push(new);
        Ok(customer)
    }

    /// Keeps customers that a test wants to be there, beside those that are, or in their place. Either all ids are free, or
    /// none of them is kept. A customer without an id gets one after all others'.
    ///
    /// # Errors
    ///
    /// When an id is taken, and when the store does not take a customer: then those before it are kept.
    pub(crate) fn seed<M>(&self, seeds: Vec<Seed<M>>, replace: bool) -> Result<Vec<Customer>, SeedError>
    where
        M: FnOnce(CustomerId) -> Customer,
    {
        let now = self.clock.now();
        let mut kept = locked(&self.kept);
        let (kept, store) = &mut *kept;
        let held = if replace { &[] } else { kept.as_slice() };
        let ids = ids_of(&seeds, held)?;
        if replace {
            store.clear()?;
            kept.clear();
        }
        let mut made = Vec::with_capacity(seeds.len());
        for (seed, id) in seeds.into_iter().zip(ids) {
            let customer = (seed.make)(id);
            let new = Kept { customer: customer.clone(), appears_at: now };
            store.add(&new, &seed.request, now)?;
            let place = kept.partition_point(|kept| kept.customer.id < id);
            kept.insert(place, new);
            made.push(customer);
        }
        Ok(made)
    }

    /// Forgets all customers, and says how many there were. The next one has the first id again.
    ///
    /// # Errors
    ///
    /// When the store keeps them. Then they are here as well.
    pub(crate) fn clear(&self) -> Result<usize, StateError> {
        let mut kept = locked(&self.kept);
        let (kept, store) = &mut *kept;
        store.clear()?;
        let forgotten = kept.len();
        kept.clear();
        Ok(forgotten)
    }

    pub(crate) fn get(&self, id: CustomerId) -> Option<Customer> {
        let now = self.clock.now();
        let (kept, _) = &*locked(&self.kept);
        let position = kept.binary_search_by_key(&id.0, |kept| kept.customer.id.0).ok()?;
        kept.get(position).filter(|kept| kept.appears_at <= now).map(|kept| kept.customer.clone())
    }

    pub(crate) fn count(&self) -> usize {
        let now = self.clock.now();
        locked(&self.kept).0.iter().filter(|kept| kept.appears_at <= now).count()
    }

    /// All customers that are there, by id.
    pub(crate) fn all(&self) -> Vec<Customer> {
        let now = self.clock.now();
        let (kept, _) = &*locked(&self.kept);
        kept.iter().filter(|kept| kept.appears_at <= now).map(|kept| kept.customer.clone()).collect()
    }
}

/// The id of each seed: its own, which neither another seed nor one of those `held` has, or one after all others.
fn ids_of<M>(seeds: &[Seed<M>], held: &[Kept]) -> Result<Vec<CustomerId>, SeedError> {
    let own = seeds.iter().filter_map(|seed| seed.id);
    let last = own.chain(held.iter().map(|kept| kept.customer.id)).max();
    let mut free = last.map_or(FIRST_CUSTOMER, |last| last.0.saturating_add(1));
    let mut taken: HashSet<_> = held.iter().map(|kept| kept.customer.id).collect();
    let mut ids = Vec::with_capacity(seeds.len());
    for (index, seed) in seeds.iter().enumerate() {
        let id = seed.id.unwrap_or(CustomerId(free));
        if !taken.insert(id) {
            return Err(SeedError::Taken { index, id, free: CustomerId(free) });
        }
        free = free.max(id.0.saturating_add(1));
        ids.push(id);
    }
    Ok(ids)
}
