//! A running stub, as tests and the command line use it.

use std::fmt;
use std::net::SocketAddr;
use std::panic::Location;
use std::sync::Arc;

use cloudlx_model::{CreateCustomer, Customer, Endpoint};
use cloudlx_validate::{Catalogue, Validated};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::api::endpoints::customers::customer;
use crate::api::resources::Resources;
use crate::faults::Faults;
use crate::observe::expect::Expect;
use crate::server::Server;
use crate::store::{Seed, all, wait};
use crate::{Clock, RecordedRequest};

/// A running stub of the API. It stops when it is dropped.
///
/// Dropping frees the port at once and aborts connections as soon as the runtime runs again;
/// [`shutdown`](Self::shutdown) waits for active requests first.
#[must_use = "a stub stops when it is dropped"]
pub struct Stub {
    address: SocketAddr,
    server: Arc<Server>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Stub {
    /// The address that the stub listens at.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL before the paths of the API, such as `http://127.0.0.1:49152`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.server.base_url
    }

    /// The id of the first client that the stub knows: `stub` by default.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.resources().clients.first.id
    }

    /// The secret of the first client that the stub knows: `stub` by default.
    #[must_use]
    pub fn client_secret(&self) -> &SecretString {
        &self.resources().clients.first.secret
    }

    /// The clock that tokens expire by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.resources().clock
    }

    /// Revokes an access token or a refresh token, as if it had been revoked in the portal: calls with it are answered 401
    /// (inferred). Returns whether it was a live token of this stub or of those that share its state.
    ///
    /// The other token of its pair stays valid.
    ///
    /// # Panics
    ///
    /// When a shared state cannot be written.
    #[allow(clippy::must_use_candidate, reason = "its effect matters more than its result")]
    pub fn revoke(&self, token: &SecretString) -> bool {
        expect_done(wait(self.resources().store.revoke(token.expose_secret())))
    }

    /// Revokes all tokens. Clients can get new ones.
    ///
    /// # Panics
    ///
    /// When a shared state cannot be written.
    pub fn revoke_all(&self) {
        expect_done(wait(self.resources().store.revoke_all()));
    }

    /// The realms and sub-realms that customers can be given.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.resources().catalogue
    }

    /// The requests in the request log: the last ones that the stub answered, oldest first. [`RecordedRequest`] describes what
    /// is recorded of each, and what is redacted.
    ///
    /// A request is recorded before its answer is sent. Bytes that are not HTTP are answered and not recorded.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.observers.requests.requests()
    }

    /// How many requests the stub has answered since it started, or since the control API cleared the log or reset the stub.
    /// Requests that the log has dropped are included.
    #[must_use]
    pub fn requests_total(&self) -> u64 {
        self.server.observers.requests.total()
    }

    /// Waits until [`requests_total`](Self::requests_total) is at least `total`. To wait for the next request, call
    /// `stub.requested(stub.requests_total() + 1)` before it is sent.
    pub async fn requested(&self, total: u64) {
        self.server.observers.requests.reached(total).await;
    }

    /// Expects requests to the endpoint `E`: [`Expect`] sets which, and how many. An expectation does not change any answer, and
    /// panics with an explanation when it is dropped and not met. The [module](crate::expect) has an example.
    #[track_caller]
    pub fn expect<E: Endpoint>(&self) -> Expect<E> {
        Expect::new(Arc::clone(&self.server.observers.expectations), Location::caller())
    }

    /// The faults of the stub. None is armed at first, unless [`Builder::faults`](crate::Builder::faults) arms some.
    pub fn faults(&self) -> Faults {
        Faults::new(Arc::clone(&self.server.faults))
    }

    /// The customers by id, as the API answers them: late ones as soon as they appear. With a shared state these are the
    /// customers of all stubs, and the thread blocks until the database has answered.
    ///
    /// # Panics
    ///
    /// When a shared state cannot be read.
    #[must_use]
    pub fn customers(&self) -> Vec<Customer> {
        expect_done(wait(all(&*self.resources().store)))
    }

    /// Stores a customer for each request, as if it had been created, and returns them with their ids: all of them, or none.
    /// No request is made, so faults, rate limits and expectations are not involved. A realm or sub-realm that is not in the
    /// catalogue is left out.
    ///
    /// # Panics
    ///
    /// When a durable state cannot be written.
    #[allow(clippy::must_use_candidate, reason = "its effect matters more than its result")]
    pub fn seed_customers(&self, requests: &[Validated<CreateCustomer>]) -> Vec<Customer> {
        let customer = |request: &Validated<CreateCustomer>| customer(request, &self.resources().catalogue);
        let seeds = requests.iter().map(|request| Seed { id: None, customer: customer(request) });
        expect_done(wait(self.resources().store.seed(seeds.collect(), false)))
    }

    /// Removes all customers, and returns how many there were, late ones included. The next one has the first id again. With a
    /// shared state they are removed for all stubs.
    ///
    /// # Panics
    ///
    /// When a durable state cannot be written.
    #[allow(clippy::must_use_candidate, reason = "its effect matters more than its result")]
    pub fn forget_customers(&self) -> usize {
        expect_done(wait(self.resources().store.clear()))
    }

    /// Stops listening, waits for active requests and closes all connections. The port is free when this returns.
    ///
    /// It waits for [`Builder::shutdown_time`](crate::Builder::shutdown_time) at most.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        // Fails only when the runtime has aborted the server, which has then stopped as well.
        let _ = (&mut self.serving).await;
    }

    pub(crate) fn new(
        address: SocketAddr,
        server: Arc<Server>,
        stop: oneshot::Sender<()>,
        serving: JoinHandle<()>,
    ) -> Self {
        Self { address, server, stop: Some(stop), serving }
    }

    fn resources(&self) -> &Resources {
        &self.server.api.resources
    }
}

/// The store's result, or a panic: without it, a test's assertions would mean nothing.
#[allow(clippy::panic, reason = "to fail the test is documented on every caller")]
fn expect_done<T, E: fmt::Display>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.server.listener.close();
        self.serving.abort();
        self.resources().store.release();
    }
}

impl fmt::Debug for Stub {
    /// Shows the address and the number of requests, and no secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stub")
            .field("base_url", &self.base_url())
            .field("requests_total", &self.requests_total())
            .finish_non_exhaustive()
    }
}
