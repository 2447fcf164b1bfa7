//! Where a part of `openapi.json` is written makes no difference; what stands behind references does.

use serde_json::json;
use xtask_compat::Contract;
use xtask_compat::Verdict::{Breaking, None};

use super::{Edit, OPENAPI, Prepared, fields, with, without};

pub(super) const EDITS: &[Edit] = &[
    ("parts moved behind references", None, parts_behind),
    ("path item moved behind a reference", None, item_behind),
];

pub(super) const PREPARED: &[Prepared] = &[
    ("required parameter added behind two references", Breaking, parts_behind, |it| {
        let parameter =
            json!({"name": "page", "in": "query", "required": true, "schema": {"type": "string"}});
        let parameters = json!({"A": {"$ref": "#/components/parameters/B"}, "B": parameter});
        with(it, OPENAPI, "/components", "parameters", parameters);
        let parameters = json!([{"$ref": "#/components/parameters/A"}]);
        with(it, OPENAPI, "/paths/~1api~1customers/post", "parameters", parameters);
    }),
    (
        "parameter behind two references changed",
        Breaking,
        |it| {
            parts_behind(it);
            let parameter = json!({"name": "page", "in": "query", "schema": {"type": "string"}});
            let parameters = json!({"A": {"$ref": "#/components/parameters/B"}, "B": parameter});
            with(it, OPENAPI, "/components", "parameters", parameters);
            let parameters = json!([{"$ref": "#/components/parameters/A"}]);
            with(it, OPENAPI, "/paths/~1api~1customers/post", "parameters", parameters);
        },
        |it| with(it, OPENAPI, "/components/parameters/B", "required", json!(true)),
    ),
    ("body behind two references changed", Breaking, parts_behind, |it| {
        let content = "/components/requestBodies/B/content";
        without(it, OPENAPI, content, "application/x-www-form-urlencoded");
    }),
    ("answer behind two references changed", Breaking, parts_behind, |it| {
        without(it, OPENAPI, "/components/responses/B/content", "application/vnd.example.v1+json");
    }),
    ("header behind a reference changed", Breaking, header_and_link, |it| {
        with(it, OPENAPI, "/components/headers/Trace", "required", json!(true));
    }),
    ("schema of a header behind a reference changed", Breaking, header_and_link, |it| {
        with(it, OPENAPI, "/components/schemas/Trace", "type", json!("integer"));
    }),
    ("link behind a reference changed", Breaking, header_and_link, |it| {
        with(it, OPENAPI, "/components/links/Next", "operationId", json!("createCustomer"));
    }),
    ("method behind a reference removed", Breaking, item_behind, |it| {
        without(it, OPENAPI, "/components/pathItems/Customers", "post");
    }),
    (
        "scheme behind a reference changed",
        Breaking,
        |it| {
            let scheme = fields(it, OPENAPI, "/components/securitySchemes").shift_remove("bearer").unwrap();
            with(it, OPENAPI, "/components/securitySchemes", "token", scheme);
            let reference = json!({"$ref": "#/components/securitySchemes/token"});
            with(it, OPENAPI, "/components/securitySchemes", "bearer", reference);
        },
        |it| with(it, OPENAPI, "/components/securitySchemes/token", "scheme", json!("basic")),
    ),
    (
        "schema inside of a part that is not understood changed",
        Breaking,
        |it| {
            let body =
                json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Done"}}}});
            let callbacks = json!({"done": {"{$request.body#/url}": {"post": {"requestBody": body}}}});
            with(it, OPENAPI, "/paths/~1api~1customers/post", "callbacks", callbacks);
            with(it, OPENAPI, "/components/schemas", "Done", json!({"type": "string"}));
        },
        |it| with(it, OPENAPI, "/components/schemas/Done", "type", json!("integer")),
    ),
    ("header, its schema and a link written where they are used", None, header_and_link, |it| {
        let answer = "/components/responses/B";
        with(it, OPENAPI, answer, "headers", json!({"X-Trace": {"schema": {"type": "string"}}}));
        with(it, OPENAPI, answer, "links", json!({"next": {"operationId": "getCustomer"}}));
    }),
    (
        "reference that leads nowhere",
        Breaking,
        |_| {},
        |it| {
            let reference = json!({"$ref": "#/components/responses/Nowhere"});
            with(it, OPENAPI, "/paths/~1api~1customers/post/responses", "422", reference);
        },
    ),
    (
        "references that lead to each other",
        Breaking,
        |it| {
            let links = json!({"A": {"$ref": "#/components/links/B"}, "B": {"$ref": "#/components/links/A"}});
            with(it, OPENAPI, "/components", "links", links);
            let links = json!({"next": {"$ref": "#/components/links/A"}});
            with(it, OPENAPI, "/paths/~1api~1customers/post/responses/200", "links", links);
        },
        |it| with(it, OPENAPI, "/info", "title", json!("Another example")),
    ),
    (
        "schema that contains itself left alone",
        None,
        |it| {
            with(
                it,
                OPENAPI,
                "/components/schemas",
                "Tree",
                json!({"items": {"$ref": "#/components/schemas/Tree"}}),
            );
            let media_type = "/paths/~1api~1customers/post/responses/200/content/application~1json";
            with(it, OPENAPI, media_type, "schema", json!({"$ref": "#/components/schemas/Tree"}));
        },
        |it| with(it, OPENAPI, "/info", "title", json!("Another example")),
    ),
];

/// Takes a part away and puts it behind a reference to a reference.
fn behind_two(contract: &mut Contract, parent: &str, name: &str, kind: &str) {
    let reference = |to: &str| json!({"$ref": format!("#/components/{kind}/{to}")});
    let part = fields(contract, OPENAPI, parent).insert(name.to_owned(), reference("A")).unwrap();
    with(contract, OPENAPI, "/components", kind, json!({"A": reference("B"), "B": part}));
}

fn parts_behind(contract: &mut Contract) {
    let operation = "/paths/~1api~1customers/post";
    behind_two(contract, operation, "requestBody", "requestBodies");
    behind_two(contract, &format!("{operation}/responses"), "200", "responses");
    with(contract, OPENAPI, "/components/schemas", "Trace", json!({"type": "string"}));
    let header = json!({"schema": {"$ref": "#/components/schemas/Trace"}});
    with(contract, OPENAPI, "/components", "headers", json!({"Trace": header}));
    with(contract, OPENAPI, "/components", "links", json!({"Next": {"operationId": "getCustomer"}}));
}

fn header_and_link(contract: &mut Contract) {
    parts_behind(contract);
    let answer = "/components/responses/B";
    with(contract, OPENAPI, answer, "headers", json!({"X-Trace": {"$ref": "#/components/headers/Trace"}}));
    with(contract, OPENAPI, answer, "links", json!({"next": {"$ref": "#/components/links/Next"}}));
}

fn item_behind(contract: &mut Contract) {
    let reference = json!({"$ref": "#/components/pathItems/Customers"});
    let item = fields(contract, OPENAPI, "/paths").insert("/api/customers".to_owned(), reference).unwrap();
    with(contract, OPENAPI, "/components", "pathItems", json!({"Customers": item}));
}
