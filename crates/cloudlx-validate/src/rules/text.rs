//! Rules about names and other lines of text.
//!
//! Blank means nothing but Unicode white space. The patterns say the same to JSON Schema, in the little that all dialects
//! of regular expressions share: no `\s`, which each reads its own way, no `$`, which some match before a last line
//! break, and characters themselves where only some know an escape.

use crate::rules::definition::{BrokenText, Explanation, LEAST, RuleInfo, Source, TextRule};

/// The longest name, in characters (Unicode code points; inferred).
pub const NAME_MAX_CHARS: usize = 255;

pub(crate) static BLANK: TextRule = TextRule {
    info: RuleInfo {
        code: "blank",
        message: "expected a {expected}, found nothing but white space: {remedy}",
        source: Source::Inferred,
        places: &["/name", "/first_name", "/last_name", "/role_group"],
        good: LEAST,
        bad: r#"{"name": "  ", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
        bad_pointer: "/name",
        cel: None,
    },
    holds: |text| !text.chars().all(char::is_whitespace),
    explain: explain_blank,
};

pub(crate) static CONTROL_CHARACTER: TextRule = TextRule {
    info: RuleInfo {
        code: "control-character",
        message: "expected no control characters, found {found}: remove it",
        source: Source::Inferred,
        places: &["/name"],
        good: LEAST,
        bad: r#"{"name": "Example\nCompany", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
        bad_pointer: "/name",
        cel: None,
    },
    holds: |text| !text.contains(char::is_control),
    explain: explain_control_character,
};

pub(crate) static TOO_LONG: TextRule = TextRule {
    info: RuleInfo {
        code: "too-long",
        message: "expected at most {expected} characters, found {found}: shorten it",
        source: Source::Inferred,
        places: &["/name"],
        good: LEAST,
        bad: r#"{"name": "Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company ", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
        bad_pointer: "/name",
        cel: None,
    },
    holds: |text| text.len() <= NAME_MAX_CHARS || text.chars().count() <= NAME_MAX_CHARS,
    explain: explain_too_long,
};

/// Matches texts with a character that is not white space.
#[cfg(feature = "schema")]
pub(crate) const NOT_BLANK: &str =
    "[^\\x09-\\x0d\\x20\\x85\\xa0\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]";

/// Matches texts with a control character.
#[cfg(feature = "schema")]
pub(crate) const CONTROL_CHARACTERS: &str = "[\\x00-\\x1f\\x7f-\\x9f]";

fn explain_blank(broken: &BrokenText<'_>) -> Explanation {
    let suggestion = (!broken.required).then(|| format!("leave {} out", broken.field));
    let remedy = if suggestion.is_some() { "write one or leave it out" } else { "write one" };
    let expected = broken.field.replace('_', " ").into();
    Explanation { expected, remedy: remedy.into(), suggestion, ..Explanation::default() }
}

fn explain_control_character(broken: &BrokenText<'_>) -> Explanation {
    let first = broken.text.chars().enumerate().find(|(_, character)| character.is_control());
    let found = first
        .map(|(position, character)| format!("U+{:04X} at character {}", u32::from(character), position + 1));
    let suggestion = Some(without_control_characters(broken.text)).filter(|clean| !clean.is_empty());
    Explanation { found: found.unwrap_or_default(), suggestion, ..Explanation::default() }
}

fn explain_too_long(broken: &BrokenText<'_>) -> Explanation {
    let found = broken.text.chars().count().to_string();
    Explanation { expected: NAME_MAX_CHARS.to_string().into(), found, ..Explanation::default() }
}

/// `text` with runs of control characters and the white space around them made one space, and its ends trimmed.
fn without_control_characters(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
