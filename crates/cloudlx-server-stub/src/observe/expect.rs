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
//! An expectation does not change any answer. It sees every request that is answered after it began, also those that the
//! request log has dropped. Its memory is bounded: a count, and the three requests that missed by least.
//!
//! Requests are compared field by field, as JSON: null equals absent, and 1.0 equals 1. When an expectation is not
//! met, [`Unmet`] says where the nearest requests were different, and what the stub refused them for.

mod difference;
mod miss;
mod pattern;
mod tally;
mod tracker;
mod unmet;

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use cloudlx_model::{CreateCustomer, Endpoint, EndpointInfo, GetCustomer};
use serde_json::Value;

pub(crate) use pattern::ObservedRequest;
pub(crate) use tracker::Expectations;
pub use unmet::Unmet;

use pattern::{Content, Pattern, Times};
use tracker::Tracker;

/// The requests to the endpoint `E` that a test expects, before it sets how many: [`Stub::expect`](crate::Stub::expect).
///
/// Nothing is expected before [`once`](Self::once), [`times`](Self::times), [`at_least`](Self::at_least) or
/// [`never`](Self::never). `HEAD` requests count as `GET`.
#[must_use = "nothing is expected before `once`, `times`, `at_least` or `never`"]
pub struct Expect<E> {
    expectations: Arc<Expectations>,
    pattern: Pattern,
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
    tracker: Arc<Tracker>,
    verified: bool,
}

impl Expect<CreateCustomer> {
    /// Only creates of exactly this customer: all fields, and no others.
    ///
    /// The stub does not read the body of a request that it refuses by its head (such as 401), or that a fault keeps from
    /// being processed. Such a request does not fit; to count it, leave the content out.
    pub fn with(mut self, request: &CreateCustomer) -> Self {
        // Only a map with keys that are not text cannot be written as JSON, and a request has none.
        self.pattern.content = Content::Whole(serde_json::to_value(request).unwrap_or_default());
        self
    }

    /// Only creates with these fields, whatever else they have: `json!({"currency_iso": "GBP"})`. Null means that the
    /// field is absent or null. Arrays are compared whole.
    ///
    /// As with [`with`](Self::with), a request whose body the stub does not read does not fit.
    pub fn with_fields(mut self, fields: Value) -> Self {
        self.pattern.content = Content::Fields(fields);
        self
    }
}

impl Expect<GetCustomer> {
    /// Only requests for this customer.
    pub fn with(mut self, request: &GetCustomer) -> Self {
        self.pattern.path = Some(request.path().into_owned());
        self
    }
}

impl<E: Endpoint> Expect<E> {
    /// Only requests that were answered with this status, or would have been without a fault that acted after they were
    /// processed ([`RecordedRequest::status`](crate::RecordedRequest::status)): 200 when they were done.
    pub fn answered(mut self, status: u16) -> Self {
        self.pattern.status = Some(status);
        self
    }

    /// Expects exactly one such request.
    pub fn once(self) -> Expectation {
        self.times(1)
    }

    /// Expects exactly so many such requests.
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
        let pattern = Pattern { endpoint, path: None, content: Content::Any, status: None, at };
        Self { expectations, pattern, endpoint: PhantomData }
    }

    fn expected(self, times: Times) -> Expectation {
        let tracker = Arc::new(Tracker::new(self.pattern, times));
        self.expectations.add(Arc::clone(&tracker));
        Expectation { expectations: self.expectations, tracker, verified: false }
    }
}

impl Expectation {
    /// How many fitting requests there have been.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.tracker.count()
    }

    /// Waits until there have been as many fitting requests as are expected at least. A test that must not hang puts a time
    /// limit around it. Only [`verify`](Self::verify) finds requests that are too many.
    pub async fn reached(&self) {
        self.tracker.reached().await;
    }

    /// Checks that there were as many requests as expected, and returns a result where dropping would panic.
    ///
    /// # Errors
    ///
    /// When there were fewer or more, with what came instead.
    pub fn verify(mut self) -> Result<(), Unmet> {
        self.verified = true;
        self.tracker.verify()
    }
}

impl Drop for Expectation {
    #[allow(clippy::panic, reason = "its documented purpose is to fail the test")]
    fn drop(&mut self) {
        self.expectations.remove(&self.tracker);
        if !self.verified
            && !std::thread::panicking()
            && let Err(unmet) = self.tracker.verify()
        {
            panic!("{unmet}");
        }
    }
}

impl<E> fmt::Debug for Expect<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expect").field("endpoint", &self.pattern.endpoint.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = self.tracker.pattern.endpoint.name;
        f.debug_struct("Expectation")
            .field("endpoint", &endpoint)
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}
