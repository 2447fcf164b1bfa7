//! Customers and tokens in the memory of one process.

use std::future::ready;
use std::sync::Mutex;
use std::time::Duration;

use cloudlx_model::{AccessToken, Customer, CustomerId};

use super::cursor::BATCH_SIZE;
use super::seed::with_ids;
use super::{Batch, Cursor, Last, New, Pending, Seed, SeedError, Slice, StateError, Store};
use crate::Clock;
use crate::auth::{Caller, Lifetimes, Refused, TokenKind, Tokens};
use crate::lock::locked;
use crate::store::customers::Customers;

/// What there is as long as the process runs.
pub(crate) struct Memory {
    clock: Clock,
    customers: Mutex<Customers>,
    tokens: Tokens,
}

impl Memory {
    /// Times are those of this clock.
    pub(crate) fn new(clock: Clock, lifetimes: Lifetimes) -> Self {
        let tokens = Tokens::new(clock.clone(), lifetimes);
        Self { clock, customers: Mutex::default(), tokens }
    }

    /// Holds a customer that was kept elsewhere. Others see it `later`.
    #[cfg(feature = "sqlite")]
    pub(super) fn hold(&self, customer: &Customer, later: Duration) {
        locked(&self.customers).hold(customer, self.clock.now().saturating_add(later));
    }

    /// Holds a new customer once it is kept elsewhere.
    pub(super) fn add_once(
        &self,
        new: New<'_>,
        kept: impl FnOnce(&Customer) -> Result<(), StateError>,
    ) -> Result<Customer, StateError> {
        let appears_at = self.clock.now().saturating_add(new.later);
        let mut customers = locked(&self.customers);
        let mut customer = new.customer;
        customer.id = customers.free();
        kept(&customer)?;
        customers.hold(&customer, appears_at);
        Ok(customer)
    }

    /// Holds seeds once they are kept elsewhere.
    pub(super) fn seed_once(
        &self,
        seeds: Vec<Seed>,
        replace: bool,
        kept: impl FnOnce(&[Customer]) -> Result<(), StateError>,
    ) -> Result<Vec<Customer>, SeedError> {
        let now = self.clock.now();
        let mut customers = locked(&self.customers);
        let seeded = if replace {
            with_ids(seeds, |_| false, Customers::default().free())?
        } else {
            with_ids(seeds, |id| customers.has(id), customers.free())?
        };
        kept(&seeded)?;
        if replace {
            customers.clear();
        }
        for customer in &seeded {
            customers.hold(customer, now);
        }
        Ok(seeded)
    }

    /// Forgets all customers once they are forgotten elsewhere.
    pub(super) fn clear_once(
        &self,
        forgotten: impl FnOnce() -> Result<(), StateError>,
    ) -> Result<usize, StateError> {
        let mut customers = locked(&self.customers);
        forgotten()?;
        Ok(customers.clear())
    }

    fn now(&self) -> Duration {
        self.clock.now()
    }
}

impl Store for Memory {
    fn add<'a>(&'a self, new: New<'a>) -> Pending<'a, Result<Customer, StateError>> {
        Box::pin(ready(self.add_once(new, |_| Ok(()))))
    }

    fn get(&self, id: CustomerId) -> Pending<'_, Result<Option<Customer>, StateError>> {
        Box::pin(ready(Ok(locked(&self.customers).get(id, self.now()))))
    }

    fn batch(&self, cursor: Cursor) -> Pending<'_, Result<Option<Batch>, StateError>> {
        Box::pin(ready(Ok(locked(&self.customers).batch(cursor, BATCH_SIZE, self.now()))))
    }

    fn last(&self, most: usize) -> Pending<'_, Result<Last, StateError>> {
        Box::pin(ready(Ok(locked(&self.customers).last(most, self.now()))))
    }

    fn slice(&self, after: u64, most: usize) -> Pending<'_, Result<Slice<Customer>, StateError>> {
        Box::pin(ready(Ok(locked(&self.customers).slice(after, most, self.now()))))
    }

    fn seed(&self, seeds: Vec<Seed>, replace: bool) -> Pending<'_, Result<Vec<Customer>, SeedError>> {
        Box::pin(ready(self.seed_once(seeds, replace, |_| Ok(()))))
    }

    fn clear(&self) -> Pending<'_, Result<usize, StateError>> {
        Box::pin(ready(self.clear_once(|| Ok(()))))
    }

    fn give<'a>(&'a self, pair: &'a AccessToken, caller: &'a Caller) -> Pending<'a, Result<(), StateError>> {
        self.tokens.add(pair, caller);
        Box::pin(ready(Ok(())))
    }

    fn find<'a>(
        &'a self,
        kind: TokenKind,
        token: &'a str,
    ) -> Pending<'a, Result<Result<Caller, Refused>, StateError>> {
        Box::pin(ready(Ok(self.tokens.find(kind, token))))
    }

    fn revoke<'a>(&'a self, token: &'a str) -> Pending<'a, Result<bool, StateError>> {
        Box::pin(ready(Ok(self.tokens.revoke(token))))
    }

    fn revoke_all(&self) -> Pending<'_, Result<(usize, usize), StateError>> {
        Box::pin(ready(Ok(self.tokens.revoke_all())))
    }

    fn forget_tokens(&self) -> Pending<'_, Result<(usize, usize), StateError>> {
        Box::pin(ready(Ok(self.tokens.forget_all())))
    }
}
