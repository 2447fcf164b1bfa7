//! What a response states about its list: totals, limits, and links to other pages.

use std::fmt;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, HeaderMap, LINK};
use serde_json::Value;

use crate::paging::link::{self, PageLink};
use crate::paging::vocabulary::{Meaning, meaning, meaning_of_header};

/// How deep the fields are that are looked at: `meta.pagination.links.next` is the usual deepest.
const DEEPEST: usize = 5;

/// What an answer says of its list, apart from its elements. `Debug` shows what says it, and no URL: a server may write
/// anything into one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// How many elements there are in all; the most, where it says so more than once.
    pub(crate) total: Option<Stated>,
    /// How many pages there are.
    pub(crate) pages: Option<Stated>,
    /// Which page this is.
    pub(crate) page: Option<Stated>,
    /// How many elements an answer has at most.
    pub(crate) limit: Option<Stated>,
    /// Where the next page is, and how that was said.
    pub(crate) next: Vec<(String, String)>,
    /// What says that there is more, but not where.
    pub(crate) more: Vec<String>,
    /// What says that there is something before.
    pub(crate) before: Vec<String>,
    /// Whether something says that nothing follows.
    pub(crate) ends: bool,
}

/// A number, and how it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) number: u64,
    pub(crate) sign: String,
}

impl Paging {
    /// What the head of an answer says.
    pub(crate) fn from_head(status: StatusCode, headers: &HeaderMap) -> Self {
        let mut paging = Self::default();
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            let sign = format!("the header {name}");
            if name == LINK {
                paging.link(&text, &sign);
            } else if name == CONTENT_RANGE {
                paging.range(&text, &sign);
            } else if let Some(meaning) = meaning_of_header(name.as_str()) {
                paging.header(meaning, &text, &sign);
            }
        }
        if status == StatusCode::PARTIAL_CONTENT && !headers.contains_key(CONTENT_RANGE) {
            paging.more.push("the status 206 Partial Content".to_owned());
        }
        paging
    }

    /// What the fields of a document say that stand beside its `list`.
    #[must_use]
    pub fn of_document(document: &Value, list: &str) -> Self {
        let mut paging = Self::default();
        let fields = document.as_object().into_iter().flatten();
        for (name, value) in fields.filter(|(name, _)| *name != list) {
            paging.add_field(name, value);
        }
        // Laravel's own paginator in place of the list has all that it says beside its elements.
        if let Some(Value::Object(page)) = document.get(list).filter(|page| page.get("data").is_some()) {
            for (name, value) in page {
                paging.add_field(name, value);
            }
        }
        paging
    }

    /// Whether a field beside the list can say anything of it.
    pub(crate) fn has_meaning(name: &str) -> bool {
        meaning(name).is_some()
    }

    /// Takes what a field beside the list says.
    pub(crate) fn add_field(&mut self, name: &str, value: &Value) {
        self.nested(&printable(name), name, value, DEEPEST);
    }

    /// Takes that a field which could say something is too long to be read.
    pub(crate) fn add_unread_field(&mut self, name: &str) {
        self.more.push(format!("{}, which is too long to be read", printable(name)));
    }

    /// Adds what another part of the same answer says.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let Self { total, pages, page, limit, next, more, before, ends } = other;
        keep_most(&mut self.total, total);
        keep_most(&mut self.pages, pages);
        keep_most(&mut self.limit, limit);
        keep_most(&mut self.page, page);
        self.next.extend(next);
        self.more.extend(more);
        self.before.extend(before);
        self.ends |= ends;
        self
    }

    /// Whether it says nothing.
    pub(crate) fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// What says that the list is paged, whether or not this answer, which shows so many elements, is all of it; none for
    /// one that is not, though it may say how many elements it has. No values, but for where an answer begins or ends.
    #[must_use]
    pub fn signs(&self, shown: u64) -> Vec<String> {
        let next = self.next.iter().map(|(_, sign)| sign.clone());
        let mut signs: Vec<_> =
            next.chain(self.more.iter().cloned()).chain(self.before.iter().cloned()).collect();
        signs.extend(
            [&self.pages, &self.page, &self.limit].into_iter().flatten().map(|said| said.sign.clone()),
        );
        let total = self.total.as_ref().filter(|total| !signs.is_empty() || total.number > shown);
        signs.extend(total.map(|total| total.sign.clone()));
        if signs.is_empty() && self.ends {
            signs.push("a field that says that nothing follows".to_owned());
        }
        signs
    }

    fn link(&mut self, header: &str, sign: &str) {
        for page in link::pages(header) {
            match page {
                PageLink::Next(url) => self.next.push((url, sign.to_owned())),
                PageLink::Previous => self.before.push(format!("{sign} names a previous page")),
            }
        }
    }

    /// `Content-Range: items 0-4/7`.
    fn range(&mut self, header: &str, sign: &str) {
        let Some((first, last, total)) = range(header) else {
            return self.more.push(format!("{sign}, which cannot be read"));
        };
        if first > 0 {
            self.before.push(format!("{sign} begins at {first}"));
        }
        match total {
            Some(total) if total <= last.saturating_add(1) => {}
            Some(total) => self.more.push(format!("{sign} ends at {last} of {total}")),
            None => self.more.push(format!("{sign} does not say how many there are")),
        }
    }

    fn header(&mut self, meaning: Meaning, text: &str, sign: &str) {
        if meaning != Meaning::Container {
            return self.take(meaning, &Value::from(text.trim()), sign);
        }
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            return self.nested(sign, "pagination", &value, DEEPEST);
        }
        for (name, value) in text.split([';', ',', '&']).filter_map(|pair| pair.split_once('=')) {
            self.nested(&format!("{sign} ({})", printable(name)), name, &Value::from(value.trim()), 1);
        }
    }

    fn nested(&mut self, path: &str, name: &str, value: &Value, depth: usize) {
        let Some(meaning) = meaning(name) else { return };
        let Some(deeper) = depth.checked_sub(1) else { return };
        match value {
            Value::Object(fields) if meaning.is_container() => {
                for (name, value) in fields {
                    self.nested(&format!("{path}.{}", printable(name)), name, value, deeper);
                }
            }
            Value::Array(links) if meaning.is_container() => {
                for link in links {
                    self.link_object(link, path);
                }
            }
            value => self.take(meaning, value, path),
        }
    }

    /// A link among others: `{"rel": "next", "href": …}`, or as Laravel writes it, with a label and null for none.
    fn link_object(&mut self, link: &Value, path: &str) {
        let text = |name: &str| link.get(name).map(|it| it.to_string().to_lowercase()).unwrap_or_default();
        let relation = format!("{} {}", text("rel"), text("label"));
        let words: Vec<_> = relation.split(|c: char| !c.is_alphanumeric()).collect();
        let Some(url) = url_of(link) else { return };
        if words.contains(&"next") {
            self.next.push((url.to_owned(), path.to_owned()));
        } else if words.contains(&"prev") || words.contains(&"previous") {
            self.before.push(format!("{path} names a previous page"));
        }
    }

    fn take(&mut self, meaning: Meaning, value: &Value, sign: &str) {
        let truth = truth(value);
        match meaning {
            Meaning::Total => self.number(value, sign, |paging| &mut paging.total),
            Meaning::Pages if value.is_boolean() => self.take(Meaning::Last, value, sign),
            Meaning::Pages => self.number(value, sign, |paging| &mut paging.pages),
            Meaning::Limit => self.number(value, sign, |paging| &mut paging.limit),
            Meaning::Page => self.number(value, sign, |paging| &mut paging.page),
            Meaning::Next { .. } | Meaning::More if !truth => self.ends = true,
            Meaning::Next { is_url: true } => match url_of(value) {
                Some(url) if url.contains(['/', '?']) => self.next.push((url.to_owned(), sign.to_owned())),
                _ => self.more.push(sign.to_owned()),
            },
            Meaning::Next { is_url: false } | Meaning::More => self.more.push(sign.to_owned()),
            Meaning::Last => match value {
                Value::Bool(true) => self.ends = true,
                Value::Bool(false) => self.more.push(format!("{sign} is false")),
                // As programs write it that have no true and false; other texts and numbers may mean anything.
                Value::Number(number) if number.as_u64() == Some(0) => self.more.push(format!("{sign} is 0")),
                Value::String(text) if text.trim().eq_ignore_ascii_case("false") => {
                    self.more.push(format!("{sign} is false"));
                }
                _ => {}
            },
            Meaning::Before if truth => self.before.push(sign.to_owned()),
            Meaning::First if *value == Value::Bool(false) => self.before.push(format!("{sign} is false")),
            Meaning::Start { from } if number(value).is_some_and(|start| start > from) => {
                self.before.push(format!("{sign} is {}", number(value).unwrap_or_default()));
            }
            Meaning::Container | Meaning::Before | Meaning::First | Meaning::Start { .. } => {}
        }
    }

    fn number(&mut self, value: &Value, sign: &str, place: fn(&mut Self) -> &mut Option<Stated>) {
        // Where there is more than one way to count, search engines write how they did.
        let value = value.get("value").unwrap_or(value);
        match number(value) {
            Some(number) => keep_most(place(self), Some(Stated { number, sign: sign.to_owned() })),
            None if truth(value) => {
                self.more.push(format!("{sign}, which cannot be read"));
            }
            // Null, nothing and -1 say that nobody knows.
            None => {}
        }
    }
}

impl fmt::Debug for Paging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Paging").field(&self.signs(0)).finish()
    }
}

impl fmt::Display for Stated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}", self.sign, self.number)
    }
}

pub(crate) fn keep_most(kept: &mut Option<Stated>, other: Option<Stated>) {
    if other.as_ref().map(|it| it.number) > kept.as_ref().map(|it| it.number) {
        *kept = other;
    }
}

/// A name without what a terminal would act on.
fn printable(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
        .take(64)
        .collect()
}

/// Whether a value says that there is something; text too, for programs that are not careful write all values as such.
fn truth(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64().is_none_or(|number| number > 0.0),
        Value::String(text) => !matches!(
            text.trim().to_ascii_lowercase().as_str(),
            "" | "0" | "-1" | "false" | "no" | "null" | "none"
        ),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

/// A whole number, also as text, and the largest of a header that came more than once.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| cloudlx_model::id::whole(number.as_f64()?)),
        Value::String(text) => {
            let numbers = text.split(", ").map(|number| number.trim().parse().ok());
            numbers.collect::<Option<Vec<u64>>>()?.into_iter().max()
        }
        _ => None,
    }
}

/// The URL that a value is, or that a link object has.
fn url_of(value: &Value) -> Option<&str> {
    let of_object = || ["href", "url", "uri", "link"].iter().find_map(|name| value.get(name)?.as_str());
    value.as_str().or_else(of_object).map(str::trim).filter(|url| !url.is_empty())
}

/// The first and the last place of a range, both from nought, and of how many, where it says so.
fn range(header: &str) -> Option<(u64, u64, Option<u64>)> {
    let (_, range) = header.trim().split_once([' ', '='])?;
    let (places, total) = range.split_once('/')?;
    let (first, last) = places.split_once('-')?;
    let total = if total.trim() == "*" { None } else { Some(total.trim().parse().ok()?) };
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?, total))
}
