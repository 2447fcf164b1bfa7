//! Reads one page of a list: its elements, and what it states about the rest of the list.
//!
//! A page as documented is parsed in one pass. Where an element cannot be read, the page is parsed again, element by element,
//! so that one customer that cannot be read does not hide the others.

use std::marker::PhantomData;

use cloudlx_model::{Customer, ListDocument, ReadList, Realm, SubRealm};
use reqwest::Response;
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::value::RawValue;

use crate::paging::statements::Paging;
use crate::response::body::{self, End, MAX_ANSWER_BYTES};
use crate::response::byte_order_mark::without_byte_order_mark;
use crate::success::listed::UnreadableCustomer;
use crate::success::problem::Problem;
use crate::success::read::{ReadFailure, ReadSuccess};
use crate::success::unreadable::unreadable;

/// The longest field beside a list that is parsed: 64 KiB. Statements about paging are a few numbers and a URL.
const MAX_BESIDE_BYTES: usize = 64 << 10;

/// The type of a list's elements.
pub(crate) trait Item: DeserializeOwned + Send + 'static {
    /// The field that holds the list.
    const FIELD: &'static str;
    /// The type of the list's document.
    const TYPE: &'static str;
    /// Whether the others are returned where one cannot be read.
    const EACH_FOR_ITSELF: bool;

    /// Identifies the element within its list.
    fn id(&self) -> Option<u64>;
}

impl Item for Customer {
    const FIELD: &'static str = "customers";
    const TYPE: &'static str = "CustomerList";
    const EACH_FOR_ITSELF: bool = true;

    fn id(&self) -> Option<u64> {
        Some(self.id.0)
    }
}

impl Item for Realm {
    const FIELD: &'static str = "realms";
    const TYPE: &'static str = "RealmList";
    const EACH_FOR_ITSELF: bool = false;

    fn id(&self) -> Option<u64> {
        self.id.map(|id| id.0)
    }
}

impl Item for SubRealm {
    const FIELD: &'static str = "sub_realms";
    const TYPE: &'static str = "SubRealmList";
    const EACH_FOR_ITSELF: bool = false;

    fn id(&self) -> Option<u64> {
        Some(self.id.0)
    }
}

/// An element of a list, or what is known of one that cannot be read.
pub(crate) type Element<T> = Result<T, UnreadableCustomer>;

/// The id of an element, where it can be read.
pub(crate) fn element_id<T: Item>(element: &Element<T>) -> Option<u64> {
    match element {
        Ok(item) => item.id(),
        Err(unreadable) => unreadable.id.map(|id| id.0),
    }
}

/// One page of a list, with its elements in the order of the response. Positions count from 1 on each page.
pub(crate) struct ListPage<T> {
    pub(crate) elements: Vec<Element<T>>,
    pub(crate) paging: Paging,
    /// The length of the body.
    pub(crate) bytes: usize,
}

/// Reads a page into memory, up to this many bytes.
pub(crate) struct ReadPage<T>(pub(crate) usize, PhantomData<fn() -> T>);

impl<T> ReadPage<T> {
    /// A page after others that take this many bytes: all pages together may have [`MAX_ANSWER_BYTES`].
    pub(crate) fn after(bytes: usize) -> Self {
        Self(MAX_ANSWER_BYTES.saturating_sub(bytes), PhantomData)
    }
}

impl<T: Item> ReadSuccess for ReadPage<T> {
    type Body = ListPage<T>;

    async fn read(&self, response: &mut Response) -> Result<ListPage<T>, ReadFailure> {
        let head = Paging::from_head(response.status(), response.headers());
        let read = body::read(response, self.0).await;
        let (problem, cut) = match read.end {
            End::Broken(source) => return Err(ReadFailure::broken(source, read.bytes)),
            End::TooLong => (Problem::TooLong(MAX_ANSWER_BYTES), true),
            End::Whole => match parse_page(&read.bytes) {
                Ok((elements, beside)) => {
                    return Ok(ListPage { elements, paging: head.and(beside), bytes: read.bytes.len() });
                }
                Err(error) => (Problem::Json(error), false),
            },
        };
        Err(ReadFailure::Unusable { problem, beginning: read.bytes, cut })
    }
}

fn parse_page<T: Item>(bytes: &[u8]) -> serde_json::Result<(Vec<Element<T>>, Paging)> {
    let bytes = without_byte_order_mark(bytes);
    let Ok(text) = str::from_utf8(bytes) else {
        return parse_page_with(|| serde_json::Deserializer::from_slice(bytes));
    };
    parse_page_with(|| serde_json::Deserializer::from_str(text))
}

fn parse_page_with<'de, T: Item, R: serde_json::de::Read<'de>>(
    json: impl Fn() -> serde_json::Deserializer<R>,
) -> serde_json::Result<(Vec<Element<T>>, Paging)> {
    let mut elements = Vec::new();
    match parse_list::<T, T>(json(), |item| elements.push(Ok(item))) {
        Ok(paging) => return Ok((elements, paging)),
        Err(error) if !T::EACH_FOR_ITSELF || !error.is_data() => return Err(error),
        Err(_) => elements.clear(),
    }
    let mut place = 0;
    let paging = parse_list::<T, Box<RawValue>>(json(), |raw| {
        place += 1;
        elements.push(parse_element(&raw, place));
    })?;
    Ok((elements, paging))
}

/// Parses the element at this position of the list.
pub(crate) fn parse_element<T: Item>(raw: &RawValue, place: u64) -> Element<T> {
    serde_json::from_str(raw.get()).map_err(|error| unreadable(raw.get(), place, &error))
}

/// Parses a list's document to its end, and calls `on_element` with each of its elements.
pub(crate) fn parse_list<'de, T: Item, E: Deserialize<'de>>(
    mut json: serde_json::Deserializer<impl serde_json::de::Read<'de>>,
    on_element: impl FnMut(E),
) -> serde_json::Result<Paging> {
    let mut document = Document { on_element, paging: Paging::default(), types: PhantomData::<fn(T, E)> };
    ListDocument(&mut document).deserialize(&mut json)?;
    json.end()?;
    Ok(document.paging)
}

/// Receives the parts of a list's document while it is parsed.
struct Document<T, E, F> {
    on_element: F,
    paging: Paging,
    types: PhantomData<fn(T, E)>,
}

impl<'de, T: Item, E: Deserialize<'de>, F: FnMut(E)> ReadList<'de> for Document<T, E, F> {
    const FIELD: &'static str = T::FIELD;
    const TYPE: &'static str = T::TYPE;
    type Element = E;
    type Beside = Box<RawValue>;

    fn element(&mut self, element: E) {
        (self.on_element)(element);
    }

    fn wants(&self, name: &str) -> bool {
        Paging::has_meaning(name)
    }

    fn beside(&mut self, name: &str, value: Box<RawValue>) {
        let short = Some(value.get()).filter(|json| json.len() <= MAX_BESIDE_BYTES);
        match short.map(serde_json::from_str) {
            Some(Ok(value)) => self.paging.add_field(name, &value),
            _ => self.paging.add_unread_field(name),
        }
    }
}
