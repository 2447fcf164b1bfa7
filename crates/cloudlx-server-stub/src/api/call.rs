//! What a handler is given of a request.

use cloudlx_model::CustomerId;
use hyper::http::request::Parts;

use super::answer::Answer;
use super::commit::Commit;
use super::content_type::Content;
use super::paging::PageRequest;
use super::resources::Resources;
use crate::store::StoreFuture;

/// The answer of a handler, or its refusal.
pub(crate) type Answering<'a> = StoreFuture<'a, Result<Answer, Answer>>;

/// A request that passed every check that does not need its endpoint: route, authorization, headers, length.
pub(crate) struct Call<'a> {
    /// The customer's id in the path, on paths that have one.
    pub(crate) id: Option<CustomerId>,
    pub(crate) head: &'a Parts,
    pub(crate) content: Content,
    pub(crate) body: &'a [u8],
    pub(crate) commit: Commit<'a>,
}

impl Call<'_> {
    /// The page that the request asks for, where the stub pages its lists.
    pub(crate) fn page(&self, resources: &Resources) -> Option<PageRequest> {
        resources.page_size.map(|per_page| PageRequest::new(self.head.uri.query(), per_page))
    }
}
