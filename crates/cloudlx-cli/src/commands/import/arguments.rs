//! The arguments of an import, and the input that they name.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use cloudlx_import::{Format as RowFormat, Input, Rate};

use crate::failure::CommandError;
use crate::requests::documents::ReadFileError;
use crate::server::Server;
use crate::storage::{Storage, storage};

/// What to import, and how.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// CSV with a header row, requests as JSON (one a line, or an array), or an Excel workbook
    #[arg(required = true)]
    pub(super) file: Option<PathBuf>,
    /// Where to keep what became of each row, made when it is not there: a file, or a PostgreSQL database as
    /// `postgres://USER@HOST/DATABASE`, which several machines may share; an import has one of its own
    #[arg(long, value_name = "FILE|URL", required_unless_present = "dry_run", value_parser = storage())]
    pub(super) journal: Option<Storage>,
    /// What the file holds [default: as its name says]
    #[arg(long, value_enum)]
    pub(super) input: Option<Rows>,
    /// Check all rows, and send nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Leave invalid rows out, and send the others; mended, they need a file and a journal of their own
    #[arg(long)]
    pub(super) skip_invalid: bool,
    /// Create a customer for each of several rows that are equal
    #[arg(long)]
    pub(super) allow_equal_rows: bool,
    /// How many requests are on the wire together
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) concurrency: u16,
    /// How many requests for customers are sent in a second at most, such as 5/s; what is sent again counts [default: as
    /// many as go]
    #[arg(long, value_name = "N/s", value_parser = rate)]
    pub(super) rate: Option<Rate>,
    /// How long after a lost answer a create may still land
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = humantime::parse_duration)]
    pub(super) settle: Duration,
    #[cfg(feature = "postgres")]
    /// In a database: how long a machine may not be heard of before the rows that it was sending count as unknown
    #[arg(long, value_name = "DURATION", default_value = "3m", value_parser = humantime::parse_duration)]
    pub(super) lease: Duration,
    /// Where to write a line a row: CSV, or JSON for files called .ndjson or .jsonl
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
    #[command(flatten)]
    pub(super) server: Server,
}

/// What a file of rows holds, as `--input` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rows(RowFormat);

impl ValueEnum for Rows {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(RowFormat::Csv), Self(RowFormat::Ndjson), Self(RowFormat::Json), Self(RowFormat::Xlsx)]
    }

    /// A format without a name here does not compile; `value_variants` lists all that have one.
    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self.0 {
            RowFormat::Csv => ("csv", "Comma-, semicolon- or tab-separated, with a header row"),
            RowFormat::Ndjson => ("ndjson", "One request a line"),
            RowFormat::Json => ("json", "An array of requests"),
            RowFormat::Xlsx => ("xlsx", "An Excel workbook, of which the first sheet is read"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// Why the arguments do not name an input.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArgumentError {
    #[error(
        "expected a file whose name ends as what it holds does (.csv, .ndjson, .json or .xlsx), found {}: pass --input csv, \
         ndjson, json or xlsx",
        path.display()
    )]
    InputUnknown { path: PathBuf },
    #[error("expected {argument}, found none")]
    NotGiven { argument: &'static str },
    #[error(transparent)]
    Read(#[from] ReadFileError),
    #[cfg(feature = "postgres")]
    #[error(
        "expected a --lease of at least {}, which is twice the --timeout, found {}: an answer must be in time for it",
        humantime::format_duration(*least),
        humantime::format_duration(*lease)
    )]
    LeaseTooShort { lease: Duration, least: Duration },
}

impl CommandError for ArgumentError {}

impl ImportArguments {
    /// The file, with what it holds.
    pub(super) fn input(&self) -> Result<Input, ArgumentError> {
        let path = self.file.clone().ok_or(ArgumentError::NotGiven { argument: "a file" })?;
        let format = match self.input {
            Some(Rows(format)) => format,
            None => {
                RowFormat::by_name(&path).ok_or_else(|| ArgumentError::InputUnknown { path: path.clone() })?
            }
        };
        // Known before there is a journal for it.
        if let Err(source) = std::fs::metadata(&path) {
            return Err(ReadFileError { path, source }.into());
        }
        Ok(Input { path, format })
    }

    /// The journal's storage.
    pub(super) fn journal(&self) -> Result<&Storage, ArgumentError> {
        self.journal.as_ref().ok_or(ArgumentError::NotGiven { argument: "--journal" })
    }

    #[cfg(feature = "postgres")]
    /// The lease, which an answer must be in time for.
    pub(super) fn lease(&self) -> Result<Duration, ArgumentError> {
        let least = self.server.timeout.saturating_mul(2);
        if self.lease < least {
            return Err(ArgumentError::LeaseTooShort { lease: self.lease, least });
        }
        Ok(self.lease)
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    let number = text.strip_suffix("/s").and_then(|number| number.parse().ok());
    let number = number.ok_or("expected a number a second, such as 5/s or 0.5/s")?;
    Rate::per_second(number).map_err(|error| error.to_string())
}
