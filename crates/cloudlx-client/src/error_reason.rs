//! The reason that a JSON error gives, in the forms that are in use.

use serde_json::Value;

/// The reason in an error of the form of RFC 6749, 5.2 (`error` and `error_description`), or of one that has the same as
/// an object in `error`. None for other JSON.
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

fn join(code: Option<&str>, words: Option<&str>) -> Option<String> {
    let is_said = |text: &&str| !text.trim().is_empty();
    match (code.filter(is_said), words.filter(is_said)) {
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
