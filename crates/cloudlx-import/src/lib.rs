//! Creates many customers through the CloudLX (today: Infiny) customers API: none lost, none twice, whatever breaks on
//! the way.
//!
//! The API has no idempotency key, so a create whose answer is lost may or may not have made a customer. An import keeps
//! a [`journal`] of what it sends, and settles what it does not know by looking at the list of customers. What that
//! guarantees, and on what it rests, is written down in `GUARANTEES.md`, beside this crate.
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
//! let found = |finding: &Finding<'_>| eprintln!("{finding}");
//! if let Prepared::Refused(checked) = prepare(&*journal, &input, CheckOptions::default(), found).await? {
//!     return Err(format!("{} of {} rows are invalid", checked.invalid, checked.rows).into());
//! }
//!
//! let (_tell, stop) = Stop::new();
//! let (tell_progress, _progress) = progress();
//! let summary = import(&client, &journal, Options::default(), stop, tell_progress).await?;
//! println!("{} rows were created", summary.counts.created + summary.counts.settled);
//! # Ok(())
//! # }
//! ```
//!
//! Run again with the same input and journal, it goes on where it was, however the last run ended.
//!
//! # Features
//!
//! `xlsx` (default) reads Excel's workbooks. `postgres` keeps the journal in PostgreSQL, where several machines share it.
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
