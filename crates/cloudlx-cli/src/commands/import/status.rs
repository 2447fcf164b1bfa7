//! `cloudlx import status`.

use std::path::PathBuf;

use clap::Args;
use cloudlx_import::journal::ReadJournal;
#[cfg(feature = "postgres")]
use cloudlx_import::journal::postgres::PostgresJournal;
use cloudlx_import::journal::sqlite::SqliteJournal;

use super::report_file::{require_its_own, write_report};
use super::summary;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::storage::{self, Storage, storage};

pub(super) const AFTER_HELP: &str = "\
Environment:
  PGPASSWORD   The password of a journal in PostgreSQL, where its address has none

Example:
  cloudlx import status --journal customers.journal";

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// The import's journal: a file, or a PostgreSQL database as `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "FILE|URL", value_parser = storage())]
    journal: Storage,
    /// Where to write a line a row: CSV, or JSON for files called .ndjson or .jsonl
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    report: Option<PathBuf>,
}

impl Status {
    /// Shows the outcomes of an import's rows, also while the import runs.
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        match &self.journal {
            Storage::File(path) => {
                require_its_own(self.report.as_deref(), [path.as_path()])?;
                self.show(&SqliteJournal::read(path)?, output).await
            }
            #[cfg(not(feature = "postgres"))]
            Storage::Database(_) => Err(storage::DATABASE_NOT_BUILT.into()),
            #[cfg(feature = "postgres")]
            Storage::Database(text) => {
                self.show(&PostgresJournal::read(&storage::address(text)?).await?, output).await
            }
        }
    }

    async fn show(&self, journal: &impl ReadJournal, output: Output) -> Result<Exit, Failure> {
        write_report(journal, self.report.as_deref()).await?;
        summary::print_status(journal, output).await?;
        Ok(Exit::Done)
    }
}
