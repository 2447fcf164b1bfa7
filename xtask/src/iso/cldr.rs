//! The parts of CLDR that the tables are made of, as they stand in its JSON packages.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::IsoError;

/// Everything that is read from CLDR, by code.
#[derive(Debug, Default)]
pub(super) struct Cldr {
    /// The version of the packages.
    pub(super) version: String,
    /// English currency names.
    pub(super) currency_names: BTreeMap<String, String>,
    /// English territory names.
    pub(super) territory_names: BTreeMap<String, String>,
    /// The currencies that each territory has had, the preferred first.
    pub(super) currencies_of: BTreeMap<String, Vec<Tender>>,
    /// The other codes of each territory.
    pub(super) territory_codes: BTreeMap<String, TerritoryCodes>,
    /// What to write instead of a deprecated territory code.
    pub(super) territory_aliases: BTreeMap<String, Vec<String>>,
}

/// A currency's time in a territory. Days are ISO dates, both inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tender {
    pub(super) currency: String,
    /// Empty when CLDR gives none, which sorts before every day.
    pub(super) from: String,
    /// `None` while it lasts.
    pub(super) to: Option<String>,
    /// Whether it was legal tender; funds and units of account are not.
    pub(super) legal: bool,
}

impl Tender {
    /// Whether it is legal tender on this day.
    pub(super) fn is_legal_on(&self, day: &str) -> bool {
        self.legal && self.from.as_str() <= day && !self.ended_before(day)
    }

    /// Whether its time was over when this day began.
    pub(super) fn ended_before(&self, day: &str) -> bool {
        self.to.as_deref().is_some_and(|to| to < day)
    }
}

/// A territory's codes in other schemes.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct TerritoryCodes {
    #[serde(rename = "_alpha3")]
    pub(super) alpha_3: Option<String>,
    #[serde(rename = "_numeric")]
    pub(super) numeric: Option<String>,
}

/// Reads the packages below a `node_modules` directory.
pub(super) fn read(packages: &Path) -> Result<Cldr, IsoError> {
    let core = packages.join("cldr-core");
    let version = read_at(&core.join("package.json"), "/version")?;
    let currency_names: BTreeMap<String, CurrencyName> =
        read_at(&packages.join("cldr-numbers-full/main/en/currencies.json"), "/main/en/numbers/currencies")?;
    let territory_names = read_at(
        &packages.join("cldr-localenames-full/main/en/territories.json"),
        "/main/en/localeDisplayNames/territories",
    )?;
    let currencies_of: BTreeMap<String, Vec<BTreeMap<String, TenderDates>>> =
        read_at(&core.join("supplemental/currencyData.json"), "/supplemental/currencyData/region")?;
    let territory_codes =
        read_at(&core.join("supplemental/codeMappings.json"), "/supplemental/codeMappings")?;
    let territory_aliases: BTreeMap<String, TerritoryAlias> =
        read_at(&core.join("supplemental/aliases.json"), "/supplemental/metadata/alias/territoryAlias")?;

    Ok(Cldr {
        version,
        currency_names: currency_names.into_iter().map(|(code, name)| (code, name.display_name)).collect(),
        territory_names,
        currencies_of: currencies_of
            .into_iter()
            .map(|(territory, tenders)| (territory, tenders.into_iter().flatten().map(tender).collect()))
            .collect(),
        territory_codes,
        territory_aliases: territory_aliases
            .into_iter()
            .map(|(code, alias)| (code, alias.replacement.split(' ').map(str::to_owned).collect()))
            .collect(),
    })
}

#[derive(Deserialize)]
struct CurrencyName {
    #[serde(rename = "displayName")]
    display_name: String,
}

#[derive(Deserialize)]
struct TenderDates {
    #[serde(rename = "_from", default)]
    from: String,
    #[serde(rename = "_to")]
    to: Option<String>,
    #[serde(rename = "_tender")]
    legal: Option<String>,
}

#[derive(Deserialize)]
struct TerritoryAlias {
    #[serde(rename = "_replacement")]
    replacement: String,
}

fn tender((currency, dates): (String, TenderDates)) -> Tender {
    Tender { currency, from: dates.from, to: dates.to, legal: dates.legal.as_deref() != Some("false") }
}

/// The value at a JSON pointer in a file.
fn read_at<T: DeserializeOwned>(path: &Path, pointer: &str) -> Result<T, IsoError> {
    let text = std::fs::read(path).map_err(|source| IsoError::Read { path: path.to_path_buf(), source })?;
    let json_error = |source| IsoError::Json { path: path.to_path_buf(), source };
    let mut document: Value = serde_json::from_slice(&text).map_err(json_error)?;
    // A pointer that leads nowhere gives null, and serde's message for null says what was expected there.
    let value = document.pointer_mut(pointer).map(Value::take).unwrap_or_default();
    serde_json::from_value(value).map_err(json_error)
}
