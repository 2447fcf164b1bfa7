//! The published vectors: what each says of its document is what this crate says.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::fs;
use std::path::Path;

use cloudlx_validate::{Catalogue, from_json, from_json_against};
use serde_json::{Value, json};

#[test]
fn every_vector() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/v1/vectors");
    let mut count = 0;
    for (verdict, valid) in [("valid", true), ("invalid", false)] {
        for entry in fs::read_dir(folder.join(verdict)).expect("vectors") {
            let path = entry.expect("a file").path();
            check(&path, valid);
            count += 1;
        }
    }
    assert!(count >= 100, "{count}");
}

fn check(path: &Path, valid: bool) {
    let shown = path.display();
    let vector: Value = serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON");
    let text = vector["text"].as_str().map_or_else(|| vector["document"].to_string(), str::to_owned);
    #[cfg(feature = "schema")]
    check_against_the_schema(&vector, &shown.to_string());
    let checked = match vector.get("catalogue") {
        Some(known) => from_json_against(text.as_bytes(), &catalogue(known)),
        None => from_json(text.as_bytes()),
    };
    let found = checked.err().map(|violations| {
        let found = violations
            .iter()
            .map(|violation| json!({ "pointer": violation.pointer, "rule": violation.rule }));
        found.collect::<Value>()
    });
    assert_eq!(vector["valid"], json!(valid), "{shown}");
    assert_eq!(vector["violations"], found.unwrap_or_else(|| json!([])), "{shown}");
}

/// The schema refuses what breaks a rule that it can say, and nothing else.
#[cfg(feature = "schema")]
fn check_against_the_schema(vector: &Value, shown: &str) {
    const BEYOND_SCHEMA: [&str; 4] =
        ["repeated-field", "sub-realm-not-shown", "realm-unknown", "sub-realm-unknown"];
    let Some(document) = vector.get("document") else { return };
    let schema = cloudlx_validate::schema::document("create-customer.request").expect("a known name").schema;
    let validator = jsonschema::draft202012::new(schema.as_value()).expect("a schema");
    let broken = vector["violations"].as_array().expect("violations").iter();
    let sayable = broken.filter_map(|it| it["rule"].as_str()).any(|rule| !BEYOND_SCHEMA.contains(&rule));
    assert_eq!(validator.is_valid(document), !sayable, "{shown}");
}

fn catalogue(known: &Value) -> Catalogue {
    let entry = |id: &Value| json!({ "id": id, "name": "", "description": null });
    let entries = |ids: &str| known[ids].as_array().expect("ids").iter().map(entry).collect::<Value>();
    let document = json!({ "realms": entries("realms"), "sub_realms": entries("sub_realms") });
    Catalogue::from_json(document.to_string().as_bytes()).expect("a catalogue")
}
