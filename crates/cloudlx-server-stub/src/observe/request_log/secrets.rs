//! Finds secrets in requests.

use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::{self, Finder};
use serde_json::Value;

use crate::auth::TOKEN_DIGITS;

/// The shortest secret that is searched for: shorter ones, such as the default `stub`, are part of ordinary words.
const SHORTEST_SECRET: usize = 8;

/// How long a text is, in bytes, that a message quotes in full. Of a longer one it may quote the beginning.
const QUOTED: usize = 200;

/// Replaces a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// Fields of the token endpoints. Their values must not be kept, in whichever request they are.
static SECRET_FIELDS: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["client_secret", "access_token", "refresh_token"].map(Finder::new));

/// The secrets that are known while a request is answered.
pub(crate) struct Secrets<'a>(Vec<&'a str>);

impl<'a> Secrets<'a> {
    /// The `known` secrets that are long enough to search for. Tokens are found by their form.
    pub(crate) fn new(known: impl Iterator<Item = &'a str>) -> Self {
        Self(known.filter(|secret| secret.len() >= SHORTEST_SECRET && !could_be_token(secret)).collect())
    }

    /// The first `kept` bytes of `text`, with secrets replaced.
    pub(super) fn cut_from(&self, mut text: String, kept: usize) -> String {
        if !self.are_in(text.as_bytes()) {
            text.truncate(text.floor_char_boundary(kept));
            text.shrink_to_fit();
            return text;
        }
        let known = self.0.iter().fold(text, |text, secret| text.replace(secret, REDACTED));
        let mut safe = String::with_capacity(known.len());
        for word in known.split_inclusive(|letter: char| !letter.is_ascii_hexdigit()) {
            let after = word.trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
            let could_be_token = word.len() - after.len() >= TOKEN_DIGITS;
            safe.extend(if could_be_token { [REDACTED, after] } else { [word, ""] });
        }
        safe.truncate(safe.floor_char_boundary(kept));
        safe.shrink_to_fit();
        safe
    }

    fn are_in(&self, text: &[u8]) -> bool {
        could_hold_token(text) || self.0.iter().any(|secret| memmem::find(text, secret.as_bytes()).is_some())
    }

    pub(super) fn are_in_query(&self, query: &str) -> bool {
        let mut fields = form_urlencoded::parse(query.as_bytes());
        let could_be_in = |text: &str| names_a_secret(text.as_bytes()) || self.are_in(text.as_bytes());
        self.are_in(query.as_bytes())
            || fields.any(|(name, value)| could_be_in(&name) || self.are_in(value.as_bytes()))
    }

    /// Whether a pointer (RFC 6901) names a field that holds a secret, whose slashes and tildes the pointer escapes.
    pub(super) fn are_in_pointer(&self, pointer: &str) -> bool {
        pointer.contains('~') && self.are_in(pointer.replace("~1", "/").replace("~0", "~").as_bytes())
    }

    /// Whether a message that quotes `text` could have a part of a secret, or one with escapes, which nobody would find.
    pub(super) fn are_quoted_in_part(&self, text: &str) -> bool {
        (text.len() > QUOTED || text.contains(['"', '\\'])) && self.are_in(text.as_bytes())
    }

    pub(super) fn are_in_body(&self, body: &[u8]) -> bool {
        let could_be_in = |text: &[u8]| names_a_secret(text) || self.are_in(text);
        // Only a backslash can hide a secret in JSON. A body that has one and is not JSON counts as secret.
        could_be_in(body)
            || memchr(b'\\', body).is_some()
                && serde_json::from_slice(body).map_or(true, |value| any_text(&value, &could_be_in))
    }
}

fn could_be_token(secret: &str) -> bool {
    secret.len() >= TOKEN_DIGITS && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn names_a_secret(text: &[u8]) -> bool {
    SECRET_FIELDS.iter().any(|field| field.find(text).is_some())
}

/// Whether the text has as many hex digits in a row as a token. Such a row crosses one of the positions that are a token's
/// length apart: only these need a look.
fn could_hold_token(text: &[u8]) -> bool {
    (TOKEN_DIGITS..=text.len()).step_by(TOKEN_DIGITS).any(|end| {
        let (before, after) = text.split_at(end);
        let digits_before = before.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let digits_after = after.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        digits_before > 0 && digits_before + digits_after >= TOKEN_DIGITS
    })
}

fn any_text(value: &Value, fits: &impl Fn(&[u8]) -> bool) -> bool {
    match value {
        Value::String(text) => fits(text.as_bytes()),
        Value::Array(items) => items.iter().any(|item| any_text(item, fits)),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| fits(name.as_bytes()) || any_text(value, fits))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_or_holds_a_secret_is_not_kept() {
        let token = "0123456789abcdef0123456789abcdef01234567";
        let secrets = Secrets::new(["hush-hush", "quo\"ted/secret", "one+other", "stub"].into_iter());
        let in_token = format!("x={token}");
        for query in ["page=1&client%5Fsecret=x", "x=hush%2Dhush", "hush-hush", "x=one+other", &in_token] {
            assert!(secrets.are_in_query(query), "{query}");
        }
        let in_token = format!(r#"["{token}"]"#);
        for body in [
            r#"{"refresh_token": "x"}"#,
            r#"{"client\u005fsecret": "x"}"#,
            r#"{"name": "my hush-hush"}"#,
            r#"{"name": ["hush\u002dhush"]}"#,
            r#"{"quo\"ted\/secret": 1}"#,
            r#"{"name": "hush\u002dhush""#,
            &in_token,
        ] {
            assert!(secrets.are_in_body(body.as_bytes()), "{body}");
        }
        for other in [r#"{"name": "a \"stub\" \u00fc", "n": [1, null, true]}"#, "\u{fffd}", &token[1..]] {
            assert!(!secrets.are_in_body(other.as_bytes()), "{other}");
            assert!(!secrets.are_in_query(other), "{other}");
        }
    }

    #[test]
    fn a_secret_elsewhere_is_replaced() {
        let token = "0123456789abcdef0123456789abcdef01234567";
        let secrets = Secrets::new(["hush-hush", "stub"].into_iter());
        let text = format!("/a/hush-hush/{token}/{token}{token}x{}stub-é", &token[1..]);
        let expected = format!("/a/[redacted]/[redacted]/[redacted]x{}stub-é", &token[1..]);
        assert_eq!(secrets.cut_from(text.clone(), text.len()), expected);
    }

    #[test]
    fn a_token_is_found_wherever_it_begins() {
        for before in 0..3 * TOKEN_DIGITS {
            let text = |digits| format!("{}{}.", "x".repeat(before), "a".repeat(digits));
            assert!(could_hold_token(text(TOKEN_DIGITS).as_bytes()), "{before}");
            assert!(could_hold_token(text(TOKEN_DIGITS).trim_end_matches('.').as_bytes()), "{before}");
            assert!(!could_hold_token(text(TOKEN_DIGITS - 1).as_bytes()), "{before}");
        }
    }
}
