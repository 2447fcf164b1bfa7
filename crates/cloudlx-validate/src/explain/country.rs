//! What a person meant by a country that is none.

use crate::iso;
use crate::quote::Quoted;
use crate::rule::Words;
use crate::violation::pointer;
use crate::{Rule, Violation};

/// The violation of `rule` by `code`.
pub(super) fn violation(name: &str, code: &str, rule: Rule) -> Violation {
    let meant = meant(code);
    let alias = iso::country_alias(&plain(code));
    let withdrawn = match alias.and_then(|alias| alias.withdrawn_on) {
        Some(date) => format!(", withdrawn {date}"),
        None => String::new(),
    };
    let found = format!("{}{withdrawn}", Quoted(code));
    let remedy = match (meant, alias) {
        (Some(meant), _) => format!(": write {} ({})", meant.alpha_2, meant.name),
        (None, Some(alias)) => format!(": write one of {}", alias.instead.join(", ")),
        (None, None) => String::new(),
    };
    let words = Words { found: &found, remedy: &remedy, ..Words::default() };
    Violation::of(rule, pointer("", name), &words, meant.map(|meant| meant.alpha_2.to_owned()))
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
        let violation = violation("country_iso", "AN", Rule::CountryUnknown);
        assert!(violation.message.contains("write one of CW, SX, BQ"), "{}", violation.message);
        assert_eq!(violation.suggestion, None);
    }
}
