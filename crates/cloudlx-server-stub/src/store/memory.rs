//! Customers and tokens in the memory of one process.

use std::future::ready;
use std::sync::Mutex;
use std::time::Duration;

use cloudlx_model::{AccessToken, Customer, CustomerId};

use super::cursor::BATCH_SIZE;
use super::seed::with_ids;
use super::{Batch, Cursor, Last, NewCustomer, Seed, SeedError, Slice, StateError, Store, StoreFuture};
use crate::Clock;
use crate::auth::{Caller, Lifetimes, TokenError, TokenKind, Tokens};
use crate::lock::locked;
use crate::store::customers::Customers;

/// Customers and tokens that end with the process.
pub(crate) struct Memory {
    clock: Clock,
    customers: Mutex<Customers>,
    tokens: Tokens,
}

impl Memory {
    /// All times are by this clock.
    pub(crate) fn new(clock: Clock, lifetimes: Lifetimes) -> Self {
        let tokens = Tokens::new(clock.clone(), lifetimes);
        Self { clock, customers: Mutex::default(), tokens }
    }

    /// Loads a customer that is in a file already. It becomes visible `later`.
    #[cfg(feature = "sqlite")]
    pub(super) fn load(&self, customer: &Customer, later: Duration) {
        locked(&self.customers).insert(customer, self.clock.now().saturating_add(later));
    }

    /// Adds a new customer after `persist` has succeeded.
    pub(super) fn add_after(
        &self,
        new: NewCustomer<'_>,
        persist: impl FnOnce(&Customer) -> Result<(), StateError>,
    ) -> Result<Customer, StateError> {
        let appears_at = self.clock.now().saturating_add(new.later);
        let mut customers = locked(&self.customers);
        let mut customer = new.customer;
        customer.id = customers.free();
        persist(&customer)?;
        customers.insert(&customer, appears_at);
        Ok(customer)
    }

    /// Adds seeds after `persist` has succeeded.
    pub(super) fn seed_after(
        &self,
        seeds: Vec<Seed>,
        replace: bool,
        persist: impl FnOnce(&[Customer]) -> Result<(), StateError>,
    ) -> Result<Vec<Customer>, SeedError> {
        let now = self.clock.now();
        let mut customers = locked(&self.customers);
        let seeded = if replace {
            with_ids(seeds, |_| false, Customers::default().free())?
        } else {
            with_ids(seeds, |id| customers.has(id), customers.free())?
        };
        persist(&seeded)?;
        if replace {
            customers.clear();
        }
        for customer in &seeded {
            customers.insert(customer, now);
        }
        Ok(seeded)
    }

    /// Removes all customers after `persist` has succeeded.
    pub(super) fn clear_after(
        &self,
        persist: impl FnOnce() -> Result<(), StateError>,
    ) -> Result<usize, StateError> {
        let mut customers = locked(&self.customers);
        persist()?;
        Ok(customers.clear())
    }

    fn now(&self) -> Duration {
        self.clock.now()
    }
}

impl Store for Memory {
    fn add<'a>(&'a self, new: NewCustomer<'a>) -> StoreFuture<'a, Result<Customer, StateError>> {
        Box::pin(ready(self.add_after(new, |_| Ok(()))))
    }

    fn get(&self, id: CustomerId) -> StoreFuture<'_, Result<Option<Customer>, StateError>> {
        Box::pin(ready(Ok(locked(&self.customers).get(id, self.now()))))
    }

    fn batch(&self, cursor: Cursor) -> StoreFuture<'_, Result<Option<Batch>, StateError>> {
        Box::pin(ready(Ok(locked(&self.customers).batch(cursor, BATCH_SIZE, self.now()))))
    }

    fn last(&self, most: usize) -> StoreFuture<'_, Result<Last, StateError>> {
        Box::pin(ready(Ok(locked(&self.customers).last(most, self.now()))))
    }

    fn slice(&self, after: u64, most: usize) -> StoreFuture<'_, Result<Slice<Customer>, StateError>> {
        Box::pin(ready(Ok(locked(&self.customers).slice(after, most, self.now()))))
    }

    fn seed(&self, seeds: Vec<Seed>, replace: bool) -> StoreFuture<'_, Result<Vec<Customer>, SeedError>> {
        Box::pin(ready(self.seed_after(seeds, replace, |_| Ok(()))))
    }

    fn clear(&self) -> StoreFuture<'_, Result<usize, StateError>> {
        Box::pin(ready(self.clear_after(|| Ok(()))))
    }

    fn add_tokens<'a>(
        &'a self,
        pair: &'a AccessToken,
        caller: &'a Caller,
    ) -> StoreFuture<'a, Result<(), StateError>> {
        self.tokens.add(pair, caller);
        Box::pin(ready(Ok(())))
    }

    fn find<'a>(
        &'a self,
        kind: TokenKind,
        token: &'a str,
    ) -> StoreFuture<'a, Result<Result<Caller, TokenError>, StateError>> {
        Box::pin(ready(Ok(self.tokens.find(kind, token))))
    }

    fn revoke<'a>(&'a self, token: &'a str) -> StoreFuture<'a, Result<bool, StateError>> {
        Box::pin(ready(Ok(self.tokens.revoke(token))))
    }

    fn revoke_all(&self) -> StoreFuture<'_, Result<(usize, usize), StateError>> {
        Box::pin(ready(Ok(self.tokens.revoke_all())))
    }

    fn forget_tokens(&self) -> StoreFuture<'_, Result<(usize, usize), StateError>> {
        Box::pin(ready(Ok(self.tokens.remove_all())))
    }
}
