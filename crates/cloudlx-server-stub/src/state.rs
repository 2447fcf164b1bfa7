//! What the stub remembers between requests. All of it belongs to one stub; nothing is global.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloudlx_model::{Customer, CustomerId};
use cloudlx_validate::Catalogue;

use crate::Clock;
use crate::auth::{Clients, Tokens};
use crate::journal::Journal;
use crate::route::Routes;

/// The id of the first customer, as in the page's sample.
const FIRST_CUSTOMER: u64 = 6918;

/// One stub's state and settings.
pub(crate) struct State {
    pub(crate) routes: Routes,
    pub(crate) catalogue: Catalogue,
    pub(crate) clients: Clients,
    pub(crate) tokens: Tokens,
    pub(crate) customers: Customers,
    pub(crate) journal: Journal,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
}

/// What one connection and one request may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest body, in bytes.
    pub(crate) body: usize,
    /// The time for the head of a request to come in.
    pub(crate) header_time: Duration,
    /// The time for a body to come in.
    pub(crate) body_time: Duration,
    /// The time that a shutdown leaves to requests under way.
    pub(crate) shutdown_time: Duration,
}

/// Takes a lock, over from a thread that panicked if need be: every change under a lock of the stub is made in one step.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The customers that were created, with ids one after the other from [`FIRST_CUSTOMER`].
#[derive(Default)]
pub(crate) struct Customers(Mutex<Vec<Customer>>);

impl Customers {
    /// Makes a customer with the next id, keeps it and gives it back.
    pub(crate) fn add(&self, make: impl FnOnce(CustomerId) -> Customer) -> Customer {
        let mut customers = locked(&self.0);
        let count = u64::try_from(customers.len()).unwrap_or(u64::MAX);
        let customer = make(CustomerId(FIRST_CUSTOMER.saturating_add(count)));
        customers.push(customer.clone());
        customer
    }

    pub(crate) fn get(&self, id: CustomerId) -> Option<Customer> {
        let position = usize::try_from(id.0.checked_sub(FIRST_CUSTOMER)?).ok()?;
        locked(&self.0).get(position).cloned()
    }

    pub(crate) fn count(&self) -> usize {
        locked(&self.0).len()
    }

    /// All customers, by id.
    pub(crate) fn all(&self) -> Vec<Customer> {
        locked(&self.0).clone()
    }
}
