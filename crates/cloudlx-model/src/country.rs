//! A country, as responses show it.

use serde::{Deserialize, Serialize};

/// A country in a response (page).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[non_exhaustive]
pub struct Country {
    /// The ISO 3166-1 alpha-2 code, such as `GB`.
    pub iso_2: String,
    /// The English name, such as `United Kingdom` (page; that it is CLDR's is inferred).
    pub name: String,
}

impl Country {
    /// A country with this alpha-2 code and this name.
    #[must_use]
    pub fn new(iso_2: impl Into<String>, name: impl Into<String>) -> Self {
        Self { iso_2: iso_2.into(), name: name.into() }
    }
}
