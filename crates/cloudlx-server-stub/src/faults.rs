//! Faults: what a stub does wrong on request.
//!
//! A [`Schedule`] defines which connections and requests are hit, and what happens to each. It is armed from code
//! ([`Stub::faults`](crate::Stub::faults)), from a file ([`from_file`], `cloudlx stub --faults FILE`), or over the
//! control endpoint ([`Builder::control`](crate::Builder::control)).
//!
//! ```
//! use cloudlx_model::CreateCustomer;
//! use cloudlx_server_stub::Stub;
//! use cloudlx_server_stub::faults::{After, CannedAnswer, RequestFault};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let stub = Stub::start().await?;
//! // The second create is processed, and its caller gets 504.
//! let timeout = After::Answer(CannedAnswer::gateway_timeout());
//! stub.faults().arm(RequestFault::on::<CreateCustomer>(timeout).nth(2))?;
//! // …
//! assert_eq!(stub.faults().report().requests[0].hit, 0);
//! stub.faults().clear();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! As JSON the same is (its schema is `schemas/v1/faults.schema.json`):
//!
//! ```
//! # let schedule = cloudlx_server_stub::faults::Schedule::from_json(br#"
//! {
//!   "seed": 7,
//!   "requests": [
//!     {"endpoint": "create_customer", "from": 2, "times": 1, "do": {"after": {"answer": {"status": 504, "body": "html"}}}}
//!   ]
//! }
//! # "#)?;
//! # assert_eq!(schedule.requests[0].times.map(|times| times.get()), Some(1));
//! # Ok::<(), cloudlx_server_stub::faults::ScheduleError>(())
//! ```
//!
//! # Which
//!
//! | field | of | meaning |
//! | --- | --- | --- |
//! | `endpoint` | requests | The endpoint's name, such as `create_customer`. Absent: every request. |
//! | `from` | both | The first match that may be hit, counted from 1. |
//! | `times` | both | How many are hit at most. Absent: without an end. |
//! | `probability` | both | The chance of each, 1 by default. The `seed` decides. |
//!
//! # What
//!
//! | `"do"` | what happens |
//! | --- | --- |
//! | `{"refuse": {"for_ms": 500}}` | Of connections: nothing listens for so long. |
//! | `"close"` | Of connections: closed as soon as it is there. |
//! | `{"before": {"delay": {"by_ms": 20}}}` | The request is processed later. |
//! | `{"before": "close"}`, `"reset"`, `"never-answer"` | Nothing is processed: the connection is closed or reset once the headers are read, or nothing comes. |
//! | `{"before": {"answer": {"status": 503, "retry_after": {"seconds": 1}}}}` | Nothing is processed, and this is the answer: 429 or 503 with `Retry-After` (`seconds`, or `date-in-seconds` for a date), 401 although the token is good, 500 or 502 with `"body": "html"`. |
//! | `{"before": {"answer": {"status": 503, "body": {"text": "{\"code\": 503}"}, "headers": {"Content-Type": "application/json", "X-Request-Id": "7f3a"}}}}` | Nothing is processed, and somebody in between says so in words of its own: any status from 200 to 599, any text, and headers by name, as below. |
//! | `{"after": {"delay": {"by_ms": 20}}}` | All is done at once, and the answer comes later. |
//! | `{"after": "close"}`, `"never-answer"` | All is done, and no answer comes. |
//! | `{"after": {"reset": {"body_bytes": 10}}}` | The connection is reset in the middle of the answer. |
//! | `{"after": {"cut-short": {"content_length": "of-the-whole"}}}` | The answer breaks off, with the length of the whole body or that `of-what-is-sent`. |
//! | `{"after": {"drip": {"bytes": 1, "every_ms": 10}}}` | The answer comes in drips. |
//! | `{"after": {"answer": {"status": 500, "body": "html"}}}` | All is done, and the caller is told otherwise, in any words (`body` and `headers` as above). |
//! | `{"after": "not-json"}` | The status is as ever, and the body is HTML. |
//! | `{"after": {"without": {"pointer": "/id"}}}` | The answer lacks a value. |
//! | `{"after": {"alter": {"patch": {"id": "1"}, "status": 201, "media_type": "text/plain"}}}` | The answer's body is patched (RFC 7396); a status and a media type may be others too. |
//! | `{"after": {"alter": {"headers": {"X-Total-Count": "700"}}}}` | The answer has other headers as well. |
//! | `{"after": {"rename": {"to": "upper-cased", "then": "close"}}}` | The customer is kept under a name that the server made of the one that was sent: `trimmed`, `upper-cased`, `html-escaped`, `ascii-folded`, `{"cut": {"characters": 60}}`, `{"replaced": {"by": "Customer"}}`. The caller is told so, unless `then` says what it gets instead. |
//! | `{"after": {"leave-out": {"from": 26, "count": 5}}}` | The list of customers lacks these, counted from 1; all from there on without a `count`. |
//! | `{"after": {"commit-late": {"by_ms": 500, "then": {"answer": {"status": 504}}}}}` | The customer appears later, by the stub's [`Clock`](crate::Clock). The caller gets no answer, the end of the connection (`"then": "close"`), or this one. |
//!
//! # Headers
//!
//! `headers` of an answer are name and value, each in the place of the one that the answer would have: 32 at most, of
//! 1,024 bytes at most, in ASCII. What the transport has to write itself is refused when the fault is armed:
//! `Content-Length`, `Transfer-Encoding`, `Connection`, `Keep-Alive`, `Proxy-Connection`, `TE`, `Trailer`, `Upgrade`. A
//! `Date` in the place of the true one is fine. An answer whose body is `{"text": …}` has no `Content-Type` and, with 401, no
//! `WWW-Authenticate` unless `headers` has them.
//!
//! # Replay
//!
//! Whether a fault fires depends on the seed, its position in the list and how many requests matched before; never on time,
//! nor on the probabilities of other faults. A caller that sends the same requests in the same order meets the same faults.
//! Concurrent requests count in the order in which their headers arrive.
//!
//! Counting begins when faults are armed. So a stub that is restarted with the same file repeats its faults from the
//! beginning: to avoid that, change the seed or `from`.

mod action;
mod answer_headers;
mod apply;
mod armed;
mod canned;
mod chance;
mod file;
mod injector;
mod lost;
mod milliseconds;
mod rename;
mod schedule;
mod strike;

use std::fmt;
use std::sync::Arc;

pub use action::{
    Action, After, Alteration, Before, ConnectionAction, ContentLength, Cut, CutShort, Delay, Drip,
    LateCommit, LeaveOut, MediaType, NoMediaType, Refusal, Without,
};
pub use answer_headers::{AnswerHeaders, NoHeaders};
pub(crate) use apply::Outcome;
pub use armed::{Report, ReportedFault};
pub use canned::{CannedAnswer, CannedBody, NoStatus, RetryAfter, Status};
pub use chance::{NoProbability, Probability};
pub use file::{FaultsFileError, ScheduleError, from_file};
pub(crate) use injector::Injector;
pub use lost::Lost;
pub use rename::{NameCut, NameForm, Rename, Replaced};
pub use schedule::{ConnectionFault, EndpointName, Misplaced, NoEndpoint, RequestFault, Schedule};
pub(crate) use strike::Strike;

/// The JSON Schema of a [`Schedule`]: `schemas/v1/faults.schema.json`.
#[cfg(feature = "schema")]
#[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
#[must_use]
pub fn schema() -> cloudlx_model::schema::Document {
    let created_and_told_otherwise = After::Answer(CannedAnswer::gateway_timeout());
    let second = RequestFault::on::<cloudlx_model::CreateCustomer>(created_and_told_otherwise).nth(2);
    let mut document = cloudlx_model::schema::document_of_input::<Schedule>("faults");
    document.schema.insert("examples".to_owned(), serde_json::json!([Schedule::from(second).with_seed(7)]));
    document
}

/// The faults of a running stub: [`Stub::faults`](crate::Stub::faults). Clones control the same stub.
#[derive(Clone)]
#[must_use = "a handle does nothing by itself"]
pub struct Faults(Arc<Injector>);

impl Faults {
    pub(crate) fn new(injector: Arc<Injector>) -> Self {
        Self(injector)
    }

    /// Arms these faults and disarms all others. Counting restarts, and they act from the next connection and the next request
    /// whose headers arrive.
    ///
    /// # Errors
    ///
    /// When a fault cannot act on its endpoint, such as a late commit on a list.
    pub fn arm(&self, schedule: impl Into<Schedule>) -> Result<(), Misplaced> {
        let schedule = schedule.into();
        schedule.check()?;
        self.0.arm(schedule);
        Ok(())
    }

    /// Disarms all faults. A request that a fault has hit already still ends by that fault.
    pub fn clear(&self) {
        self.0.disarm();
    }

    /// Which faults are armed, and how often each has acted.
    #[must_use]
    pub fn report(&self) -> Report {
        self.0.report()
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Faults").field(&self.report()).finish()
    }
}
