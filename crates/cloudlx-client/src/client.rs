//! The calls.

mod call;
mod lists;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloudlx_model::{
    AccessTokenRequest, CreateCustomer, Customer, CustomerId, GetCustomer, ListCustomers, ListRealms,
    ListSubRealms, Realm, SubRealm,
};
use cloudlx_validate::{Catalogue, Validated};
use reqwest::header::HeaderValue;
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::auth::credentials::{Access, Credentials};
use crate::auth::token_answer;
use crate::builder::ClientBuilder;
use crate::call::attempt::Call;
use crate::call::raw_answer::{RawAnswer, Reading};
use crate::call::spans;
use crate::call::tries::Retries;
use crate::error::{CreateError, Error};
use crate::proof::outcome::Operation;
use crate::success::listed::{ListedCustomers, UnreadableCustomer};
use crate::success::read::Whole;
use crate::transport::base_url::BaseUrl;
use crate::transport::connections::Connections;
use crate::transport::once_body::Gate;
use crate::transport::proxy::Proxy;

/// A client of the API. Cloning it is cheap, and the clones share their connections and their token.
///
/// It needs a tokio runtime with I/O and time. `Debug` shows no secret.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    /// No call is tried more often, however often the builder let it.
    max_attempts: u32,
}

/// What the clones of a client share.
pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) connections: Connections,
    /// One for each request that may be under way.
    pub(crate) permits: Semaphore,
    pub(crate) base_url: BaseUrl,
    /// What the environment says of requests to it.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) access: Access,
    pub(crate) user_agent: Option<HeaderValue>,
    /// Where it is known: an HTTP client of the caller's may have one of its own.
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) retries: Retries,
}

impl Client {
    /// A client of the API at `base_url`, which may have a path prefix: the API's own paths, which begin with `/api/`, go
    /// behind it. Addresses seen in use are `https://www.infiny.io` and `https://demo.infiny.cloud` (sdk).
    pub fn builder(base_url: impl AsRef<str>, credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(base_url.as_ref(), credentials)
    }

    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), max_attempts: u32::MAX }
    }

    /// This client, with which calls are tried once, as with [`ClientBuilder::no_retries`]; a token is still asked for as
    /// often as before. For callers that decide themselves when a call is made again.
    #[must_use]
    pub fn no_retries(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), max_attempts: 1 }
    }

    /// The base URL, without a slash at its end unless it has no path.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.inner.base_url.as_str()
    }

    /// The client's id, where there is one: of an access token that was got elsewhere, nobody knows whose it is.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        match &self.inner.access {
            Access::Given(_) => None,
            Access::Fetched { request, .. } => Some(&request.client_id),
        }
    }

    /// Creates a customer: `POST /api/customers` (page).
    ///
    /// The request is borrowed, so that a caller still has it to send again where that is safe. The realms of the answer
    /// have no ids (page); [`get_customer`](Self::get_customer) shows them.
    ///
    /// # Errors
    ///
    /// [`CreateError::NotCreated`] where it is certain that the server made no customer, [`CreateError::Unknown`] where it
    /// may have made one.
    pub async fn create_customer(
        &self,
        request: &Validated<CreateCustomer>,
    ) -> Result<Customer, CreateError> {
        self.create(request, None).await
    }

    /// Creates a customer, unless `may_leave` says no when the body of the request is about to leave: the last moment at
    /// which that can be said. For callers that may lose the right to send while a connection is made or a token is
    /// fetched, or while the process stands still.
    ///
    /// It is asked for each attempt, where the transport writes: it must answer at once. Where it says no, the attempt
    /// ends as one of which nothing was sent.
    ///
    /// # Errors
    ///
    /// Those of [`create_customer`](Self::create_customer).
    pub async fn create_customer_while(
        &self,
        request: &Validated<CreateCustomer>,
        may_leave: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Result<Customer, CreateError> {
        self.create(request, Some(Arc::new(may_leave))).await
    }

    async fn create(
        &self,
        request: &Validated<CreateCustomer>,
        gate: Option<Gate>,
    ) -> Result<Customer, CreateError> {
        let request: &CreateCustomer = request;
        let called = match self.call_for(request, self.start()).json(request) {
            Ok(call) => {
                let call = Call { operation: Operation::Create, gate, ..call };
                self.make::<CreateCustomer, _>(&call, &Whole::NEW).await
            }
            Err(error) => Err(error),
        };
        called.map_err(CreateError::from_failure)
    }

    /// Lists the customers that the caller may see: `GET /api/customers` (sibling). No paging is documented; where there is
    /// some, all pages are read, as the crate's docs say. [`fold_customers`](Self::fold_customers) reads a longer list than
    /// memory should hold.
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`]; [`Error::Incomplete`] for a list that is not whole,
    /// [`Error::Unexpected`] for one beyond [`MAX_ANSWER_BYTES`](crate::MAX_ANSWER_BYTES). That a customer could not be
    /// read is in what is returned.
    pub async fn list_customers(&self) -> Result<ListedCustomers, Error> {
        let mut listed = ListedCustomers { customers: Vec::new(), unreadable: Vec::new() };
        for element in self.list::<_, Customer>(&ListCustomers, self.start()).await? {
            match element {
                Ok(customer) => listed.customers.push(customer),
                Err(unreadable) => listed.unreadable.push(unreadable),
            }
        }
        Ok(listed)
    }

    /// Lists the customers as [`list_customers`](Self::list_customers) does, however many they are: one value is made of
    /// all of them, customer by customer as they come, and what is held in memory is that value, one customer, and the ids
    /// (eight bytes each). Of a list in pages the second and later ones are held one at a time.
    ///
    /// ```no_run
    /// # async fn names(client: &cloudlx_client::Client) -> Result<(), cloudlx_client::Error> {
    /// let longest = client
    ///     .fold_customers(String::new, |longest, customer| match customer {
    ///         Ok(customer) if customer.name.len() > longest.len() => *longest = customer.name,
    ///         Ok(_) => {}
    ///         Err(unreadable) => eprintln!("{unreadable}"),
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A list that breaks off is asked for again, as by every call that reads, and each attempt begins with a `start` of its
    /// own: in the value that is returned each customer was counted as often as the list showed it, but for those that a later
    /// page shows again. A page that breaks off is asked for again alone. What `step` does
    /// elsewhere is done again; and it has been called for the first customers of a list that turned out to be unreadable.
    /// It is called on a thread where it may block, and slows the reading down while it does. Where the future is
    /// dropped, it may be called a few times more.
    ///
    /// No length ends the reading, but time does: [`attempt_timeout`](ClientBuilder::attempt_timeout) is how long the answer,
    /// and then each piece of it, may take to come, and [`call_timeout`](ClientBuilder::call_timeout) is for the whole list
    /// with all attempts. Of the body, [`MAX_CUSTOMER_BYTES`](crate::MAX_CUSTOMER_BYTES) bound one customer.
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`]; [`Error::Incomplete`] for a list that is not whole,
    /// [`Error::Unexpected`] for a customer that is too long. A customer that cannot be read is given to `step` as such.
    ///
    /// # Panics
    ///
    /// Where `step` does.
    pub async fn fold_customers<A, S, F>(&self, start: S, step: F) -> Result<A, Error>
    where
        A: Send + 'static,
        S: Fn() -> A + Send + Sync,
        F: Fn(&mut A, Result<Customer, UnreadableCustomer>) + Send + Sync + 'static,
    {
        self.fold(start, step).await
    }

    /// Reads one customer: `GET /api/customers/{customer_id}` (sibling).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`]; a customer that is not there is an [`Error::Status`] with 404
    /// (inferred).
    pub async fn get_customer(&self, customer_id: CustomerId) -> Result<Customer, Error> {
        self.read(&GetCustomer { customer_id }, self.start()).await
    }

    /// Lists the realms that a customer can be given: `GET /api/realms` (inferred).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`].
    pub async fn list_realms(&self) -> Result<Vec<Realm>, Error> {
        self.list_readable(&ListRealms, self.start()).await
    }

    /// Lists the sub-realms that a customer can be shown and given: `GET /api/sub-realms` (inferred).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`].
    pub async fn list_sub_realms(&self) -> Result<Vec<SubRealm>, Error> {
        self.list_readable(&ListSubRealms, self.start()).await
    }

    /// Fetches the realms and the sub-realms, one after the other, in the time of one call: what
    /// [`cloudlx_validate::validate_against`] looks ids up in.
    ///
    /// # Errors
    ///
    /// Those of the two lists, and [`Error::Catalogue`] when a realm comes without an id or an id comes twice.
    pub async fn catalogue(&self) -> Result<Catalogue, Error> {
        let time = self.start();
        let realms = self.list_readable(&ListRealms, time).await?;
        let sub_realms = self.list_readable(&ListSubRealms, time).await?;
        Catalogue::new(realms, sub_realms).map_err(|source| Error::Catalogue { source })
    }

    /// Makes a call that reads, and takes whatever is answered: any status, redirects included, of any media type and
    /// with any body. It is made once, and so is the request for a token that it may need. For checks of the API itself;
    /// programs that want what it says use the calls above.
    ///
    /// # Errors
    ///
    /// Those of a call that came to no whole answer: [`Error::NoToken`], [`Error::OutOfTime`], [`Error::NotBuilt`],
    /// [`Error::NotSent`], [`Error::NoAnswer`]; [`Error::Unexpected`] for a body beyond
    /// [`MAX_ANSWER_BYTES`](crate::MAX_ANSWER_BYTES).
    pub async fn observe<E: Reading>(&self, request: &E) -> Result<RawAnswer, Error> {
        let call = self.call_for(request, self.start());
        let span = spans::call::<E>();
        let observed = self.look::<E>(&call).instrument(span.clone()).await;
        spans::call_ended(&span, Operation::Read, &observed);
        Ok(observed?.body)
    }

    /// Asks for an access token and takes whatever is answered, as [`observe`](Self::observe) does. None when the client
    /// was given a token and so asks for none. The token is not kept.
    ///
    /// # Errors
    ///
    /// Those of [`observe`](Self::observe) but [`Error::NoToken`].
    pub async fn observe_access_token(&self) -> Result<Option<RawAnswer>, Error> {
        match &self.inner.access {
            Access::Given(_) => Ok(None),
            Access::Fetched { request, .. } => {
                let call = self.call_for(request, self.start()).json(request)?;
                let (attempt, span) = (call.attempt(1), spans::call::<AccessTokenRequest>());
                let observed =
                    attempt.observe::<AccessTokenRequest>(token_answer::check).instrument(span.clone()).await;
                spans::call_ended(&span, Operation::Read, &observed);
                Ok(Some(observed?.body))
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the HTTP client: its default headers may hold anything.
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("access", &self.inner.access)
            .field("attempt_timeout", &self.inner.attempt_timeout)
            .field("call_timeout", &self.inner.call_timeout)
            .field("retries", &self.inner.retries)
            .finish_non_exhaustive()
    }
}
