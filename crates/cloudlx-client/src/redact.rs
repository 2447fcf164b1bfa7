//! Removes secrets from what a server sent, before it is kept.
//!
//! The search finds a secret in any mixture of the usual spellings, trimmed as frameworks trim texts, and shortened as stack
//! traces shorten the arguments of functions: eight characters or more of its beginning, and an ellipsis.
//!
//! The cost is linear in the text: at each character, the search compares a secret only as far as it matches. Only for a secret
//! with repetitions does it compare a part of the text more than once.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

const REDACTED: &str = "[redacted]";

/// The shortest beginning of a secret that is redacted before an ellipsis. A shorter one reveals little, and any text might begin
/// like it. PHP's stack traces show 15 bytes.
const SHORTEST_BEGINNING: usize = 8;

/// The shortest end of a secret that is redacted after its beginning and an ellipsis.
const SHORTEST_END: usize = 4;

/// The usual spellings of an ellipsis, in lower case, and of a mask of asterisks. Three full stops begin with two.
const ELLIPSES: [&str; 14] = [
    "..",
    "…",
    "\\u2026",
    "\\u{2026}",
    "\\xe2\\x80\\xa6",
    "&hellip;",
    "&mldr;",
    "&#8230;",
    "&#x2026;",
    "%e2%80%a6",
    "%2e%2e",
    "\\u002e\\u002e",
    "&#46;&#46;",
    "**",
];

/// The secrets of one call.
pub(crate) struct Redactor(Vec<Spelled>);

/// A secret, character by character, each in its usual spellings: verbatim, in JSON, in a URL or a form, in HTML. All are in
/// lower case, because escapes are written in either case.
struct Spelled(Vec<[String; 8]>);

impl Redactor {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let secrets = secrets.into_iter().map(ExposeSecret::expose_secret);
        // A framework that trims texts accepts an untrimmed secret, and echoes it trimmed.
        let mut secrets: Vec<_> =
            secrets.flat_map(|secret| [secret, secret.trim_matches(is_added)]).collect();
        secrets.retain(|secret| !secret.is_empty());
        // Longest first, so that a secret within another does not leave the rest of the other behind.
        secrets.sort_unstable_by_key(|secret| (std::cmp::Reverse(secret.len()), *secret));
        secrets.dedup();
        Self(secrets.into_iter().map(|secret| Spelled(secret.chars().map(spellings).collect())).collect())
    }

    /// `text` without secrets.
    pub(crate) fn clean(&self, text: &str) -> String {
        self.replace(text, false)
    }

    /// `text` without secrets, where the text may have been cut off within a secret.
    pub(crate) fn clean_cut(&self, text: &str) -> String {
        // Half a character at the end would hide the beginning of a secret before it.
        self.replace(text.trim_end_matches(char::REPLACEMENT_CHARACTER), true)
    }

    fn replace(&self, text: &str, cut: bool) -> String {
        let lower = text.to_ascii_lowercase();
        let mut clean = String::with_capacity(text.len());
        let mut from = 0;
        while let (Some(rest), Some(character)) =
            (lower.get(from..), text.get(from..).and_then(|rest| rest.chars().next()))
        {
            if let Some(length) = self.0.iter().find_map(|secret| secret.match_length(rest, cut)) {
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
    /// The length of the secret at the start of `text`, or of a shortened secret with its ellipsis. With `cut`, the whole of
    /// `text` may also be a beginning of the secret.
    fn match_length(&self, text: &str, cut: bool) -> Option<usize> {
        let first = self.0.first()?;
        if !cut && !first.iter().any(|spelling| text.starts_with(spelling)) {
            return None;
        }
        // The possible rests of the text after the characters so far: one backslash may be a whole spelling, or half of one.
        let mut rests = vec![text];
        let mut shortened = None;
        for (count, spellings) in self.0.iter().enumerate() {
            if cut && rests.iter().any(|rest| spellings.iter().any(|spelling| spelling.starts_with(rest))) {
                return Some(text.len());
            }
            if count >= SHORTEST_BEGINNING
                && let Some(rest) = rests.iter().find_map(|rest| after_ellipsis(rest, cut))
            {
                shortened = Some(text.len() - self.after_end(rest).len());
            }
            rests = after(rests, spellings);
            if rests.is_empty() {
                return shortened;
            }
        }
        rests.first().map(|rest| text.len() - rest.len())
    }

    /// The rest of `text` after the end of the secret at its start. All of `text` where there is none.
    fn after_end<'a>(&self, text: &'a str) -> &'a str {
        let ends = (0..self.0.len().saturating_sub(SHORTEST_END - 1)).filter_map(|start| self.0.get(start..));
        let mut rests = ends.filter_map(|end| {
            end.iter().try_fold(vec![text], |rests, spellings| {
                Some(after(rests, spellings)).filter(|rests| !rests.is_empty())
            })
        });
        rests.next().and_then(|rests| rests.first().copied()).unwrap_or(text)
    }
}

/// The rests after any spelling of a character, the shortest first.
fn after<'a>(rests: Vec<&'a str>, spellings: &[String]) -> Vec<&'a str> {
    let mut rests: Vec<_> = rests
        .into_iter()
        .flat_map(|rest| spellings.iter().filter_map(move |spelling| rest.strip_prefix(spelling.as_str())))
        .collect();
    rests.sort_unstable_by_key(|rest| rest.len());
    rests.dedup_by_key(|rest| rest.len());
    rests
}

/// The rest of `text` after the ellipsis at its start. With `cut`, the whole of `text` may also be a part of an ellipsis. Half a
/// character, a quote or a bracket may precede the ellipsis.
fn after_ellipsis(text: &str, cut: bool) -> Option<&str> {
    let is_before =
        |it: char| matches!(it, char::REPLACEMENT_CHARACTER | ' ' | '"' | '\'' | '[' | '(' | '<' | '\\');
    let half = ["\\ufffd", "%ef%bf%bd"].iter().find_map(|half| text.strip_prefix(half)).unwrap_or(text);
    let trimmed = half.trim_start_matches(is_before);
    [text, half, trimmed].into_iter().find_map(|text| {
        let found = ELLIPSES.iter().find_map(|ellipsis| text.strip_prefix(ellipsis));
        found
            .map(|rest| rest.trim_start_matches(['.', '*']))
            .or_else(|| (cut && ELLIPSES.iter().any(|ellipsis| ellipsis.starts_with(text))).then_some(""))
    })
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

/// Whether a character at an end of a secret was probably added by accident: white space, or an invisible character.
pub(crate) fn is_added(character: char) -> bool {
    character.is_whitespace() || !cloudlx_validate::plain::is_plain(character)
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
    fn a_trimmed_secret_is_found() {
        for secret in ["s3cret\n", " s3cret", "\u{feff}s3cret\u{a0}\r\n", "\0s3cret\u{200b}"] {
            let redactor = redactor(&[secret]);
            assert_eq!(redactor.clean(&format!("<{secret}>")), "<[redacted]>", "{secret:?}");
            assert_eq!(redactor.clean("<s3cret>"), "<[redacted]>", "{secret:?}");
        }
    }

    #[test]
    fn a_beginning_that_a_stack_trace_shows_is_found() {
        let redactor = redactor(&["s3cr3t/of-the-client"]);
        for (trace, cleaned) in [
            ("#1 Auth->token('s3cr3t/of-the-...', true)", "#1 Auth->token('[redacted]', true)"),
            (r#"token(\"s3cr3t\/of-the-\u2026\")"#, r#"token(\"[redacted]\")"#),
            ("token(&#039;s3cr3t/of-the-&hellip;&#039;)", "token(&#039;[redacted]&#039;)"),
            ("token=s3cr3t%2Fof-the-%E2%80%A6&x", "token=[redacted]&x"),
            ("s3cr3t/o\u{fffd}...", "[redacted]"),
            ("'s3cr3t/of-t'... 8 more characters", "'[redacted] 8 more characters"),
            ("s3cr3t/of [...] and on", "[redacted]] and on"),
            ("s3cr3t/o********", "[redacted]"),
            ("s3cr3t/of-th...e-client' and on", "[redacted]' and on"),
        ] {
            assert_eq!(redactor.clean(trace), cleaned);
        }
        for other in ["s3cr3t/...", "s3cr3t/of-the-cliff", "s3cr3t/of-the-", "s3cr3t/of-the-xlient..."] {
            assert_eq!(redactor.clean(other), other);
        }
        assert_eq!(redactor.clean_cut("s3cr3t/of-the-."), "[redacted]");
        assert_eq!(redactor.clean_cut("s3cr3t/of-the-&hell"), "[redacted]");
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

    proptest::proptest! {
        #[test]
        fn any_beginning_in_any_spelling_is_found_when_an_ellipsis_follows(
            secret in r#"[a-zA-Z0-9/\\"'&<>é. +%-]{8,30}"#,
            shown in 8_usize..=30,
            spelling in proptest::collection::vec(0_usize..8, 30),
            ellipsis in proptest::sample::select(ELLIPSES.as_slice()),
            upper in proptest::bool::ANY,
        ) {
            let characters = secret.chars().take(shown).zip(spelling);
            let beginning: String = characters.map(|(it, which)| spellings(it)[which].clone()).collect();
            let text = format!("{{{beginning}{ellipsis}}}");
            let text = if upper { text.to_ascii_uppercase() } else { text };
            let cleaned = redactor(&[&secret]).clean(&text);
            proptest::prop_assert!(cleaned.starts_with("{[redacted]") && cleaned.ends_with('}'), "{cleaned} of {text}");
            proptest::prop_assert!(cleaned.len() <= "{[redacted]}".len() + ellipsis.len(), "{cleaned} of {text}");
        }

        #[test]
        fn a_text_without_a_secret_stays_as_it_is(text in r#"[a-z. …*\\&#;%"']{0,100}"#) {
            let redactor = redactor(&["S3CR3T-OF-THE-CLIENT", "\u{feff}0123456789\n"]);
            proptest::prop_assert_eq!(redactor.clean(&text), text);
        }
    }
}
