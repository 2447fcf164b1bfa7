//! Writes values for a report: on one line, shortened, and with invisible characters escaped.

use std::fmt::Write as _;

use serde_json::Value;

/// Longer values are cut; the longest pattern in use fits.
const LONGEST: usize = 320;
/// Longer strings in documents are cut, for people.
const LONGEST_STRING: usize = 40;

/// A value as JSON. A long one is cut and ends with a hash of the whole.
pub(super) fn shortened(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return visible(&text);
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{}… ({} characters, {:08x})", visible(&start), text.chars().count(), number(&text))
}

/// `old → new`, with `none` for a missing value.
pub(super) fn from_to(old: Option<&Value>, new: Option<&Value>) -> String {
    let written = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), shortened);
    format!("{} → {}", written(old), written(new))
}

/// A document for people: its long strings are cut.
pub(super) fn for_people(document: &Value) -> String {
    visible(&with_short_strings(document).to_string())
}

/// Control characters, white space beyond ASCII and characters without a shape, as JSON and TOML escape them.
pub(super) fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut visible, c| {
        if is_seen(c) {
            visible.push(c);
        } else if u32::from(c) <= 0xffff {
            let _ = write!(visible, "\\u{:04x}", u32::from(c));
        } else {
            let _ = write!(visible, "\\U{:08x}", u32::from(c));
        }
        visible
    })
}

/// A TOML string that is read as `text`.
pub(super) fn toml(text: &str) -> String {
    format!("\"{}\"", visible(&text.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn is_seen(c: char) -> bool {
    let has_no_shape = matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    );
    c == ' ' || !(c.is_control() || c.is_whitespace() || has_no_shape)
}

/// A hash of a value that is too long to show.
pub(super) fn number_of(value: &Value) -> String {
    format!("{:08x}", number(&value.to_string()))
}

/// FNV-1a: two values that begin alike stay different.
fn number(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5_u32, |number, byte| (number ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn with_short_strings(value: &Value) -> Value {
    match value {
        Value::String(text) if text.chars().count() > LONGEST_STRING => {
            let start: String = text.chars().take(LONGEST_STRING).collect();
            format!("{start}… ({} characters)", text.chars().count()).into()
        }
        Value::Array(elements) => elements.iter().map(with_short_strings).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), with_short_strings(value))).collect()
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_people_cannot_see_is_escaped() {
        assert_eq!(visible("a\u{a0}\u{202e}é\n b\u{e0041}"), "a\\u00a0\\u202eé\\u000a b\\U000e0041");
        assert_eq!(shortened(&json!("a\u{200b}\n")), "\"a\\u200b\\n\"");
    }

    #[test]
    fn a_toml_string_is_read_as_the_text() {
        let text = "a \"b\" \\u0041 \u{200b}\n\u{e0041} →";
        let read: toml::Table = toml::from_str(&format!("a = {}", toml(text))).unwrap();
        assert_eq!(read["a"].as_str(), Some(text));
    }

    #[test]
    fn long_values_that_begin_alike_are_told_apart() {
        let (a, b) = ("a".repeat(400), "a".repeat(401));
        assert_ne!(shortened(&json!(a)), shortened(&json!(b)));
    }
}
