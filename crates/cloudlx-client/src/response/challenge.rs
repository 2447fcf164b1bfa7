//! The reason of a refusal in a `WWW-Authenticate` header (RFC 9110, 11.6.1; RFC 6750, 3).
//!
//! Servers and gateways write the header in many ways. The parser skips what it cannot read, and never fails.

/// The reason in a `WWW-Authenticate` header: `error`, `error_description`, and the `scope` that the request needs. It is taken
/// from the first challenge that has one of the first two. None where no challenge gives a reason.
pub(crate) fn reason(header: &str) -> Option<String> {
    parse(header).iter().find_map(Challenge::reason)
}

/// Whether the header asks for a bearer token (RFC 6750).
pub(crate) fn asks_for_bearer(header: &str) -> bool {
    parse(header).iter().any(|challenge| challenge.scheme.eq_ignore_ascii_case("bearer"))
}

/// One challenge: a scheme and its parameters.
#[derive(Debug, PartialEq, Eq)]
struct Challenge {
    scheme: String,
    /// Names in lower case, values without their quotes, in the order of the header.
    parameters: Vec<(String, String)>,
}

impl Challenge {
    fn reason(&self) -> Option<String> {
        let scope = self.get("scope").map(|scope| format!(" (scope: {scope})")).unwrap_or_default();
        match (self.get("error"), self.get("error_description")) {
            (Some(error), Some(description)) => Some(format!("{error}: {description}{scope}")),
            (Some(reason), None) | (None, Some(reason)) => Some(format!("{reason}{scope}")),
            (None, None) => None,
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(other, value)| other == name && !value.trim().is_empty());
        found.map(|(_, value)| value.trim())
    }
}

/// The challenges of a header, or of several headers joined with commas. A comma separates challenges as well as parameters, so
/// an item with a word before its parameter begins a challenge.
fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    for item in items(header) {
        if let Some(parameter) = parameter(item) {
            match challenges.last_mut() {
                Some(challenge) => challenge.parameters.push(parameter),
                None => challenges.push(Challenge { scheme: String::new(), parameters: vec![parameter] }),
            }
            continue;
        }
        let (scheme, rest) = item.split_once(char::is_whitespace).unwrap_or((item, ""));
        let parameters = parameter(rest).into_iter().collect();
        challenges.push(Challenge { scheme: scheme.to_owned(), parameters });
    }
    challenges
}

/// The items between commas outside of quotes. Some servers write semicolons.
fn items(header: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let is_separator = move |character: char| {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ',' | ';' => return !is_quoted,
            _ => {}
        }
        false
    };
    header.split(is_separator).map(str::trim).filter(|item| !item.is_empty())
}

/// A name and a value with `=` between them. None where a word stands before the name.
fn parameter(item: &str) -> Option<(String, String)> {
    let (name, value) = item.trim().split_once('=')?;
    let name = name.trim_end();
    let is_name =
        !name.is_empty() && !name.contains(|character: char| character.is_whitespace() || character == '"');
    is_name.then(|| (name.to_ascii_lowercase(), unquote(value.trim())))
}

/// A value without its quotes. The end of the header also ends a quoted value.
fn unquote(value: &str) -> String {
    let Some(quoted) = value.strip_prefix('"') else { return value.to_owned() };
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => text.extend(characters.next()),
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_found_however_the_header_is_written() {
        for (header, expected) in [
            (
                r#"Bearer realm="infiny", error="invalid_token", error_description="The access token expired""#,
                "invalid_token: The access token expired",
            ),
            (r#"Bearer error="invalid_token""#, "invalid_token"),
            ("Bearer error=invalid_token", "invalid_token"),
            (
                r#"bearer Error = "invalid_token" , Error_Description = "It expired""#,
                "invalid_token: It expired",
            ),
            (r#"Bearer error_description="It expired""#, "It expired"),
            (
                r#"Bearer error="insufficient_scope", scope="customers:write""#,
                "insufficient_scope (scope: customers:write)",
            ),
            (r#"Bearer error="invalid_token"; error_description="It expired""#, "invalid_token: It expired"),
            (r#"Basic realm="a, b", Bearer error="invalid_token""#, "invalid_token"),
            (r#"Negotiate YWJjZA==, Bearer error="invalid_token""#, "invalid_token"),
            (r#"Negotiate, Basic realm="x", Bearer realm="y", error="e", error_description="d""#, "e: d"),
            (
                r#"Bearer error="invalid_token", error_description="the \"short\" one, \\ it is""#,
                r#"invalid_token: the "short" one, \ it is"#,
            ),
            // Cut off, and without a scheme.
            (
                r#"Bearer error="invalid_token", error_description="The access tok"#,
                "invalid_token: The access tok",
            ),
            (r#"error="invalid_token""#, "invalid_token"),
            (r#",, Bearer ,error="invalid_token",,"#, "invalid_token"),
            (r#"Bearer error="", error_description="It expired""#, "It expired"),
        ] {
            assert_eq!(reason(header).as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn the_reason_of_the_challenge_that_has_one_is_taken_and_no_two_are_mixed() {
        let header =
            r#"Digest realm="a", scope="x", Bearer error="one", Other error="two", error_description="d""#;
        assert_eq!(reason(header).as_deref(), Some("one"));
    }

    #[test]
    fn a_header_without_a_reason_gives_none_whatever_it_is() {
        for header in [
            "",
            " ",
            "Bearer",
            r#"Bearer realm="error=invalid_token""#,
            r#"Basic realm="x""#,
            "=",
            "==,=",
            r#"Bearer "error"="x""#,
            r#""error=x"#,
            "\\",
            "\"",
            "Bearer error",
            "é=\u{fffd}, ü",
        ] {
            assert_eq!(reason(header), None, "{header}");
        }
    }

    #[test]
    fn several_challenges_keep_their_own_parameters() {
        let challenge = |scheme: &str, parameters: &[(&str, &str)]| Challenge {
            scheme: scheme.to_owned(),
            parameters: parameters.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
        };
        assert_eq!(
            parse(r#"Basic realm="a", charset="UTF-8", Bearer, DPoP algs="ES256 PS256", error=e"#),
            [
                challenge("Basic", &[("realm", "a"), ("charset", "UTF-8")]),
                challenge("Bearer", &[]),
                challenge("DPoP", &[("algs", "ES256 PS256"), ("error", "e")]),
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn no_header_is_too_odd(header in "[a-c =\",;\\\\é]{0,40}") {
            let _ = reason(&header);
        }
    }
}
