//! What ties a request to its method, path, authentication and response.

pub(crate) mod call;
pub(crate) mod list;

pub use call::{Auth, Endpoint, EndpointInfo, MEDIA_TYPE, Method};
pub use list::ENDPOINTS;
