//! Request schemas: what was accepted must still be accepted.

use serde_json::json;
use xtask_compat::Verdict::{Breaking, Compatible, None};

use super::{Edit, Prepared, REQUEST, at, fields, list, request, with, without};

pub(super) const EDITS: &[Edit] = &[
    ("optional field added", Compatible, |it| {
        with(it, REQUEST, "/properties", "vat_number", json!({"type": "string"}));
    }),
    ("required field added", Breaking, |it| {
        with(it, REQUEST, "/properties", "vat_number", json!({"type": "string"}));
        list(it, REQUEST, "/required").push("vat_number".into());
    }),
    ("optional field removed", Breaking, |it| without(it, REQUEST, "/properties", "email")),
    ("required field removed", Breaking, |it| {
        without(it, REQUEST, "/properties", "realms");
        list(it, REQUEST, "/required").retain(|name| name != "realms");
    }),
    ("field renamed", Breaking, |it| {
        let email = at(it, REQUEST, "/properties/email").clone();
        without(it, REQUEST, "/properties", "email");
        with(it, REQUEST, "/properties", "e_mail", email);
    }),
    ("optional field required", Breaking, |it| list(it, REQUEST, "/required").push("email".into())),
    ("required field optional", Compatible, |it| {
        list(it, REQUEST, "/required").retain(|name| name != "realms");
    }),
    ("type widened", Compatible, |it| request(it, "name", "type", json!(["string", "integer"]))),
    ("type changed", Breaking, |it| request(it, "name", "type", json!("integer"))),
    ("nullable added", Compatible, |it| request(it, "realms", "type", json!(["array", "null"]))),
    ("nullable removed", Breaking, |it| request(it, "email", "type", json!("string"))),
    ("nullable removed from a union", Breaking, |it| {
        drop(list(it, REQUEST, "/properties/role_group/anyOf").pop());
    }),
    ("code added", Compatible, |it| list(it, REQUEST, "/properties/currency_iso/enum").push("JPY".into())),
    ("code removed", Breaking, |it| {
        list(it, REQUEST, "/properties/currency_iso/enum").retain(|it| it != "USD");
    }),
    ("code with a title added", Compatible, |it| {
        list(it, REQUEST, "/properties/country_iso/oneOf").push(json!({"const": "FR", "title": "France"}));
    }),
    ("code with a title removed", Breaking, |it| {
        drop(list(it, REQUEST, "/properties/country_iso/oneOf").pop());
    }),
    ("two hundred codes instead of four", Breaking, |it| {
        let codes = (0..200).map(|number| json!(format!("X{number:02}"))).collect();
        *list(it, REQUEST, "/properties/currency_iso/enum") = codes;
    }),
    ("codes given up for any string", Compatible, |it| {
        without(it, REQUEST, "/properties/currency_iso", "enum");
    }),
    ("any string given up for codes", Breaking, |it| {
        with(it, REQUEST, "/$defs/RoleGroup", "enum", json!(["Admin"]));
    }),
    ("length tightened", Breaking, |it| request(it, "name", "maxLength", json!(19))),
    ("length loosened", Compatible, |it| request(it, "name", "maxLength", json!(21))),
    ("range tightened", Breaking, |it| with(it, REQUEST, "/$defs/RealmId", "minimum", json!(2))),
    ("range loosened", Compatible, |it| with(it, REQUEST, "/$defs/RealmId", "minimum", json!(0))),
    ("number of items tightened", Breaking, |it| request(it, "shown_sub_realms", "maxItems", json!(4))),
    ("pattern tightened", Breaking, |it| request(it, "email", "pattern", json!("^[a-z]+@[a-z]+$"))),
    ("pattern loosened", Breaking, |it| request(it, "email", "pattern", json!("^[a-z.0-9]+@[a-z.0-9]+$"))),
    ("pattern added", Breaking, |it| {
        with(it, REQUEST, "/$defs/RoleGroup", "pattern", json!("^[A-Z]"));
    }),
    ("pattern removed", Compatible, |it| without(it, REQUEST, "/properties/email", "pattern")),
    ("pattern forbidden, and null with it", Breaking, |it| {
        request(it, "email", "not", json!({"pattern": "[^!-~]"}));
    }),
    ("format added", Breaking, |it| request(it, "role_group", "format", json!("email"))),
    ("format that asserts nothing added", None, |it| request(it, "name", "format", json!("password"))),
    ("unique items dropped", Compatible, |it| without(it, REQUEST, "/properties/realms", "uniqueItems")),
    ("unique items demanded", Breaking, |it| {
        let unknown = json!({"type": "array", "items": {"type": "integer"}});
        with(it, REQUEST, "/properties", "realms", unknown);
        request(it, "realms", "items", json!({"type": "integer", "minimum": 5}));
    }),
    ("unknown fields accepted", Compatible, |it| without(it, REQUEST, "", "additionalProperties")),
    ("a field that needs another", Breaking, |it| {
        with(it, REQUEST, "", "dependentRequired", json!({"email": ["role_group"]}));
    }),
    ("a default changed", Breaking, |it| request(it, "role_group", "default", json!("Admin"))),
    ("one limit tightened and another loosened", Breaking, |it| {
        request(it, "name", "maxLength", json!(10));
        with(it, REQUEST, "/$defs/RealmId", "minimum", json!(0));
    }),
    ("limit moved into a union", None, |it| {
        let name = at(it, REQUEST, "/properties/name").take();
        with(it, REQUEST, "/properties", "name", json!({"allOf": [name]}));
    }),
    ("schema that contains itself", Breaking, |it| {
        with(it, REQUEST, "/$defs", "Tree", json!({"type": "array", "items": {"$ref": "#/$defs/Tree"}}));
        request(it, "role_group", "anyOf", json!([{"type": ["string", "null"]}, {"$ref": "#/$defs/Tree"}]));
    }),
    ("keyword that JSON Schema does not have added", Breaking, |it| {
        request(it, "name", "nullable", json!(true));
    }),
    ("keyword misspelt", Breaking, |it| {
        let length = fields(it, REQUEST, "/properties/name").shift_remove("maxLength").unwrap();
        request(it, "name", "maxlength", length);
    }),
    ("media type of a text demanded", Breaking, |it| {
        request(it, "name", "contentMediaType", json!("text/html"));
    }),
    ("field that only the server writes", Breaking, |it| request(it, "email", "readOnly", json!(true))),
    ("field that only the caller writes", None, |it| request(it, "email", "writeOnly", json!(true))),
    ("numbers that fit a type", Breaking, |it| with(it, REQUEST, "/$defs/RealmId", "format", json!("int32"))),
];

pub(super) const PREPARED: &[Prepared] = &[
    (
        "the same constant twice, as 1 and 1.0",
        Breaking,
        |it| {
            with(it, REQUEST, "/properties", "level", json!({"oneOf": [{"const": 1}]}));
        },
        |it| list(it, REQUEST, "/properties/level/oneOf").push(json!({"const": 1.0})),
    ),
    (
        "a default changed in a union",
        Breaking,
        |it| {
            with(it, REQUEST, "/properties", "level", json!({"type": "string", "allOf": [{"default": "a"}]}));
        },
        |it| request(it, "level", "allOf", json!([{"default": "b"}, {}])),
    ),
    (
        "a default changed in a map",
        Breaking,
        |it| {
            with(it, REQUEST, "", "patternProperties", json!({"^z": {"type": "string", "default": "a"}}));
        },
        |it| with(it, REQUEST, "/patternProperties/^z", "default", json!("b")),
    ),
    (
        "a default changed in a list",
        Breaking,
        |it| {
            with(
                it,
                REQUEST,
                "/properties",
                "level",
                json!({"type": "array", "prefixItems": [{"default": 1}]}),
            );
        },
        |it| with(it, REQUEST, "/properties/level/prefixItems/0", "default", json!(2)),
    ),
    (
        "a default moved into a union",
        None,
        |it| {
            with(it, REQUEST, "/properties", "level", json!({"type": "string", "default": "a"}));
        },
        |it| {
            with(it, REQUEST, "/properties", "level", json!({"allOf": [{"type": "string", "default": "a"}]}));
        },
    ),
];
