//! The rules' codes. Each rule is defined in its family's file, under `rules`; which fields it holds for stands in `fields.rs`.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::rules::definition::{Definition, Explanation, RuleInfo};
use crate::rules::{country, currency, email, ids, shape, text};

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
        match self.definition() {
            Definition::Text(rule) => &rule.info,
            Definition::Ids(rule) => &rule.info,
            Definition::Shape(info) => info,
        }
    }

    pub(crate) const fn definition(self) -> Definition {
        match self {
            Self::JsonSyntax => Definition::Shape(&shape::JSON_SYNTAX),
            Self::WrongType => Definition::Shape(&shape::WRONG_TYPE),
            Self::MissingField => Definition::Shape(&shape::MISSING_FIELD),
            Self::UnknownField => Definition::Shape(&shape::UNKNOWN_FIELD),
            Self::RepeatedField => Definition::Shape(&shape::REPEATED_FIELD),
            Self::Blank => Definition::Text(&text::BLANK),
            Self::ControlCharacter => Definition::Text(&text::CONTROL_CHARACTER),
            Self::TooLong => Definition::Text(&text::TOO_LONG),
            Self::CurrencyFormat => Definition::Text(&currency::CURRENCY_FORMAT),
            Self::CurrencyUnknown => Definition::Text(&currency::CURRENCY_UNKNOWN),
            Self::CurrencyWithdrawn => Definition::Text(&currency::CURRENCY_WITHDRAWN),
            Self::CurrencyNotBillable => Definition::Text(&currency::CURRENCY_NOT_BILLABLE),
            Self::CountryFormat => Definition::Text(&country::COUNTRY_FORMAT),
            Self::CountryUnknown => Definition::Text(&country::COUNTRY_UNKNOWN),
            Self::IdOutOfRange => Definition::Ids(&ids::ID_OUT_OF_RANGE),
            Self::RepeatedId => Definition::Ids(&ids::REPEATED_ID),
            Self::SubRealmNotShown => Definition::Ids(&ids::SUB_REALM_NOT_SHOWN),
            Self::EmailFormat => Definition::Text(&email::EMAIL_FORMAT),
            Self::RealmUnknown => Definition::Ids(&ids::REALM_UNKNOWN),
            Self::SubRealmUnknown => Definition::Ids(&ids::SUB_REALM_UNKNOWN),
        }
    }

    /// The message of a violation. What is filled in is not searched for templates again.
    pub(crate) fn message(self, words: &Explanation) -> String {
        let mut rest = self.info().message;
        let words_length = words.expected.len() + words.found.len() + words.remedy.len();
        let mut message = String::with_capacity(rest.len() + words_length);
        while let Some((text, (name, after))) =
            rest.split_once('{').and_then(|(text, named)| Some((text, named.split_once('}')?)))
        {
            message += text;
            message += match name {
                "expected" => &words.expected,
                "found" => &words.found,
                _ => &words.remedy,
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
        let (found, remedy) = ("{remedy}".to_owned(), ": {found}".into());
        let words = Explanation { found, remedy, ..Explanation::default() };
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
