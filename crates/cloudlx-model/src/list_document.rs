//! Reads the document of a list endpoint element by element: an object with the list in one field.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::php::EachElement;

/// Receives the parts of a list's document while it is read.
pub trait ReadList<'de> {
    /// The field that holds the list.
    const FIELD: &'static str;
    /// The type's name, for messages.
    const TYPE: &'static str;
    /// The type of an element.
    type Element: Deserialize<'de>;
    /// The type of the other fields that are [wanted](Self::wants).
    type Beside: Deserialize<'de>;

    /// Receives the next element, which is complete. Whether the whole document is valid is known at its end only.
    fn element(&mut self, element: Self::Element);

    /// Whether a field other than the list is read; otherwise it is skipped.
    fn wants(&self, _name: &str) -> bool {
        false
    }

    /// Receives a field that is wanted, which may stand before or after the list.
    fn beside(&mut self, _name: &str, _value: Self::Beside) {}
}

/// Reads a list's document and gives its parts to a [`ReadList`]. The list is an array, or one of the other forms that the
/// crate's docs name.
#[derive(Debug)]
pub struct ListDocument<'a, R>(pub &'a mut R);

/// The name of a field.
enum Key {
    List,
    Wanted(String),
    Other,
}

/// Reads the name of a field, and keeps it only where it is wanted.
struct KeyOf<'a, R>(&'a R);

impl<'de, R: ReadList<'de>> DeserializeSeed<'de> for ListDocument<'_, R> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: ReadList<'de>> Visitor<'de> for ListDocument<'_, R> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", R::TYPE)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut fields: M) -> Result<(), M::Error> {
        let Self(read) = self;
        let mut seen = false;
        while let Some(key) = fields.next_key_seed(KeyOf(&*read))? {
            match key {
                Key::List if seen => return Err(M::Error::duplicate_field(R::FIELD)),
                Key::List => {
                    fields.next_value_seed(EachElement::new(&mut |element| read.element(element)))?;
                    seen = true;
                }
                Key::Wanted(name) => read.beside(&name, fields.next_value()?),
                Key::Other => _ = fields.next_value::<IgnoredAny>()?,
            }
        }
        if seen { Ok(()) } else { Err(M::Error::missing_field(R::FIELD)) }
    }
}

impl<'de, R: ReadList<'de>> DeserializeSeed<'de> for KeyOf<'_, R> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, R: ReadList<'de>> Visitor<'de> for KeyOf<'_, R> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Key, E> {
        Ok(if name == R::FIELD {
            Key::List
        } else if self.0.wants(name) {
            Key::Wanted(name.to_owned())
        } else {
            Key::Other
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Numbers {
        numbers: Vec<u64>,
        beside: Vec<(String, String)>,
    }

    impl ReadList<'_> for Numbers {
        const FIELD: &'static str = "numbers";
        const TYPE: &'static str = "Numbers";
        type Element = u64;
        type Beside = String;

        fn element(&mut self, element: u64) {
            self.numbers.push(element);
        }

        fn wants(&self, name: &str) -> bool {
            name.starts_with('m')
        }

        fn beside(&mut self, name: &str, value: String) {
            self.beside.push((name.to_owned(), value));
        }
    }

    #[test]
    fn what_stands_beside_the_list_is_read_before_it_and_after_it() {
        for json in [
            r#"{"other": {"m": [1]}, "m1": "a", "numbers": [1, 2], "m2": "b"}"#,
            r#"{"m1": "a", "m2": "b", "numbers": {"0": 1, "7": 2}}"#,
        ] {
            let mut read = Numbers::default();
            ListDocument(&mut read).deserialize(&mut serde_json::Deserializer::from_str(json)).unwrap();
            assert_eq!(read.numbers, [1, 2], "{json}");
            let beside = [("m1", "a"), ("m2", "b")].map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(read.beside, beside, "{json}");
        }
    }
}
