//! What no program notices.

use serde_json::json;
use xtask_compat::Verdict::None;

use super::{Edit, OPENAPI, Prepared, REQUEST, at, fields, list, request, with};

pub(super) const EDITS: &[Edit] = &[
    ("nothing", None, |_| {}),
    ("descriptions, titles and labels", None, |it| {
        request(it, "name", "description", json!("Another name."));
        request(it, "name", "examples", json!(["Acme"]));
        request(it, "name", "x-cloudlx-source", json!("page"));
        with(it, REQUEST, "", "title", json!("NewCustomer"));
        with(it, OPENAPI, "/info", "title", json!("Another example"));
        with(it, OPENAPI, "/paths/~1api~1customers/post", "summary", json!("Makes a customer."));
    }),
    ("order of fields and codes", None, |it| {
        list(it, REQUEST, "/required").reverse();
        list(it, REQUEST, "/properties/currency_iso/enum").reverse();
        let name = fields(it, REQUEST, "/properties").shift_remove("name").unwrap();
        with(it, REQUEST, "/properties", "name", name);
    }),
    ("codes with titles", None, |it| {
        let codes = ["CHF", "EUR", "GBP", "USD"].map(|code| json!({"const": code, "title": code}));
        with(it, REQUEST, "/properties", "currency_iso", json!({"type": "string", "oneOf": codes}));
    }),
    ("definition renamed", None, |it| {
        let schema = fields(it, REQUEST, "/$defs").shift_remove("RoleGroup").unwrap();
        with(it, REQUEST, "/$defs", "Role", schema);
        *at(it, REQUEST, "/properties/role_group/anyOf/0") = json!({"$ref": "#/$defs/Role"});
    }),
    ("type written otherwise", None, |it| {
        request(it, "role_group", "anyOf", json!([{"type": ["null", "string"]}]));
    }),
    ("patch of OpenAPI", None, |it| with(it, OPENAPI, "", "openapi", json!("3.1.2"))),
    ("format of a token hinted at", None, |it| {
        with(it, OPENAPI, "/components/securitySchemes/bearer", "bearerFormat", json!("JWT"));
    }),
];

pub(super) const PREPARED: &[Prepared] = &[(
    "scopes said otherwise and in another order",
    None,
    |it| {
        let scopes = json!({"read": "Reads.", "write": "Writes."});
        with(
            it,
            OPENAPI,
            "/components/securitySchemes/clientCredentials/flows/clientCredentials",
            "scopes",
            scopes,
        );
        let ways = json!([{"bearer": []}, {"clientCredentials": ["read", "write"]}]);
        with(it, OPENAPI, "/paths/~1api~1customers/post", "security", ways);
    },
    |it| {
        let scopes = json!({"write": "Writes things.", "read": "Reads things."});
        with(
            it,
            OPENAPI,
            "/components/securitySchemes/clientCredentials/flows/clientCredentials",
            "scopes",
            scopes,
        );
        let ways = json!([{"clientCredentials": ["write", "read"]}, {"bearer": []}]);
        with(it, OPENAPI, "/paths/~1api~1customers/post", "security", ways);
    },
)];
