//! From CLDR's territories to the countries of ISO 3166-1, and to what people write instead of their codes.

use super::amendments::{COUNTRY_ALIASES, OFFICIAL_COUNTRIES, WITHDRAWN_COUNTRIES};
use super::cldr::{Cldr, TerritoryCodes};
use super::currencies::currency_of;
use super::error::IsoError;

/// A line of the country table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Country {
    pub(super) alpha_2: String,
    pub(super) alpha_3: String,
    pub(super) name: String,
    pub(super) currency: Option<String>,
}

/// A line of the alias table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Alias {
    pub(super) code: String,
    pub(super) withdrawn_on: Option<&'static str>,
    pub(super) instead: Vec<String>,
}

/// The countries that ISO 3166-1 assigns a code to, in alpha-2 order.
pub(super) fn countries(cldr: &Cldr) -> Result<Vec<Country>, IsoError> {
    let mut countries = Vec::new();
    for (alpha_2, codes) in &cldr.territory_codes {
        let Some(alpha_3) = official_alpha_3(cldr, alpha_2, codes) else { continue };
        let name = cldr.territory_names.get(alpha_2);
        countries.push(Country {
            alpha_2: alpha_2.clone(),
            alpha_3: alpha_3.to_owned(),
            name: name.cloned().ok_or_else(|| IsoError::NoName { code: alpha_2.clone() })?,
            currency: currency_of(cldr, alpha_2).map(str::to_owned),
        });
    }
    if countries.len() != OFFICIAL_COUNTRIES {
        return Err(IsoError::Count {
            what: "official countries",
            expected: OFFICIAL_COUNTRIES,
            found: countries.len(),
        });
    }
    Ok(countries)
}

/// The two-letter codes that are no country's official one and yet point to some, in code order.
pub(super) fn aliases(cldr: &Cldr, countries: &[Country]) -> Result<Vec<Alias>, IsoError> {
    let is_official = |code: &str| countries.iter().any(|country| country.alpha_2 == code);
    let mut aliases = Vec::new();
    for (code, instead) in &cldr.territory_aliases {
        // CLDR has aliases for three-letter and numeric codes as well, and some that lead to groups such as `EU`.
        if code.len() == 2 && instead.iter().all(|code| is_official(code)) {
            let withdrawn = WITHDRAWN_COUNTRIES.iter().find(|(withdrawn, _)| withdrawn == code);
            let withdrawn_on = withdrawn.map(|(_, on)| *on);
            aliases.push(Alias { code: code.clone(), withdrawn_on, instead: instead.clone() });
        }
    }
    for (code, _) in WITHDRAWN_COUNTRIES {
        if !aliases.iter().any(|alias| alias.code == *code) {
            return Err(IsoError::Unneeded { table: "WITHDRAWN_COUNTRIES", code });
        }
    }
    for (code, instead) in COUNTRY_ALIASES {
        if is_official(code) || !is_official(instead) || cldr.territory_aliases.contains_key(*code) {
            return Err(IsoError::Unneeded { table: "COUNTRY_ALIASES", code });
        }
        let instead = vec![(*instead).to_owned()];
        aliases.push(Alias { code: (*code).to_owned(), withdrawn_on: None, instead });
    }
    aliases.sort_by(|left, right| left.code.cmp(&right.code));
    Ok(aliases)
}

/// The alpha-3 code, if the alpha-2 one is official.
///
/// CLDR does not say so in as many words. Official codes have both other codes; numbers from 900 are the user's own to
/// assign (`XK` has 983), exceptional reservations have none (`AC`), and withdrawn codes have become aliases (`AN`).
fn official_alpha_3<'a>(cldr: &Cldr, alpha_2: &str, codes: &'a TerritoryCodes) -> Option<&'a str> {
    let is_two_capitals = alpha_2.len() == 2 && alpha_2.bytes().all(|byte| byte.is_ascii_uppercase());
    let number: u16 = codes.numeric.as_ref()?.parse().ok()?;
    let is_official = is_two_capitals && number < 900 && !cldr.territory_aliases.contains_key(alpha_2);
    codes.alpha_3.as_deref().filter(|_| is_official)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_official(alpha_2: &str, alpha_3: Option<&str>, numeric: Option<&str>) -> bool {
        let mut cldr = Cldr::default();
        cldr.territory_aliases.insert("AN".to_owned(), vec!["CW".to_owned()]);
        let codes =
            TerritoryCodes { alpha_3: alpha_3.map(str::to_owned), numeric: numeric.map(str::to_owned) };
        official_alpha_3(&cldr, alpha_2, &codes).is_some()
    }

    #[test]
    fn an_official_code_has_both_other_codes() {
        assert!(is_official("GB", Some("GBR"), Some("826")));
        assert!(!is_official("AC", Some("ASC"), None), "reserved");
        assert!(!is_official("EA", None, None), "reserved");
    }

    #[test]
    fn private_and_withdrawn_codes_are_not_official() {
        assert!(!is_official("XK", Some("XKK"), Some("983")));
        assert!(!is_official("AN", Some("ANT"), Some("530")));
    }

    #[test]
    fn a_currency_s_numeric_code_makes_no_country_of_it() {
        assert!(!is_official("GBP", Some("GBP"), Some("826")));
    }
}
