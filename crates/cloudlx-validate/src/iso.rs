//! The currencies of ISO 4217 and the countries of ISO 3166-1, as they stand today.
//!
//! "Today" is the day at the head of the generated tables; `cargo xtask iso` moves it. The codes, the names and the
//! dates come from Unicode CLDR, whose English names are the ones that the API answers with (`British Pound` and not
//! ISO's own `Pound Sterling`). Codes are matched exactly as ISO writes them, in capital letters, without allocating.
//!
//! ```
//! use cloudlx_validate::iso::{self, CurrencyStatus};
//!
//! assert_eq!(iso::currency("GBP").map(|it| it.name), Some("British Pound"));
//! assert_eq!(iso::country("GB").map(|it| it.name), Some("United Kingdom"));
//! assert_eq!(iso::currency_of_country("GB"), Some("GBP"));
//!
//! let kuna = iso::currency("HRK").map(|it| it.status);
//! assert_eq!(kuna, Some(CurrencyStatus::Withdrawn { on: "2023-01-01", replaced_by: Some("EUR") }));
//! ```

mod country;
mod country_table;
mod currency;
mod currency_table;

pub use country::{
    Country, CountryAlias, countries, country, country_alias, country_by_alpha_3, currency_of_country,
};
pub use currency::{Currency, CurrencyStatus, NotBillable, currencies, currency};
