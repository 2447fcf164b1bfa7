//! `openapi.json`: paths, methods, authentication, parameters, media types and status codes.

use serde_json::json;
use xtask_compat::Contract;
use xtask_compat::Verdict::{Breaking, Compatible, None};

use super::{Edit, OPENAPI, Prepared, at, fields, list, with, without};

pub(super) const EDITS: &[Edit] = &[
    ("path changed", Breaking, |it| {
        let item = fields(it, OPENAPI, "/paths").shift_remove("/api/customers").unwrap();
        with(it, OPENAPI, "/paths", "/api/clients", item);
    }),
    ("parameter of a path renamed", None, |it| {
        let mut item = fields(it, OPENAPI, "/paths").shift_remove("/api/customers/{id}").unwrap();
        item["get"]["parameters"][0]["name"] = "customer_id".into();
        with(it, OPENAPI, "/paths", "/api/customers/{customer_id}", item);
    }),
    ("endpoint removed", Breaking, |it| without(it, OPENAPI, "/paths", "/api/customers/{id}")),
    ("endpoint added", Compatible, |it| {
        let responses = json!({"200": {"description": "Gone."}});
        let operation = json!({"operationId": "deleteCustomer", "responses": responses});
        with(it, OPENAPI, "/paths/~1api~1customers~1{id}", "delete", operation);
    }),
    ("method changed", Breaking, |it| {
        let item = "/paths/~1api~1customers";
        let operation = fields(it, OPENAPI, item).shift_remove("post").unwrap();
        with(it, OPENAPI, item, "put", operation);
    }),
    ("authentication dropped", Breaking, |it| {
        with(it, OPENAPI, "/paths/~1api~1customers/post", "security", json!([]));
    }),
    ("one way to authenticate dropped", Breaking, |it| {
        with(it, OPENAPI, "/paths/~1api~1customers/post", "security", json!([{"bearer": []}]));
    }),
    ("ways to authenticate in another order", None, |it| {
        let ways = json!([{"clientCredentials": []}, {"bearer": []}]);
        with(it, OPENAPI, "/paths/~1api~1customers/post", "security", ways);
    }),
    ("tokens come from elsewhere", Breaking, |it| {
        let flow = "/components/securitySchemes/clientCredentials/flows/clientCredentials";
        with(it, OPENAPI, flow, "tokenUrl", json!("/api/token"));
    }),
    ("links added to an answer", Compatible, |it| {
        let links = json!({"next": {"operationId": "getCustomer"}});
        with(it, OPENAPI, "/paths/~1api~1customers/post/responses/200", "links", links);
    }),
    ("error status added", Compatible, |it| {
        let answers = "/paths/~1api~1customers/post/responses";
        let answer = at(it, OPENAPI, &format!("{answers}/422")).clone();
        with(it, OPENAPI, answers, "409", answer);
    }),
    ("error status with a body of its own added", Breaking, |it| {
        let content = json!({"text/plain": {"schema": {"type": "string"}}});
        let answer = json!({"description": "Try later.", "content": content});
        with(it, OPENAPI, "/paths/~1api~1customers/post/responses", "429", answer);
    }),
    ("error status removed", Compatible, |it| {
        without(it, OPENAPI, "/paths/~1api~1customers/post/responses", "422");
    }),
    ("success status added", Breaking, |it| {
        let answers = "/paths/~1api~1customers/post/responses";
        let answer = at(it, OPENAPI, &format!("{answers}/200")).clone();
        with(it, OPENAPI, answers, "201", answer);
    }),
    ("success status changed", Breaking, |it| {
        let answers = "/paths/~1api~1customers/post/responses";
        let answer = fields(it, OPENAPI, answers).shift_remove("200").unwrap();
        with(it, OPENAPI, answers, "201", answer);
    }),
    ("request media type removed", Breaking, |it| {
        let content = "/paths/~1api~1customers/post/requestBody/content";
        without(it, OPENAPI, content, "application/x-www-form-urlencoded");
    }),
    ("request media type added", Compatible, |it| {
        let content = "/paths/~1api~1customers/post/requestBody/content";
        let body = at(it, OPENAPI, &format!("{content}/application~1json")).clone();
        with(it, OPENAPI, content, "application/yaml", body);
    }),
    ("response media type removed", Breaking, |it| {
        let content = "/paths/~1api~1customers/post/responses/200/content";
        without(it, OPENAPI, content, "application/vnd.example.v1+json");
    }),
    ("response media type changed to v2", Breaking, |it| {
        let content = "/paths/~1api~1customers/post/responses/200/content";
        let body = fields(it, OPENAPI, content).shift_remove("application/vnd.example.v1+json").unwrap();
        with(it, OPENAPI, content, "application/vnd.example.v2+json", body);
    }),
    ("body optional", Compatible, |it| {
        with(it, OPENAPI, "/paths/~1api~1customers/post/requestBody", "required", json!(false));
    }),
    ("required query parameter added", Breaking, |it| {
        let parameter =
            json!({"name": "reseller", "in": "query", "required": true, "schema": {"type": "string"}});
        list(it, OPENAPI, "/paths/~1api~1customers~1{id}/get/parameters").push(parameter);
    }),
    ("optional query parameter added", Compatible, |it| {
        let parameter = json!({"name": "page", "in": "query", "schema": {"type": "integer"}});
        list(it, OPENAPI, "/paths/~1api~1customers~1{id}/get/parameters").push(parameter);
    }),
    ("query parameter removed", Breaking, |it| {
        drop(list(it, OPENAPI, "/paths/~1api~1customers~1{id}/get/parameters").pop());
    }),
    ("value of a query parameter removed", Breaking, |it| {
        let values = "/paths/~1api~1customers~1{id}/get/parameters/1/schema/enum";
        drop(list(it, OPENAPI, values).pop());
    }),
    ("body's schema changed in the OpenAPI document only", Breaking, |it| {
        with(it, OPENAPI, "/components/schemas/CreateCustomer/properties/name", "maxLength", json!(10));
    }),
    ("schema that is named otherwise", None, |it| {
        let schema = fields(it, OPENAPI, "/components/schemas").shift_remove("Customer").unwrap();
        with(it, OPENAPI, "/components/schemas", "Client", schema);
        for operation in ["~1api~1customers/post", "~1api~1customers~1{id}/get"] {
            for body in fields(it, OPENAPI, &format!("/paths/{operation}/responses/200/content")).values_mut()
            {
                body["schema"]["$ref"] = "#/components/schemas/Client".into();
            }
        }
    }),
    ("server removed", Breaking, |it| with(it, OPENAPI, "", "servers", json!([]))),
    ("operation id changed", Compatible, |it| {
        with(it, OPENAPI, "/paths/~1api~1customers/post", "operationId", json!("addCustomer"));
    }),
    ("something that is not understood", Breaking, |it| {
        with(it, OPENAPI, "/paths/~1api~1customers/post", "callbacks", json!({"done": {}}));
    }),
    ("file removed", Breaking, |it| drop(it.files.remove(OPENAPI).unwrap())),
    ("suffix after a parameter added", Breaking, |it| {
        let item = fields(it, OPENAPI, "/paths").shift_remove("/api/customers/{id}").unwrap();
        with(it, OPENAPI, "/paths", "/api/customers/{id}.json", item);
    }),
    ("verb after a parameter added", Breaking, |it| {
        let item = fields(it, OPENAPI, "/paths").shift_remove("/api/customers/{id}").unwrap();
        with(it, OPENAPI, "/paths", "/api/customers/{id}:read", item);
    }),
    ("scope demanded", Breaking, |it| {
        let ways = json!([{"bearer": []}, {"clientCredentials": ["write"]}]);
        with(it, OPENAPI, "/paths/~1api~1customers/post", "security", ways);
    }),
    ("authentication that may be left out", Breaking, |it| {
        let ways = json!([{"bearer": []}, {"clientCredentials": []}, {}]);
        with(it, OPENAPI, "/paths/~1api~1customers/post", "security", ways);
    }),
    ("server of one operation added", Breaking, |it| {
        let servers = json!([{"url": "https://other.example"}]);
        with(it, OPENAPI, "/paths/~1api~1customers/post", "servers", servers);
    }),
    ("another OpenAPI", Breaking, |it| with(it, OPENAPI, "", "openapi", json!("3.0.3"))),
    ("error statuses given up for a range", Breaking, |it| {
        let answers = fields(it, OPENAPI, "/paths/~1api~1customers/post/responses");
        let answer = answers.shift_remove("401").unwrap();
        answers.shift_remove("422").unwrap();
        answers.insert("4XX".to_owned(), answer);
    }),
    ("part of a body that is not understood", Breaking, |it| {
        with(it, OPENAPI, "/paths/~1api~1customers/post/requestBody", "encoding", json!({}));
    }),
];

pub(super) const PREPARED: &[Prepared] = &[
    ("first of two parameters in a segment tightened", Breaking, two_parameters, |it| {
        with(it, OPENAPI, "/paths/~1x~1{a}-{b}/get/parameters/0/schema", "maxLength", json!(1));
    }),
    ("two parameters in a segment renamed", None, two_parameters, |it| {
        let mut item = fields(it, OPENAPI, "/paths").shift_remove("/x/{a}-{b}").unwrap();
        item["get"]["parameters"][0]["name"] = "c".into();
        with(it, OPENAPI, "/paths", "/x/{c}-{b}", item);
    }),
    (
        "one of two paths that differ in names only changed",
        Breaking,
        |it| {
            let item = at(it, OPENAPI, "/paths/~1api~1customers~1{id}").clone();
            with(it, OPENAPI, "/paths", "/api/customers/{name}", item);
        },
        |it| without(it, OPENAPI, "/paths/~1api~1customers~1{id}/get", "security"),
    ),
    (
        "variable of a server changed",
        Breaking,
        |it| {
            let variables = json!({"region": {"default": "a", "enum": ["a", "b"]}});
            *at(it, OPENAPI, "/servers/0") =
                json!({"url": "https://{region}.example", "variables": variables});
        },
        |it| drop(list(it, OPENAPI, "/servers/0/variables/region/enum").pop()),
    ),
    (
        "header of an answer changed",
        Breaking,
        |it| {
            let headers = json!({"X-Trace": {"schema": {"type": "string"}}});
            with(it, OPENAPI, "/paths/~1api~1customers/post/responses/200", "headers", headers);
        },
        |it| {
            let header = "/paths/~1api~1customers/post/responses/200/headers/X-Trace";
            with(it, OPENAPI, header, "schema", json!({"type": "integer"}));
        },
    ),
];

fn two_parameters(contract: &mut Contract) {
    let parameter =
        |name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let responses = json!({"200": {"description": "Found."}});
    let operation = json!({"parameters": [parameter("a"), parameter("b")], "responses": responses});
    with(contract, OPENAPI, "/paths", "/x/{a}-{b}", json!({ "get": operation }));
}
