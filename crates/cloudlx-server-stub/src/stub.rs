//! A running stub: the handle that tests and the command line hold.

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
/// Dropping frees the port at once and cuts connections off as soon as the runtime runs again;
/// [`shutdown`](Self::shutdown) lets requests under way end first.
#[must_use = "a stub stops when it is dropped"]
pub struct Stub {
    address: SocketAddr,
    server: Arc<Server>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Stub {
    /// Where the stub listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that the paths of the API come after, such as `http://127.0.0.1:49152`.
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

    /// Refuses a token from now on, an access token or a refresh token, as if it had been taken back in the portal: calls
    /// with it are answered 401 (inferred). Says whether it was a live one of this stub, or of those that it shares its state
    /// with.
    ///
    /// The other token of its pair stays good.
    ///
    /// # Panics
    ///
    /// When a shared state cannot be written.
    #[allow(clippy::must_use_candidate, reason = "what it does matters more than what it says")]
    pub fn revoke(&self, token: &SecretString) -> bool {
        done(wait(self.resources().store.revoke(token.expose_secret())))
    }

    /// Refuses all tokens that were given out until now. Clients can get new ones.
    ///
    /// # Panics
    ///
    /// When a shared state cannot be written.
    pub fn revoke_all(&self) {
        done(wait(self.resources().store.revoke_all()));
    }

    /// The realms and sub-realms that customers can be given.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.resources().catalogue
    }

    /// The last requests that the stub answered, oldest first: as many as the journal holds. [`RecordedRequest`] says
    /// what is kept of each, and what of it is redacted.
    ///
    /// A request is there before its answer is sent. What is not HTTP is answered, and not recorded.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.server.observers.requests.requests()
    }

    /// How many requests the stub has answered, with those that the journal no longer holds: since it started, or since
    /// the journal was cleared or the stub reset over the control API.
    #[must_use]
    pub fn requests_total(&self) -> u64 {
        self.server.observers.requests.total()
    }

    /// Waits until the stub has answered so many requests, since it started and with those that the journal no longer
    /// holds: `stub.requested(stub.requests_total() + 1)`, made before the next one is sent, waits for it.
    pub async fn requested(&self, total: u64) {
        self.server.observers.requests.reached(total).await;
    }

    /// Expects requests to the endpoint `E`: [`Expect`] says which, and how often. It answers nothing itself, and panics
    /// with an explanation when it is dropped and not met. The [module](crate::expect) has an example.
    #[track_caller]
    pub fn expect<E: Endpoint>(&self) -> Expect<E> {
        Expect::new(Arc::clone(&self.server.observers.expectations), Location::caller())
    }

    /// What the stub does wrong: none of it, until it is armed.
    pub fn faults(&self) -> Faults {
        Faults::new(Arc::clone(&self.server.faults))
    }

    /// The customers that were created, by id, as list and details show them: those that a fault commits late, once they
    /// are there. With a shared state these are everybody's, read while the thread waits.
    ///
    /// # Panics
    ///
    /// When a shared state cannot be read.
    #[must_use]
    pub fn customers(&self) -> Vec<Customer> {
        done(wait(all(&*self.resources().store)))
    }

    /// Keeps a customer for each request, as if it had been created, and gives them back with their ids: all of them, or none.
    /// No request is made, so no fault, rate limit or expectation knows of it. A realm or sub-realm that the catalogue does not
    /// have is left out.
    ///
    /// # Panics
    ///
    /// When a state that outlives the stub cannot be written.
    #[allow(clippy::must_use_candidate, reason = "what it does matters more than what it says")]
    pub fn seed_customers(&self, requests: &[Validated<CreateCustomer>]) -> Vec<Customer> {
        let customer = |request: &Validated<CreateCustomer>| customer(request, &self.resources().catalogue);
        let seeds = requests.iter().map(|request| Seed { id: None, customer: customer(request) });
        done(wait(self.resources().store.seed(seeds.collect(), false)))
    }

    /// Forgets all customers, and says how many there were, those too that are there later only. The next one has the first
    /// id again. With a shared state they are gone for everybody.
    ///
    /// # Panics
    ///
    /// When a state that outlives the stub cannot be written.
    #[allow(clippy::must_use_candidate, reason = "what it does matters more than what it says")]
    pub fn forget_customers(&self) -> usize {
        done(wait(self.resources().store.clear()))
    }

    /// Stops listening, lets the requests under way end (for [`Builder::shutdown_time`] at most) and closes all
    /// connections. The port is free when this returns.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        // Fails only when the server was ended from outside, with its runtime; then it has stopped as well.
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

/// What a store did for a test, whose assertions would mean nothing without it.
#[allow(clippy::panic, reason = "a test fails by panicking, and this is documented where it is used")]
fn done<T, E: fmt::Display>(asked: Result<T, E>) -> T {
    asked.unwrap_or_else(|error| panic!("{error}"))
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.server.listener.close();
        self.serving.abort();
        self.resources().store.release();
    }
}

impl fmt::Debug for Stub {
    /// Says where it listens and how much it holds, and no secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stub")
            .field("base_url", &self.base_url())
            .field("requests_total", &self.requests_total())
            .finish_non_exhaustive()
    }
}
