//! Reads lists page by page.
//!
//! Each page is a call of its own with its own attempts. All pages share the deadline of the list.

use std::collections::HashSet;
use std::sync::Arc;

use cloudlx_model::{Customer, Endpoint, ListCustomers};
use reqwest::Url;

use crate::auth::credentials::TokenSource;
use crate::call::caller::Caller;
use crate::call::context::Call;
use crate::error::call::Error;
use crate::paging::pager::{ElementCounts, Gap, IncompleteList, Pager};
use crate::paging::statements::Paging;
use crate::redact::Redactor;
use crate::success::fold::{self, FoldCustomers, Folded};
use crate::success::list_body::{Element, Item, ListPage, ReadPage, element_id};
use crate::time::deadline::Deadline;

/// What was read of a list so far.
struct ListSoFar {
    pager: Pager,
    elements: u64,
    /// The ids of all elements, kept only for a list with pages: a later page may repeat an element.
    ids: HashSet<u64>,
}

impl ListSoFar {
    fn new(first: &Url) -> Self {
        Self { pager: Pager::new(first), elements: 0, ids: HashSet::new() }
    }

    /// Adds the first page.
    fn add_first(&mut self, elements: u64, ids: impl Iterator<Item = u64>, paging: &Paging) -> ElementCounts {
        self.elements = elements;
        if paging.is_silent() {
            return ElementCounts { all: elements, new: elements };
        }
        let repeated: u64 = ids.map(|id| u64::from(!self.ids.insert(id))).sum();
        ElementCounts { all: elements, new: elements.saturating_sub(repeated) }
    }

    /// Adds a later page. Returns those of its elements that no earlier page had, with their positions in the whole list.
    fn add_next<T: Item>(&mut self, elements: Vec<Element<T>>) -> (Vec<Element<T>>, ElementCounts) {
        let (before, count) = (self.elements, elements.len() as u64);
        self.elements += count;
        let in_whole_list = |element: Element<T>| {
            element.map_err(|mut unreadable| {
                unreadable.place += before;
                unreadable
            })
        };
        let is_new = |element: &Element<T>| element_id(element).is_none_or(|id| self.ids.insert(id));
        let new: Vec<_> = elements.into_iter().filter(is_new).map(in_whole_list).collect();
        let counts = ElementCounts { all: count, new: new.len() as u64 };
        (new, counts)
    }
}

impl Caller {
    /// Reads all elements of a list into memory.
    pub(crate) async fn list<E: Endpoint, T: Item>(
        &self,
        request: &E,
        deadline: Deadline,
    ) -> Result<Vec<Element<T>>, Error> {
        let mut call = self.call(request, deadline);
        let mut so_far = ListSoFar::new(&call.url);
        let ListPage { mut elements, paging, mut bytes } = self.page(&call, 0).await?;
        let ids = elements.iter().filter_map(element_id);
        let counts = so_far.add_first(elements.len() as u64, ids, &paging);
        let mut has_next = self.turn_page(&mut call, &mut so_far, &paging, counts).await?;
        while has_next {
            let page = self.page(&call, bytes).await?;
            bytes += page.bytes;
            let (new, counts) = so_far.add_next(page.elements);
            elements.extend(new);
            has_next = self.turn_page(&mut call, &mut so_far, &page.paging, counts).await?;
        }
        Ok(elements)
    }

    /// Reads a list of a type whose lists are read as a whole or not at all.
    pub(crate) async fn list_readable<E: Endpoint, T: Item>(
        &self,
        request: &E,
        deadline: Deadline,
    ) -> Result<Vec<T>, Error> {
        Ok(self.list(request, deadline).await?.into_iter().filter_map(Result::ok).collect())
    }

    /// Folds all customers into one value. The first page, which may be the whole list, is parsed while it arrives. Each later
    /// page is read into memory first, so that a failed attempt leaves nothing of itself in the value.
    pub(crate) async fn fold<A, S, F>(&self, start: S, step: F) -> Result<A, Error>
    where
        A: Send + 'static,
        S: Fn() -> A + Send + Sync,
        F: Fn(&mut A, Element<Customer>) + Send + Sync + 'static,
    {
        let pause = self.shared().attempt_timeout;
        let step = Arc::new(step);
        let call = self.call(&ListCustomers, self.start());
        let call = Call { timeout: call.deadline.limit, head_timeout: Some(pause), ..call };
        let fold = FoldCustomers { pause, start, step: Arc::clone(&step) };
        let Folded { mut value, paging, elements, ids } = self.make(&call, &fold).await?;

        let mut call = Call { timeout: pause, head_timeout: None, ..call };
        let mut so_far = ListSoFar::new(&call.url);
        let counts = so_far.add_first(elements, ids.into_iter(), &paging);
        let mut has_next = self.turn_page(&mut call, &mut so_far, &paging, counts).await?;
        while has_next {
            let page = self.page(&call, 0).await?;
            let (new, counts) = so_far.add_next(page.elements);
            value = fold::fold_page(value, new, Arc::clone(&step)).await;
            has_next = self.turn_page(&mut call, &mut so_far, &page.paging, counts).await?;
        }
        Ok(value)
    }

    /// Reads one page into memory, where earlier pages already take this many bytes.
    async fn page<T: Item>(&self, call: &Call<'_>, bytes: usize) -> Result<ListPage<T>, Error> {
        self.make(call, &ReadPage::<T>::after(bytes)).await
    }

    /// Directs `call` to the next page. Returns false where there is none and the list is whole.
    async fn turn_page(
        &self,
        call: &mut Call<'_>,
        so_far: &mut ListSoFar,
        paging: &Paging,
        counts: ElementCounts,
    ) -> Result<bool, Error> {
        match so_far.pager.after(&call.url, paging, counts) {
            Ok(None) => Ok(false),
            Ok(Some(next)) => {
                call.target.url = self.redactor().await.clean(next.as_str());
                call.url = next;
                Ok(true)
            }
            Err(IncompleteList { gap, said }) => {
                let redactor = self.redactor().await;
                let gap = match gap {
                    Gap::Elsewhere { next } => Gap::Elsewhere { next: redactor.clean(&next) },
                    other => other,
                };
                let (target, shown) = (call.attempt(1).target(), so_far.pager.shown());
                Err(Error::Incomplete { target, said, gap: Box::new(gap), shown })
            }
        }
    }

    /// Removes secrets from a URL that the server wrote.
    async fn redactor(&self) -> Redactor {
        let source = &self.shared().token_source;
        let token = match source {
            TokenSource::Given(_) => None,
            TokenSource::Fetched { tokens, .. } => tokens.current().await,
        };
        let secrets = [source.secret(), token.as_ref().map(|token| &token.bearer.secret)];
        Redactor::new(secrets.into_iter().flatten())
    }
}
