//! An answer that nobody has read a meaning into: what a check of the API against its documentation looks at.

use std::fmt;

use cloudlx_model::{Endpoint, GetCustomer, ListCustomers, ListRealms, ListSubRealms};
use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use crate::paging::statements::Paging;
use crate::proof::outcome::{self, Retry};
use crate::response::retry_after::RetryAfter;
use crate::transport::target::Target;

/// A call that changes nothing on the server, which is why [`Client::observe`](crate::Client::observe) makes it for
/// whoever asks. A create is none, so this does not compile:
///
/// ```compile_fail,E0277
/// # async fn create(client: &cloudlx_client::Client, request: &cloudlx_model::CreateCustomer) {
/// let _ = client.observe(request).await;
/// # }
/// ```
pub trait Reading: Endpoint<Response: DeserializeOwned> {}

impl Reading for ListCustomers {}
impl Reading for GetCustomer {}
impl Reading for ListRealms {}
impl Reading for ListSubRealms {}

/// An answer as it came, whatever its status, its media type and its body.
///
/// `Debug` shows how long the body is and not what it says: it may hold customers' data, or a token.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawAnswer {
    /// The request.
    pub target: Target,
    /// The status of the answer.
    pub status: StatusCode,
    /// The `Content-Type` header as it came, parameters included; none where there was none.
    pub media_type: Option<String>,
    /// When to come back, if the server said so in a readable way.
    pub retry_after: Option<RetryAfter>,
    /// What the head says of the list that the body is, if it is one.
    pub(crate) paging: Box<Paging>,
    /// The whole body.
    pub body: Vec<u8>,
    /// Why this client's own call would not read all of a status of success with this body, in words that quote nothing of
    /// it; none where the call would read it, and for any other status. Of a list, one customer that cannot be read is
    /// enough.
    pub unusable: Option<String>,
}

impl RawAnswer {
    /// Whether making the same call again may get another answer than this one: 408, 421, 425, 429 and 5xx say so.
    #[must_use]
    pub fn retry(&self) -> Retry {
        outcome::retry_after_answer(self.status, self.retry_after)
    }

    /// What the headers say of the list that this is an answer with; [`Paging::of_document`] says what the body does.
    #[must_use]
    pub fn paging_of_head(&self) -> &Paging {
        &self.paging
    }
}

impl fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAnswer")
            .field("target", &self.target)
            .field("status", &self.status)
            .field("media_type", &self.media_type)
            .field("retry_after", &self.retry_after)
            .field("paging", &self.paging)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("unusable", &self.unusable)
            .finish()
    }
}
