//! The stub itself: what answers as the API does.

pub(crate) mod accept;
pub(crate) mod answer;
pub mod catalogue;
pub(crate) mod content_type;
pub(crate) mod customer_stream;
pub(crate) mod endpoints;
pub(crate) mod paging;
pub(crate) mod rate_limit;
pub(crate) mod routes;
