//! The customers that were created: in memory to be read, and in a store to be kept.

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

/// The customers, with ids one after the other.
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
