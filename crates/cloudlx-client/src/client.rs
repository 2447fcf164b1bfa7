//! The public calls.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use cloudlx_model::{
    CreateCustomer, Customer, CustomerId, GetCustomer, ListCustomers, ListRealms, ListSubRealms, Realm,
    SubRealm,
};
use cloudlx_validate::{Catalogue, Validated};

use crate::auth::credentials::TokenSource;
use crate::call::caller::{Caller, Shared};
use crate::call::context::Call;
use crate::call::raw_answer::{RawAnswer, Reading};
use crate::error::call::Error;
use crate::error::create::CreateError;
use crate::proof::outcome::Operation;
use crate::success::listed::{ListedCustomers, UnreadableCustomer};
use crate::success::read::WholeBody;
use crate::transport::once_body::Gate;

/// A client of the API. Cloning it is cheap: the clones share their connections and their token.
///
/// It needs a tokio runtime with I/O and time enabled. `Debug` shows no secret.
#[derive(Clone)]
pub struct Client {
    caller: Caller,
}

impl Reading for ListCustomers {}
impl Reading for GetCustomer {}
impl Reading for ListRealms {}
impl Reading for ListSubRealms {}

impl Client {
    pub(crate) fn new(shared: Shared) -> Self {
        Self { caller: Caller::new(shared) }
    }

    /// A client that makes one attempt at each call, as with [`ClientBuilder::no_retries`](crate::ClientBuilder::no_retries),
    /// and shares everything else with this one. A token is still requested as often as the builder allows. For callers that
    /// decide themselves when to make a call again.
    #[must_use]
    pub fn no_retries(&self) -> Self {
        Self { caller: self.caller.no_retries() }
    }

    /// The base URL. It ends with a slash only where it has no path.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.caller.shared().base_url.as_str()
    }

    /// The client's id. None for a client with [`Credentials::AccessToken`](crate::Credentials::AccessToken): a token does
    /// not show whose it is.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        match &self.caller.shared().token_source {
            TokenSource::Given(_) => None,
            TokenSource::Fetched { request, .. } => Some(&request.client_id),
        }
    }

    /// Creates a customer: `POST /api/customers` (page).
    ///
    /// The request is borrowed, so that the caller still has it to send again where that is safe. The realms of the response
    /// have no ids (page); [`get_customer`](Self::get_customer) shows them.
    ///
    /// # Errors
    ///
    /// [`CreateError::NotCreated`] where it is certain that the server created no customer, [`CreateError::Unknown`] where it
    /// may have created one.
    pub async fn create_customer(
        &self,
        request: &Validated<CreateCustomer>,
    ) -> Result<Customer, CreateError> {
        self.create(request, None).await
    }

    /// Creates a customer, unless `may_send` returns false when the transport takes the body of the request: the last moment
    /// at which the request can be stopped. For callers that may lose the right to send while the client connects, fetches a
    /// token, or while the process is suspended.
    ///
    /// `may_send` is called for each attempt, where the transport writes: it must return at once. When it returns false, the
    /// attempt ends as one that sent nothing.
    ///
    /// # Errors
    ///
    /// Those of [`create_customer`](Self::create_customer).
    pub async fn create_customer_while(
        &self,
        request: &Validated<CreateCustomer>,
        may_send: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Result<Customer, CreateError> {
        self.create(request, Some(Arc::new(may_send))).await
    }

    /// Boxed, so that a create is compiled with this crate, and not once more with each program that calls it.
    fn create<'a>(
        &'a self,
        request: &'a Validated<CreateCustomer>,
        gate: Option<Gate>,
    ) -> Pin<Box<dyn Future<Output = Result<Customer, CreateError>> + Send + 'a>> {
        Box::pin(async move {
            let request: &CreateCustomer = request;
            let called = match self.caller.call(request, self.caller.start()).json(request) {
                Ok(call) => {
                    let call = Call { operation: Operation::Create, gate, ..call };
                    self.caller.make(&call, &WholeBody::NEW).await
                }
                Err(error) => Err(error),
            };
            called.map_err(CreateError::from_failure)
        })
    }

    /// Lists the customers that the caller may see: `GET /api/customers` (sibling). No paging is documented. Where the server
    /// sends pages, all of them are read, as [the crate's docs](crate#pages-and-lists-that-are-not-whole) describe. For a list
    /// that is too long for memory use [`fold_customers`](Self::fold_customers).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`]; [`Error::Incomplete`] for a list that is not whole,
    /// [`Error::Unexpected`] for one beyond [`MAX_ANSWER_BYTES`](crate::MAX_ANSWER_BYTES). A customer that cannot be read is no
    /// error: [`ListedCustomers`] shows it.
    pub async fn list_customers(&self) -> Result<ListedCustomers, Error> {
        let mut listed = ListedCustomers { customers: Vec::new(), unreadable: Vec::new() };
        for element in self.caller.list::<_, Customer>(&ListCustomers, self.caller.start()).await? {
            match element {
                Ok(customer) => listed.customers.push(customer),
                Err(unreadable) => listed.unreadable.push(unreadable),
            }
        }
        Ok(listed)
    }

    /// Lists the customers as [`list_customers`](Self::list_customers) does, and folds them into one value while the list
    /// arrives. Memory holds that value, one customer, and the ids (eight bytes each). Of a list in pages, it holds the second
    /// and each later page one at a time.
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
    /// As with every call that reads, a list that breaks off is requested again. Each attempt calls `start` for a value of its
    /// own, so no customer counts twice because an attempt failed: the returned value contains each customer as often as the
    /// list shows it, apart from repetitions on later pages. A later page that breaks off is requested again on its own. Any
    /// other effect of `step` is repeated with the attempt, and happens also for the first customers of a list that turns out
    /// to be unreadable.
    ///
    /// `step` runs on a thread where it may block; reading waits for it. When the future is dropped, `step` may be called a
    /// few times more.
    ///
    /// The list may have any length, but its time is limited: [`attempt_timeout`](crate::ClientBuilder::attempt_timeout) limits
    /// the wait for the response and then for each piece of it, and [`call_timeout`](crate::ClientBuilder::call_timeout) limits
    /// the whole list with all attempts. [`MAX_CUSTOMER_BYTES`](crate::MAX_CUSTOMER_BYTES) limits one customer.
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`]; [`Error::Incomplete`] for a list that is not whole,
    /// [`Error::Unexpected`] for a customer that is too long. A customer that cannot be read is no error: `step` gets it.
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
        self.caller.fold(start, step).await
    }

    /// Reads one customer: `GET /api/customers/{customer_id}` (sibling).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`]; a customer that does not exist is an [`Error::Status`] with 404
    /// (inferred).
    pub async fn get_customer(&self, customer_id: CustomerId) -> Result<Customer, Error> {
        self.caller.read(&GetCustomer { customer_id }, self.caller.start()).await
    }

    /// Lists the realms that a customer can be given: `GET /api/realms` (inferred).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`].
    pub async fn list_realms(&self) -> Result<Vec<Realm>, Error> {
        self.caller.list_readable(&ListRealms, self.caller.start()).await
    }

    /// Lists the sub-realms that a customer can be shown and given: `GET /api/sub-realms` (inferred).
    ///
    /// # Errors
    ///
    /// Each of [`Error`] but [`Error::Catalogue`].
    pub async fn list_sub_realms(&self) -> Result<Vec<SubRealm>, Error> {
        self.caller.list_readable(&ListSubRealms, self.caller.start()).await
    }

    /// Fetches the realms and then the sub-realms, within the time of one call: the catalogue that
    /// [`cloudlx_validate::validate_against`] looks ids up in.
    ///
    /// # Errors
    ///
    /// Those of the two lists, and [`Error::Catalogue`] when a realm has no id or an id appears twice.
    pub async fn catalogue(&self) -> Result<Catalogue, Error> {
        let deadline = self.caller.start();
        let realms = self.caller.list_readable(&ListRealms, deadline).await?;
        let sub_realms = self.caller.list_readable(&ListSubRealms, deadline).await?;
        Catalogue::new(realms, sub_realms).map_err(|source| Error::Catalogue { source })
    }

    /// Makes a call that reads, and returns the response whatever it is: any status, redirects included, any media type and
    /// any body. The call has one attempt, and so has the request for a token that it may need. This is for checks of the API
    /// itself; programs that want its data use the calls above.
    ///
    /// # Errors
    ///
    /// Those of a call without a whole response: [`Error::NoToken`], [`Error::OutOfTime`], [`Error::NotBuilt`],
    /// [`Error::NotSent`], [`Error::NoAnswer`]; [`Error::Unexpected`] for a body beyond
    /// [`MAX_ANSWER_BYTES`](crate::MAX_ANSWER_BYTES).
    pub async fn observe<E: Reading>(&self, request: &E) -> Result<RawAnswer, Error> {
        self.caller.observe(request).await
    }

    /// Requests an access token and returns the response whatever it is, as [`observe`](Self::observe) does. The token is not
    /// kept. None for a client with [`Credentials::AccessToken`](crate::Credentials::AccessToken), which requests no tokens.
    ///
    /// # Errors
    ///
    /// Those of [`observe`](Self::observe) but [`Error::NoToken`].
    pub async fn observe_access_token(&self) -> Result<Option<RawAnswer>, Error> {
        self.caller.observe_access_token().await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = self.caller.shared();
        // Not the HTTP client: its default headers may hold anything.
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("access", &shared.token_source)
            .field("attempt_timeout", &shared.attempt_timeout)
            .field("call_timeout", &shared.call_timeout)
            .field("retries", &shared.retries)
            .finish_non_exhaustive()
    }
}
