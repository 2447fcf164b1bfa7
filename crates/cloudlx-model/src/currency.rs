//! A currency, as responses show it.

use serde::{Deserialize, Serialize};

/// A currency in a response (page).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
#[non_exhaustive]
pub struct Currency {
    /// The alpha-3 code, a dash between spaces, and the English name: `GBP - British Pound` (page; that the name is
    /// CLDR's is inferred).
    pub name: String,
    /// The first two letters of the alpha-3 code, `GB` for `GBP` (page; that it is so for every currency is inferred).
    pub iso_2: String,
    /// The ISO 4217 alpha-3 code, such as `GBP`.
    pub iso_3: String,
}

impl Currency {
    /// A currency with this name and these codes, in the order in which they stand on the wire.
    #[must_use]
    pub fn new(name: impl Into<String>, iso_2: impl Into<String>, iso_3: impl Into<String>) -> Self {
        Self { name: name.into(), iso_2: iso_2.into(), iso_3: iso_3.into() }
    }
}
