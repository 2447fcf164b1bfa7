//! The reason in a JSON error, in the forms that servers use.

use serde_json::Value;

/// The reason in an error as RFC 6749, 5.2 defines it (`error` and `error_description`), or in one with an object in `error`.
/// None for other JSON.
pub(crate) fn reason(body: &Value) -> Option<String> {
    match body.get("error")? {
        Value::String(error) => {
            join(Some(error), text(body, "error_description").or_else(|| text(body, "message")))
        }
        error @ Value::Object(_) => {
            let code = ["code", "type", "status"].into_iter().find_map(|name| text(error, name));
            let words = ["message", "error_description", "description"]
                .into_iter()
                .find_map(|name| text(error, name));
            join(code, words)
        }
        _ => join(None, text(body, "error_description").or_else(|| text(body, "message"))),
    }
}

/// JSON as a message shows it: the reason first, where there is one, and then the other fields.
pub(crate) fn describe(body: &Value) -> String {
    let (Some(reason), Some(fields)) = (reason(body), body.as_object()) else { return body.to_string() };
    let rest = fields.iter().filter(|(name, value)| {
        let is_words = matches!(name.as_str(), "error_description" | "message");
        let is_repeated = is_words && value.as_str().is_some_and(|value| reason.contains(value.trim()));
        !is_repeated && name.as_str() != "error" && !value.is_null()
    });
    let rest: serde_json::Map<_, _> = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
    if rest.is_empty() { reason } else { format!("{reason} {}", Value::Object(rest)) }
}

/// Whether a body is an error of RFC 6749, 5.2. It may also have a `message`, as the framework's errors do.
pub(crate) fn is_oauth_error(body: &[u8]) -> bool {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return false };
    let is_given = fields.get("error").and_then(Value::as_str).is_some_and(|error| !error.trim().is_empty());
    is_given && !fields.contains_key("errors") && !fields.contains_key("status_code")
}

fn join(code: Option<&str>, words: Option<&str>) -> Option<String> {
    let has_text = |text: &&str| !text.trim().is_empty();
    match (code.filter(has_text), words.filter(has_text)) {
        (Some(code), Some(words)) => Some(format!("{code}: {words}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str().filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_stands_before_whatever_else_there_is() {
        for (body, expected) in [
            (
                json!({"debug": "x", "error": "invalid_client", "error_description": "It expired", "hint": null}),
                r#"invalid_client: It expired {"debug":"x"}"#,
            ),
            (json!({"error": "e", "error_description": "d", "message": "d"}), "e: d"),
            (json!({"code": 7}), r#"{"code":7}"#),
            (json!(["error"]), r#"["error"]"#),
        ] {
            assert_eq!(describe(&body), expected);
        }
    }

    #[test]
    fn the_frameworks_errors_are_not_those_of_oauth() {
        for (body, is) in [
            (r#"{"error":"invalid_client","message":"No such client"}"#, true),
            (r#"{"error":"invalid","message":"x","status_code":401}"#, false),
            (r#"{"error":"invalid","message":"x","errors":{}}"#, false),
            (r#"{"error":"","message":"x"}"#, false),
            (r#"{"error":{},"message":"x"}"#, false),
            (r#"{"message":"x"}"#, false),
            ("<html>", false),
        ] {
            assert_eq!(is_oauth_error(body.as_bytes()), is, "{body}");
        }
    }

    #[test]
    fn a_reason_is_found_in_each_usual_form() {
        for (body, expected) in [
            (
                json!({"error": "invalid_client", "error_description": "It expired"}),
                Some("invalid_client: It expired"),
            ),
            (json!({"debug": ["x"], "error": "invalid_client"}), Some("invalid_client")),
            (
                json!({"error": "invalid_client", "message": "No such client"}),
                Some("invalid_client: No such client"),
            ),
            (json!({"error": "", "error_description": "It expired"}), Some("It expired")),
            (json!({"error": {"code": "denied", "message": "Not you"}}), Some("denied: Not you")),
            (json!({"error": {"code": 401, "message": "Not you"}}), Some("Not you")),
            (json!({"error": true, "message": "Not you"}), Some("Not you")),
            (json!({"error": null}), None),
            (json!({"error": ["x"]}), None),
            (json!({"message": "Not you"}), None),
            (json!([]), None),
            (json!("error"), None),
        ] {
            assert_eq!(reason(&body).as_deref(), expected, "{body}");
        }
    }
}
