//! Lists in numbered pages, as the framework below the API writes them (all of it inferred: no page documents any).
//!
//! The stub reads the page number as Laravel does, and writes `meta.pagination` as Fractal does, which the API's package uses.

use std::num::NonZeroU16;

use hyper::header::HOST;
use hyper::http::request::Parts;
use hyper::http::uri::Authority;
use serde::{Serialize, Serializer};

use super::answer::Answer;
use crate::store::Slice;

/// The page that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PageRequest {
    number: u64,
    per_page: NonZeroU16,
}

/// A list and what it says of its pages.
#[derive(Serialize)]
struct Paged<L> {
    #[serde(flatten)]
    list: L,
    meta: Meta,
}

#[derive(Serialize)]
struct Meta {
    pagination: Pagination,
}

#[derive(Debug, PartialEq, Serialize)]
struct Pagination {
    total: u64,
    count: u64,
    per_page: u64,
    current_page: u64,
    total_pages: u64,
    links: Links,
}

/// Where the pages beside this one are.
#[derive(Debug, PartialEq)]
struct Links {
    previous: Option<String>,
    next: Option<String>,
}

impl PageRequest {
    /// What `?page=N` asks for: the last one, where it is there more than once, as PHP takes it. What is no whole number from 1
    /// up, or is beyond what PHP counts to, is the first page, as Laravel takes it.
    pub(crate) fn new(query: Option<&str>, per_page: NonZeroU16) -> Self {
        let fields = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        // `page[]=2` is a list to PHP, and no number.
        let last = fields.filter(|(name, _)| name == "page" || name.starts_with("page[")).last();
        let number = last.filter(|(name, _)| name == "page").and_then(|(_, text)| number(&text));
        Self { number: number.unwrap_or(1), per_page }
    }

    /// How many items come before it.
    pub(crate) fn skipped(self) -> u64 {
        (self.number - 1).saturating_mul(u64::from(self.per_page.get()))
    }

    /// How many items it can have.
    pub(crate) fn most(self) -> usize {
        usize::from(self.per_page.get())
    }

    /// Its part of a list that is there as a whole.
    pub(crate) fn slice_of<T>(self, all: Vec<T>) -> Slice<T> {
        let total = all.len();
        let skipped = usize::try_from(self.skipped()).unwrap_or(usize::MAX);
        Slice { items: all.into_iter().skip(skipped).take(self.most()).collect(), total }
    }

    /// The answer to the request: this part of the list.
    pub(crate) fn answer<L>(self, slice: Slice<L::Item>, request: &Parts) -> Answer
    where
        L: List,
    {
        let pagination = self.pagination(slice.items.len(), slice.total, &address(request));
        Answer::ok(&Paged { list: L::from_items(slice.items), meta: Meta { pagination } })
    }

    fn pagination(self, count: usize, total: usize, address: &str) -> Pagination {
        let (count, total) = [count, total].map(|number| u64::try_from(number).unwrap_or(u64::MAX)).into();
        let per_page = u64::from(self.per_page.get());
        let total_pages = total.div_ceil(per_page).max(1);
        let at = |number: u64| format!("{address}?page={number}");
        let links = Links {
            previous: (self.number > 1).then(|| at(self.number - 1)),
            next: (self.number < total_pages).then(|| at(self.number + 1)),
        };
        Pagination { total, count, per_page, current_page: self.number, total_pages, links }
    }
}

/// A list that an endpoint answers.
pub(crate) trait List: Serialize {
    /// What it is a list of.
    type Item;

    fn from_items(items: Vec<Self::Item>) -> Self;
}

impl Serialize for Links {
    /// Where there is neither, PHP has an array that it cannot tell from a list, and writes `[]`.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let links = [("previous", &self.previous), ("next", &self.next)];
        let links: Vec<_> =
            links.into_iter().filter_map(|(name, link)| Some((name, link.as_ref()?))).collect();
        if links.is_empty() { [(); 0].serialize(to) } else { to.collect_map(links) }
    }
}

/// A whole number from 1 up as PHP reads it (`FILTER_VALIDATE_INT`): white space around it and a plus are fine, zeros before it
/// are not.
fn number(text: &str) -> Option<u64> {
    let text = text.trim_matches([' ', '\t', '\n', '\r', '\u{b}', '\0']);
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_one = digits.starts_with(|first: char| matches!(first, '1'..='9'))
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| is_one && *number <= i64::MAX.unsigned_abs())
}

/// The address that was asked, without its query, by the host that the caller named; the path alone where that is none.
fn address(request: &Parts) -> String {
    let named = request.headers.get(HOST).and_then(|host| Authority::try_from(host.as_bytes()).ok());
    match request.uri.authority().or(named.as_ref()) {
        Some(host) => format!("http://{host}{}", request.uri.path()),
        None => request.uri.path().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const THREE: NonZeroU16 = NonZeroU16::new(3).unwrap();

    fn asked(query: &str) -> u64 {
        PageRequest::new(Some(query), THREE).number
    }

    #[test]
    fn a_page_is_read_as_the_framework_reads_it() {
        for (query, number) in [
            ("page=2", 2),
            ("a=b&page=7", 7),
            ("page=%32", 2),
            ("page=+2", 2),
            ("page=%2B2", 2),
            ("page=2%0A", 2),
            ("page=2&page=3", 3),
            ("page=9223372036854775807", i64::MAX.unsigned_abs()),
        ] {
            assert_eq!(asked(query), number, "{query}");
        }
        for first in [
            "",
            "page",
            "page=",
            "page=0",
            "page=-1",
            "page=x",
            "page=02",
            "page=2.0",
            "page=1e1",
            "page=0x2",
            "page=9223372036854775808",
            "page=99999999999999999999",
            "page=3&page=x",
            "page[]=2",
            "page=3&page[]=2",
            "Page=2",
            "pages=2",
        ] {
            assert_eq!(asked(first), 1, "{first}");
        }
        assert_eq!(PageRequest::new(None, THREE).number, 1);
    }

    fn pagination(number: u64, total: usize) -> serde_json::Value {
        let asked = PageRequest { number, per_page: THREE };
        let slice = asked.slice_of((0..total).collect());
        serde_json::to_value(asked.pagination(slice.items.len(), slice.total, "/a")).unwrap()
    }

    #[test]
    fn a_page_says_which_it_is_and_where_the_others_are() {
        let of = |count, current, total, pages, links| {
            json!({"total": total, "count": count, "per_page": 3, "current_page": current, "total_pages": pages,
                "links": links})
        };
        assert_eq!(pagination(1, 7), of(3, 1, 7, 3, json!({"next": "/a?page=2"})));
        let both = json!({"previous": "/a?page=1", "next": "/a?page=3"});
        assert_eq!(pagination(2, 7), of(3, 2, 7, 3, both));
        assert_eq!(pagination(3, 7), of(1, 3, 7, 3, json!({"previous": "/a?page=2"})));
        // Nothing is beyond the end, and what comes before is said all the same.
        assert_eq!(pagination(9, 7), of(0, 9, 7, 3, json!({"previous": "/a?page=8"})));
        assert_eq!(pagination(1, 3), of(3, 1, 3, 1, json!([])));
        assert_eq!(pagination(1, 0), of(0, 1, 0, 1, json!([])));
        let last = i64::MAX.unsigned_abs();
        assert_eq!(pagination(last, 7)["count"], 0);
    }

    #[test]
    fn links_are_to_where_the_request_went() {
        let request = |uri: &str, host: Option<&str>| {
            let mut request = hyper::Request::get(uri);
            if let Some(host) = host {
                request = request.header(HOST, host);
            }
            address(&request.body(()).unwrap().into_parts().0)
        };
        assert_eq!(request("/api/realms?page=1", Some("stub:8080")), "http://stub:8080/api/realms");
        assert_eq!(request("http://other:1/api/realms", Some("stub")), "http://other:1/api/realms");
        assert_eq!(request("/api/realms", None), "/api/realms");
        assert_eq!(request("/api/realms", Some("a/b?c")), "/api/realms");
    }
}
