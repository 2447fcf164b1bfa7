//! What is secret, and how it is found in what came.

use serde_json::Value;

use crate::auth::TOKEN_DIGITS;

/// The shortest secret that is searched for: shorter ones, such as the default `stub`, stand in other words too.
const SHORTEST_SECRET: usize = 8;

/// What stands in the place of a secret.
pub(super) const REDACTED: &str = "[redacted]";

/// The fields of the token endpoints that must not be kept, wherever they turn up.
const SECRET_FIELDS: [&str; 3] = ["client_secret", "access_token", "refresh_token"];

/// What is known to be secret while a request is answered.
pub(crate) struct Secrets<'a>(Vec<&'a str>);

impl<'a> Secrets<'a> {
    /// Those of `known` that are long enough to be found again.
    pub(crate) fn new(known: impl Iterator<Item = &'a str>) -> Self {
        Self(known.filter(|secret| secret.len() >= SHORTEST_SECRET).collect())
    }

    /// The first `kept` bytes of `text`, with secrets replaced.
    pub(super) fn cut_from(&self, text: &str, kept: usize) -> String {
        let known = self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, REDACTED));
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

    fn are_in(&self, text: &str) -> bool {
        self.0.iter().any(|secret| text.contains(secret))
            || text.split(|letter: char| !letter.is_ascii_hexdigit()).any(|word| word.len() >= TOKEN_DIGITS)
    }

    pub(super) fn are_in_query(&self, query: &str) -> bool {
        let mut fields = form_urlencoded::parse(query.as_bytes());
        self.are_in(query)
            || fields.any(|(name, value)| names_a_secret(&name) || self.are_in(&name) || self.are_in(&value))
    }

    pub(super) fn are_in_body(&self, body: &[u8]) -> bool {
        let could_be_in = |text: &str| names_a_secret(text) || self.are_in(text);
        let text = String::from_utf8_lossy(body);
        // JSON without a backslash says all as it is. Where it has one and cannot be read, nothing is known.
        could_be_in(&text)
            || text.contains('\\')
                && serde_json::from_slice(body).map_or(true, |value| any_text(&value, &could_be_in))
    }
}

fn names_a_secret(text: &str) -> bool {
    SECRET_FIELDS.iter().any(|field| text.contains(field))
}

fn any_text(value: &Value, fits: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => fits(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, fits)),
        Value::Object(fields) => fields.iter().any(|(name, value)| fits(name) || any_text(value, fits)),
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
        assert_eq!(secrets.cut_from(&text, text.len()), expected);
    }
}
