//! What is wrong, where, and what to write instead.

use std::fmt;

use serde::Serialize;

use crate::Rule;
use crate::plain::Plain;
use crate::rules::definition::Explanation;

/// One place in a document that breaks one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where, as an RFC 6901 pointer with the index: `/enabled_sub_realms/0`. Empty for the document as a whole. A
    /// missing field is pointed at where it should stand.
    pub pointer: String,
    /// Which rule.
    pub rule: Rule,
    /// A sentence: what was expected, what the request has instead and, where one is known, the remedy.
    pub message: String,
    /// What to write instead, where that is known: the code, name, address, id or field name itself, without quotes.
    /// For [`Rule::Blank`], [`Rule::RepeatedId`] and [`Rule::SubRealmNotShown`], which no other value mends, it is an
    /// instruction, such as `remove 7`.
    pub suggestion: Option<String>,
}

impl Violation {
    /// A violation of `rule` in the rule's words.
    pub(crate) fn new(rule: Rule, pointer: String, explanation: Explanation) -> Self {
        Self { pointer, rule, message: rule.message(&explanation), suggestion: explanation.suggestion }
    }

    /// The place as the API's error bodies name it, with dots: `enabled_sub_realms.0` (inferred). Empty for the
    /// document as a whole.
    #[must_use]
    pub fn field(&self) -> String {
        let tokens = self.pointer.split('/').skip(1);
        tokens.map(|token| token.replace("~1", "/").replace("~0", "~")).collect::<Vec<_>>().join(".")
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the document" } else { &self.pointer };
        write!(f, "{}: {} [{}]", Plain(place), self.message, self.rule)
    }
}

/// How many violations of one document are reported: the first ones. The others are only counted.
pub const MOST_VIOLATIONS: usize = 1_000;

/// The violations of one document, in document order: at least one, and the first [`MOST_VIOLATIONS`] at most.
///
/// As JSON it is the array of these. [`total`](Self::total) has the number of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Violations {
    first: Vec<Violation>,
    #[serde(skip)]
    total: usize,
}

impl Violations {
    /// The first violations of a document that was refused, and how many it has in all. If there are none, which the tests
    /// exclude, the text of `refusal` is the one violation: to refuse is better than to accept.
    pub(crate) fn new(first: Vec<Violation>, total: usize, refusal: impl FnOnce() -> String) -> Self {
        if first.is_empty() {
            let (pointer, rule, message) = (String::new(), Rule::WrongType, refusal());
            return Self::one(Violation { pointer, rule, message, suggestion: None });
        }
        Self { first, total }
    }

    /// A document with one thing wrong.
    pub(crate) fn one(violation: Violation) -> Self {
        Self { first: vec![violation], total: 1 }
    }

    /// The violations that are reported, in document order.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.first.iter()
    }

    /// The violations that are reported, in document order.
    #[must_use]
    pub fn as_slice(&self) -> &[Violation] {
        &self.first
    }

    /// How many violations the document has, including those that are only counted.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total;
        match self.as_slice() {
            [one] => write!(f, "the request is invalid: {one}"),
            many => {
                write!(f, "the request is invalid in {total} places")?;
                if many.len() < total {
                    write!(f, ", of which these are the first {}", many.len())?;
                }
                f.write_str(":")?;
                many.iter().try_for_each(|violation| write!(f, "\n  {violation}"))
            }
        }
    }
}

impl std::error::Error for Violations {}

/// The pointer to `token` below `parent`.
pub(crate) fn pointer(parent: &str, token: &str) -> String {
    if token.bytes().any(|byte| matches!(byte, b'~' | b'/')) {
        [parent, "/", &token.replace('~', "~0").replace('/', "~1")].concat()
    } else {
        [parent, "/", token].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_escape_and_fields_unescape() {
        let pointer = pointer("", "a/b~c");
        assert_eq!(pointer, "/a~1b~0c");
        let violation =
            Violation { pointer, rule: Rule::UnknownField, message: String::new(), suggestion: None };
        assert_eq!(violation.field(), "a/b~c");
    }

    #[test]
    fn a_field_that_turns_directions_is_named_without_doing_so() {
        let violations = crate::from_json("{\"na\u{202e}me\": 1}".as_bytes()).unwrap_err();
        assert!(
            violations.to_string().chars().all(|it| it == '\n' || crate::plain::is_plain(it)),
            "{violations}"
        );
        assert!(violations.to_string().contains(r"/na\u{202e}me: "), "{violations}");
    }

    #[test]
    fn fields_have_dots_before_an_index() {
        let at = |pointer: &str| Violation {
            pointer: pointer.to_owned(),
            rule: Rule::SubRealmNotShown,
            message: String::new(),
            suggestion: None,
        };
        assert_eq!(at("/enabled_sub_realms/0").field(), "enabled_sub_realms.0");
        assert_eq!(at("").field(), "");
    }
}
