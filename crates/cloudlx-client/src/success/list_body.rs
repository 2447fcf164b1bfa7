//! Reading the body of a list's page: its elements, and what it says of the others.
//!
//! A page that is as documented is read at once. Where an element is not, the page is read again, element by element, so that
//! one customer that cannot be read does not hide the others.

use std::marker::PhantomData;

use cloudlx_model::{Customer, ListDocument, ReadList, Realm, SubRealm};
use reqwest::Response;
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::value::RawValue;

use crate::paging::Paging;
use crate::response::body::{self, End, MAX_ANSWER_BYTES, without_mark};
use crate::success::listed::UnreadableCustomer;
use crate::success::read::{Problem, ReadSuccess, Unread};
use crate::success::unreadable::unreadable;

/// The longest field beside a list that is looked into: 64 KiB. What pages a list is a few numbers and a URL.
const MAX_BESIDE_BYTES: usize = 64 << 10;

/// What lists are lists of.
pub(crate) trait Item: DeserializeOwned + Send + 'static {
    /// The field that a list of them stands in.
    const FIELD: &'static str;
    /// The type of that list's document.
    const TYPE: &'static str;
    /// Whether the others are given where one cannot be read.
    const EACH_FOR_ITSELF: bool;

    /// What tells it from others.
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
pub(crate) fn id_of<T: Item>(element: &Element<T>) -> Option<u64> {
    match element {
        Ok(item) => item.id(),
        Err(unreadable) => unreadable.id.map(|id| id.0),
    }
}

/// A page, with its elements in the order in which they came; places begin at 1 on each page.
pub(crate) struct Page<T> {
    pub(crate) elements: Vec<Element<T>>,
    pub(crate) paging: Paging,
    /// How long its body was.
    pub(crate) bytes: usize,
}

/// Reads a page into memory, up to so many bytes.
pub(crate) struct WholePage<T>(pub(crate) usize, PhantomData<fn() -> T>);

impl<T> WholePage<T> {
    /// Up to what is left of [`MAX_ANSWER_BYTES`], of which other pages took so many.
    pub(crate) fn after(bytes: usize) -> Self {
        Self(MAX_ANSWER_BYTES.saturating_sub(bytes), PhantomData)
    }
}

impl<T: Item> ReadSuccess for WholePage<T> {
    type Body = Page<T>;

    async fn read(&self, response: &mut Response) -> Result<Page<T>, Unread> {
        let head = Paging::of_head(response.status(), response.headers());
        let read = body::read(response, self.0).await;
        let (problem, cut) = match read.end {
            End::Broken(source) => return Err(Unread::broken(source, read.bytes)),
            End::Bound => (Problem::TooLong(MAX_ANSWER_BYTES), true),
            End::Whole => match page(&read.bytes) {
                Ok((elements, beside)) => {
                    return Ok(Page { elements, paging: head.and(beside), bytes: read.bytes.len() });
                }
                Err(error) => (Problem::Json(error), false),
            },
        };
        Err(Unread::Other { problem, beginning: read.bytes, cut })
    }
}

fn page<T: Item>(bytes: &[u8]) -> serde_json::Result<(Vec<Element<T>>, Paging)> {
    let bytes = without_mark(bytes);
    let Ok(text) = str::from_utf8(bytes) else {
        return read_page(|| serde_json::Deserializer::from_slice(bytes));
    };
    read_page(|| serde_json::Deserializer::from_str(text))
}

fn read_page<'de, T: Item, R: serde_json::de::Read<'de>>(
    json: impl Fn() -> serde_json::Deserializer<R>,
) -> serde_json::Result<(Vec<Element<T>>, Paging)> {
    let mut elements = Vec::new();
    match read::<T, T>(json(), |item| elements.push(Ok(item))) {
        Ok(paging) => return Ok((elements, paging)),
        Err(error) if !T::EACH_FOR_ITSELF || !error.is_data() => return Err(error),
        Err(_) => elements.clear(),
    }
    let mut place = 0;
    let paging = read::<T, Box<RawValue>>(json(), |raw| {
        place += 1;
        elements.push(element(&raw, place));
    })?;
    Ok((elements, paging))
}

/// The element in this place of the list.
pub(crate) fn element<T: Item>(raw: &RawValue, place: u64) -> Element<T> {
    serde_json::from_str(raw.get()).map_err(|error| unreadable(raw.get(), place, &error))
}

/// Reads a list's document to its end, and gives each element of it to `take`.
pub(crate) fn read<'de, T: Item, E: Deserialize<'de>>(
    mut json: serde_json::Deserializer<impl serde_json::de::Read<'de>>,
    take: impl FnMut(E),
) -> serde_json::Result<Paging> {
    let mut reading = Reading { take, paging: Paging::default(), of: PhantomData::<fn(T, E)> };
    ListDocument(&mut reading).deserialize(&mut json)?;
    json.end()?;
    Ok(reading.paging)
}

struct Reading<T, E, F> {
    take: F,
    paging: Paging,
    of: PhantomData<fn(T, E)>,
}

impl<'de, T: Item, E: Deserialize<'de>, F: FnMut(E)> ReadList<'de> for Reading<T, E, F> {
    const FIELD: &'static str = T::FIELD;
    const TYPE: &'static str = T::TYPE;
    type Element = E;
    type Beside = Box<RawValue>;

    fn element(&mut self, element: E) {
        (self.take)(element);
    }

    fn wants(&self, name: &str) -> bool {
        Paging::wants(name)
    }

    fn beside(&mut self, name: &str, value: Box<RawValue>) {
        let short = Some(value.get()).filter(|json| json.len() <= MAX_BESIDE_BYTES);
        match short.map(serde_json::from_str) {
            Some(Ok(value)) => self.paging.field(name, &value),
            _ => self.paging.unread(name),
        }
    }
}
