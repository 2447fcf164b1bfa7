//! Reads an access token from a response of the token endpoint.
//!
//! A call needs only the token, so nothing else makes a response unusable: seconds may be text or have a fraction, and all other
//! fields may be missing or of any type. A problem names the field and the type, never the value, which may be a secret.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::SecretString;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::auth::bearer::Bearer;
use crate::auth::token_cache::{DEFAULT_LIFETIME, LONGEST_LIFETIME};
use crate::error::token_kind::TokenKind;
use crate::redact::Redactor;
use crate::response::body::{self, End, MAX_ANSWER_BYTES};
use crate::response::error_reason;
use crate::success::problem::{Problem, TokenProblem};
use crate::success::read::{ReadFailure, ReadSuccess};

/// Reads the token and its lifetime.
pub(crate) struct TokenAnswer;

type Fields<'a> = BTreeMap<String, &'a RawValue>;

impl ReadSuccess for TokenAnswer {
    type Body = (Bearer, Duration);

    async fn read(&self, response: &mut Response) -> Result<Self::Body, ReadFailure> {
        let media_type = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let media_type = media_type.map(|it| String::from_utf8_lossy(it).into_owned());
        let read = body::read(response, MAX_ANSWER_BYTES).await;
        let (problem, cut) = match read.end {
            End::Broken(source) => return Err(ReadFailure::broken(source, read.bytes)),
            End::TooLong => (Problem::TooLong(MAX_ANSWER_BYTES), true),
            End::Whole => match parse(&read.bytes, media_type.as_deref()) {
                Ok(token) => return Ok(token),
                Err(problem) => (problem, false),
            },
        };
        Err(ReadFailure::Unusable { problem, beginning: read.bytes, cut })
    }
}

/// The token in a body, and its lifetime.
fn parse(body: &[u8], media_type: Option<&str>) -> Result<(Bearer, Duration), Problem> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}');
    let fields: Fields<'_> = match serde_json::from_str(text) {
        Ok(fields) => fields,
        Err(error) if error.is_eof() && !text.trim().is_empty() => return Err(Problem::Json(error)),
        Err(error) if error.is_data() => {
            return Err(problem(format!("JSON that is {} and not an object", json_type(text))));
        }
        Err(_) => return Err(problem(no_json(text, media_type))),
    };
    match token(&fields) {
        Ok(bearer) => Ok((bearer, lifetime(fields.get("expires_in").copied()))),
        Err(found) => Err(Problem::Token(TokenProblem { found, error: error(&fields) })),
    }
}

/// Whether a body has a usable token.
pub(crate) fn check(body: &[u8], media_type: Option<&str>) -> Result<(), Problem> {
    parse(body, media_type).map(drop)
}

fn token(fields: &Fields<'_>) -> Result<Bearer, String> {
    let Some(token) = fields.get("access_token") else { return Err("no access_token".to_owned()) };
    let found = |what: &str| format!("an access_token that is {what}");
    if !token.get().starts_with('"') {
        return Err(found(&format!("{} and not text", json_type(token.get()))));
    }
    let text = serde_json::from_str::<String>(token.get()).map_err(|_| found("text that cannot be read"))?;
    match text.trim() {
        "" if text.is_empty() => Err(found("empty text")),
        "" => Err(found("white space alone")),
        token => Bearer::new(token.into(), TokenKind::Fetched)
            .ok_or_else(|| found("text with white space or other characters that no header can hold")),
    }
}

/// The lifetime of the token, or a default where the response states none that can be read.
fn lifetime(expires_in: Option<&RawValue>) -> Duration {
    let seconds = expires_in.and_then(|expires_in| {
        let text = serde_json::from_str::<String>(expires_in.get());
        text.as_deref().unwrap_or(expires_in.get()).trim().parse::<f64>().ok()
    });
    match seconds {
        Some(seconds) if seconds.is_finite() && seconds >= 0.0 => Duration::try_from_secs_f64(seconds)
            .map_or(LONGEST_LIFETIME, |lifetime| lifetime.min(LONGEST_LIFETIME)),
        _ => DEFAULT_LIFETIME,
    }
}

/// The error in a response that reports success, without what may be a token.
fn error(fields: &Fields<'_>) -> Option<String> {
    let values = fields.iter().filter_map(|(name, value)| {
        serde_json::from_str::<Value>(value.get()).ok().map(|value| (name.clone(), value))
    });
    let values = values.collect::<serde_json::Map<_, _>>();
    let tokens = values.iter().filter(|(name, _)| name.ends_with("_token"));
    let tokens: Vec<_> = tokens
        .filter_map(|(_, value)| value.as_str())
        .map(|token| SecretString::from(token.trim()))
        .collect();
    let reason = error_reason::reason(&Value::Object(values))?;
    Some(Redactor::new(&tokens).clean(&reason))
}

fn no_json(text: &str, media_type: Option<&str>) -> String {
    let found = if text.trim().is_empty() { "no body" } else { "a body that is not JSON" };
    match media_type {
        Some(media_type) => format!("{found} (its media type is {media_type})"),
        None => format!("{found} (it names no media type)"),
    }
}

/// The type of a JSON value, as words in a sentence.
fn json_type(json: &str) -> &'static str {
    match json.trim_start().bytes().next() {
        Some(b'"') => "text",
        Some(b'[') => "an array",
        Some(b'{') => "an object",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

fn problem(found: String) -> Problem {
    Problem::Token(TokenProblem { found, error: None })
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn read(body: &str) -> Result<(String, Duration), String> {
        match parse(body.as_bytes(), Some("application/json")) {
            Ok((bearer, lifetime)) => Ok((bearer.secret.expose_secret().to_owned(), lifetime)),
            Err(Problem::Token(problem)) => Err(problem.describe(&Redactor::new(&[]))),
            Err(Problem::Json(error)) => Err(error.to_string()),
            Err(_) => Err("too long".to_owned()),
        }
    }

    #[test]
    fn a_token_is_kept_for_as_long_as_is_said_in_any_usual_way() {
        for (expires_in, seconds) in [
            ("3600", 3600.0),
            ("3600.0", 3600.0),
            ("3599.5", 3599.5),
            ("3.6e3", 3600.0),
            (r#""3600""#, 3600.0),
            (r#""3600.0""#, 3600.0),
            (r#"" 3600\n""#, 3600.0),
            ("0", 0.0),
            (r#""0""#, 0.0),
            ("86401", 86_400.0),
            ("99999999999999999999999999", 86_400.0),
            ("1e300", 86_400.0),
        ] {
            let body = format!(r#"{{"access_token": "t1", "expires_in": {expires_in}}}"#);
            assert_eq!(read(&body), Ok(("t1".to_owned(), Duration::from_secs_f64(seconds))), "{body}");
        }
    }

    #[test]
    fn a_life_that_is_not_said_or_makes_no_sense_is_a_short_one() {
        for expires_in in [
            "null",
            "-1",
            "-0.5",
            "1e400",
            "true",
            "[]",
            "[3600]",
            r#"{"seconds": 3600}"#,
            r#""""#,
            r#""soon""#,
        ]
        .into_iter()
        .chain([
            r#""NaN""#,
            r#""inf""#,
            r#""-1""#,
            r#""3600s""#,
            r#""2026-11-30T23:00:00Z""#,
            r#""\ud800""#,
        ]) {
            let body = format!(r#"{{"access_token": "t1", "expires_in": {expires_in}}}"#);
            assert_eq!(read(&body), Ok(("t1".to_owned(), DEFAULT_LIFETIME)), "{body}");
        }
        assert_eq!(read(r#"{"access_token": "t1"}"#), Ok(("t1".to_owned(), DEFAULT_LIFETIME)));
    }

    #[test]
    fn no_other_field_matters() {
        for rest in [
            r#""refresh_token": null"#,
            r#""refresh_token": 7"#,
            r#""token_type": null"#,
            r#""token_type": ["Bearer", 1e999]"#,
            r#""scope": {"a": []}"#,
            r#""token_type": "mac""#,
            r#""error": null"#,
            r#""access_token": "t1""#,
            "\"note\": \"\u{fffd}\"",
        ] {
            for body in [
                format!(r#"{{"access_token": "t1", "expires_in": 60, {rest}}}"#),
                format!("\u{feff}\r\n{{{rest}, \"expires_in\": 60, \"access_token\": \" t1\\n\"}}\n"),
            ] {
                assert_eq!(read(&body), Ok(("t1".to_owned(), Duration::from_mins(1))), "{body}");
            }
        }
        let latin = b"{\"access_token\": \"t1\", \"note\": \"caf\xe9\"}";
        assert!(parse(latin, None).is_ok(), "a field in another encoding");
    }

    #[test]
    fn what_is_wrong_is_named_by_field_and_type_and_never_by_value() {
        for (body, found) in [
            (r#"{"token": "s3cr3t"}"#, "no access_token"),
            ("{}", "no access_token"),
            (r#"{"access_token": null}"#, "an access_token that is null and not text"),
            (r#"{"access_token": ""}"#, "an access_token that is empty text"),
            (r#"{"access_token": " \n\t"}"#, "an access_token that is white space alone"),
            (r#"{"access_token": 300}"#, "an access_token that is a number and not text"),
            (r#"{"access_token": 1e999}"#, "an access_token that is a number and not text"),
            (r#"{"access_token": true}"#, "an access_token that is a boolean and not text"),
            (r#"{"access_token": ["s3cr3t"]}"#, "an access_token that is an array and not text"),
            (r#"{"access_token": {"value": "s3cr3t"}}"#, "an access_token that is an object and not text"),
            (r#"["s3cr3t"]"#, "JSON that is an array and not an object"),
            (r#""s3cr3t""#, "JSON that is text and not an object"),
            ("300", "JSON that is a number and not an object"),
            ("null", "JSON that is null and not an object"),
            ("", "no body (its media type is application/json)"),
            ("<html>s3cr3t", "a body that is not JSON (its media type is application/json)"),
            ("access_token=s3cr3t", "a body that is not JSON (its media type is application/json)"),
        ] {
            assert_eq!(read(body), Err(found.to_owned()), "{body}");
        }
        let unfit =
            "an access_token that is text with white space or other characters that no header can hold";
        for token in ["s3cr 3t", r"s3cr\n3t", r"s3cr\u00003t", "s3cr3té", r"s3cr\u200b3t"] {
            assert_eq!(read(&format!(r#"{{"access_token": "{token}"}}"#)), Err(unfit.to_owned()), "{token}");
        }
        assert!(
            matches!(parse(br#"{"access_token": "s3c"#, None), Err(Problem::Json(error)) if error.is_eof())
        );
    }

    #[test]
    fn an_error_that_calls_itself_a_success_is_shown_without_the_tokens_beside_it() {
        for (body, found) in [
            (
                r#"{"error":"invalid_client","error_description":"Client secret has expired"}"#,
                "no access_token, but the error invalid_client: Client secret has expired",
            ),
            (
                r#"{"access_token": null, "error": "access_denied"}"#,
                "an access_token that is null and not text, but the error access_denied",
            ),
            (
                r#"{"access_token": "a\nb", "refresh_token": "r3fr3sh", "error": "invalid", "error_description": "not a\nb nor r3fr3sh"}"#,
                "an access_token that is text with white space or other characters that no header can hold, but the error \
                 invalid: not [redacted] nor [redacted]",
            ),
        ] {
            assert_eq!(read(body), Err(found.to_owned()), "{body}");
        }
    }

    #[test]
    fn an_answer_without_a_media_type_says_so() {
        let Err(Problem::Token(problem)) = parse(b"<html>", None) else { panic!("it has no token") };
        assert_eq!(problem.to_string(), "a body that is not JSON (it names no media type)");
    }
}
