//! Response schemas: what may come must still be readable.

use serde_json::json;
use xtask_compat::Verdict::{Breaking, Compatible, None};

use super::{Edit, Prepared, RESPONSE, at, list, response, with, without};

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
    ("required field that nothing can stand in", Breaking, |it| {
        response(it, "/properties", "name", json!(false));
    }),
    ("optional field that nothing can stand in", Breaking, |it| {
        response(it, "/properties", "created", json!(false));
    }),
    ("optional field that nothing can stand in, said otherwise", Breaking, |it| {
        response(it, "/properties", "created", json!({"not": {}}));
    }),
    ("list whose elements cannot be", Breaking, |it| {
        response(it, "/properties/realms", "items", json!(false));
    }),
    ("list that is always empty", Compatible, |it| response(it, "/properties/realms", "maxItems", json!(0))),
    ("field that only the caller writes", Breaking, |it| {
        response(it, "/properties/name", "writeOnly", json!(true));
    }),
    ("field that only the server writes", None, |it| {
        response(it, "/properties/name", "readOnly", json!(true));
    }),
    ("encoding of a text added", Breaking, |it| {
        response(it, "/properties/name", "contentEncoding", json!("base64"));
    }),
    ("numbers that fit a type", None, |it| response(it, "/$defs/CustomerId", "format", json!("int64"))),
];

pub(super) const PREPARED: &[Prepared] = &[
    (
        "field of any value removed",
        Breaking,
        |it| response(it, "/properties", "note", json!({})),
        |it| {
            without(it, RESPONSE, "/properties", "note");
        },
    ),
    (
        "field of any value removed in a union",
        Breaking,
        |it| {
            let price = json!({"type": "object", "properties": {"amount": {"type": "integer"}, "note": {}}});
            response(it, "/properties", "price", json!({"anyOf": [price, {"type": "null"}]}));
        },
        |it| {
            let price = json!({"type": "object", "properties": {"amount": {"type": "integer"}}});
            response(it, "/properties", "price", price);
        },
    ),
    (
        "field of a closed object removed in a union",
        Breaking,
        |it| {
            let fields = json!({"amount": {"type": "integer"}, "note": {"type": "string"}});
            let price = json!({"type": "object", "properties": fields, "additionalProperties": false});
            response(it, "/properties", "price", json!({"anyOf": [price, {"type": "null"}]}));
        },
        |it| {
            let fields = json!({"amount": {"type": "integer"}});
            let price = json!({"type": "object", "properties": fields, "additionalProperties": false});
            response(it, "/properties", "price", price);
        },
    ),
    (
        "map instead of fields",
        Breaking,
        |it| {
            let any = json!({"type": "string"});
            let names = json!({"type": "object", "properties": {"en": any}, "additionalProperties": any});
            response(it, "/properties", "names", names);
        },
        |it| without(it, RESPONSE, "/properties/names", "properties"),
    ),
    (
        "field moved into a union",
        None,
        |it| {
            response(it, "/properties", "price", json!({"type": "object", "properties": {"amount": {}}}));
        },
        |it| {
            response(
                it,
                "/properties",
                "price",
                json!({"allOf": [{"type": "object", "properties": {"amount": {}}}]}),
            );
        },
    ),
    (
        "numbers that fit another type",
        Breaking,
        |it| {
            response(it, "/$defs/CustomerId", "format", json!("int32"));
        },
        |it| response(it, "/$defs/CustomerId", "format", json!("int64")),
    ),
    (
        "branches told apart by another field",
        Breaking,
        |it| {
            response(it, "", "discriminator", json!({"propertyName": "status"}));
        },
        |it| response(it, "", "discriminator", json!({"propertyName": "name"})),
    ),
];
