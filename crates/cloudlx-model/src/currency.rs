//! A currency, as responses show it.

use serde::{Deserialize, Serialize};

/// A currency in a response (page).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "page")))]
pub struct Currency {
    /// The alpha-3 code, a dash between spaces, and the English name: `GBP - British Pound` (page; that the name is
    /// CLDR's is inferred).
    pub name: String,
    /// The first two letters of the alpha-3 code, `GB` for `GBP` (page; that it is so for every currency is inferred).
    pub iso_2: String,
    /// The ISO 4217 alpha-3 code, such as `GBP`.
    pub iso_3: String,
}
