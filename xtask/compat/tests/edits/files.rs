//! Files that come, go and change.

use serde_json::json;
use xtask_compat::Contract;
use xtask_compat::Verdict::{Breaking, Compatible};

use super::{Edit, OPENAPI, Prepared, RESPONSE, list, with};

pub(super) const EDITS: &[Edit] = &[
    ("file of unknown use added", Compatible, |it| {
        drop(it.files.insert("codes.json".to_owned(), json!({"a": 1})));
    }),
    ("schema of faults added", Compatible, faults),
    ("schema moved into a folder", Breaking, |it| {
        let schema = it.files.remove(RESPONSE).unwrap();
        it.files.insert(format!("answers/{RESPONSE}"), schema);
    }),
    ("$schema changed", Breaking, |it| {
        with(it, RESPONSE, "", "$schema", json!("http://json-schema.org/draft-07/schema#"));
    }),
];

pub(super) const PREPARED: &[Prepared] = &[
    ("file of unknown use changed", Breaking, codes, |it| {
        with(it, "codes.json", "", "a", json!(2));
    }),
    ("file of unknown use removed", Breaking, codes, |it| drop(it.files.remove("codes.json"))),
    (
        "another OpenAPI document changed",
        Breaking,
        |it| {
            let document = it.files[OPENAPI].clone();
            it.files.insert("openapi-3.0.json".to_owned(), document);
        },
        |it| with(it, "openapi-3.0.json", "", "paths", json!({})),
    ),
    ("fault that could be told no more", Breaking, faults, |it| {
        drop(list(it, FAULTS, "/properties/kind/enum").pop());
    }),
    ("fault that can be told too", Compatible, faults, |it| {
        list(it, FAULTS, "/properties/kind/enum").push("refuse".into());
    }),
];

const FAULTS: &str = "faults.schema.json";

fn codes(contract: &mut Contract) {
    contract.files.insert("codes.json".to_owned(), json!({"a": 1}));
}

fn faults(contract: &mut Contract) {
    let kind = json!({"type": "string", "enum": ["delay", "drop"]});
    let schema = json!({"type": "object", "properties": {"kind": kind}, "additionalProperties": false});
    contract.files.insert(FAULTS.to_owned(), schema);
}
