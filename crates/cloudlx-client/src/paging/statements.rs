//! What a response states about its list: totals, limits, and links to other pages.

use std::fmt;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, HeaderMap, LINK};
use serde_json::Value;

use crate::paging::link::{self, PageLink};
use crate::paging::vocabulary::{Meaning, meaning, meaning_of_header};

/// How deep fields are searched. The deepest usual one is `meta.pagination.links.next`.
const DEEPEST: usize = 5;

/// What a response states about its list, apart from the elements. `Debug` shows the names of fields and headers, and no URL, into
/// which a server may write anything.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// How many elements the whole list has; the largest number, where several are stated.
    pub(crate) total: Option<Stated>,
    /// How many pages the list has.
    pub(crate) pages: Option<Stated>,
    /// Which page this is.
    pub(crate) page: Option<Stated>,
    /// How many elements a response has at most.
    pub(crate) limit: Option<Stated>,
    /// References to the next page, each with the field or header that states it.
    pub(crate) next: Vec<(String, String)>,
    /// The fields and headers that state that there is more, without a reference to it.
    pub(crate) more: Vec<String>,
    /// The fields and headers that state that earlier elements exist.
    pub(crate) before: Vec<String>,
    /// Whether a field or header states that nothing follows.
    pub(crate) ends: bool,
}

/// A number that the response states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) number: u64,
    /// The field or the header that states it.
    pub(crate) sign: String,
}

impl Paging {
    /// What the head of a response states.
    pub(crate) fn from_head(status: StatusCode, headers: &HeaderMap) -> Self {
        let mut paging = Self::default();
        for (name, value) in headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            let sign = format!("the header {name}");
            if name == LINK {
                paging.add_link_header(&text, &sign);
            } else if name == CONTENT_RANGE {
                paging.add_content_range(&text, &sign);
            } else if let Some(meaning) = meaning_of_header(name.as_str()) {
                paging.add_header(meaning, &text, &sign);
            }
        }
        if status == StatusCode::PARTIAL_CONTENT && !headers.contains_key(CONTENT_RANGE) {
            paging.more.push("the status 206 Partial Content".to_owned());
        }
        paging
    }

    /// What the fields beside the field `list` of a document state.
    #[must_use]
    pub fn of_document(document: &Value, list: &str) -> Self {
        let mut paging = Self::default();
        let fields = document.as_object().into_iter().flatten();
        for (name, value) in fields.filter(|(name, _)| *name != list) {
            paging.add_field(name, value);
        }
        // Where Laravel's own paginator stands in place of the list, its statements are inside it, beside the elements.
        if let Some(Value::Object(page)) = document.get(list).filter(|page| page.get("data").is_some()) {
            for (name, value) in page {
                paging.add_field(name, value);
            }
        }
        paging
    }

    /// Whether a field with this name can state something about the list.
    pub(crate) fn has_meaning(name: &str) -> bool {
        meaning(name).is_some()
    }

    /// Adds what a field beside the list states.
    pub(crate) fn add_field(&mut self, name: &str, value: &Value) {
        self.add_nested(&printable(name), name, value, DEEPEST);
    }

    /// Adds a field that could state something and is too long to be parsed.
    pub(crate) fn add_unread_field(&mut self, name: &str) {
        self.more.push(format!("{}, which is too long to be read", printable(name)));
    }

    /// Adds what another part of the same response states.
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

    /// Whether nothing was stated.
    pub(crate) fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// The fields and headers that show that the list has pages, whether or not this response, with `shown` elements, is the whole
    /// list. Empty for a list without pages, even where it states how many elements it has. No values, except for where a
    /// response begins or ends.
    #[must_use]
    pub fn signs(&self, shown: u64) -> Vec<String> {
        let next = self.next.iter().map(|(_, sign)| sign.clone());
        let mut signs: Vec<_> =
            next.chain(self.more.iter().cloned()).chain(self.before.iter().cloned()).collect();
        signs.extend(
            [&self.pages, &self.page, &self.limit].into_iter().flatten().map(|stated| stated.sign.clone()),
        );
        let total = self.total.as_ref().filter(|total| !signs.is_empty() || total.number > shown);
        signs.extend(total.map(|total| total.sign.clone()));
        if signs.is_empty() && self.ends {
            signs.push("a field that says that nothing follows".to_owned());
        }
        signs
    }

    fn add_link_header(&mut self, header: &str, sign: &str) {
        for page in link::pages(header) {
            match page {
                PageLink::Next(url) => self.next.push((url, sign.to_owned())),
                PageLink::Previous => self.before.push(format!("{sign} names a previous page")),
            }
        }
    }

    /// Adds a header like `Content-Range: items 0-4/7`.
    fn add_content_range(&mut self, header: &str, sign: &str) {
        let Some((first, last, total)) = parse_range(header) else {
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

    fn add_header(&mut self, meaning: Meaning, text: &str, sign: &str) {
        if meaning != Meaning::Container {
            return self.add(meaning, &Value::from(text.trim()), sign);
        }
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            return self.add_nested(sign, "pagination", &value, DEEPEST);
        }
        for (name, value) in text.split([';', ',', '&']).filter_map(|pair| pair.split_once('=')) {
            self.add_nested(&format!("{sign} ({})", printable(name)), name, &Value::from(value.trim()), 1);
        }
    }

    fn add_nested(&mut self, path: &str, name: &str, value: &Value, depth: usize) {
        let Some(meaning) = meaning(name) else { return };
        let Some(deeper) = depth.checked_sub(1) else { return };
        match value {
            Value::Object(fields) if meaning.is_container() => {
                for (name, value) in fields {
                    self.add_nested(&format!("{path}.{}", printable(name)), name, value, deeper);
                }
            }
            Value::Array(links) if meaning.is_container() => {
                for link in links {
                    self.add_link_object(link, path);
                }
            }
            value => self.add(meaning, value, path),
        }
    }

    /// Adds one of several links: `{"rel": "next", "href": …}`, or as Laravel writes it, with a label, and null for no URL.
    fn add_link_object(&mut self, link: &Value, path: &str) {
        let text = |name: &str| link.get(name).map(|it| it.to_string().to_lowercase()).unwrap_or_default();
        let relation = format!("{} {}", text("rel"), text("label"));
        let words: Vec<_> = relation.split(|c: char| !c.is_alphanumeric()).collect();
        let Some(url) = link_url(link) else { return };
        if words.contains(&"next") {
            self.next.push((url.to_owned(), path.to_owned()));
        } else if words.contains(&"prev") || words.contains(&"previous") {
            self.before.push(format!("{path} names a previous page"));
        }
    }

    fn add(&mut self, meaning: Meaning, value: &Value, sign: &str) {
        let is_truthy = is_truthy(value);
        match meaning {
            Meaning::Total => self.add_number(value, sign, |paging| &mut paging.total),
            Meaning::Pages if value.is_boolean() => self.add(Meaning::Last, value, sign),
            Meaning::Pages => self.add_number(value, sign, |paging| &mut paging.pages),
            Meaning::Limit => self.add_number(value, sign, |paging| &mut paging.limit),
            Meaning::Page => self.add_number(value, sign, |paging| &mut paging.page),
            Meaning::Next { .. } | Meaning::More if !is_truthy => self.ends = true,
            Meaning::Next { is_url: true } => match link_url(value) {
                Some(url) if url.contains(['/', '?']) => self.next.push((url.to_owned(), sign.to_owned())),
                _ => self.more.push(sign.to_owned()),
            },
            Meaning::Next { is_url: false } | Meaning::More => self.more.push(sign.to_owned()),
            Meaning::Last => match value {
                Value::Bool(true) => self.ends = true,
                Value::Bool(false) => self.more.push(format!("{sign} is false")),
                // Programs without booleans write it so. Other texts and numbers may mean anything.
                Value::Number(number) if number.as_u64() == Some(0) => self.more.push(format!("{sign} is 0")),
                Value::String(text) if text.trim().eq_ignore_ascii_case("false") => {
                    self.more.push(format!("{sign} is false"));
                }
                _ => {}
            },
            Meaning::Before if is_truthy => self.before.push(sign.to_owned()),
            Meaning::First if *value == Value::Bool(false) => self.before.push(format!("{sign} is false")),
            Meaning::Start { from } if parse_number(value).is_some_and(|start| start > from) => {
                self.before.push(format!("{sign} is {}", parse_number(value).unwrap_or_default()));
            }
            Meaning::Container | Meaning::Before | Meaning::First | Meaning::Start { .. } => {}
        }
    }

    fn add_number(&mut self, value: &Value, sign: &str, field: fn(&mut Self) -> &mut Option<Stated>) {
        // Search engines wrap the number in an object that also says how they counted.
        let value = value.get("value").unwrap_or(value);
        match parse_number(value) {
            Some(number) => keep_most(field(self), Some(Stated { number, sign: sign.to_owned() })),
            None if is_truthy(value) => {
                self.more.push(format!("{sign}, which cannot be read"));
            }
            // Null, an empty text and -1 mean that the number is unknown.
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

/// Replaces `kept` where `other` is larger.
pub(crate) fn keep_most(kept: &mut Option<Stated>, other: Option<Stated>) {
    if other.as_ref().map(|it| it.number) > kept.as_ref().map(|it| it.number) {
        *kept = other;
    }
}

/// A name without characters that affect a terminal.
fn printable(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '@'))
        .take(64)
        .collect()
}

/// Whether a value states that there is something. Texts count too, because some programs write all values as text.
fn is_truthy(value: &Value) -> bool {
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

/// A whole number, also as text. Of a header that appears more than once, the largest number.
fn parse_number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| cloudlx_model::id::whole(number.as_f64()?)),
        Value::String(text) => {
            let numbers = text.split(", ").map(|number| number.trim().parse().ok());
            numbers.collect::<Option<Vec<u64>>>()?.into_iter().max()
        }
        _ => None,
    }
}

/// The URL in a value: a text, or a field of a link object.
fn link_url(value: &Value) -> Option<&str> {
    let in_object = || ["href", "url", "uri", "link"].iter().find_map(|name| value.get(name)?.as_str());
    value.as_str().or_else(in_object).map(str::trim).filter(|url| !url.is_empty())
}

/// The first and the last position of a range, counted from 0, and the total, where it is stated.
fn parse_range(header: &str) -> Option<(u64, u64, Option<u64>)> {
    let (_, range) = header.trim().split_once([' ', '='])?;
    let (places, total) = range.split_once('/')?;
    let (first, last) = places.split_once('-')?;
    let total = if total.trim() == "*" { None } else { Some(total.trim().parse().ok()?) };
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?, total))
}
