//! What a valid e-mail address is: WHATWG's definition, the one that browsers check `<input type=email>` with.
//!
//! garde's own e-mail rule is close, but also bounds the lengths of both sides, and so refuses addresses that the
//! definition allows; it brings a regular-expression engine along as well.

/// WHATWG's pattern, for JSON Schema. Some dialects match its end before a last line break, which [`NOT_ASCII`] excludes.
#[cfg(feature = "schema")]
pub(crate) const PATTERN: &str = "^[a-zA-Z0-9.!#$%&'*+\\/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$";

/// Matches texts with a character that is no visible one of ASCII.
#[cfg(feature = "schema")]
pub(crate) const NOT_ASCII: &str = "[^!-~]";

/// The longest label of a host name, in bytes.
const LABEL_MAX: usize = 63;

/// Whether `address` is valid.
pub(crate) fn is_valid(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else { return false };
    !local.is_empty() && local.bytes().all(is_local) && domain.split('.').all(is_label)
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= LABEL_MAX
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
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
