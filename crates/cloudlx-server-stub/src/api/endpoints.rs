//! The handlers: a checked call in, an answer out. One file for each group of the model's endpoints.

pub(crate) mod catalogue;
pub(crate) mod created;
pub(crate) mod customers;
pub(crate) mod oauth2;

use cloudlx_model::CustomerId;
use hyper::http::request::Parts;

use crate::api::content_type::Content;
use crate::api::paging::Asked;
use crate::faults::Commit;
use crate::server::State;

/// A request that passed all checks that do not need its endpoint: route, authorization, headers, length.
pub(crate) struct Call<'a> {
    /// The customer's id in the path, on paths that have one.
    pub(crate) id: Option<CustomerId>,
    pub(crate) head: &'a Parts,
    pub(crate) content: Content,
    pub(crate) body: &'a [u8],
    /// How what is created is kept: at once and as it was sent, but for a fault.
    pub(crate) commit: Commit<'a>,
}

impl Call<'_> {
    /// The page that it asks for, of a list that the stub pages.
    pub(crate) fn page(&self, state: &State) -> Option<Asked> {
        state.page_size.map(|per_page| Asked::new(self.head.uri.query(), per_page))
    }
}
