//! Creates many customers through the CloudLX (today: Infiny) customers API: none lost, none twice, whatever breaks on
//! the way.
//!
//! The API has no idempotency key. If the answer to a create is lost, the API may or may not have created a customer, and
//! sending the create again may create a second one. An import therefore stores every step in a [`journal`], and settles rows
//! with a lost answer by the list of customers. `GUARANTEES.md`, beside this crate's README, says what that guarantees and
//! what it rests on.
//!
//! [`check()`] finds the mistakes in an input. [`prepare`] does the same and loads the rows into a journal. [`import()`] sends
//! them. [`report`] writes what became of each row. [`settle`] has the pure function that decides about lost answers.
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//!
//! use cloudlx_client::{Client, Credentials};
//! use cloudlx_import::journal::sqlite::SqliteJournal;
//! use cloudlx_import::{CheckOptions, Finding, Format, Input, Options, Prepared, Stop, import, prepare, progress};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let client = Client::builder("https://www.infiny.io", Credentials::access_token("x")).build()?;
//! let input = Input { path: "customers.csv".into(), format: Format::Csv };
//! let journal = Arc::new(SqliteJournal::open(Path::new("customers.journal"))?);
//! let report_mistake = |mistake: &Finding<'_>| eprintln!("{mistake}");
//! if let Prepared::Refused(checked) = prepare(&*journal, &input, CheckOptions::default(), report_mistake).await? {
//!     return Err(format!("{} of {} rows are invalid", checked.invalid, checked.rows).into());
//! }
//!
//! let (_stop_it, stop) = Stop::new();
//! let (progress_sender, _progress) = progress();
//! let summary = import(&client, &journal, Options::default(), stop, progress_sender).await?;
//! println!("{} customers were created", summary.counts.created + summary.counts.settled);
//! # Ok(())
//! # }
//! ```
//!
//! Run it again with the same input and journal, and it continues where the last run ended, however that ended.
//!
//! # Features
//!
//! * `xlsx` (default) reads Excel workbooks.
//! * `postgres` stores journals in PostgreSQL, where several machines share one import.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod check;
mod hash;
mod input;
pub mod journal;
pub mod report;
mod row;
mod run;
pub mod settle;

pub use check::{CheckOptions, Checked, Finding, PrepareError, Prepared, check, prepare};
pub use hash::InputHash;
pub use input::{Column, Columns, Format, HeaderMistake, Input, MAX_ROW_BYTES, ReadError, RowProblem};
pub use run::{
    DEFAULT_CONCURRENCY, DEFAULT_SETTLE_TIME, EndedEarly, Options, Phase, Progress, Rate, RateError, Stop,
    Summary, import, progress,
};

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
