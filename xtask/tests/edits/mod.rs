//! The edits, and the verdict that the policy gives each.

use serde_json::{Map, Value, json};
use xtask::compat::Contract;
use xtask::compat::Verdict::{self, Breaking, Compatible, None};

/// Name, verdict, and what is done to the contract.
pub(crate) type Edit = (&'static str, Verdict, fn(&mut Contract));

pub(crate) const REQUEST: &str = "create-customer.request.schema.json";
pub(crate) const RESPONSE: &str = "customer.schema.json";
const OPENAPI: &str = "openapi.json";
const RULES_FILE: &str = "rules.json";

/// What stands at `pointer` in `file`.
fn at<'a>(contract: &'a mut Contract, file: &str, pointer: &str) -> &'a mut Value {
    let file = contract.files.get_mut(file).unwrap();
    file.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

fn fields<'a>(contract: &'a mut Contract, file: &str, pointer: &str) -> &'a mut Map<String, Value> {
    at(contract, file, pointer).as_object_mut().unwrap()
}

fn list<'a>(contract: &'a mut Contract, file: &str, pointer: &str) -> &'a mut Vec<Value> {
    at(contract, file, pointer).as_array_mut().unwrap()
}

fn without(contract: &mut Contract, file: &str, pointer: &str, name: &str) {
    fields(contract, file, pointer).shift_remove(name).unwrap();
}

fn with(contract: &mut Contract, file: &str, pointer: &str, name: &str, value: Value) {
    fields(contract, file, pointer).insert(name.to_owned(), value);
}

fn request(contract: &mut Contract, field: &str, keyword: &str, value: Value) {
    with(contract, REQUEST, &format!("/properties/{field}"), keyword, value);
}

fn response(contract: &mut Contract, pointer: &str, keyword: &str, value: Value) {
    with(contract, RESPONSE, pointer, keyword, value);
}

pub(crate) const REQUESTS: &[Edit] = &[
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
];

pub(crate) const RESPONSES: &[Edit] = &[
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

pub(crate) const ENDPOINTS: &[Edit] = &[
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
];

pub(crate) const RULES: &[Edit] = &[
    ("rule added that refuses what was accepted", Breaking, |it| {
        let bad = r#"{"name": "Mr", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;
        let rule = json!({"code": "title", "path": ["/name"], "message": "expected a name", "source": "inferred",
            "good": "{}", "bad": bad, "cel": "this.name != 'Mr'"});
        list(it, RULES_FILE, "/rules").push(rule);
    }),
    ("rule added for what the schema refused", Breaking, |it| {
        let rule = json!({"code": "wrong-type", "path": ["/name"], "message": "expected a string",
            "source": "page", "good": "{}", "bad": r#"{"name": 1}"#});
        list(it, RULES_FILE, "/rules").push(rule);
    }),
    ("rule removed", Compatible, |it| drop(list(it, RULES_FILE, "/rules").pop())),
    ("rule renamed", Breaking, |it| with(it, RULES_FILE, "/rules/0", "code", json!("empty"))),
    ("expression changed", Breaking, |it| with(it, RULES_FILE, "/rules/2", "cel", json!("false"))),
    ("place added", Breaking, |it| list(it, RULES_FILE, "/rules/0/path").push("/email".into())),
    ("place removed", Compatible, |it| *at(it, RULES_FILE, "/rules/0/path") = json!([])),
    ("bad example that the old version accepts", Breaking, |it| {
        let bad = r#"{"name": "Acme", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;
        with(it, RULES_FILE, "/rules/0", "bad", json!(bad));
    }),
    ("another bad example", None, |it| {
        let bad = r#"{"name": "\t", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;
        with(it, RULES_FILE, "/rules/0", "bad", json!(bad));
    }),
    ("another good example", None, |it| {
        let good = r#"{"name": "Acme", "currency_iso": "CHF", "country_iso": "CH", "realms": []}"#;
        with(it, RULES_FILE, "/rules/0", "good", json!(good));
    }),
    ("message and source changed", None, |it| {
        with(it, RULES_FILE, "/rules/0", "message", json!("expected something to read"));
        with(it, RULES_FILE, "/rules/0", "source", json!("page"));
    }),
    ("list of rules removed", Breaking, |it| drop(it.files.remove(RULES_FILE).unwrap())),
    ("list of rules removed, and a rule named in the schema", Breaking, |it| {
        it.files.remove(RULES_FILE).unwrap();
        let rules = json!({"email-format": "inferred"});
        request(it, "email", "x-cloudlx-rules", rules);
    }),
    ("valid vector turned invalid", Breaking, |it| {
        with(it, "vectors/valid/minimal.json", "", "valid", json!(false));
    }),
    ("invalid vector turned valid", Compatible, |it| {
        with(it, "vectors/invalid/sub-realm-not-shown.json", "", "valid", json!(true));
    }),
];

pub(crate) const DOCUMENTATION: &[Edit] = &[
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
        request_field_last(it, name);
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
];

fn request_field_last(contract: &mut Contract, name: Value) {
    with(contract, REQUEST, "/properties", "name", name);
}
