//! Customers and tokens in a PostgreSQL database, which several stubs share: what one of them did, all of them show.
//!
//! Every request asks the database; nothing of it is remembered. Times are those of the database's clock, and of what was
//! added to the clock of the stub that is asked. A customer that is added while the database goes away is there or not, and
//! its create is answered 500. One whose create was answered is there, and its id is its own: the database gives them.

mod connections;
mod customers;
mod microseconds;
mod tables;
mod tokens;

use std::time::Duration;

use cloudlx_model::{AccessToken, Customer, CustomerId};
use cloudlx_postgres::Address;

use self::connections::Connections;
use super::{Batch, Cursor, Last, New, Pending, Seed, SeedError, Slice, StateError, Store};
use crate::Clock;
use crate::auth::{Caller, Lifetimes, Refused, TokenKind};

/// A database that is shared.
pub(crate) struct Postgres {
    connections: Connections,
    clock: Clock,
    lifetimes: Lifetimes,
}

impl Postgres {
    /// Opens the state in a database, and makes it where there is none.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or has something else in its place.
    pub(crate) async fn open(
        address: Address,
        clock: Clock,
        lifetimes: Lifetimes,
    ) -> Result<Self, StateError> {
        let said = address.to_string();
        let connections = Connections::new(address)
            .map_err(|error| StateError::Shared { address: said, reason: error.to_string() })?;
        tables::make(&connections).await?;
        Ok(Self { connections, clock, lifetimes })
    }

    /// How much the stub's clock is ahead of the database's.
    fn ahead(&self) -> Duration {
        self.clock.ahead()
    }
}

impl Store for Postgres {
    fn add<'a>(&'a self, new: New<'a>) -> Pending<'a, Result<Customer, StateError>> {
        Box::pin(async move {
            let New { mut customer, request, later } = new;
            let json = customers::without_id(&customer).map_err(|error| self.failed(&error))?;
            // What was read as JSON is text.
            let request = String::from_utf8_lossy(request).into_owned();
            // It is to appear when the stub's clock shows that time, as it is ahead of the database's.
            let later = if later.is_zero() { later } else { later.saturating_add(self.ahead()) };
            let added = self
                .connections
                .ask(move |client| async move { customers::add(&client, &json, &request, later).await });
            customer.id = added.await?;
            Ok(customer)
        })
    }

    fn get(&self, id: CustomerId) -> Pending<'_, Result<Option<Customer>, StateError>> {
        let ahead = self.ahead();
        Box::pin(async move {
            let Ok(id) = i64::try_from(id.0) else { return Ok(None) };
            self.connections.ask(move |client| async move { customers::get(&client, id, ahead).await }).await
        })
    }

    fn batch(&self, cursor: Cursor) -> Pending<'_, Result<Option<Batch>, StateError>> {
        let ahead = self.ahead();
        let ask =
            self.connections.ask(move |client| async move { customers::batch(&client, cursor, ahead).await });
        Box::pin(ask)
    }

    fn last(&self, most: usize) -> Pending<'_, Result<Last, StateError>> {
        let ahead = self.ahead();
        Box::pin(
            self.connections.ask(move |client| async move { customers::last(&client, most, ahead).await }),
        )
    }

    fn slice(&self, after: u64, most: usize) -> Pending<'_, Result<Slice<Customer>, StateError>> {
        let ahead = self.ahead();
        let ask = self
            .connections
            .ask(move |client| async move { customers::slice(&client, after, most, ahead).await });
        Box::pin(ask)
    }

    fn seed(&self, seeds: Vec<Seed>, replace: bool) -> Pending<'_, Result<Vec<Customer>, SeedError>> {
        Box::pin(async move {
            self.connections.alone(move |client| customers::seed(client, seeds, replace)).await?
        })
    }

    fn clear(&self) -> Pending<'_, Result<usize, StateError>> {
        Box::pin(self.connections.alone(customers::clear))
    }

    fn give<'a>(&'a self, pair: &'a AccessToken, caller: &'a Caller) -> Pending<'a, Result<(), StateError>> {
        let (hashes, caller) = (tokens::hashes_of(pair), caller.clone());
        let (lifetimes, ahead) = (self.lifetimes, self.ahead());
        Box::pin(
            self.connections.ask(move |client| async move {
                tokens::add(&client, &hashes, &caller, lifetimes, ahead).await
            }),
        )
    }

    fn find<'a>(
        &'a self,
        kind: TokenKind,
        token: &'a str,
    ) -> Pending<'a, Result<Result<Caller, Refused>, StateError>> {
        let (hash, ahead) = (tokens::hash_of(token), self.ahead());
        Box::pin(
            self.connections
                .ask(move |client| async move { tokens::find(&client, kind, &hash, ahead).await }),
        )
    }

    fn revoke<'a>(&'a self, token: &'a str) -> Pending<'a, Result<bool, StateError>> {
        let (hash, ahead) = (tokens::hash_of(token), self.ahead());
        Box::pin(
            self.connections.ask(move |client| async move { tokens::revoke(&client, &hash, ahead).await }),
        )
    }

    fn revoke_all(&self) -> Pending<'_, Result<(usize, usize), StateError>> {
        Box::pin(async move {
            let pairs =
                self.connections.ask(|client| async move { tokens::revoke_all(&client).await }).await?;
            Ok((pairs, pairs))
        })
    }

    fn forget_tokens(&self) -> Pending<'_, Result<(usize, usize), StateError>> {
        Box::pin(async move {
            let pairs =
                self.connections.ask(|client| async move { tokens::forget_all(&client).await }).await?;
            Ok((pairs, pairs))
        })
    }
}

impl Postgres {
    fn failed(&self, error: &connections::Failed) -> StateError {
        StateError::Shared { address: self.connections.address(), reason: error.to_string() }
    }
}
