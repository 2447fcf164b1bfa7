//! `cloudlx import`: many customers, and what became of them.

mod findings;
mod progress;
mod summary;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cloudlx_client::{ClientBuilder, Error};
use cloudlx_import::journal::postgres::{PostgresJournal, Times};
use cloudlx_import::journal::sqlite::SqliteJournal;
use cloudlx_import::journal::{Journal, JournalError, ReadJournal};
use cloudlx_import::report::{self, ReportFormat};
use cloudlx_import::{
    CheckOptions, Checked, Finding, Format as RowFormat, Input, Options, PrepareError, Prepared, ReadError,
    Stop, check, import, prepare,
};
use tokio::sync::mpsc;

use self::findings::Findings;
use crate::arguments::{ImportArguments, Rows};
use crate::connection::{Connection, wait_in_words};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::interrupt::Interrupts;
use crate::place::{self, Place};
use crate::{output, words};

/// Checks the rows of a file, and creates a customer for each.
pub(crate) async fn run(arguments: ImportArguments, format: Format) -> Result<Exit, Failure> {
    let input = input(&arguments)?;
    let options =
        CheckOptions { skip_invalid: arguments.skip_invalid, allow_equal_rows: arguments.allow_equal_rows };
    let found = Arc::new(Mutex::new(Findings::new(&input, format)));
    let keep = {
        let found = Arc::clone(&found);
        move |finding: &Finding<'_>| found.lock().unwrap_or_else(PoisonError::into_inner).add(finding)
    };
    let found = || std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    if arguments.dry_run {
        return match check(&input, keep) {
            Ok(checked) => findings::print(&found(), checked, checked.passes(options), format),
            Err(error) => unread(error, found(), format),
        };
    }

    let report = arguments.report.as_deref();
    let place = arguments.journal.as_ref().ok_or(Failure::NotGiven { argument: "--journal" })?;
    let own_file = if let Place::File(path) = place { Some(path.as_path()) } else { None };
    if let Some(report) =
        report.filter(|report| [own_file, Some(&input.path)].iter().flatten().any(|it| is_same(report, it)))
    {
        return Err(Failure::ReportElsewhere { path: report.to_owned() });
    }
    match place {
        Place::File(path) => {
            with(SqliteJournal::open(path)?, &input, options, keep, &found, &arguments, format).await
        }
        Place::Database(text) => {
            let address = place::address(text)?;
            let least = arguments.server.timeout.saturating_mul(2);
            if arguments.lease < least {
                return Err(Failure::LeaseTooShort { lease: arguments.lease, least });
            }
            let times = Times { lease: arguments.lease, settle_time: arguments.settle };
            let journal = PostgresJournal::open(&address, times).await?;
            with(journal, &input, options, keep, &found, &arguments, format).await
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
    format: Format,
) -> Result<Exit, Failure> {
    let report = arguments.report.as_deref();
    if let Err(failure) = report.map(try_report).transpose() {
        discard(journal).await;
        return Err(failure);
    }
    match prepare(&journal, input, options, keep).await {
        Ok(Prepared::Loaded(checked)) => say_what_was_left_out(checked),
        Ok(Prepared::Resumed) => output::note("going on with the import that the journal was begun for"),
        Ok(Prepared::Refused(checked)) => {
            discard(journal).await;
            return findings::print(&found(), checked, false, format);
        }
        Err(error) => {
            discard(journal).await;
            return match error {
                PrepareError::Read(error) => unread(error, found(), format),
                error => Err(error.into()),
            };
        }
    }
    let journal = Arc::new(journal);

    // One more than rows are on the wire: the client's own cap must not be the narrower one.
    let requests = usize::from(arguments.concurrency) + 1;
    let (tell_waits, waits) = mpsc::unbounded_channel();
    let tell = move |error: &Error, wait| {
        if let Some(words) = wait_in_words(error, wait) {
            // Whoever shows progress has gone with the import.
            let _ = tell_waits.send(words);
        }
    };
    let set = |builder: ClientBuilder| builder.max_concurrent_requests(requests).on_wait(tell);
    let connection = Connection::open_with(&arguments.server, format, set).await?;
    if connection.client.client_id().is_none() {
        output::note(
            "with an access token nobody knows whose it is: see to it that every run of this import is for the same account; \
             with a client id and secret the journal does",
        );
    }
    let ended = send(&connection, &journal, waits, arguments).await;
    connection.close().await;
    let summary = ended?;
    write_report(&*journal, report).await?;
    summary::print(&*journal, &summary, &found(), format).await?;
    Ok(summary::exit(&summary))
}

/// Leaves no journal behind of an import that did not begin. Why that was matters more than whether this went well.
async fn discard<J: Journal>(journal: J) {
    if let Err(error) = journal.discard().await {
        output::note(&error.to_string());
    }
}

/// Says where the rows of an import are.
pub(crate) async fn status(place: &Place, report: Option<&Path>, format: Format) -> Result<Exit, Failure> {
    match place {
        Place::File(path) => {
            if let Some(report) = report.filter(|report| is_same(report, path)) {
                return Err(Failure::ReportElsewhere { path: report.to_owned() });
            }
            say_status(&SqliteJournal::read(path)?, report, format).await
        }
        Place::Database(text) => {
            say_status(&PostgresJournal::read(&place::address(text)?).await?, report, format).await
        }
    }
}

async fn say_status(
    journal: &impl ReadJournal,
    report: Option<&Path>,
    format: Format,
) -> Result<Exit, Failure> {
    write_report(journal, report).await?;
    summary::print_status(journal, format).await?;
    Ok(Exit::Done)
}

/// Runs the import; a first interrupt ends it in order, a second at once.
async fn send<J: Journal>(
    connection: &Connection,
    journal: &Arc<J>,
    waits: mpsc::UnboundedReceiver<String>,
    arguments: &ImportArguments,
) -> Result<cloudlx_import::Summary, Failure> {
    let options = Options {
        concurrency: usize::from(arguments.concurrency),
        rate: arguments.rate,
        settle_time: arguments.settle,
        describe: words::describe,
    };
    let mut interrupts = Interrupts::listen(|| Exit::NotProcessed)?;
    let (tell, stop) = Stop::new();
    let (tell_progress, progress) = cloudlx_import::progress();
    let shown = tokio::spawn(progress::show(progress, waits));
    let importing = import(&connection.client, journal, options, stop, tell_progress);
    tokio::pin!(importing);
    let ended = tokio::select! {
        ended = &mut importing => ended,
        () = interrupts.next() => {
            tell.send_replace(true);
            output::note("stopping when the requests under way have ended; interrupt again to stop at once");
            tokio::select! {
                ended = &mut importing => ended,
                () = interrupts.next() => return Err(Failure::StoppedAtOnce),
            }
        }
    };
    // It ends with the import, which it is shown from; how it ended does not matter.
    let _ = shown.await;
    ended.map_err(|error| match error {
        // It has not begun.
        JournalError::OtherApi { .. } | JournalError::OtherAccount => error.into(),
        error => Failure::ImportBroken(error),
    })
}

fn input(arguments: &ImportArguments) -> Result<Input, Failure> {
    let path = arguments.file.clone().ok_or(Failure::NotGiven { argument: "a file" })?;
    let format = match arguments.input {
        Some(Rows::Csv) => RowFormat::Csv,
        Some(Rows::Ndjson) => RowFormat::Ndjson,
        Some(Rows::Json) => RowFormat::Json,
        Some(Rows::Xlsx) => RowFormat::Xlsx,
        None => RowFormat::by_name(&path).ok_or_else(|| Failure::InputUnknown { path: path.clone() })?,
    };
    // Known before there is a journal for it.
    if let Err(source) = std::fs::metadata(&path) {
        return Err(Failure::Read { path, source });
    }
    Ok(Input { path, format })
}

/// A file that could not be read to its end; what is wrong with its header is shown as what is wrong with rows is.
fn unread(error: ReadError, mut found: Findings, format: Format) -> Result<Exit, Failure> {
    match error {
        ReadError::Header(mistakes) => {
            for mistake in &mistakes {
                found.add_header(mistake);
            }
            findings::print(&found, Checked::default(), false, format)
        }
        error => Err(error.into()),
    }
}

fn say_what_was_left_out(checked: Checked) {
    if checked.invalid > 0 {
        output::note(&format!(
            "leaving out {} of {} rows, which are invalid: mend them in a file of their own, and import that with a journal of \
             its own (this journal takes no other file, and with a new one the whole file would be sent again)",
            checked.invalid, checked.rows
        ));
    }
}

/// Opens a report before anything is sent, so that a path that cannot be written to is known in time. What was there stays as
/// it is; a file that is made for this is removed.
fn try_report(path: &Path) -> Result<(), Failure> {
    let is_new = for_its_owner().create_new(true).open(path).is_ok();
    drop(report_file(path)?);
    // Another worker's report may be there by now.
    if is_new && path.metadata().is_ok_and(|found| found.len() == 0) {
        // An empty file that stays does no harm.
        let _ = std::fs::remove_file(path);
    }
    Ok(())
}

/// Writes the report in the place of an earlier one, which is there until the new one is whole.
async fn write_report(journal: &impl ReadJournal, report: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = report else { return Ok(()) };
    let failed = |source| Failure::Report { path: path.to_owned(), source };
    let format = ReportFormat::by_name(path);
    if !path.is_file() && path.exists() {
        // Such as a pipe: there is nothing to keep.
        return report::write(journal, report_file(path)?, format).await.map_err(failed);
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = report_file(&part)?;
    file.set_len(0).map_err(|source| failed(source.into()))?;
    report::write(journal, file, format).await.map_err(failed)?;
    std::fs::rename(&part, path).map_err(|source| failed(source.into()))
}

/// A file for a report.
fn report_file(path: &Path) -> Result<File, Failure> {
    for_its_owner()
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|source| Failure::Report { path: path.to_owned(), source: source.into() })
}

/// Reasons may quote what the input holds, so a report is for its owner as the journal is.
fn for_its_owner() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether two paths lead to one file.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// The name of a file in a message.
fn name(path: &Path) -> String {
    path.display().to_string()
}
