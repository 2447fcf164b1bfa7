//! Countries: the official codes, what their people are billed in, and what is written instead of them.

use super::country_table::{ALIASES, COUNTRIES, position, position_of_alias, position_of_alpha_3};

/// A country or territory that ISO 3166-1 assigns codes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    /// Two capital letters.
    pub alpha_2: &'static str,
    /// Three capital letters.
    pub alpha_3: &'static str,
    /// CLDR's English name: `United Kingdom`.
    pub name: &'static str,
    /// The code of the currency that people are billed in, by CLDR; see [`currency_of_country`].
    pub currency: Option<&'static str>,
}

/// A two-letter code that stood for a country once, or that people write as if it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountryAlias {
    /// Two capital letters.
    pub code: &'static str,
    /// The day on which ISO 3166-3 has the code withdrawn, as an ISO date.
    ///
    /// `None` where it records the year only (before 1989), and for codes that were never assigned (`UK`).
    pub withdrawn_on: Option<&'static str>,
    /// The official codes to write instead, by CLDR; at least one. Several where a country broke up.
    pub instead: &'static [&'static str],
}

/// The country with this official code; two capital letters.
///
/// `None` for what ISO 3166-1 doesn't assign: withdrawn and reserved codes ([`country_alias`] knows some), the user's
/// own such as `XK`, and small letters.
#[must_use]
pub fn country(alpha_2: &str) -> Option<&'static Country> {
    COUNTRIES.get(position(alpha_2.as_bytes().try_into().ok()?)?)
}

/// The country with this official code; three capital letters.
///
/// `None` for what ISO 3166-1 doesn't assign, and for small letters.
#[must_use]
pub fn country_by_alpha_3(alpha_3: &str) -> Option<&'static Country> {
    COUNTRIES.get(position_of_alpha_3(alpha_3.as_bytes().try_into().ok()?)?)
}

/// What to write instead of a code that isn't official: `GB` for `UK`, `CW`, `SX` or `BQ` for `AN`.
///
/// From CLDR's aliases, ISO's exceptional reservations and the European Union's `EL` and `XI`. `None` for official
/// codes and for those that nothing is known of.
#[must_use]
pub fn country_alias(code: &str) -> Option<&'static CountryAlias> {
    ALIASES.get(position_of_alias(code.as_bytes().try_into().ok()?)?)
}

/// The code of the currency that people in a country are billed in: legal tender there today, always billable.
///
/// Where several are tender, the country's own comes first (Bhutan's `BTN`, not `INR`), and then CLDR's preference.
/// `None` where nothing is (`AQ`), and for codes that [`country`] doesn't know.
#[must_use]
pub fn currency_of_country(alpha_2: &str) -> Option<&'static str> {
    country(alpha_2)?.currency
}

/// The official countries, in alpha-2 order.
#[must_use]
pub fn countries() -> &'static [Country] {
    &COUNTRIES
}

/// A line of the table.
pub(super) const fn official(
    alpha_2: &'static str,
    alpha_3: &'static str,
    name: &'static str,
    currency: Option<&'static str>,
) -> Country {
    Country { alpha_2, alpha_3, name, currency }
}

/// A line of the table.
pub(super) const fn alias(
    code: &'static str,
    withdrawn_on: Option<&'static str>,
    instead: &'static [&'static str],
) -> CountryAlias {
    CountryAlias { code, withdrawn_on, instead }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_under_its_codes() {
        for line in &COUNTRIES {
            assert_eq!(country(line.alpha_2), Some(line));
            assert_eq!(country_by_alpha_3(line.alpha_3), Some(line));
        }
        for line in &ALIASES {
            assert_eq!(country_alias(line.code), Some(line));
        }
    }

    #[test]
    fn the_lines_are_in_code_order() {
        assert!(COUNTRIES.is_sorted_by(|left, right| left.alpha_2 < right.alpha_2));
        assert!(ALIASES.is_sorted_by(|left, right| left.code < right.code));
    }

    #[test]
    fn an_alias_is_not_official_and_leads_to_official_codes() {
        for line in &ALIASES {
            assert_eq!(country(line.code), None);
            assert!(!line.instead.is_empty(), "{}", line.code);
            assert!(line.instead.iter().all(|code| country(code).is_some()), "{}", line.code);
        }
    }
}
