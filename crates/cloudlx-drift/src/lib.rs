//! Checks whether a live CloudLX (today: Infiny) customers API still responds as its contract says.
//!
//! [`observe()`] requests a token and makes every call that only reads. [`Contract::report`] compares the responses with the
//! OpenAPI document. [`Contract::samples`] turns them into samples without personal data.
//!
//! ```
//! use cloudlx_client::{Client, Credentials};
//! use cloudlx_drift::{Contract, Verdict};
//! use cloudlx_server_stub::Stub;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let stub = Stub::start().await?;
//! let client = Client::builder(stub.base_url(), Credentials::client("stub", "stub")).build()?;
//!
//! let observations = cloudlx_drift::observe(&client, 3).await;
//! let report = Contract::current()?.report(&observations);
//! assert_eq!(report.verdict, Some(Verdict::Same));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is drift
//!
//! The vendor adds fields within a version ([sibling](cloudlx_model)), so a new field is *additive*: readers that ignore unknown fields continue
//! to work. Everything after which a reader may fail is *drift*:
//!
//! * a field that is missing, has another type, or is out of its range;
//! * a status or a media type that is not documented, or a body that is not JSON;
//! * a list that states in fields or headers that it has pages, even where there is only one so far: a reader of the first page
//!   takes the elements on the others for absent;
//! * a response that the client of this workspace cannot use, such as one with an empty access token.
//!
//! The client reads more than is documented, such as an id as text. [`CallReport::readable`] shows where it can still read a
//! response that has drifted. A call without a response, or with a documented refusal, is *not checked*, and so is one that the
//! server was too busy for (408, 421, 425, 429, 5xx). The report has the reason.
//!
//! # What is shown of a response
//!
//! Reports show names of fields and types of values, and no value, because responses contain customers' data. Names of fields
//! that look like data are masked. A [`Sample`] masks every text letter by letter (`A`, `a`, `1`), except for those of currencies,
//! countries, realms and sub-realms, which are no personal data. It also masks numbers that are not in the contract.
#![forbid(unsafe_code)]

mod compare;
mod contract;
mod finding;
mod mask;
mod observe;
mod paged;
mod report;
mod sample;
mod shape;

pub use contract::{Contract, ContractError};
pub use finding::{Addition, Change, Finding};
pub use observe::{Observation, Observed, observe};
pub use report::{CallReport, NotChecked, Report, Verdict, Why};
pub use sample::Sample;

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
