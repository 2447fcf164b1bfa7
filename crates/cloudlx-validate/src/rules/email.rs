//! The rule about e-mail addresses. What a valid one is: WHATWG's definition, the one that browsers check `<input type=email>` with.
//!
//! garde's own e-mail rule is close, but also bounds the lengths of both sides, and so refuses addresses that the
//! definition allows; it brings a regular-expression engine along as well.

use crate::quote::Quoted;
use crate::rules::definition::{BrokenText, Explanation, RuleInfo, Source, TextRule};

pub(crate) static EMAIL_FORMAT: TextRule = TextRule {
    info: RuleInfo {
        code: "email-format",
        message: "expected an e-mail address, such as j.smith@example.com, found {found}{remedy}",
        source: Source::Inferred,
        places: &["/email"],
        good: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "email": "j.smith@example.com"}"#,
        bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "email": "j.smith@example..com"}"#,
        bad_pointer: "/email",
        cel: None,
    },
    holds: is_valid,
    explain,
};

/// WHATWG's pattern, for JSON Schema. Some dialects match its end before a last line break, which [`NOT_ASCII`] excludes.
#[cfg(feature = "schema")]
pub(crate) const PATTERN: &str = "^[a-zA-Z0-9.!#$%&'*+\\/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$";

/// Matches texts with a character that is no visible one of ASCII.
#[cfg(feature = "schema")]
pub(crate) const NOT_ASCII: &str = "[^!-~]";

/// The longest label of a host name, in bytes.
const LABEL_MAX: usize = 63;

fn explain(broken: &BrokenText<'_>) -> Explanation {
    let trimmed = Some(broken.text.trim()).filter(|trimmed| is_valid(trimmed));
    let remedy = if trimmed.is_some() { ": remove the white space around it" } else { "" };
    Explanation {
        found: Quoted(broken.text).to_string(),
        remedy: remedy.into(),
        suggestion: trimmed.map(str::to_owned),
        ..Explanation::default()
    }
}

/// Whether `address` is valid. Byte by byte: every character that may stand in one is a byte.
fn is_valid(address: &str) -> bool {
    let mut bytes = address.bytes();
    let mut local = 0;
    loop {
        match bytes.next() {
            Some(b'@') => break,
            Some(byte) if is_local(byte) => local += 1,
            _ => return false,
        }
    }
    local > 0 && is_domain(bytes)
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'.' | b'!'
                | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'/'
                | b'='
                | b'?'
                | b'^'
                | b'_'
                | b'`'
                | b'{'
                | b'|'
                | b'}'
                | b'~'
                | b'-'
        )
}

/// Whether these are labels with dots between them.
fn is_domain(bytes: impl Iterator<Item = u8>) -> bool {
    // As if a dot stood before: a label neither begins nor ends with a hyphen, and has at least one byte.
    let (mut length, mut last) = (0, b'.');
    for byte in bytes {
        length = match byte {
            b'.' if is_label_end(last) => 0,
            b'-' if length > 0 => length + 1,
            _ if byte.is_ascii_alphanumeric() => length + 1,
            _ => return false,
        };
        if length > LABEL_MAX {
            return false;
        }
        last = byte;
    }
    is_label_end(last)
}

fn is_label_end(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid() {
        let longest_label = format!("a@{}", "b".repeat(63));
        let long_local = format!("{}@b", "a".repeat(65));
        let good = [
            "j.smith@example.com",
            "a@b",
            "a+b/c=d@x-y.z",
            "..@0",
            "!#$%&'*+/=?^_`{|}~-@b",
            &longest_label,
            &long_local,
        ];
        for address in good {
            assert!(is_valid(address), "{address}");
        }
    }

    #[test]
    fn invalid() {
        let label_too_long = format!("a@{}", "b".repeat(64));
        let bad = [
            "",
            "@",
            "a@",
            "@b",
            "a",
            "a b@c",
            "a@b c",
            "a@-b",
            "a@b-",
            "a@b..c",
            "a@.b",
            "a@b.",
            "a@b@c",
            "é@b",
            "a@é",
            "a@b\n",
            "\"a\"@b",
            "a@[127.0.0.1]",
            &label_too_long,
        ];
        for address in bad {
            assert!(!is_valid(address), "{address}");
        }
    }
}
