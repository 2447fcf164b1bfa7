//! Any bytes at the door for JSON: `cargo test` replays the corpus, CONTRIBUTING says how to look further.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::fmt;

use cloudlx_validate::{Rule, Violation, Violations, from_json, validate};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

#[test]
fn json_door() {
    bolero::check!().with_iterations(1_000).for_each(|bytes: &[u8]| match from_json(bytes) {
        Ok(request) => {
            let written = serde_json::to_vec(&request).unwrap();
            assert_eq!(from_json(&written).as_ref(), Ok(&request), "read again");
            assert_eq!(validate(request.clone().into_inner()), Ok(request), "checked as a value");
        }
        Err(violations) => {
            assert!(!violations.as_slice().is_empty() && violations.as_slice().len() <= violations.total());
            match serde_json::from_slice(bytes) {
                Ok(AsRead(document)) => {
                    for violation in &violations {
                        points_somewhere(&document, violation, &violations);
                    }
                }
                // No JSON, or no object: it is wrong as a whole.
                Err(_) => assert!(violations.iter().all(|violation| violation.pointer.is_empty())),
            }
        }
    });
}

/// A violation is about a value of the document, or a field that is not there. What it suggests mends that, and breaks no
/// rule that was not broken before.
fn points_somewhere(document: &Value, violation: &Violation, all: &Violations) {
    let value = document.pointer(&violation.pointer);
    assert_eq!(value.is_none(), violation.rule == Rule::MissingField, "{violation:?}");
    let Some(suggestion) = &violation.suggestion else { return };
    let written = match violation.rule {
        // What to do, in words, or the name of a field.
        Rule::Blank | Rule::RepeatedId | Rule::SubRealmNotShown | Rule::UnknownField => return,
        Rule::WrongType => serde_json::from_str(suggestion).unwrap(),
        _ => Value::from(suggestion.as_str()),
    };
    let mut mended = document.clone();
    *mended.pointer_mut(&violation.pointer).unwrap() = written;
    let left = from_json(mended.to_string().as_bytes()).err();
    let same = left.iter().flatten().find(|left| {
        // The id that a text stands for may be there already, or not be shown.
        let by_others = matches!(left.rule, Rule::RepeatedId | Rule::SubRealmNotShown);
        let before = all.iter().any(|it| it.pointer == left.pointer && it.rule == left.rule);
        left.pointer == violation.pointer && !by_others && (left.rule == violation.rule || !before)
    });
    assert_eq!(same, None, "after {violation:?}");
}

/// An object as the door reads it: of a field that stands twice, the first.
struct AsRead(Value);

impl<'de> Deserialize<'de> for AsRead {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = AsRead;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AsRead, A::Error> {
        let mut fields = Map::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            fields.entry(name).or_insert(value);
        }
        Ok(AsRead(fields.into()))
    }
}
