//! Stores customers and tokens: in memory, in memory and a file, or in a database that several stubs share.

mod cursor;
mod customers;
#[cfg(feature = "sqlite")]
mod file_lock;
#[cfg(test)]
mod laws;
pub(crate) mod memory;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod seed;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod state_error;
mod wait;

use std::pin::Pin;
use std::time::Duration;

use cloudlx_model::{AccessToken, Customer, CustomerId};

pub(crate) use self::cursor::{Batch, Cursor, Last, Slice, Snapshot};
pub(crate) use self::seed::{Seed, SeedError};
pub use self::state_error::StateError;
pub(crate) use self::wait::wait;
use crate::auth::{Caller, TokenError, TokenKind};

/// The pending answer of a store. It can be polled outside a tokio runtime.
pub(crate) type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The customers and tokens of one stub, or of several that share a store.
///
/// Every method fails when the store cannot be reached or does not answer in time. Then a write may have happened or not.
pub(crate) trait Store: Send + Sync {
    /// Stores a customer under the next free id, and returns it. When this completes, all stubs that share the store see it,
    /// and so does the next process of a durable store.
    fn add<'a>(&'a self, new: NewCustomer<'a>) -> StoreFuture<'a, Result<Customer, StateError>>;

    /// The customer with this id, if there is one.
    fn get(&self, id: CustomerId) -> StoreFuture<'_, Result<Option<Customer>, StateError>>;

    /// The next customers of a list; none when all customers were removed since the list began.
    fn batch(&self, cursor: Cursor) -> StoreFuture<'_, Result<Option<Batch>, StateError>>;

    /// The number of customers, and the last of them, at most `most`.
    fn last(&self, most: usize) -> StoreFuture<'_, Result<Last, StateError>>;

    /// At most `most` customers after the first `after` ones, and the number of all.
    fn slice(&self, after: u64, most: usize) -> StoreFuture<'_, Result<Slice<Customer>, StateError>>;

    /// Stores all of a test's customers or none: in addition to the present ones or, with `replace`, in their place. A seed
    /// without an id gets one after all others.
    fn seed(&self, seeds: Vec<Seed>, replace: bool) -> StoreFuture<'_, Result<Vec<Customer>, SeedError>>;

    /// Removes all customers, and returns how many there were. The next one has the first id again.
    fn clear(&self) -> StoreFuture<'_, Result<usize, StateError>>;

    /// Stores a new pair of tokens.
    fn add_tokens<'a>(
        &'a self,
        pair: &'a AccessToken,
        caller: &'a Caller,
    ) -> StoreFuture<'a, Result<(), StateError>>;

    /// The caller that a live token was issued to.
    fn find<'a>(
        &'a self,
        kind: TokenKind,
        token: &'a str,
    ) -> StoreFuture<'a, Result<Result<Caller, TokenError>, StateError>>;

    /// Revokes a token of either kind. False when no live token is the same.
    ///
    /// The other token of its pair stays valid (inferred: no page describes revoking).
    fn revoke<'a>(&'a self, token: &'a str) -> StoreFuture<'a, Result<bool, StateError>>;

    /// Revokes all tokens, and returns the numbers of access tokens and of refresh tokens, expired ones included.
    fn revoke_all(&self) -> StoreFuture<'_, Result<(usize, usize), StateError>>;

    /// Removes all tokens, and returns the same numbers.
    fn forget_tokens(&self) -> StoreFuture<'_, Result<(usize, usize), StateError>>;

    /// Releases what the store has locked, because the stub has stopped. Every later write fails.
    fn release(&self) {}
}

/// A customer to be stored.
pub(crate) struct NewCustomer<'a> {
    /// The customer, whose id the store will set.
    pub(crate) customer: Customer,
    /// The body of the create request as it was received, for readers of the store's file or database.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "sqlite")),
        expect(dead_code, reason = "memory stores no requests")
    )]
    pub(crate) request: &'a [u8],
    /// How much later it becomes visible.
    pub(crate) later: Duration,
}

/// All customers, by id.
///
/// # Errors
///
/// When the store cannot be read.
pub(crate) async fn all(store: &dyn Store) -> Result<Vec<Customer>, StateError> {
    let (mut customers, mut cursor) = (Vec::new(), Cursor::START);
    loop {
        let Some(batch) = store.batch(cursor).await? else {
            // A reset removed them all, and there are others now.
            (customers, cursor) = (Vec::new(), Cursor::START);
            continue;
        };
        customers.extend(batch.customers);
        match batch.next {
            Some(next) => cursor = next,
            None => return Ok(customers),
        }
    }
}
