//! Bodies of responses from gateways: JSON of their frameworks, pages, and nearly the API's own form.

use serde_json::{Value, json};

/// A body: its media type, and its text.
pub(super) type Body = (Option<&'static str>, String);

/// The bodies of a status in one form.
pub(super) type Bodies = fn(u16) -> Vec<Body>;

/// The text of responses that prove nothing.
pub(super) const TEXT: &str = "said in between";

/// The forms of such bodies.
pub(super) const FORMS: [(&str, Bodies); 4] = [
    ("as JSON", dialects),
    ("as a page or a text", pages),
    ("nearly the API's", nearly_the_apis),
    ("nothing, or a beginning", beginnings),
];

pub(super) fn as_json(value: &Value) -> Body {
    (Some("application/json"), value.to_string())
}

/// Errors in the forms of common gateways and frameworks, without those of a rule's refusal.
fn dialects(status: u16) -> Vec<Body> {
    if matches!(status, 406 | 422) {
        // These prove something in any JSON.
        return Vec::new();
    }
    let mut bodies = vec![
        as_json(&json!({ "message": TEXT })),
        as_json(&json!({ "message": TEXT, "request_id": "7f3a" })),
        as_json(&json!({ "code": status, "message": TEXT })),
        as_json(&json!({ "error": { "code": status, "message": TEXT, "status": "UNAVAILABLE" } })),
        as_json(&json!({ "timestamp": "2026-11-30", "status": status, "error": TEXT, "path": "/" })),
        as_json(&json!({ "statusCode": status, "error": TEXT, "message": TEXT })),
        as_json(&json!({ "fault": { "faultstring": TEXT, "detail": { "errorcode": "x" } } })),
        as_json(&json!({ "error": "server_error", "error_description": TEXT })),
        as_json(&json!(TEXT)),
        as_json(&json!(null)),
    ];
    if status != 400 {
        let problem = json!({ "type": "about:blank", "title": TEXT, "status": status, "detail": TEXT });
        bodies.push((Some("application/problem+json"), problem.to_string()));
        bodies.push(as_json(&json!({ "errors": [{ "status": status.to_string(), "title": TEXT }] })));
    }
    bodies
}

fn pages(status: u16) -> Vec<Body> {
    let page = format!("<html><head><title>{status}</title></head><body><h1>{TEXT}</h1></body></html>");
    let mut bodies =
        vec![(Some("text/html"), page.clone()), (Some("text/html; charset=utf-8"), page.clone())];
    if status != 406 {
        let xml = format!("<?xml version=\"1.0\"?><Error><Code>Busy</Code><Message>{TEXT}</Message></Error>");
        bodies.extend([
            (Some("application/json"), page),
            (Some("application/xml"), xml),
            (Some("text/plain"), TEXT.to_owned()),
            (None, TEXT.to_owned()),
        ]);
    }
    bodies
}

/// The form of the API's framework with one thing wrong.
fn nearly_the_apis(status: u16) -> Vec<Body> {
    let other = if status == 502 { 500 } else { 502 };
    let of_another = as_json(&json!({ "message": TEXT, "status_code": other }));
    match status {
        406 => return Vec::new(),
        // Any other JSON behind a 422 is a rule's.
        422 => return vec![of_another],
        _ => {}
    }
    let mut bodies = vec![
        of_another,
        as_json(&json!({ "message": TEXT, "status_code": status.to_string() })),
        as_json(&json!({ "message": TEXT, "status_code": null })),
        as_json(&json!({ "message": { "text": TEXT }, "status_code": status })),
        as_json(&json!({ "error": TEXT, "status_code": status })),
        as_json(&json!({ "message": TEXT, "status_code": status, "code": "BUSY" })),
    ];
    if status == 503 {
        bodies.push(as_json(&json!({ "message": TEXT, "status_code": 503, "request_id": "7f3a" })));
    }
    bodies
}

fn beginnings(status: u16) -> Vec<Body> {
    if status == 406 {
        return Vec::new();
    }
    let cut = format!("{{\"message\":\"{TEXT}\",\"status_code\":{status}");
    [
        (None, ""),
        (Some("application/json"), ""),
        (Some("text/html"), ""),
        (Some("application/json"), cut.as_str()),
    ]
    .map(|(media_type, text)| (media_type, text.to_owned()))
    .into()
}
