//! What a test expects of the program under test: which requests, and how often.
//!
//! ```
//! use cloudlx_model::{CreateCustomer, ListCustomers};
//! use cloudlx_server_stub::Stub;
//! use serde_json::json;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let stub = Stub::start().await?;
//! let created = stub.expect::<CreateCustomer>().with_fields(json!({"currency_iso": "GBP"})).once();
//! let _not_listed = stub.expect::<ListCustomers>().never();
//!
//! // …run the program under test; it sends EUR. Dropping `created` would panic with what is wrong:
//! let unmet = created.verify().unwrap_err();
//! assert!(unmet.to_string().contains("and found none"));
//! # Ok::<(), cloudlx_server_stub::StartError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An expectation answers nothing: the stub answers as it always does. It sees the requests that are answered after it was
//! said how often, each as it comes and whether or not the journal keeps it. In memory it is bounded: a count, and the
//! three requests that missed by least.
//!
//! Requests are compared field by field, as JSON: null is as good as absent, and 1.0 is 1. When an expectation is not
//! met, [`Unmet`] says where the nearest requests were different, and what the stub refused them for.

mod difference;
mod unmet;
mod watch;

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use cloudlx_model::{CreateCustomer, Endpoint, EndpointInfo, GetCustomer};
use serde_json::Value;

pub use unmet::Unmet;
pub(crate) use watch::{Came, Expectations};

use watch::{Content, Times, Wanted, Watch};

/// Which requests to the endpoint `E` are meant, until it is said how often: [`Stub::expect`](crate::Stub::expect).
///
/// Nothing is expected before [`once`](Self::once), [`times`](Self::times), [`at_least`](Self::at_least) or
/// [`never`](Self::never). `HEAD` requests count as `GET`.
#[must_use = "nothing is expected until it is said how often"]
pub struct Expect<E> {
    expectations: Arc<Expectations>,
    wanted: Wanted,
    endpoint: PhantomData<fn() -> E>,
}

/// Something that a test expects, until it is dropped, which [verifies](Self::verify) it.
///
/// Keep it under a name: `let _ = …` drops it at once.
///
/// # Panics
///
/// When it is dropped unmet, with what [`Unmet`] says. Not when the thread is panicking already.
#[must_use = "an expectation is verified when it is dropped"]
pub struct Expectation {
    expectations: Arc<Expectations>,
    watch: Arc<Watch>,
    verified: bool,
}

impl Expect<CreateCustomer> {
    /// Only creates of exactly this customer: all fields, and no others.
    ///
    /// The stub does not read the bodies of requests that it refuses by their heads (such as 401), or that a fault keeps
    /// from being processed. They are not known to fit; leave the content out to count them.
    pub fn with(mut self, request: &CreateCustomer) -> Self {
        // A request has no map whose keys are no text, which alone could not be written.
        self.wanted.content = Content::Whole(serde_json::to_value(request).unwrap_or_default());
        self
    }

    /// Only creates with these fields, whatever else they have: `json!({"currency_iso": "GBP"})`. Null means that the
    /// field is absent or null. Arrays are compared whole.
    ///
    /// As with [`with`](Self::with), bodies that the stub does not read do not fit.
    pub fn with_fields(mut self, fields: Value) -> Self {
        self.wanted.content = Content::Fields(fields);
        self
    }
}

impl Expect<GetCustomer> {
    /// Only requests for this customer.
    pub fn with(mut self, request: &GetCustomer) -> Self {
        self.wanted.path = Some(request.path().into_owned());
        self
    }
}

impl<E: Endpoint> Expect<E> {
    /// Only requests that were answered with this status, or would have been but for a fault that came after they were
    /// processed ([`RecordedRequest::status`](crate::RecordedRequest::status)): 200 when they were done.
    pub fn answered(mut self, status: u16) -> Self {
        self.wanted.status = Some(status);
        self
    }

    /// Expects one such request: not more either.
    pub fn once(self) -> Expectation {
        self.times(1)
    }

    /// Expects so many such requests: not more either.
    pub fn times(self, times: u64) -> Expectation {
        self.expected(Times { least: times, most: Some(times) })
    }

    /// Expects so many such requests or more.
    pub fn at_least(self, times: u64) -> Expectation {
        self.expected(Times { least: times, most: None })
    }

    /// Expects no such request.
    pub fn never(self) -> Expectation {
        self.times(0)
    }

    pub(crate) fn new(expectations: Arc<Expectations>, at: &'static Location<'static>) -> Self {
        let endpoint = EndpointInfo::of::<E>();
        let wanted = Wanted { endpoint, path: None, content: Content::Any, status: None, at };
        Self { expectations, wanted, endpoint: PhantomData }
    }

    fn expected(self, times: Times) -> Expectation {
        let watch = Arc::new(Watch::new(self.wanted, times));
        self.expectations.add(Arc::clone(&watch));
        Expectation { expectations: self.expectations, watch, verified: false }
    }
}

impl Expectation {
    /// How many fitting requests there were so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.watch.count()
    }

    /// Waits until as many fitting requests came as are expected at least. A test that must not hang puts a time limit
    /// around it; requests that are one too many are found by [`verify`](Self::verify) alone.
    pub async fn reached(&self) {
        self.watch.reached().await;
    }

    /// Whether there were as many requests as expected, for those who want a result rather than a panic.
    ///
    /// # Errors
    ///
    /// When there were fewer or more, with what came instead.
    pub fn verify(mut self) -> Result<(), Unmet> {
        self.verified = true;
        self.watch.verify()
    }
}

impl Drop for Expectation {
    #[allow(clippy::panic, reason = "to fail the test is what it is for, and documented")]
    fn drop(&mut self) {
        self.expectations.remove(&self.watch);
        if !self.verified
            && !std::thread::panicking()
            && let Err(unmet) = self.watch.verify()
        {
            panic!("{unmet}");
        }
    }
}

impl<E> fmt::Debug for Expect<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expect").field("endpoint", &self.wanted.endpoint.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = self.watch.wanted.endpoint.name;
        f.debug_struct("Expectation")
            .field("endpoint", &endpoint)
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}
