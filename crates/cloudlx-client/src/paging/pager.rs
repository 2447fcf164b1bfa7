//! Decides after each page which page is read next, or why the list is not whole.

use std::collections::HashSet;
use std::fmt;

use cloudlx_validate::plain::Glance;
use reqwest::Url;

use crate::paging::statements::{Paging, Stated, keep_most};

/// The most pages of a list that are read. The deadline of the call ends most lists that are longer.
pub const MAX_PAGES: u64 = 10_000;

/// Why a list is not whole, as far as the client can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gap {
    /// The response states that there is more, and not where.
    NoNextPage,
    /// The next page has another origin, or another path. The client did not request it, because the token would be sent there.
    Elsewhere {
        /// Its URL without a query, or words where the server sent no URL.
        next: String,
    },
    /// The response names several next pages.
    SeveralNextPages,
    /// The next page was read already, or a page had no new element and named another page.
    Loop,
    /// The list has more than [`MAX_PAGES`] pages.
    TooManyPages,
    /// The first response is not the beginning of the list.
    NotTheBeginning,
    /// The total changed while the pages were read, and fewer elements arrived than the largest total.
    Changed {
        /// The largest total.
        total: u64,
    },
    /// Fewer elements arrived than the response states.
    TooFew {
        /// How many elements the response states.
        total: u64,
    },
}

impl Gap {
    /// Whether reading the list again may find it whole: it changed while it was read.
    pub(crate) fn may_close(&self) -> bool {
        matches!(self, Self::Changed { .. } | Self::TooFew { .. })
    }
}

/// How many elements a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ElementCounts {
    /// All of them.
    pub(crate) all: u64,
    /// Those that no earlier page had.
    pub(crate) new: u64,
}

/// What is known of a list after the pages read so far.
#[derive(Debug)]
pub(crate) struct Pager {
    /// The pages that were requested.
    seen: HashSet<Url>,
    pages: u64,
    /// How many elements arrived, not counting repetitions.
    shown: u64,
    /// The largest total that was stated.
    total: Option<Stated>,
    /// Whether the total changed between pages.
    total_changed: bool,
    /// The largest number of pages that was stated.
    last_page: Option<Stated>,
    /// The page number that the latest page states.
    page: Option<u64>,
}

/// Why a list is not whole, and which field or header shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IncompleteList {
    pub(crate) gap: Gap,
    pub(crate) said: String,
}

impl Pager {
    pub(crate) fn new(first: &Url) -> Self {
        let (total, last_page, page) = (None, None, None);
        Self {
            seen: HashSet::from([first.clone()]),
            pages: 0,
            shown: 0,
            total,
            total_changed: false,
            last_page,
            page,
        }
    }

    /// How many elements arrived so far, not counting repetitions.
    pub(crate) fn shown(&self) -> u64 {
        self.shown
    }

    /// The next page after the one at `url`. None where the list is whole.
    pub(crate) fn after(
        &mut self,
        url: &Url,
        paging: &Paging,
        counts: ElementCounts,
    ) -> Result<Option<Url>, IncompleteList> {
        self.pages += 1;
        self.shown += counts.new;
        self.note_totals(paging);
        self.check_page_number(paging)?;
        if paging.next.is_empty() {
            return self.check_end(paging, counts).map(|()| None);
        }
        let (next, sign) = next_page(url, paging)?;
        let incomplete = |gap| Err(IncompleteList { gap, said: format!("{sign} names a next page") });
        if self.pages > 1 && counts.new == 0 {
            return incomplete(Gap::Loop);
        }
        if self.pages == MAX_PAGES {
            return incomplete(Gap::TooManyPages);
        }
        if !self.seen.insert(next.clone()) {
            return incomplete(Gap::Loop);
        }
        Ok(Some(next))
    }

    fn note_totals(&mut self, paging: &Paging) {
        if let (Some(before), Some(now)) = (&self.total, &paging.total)
            // Some servers write the number of elements of a page under the same names.
            && before.number.min(now.number) > 0
        {
            self.total_changed |= before.number != now.number;
        }
        keep_most(&mut self.total, paging.total.clone());
        keep_most(&mut self.last_page, paging.pages.clone());
    }

    /// Checks that this is the page that was requested.
    fn check_page_number(&mut self, paging: &Paging) -> Result<(), IncompleteList> {
        let page = paging.page.as_ref().map(|page| page.number);
        let before = std::mem::replace(&mut self.page, page);
        if self.pages == 1 {
            let later = paging.page.as_ref().filter(|page| page.number > 1).map(Stated::to_string);
            return match paging.before.first().cloned().or(later) {
                Some(said) => Err(IncompleteList { gap: Gap::NotTheBeginning, said }),
                None => Ok(()),
            };
        }
        match (before, page) {
            (Some(before), Some(page)) if page != before.saturating_add(1) => {
                Err(IncompleteList { gap: Gap::Loop, said: format!("page {page} came after page {before}") })
            }
            _ => Ok(()),
        }
    }

    /// Checks that a list that names no next page is whole.
    fn check_end(&self, paging: &Paging, counts: ElementCounts) -> Result<(), IncompleteList> {
        let no_next = |said: String| Err(IncompleteList { gap: Gap::NoNextPage, said });
        if let Some(sign) = paging.more.first() {
            return no_next(sign.clone());
        }
        if let Some(pages) = self.last_page.as_ref().filter(|pages| pages.number > self.pages) {
            return no_next(pages.to_string());
        }
        if let Some(total) = self.total.as_ref().filter(|total| total.number > self.shown) {
            let number = total.number;
            let gap = match self.pages {
                1 => Gap::NoNextPage,
                _ if self.total_changed => Gap::Changed { total: number },
                _ => Gap::TooFew { total: number },
            };
            return Err(IncompleteList { gap, said: total.to_string() });
        }
        // The page is full, and nothing states whether these are all elements.
        let is_complete = self.total.is_some() || self.last_page.is_some() || paging.ends;
        match &paging.limit {
            Some(limit) if !is_complete && limit.number > 0 && counts.all >= limit.number => {
                no_next(limit.to_string())
            }
            _ => Ok(()),
        }
    }
}

/// The next page. All references must name the same one, with the origin and path of the list.
fn next_page<'a>(url: &Url, paging: &'a Paging) -> Result<(Url, &'a str), IncompleteList> {
    let mut found: Option<(Url, &str)> = None;
    for (reference, sign) in &paging.next {
        let incomplete = |gap| IncompleteList { gap, said: format!("{sign} names a next page") };
        let elsewhere = |next: &str| incomplete(Gap::Elsewhere { next: next.to_owned() });
        let mut next = url.join(reference).map_err(|_| elsewhere("a place that is no URL"))?;
        next.set_fragment(None);
        let is_here = next.origin() == url.origin()
            && next.path() == url.path()
            && next.username().is_empty()
            && next.password().is_none();
        if !is_here {
            return Err(elsewhere(&without_secrets(next)));
        }
        match &found {
            Some((other, _)) if *other != next => return Err(incomplete(Gap::SeveralNextPages)),
            Some(_) => {}
            None => found = Some((next, sign)),
        }
    }
    found.ok_or_else(|| IncompleteList { gap: Gap::NoNextPage, said: "it is not whole".to_owned() })
}

fn without_secrets(mut url: Url) -> String {
    // Setting the first two fails only for URLs that cannot have them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.into()
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNextPage => f.write_str(
                "it says that there is more and not where: ask the vendor how the rest is read, and take nothing for absent",
            ),
            Self::Elsewhere { next } => write!(
                f,
                "its next page is {}, and pages are followed at the origin and path of the list only, for the token would go \
                 along: ask the vendor where the rest is, take nothing for absent, and change the base URL only to an address \
                 that the vendor gave you",
                Glance(next)
            ),
            Self::SeveralNextPages => f.write_str("it names several next pages: ask the vendor which one follows"),
            Self::Loop => f.write_str(
                "its next page shows what other pages did: the server, or a cache before it, leaves out what page was asked for",
            ),
            Self::TooManyPages => write!(f, "it has more than {MAX_PAGES} pages: ask the vendor for longer ones"),
            Self::NotTheBeginning => f.write_str(
                "it does not begin with the first page: check that nothing on the way changes what is asked for",
            ),
            Self::Changed { total } => write!(
                f,
                "it changed while its pages were read, and at one time there were {total}: list again when nobody creates or \
                 deletes customers"
            ),
            Self::TooFew { total } => write!(
                f,
                "it ended before all {total} were shown: list again, and if that does not help ask the vendor for the rest"
            ),
        }
    }
}

#[cfg(test)]
mod tests;
