//! Response schemas: what may come must still be readable.

use serde_json::json;
use xtask::compat::Verdict::{Breaking, Compatible};

use super::{Edit, RESPONSE, at, list, response, with, without};

pub(super) const EDITS: &[Edit] = &[
    ("optional field added", Compatible, |it| {
        response(it, "/properties", "vat_number", json!({"type": "string"}));
    }),
    ("field of any value added", Compatible, |it| response(it, "/properties", "extra", json!({}))),
    ("required field added", Compatible, |it| {
        response(it, "/properties", "vat_number", json!({"type": "string"}));
        list(it, RESPONSE, "/required").push("vat_number".into());
    }),
    ("field added to a closed object", Compatible, |it| {
        // Readers ignore what they do not know, whatever the schema says.
        response(it, "/$defs/Currency", "additionalProperties", json!(false));
        response(it, "/$defs/Currency/properties", "symbol", json!({"type": "string"}));
    }),
    ("required field removed", Breaking, |it| {
        without(it, RESPONSE, "/properties", "status");
        list(it, RESPONSE, "/required").retain(|name| name != "status");
    }),
    ("optional field removed", Breaking, |it| without(it, RESPONSE, "/properties", "created")),
    ("field renamed", Breaking, |it| {
        let name = at(it, RESPONSE, "/$defs/Currency/properties/name").clone();
        without(it, RESPONSE, "/$defs/Currency/properties", "name");
        response(it, "/$defs/Currency/properties", "title", name);
        *at(it, RESPONSE, "/$defs/Currency/required") = json!(["iso_3", "title"]);
    }),
    ("required field optional", Breaking, |it| {
        list(it, RESPONSE, "/required").retain(|name| name != "status");
    }),
    ("optional field required", Compatible, |it| list(it, RESPONSE, "/required").push("created".into())),
    ("type widened", Breaking, |it| response(it, "/properties/name", "type", json!(["string", "integer"]))),
    ("type narrowed", Compatible, |it| {
        response(it, "/$defs/Realm/properties/description", "type", json!("string"));
    }),
    ("nullable added", Breaking, |it| response(it, "/properties/name", "type", json!(["string", "null"]))),
    ("nullable removed", Compatible, |it| {
        response(it, "/$defs/Realm/properties/description", "type", json!("string"));
    }),
    ("value added", Breaking, |it| list(it, RESPONSE, "/properties/status/enum").push("suspended".into())),
    ("value removed", Compatible, |it| drop(list(it, RESPONSE, "/properties/status/enum").pop())),
    ("range widened", Breaking, |it| response(it, "/$defs/CustomerId", "minimum", json!(0))),
    ("range narrowed", Compatible, |it| response(it, "/$defs/CustomerId", "minimum", json!(100))),
    ("format dropped", Breaking, |it| without(it, RESPONSE, "/properties/created", "format")),
    ("format promised", Compatible, |it| response(it, "/properties/name", "format", json!("email"))),
    ("array instead of an object", Breaking, |it| response(it, "/$defs/Currency", "type", json!("array"))),
    ("values of a map widened", Breaking, |it| {
        let pointer = "/properties/errors/additionalProperties/items";
        with(it, "error.schema.json", pointer, "type", json!(["string", "null"]));
    }),
    ("file removed", Breaking, |it| drop(it.files.remove("error.schema.json").unwrap())),
    ("file added", Compatible, |it| {
        let schema = it.files["error.schema.json"].clone();
        it.files.insert("warning.schema.json".to_owned(), schema);
    }),
    ("$id changed", Breaking, |it| response(it, "", "$id", json!("urn:example:v1:client"))),
];
