//! Rules about the country: how its code is written, and that it is an official one.

use crate::iso;
use crate::quote::Quoted;
use crate::rules::definition::{BrokenText, Explanation, LEAST, RuleInfo, Source, TextRule};

pub(crate) static COUNTRY_FORMAT: TextRule = TextRule {
    info: RuleInfo {
        code: "country-format",
        message: "expected two capital letters (ISO 3166-1 alpha-2), such as GB, found {found}{remedy}",
        source: Source::Inferred,
        places: &["/country_iso"],
        good: LEAST,
        bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GBR", "realms": [1]}"#,
        bad_pointer: "/country_iso",
        cel: None,
    },
    holds: is_code,
    explain,
};

pub(crate) static COUNTRY_UNKNOWN: TextRule = TextRule {
    info: RuleInfo {
        code: "country-unknown",
        message: "expected an official ISO 3166-1 alpha-2 code, such as GB, found {found}{remedy}",
        source: Source::Inferred,
        places: &["/country_iso"],
        good: LEAST,
        bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "UK", "realms": [1]}"#,
        bad_pointer: "/country_iso",
        cel: None,
    },
    holds: |code| iso::country(code).is_some() || !is_code(code),
    explain,
};

/// For the schema: the official codes.
#[cfg(feature = "schema")]
pub(crate) fn codes() -> Vec<&'static str> {
    iso::countries().iter().map(|country| country.alpha_2).collect()
}

/// For the schema: the countries' names, in the order of [`codes`].
#[cfg(feature = "schema")]
pub(crate) fn names() -> Vec<&'static str> {
    iso::countries().iter().map(|country| country.name).collect()
}

/// Whether `code` is written as alpha-2 codes are.
fn is_code(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn explain(broken: &BrokenText<'_>) -> Explanation {
    let meant = meant(broken.text);
    let alias = iso::country_alias(&plain(broken.text));
    let withdrawn = match alias.and_then(|alias| alias.withdrawn_on) {
        Some(date) => format!(", withdrawn {date}"),
        None => String::new(),
    };
    let remedy = match (meant, alias) {
        (Some(meant), _) => format!(": write {} ({})", meant.alpha_2, meant.name),
        (None, Some(alias)) => format!(": write one of {}", alias.instead.join(", ")),
        (None, None) => String::new(),
    };
    Explanation {
        found: format!("{}{withdrawn}", Quoted(broken.text)),
        remedy: remedy.into(),
        suggestion: meant.map(|meant| meant.alpha_2.to_owned()),
        ..Explanation::default()
    }
}

/// The country in other capitals, by its alpha-3 code, by a code that others use for it or that it had before, or by
/// its name; or the one country whose currency this is.
pub(super) fn meant(code: &str) -> Option<&'static iso::Country> {
    let plain = plain(code);
    iso::country(&plain)
        .or_else(|| iso::country_by_alpha_3(&plain))
        .or_else(|| match iso::country_alias(&plain)?.instead {
            [only] => iso::country(only),
            _ => None,
        })
        .or_else(|| iso::countries().iter().find(|country| country.name.to_uppercase() == plain))
        .or_else(|| {
            // GBP is named after GB, and is what GB uses.
            let country = iso::country(plain.get(..2)?)?;
            (iso::currency_of_country(country.alpha_2) == Some(plain.as_str())).then_some(country)
        })
}

/// The code as ISO would write it.
fn plain(code: &str) -> String {
    code.trim().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_meant() {
        for (written, alpha_2) in [
            ("UK", "GB"),
            ("uk", "GB"),
            ("gb", "GB"),
            ("GBR", "GB"),
            ("gbr", "GB"),
            (" GB\n", "GB"),
            ("GBP", "GB"),
            ("United Kingdom", "GB"),
            ("ZR", "CD"),
            ("DD", "DE"),
        ] {
            assert_eq!(meant(written).map(|country| country.alpha_2), Some(alpha_2), "{written}");
        }
    }

    #[test]
    fn nothing_is_made_up() {
        for written in ["", "QQ", "EUR", "AN", "Atlantis"] {
            assert_eq!(meant(written).map(|country| country.alpha_2), None, "{written}");
        }
    }

    #[test]
    fn a_country_that_was_split_names_what_came_after() {
        let explanation = explain(&BrokenText { field: "country_iso", required: true, text: "AN" });
        assert!(explanation.remedy.contains("write one of CW, SX, BQ"), "{}", explanation.remedy);
        assert_eq!(explanation.suggestion, None);
    }
}
