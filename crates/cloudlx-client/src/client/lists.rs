//! Lists, page by page.
//!
//! Each page is a call of its own, with the attempts of one, in the time of the whole list.

use std::collections::HashSet;
use std::sync::Arc;

use cloudlx_model::{Customer, Endpoint, ListCustomers};
use reqwest::Url;

use super::Client;
use crate::auth::credentials::Access;
use crate::call::attempt::Call;
use crate::error::Error;
use crate::paging::{Gap, Paging, Part, Shown, Walk};
use crate::redact::Redactor;
use crate::success::fold::{FoldCustomers, Folded};
use crate::success::list_body::{Element, Item, Page, WholePage, id_of};
use crate::time::call_time::CallTime;

/// What was read of a list so far.
struct SoFar {
    walk: Walk,
    elements: u64,
    ids: HashSet<u64>,
}

impl SoFar {
    fn new(first: &Url) -> Self {
        Self { walk: Walk::new(first), elements: 0, ids: HashSet::new() }
    }

    /// Takes the ids of the first page. A list that is not paged needs no set of them.
    fn first(&mut self, elements: u64, ids: impl Iterator<Item = u64>, paging: &Paging) -> Shown {
        self.elements = elements;
        if paging.is_silent() {
            return Shown { elements, new: elements };
        }
        let again: u64 = ids.map(|id| u64::from(!self.ids.insert(id))).sum();
        Shown { elements, new: elements.saturating_sub(again) }
    }

    /// The elements of another page that none before it showed, in their places of the whole list.
    fn next<T: Item>(&mut self, elements: Vec<Element<T>>) -> (Vec<Element<T>>, Shown) {
        let (before, count) = (self.elements, elements.len() as u64);
        self.elements += count;
        let in_place = |element: Element<T>| {
            element.map_err(|mut unreadable| {
                unreadable.place += before;
                unreadable
            })
        };
        let is_new = |element: &Element<T>| id_of(element).is_none_or(|id| self.ids.insert(id));
        let new: Vec<_> = elements.into_iter().filter(is_new).map(in_place).collect();
        let shown = Shown { elements: count, new: new.len() as u64 };
        (new, shown)
    }
}

impl Client {
    /// All elements of a list, in memory.
    pub(super) async fn list<E: Endpoint, T: Item>(
        &self,
        request: &E,
        time: CallTime,
    ) -> Result<Vec<Element<T>>, Error> {
        let mut call = self.call_for(request, time);
        let mut so_far = SoFar::new(&call.url);
        let Page { mut elements, paging, mut bytes } = self.page::<E, T>(&call, 0).await?;
        let shown = so_far.first(elements.len() as u64, elements.iter().filter_map(id_of), &paging);
        let mut more = self.turn(&mut call, &mut so_far, &paging, shown).await?;
        while more {
            let page = self.page::<E, T>(&call, bytes).await?;
            bytes += page.bytes;
            let (new, shown) = so_far.next(page.elements);
            elements.extend(new);
            more = self.turn(&mut call, &mut so_far, &page.paging, shown).await?;
        }
        Ok(elements)
    }

    /// All elements of a list each of which can be read, or it is none.
    pub(super) async fn list_readable<E: Endpoint, T: Item>(
        &self,
        request: &E,
        time: CallTime,
    ) -> Result<Vec<T>, Error> {
        Ok(self.list(request, time).await?.into_iter().filter_map(Result::ok).collect())
    }

    /// One value out of all customers. The first page, which may be all of the list, is read as it comes; another one is
    /// read into memory first, so that an attempt that breaks off leaves nothing of itself in the value.
    pub(super) async fn fold<A, S, F>(&self, start: S, step: F) -> Result<A, Error>
    where
        A: Send + 'static,
        S: Fn() -> A + Send + Sync,
        F: Fn(&mut A, Element<Customer>) + Send + Sync + 'static,
    {
        let pause = self.inner.attempt_timeout;
        let step = Arc::new(step);
        let call = self.call_for(&ListCustomers, self.start());
        let call = Call { timeout: call.time.limit, head_timeout: Some(pause), ..call };
        let fold = FoldCustomers { pause, start, step: Arc::clone(&step) };
        let folded = self.make::<ListCustomers, _>(&call, &fold).await?;
        let Folded { mut value, paging, elements, ids } = folded;

        let mut call = Call { timeout: pause, head_timeout: None, ..call };
        let mut so_far = SoFar::new(&call.url);
        let shown = so_far.first(elements, ids.into_iter(), &paging);
        let mut more = self.turn(&mut call, &mut so_far, &paging, shown).await?;
        while more {
            let page = self.page::<ListCustomers, Customer>(&call, 0).await?;
            let (new, shown) = so_far.next(page.elements);
            value = crate::success::fold::steps(value, new, Arc::clone(&step)).await;
            more = self.turn(&mut call, &mut so_far, &page.paging, shown).await?;
        }
        Ok(value)
    }

    /// A page, where others take so many bytes of memory already.
    async fn page<E: Endpoint, T: Item>(&self, call: &Call<'_>, bytes: usize) -> Result<Page<T>, Error> {
        self.make::<E, _>(call, &WholePage::<T>::after(bytes)).await
    }

    /// Turns to the next page; false where there is none, and the list is whole.
    async fn turn(
        &self,
        call: &mut Call<'_>,
        so_far: &mut SoFar,
        paging: &Paging,
        shown: Shown,
    ) -> Result<bool, Error> {
        match so_far.walk.after(&call.url, paging, shown) {
            Ok(None) => Ok(false),
            Ok(Some(next)) => {
                call.target.url = self.redactor().await.clean(next.as_str());
                call.url = next;
                Ok(true)
            }
            Err(Part { gap, said }) => {
                let redactor = self.redactor().await;
                let gap = match gap {
                    Gap::Elsewhere { next } => Gap::Elsewhere { next: redactor.clean(&next) },
                    other => other,
                };
                let (target, shown) = (call.attempt(1).target(), so_far.walk.shown());
                Err(Error::Incomplete { target, said, gap: Box::new(gap), shown })
            }
        }
    }

    /// Takes out of a URL that a server made what no message may show.
    async fn redactor(&self) -> Redactor {
        let token = match &self.inner.access {
            Access::Given(_) => None,
            Access::Fetched { tokens, .. } => tokens.current().await,
        };
        let secrets = [self.inner.access.secret(), token.as_ref().map(|token| &token.bearer.secret)];
        Redactor::new(secrets.into_iter().flatten())
    }
}
