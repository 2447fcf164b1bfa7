//! A response as it arrived, for checks of the API against its documentation.

use std::fmt;

use cloudlx_model::Endpoint;
use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use crate::paging::statements::Paging;
use crate::proof::outcome::{self, Retry};
use crate::response::retry_after::RetryAfter;
use crate::transport::target::Target;

/// A call that changes nothing on the server, and so may be [observed](crate::Client::observe). A create is not such a call, so
/// this does not compile:
///
/// ```compile_fail,E0277
/// # async fn create(client: &cloudlx_client::Client, request: &cloudlx_model::CreateCustomer) {
/// let _ = client.observe(request).await;
/// # }
/// ```
pub trait Reading: Endpoint<Response: DeserializeOwned> {}

/// A response as it arrived, whatever its status, its media type and its body.
///
/// `Debug` shows the length of the body and not its content, which may be customers' data or a token.
#[derive(Clone)]
#[non_exhaustive]
pub struct RawAnswer {
    /// The request.
    pub target: Target,
    /// The status of the response.
    pub status: StatusCode,
    /// The `Content-Type` header, parameters included.
    pub media_type: Option<String>,
    /// `Retry-After`, where it can be read.
    pub retry_after: Option<RetryAfter>,
    /// What the head states about paging, where the body is a list.
    pub(crate) paging: Box<Paging>,
    /// The whole body.
    pub body: Vec<u8>,
    /// Why this client's own call could not read the whole body, in words that quote nothing of it. One customer of a list that
    /// cannot be read is enough. None where the call could read the body, and for a status that is no success.
    pub unusable: Option<String>,
}

impl RawAnswer {
    /// Whether making the same call again may get another response: it may after 408, 421, 425, 429 and 5xx.
    #[must_use]
    pub fn retry(&self) -> Retry {
        outcome::retry_after_status(self.status, self.retry_after)
    }

    /// What the headers state about paging, where the body is a list. For the body see [`Paging::of_document`].
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
