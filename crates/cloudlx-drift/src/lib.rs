//! Whether a live CloudLX (today: Infiny) customers API still answers as its contract says.
//!
//! [`observe`] asks for a token and makes every call that only reads; [`Contract::report`] holds what came against the
//! OpenAPI document; [`Contract::samples`] keeps it as samples that hold no personal data.
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
//! The vendor adds fields within a version (sibling), so a new field is *additive*: readers go on. A field that is missing,
//! of another type or out of its range, a status or a media type that is not documented, and a body that is not JSON are
//! *drift*: a reader may fail. So is a list that says that it comes in pages, by fields or headers, even where there is one
//! page so far: what is on the others looks absent to whoever reads the first. So is whatever the client of this workspace
//! cannot use, such as an empty access token. The client reads more than is documented, such as an id as text; where it
//! reads an answer that has drifted, the report says so ([`CallReport::readable`]). A call that came to no answer, or to a
//! documented refusal, is *not checked*, and the report
//! says why; so is one that a server was too busy for (408, 421, 425, 429, 5xx).
//!
//! # What is shown of an answer
//!
//! Names of fields and types of values, and no value: answers hold customers' data. Names of fields that look like data
//! are masked, too. In a [`Sample`] every text is masked letter by letter (`A`, `a`, `1`) but those of currencies,
//! countries, realms and sub-realms, which are no personal data; so are numbers that the contract does not know.
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
