//! Taking secrets out of what a server sent, before it is kept.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

const REDACTED: &str = "[redacted]";

/// The secrets of one call.
pub(crate) struct Redactor(Vec<Spelled>);

/// A secret, character by character, each in the usual spellings: as it is, in JSON, in a URL or a form, in HTML. All of
/// them in lower case, for escapes are written in either.
struct Spelled(Vec<[String; 8]>);

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let mut secrets: Vec<_> = secrets.into_iter().map(ExposeSecret::expose_secret).collect();
        secrets.retain(|secret| !secret.is_empty());
        // A secret within another does not leave the other's rest behind.
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(secrets.into_iter().map(|secret| Spelled(secret.chars().map(spellings).collect())).collect())
    }

    /// `text` without secrets.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.replace(text, false)
    }

    /// `text` without secrets, where the text was cut off, perhaps within one.
    pub(crate) fn clean_cut(&self, text: &str) -> String {
        // A character that was cut in half hides the beginning before it.
        self.replace(text.trim_end_matches(char::REPLACEMENT_CHARACTER), true)
    }

    fn replace(&self, text: &str, cut: bool) -> String {
        let lower = text.to_ascii_lowercase();
        let mut clean = String::with_capacity(text.len());
        let mut from = 0;
        while let (Some(rest), Some(character)) =
            (lower.get(from..), text.get(from..).and_then(|rest| rest.chars().next()))
        {
            if let Some(length) = self.0.iter().find_map(|secret| secret.begins(rest, cut)) {
                clean.push_str(REDACTED);
                from += length;
            } else {
                clean.push(character);
                from += character.len_utf8();
            }
        }
        clean
    }

    /// Cleans every key, string and number within `value`.
    pub(crate) fn clean_json(&self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.clean_json(item)),
            Value::Object(fields) => {
                for (key, mut value) in std::mem::take(fields) {
                    self.clean_json(&mut value);
                    fields.insert(self.clean(&key), value);
                }
            }
            Value::String(text) => *text = self.clean(text),
            scalar => {
                let text = scalar.to_string();
                let cleaned = self.clean(&text);
                if cleaned != text {
                    *scalar = Value::String(cleaned);
                }
            }
        }
    }
}

impl Spelled {
    /// How much of `text` is the secret that it begins with; with `cut`, also a part of the secret that is all of it.
    fn begins(&self, text: &str, cut: bool) -> Option<usize> {
        // What is left behind the characters so far: one backslash may be a whole spelling, or half of one.
        let mut rests = vec![text];
        for spellings in &self.0 {
            if cut && rests.iter().any(|rest| spellings.iter().any(|spelling| spelling.starts_with(rest))) {
                return Some(text.len());
            }
            rests = rests
                .iter()
                .flat_map(|rest| spellings.iter().filter_map(|spelling| rest.strip_prefix(spelling.as_str())))
                .collect();
            rests.first()?;
            rests.sort_unstable_by_key(|rest| rest.len());
            rests.dedup_by_key(|rest| rest.len());
        }
        rests.first().map(|rest| text.len() - rest.len())
    }
}

fn spellings(character: char) -> [String; 8] {
    let code = u32::from(character);
    let itself = character.to_string();
    let json = Value::from(itself.as_str()).to_string();
    let units =
        character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>();
    let bytes = itself.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>();
    let other = match character {
        ' ' => "+",
        '/' => "\\/",
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&apos;",
        _ => &itself,
    };
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or_default();
    let html = [format!("&#{code};"), format!("&#0{code};"), format!("&#x{code:x};")];
    let [decimal, padded, hexadecimal] = &html;
    [&itself, json, &units.concat(), &bytes.concat(), other, decimal, padded, hexadecimal]
        .map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        let secrets: Vec<_> = secrets.iter().map(|&secret| SecretString::from(secret)).collect();
        Redactor::new(&secrets)
    }

    #[test]
    fn every_spelling_is_found() {
        let redactor = redactor(&["a/b\"c <d>&é"]);
        for echo in [
            "a/b\"c <d>&é",
            r#"a/b\"c <d>&é"#,
            r#"a\/b\"c <d>&é"#,
            r#"a\/b\"c <d>&\u00e9"#,
            "a%2Fb%22c+%3Cd%3E%26%C3%A9",
            "a%2Fb%22c%20%3Cd%3E%26%C3%A9",
            "a/b&quot;c &lt;d&gt;&amp;é",
            "a%2fb%22c+%3cd%3e%26%c3%a9",
            r"a\u002Fb\u0022c\u0020\u003Cd\u003E\u0026\u00E9",
            "a&#x2F;b&#34;c &#60;d&#062;&#38;&#xE9;",
        ] {
            assert_eq!(redactor.clean(&format!("<{echo}>")), "<[redacted]>", "{echo}");
        }
    }

    #[test]
    fn backslashes_are_found_as_they_are_and_escaped() {
        let redactor = redactor(&[r"a\\b"]);
        for echo in [r"a\\b", r"a\\\\b", r"a\u005c\\b"] {
            assert_eq!(redactor.clean(echo), "[redacted]", "{echo}");
        }
    }

    #[test]
    fn a_secret_within_another_leaves_nothing_behind() {
        assert_eq!(redactor(&["abc", "abcdef"]).clean("abcdef abc"), "[redacted] [redacted]");
    }

    #[test]
    fn a_secret_that_the_end_cuts_off_is_found() {
        let redactor = redactor(&["sécret-token"]);
        assert_eq!(redactor.clean_cut("token: sécret-to"), "token: [redacted]");
        assert_eq!(redactor.clean_cut("token: sé"), "token: [redacted]");
        assert_eq!(redactor.clean_cut("token: s%C3%A9c%7"), "token: [redacted]");
        assert_eq!(redactor.clean_cut("token: none"), "token: none");
    }

    #[test]
    fn json_is_cleaned_after_its_escapes_are_read() {
        let mut value =
            serde_json::from_str(r#"{"s\u0065cret": ["x", {"y": "a s\u0065cret b"}, 1, null]}"#).unwrap();
        redactor(&["secret"]).clean_json(&mut value);
        assert_eq!(value.to_string(), r#"{"[redacted]":["x",{"y":"a [redacted] b"},1,null]}"#);
        redactor(&["1"]).clean_json(&mut value);
        assert_eq!(value.to_string(), r#"{"[redacted]":["x",{"y":"a [redacted] b"},"[redacted]",null]}"#);
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        assert_eq!(redactor(&[""]).clean("abc"), "abc");
    }
}
