//! The schema of the stub's faults says what the stub reads.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use cloudlx_server_stub::faults::{self, Schedule};
use serde_json::{Value, json};

/// Whether the schema and the reader take a schedule: they agree.
fn taken(schedule: &Value) -> bool {
    let by_reader = Schedule::from_json(schedule.to_string().as_bytes());
    let by_schema = jsonschema::is_valid(faults::schema().schema.as_value(), schedule);
    assert_eq!(by_reader.is_ok(), by_schema, "{schedule}: {by_reader:?}");
    by_schema
}

fn with_headers(headers: &Value) -> Value {
    json!({"requests": [{"do": {"after": {"alter": {"headers": headers}}}}]})
}

#[test]
fn the_example_is_taken() {
    let example = serde_json::from_str(include_str!("../../examples/faults.json")).unwrap();
    assert!(taken(&example));
    assert!(taken(&json!({})));
}

#[test]
fn every_action_is_taken() {
    for action in [
        json!({"before": {"delay": {"by_ms": 1}}}),
        json!({"before": "close"}),
        json!({"before": "reset"}),
        json!({"before": "never-answer"}),
        json!({"before": {"answer": {"status": 429, "retry_after": {"date-in-seconds": 1}}}}),
        json!({"after": {"delay": {"by_ms": 1}}}),
        json!({"after": "close"}),
        json!({"after": "never-answer"}),
        json!({"after": {"reset": {}}}),
        json!({"after": {"cut-short": {"body_bytes": 0, "content_length": "of-what-is-sent"}}}),
        json!({"after": {"drip": {"bytes": 1, "every_ms": 1}}}),
        json!({"after": {"answer": {"status": 500, "body": "empty"}}}),
        json!({"after": {"answer": {"status": 409, "body": {"text": "{}"}, "headers": {"Location": "/a", "x-~'": ""}}}}),
        json!({"after": {"alter": {"headers": {"Link": "</a>; rel=\"next\""}}}}),
        json!({"after": "not-json"}),
        json!({"after": {"without": {"pointer": "/id"}}}),
        json!({"after": {"alter": {"status": 201, "media_type": "text/plain", "patch": {"id": null}}}}),
        json!({"after": {"commit-late": {"by_ms": 1, "then": {"answer": {"status": 504}}}}}),
    ] {
        assert!(taken(&json!({"requests": [{"do": action}]})), "{action}");
    }
}

#[test]
fn mistakes_are_not_taken() {
    for schedule in [
        json!({"seed": -1}),
        json!({"faults": []}),
        json!({"connections": [{"do": "reset"}]}),
        json!({"connections": [{"endpoint": "create_customer", "do": "close"}]}),
        json!({"connections": [{"do": {"refuse": {}}}]}),
        json!({"requests": [{}]}),
        json!({"requests": [{"do": "close"}]}),
        json!({"requests": [{"from": 0, "do": {"before": "close"}}]}),
        json!({"requests": [{"times": 0, "do": {"before": "close"}}]}),
        json!({"requests": [{"probability": 1.5, "do": {"before": "close"}}]}),
        json!({"requests": [{"endpoint": "customers", "do": {"before": "close"}}]}),
        json!({"requests": [{"do": {"before": "not-json"}}]}),
        json!({"requests": [{"do": {"before": "close", "after": "close"}}]}),
        json!({"requests": [{"do": {"after": {"answer": {"status": 100}}}}]}),
        json!({"requests": [{"do": {"after": {"answer": {"status": 200, "body": {"text": 1}}}}}]}),
        with_headers(&json!({"Content-Length": "1"})),
        with_headers(&json!({"KEEP-alive": "1"})),
        with_headers(&json!({"a b": "1"})),
        with_headers(&json!({"": "1"})),
        with_headers(&json!({"x": 1})),
        with_headers(&json!({"x": "\r\n"})),
        with_headers(&json!({"x": "a".repeat(1025)})),
        with_headers(&json!({"x".repeat(65): ""})),
        with_headers(&(0..33).map(|number| (format!("x-{number}"), json!("1"))).collect()),
        json!({"requests": [{"do": {"after": {"drip": {"bytes": 0, "every_ms": 1}}}}]}),
    ] {
        assert!(!taken(&schedule), "{schedule}");
    }
}
