//! The exported schemas say what the rules say, as far as JSON Schema can.
#![cfg(feature = "schema")]
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use cloudlx_validate::{Rule, from_json, schema};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The rules that JSON Schema cannot say: it sees no text, no field twice, no second array, and no catalogue.
const BEYOND_SCHEMA: [Rule; 5] = [
    Rule::JsonSyntax,
    Rule::RepeatedField,
    Rule::SubRealmNotShown,
    Rule::RealmUnknown,
    Rule::SubRealmUnknown,
];

const PAGE: &str = include_str!("../../cloudlx-model/samples/create-customer.request.json");

fn validator(name: &str) -> Validator {
    let document = schema::document(name).expect("a known name");
    jsonschema::draft202012::new(document.schema.as_value()).expect("a schema")
}

fn page() -> Value {
    serde_json::from_str(PAGE).expect("JSON")
}

#[test]
fn every_document_is_a_schema_of_2020_12() {
    for document in schema::documents() {
        jsonschema::draft202012::meta::validate(document.schema.as_value()).expect(document.name);
    }
}

#[test]
fn every_property_says_where_it_comes_from() {
    fn check(name: &str, schema: &Value) {
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            let source = schema["x-cloudlx-source"].as_str();
            assert!(
                source.is_some_and(|it| ["page", "sibling", "sdk", "inferred"].contains(&it)),
                "{name}: {property}"
            );
        }
        for (definition, schema) in schema["$defs"].as_object().into_iter().flatten() {
            assert!(schema["x-cloudlx-source"].is_string(), "{name}: {definition}");
            check(name, schema);
        }
    }
    for document in schema::documents() {
        assert!(document.schema.get("x-cloudlx-source").is_some(), "{}", document.name);
        check(document.name, document.schema.as_value());
    }
}

/// A property inherits its type's label; one whose docs name another source has to carry it itself.
#[test]
fn no_label_contradicts_the_docs() {
    const LABELS: [&str; 4] = ["page", "sibling", "sdk", "inferred"];
    fn check(place: &str, schema: &Value, is_property: bool, seen: &mut usize) {
        let (description, label) = (schema["description"].as_str(), schema["x-cloudlx-source"].as_str());
        // A type's docs say more than one thing, of more than one source; so do a property's after the first sentence.
        if let (Some(description), Some(label), true) = (description, label, is_property) {
            let (first, _) = description.split_once(". ").unwrap_or((description, ""));
            let named: Vec<_> = first
                .split('(')
                .skip(1)
                .filter_map(|rest| rest.split_once(')'))
                .flat_map(|(inside, _)| inside.split([',', ' ', ';']))
                .filter(|word| LABELS.contains(word))
                .collect();
            assert!(named.is_empty() || named.contains(&label), "{place} is labelled {label}: {description}");
            *seen += usize::from(!named.is_empty());
        }
        for (key, inside) in schema.as_object().into_iter().flatten() {
            if key != "examples" && inside.is_object() {
                check(&format!("{place}/{key}"), inside, place.ends_with("/properties"), seen);
            }
        }
    }
    let mut seen = 0;
    for document in schema::documents() {
        check(document.name, document.schema.as_value(), false, &mut seen);
    }
    assert!(seen > 2, "{seen}");
}

#[test]
fn every_rule_is_named_where_it_looks() {
    let document = schema::document("create-customer.request").expect("a known name");
    for rule in Rule::ALL {
        let named = document.schema.as_value().to_string().matches(&format!("\"{rule}\":")).count();
        assert!(named >= 1, "{rule}");
    }
    let name = document.schema.pointer("/properties/name/x-cloudlx-rules").expect("rules");
    assert_eq!(name["too-long"], json!("inferred"));
}

#[test]
fn every_document_has_examples_that_meet_it() {
    for document in schema::documents() {
        let examples = document.schema.get("examples").and_then(Value::as_array).expect(document.name);
        assert!(!examples.is_empty(), "{}", document.name);
        let validator = validator(document.name);
        assert!(examples.iter().all(|example| validator.is_valid(example)), "{}", document.name);
    }
}

#[test]
fn every_code_has_its_name_beside_it() {
    let document = schema::document("create-customer.request").expect("a known name");
    for (field, code, name) in
        [("currency_iso", "GBP", "British Pound"), ("country_iso", "GB", "United Kingdom")]
    {
        let property = document.schema.pointer(&format!("/properties/{field}")).expect("a property");
        let codes = property["enum"].as_array().expect("codes");
        let names = property["x-enum-descriptions"].as_array().expect("names");
        assert_eq!(codes.len(), names.len());
        let position = codes.iter().position(|it| it == code).expect("a code");
        assert_eq!(names[position], name);
    }
}

#[test]
fn responses_may_have_more_fields_and_requests_may_not() {
    for document in schema::documents() {
        let closed = document.schema.get("additionalProperties") == Some(&json!(false));
        assert_eq!(closed, document.name.ends_with(".request"), "{}", document.name);
    }
}

#[test]
fn the_schema_refuses_every_bad_example_that_it_can() {
    let validator = validator("create-customer.request");
    for rule in Rule::ALL {
        let good = serde_json::from_str(rule.info().good).expect("JSON");
        assert!(validator.is_valid(&good), "{rule}");
        if *rule != Rule::JsonSyntax {
            let bad = serde_json::from_str(rule.info().bad).expect("JSON");
            assert_eq!(validator.is_valid(&bad), BEYOND_SCHEMA.contains(rule), "{rule}");
        }
    }
}

/// All blocks that have white space or control characters, and a few from every other.
#[test]
fn patterns_and_rules_agree_on_characters() {
    let validator = validator("create-customer.request");
    let dense =
        (0..0x800).chain(0x1680..0x1690).chain(0x1800..0x1810).chain(0x2000..0x2070).chain(0x2FF0..0x3010);
    let sparse = (0x800..0x0011_0000).step_by(509).chain([0xFEFF, 0xFFFF]);
    for character in dense.chain(sparse).filter_map(char::from_u32) {
        for (field, text) in [
            ("name", format!("a{character}")),
            ("name", character.to_string()),
            ("first_name", character.to_string()),
            ("email", format!("{character}@b")),
            ("email", format!("a@b{character}")),
        ] {
            let mut document = page();
            document[field] = json!(text);
            let valid = from_json(document.to_string().as_bytes()).is_ok();
            assert_eq!(validator.is_valid(&document), valid, "{field}: {text:?}");
        }
    }
}

fn value() -> impl Strategy<Value = Value> {
    let id = prop_oneof![4 => 1_u64..5, 1 => any::<u64>(), 1 => Just(0)];
    let text = prop_oneof![
        "[A-Z]{2,3}",
        "GBP|EUR|HRK|XAU|GB|UK",
        "[a-z.@-]{1,20}",
        ".{0,12}",
        ".{250,260}",
        "\\s{0,3}"
    ];
    prop_oneof![
        3 => text.prop_map(Value::from),
        3 => prop::collection::vec(id, 0..4).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => prop::collection::vec(prop_oneof![Just(1.0), Just(1e2), Just(1.5), Just(1e17), any::<f64>()], 0..3)
            .prop_map(Value::from),
        1 => prop::collection::vec(".{0,3}", 0..3).prop_map(Value::from),
    ]
}

fn field() -> impl Strategy<Value = String> {
    let names: Vec<_> = page().as_object().expect("an object").keys().cloned().collect();
    prop_oneof![9 => prop::sample::select(names), 1 => "[a-z_]{1,6}"]
}

#[test]
fn the_schema_and_the_rules_agree() {
    let validator = validator("create-customer.request");
    let changes = prop::collection::vec((field(), prop::option::weighted(0.8, value())), 0..4);
    proptest!(|(changes in changes)| {
        let mut document = page();
        let fields = document.as_object_mut().expect("an object");
        for (field, value) in changes {
            match value {
                Some(value) => drop(fields.insert(field, value)),
                None => drop(fields.remove(&field)),
            }
        }
        let broken: Vec<_> = match from_json(document.to_string().as_bytes()) {
            Ok(_) => Vec::new(),
            Err(violations) => violations.iter().map(|violation| violation.rule).collect(),
        };
        let sayable = broken.iter().any(|rule| !BEYOND_SCHEMA.contains(rule));
        prop_assert_eq!(validator.is_valid(&document), !sayable, "{}: {:?}", document, broken);
    });
}
