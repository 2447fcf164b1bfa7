//! The rules that a create-customer request of the CloudLX (today: Infiny) customers API must meet, and what to write
//! instead where it does not.
//!
//! Checking a request gives a [`Validated`] one, which no other crate can make. A client that accepts only that cannot send
//! an invalid request by accident. A check reports all violations at once, in document order. Of more than a thousand it
//! reports the first thousand and the total ([`MOST_VIOLATIONS`]). Each has an RFC 6901 pointer, a stable [`Rule`], a
//! message and, where one is known, a suggestion.
//!
//! ```
//! use cloudlx_validate::{Rule, from_json};
//!
//! let violations = from_json(
//!     br#"{"name": "Example Company", "currency_iso": "GB", "country_iso": "UK", "realms": [1],
//!          "shown_sub_realms": [313], "enabled_sub_realms": [328]}"#,
//! )
//! .expect_err("three mistakes");
//!
//! let found: Vec<_> = violations.iter().map(|v| (v.pointer.as_str(), v.rule, v.suggestion.as_deref())).collect();
//! assert_eq!(
//!     found,
//!     [
//!         ("/currency_iso", Rule::CurrencyFormat, Some("GBP")),
//!         ("/country_iso", Rule::CountryUnknown, Some("GB")),
//!         ("/enabled_sub_realms/0", Rule::SubRealmNotShown, Some("add 328 to shown_sub_realms")),
//!     ]
//! );
//! ```
//!
//! [`validate`] does the same for a request that was built in Rust. [`validate_against`] and [`from_json_against`] also
//! look realms and sub-realms up in a [`Catalogue`]. Messages quote text from outside through [`plain`], which escapes what a
//! terminal would obey.
#![forbid(unsafe_code)]

mod catalogue;
mod collector;
mod create_customer;
mod fields;
mod id_set;
pub mod iso;
mod json;
mod nearest;
pub mod plain;
mod quote;
mod rule;
mod rules;
#[cfg(feature = "schema")]
pub mod schema;
mod tree;
mod validate;
mod validated;
mod violation;

pub use catalogue::{Catalogue, CatalogueError};
pub use fields::field_names;
pub use json::{from_json, from_json_against};
pub use nearest::nearest;
pub use rule::Rule;
pub use rules::definition::{RuleInfo, Source};
pub use rules::text::NAME_MAX_CHARS;
pub use validate::{validate, validate_against};
pub use validated::Validated;
pub use violation::{MOST_VIOLATIONS, Violation, Violations};

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
