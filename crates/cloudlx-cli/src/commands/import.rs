//! `cloudlx import`: many customers, and the outcome of each row.

mod arguments;
mod findings;
mod progress;
mod report_file;
mod status;
mod summary;

use std::sync::{Arc, Mutex, PoisonError};

use clap::{Args, Subcommand};
use cloudlx_client::{ClientBuilder, Error};
#[cfg(feature = "postgres")]
use cloudlx_import::journal::postgres::{PostgresJournal, Times};
use cloudlx_import::journal::sqlite::SqliteJournal;
use cloudlx_import::journal::{Journal, JournalError};
use cloudlx_import::{
    CheckOptions, Checked, Finding, Input, Options, PrepareError, Prepared, ReadError, Stop, check, import,
    prepare,
};
use tokio::sync::mpsc;

use self::arguments::ImportArguments;
use self::findings::Findings;
use self::report_file::{require_its_own, try_report, write_report};
use crate::advice;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::interrupt::Interrupts;
use crate::output::Output;
use crate::server::{Connection, ENVIRONMENT, describe_wait};
use crate::storage::{self, Storage};

pub(super) fn after_help() -> String {
    format!("{ENVIRONMENT}\n{OWN_ENVIRONMENT}\n\n{EXIT_CODES}\n\n{EXAMPLE}")
}

const OWN_ENVIRONMENT: &str = "  \
  PGPASSWORD                   The password of a journal in PostgreSQL, where its address has none";

const EXIT_CODES: &str = "\
Exit codes, of all rows together:
  0  a customer was created for each row
  1  the input is invalid; nothing was sent
  2  the command could not run
  3  some rows were refused or left out, or the API refuses all until something is corrected
  4  not done: the same command again goes on
  5  of some rows it cannot be known whether they were created; the report says why";

const EXAMPLE: &str = "\
Example:
  cloudlx import customers.csv --dry-run
  cloudlx import customers.csv --journal customers.journal --report outcomes.csv";

#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    command: Option<ImportCommand>,
    #[command(flatten)]
    arguments: ImportArguments,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// Show the outcomes of an import's rows, also while it runs
    #[command(after_help = status::AFTER_HELP)]
    Status(status::Status),
}

/// Why an import did not run to its end.
#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error("the import ended in the middle: run it again, and it goes on")]
    Broken(#[source] JournalError),
    #[error(transparent)]
    Prepare(PrepareError),
    #[error("stopped at once: rows that were being sent are settled when the import is run again")]
    StoppedAtOnce,
}

impl CommandError for ImportError {
    fn exit(&self) -> Exit {
        match self {
            Self::Broken(_) | Self::StoppedAtOnce => Exit::NotProcessed,
            Self::Prepare(_) => Exit::NotRun,
        }
    }
}

impl CommandError for JournalError {}

impl CommandError for ReadError {
    fn exit(&self) -> Exit {
        if matches!(self, Self::Io(_) | Self::NoXlsx) { Exit::NotRun } else { Exit::Invalid }
    }
}

impl Import {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        match self.command {
            Some(ImportCommand::Status(status)) => status.run(output).await,
            None => run(self.arguments, output).await,
        }
    }
}

/// Checks the rows of a file, and creates a customer for each.
async fn run(arguments: ImportArguments, output: Output) -> Result<Exit, Failure> {
    let input = arguments.input()?;
    let options =
        CheckOptions { skip_invalid: arguments.skip_invalid, allow_equal_rows: arguments.allow_equal_rows };
    let found = Arc::new(Mutex::new(Findings::new(&input, output)));
    let keep = {
        let found = Arc::clone(&found);
        move |finding: &Finding<'_>| found.lock().unwrap_or_else(PoisonError::into_inner).add(finding)
    };
    let found = || std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    if arguments.dry_run {
        return match check(&input, keep) {
            Ok(checked) => Ok(findings::print(&found(), checked, checked.passes(options), output)?),
            Err(error) => unread(error, found(), output),
        };
    }

    let report = arguments.report.as_deref();
    let storage = arguments.journal()?;
    let own_file = if let Storage::File(path) = storage { Some(path.as_path()) } else { None };
    require_its_own(report, own_file.into_iter().chain([input.path.as_path()]))?;
    match storage {
        Storage::File(path) => {
            with(SqliteJournal::open(path)?, &input, options, keep, &found, &arguments, output).await
        }
        #[cfg(not(feature = "postgres"))]
        Storage::Database(_) => Err(storage::DATABASE_NOT_BUILT.into()),
        #[cfg(feature = "postgres")]
        Storage::Database(text) => {
            let address = storage::address(text)?;
            let times = Times { lease: arguments.lease()?, settle_time: arguments.settle };
            let journal = PostgresJournal::open(&address, times).await?;
            with(journal, &input, options, keep, &found, &arguments, output).await
        }
    }
}

/// Takes the rows into a journal, or goes on with those that are in it.
async fn with<J: Journal>(
    journal: J,
    input: &Input,
    options: CheckOptions,
    keep: impl FnMut(&Finding<'_>) + Send + 'static,
    found: &impl Fn() -> Findings,
    arguments: &ImportArguments,
    output: Output,
) -> Result<Exit, Failure> {
    let report = arguments.report.as_deref();
    if let Err(error) = report.map(try_report).transpose() {
        discard(journal, output).await;
        return Err(error.into());
    }
    match prepare(&journal, input, options, keep).await {
        Ok(Prepared::Loaded(checked)) => say_what_was_left_out(checked, output),
        Ok(Prepared::Resumed) => output.note("going on with the import that the journal was begun for"),
        Ok(Prepared::Refused(checked)) => {
            discard(journal, output).await;
            return Ok(findings::print(&found(), checked, false, output)?);
        }
        Err(error) => {
            discard(journal, output).await;
            return match error {
                PrepareError::Read(error) => unread(error, found(), output),
                PrepareError::Journal(error) => Err(error.into()),
                other => Err(ImportError::Prepare(other).into()),
            };
        }
    }
    let journal = Arc::new(journal);

    // One more than rows are on the wire: the client's own cap must not be the narrower one.
    let requests = usize::from(arguments.concurrency) + 1;
    let (tell_waits, waits) = mpsc::unbounded_channel();
    let tell = move |error: &Error, wait| {
        if let Some(text) = describe_wait(error, wait) {
            // Whoever shows progress has gone with the import.
            let _ = tell_waits.send(text);
        }
    };
    let set = |builder: ClientBuilder| builder.max_concurrent_requests(requests).on_wait(tell);
    let connection = Connection::open_with(&arguments.server, output, set).await?;
    if connection.client.client_id().is_none() {
        output.note(
            "with an access token nobody knows whose it is: see to it that every run of this import is for the same account; \
             with a client id and secret the journal does",
        );
    }
    let ended = send(&connection, &journal, waits, arguments, output).await;
    connection.close().await;
    let summary = ended?;
    write_report(&*journal, report).await?;
    summary::print(&*journal, &summary, &found(), output).await?;
    Ok(summary::exit(&summary))
}

/// Leaves no journal behind of an import that did not begin. Why that was matters more than whether this went well.
async fn discard<J: Journal>(journal: J, output: Output) {
    if let Err(error) = journal.discard().await {
        output.note(&error.to_string());
    }
}

/// Runs the import; a first interrupt ends it in order, a second at once.
async fn send<J: Journal>(
    connection: &Connection,
    journal: &Arc<J>,
    waits: mpsc::UnboundedReceiver<String>,
    arguments: &ImportArguments,
    output: Output,
) -> Result<cloudlx_import::Summary, Failure> {
    let options = Options {
        concurrency: usize::from(arguments.concurrency),
        rate: arguments.rate,
        settle_time: arguments.settle,
        describe: advice::describe,
    };
    let mut interrupts = Interrupts::listen(|| Exit::NotProcessed)?;
    let (tell, stop) = Stop::new();
    let (tell_progress, progress) = cloudlx_import::progress();
    let shown = tokio::spawn(progress::show(progress, waits, output));
    let importing = import(&connection.client, journal, options, stop, tell_progress);
    tokio::pin!(importing);
    let ended = tokio::select! {
        ended = &mut importing => ended,
        () = interrupts.next() => {
            tell.send_replace(true);
            output.note("stopping when the requests under way have ended; interrupt again to stop at once");
            tokio::select! {
                ended = &mut importing => ended,
                () = interrupts.next() => return Err(ImportError::StoppedAtOnce.into()),
            }
        }
    };
    // It ends with the import, which it is shown from; how it ended does not matter.
    let _ = shown.await;
    ended.map_err(|error| match error {
        // It has not begun.
        JournalError::OtherApi { .. } | JournalError::OtherAccount => error.into(),
        error => ImportError::Broken(error).into(),
    })
}

/// A file that could not be read to its end; what is wrong with its header is shown as what is wrong with rows is.
fn unread(error: ReadError, mut found: Findings, output: Output) -> Result<Exit, Failure> {
    match error {
        ReadError::Header(mistakes) => {
            for mistake in &mistakes {
                found.add_header(mistake);
            }
            Ok(findings::print(&found, Checked::default(), false, output)?)
        }
        error => Err(error.into()),
    }
}

fn say_what_was_left_out(checked: Checked, output: Output) {
    if checked.invalid > 0 {
        output.note(&format!(
            "leaving out {} of {} rows, which are invalid: mend them in a file of their own, and import that with a journal of \
             its own (this journal takes no other file, and with a new one the whole file would be sent again)",
            checked.invalid, checked.rows
        ));
    }
}
