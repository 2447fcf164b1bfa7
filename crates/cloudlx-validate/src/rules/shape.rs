//! Rules about the shape of a document: its syntax, the types, and which fields it must and may have.
//!
//! The reader of documents checks them, in `json.rs`; here are their words.

use cloudlx_model::id;

use crate::nearest::nearest;
use crate::quote::Quoted;
use crate::rules::definition::{Explanation, LEAST, RuleInfo, Source};
use crate::tree::Node;

pub(crate) static JSON_SYNTAX: RuleInfo = RuleInfo {
    code: "json-syntax",
    message: "expected JSON, found a mistake, {found}: {remedy}",
    source: Source::Page,
    places: &[""],
    good: LEAST,
    bad: r#"{"name": "Example Company",}"#,
    bad_pointer: "",
    cel: None,
};

pub(crate) static WRONG_TYPE: RuleInfo = RuleInfo {
    code: "wrong-type",
    message: "expected {expected}, found {found}{remedy}",
    source: Source::Page,
    places: &["", "/*", "/realms/*", "/shown_sub_realms/*", "/enabled_sub_realms/*"],
    good: LEAST,
    bad: r#"{"name": 1, "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
    bad_pointer: "/name",
    cel: None,
};

pub(crate) static MISSING_FIELD: RuleInfo = RuleInfo {
    code: "missing-field",
    message: "expected the field {expected}, found none: add it",
    source: Source::Inferred,
    places: &["/name", "/currency_iso", "/country_iso", "/realms"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB"}"#,
    bad_pointer: "/realms",
    cel: None,
};

pub(crate) static UNKNOWN_FIELD: RuleInfo = RuleInfo {
    code: "unknown-field",
    message: "expected a field of the request, found {found}: {remedy}",
    source: Source::Inferred,
    places: &["/*"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "e_mail": "a@b.example"}"#,
    bad_pointer: "/e_mail",
    cel: None,
};

pub(crate) static REPEATED_FIELD: RuleInfo = RuleInfo {
    code: "repeated-field",
    message: "expected the field {found} once, found it again: remove one",
    source: Source::Inferred,
    places: &["/*"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "name": "Other"}"#,
    bad_pointer: "/name",
    cel: None,
};

/// What an id is, in messages about types.
pub(crate) const A_WHOLE_NUMBER: &str = "a whole number";

/// The explanation of bytes that are no JSON, by what the parser reports.
pub(crate) fn json_syntax(bytes: &[u8], error: &serde_json::Error) -> Explanation {
    let reported = error.to_string();
    let found = reported.rsplit_once(" at line ").map_or(reported.as_str(), |(found, _)| found);
    let remedy = if bytes.trim_ascii().is_empty() {
        "write a request"
    } else if bytes.starts_with(b"\xef\xbb\xbf") {
        "save it without a byte-order mark"
    } else if str::from_utf8(bytes).is_err() {
        "save it as UTF-8"
    } else if error.is_eof() {
        "close what is open"
    } else if found.starts_with("trailing characters") {
        "write one request and nothing after it"
    } else {
        "JSON has no comments, no trailing commas, and double quotes around names and texts"
    };
    let remedy = format!("{remedy} (line {}, column {})", error.line(), error.column()).into();
    Explanation { found: mistake(found), remedy, ..Explanation::default() }
}

/// What the parser reports, as the message names it. The message begins with "expected JSON", so the mistake is worded
/// without that word.
fn mistake(reported: &str) -> String {
    match reported.strip_prefix("expected ") {
        // So the parser calls anything that begins as `true`, `false` or `null` do.
        Some("ident") => "misspelt word".to_owned(),
        Some(missing) => format!("missing {missing}"),
        None => reported.to_owned(),
    }
}

/// The explanation of a value of another type than the one that is `expected`.
pub(crate) fn wrong_type(expected: &'static str, found: &Node) -> Explanation {
    let suggestion = match found {
        Node::String(text) if expected == A_WHOLE_NUMBER => {
            text.trim().parse::<u64>().ok().filter(|id| id::in_range(*id)).map(|id| id.to_string())
        }
        _ => None,
    };
    let remedy = suggestion.as_ref().map(|suggestion| format!(": write {suggestion}")).unwrap_or_default();
    Explanation { expected: expected.into(), found: found.to_string(), remedy: remedy.into(), suggestion }
}

/// The explanation of a field that is not there.
pub(crate) fn missing_field(name: &'static str) -> Explanation {
    Explanation { expected: name.into(), ..Explanation::default() }
}

/// The explanation of a field that stands twice.
pub(crate) fn repeated_field(name: &str) -> Explanation {
    Explanation { found: Quoted(name).to_string(), ..Explanation::default() }
}

/// The explanation of a field that a request does not have. `known` are all that it can have, `free` are those of them that
/// the document does not have.
pub(crate) fn unknown_field(name: &str, known: &[&str], free: &[&str]) -> Explanation {
    let nearest = nearest(name, free.iter().copied());
    let remedy = match nearest {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("remove it, or write one of {}", known.join(", ")),
    };
    Explanation {
        found: Quoted(name).to_string(),
        remedy: remedy.into(),
        suggestion: nearest.map(str::to_owned),
        ..Explanation::default()
    }
}
