//! JSON that may be shown on a terminal: indented, with every character that is not plain written as an escape.

use std::io::{self, Write};

use cloudlx_validate::plain::is_plain;
use serde_json::ser::{Formatter, PrettyFormatter};

/// Writes JSON as `serde_json` indents it. What it leaves as it is (of control characters those from U+007F, and all that
/// turn directions or cannot be seen) is escaped too, which no reader of JSON sees.
#[derive(Default)]
pub(crate) struct PlainJson(PrettyFormatter<'static>);

impl Formatter for PlainJson {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((start, character)) = rest.char_indices().find(|(_, character)| !is_plain(*character))
        {
            let (plain, other) = rest.split_at(start);
            to.write_all(plain.as_bytes())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(to, "\\u{unit:04x}")?;
            }
            rest = other.get(character.len_utf8()..).unwrap_or_default();
        }
        to.write_all(rest.as_bytes())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_array(to)
    }

    fn end_array<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array(to)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array_value(to)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object(to)
    }

    fn end_object<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object(to)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object_value(to)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object_value(to)
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Value, json};

    use super::*;

    fn written(value: &Value) -> String {
        let mut json = Vec::new();
        value
            .serialize(&mut serde_json::Serializer::with_formatter(&mut json, PlainJson::default()))
            .unwrap();
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn it_is_plain_and_reads_as_what_it_was() {
        let all: String = ('\0'..=char::MAX).collect();
        let value = json!({&all: [&all, {"a": 1, "b": []}], "c": {}});
        let written = written(&value);
        assert!(written.chars().all(|it| it == '\n' || is_plain(it)));
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), value);
    }

    #[test]
    fn what_is_plain_is_written_as_serde_json_does() {
        let value =
            json!({"name": "Søren \u{1f600} \"\\ \n", "empty": [[], {}], "numbers": [1, -2.5, null, true]});
        assert_eq!(written(&value), serde_json::to_string_pretty(&value).unwrap());
    }
}
