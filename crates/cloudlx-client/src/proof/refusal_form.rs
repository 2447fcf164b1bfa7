//! The forms in which an API refuses a request.

use cloudlx_validate::field_names;
use serde_json::{Map, Value};

/// Whether a body is an error as `dingo/api` writes it. With 503, gateways write nearly the same, so there the body may have no
/// other fields.
pub(crate) fn is_framework_error(status: u16, body: &Map<String, Value>) -> bool {
    const FIELDS: [&str; 5] = ["message", "errors", "code", "status_code", "debug"];
    let is_fine = |name: &str, test: fn(&Value) -> bool| body.get(name).is_none_or(test);
    body.get("message").is_some_and(|message| message.is_string() && has_text(message))
        && body.get("status_code").and_then(Value::as_u64) == Some(status.into())
        && is_fine("code", |code| code.is_i64() || code.is_null())
        && is_fine("errors", |errors| errors.is_object() || errors.is_array() || errors.is_null())
        && body.iter().all(|(name, value)| agrees(status, name, value))
        && (status != 503
            || body.iter().all(|(name, value)| {
                FIELDS.contains(&name.as_str()) && (name != "code" || stated_status(value).is_none())
            }))
}

/// Whether a body describes what is wrong with a request, in a form that frameworks write, and contradicts itself nowhere.
pub(crate) fn is_rule_violation(status: u16, body: &Value) -> bool {
    agrees(status, "", body)
        && match body {
            Value::Array(errors) => are_errors(errors),
            Value::Object(body) => {
                has_errors(body)
                    || is_problem(body)
                    || is_by_field(body)
                    // No gateway sends 422, so a single text is enough.
                    || (status == 422 && has_message(body))
            }
            _ => false,
        }
}

/// Whether every field that repeats the status, as a number or as text and at any depth, agrees with it, and no field reports
/// success. Fields that debugging adds do not count.
fn agrees(status: u16, name: &str, value: &Value) -> bool {
    let name: String = name.chars().filter(|it| *it != '_' && *it != '-').collect::<String>().to_lowercase();
    match (name.as_str(), value) {
        ("debug" | "trace", _) => true,
        ("success" | "ok", Value::Bool(succeeded)) => !succeeded,
        ("status", Value::String(text)) if matches!(text.as_str(), "success" | "ok" | "OK" | "created") => {
            false
        }
        (
            "status" | "statuscode" | "httpstatus" | "httpcode" | "httpstatuscode" | "code" | "errorcode",
            Value::String(_) | Value::Number(_),
        ) => stated_status(value).is_none_or(|stated| stated == status),
        (_, Value::Array(items)) => items.iter().all(|item| agrees(status, "", item)),
        (_, Value::Object(fields)) => fields.iter().all(|(name, value)| agrees(status, name, value)),
        _ => true,
    }
}

/// The status that a value is or begins with. None for other numbers, which have a meaning of the application's own.
fn stated_status(value: &Value) -> Option<u16> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let digits = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    text.get(..digits)?.parse().ok().filter(|stated| (100..600).contains(stated))
}

/// Whether a part of the body lists errors. A single text in one of these may come from a gateway. Several texts, or texts by
/// field, come from a rule.
fn has_errors(body: &Map<String, Value>) -> bool {
    const LISTS: [&str; 13] = [
        "errors",
        "message",
        "messages",
        "details",
        "issues",
        "violations",
        "fields",
        "invalid-params",
        "invalid_params",
        "invalidParams",
        "validation_errors",
        "validationErrors",
        "detail",
    ];
    let is_failed = body.get("status").is_some_and(|status| status == "fail");
    let data = body.get("data").filter(|_| is_failed);
    let by_field = body.get("error").and_then(Value::as_object).is_some_and(is_by_field);
    by_field
        || LISTS.iter().filter_map(|name| body.get(*name)).chain(data).any(|list| match list {
            Value::Array(errors) => are_errors(errors),
            Value::Object(fields) => fields.values().any(has_text),
            _ => false,
        })
}

/// Whether this is a list of errors: sentences, or objects such as those of JSON:API.
fn are_errors(errors: &[Value]) -> bool {
    !errors.is_empty() && errors.iter().all(has_text)
}

/// Whether a body has problem details (RFC 9457).
fn is_problem(body: &Map<String, Value>) -> bool {
    let has = |name: &str| body.get(name).is_some_and(has_text);
    (has("title") || has("detail")) && (body.contains_key("type") || body.contains_key("status"))
}

/// Whether a body has messages by field and nothing else: lists, or one text for each field of the request.
fn is_by_field(body: &Map<String, Value>) -> bool {
    let is_list = |list: &Value| list.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    let are_lists = body.values().all(is_list);
    let are_fields = || {
        let is_field =
            |name: &String| field_names().any(|field| name.split(['.', '[']).next() == Some(field));
        body.keys().all(is_field) && body.values().all(|value| value.is_string() || is_list(value))
    };
    !body.is_empty() && body.values().all(has_text) && (are_lists || are_fields())
}

/// Whether a body has a text in a field in which servers describe what is wrong.
fn has_message(body: &Map<String, Value>) -> bool {
    const TEXTS: [&str; 12] = [
        "message",
        "error",
        "errors",
        "error_message",
        "errorMessage",
        "error_description",
        "detail",
        "details",
        "title",
        "description",
        "reason",
        "msg",
    ];
    TEXTS.iter().filter_map(|name| body.get(*name)).any(has_text)
}

fn has_text(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(has_text),
        Value::Object(fields) => fields.values().any(has_text),
        _ => false,
    }
}
