//! The handlers: a checked call in, an answer out. One file for each group of the model's endpoints.

pub(crate) mod catalogue;
pub(crate) mod created;
pub(crate) mod customers;
pub(crate) mod oauth2;

use cloudlx_model::CustomerId;

use crate::content_type::Content;
use crate::faults::Commit;

/// A request that passed all checks that do not need its endpoint: route, authorization, headers, length.
pub(crate) struct Call<'a> {
    /// The customer's id in the path, on paths that have one.
    pub(crate) id: Option<CustomerId>,
    pub(crate) query: Option<&'a str>,
    pub(crate) content: Content,
    pub(crate) body: &'a [u8],
    /// How what is created is kept: at once and as it was sent, but for a fault.
    pub(crate) commit: Commit<'a>,
}
