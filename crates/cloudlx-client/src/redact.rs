//! Taking secrets out of what a server sent, before it is kept.

use secrecy::{ExposeSecret, SecretString};

const REDACTED: &str = "[redacted]";

/// The secrets of one call, in every spelling that an echo may give them.
pub(crate) struct Redactor {
    /// Longest first, so that a secret within another does not leave the other's rest behind.
    spellings: Vec<String>,
}

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let mut spellings: Vec<_> =
            secrets.into_iter().flat_map(|secret| spellings_of(secret.expose_secret())).collect();
        spellings.retain(|spelling| !spelling.is_empty());
        spellings.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        spellings.dedup();
        Self { spellings }
    }

    /// `text` without secrets.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.spellings.iter().fold(text.to_owned(), |text, spelling| {
            if text.contains(spelling.as_str()) { text.replace(spelling.as_str(), REDACTED) } else { text }
        })
    }

    /// `text` without secrets, where the text was cut off, perhaps within one.
    pub(crate) fn clean_cut(&self, text: &str) -> String {
        // A character that was cut in half hides the beginning before it.
        let mut text = self.clean(text.trim_end_matches(char::REPLACEMENT_CHARACTER));
        let cut = self.spellings.iter().filter_map(|spelling| begun_at_end(&text, spelling)).min();
        if let Some(at) = cut {
            text.truncate(at);
            text.push_str(REDACTED);
        }
        text
    }

    /// Cleans every string and every key within `value`.
    pub(crate) fn clean_json(&self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *text = self.clean(text),
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| self.clean_json(item)),
            serde_json::Value::Object(fields) => {
                for (key, mut value) in std::mem::take(fields) {
                    self.clean_json(&mut value);
                    fields.insert(self.clean(&key), value);
                }
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
        }
    }
}

/// The secret as it is, in JSON as Rust and as PHP write it, in a URL, in a form, and in HTML.
fn spellings_of(secret: &str) -> [String; 7] {
    let json = serde_json::Value::from(secret).to_string();
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned();
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#039;");
    let php = ascii(&json.replace('/', "\\/"));
    [secret.to_owned(), php, json.replace('/', "\\/"), json, form.replace('+', "%20"), form, html]
}

/// JSON with `\u` escapes for what is not ASCII.
fn ascii(json: &str) -> String {
    let mut units = [0; 2];
    let mut spelled = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            spelled.push(character);
        } else {
            let escapes = character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}"));
            spelled.extend(escapes);
        }
    }
    spelled
}

/// Where the longest beginning of `secret` starts that `text` ends with.
fn begun_at_end(text: &str, secret: &str) -> Option<usize> {
    let beginnings = secret.char_indices().rev().filter_map(|(end, _)| secret.get(..end));
    beginnings
        .filter(|beginning| !beginning.is_empty())
        .find(|beginning| text.ends_with(beginning))
        .map(|beginning| text.len() - beginning.len())
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
        ] {
            assert_eq!(redactor.clean(&format!("<{echo}>")), "<[redacted]>", "{echo}");
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
        assert_eq!(redactor.clean_cut("token: none"), "token: none");
    }

    #[test]
    fn json_is_cleaned_after_its_escapes_are_read() {
        let mut value =
            serde_json::from_str(r#"{"s\u0065cret": ["x", {"y": "a s\u0065cret b"}, 1, null]}"#).unwrap();
        redactor(&["secret"]).clean_json(&mut value);
        assert_eq!(value.to_string(), r#"{"[redacted]":["x",{"y":"a [redacted] b"},1,null]}"#);
    }

    #[test]
    fn an_empty_secret_changes_nothing() {
        assert_eq!(redactor(&[""]).clean("abc"), "abc");
    }
}
