//! What ties a request to its method, path, authentication and response.

use std::borrow::Cow;
use std::fmt;

pub use crate::ENDPOINTS;

/// The media type that asks for version 1 of the API, sent as `Accept` (page).
pub const MEDIA_TYPE: &str = "application/vnd.cloudlx.v1+json";

/// An HTTP method that the API uses. Others may be added within 1.x.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// Reads. The request has no body.
    Get,
    /// Creates. The request's type, as JSON, is the body.
    Post,
}

impl Method {
    /// The method as it is written on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a caller proves who it is. Other ways may be added within 1.x, so a `match` needs a last arm:
///
/// ```compile_fail,E0004
/// # use cloudlx_model::Auth;
/// # fn sends_a_token(auth: Auth) -> bool {
/// match auth {
///     Auth::None => false,
///     Auth::Bearer => true,
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Auth {
    /// Nothing in the headers: the request itself carries the credentials.
    None,
    /// `Authorization: Bearer <access_token>` (page).
    Bearer,
}

/// One call of the API. The request's type implements it, and nothing else has the call's method, path or authentication.
///
/// ```
/// use cloudlx_model::{CustomerId, Endpoint, GetCustomer};
///
/// assert_eq!(GetCustomer::PATH, "/api/customers/{customer_id}");
/// assert_eq!(GetCustomer { customer_id: CustomerId(6918) }.path(), "/api/customers/6918");
/// ```
pub trait Endpoint {
    /// The call's name in `snake_case`, for messages, logs and the OpenAPI operation id.
    const NAME: &'static str;
    /// The HTTP method.
    const METHOD: Method;
    /// The path below the base address, with parameters as `{name}`.
    const PATH: &'static str;
    /// How a caller proves who it is.
    const AUTH: Auth;
    /// The body of a `200` answer.
    type Response;

    /// The path with this request's parameters filled in.
    fn path(&self) -> Cow<'static, str> {
        Cow::Borrowed(Self::PATH)
    }
}

/// The constants of an [`Endpoint`] as a value, for code that goes over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EndpointInfo {
    /// [`Endpoint::NAME`].
    pub name: &'static str,
    /// [`Endpoint::METHOD`].
    pub method: Method,
    /// [`Endpoint::PATH`].
    pub path: &'static str,
    /// [`Endpoint::AUTH`].
    pub auth: Auth,
}

impl EndpointInfo {
    /// The constants of `E`.
    #[must_use]
    pub const fn of<E: Endpoint>() -> Self {
        Self { name: E::NAME, method: E::METHOD, path: E::PATH, auth: E::AUTH }
    }
}
