//! Customers and tokens in a PostgreSQL database that several stubs share: all of them answer from the same state.
//!
//! Every request queries the database, and nothing is cached. Times are by the database's clock, plus what was added to the
//! clock of the stub that answers. When the database fails during a create, the customer may be stored or not, and the create
//! is answered 500. A customer whose create was answered 200 is stored, and its id is unique, because the database assigns it.

mod connections;
mod customers;
mod microseconds;
mod tables;
mod tokens;

use std::time::Duration;

use cloudlx_model::{AccessToken, Customer, CustomerId};
use cloudlx_postgres::Address;

use self::connections::Connections;
use super::{Batch, Cursor, Last, NewCustomer, Seed, SeedError, Slice, StateError, Store, StoreFuture};
use crate::Clock;
use crate::auth::{Caller, Lifetimes, TokenError, TokenKind};

/// A shared database.
pub(crate) struct Postgres {
    connections: Connections,
    clock: Clock,
    lifetimes: Lifetimes,
}

impl Postgres {
    /// Opens the state in a database, or creates it.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or its schema of that name is no state of the stub.
    pub(crate) async fn open(
        address: Address,
        clock: Clock,
        lifetimes: Lifetimes,
    ) -> Result<Self, StateError> {
        let shown = address.to_string();
        let connections = Connections::new(address)
            .map_err(|error| StateError::Shared { address: shown, reason: error.to_string() })?;
        tables::create(&connections).await?;
        Ok(Self { connections, clock, lifetimes })
    }

    /// How much the stub's clock is ahead of the database's.
    fn ahead(&self) -> Duration {
        self.clock.ahead()
    }
}

impl Store for Postgres {
    fn add<'a>(&'a self, new: NewCustomer<'a>) -> StoreFuture<'a, Result<Customer, StateError>> {
        Box::pin(async move {
            let NewCustomer { mut customer, request, later } = new;
            let json = customers::without_id(&customer).map_err(|error| self.failed(&error))?;
            // A body that was read as JSON is UTF-8.
            let request = String::from_utf8_lossy(request).into_owned();
            // A late customer appears by the stub's clock, which is ahead of the database's.
            let later = if later.is_zero() { later } else { later.saturating_add(self.ahead()) };
            let added = self
                .connections
                .query(move |client| async move { customers::add(&client, &json, &request, later).await });
            customer.id = added.await?;
            Ok(customer)
        })
    }

    fn get(&self, id: CustomerId) -> StoreFuture<'_, Result<Option<Customer>, StateError>> {
        let ahead = self.ahead();
        Box::pin(async move {
            let Ok(id) = i64::try_from(id.0) else { return Ok(None) };
            self.connections
                .query(move |client| async move { customers::get(&client, id, ahead).await })
                .await
        })
    }

    fn batch(&self, cursor: Cursor) -> StoreFuture<'_, Result<Option<Batch>, StateError>> {
        let ahead = self.ahead();
        let answer = self
            .connections
            .query(move |client| async move { customers::batch(&client, cursor, ahead).await });
        Box::pin(answer)
    }

    fn last(&self, most: usize) -> StoreFuture<'_, Result<Last, StateError>> {
        let ahead = self.ahead();
        Box::pin(
            self.connections.query(move |client| async move { customers::last(&client, most, ahead).await }),
        )
    }

    fn slice(&self, after: u64, most: usize) -> StoreFuture<'_, Result<Slice<Customer>, StateError>> {
        let ahead = self.ahead();
        let answer = self
            .connections
            .query(move |client| async move { customers::slice(&client, after, most, ahead).await });
        Box::pin(answer)
    }

    fn seed(&self, seeds: Vec<Seed>, replace: bool) -> StoreFuture<'_, Result<Vec<Customer>, SeedError>> {
        Box::pin(async move {
            self.connections
                .with_own_connection(move |client| customers::seed(client, seeds, replace))
                .await?
        })
    }

    fn clear(&self) -> StoreFuture<'_, Result<usize, StateError>> {
        Box::pin(self.connections.with_own_connection(customers::clear))
    }

    fn add_tokens<'a>(
        &'a self,
        pair: &'a AccessToken,
        caller: &'a Caller,
    ) -> StoreFuture<'a, Result<(), StateError>> {
        let (hashes, caller) = (tokens::hashes(pair), caller.clone());
        let (lifetimes, ahead) = (self.lifetimes, self.ahead());
        Box::pin(self.connections.query(move |client| async move {
            tokens::add(&client, &hashes, &caller, lifetimes, ahead).await
        }))
    }

    fn find<'a>(
        &'a self,
        kind: TokenKind,
        token: &'a str,
    ) -> StoreFuture<'a, Result<Result<Caller, TokenError>, StateError>> {
        let (hash, ahead) = (tokens::hash(token), self.ahead());
        Box::pin(
            self.connections
                .query(move |client| async move { tokens::find(&client, kind, &hash, ahead).await }),
        )
    }

    fn revoke<'a>(&'a self, token: &'a str) -> StoreFuture<'a, Result<bool, StateError>> {
        let (hash, ahead) = (tokens::hash(token), self.ahead());
        Box::pin(
            self.connections.query(move |client| async move { tokens::revoke(&client, &hash, ahead).await }),
        )
    }

    fn revoke_all(&self) -> StoreFuture<'_, Result<(usize, usize), StateError>> {
        Box::pin(async move {
            let pairs =
                self.connections.query(|client| async move { tokens::revoke_all(&client).await }).await?;
            Ok((pairs, pairs))
        })
    }

    fn forget_tokens(&self) -> StoreFuture<'_, Result<(usize, usize), StateError>> {
        Box::pin(async move {
            let pairs =
                self.connections.query(|client| async move { tokens::remove_all(&client).await }).await?;
            Ok((pairs, pairs))
        })
    }
}

impl Postgres {
    fn failed(&self, error: &connections::QueryError) -> StateError {
        StateError::Shared { address: self.connections.address(), reason: error.to_string() }
    }
}
