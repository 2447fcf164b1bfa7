//! Where customers and tokens are kept: in memory, in a file as well, or in a database that several stubs share.

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
use crate::auth::{Caller, Refused, TokenKind};

/// What a store does for its caller, which may take a while. It needs no runtime.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What is kept of a stub, or of several that share it.
///
/// An error of any of these says that the store could not be asked, or did not say in time. Then what was to be kept is
/// kept or not, and nothing was read.
pub(crate) trait Store: Send + Sync {
    /// Keeps a customer under the next free id, and gives it back. It is there for everybody who shares the store, and for
    /// the next process of a store that outlives one, once this is done.
    fn add<'a>(&'a self, new: New<'a>) -> Pending<'a, Result<Customer, StateError>>;

    /// The customer with this id.
    fn get(&self, id: CustomerId) -> Pending<'_, Result<Option<Customer>, StateError>>;

    /// The next customers of a list; none when all were forgotten since it began.
    fn batch(&self, cursor: Cursor) -> Pending<'_, Result<Option<Batch>, StateError>>;

    /// How many customers there are, and the last of them, as many as this.
    fn last(&self, most: usize) -> Pending<'_, Result<Last, StateError>>;

    /// The customers of a list after the first ones, as many as this, and how many there are.
    fn slice(&self, after: u64, most: usize) -> Pending<'_, Result<Slice<Customer>, StateError>>;

    /// Keeps customers that a test wants to be there, beside those that are, or in their place: all of them, or none. One
    /// without an id gets one after all others'.
    fn seed(&self, seeds: Vec<Seed>, replace: bool) -> Pending<'_, Result<Vec<Customer>, SeedError>>;

    /// Forgets all customers, and says how many there were. The next one has the first id again.
    fn clear(&self) -> Pending<'_, Result<usize, StateError>>;

    /// Takes up a pair of tokens that is given out.
    fn give<'a>(&'a self, pair: &'a AccessToken, caller: &'a Caller) -> Pending<'a, Result<(), StateError>>;

    /// Whose live token this is.
    fn find<'a>(
        &'a self,
        kind: TokenKind,
        token: &'a str,
    ) -> Pending<'a, Result<Result<Caller, Refused>, StateError>>;

    /// Refuses a token from now on, of either use. False when there is no such live one.
    ///
    /// Of the pair that it was given out with, the other one stays good (inferred: no page says anything of revoking).
    fn revoke<'a>(&'a self, token: &'a str) -> Pending<'a, Result<bool, StateError>>;

    /// Refuses all tokens that were given out until now, and says how many access tokens and how many refresh tokens that
    /// are, with those that had expired.
    fn revoke_all(&self) -> Pending<'_, Result<(usize, usize), StateError>>;

    /// Forgets all tokens, and says as much.
    fn forget_tokens(&self) -> Pending<'_, Result<(usize, usize), StateError>>;

    /// Lets others have what the store had for itself: the stub has stopped. Nothing is kept from now on.
    fn let_go(&self) {}
}

/// A customer to be kept.
pub(crate) struct New<'a> {
    /// All of it but its id, which the store gives.
    pub(crate) customer: Customer,
    /// The request that asked for it as it was received, for those who look at the store.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "sqlite")),
        expect(dead_code, reason = "memory keeps no requests")
    )]
    pub(crate) request: &'a [u8],
    /// How much later others see it.
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
