//! The body of an error response, whatever its shape.

use std::fmt;

use cloudlx_model::ErrorBody;
use cloudlx_validate::plain::Glance;

use crate::redact::Redactor;
use crate::response::byte_order_mark::without_byte_order_mark;
use crate::response::error_reason;

/// How many of the fields in the API's error a message shows.
const MOST_FIELDS: usize = 10;

/// The body of an error response, whatever its shape. Secrets that the server echoes are replaced with `[redacted]`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ErrorPayload {
    /// The body that the API's framework writes (inferred).
    Api(ErrorBody),
    /// Other JSON.
    Json(serde_json::Value),
    /// HTML or any other text; bytes that are not UTF-8 are replaced with U+FFFD.
    Text(RawBody),
    /// No body at all.
    Empty,
}

/// A body as it arrived, up to a limit, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct RawBody {
    /// The text; bytes that are not UTF-8 are replaced with U+FFFD.
    pub text: String,
    /// Whether the body is longer, or should have been longer, than the text.
    pub cut: bool,
}

impl ErrorPayload {
    pub(crate) fn read(bytes: &[u8], cut: bool, redactor: &Redactor) -> Self {
        let bytes = without_byte_order_mark(bytes);
        // Redacted after parsing, so that a secret which happens to be a field's name does not hide the shape.
        if !error_reason::is_oauth_error(bytes)
            && let Ok(mut body) = serde_json::from_slice::<ErrorBody>(bytes)
        {
            body.message = redactor.clean(&body.message);
            for (field, messages) in body.errors.iter_mut().flat_map(|errors| &mut errors.0) {
                *field = redactor.clean(field);
                for message in messages {
                    *message = redactor.clean(message);
                }
            }
            return Self::Api(body);
        }
        if !cut && let Ok(mut value) = serde_json::from_slice(bytes) {
            redactor.clean_json(&mut value);
            return Self::Json(value);
        }
        match RawBody::read(bytes, cut, redactor) {
            raw if raw.text.trim().is_empty() => Self::Empty,
            raw => Self::Text(raw),
        }
    }
}

impl RawBody {
    pub(crate) fn read(bytes: &[u8], cut: bool, redactor: &Redactor) -> Self {
        let text = String::from_utf8_lossy(bytes);
        if cut {
            return Self { text: redactor.clean_cut(&text), cut };
        }
        // JSON stays JSON: it is redacted after parsing, and written again where that changed something.
        if let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) {
            let mut cleaned = value.clone();
            redactor.clean_json(&mut cleaned);
            if cleaned != value {
                return Self { text: cleaned.to_string(), cut };
            }
        }
        Self { text: redactor.clean(&text), cut }
    }
}

/// On one line, each text plain and shortened to a glance.
impl fmt::Display for ErrorPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(body) => {
                write!(f, "{}", Glance(&body.message))?;
                let errors = body.errors.iter().flat_map(|errors| &errors.0);
                for (field, messages) in errors.clone().take(MOST_FIELDS) {
                    write!(f, "; {}: {}", Glance(field), Glance(&messages.join(" ")))?;
                }
                match errors.count().checked_sub(MOST_FIELDS) {
                    Some(more @ 1..) => write!(f, "; … and {more} more"),
                    _ => Ok(()),
                }
            }
            Self::Json(value) => write!(f, "{}", Glance(&error_reason::describe(value))),
            Self::Text(body) => write!(f, "{body}"),
            Self::Empty => f.write_str("(no body)"),
        }
    }
}

/// On one line, plain and shortened to a glance.
impl fmt::Display for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.text.trim().is_empty() {
            f.write_str("(no body)")
        } else {
            write!(f, "{}", Glance(&self.text))
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;

    fn read(bytes: &[u8]) -> ErrorPayload {
        ErrorPayload::read(bytes, false, &Redactor::new(&[SecretString::from("se/cret")]))
    }

    #[test]
    fn a_body_of_any_shape_is_kept() {
        let api = read(br#"{"message": "422 Unprocessable Entity", "errors": {"b": ["x", "y"], "a": ["z"]}, "debug": {}}"#);
        assert!(matches!(&api, ErrorPayload::Api(body) if body.status_code.is_none()), "{api:?}");
        assert_eq!(api.to_string(), "422 Unprocessable Entity; b: x y; a: z");

        let json = read(br#" {"error": "invalid_client"} "#);
        assert_eq!(json, ErrorPayload::Json(serde_json::json!({"error": "invalid_client"})));
        assert_eq!(json.to_string(), "invalid_client");
        assert!(matches!(read(br#"{"message": "x", "code": "not a number"}"#), ErrorPayload::Json(_)));

        let html = read(b"<html>\r\n  <h1>502 Bad\tGateway</h1>\x1b[31m\xff</html>");
        assert!(matches!(html, ErrorPayload::Text(_)), "{html:?}");
        assert_eq!(html.to_string(), "<html> <h1>502 Bad Gateway</h1>\\u{1b}[31m\u{fffd}</html>");

        for empty in [b"".as_slice(), b" \r\n"] {
            assert_eq!(read(empty), ErrorPayload::Empty);
        }
    }

    #[test]
    fn an_echoed_secret_is_kept_in_no_shape() {
        for body in [
            r#"{"message": "se/cret", "errors": {"se\/cret": ["s\u0065/cret"]}}"#,
            r#"{"x": "s\u0065\/cret", "se/cret": [["se\/cret"]]}"#,
            "<p>se/cret or se%2Fcret",
        ] {
            let payload = read(body.as_bytes());
            assert!(!format!("{payload:?} {payload}").contains("cret"), "{payload:?}");
            assert!(payload.to_string().contains("[redacted]"), "{payload}");
        }
    }

    #[test]
    fn a_secret_that_is_a_fields_name_does_not_hide_the_shape() {
        let redactor = Redactor::new(&[SecretString::from("message")]);
        let body = br#"{"message": "bad message", "errors": {"message": ["message"]}}"#;
        let payload = ErrorPayload::read(body, false, &redactor);
        assert!(matches!(payload, ErrorPayload::Api(_)), "{payload:?}");
        assert_eq!(payload.to_string(), "bad [redacted]; [redacted]: [redacted]");
    }

    #[test]
    fn a_message_shows_no_more_than_a_glance_of_each_text_and_no_more_than_a_few() {
        let fields: Vec<_> = (0..1000).map(|i| format!(r#""f{i:04}": ["{}"]"#, "x".repeat(1000))).collect();
        let body = format!(r#"{{"message": "{}", "errors": {{{}}}}}"#, "m".repeat(10_000), fields.join(","));
        let shown = read(body.as_bytes()).to_string();
        assert!(shown.ends_with("; … and 990 more") && shown.len() < 3_000, "{shown}");
    }

    #[test]
    fn what_a_server_says_moves_no_cursor_and_turns_no_direction() {
        let hostile = "a\u{1b}]0;x\u{7}\u{9b}2J\r\n\u{2028}\u{202e}\u{2066}\u{200b}\u{e0041}b";
        let quoted = serde_json::json!(hostile);
        for body in [
            format!(r#"{{"message": {quoted}, "errors": {{{quoted}: [{quoted}]}}}}"#),
            format!("[{quoted}]"),
            hostile.to_owned(),
        ] {
            let shown = read(body.as_bytes()).to_string();
            assert!(shown.chars().all(cloudlx_validate::plain::is_plain), "{shown:?}");
        }
    }
}
