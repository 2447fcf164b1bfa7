//! The rules' codes, and what each is about.
//!
//! The rules themselves stand in the table in `create_customer.rs`; those about the document's shape in `json.rs`.

mod info;

use std::fmt;

use serde::{Serialize, Serializer};

pub use info::{RuleInfo, Source};

/// A rule that a request can break. Its code is stable: programs may compare it, and tests of other languages do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// `json-syntax` (page). The document is JSON, strictly: no comments, no trailing commas, nothing after its end.
    ///
    /// Good: `{"name": "A"}`. Bad: `{"name": "A",}`.
    JsonSyntax,
    /// `wrong-type` (page). The document is an object, each field has the type that the page gives it, and ids are whole numbers.
    ///
    /// Good: `"realms": [1]`. Bad: `"realms": "1"`.
    WrongType,
    /// `missing-field` (inferred). The name, the two codes and the realms are there. No row of the page says which fields are required.
    ///
    /// Good: `{"name": …, "currency_iso": …, "country_iso": …, "realms": …}`. Bad: `{"name": …}`.
    MissingField,
    /// `unknown-field` (inferred). Every field is one that the page knows.
    ///
    /// Good: `"email"`. Bad: `"e_mail"`.
    UnknownField,
    /// `repeated-field` (inferred). No field stands twice: readers disagree on which of the two counts.
    ///
    /// Good: `{"name": "A"}`. Bad: `{"name": "A", "name": "B"}`.
    RepeatedField,
    /// `blank` (inferred). Names and the role group hold more than white space.
    ///
    /// Good: `"Example Company"`. Bad: `"  "`.
    Blank,
    /// `control-character` (inferred). The name holds no control characters, such as line breaks or tabs.
    ///
    /// Good: `"Example Company"`. Bad: `"Example\nCompany"`.
    ControlCharacter,
    /// `too-long` (inferred). The name has at most 255 characters (Unicode code points).
    ///
    /// Good: 255 letters. Bad: 256 letters.
    TooLong,
    /// `currency-format` (inferred). The currency is written as three capital letters, as ISO 4217 does. The page's table also shows two.
    ///
    /// Good: `"GBP"`. Bad: `"GB"`.
    CurrencyFormat,
    /// `currency-unknown` (page). ISO 4217 lists the currency.
    ///
    /// Good: `"GBP"`. Bad: `"GBX"`.
    CurrencyUnknown,
    /// `currency-withdrawn` (inferred). The currency is in use today.
    ///
    /// Good: `"EUR"`. Bad: `"HRK"`.
    CurrencyWithdrawn,
    /// `currency-not-billable` (inferred). The currency is one that people are billed in: no fund, metal, bond unit, unit of account, test code or `XXX`.
    ///
    /// Good: `"GBP"`. Bad: `"XAU"`.
    CurrencyNotBillable,
    /// `country-format` (inferred). The country is written as two capital letters, as ISO 3166-1 alpha-2 does.
    ///
    /// Good: `"GB"`. Bad: `"GBR"`.
    CountryFormat,
    /// `country-unknown` (inferred). The country is an official ISO 3166-1 alpha-2 code today.
    ///
    /// Good: `"GB"`. Bad: `"UK"`.
    CountryUnknown,
    /// `id-out-of-range` (inferred). Ids run from 1 to 2^53 − 1, so that they survive every JSON reader.
    ///
    /// Good: `[1]`. Bad: `[0]`.
    IdOutOfRange,
    /// `repeated-id` (inferred). No id stands twice in one array.
    ///
    /// Good: `[1, 2]`. Bad: `[1, 2, 1]`.
    RepeatedId,
    /// `sub-realm-not-shown` (inferred). Every enabled sub-realm is also shown: what a customer can access, it can see.
    ///
    /// Good: shown `[313, 328]`, enabled `[328]`. Bad: shown `[313]`, enabled `[328]`.
    SubRealmNotShown,
    /// `email-format` (inferred). The e-mail address is valid by the WHATWG's definition, the one of browsers.
    ///
    /// Good: `"j.smith@example.com"`. Bad: `"j.smith@example..com"`.
    EmailFormat,
    /// `realm-unknown` (inferred). The realm is in the catalogue. Checked only against one.
    ///
    /// Good: `[1]`. Bad: `[3]`, where the catalogue has no 3.
    RealmUnknown,
    /// `sub-realm-unknown` (inferred). The sub-realm is in the catalogue. Checked only against one.
    ///
    /// Good: `[313]`. Bad: `[314]`, where the catalogue has no 314.
    SubRealmUnknown,
}

impl Rule {
    /// Every rule, in the order in which a reader meets them: the document's shape, the fields, the catalogue.
    pub const ALL: &'static [Self] = &[
        Self::JsonSyntax,
        Self::WrongType,
        Self::MissingField,
        Self::UnknownField,
        Self::RepeatedField,
        Self::Blank,
        Self::ControlCharacter,
        Self::TooLong,
        Self::CurrencyFormat,
        Self::CurrencyUnknown,
        Self::CurrencyWithdrawn,
        Self::CurrencyNotBillable,
        Self::CountryFormat,
        Self::CountryUnknown,
        Self::IdOutOfRange,
        Self::RepeatedId,
        Self::SubRealmNotShown,
        Self::EmailFormat,
        Self::RealmUnknown,
        Self::SubRealmUnknown,
    ];

    /// The stable code, in kebab case.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.info().code
    }

    /// The rule with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code() == code)
    }

    /// What the rule is about.
    #[must_use]
    pub const fn info(self) -> &'static RuleInfo {
        match self {
            Self::JsonSyntax => &info::JSON_SYNTAX,
            Self::WrongType => &info::WRONG_TYPE,
            Self::MissingField => &info::MISSING_FIELD,
            Self::UnknownField => &info::UNKNOWN_FIELD,
            Self::RepeatedField => &info::REPEATED_FIELD,
            Self::Blank => &info::BLANK,
            Self::ControlCharacter => &info::CONTROL_CHARACTER,
            Self::TooLong => &info::TOO_LONG,
            Self::CurrencyFormat => &info::CURRENCY_FORMAT,
            Self::CurrencyUnknown => &info::CURRENCY_UNKNOWN,
            Self::CurrencyWithdrawn => &info::CURRENCY_WITHDRAWN,
            Self::CurrencyNotBillable => &info::CURRENCY_NOT_BILLABLE,
            Self::CountryFormat => &info::COUNTRY_FORMAT,
            Self::CountryUnknown => &info::COUNTRY_UNKNOWN,
            Self::IdOutOfRange => &info::ID_OUT_OF_RANGE,
            Self::RepeatedId => &info::REPEATED_ID,
            Self::SubRealmNotShown => &info::SUB_REALM_NOT_SHOWN,
            Self::EmailFormat => &info::EMAIL_FORMAT,
            Self::RealmUnknown => &info::REALM_UNKNOWN,
            Self::SubRealmUnknown => &info::SUB_REALM_UNKNOWN,
        }
    }
}

/// What fills the template of a rule's message.
#[derive(Default)]
pub(crate) struct Words<'a> {
    pub(crate) expected: &'a str,
    pub(crate) found: &'a str,
    pub(crate) remedy: &'a str,
}

impl Rule {
    /// The message of a violation. What is filled in is not looked at for templates again.
    pub(crate) fn message(self, words: &Words<'_>) -> String {
        let mut rest = self.info().message;
        let words_length = words.expected.len() + words.found.len() + words.remedy.len();
        let mut message = String::with_capacity(rest.len() + words_length);
        while let Some((text, (name, after))) =
            rest.split_once('{').and_then(|(text, named)| Some((text, named.split_once('}')?)))
        {
            message += text;
            message += match name {
                "expected" => words.expected,
                "found" => words.found,
                _ => words.remedy,
            };
            rest = after;
        }
        message + rest
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The docs stand in this file, so the test can read them.
    #[test]
    fn the_docs_of_every_rule_begin_with_its_code_and_source() {
        let file = include_str!("rule.rs");
        for rule in Rule::ALL {
            let source = format!("{:?}", rule.info().source).to_lowercase();
            let docs = format!("    /// `{}` ({source}). ", rule.code());
            assert!(file.contains(&docs), "no line begins with {docs:?}");
        }
    }

    #[test]
    fn templates_have_no_other_blanks_and_are_filled_once() {
        for rule in Rule::ALL {
            let blanks = rule.info().message.split(['{', '}']).skip(1).step_by(2);
            assert!(blanks.into_iter().all(|it| ["expected", "found", "remedy"].contains(&it)), "{rule}");
        }
        let words = Words { found: "{remedy}", remedy: ": {found}", ..Words::default() };
        assert!(Rule::CurrencyUnknown.message(&words).ends_with("found {remedy}: {found}"));
    }

    #[test]
    fn codes_are_kebab_case_and_distinct() {
        for (i, rule) in Rule::ALL.iter().enumerate() {
            assert!(rule.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{rule}");
            assert_eq!(Rule::from_code(rule.code()), Some(*rule));
            assert!(i == 0 || Rule::ALL[i - 1] < *rule, "ALL has every rule once, in the enum's order");
        }
    }
}
