//! The customer that the response to a create names, where the response is not the customer itself.

use std::cell::Cell;
use std::fmt;

use cloudlx_model::CustomerId;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::response::byte_order_mark::without_byte_order_mark;

/// The customer that `Location` points to: the id after `customers` in the path.
pub(crate) fn in_location(location: &str) -> Option<CustomerId> {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let id = segments.next()?;
    (segments.next() == Some("customers")).then(|| parse_id(id)).flatten()
}

/// The customer that a body begins to describe: the `id` of its object, or of the object in its `data` or `customer`. The rest
/// of the body may be missing, or be anything.
pub(crate) fn in_beginning(body: &[u8]) -> Option<CustomerId> {
    let found = Cell::new(None);
    // Digits at the end may be half a number.
    let body = body.trim_ascii_end();
    let digits = body.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let body = body.get(..body.len() - digits).unwrap_or_default();
    // An error in the rest of the body does not change which id was found.
    let _ = Beginning(&found)
        .deserialize(&mut serde_json::Deserializer::from_slice(without_byte_order_mark(body)));
    found.get()
}

fn parse_id(text: &str) -> Option<CustomerId> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Keeps the first id that it reads.
#[derive(Clone, Copy)]
struct Beginning<'a>(&'a Cell<Option<CustomerId>>);

impl<'de> DeserializeSeed<'de> for Beginning<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Beginning<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a customer, or the beginning of one")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "id" if self.0.get().is_none() => {
                    let id = match map.next_value()? {
                        Value::String(text) => parse_id(&text),
                        other => parse_id(&other.to_string()),
                    };
                    self.0.set(id);
                }
                "data" | "customer" if self.0.get().is_none() => map.next_value_seed(self)?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_names_the_customer_behind_customers() {
        for (location, id) in [
            ("/api/customers/7001", Some(7001)),
            ("https://www.infiny.io/api/customers/7001/", Some(7001)),
            ("/customers/7001?created=1#top", Some(7001)),
            ("customers/7001", Some(7001)),
            ("/api/customers", None),
            ("/api/customers/", None),
            ("/api/customers/new", None),
            ("/api/customers/-1", None),
            ("/api/customers/0", None),
            ("/api/customers/99999999999999999999", None),
            ("/api/orders/7001", None),
            ("/login", None),
            ("", None),
        ] {
            assert_eq!(in_location(location), id.map(CustomerId), "{location}");
        }
    }

    #[test]
    fn the_beginning_of_a_body_names_the_customer() {
        for (body, id) in [
            (r#"{"id":7001,"name":"Example Company","#, Some(7001)),
            (r#"{"name":"Example","id":"7001","curr"#, Some(7001)),
            (r#"{"data":{"id":7001"#, None),
            (r#"{"data":{"id":7001,"na"#, Some(7001)),
            (r#"{"customer":{"id":7001}}"#, Some(7001)),
            (r#"{"id":7001,"id":7002}"#, Some(7001)),
            (r#"{"realms":[{"id":1}],"sub_realms":[{"id":3"#, None),
            ("\u{feff}{\"id\":7001}", Some(7001)),
            (r#"{"id":70"#, None),
            (r#"{"id":0,"#, None),
            (r#"{"id":null,"#, None),
            ("[]", None),
            ("<html>7001</html>", None),
            ("", None),
        ] {
            assert_eq!(in_beginning(body.as_bytes()), id.map(CustomerId), "{body}");
        }
    }
}
