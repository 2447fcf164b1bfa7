//! Where a stub stores customers and tokens.

#[cfg(feature = "sqlite")]
use std::path::PathBuf;

#[cfg(feature = "postgres")]
use cloudlx_postgres::Address;

use crate::Clock;
use crate::auth::Lifetimes;
use crate::store::memory::Memory;
#[cfg(feature = "postgres")]
use crate::store::postgres::Postgres;
#[cfg(feature = "sqlite")]
use crate::store::sqlite::Sqlite;
use crate::store::{StateError, Store};

/// Where customers and tokens are stored.
#[derive(Debug, Clone, Default)]
pub(super) enum Storage {
    #[default]
    InMemory,
    #[cfg(feature = "sqlite")]
    InFile(PathBuf),
    #[cfg(feature = "postgres")]
    Shared(Box<Address>),
}

impl Storage {
    #[allow(clippy::unused_async, reason = "with a shared state there is a connection to wait for")]
    pub(super) async fn open(self, clock: Clock, lifetimes: Lifetimes) -> Result<Box<dyn Store>, StateError> {
        Ok(match self {
            Self::InMemory => Box::new(Memory::new(clock, lifetimes)),
            #[cfg(feature = "sqlite")]
            Self::InFile(path) => Box::new(Sqlite::open(&path, Memory::new(clock, lifetimes))?),
            #[cfg(feature = "postgres")]
            Self::Shared(address) => Box::new(Postgres::open(*address, clock, lifetimes).await?),
        })
    }
}
