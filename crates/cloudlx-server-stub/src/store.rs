//! Where customers and tokens are kept: in memory, in a file as well, or in a database that several stubs share.

mod customers;
#[cfg(test)]
mod laws;
#[cfg(feature = "sqlite")]
mod lock;
pub(crate) mod memory;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod seed;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod wait;

use std::error::Error;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use cloudlx_model::{AccessToken, Customer, CustomerId};

pub(crate) use self::seed::{Seed, SeedError};
pub(crate) use self::wait::wait;
use crate::api::paging::Part;
use crate::auth::{Caller, Refused, Use};

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
    fn page(&self, place: Place) -> Pending<'_, Result<Option<Page>, StateError>>;

    /// How many customers there are, and the last of them, as many as this.
    fn last(&self, most: usize) -> Pending<'_, Result<Last, StateError>>;

    /// The customers of a list after the first ones, as many as this, and how many there are.
    fn part(&self, after: u64, most: usize) -> Pending<'_, Result<Part<Customer>, StateError>>;

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
        use_of: Use,
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

/// How many customers a page has: what a list of any length holds of them at a time.
const PAGE: usize = 256;

/// How far somebody has read a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// When it began; none when it is about to.
    pub(crate) began: Option<Began>,
    /// The last customer that was read.
    pub(crate) after: CustomerId,
}

/// When a list began. It shows the customers that were there then, and may show those that came while it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Began {
    /// How often all customers had been forgotten.
    pub(crate) generation: u64,
    /// The store's time.
    pub(crate) at: Duration,
}

/// A part of a list.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Page {
    pub(crate) customers: Vec<Customer>,
    /// Where the next part begins; none when this was the last.
    pub(crate) next: Option<Place>,
}

/// The end of a list, without the rest of it.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Last {
    /// How many customers there are.
    pub(crate) total: usize,
    /// The last of them, by id.
    pub(crate) customers: Vec<Customer>,
}

impl Place {
    /// Before the first customer.
    pub(crate) const START: Self = Self { began: None, after: CustomerId(0) };
    /// After the last.
    pub(crate) const END: Self = Self { began: None, after: CustomerId(u64::MAX) };
}

impl Page {
    /// A page of the `most` customers that there can be in it.
    pub(crate) fn of(customers: Vec<Customer>, most: usize, began: Began) -> Self {
        let last = customers.last().filter(|_| customers.len() == most).map(|last| last.id);
        let next = last.map(|after| Place { began: Some(began), after });
        Self { customers, next }
    }
}

/// All customers, by id.
///
/// # Errors
///
/// When the store cannot be read.
pub(crate) async fn all(store: &dyn Store) -> Result<Vec<Customer>, StateError> {
    let (mut customers, mut place) = (Vec::new(), Place::START);
    loop {
        let Some(page) = store.page(place).await? else {
            // Somebody forgot them all, and there are others now.
            (customers, place) = (Vec::new(), Place::START);
            continue;
        };
        customers.extend(page.customers);
        match page.next {
            Some(next) => place = next,
            None => return Ok(customers),
        }
    }
}

/// Why the state of a stub cannot be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The file cannot be opened, read or written.
    #[error(
        "could not use the state {}: check that its folder is there, that the file is a state of the stub and may be read \
         and written, and that no other stub uses it",
        path.display()
    )]
    Database {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Another stub uses the file.
    #[error(
        "expected a state that no other stub uses, and one uses {}: end that one, choose another file, or share a database \
         (--state postgres://USER@HOST/DATABASE)",
        path.display()
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The stub has stopped, and keeps nothing more.
    #[error("the stub has stopped and keeps nothing more in {}: start another", path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
    },
    /// The file is a database of something else.
    #[error("expected a state of the stub in {}, found another database: choose another file", path.display())]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// The file is of another version of the stub.
    #[error(
        "expected version {expected} of the state in {}, found {found}: use the version of the stub that wrote it, or \
         choose another file",
        path.display()
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// The version that this stub reads and writes.
        expected: i64,
        /// The version of the file.
        found: i64,
    },
    /// The database that several stubs share did not do what it was asked for, or did not say in time.
    #[error(
        "could not use the shared state {address}, {reason}: check that its server runs and lets this user in, and try again"
    )]
    Shared {
        /// The database, without a password.
        address: String,
        /// What went wrong, in a line.
        reason: String,
    },
    /// The database has a schema of that name that is something else.
    #[error(
        "expected a state of the stub in the schema cloudlx_stub of {address}, found something else: choose another database"
    )]
    SharedOther {
        /// The database, without a password.
        address: String,
    },
    /// The state in the database is of another version of the stub.
    #[error(
        "expected version {expected} of the state in {address}, found {found}: use the version of the stub that made it, or \
         drop its schema cloudlx_stub"
    )]
    SharedVersion {
        /// The database, without a password.
        address: String,
        /// The version that this stub reads and writes.
        expected: i64,
        /// The version of the database.
        found: i64,
    },
}
