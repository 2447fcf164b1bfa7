//! The report of an import: a line for each row, in a file.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use cloudlx_import::journal::ReadJournal;
use cloudlx_import::report::{self, ReportError, ReportFormat};

use crate::failure::CommandError;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReportFileError {
    #[error("expected a report in a file of its own, found {}, which holds the rows or the journal: name another", path.display())]
    NotItsOwn { path: PathBuf },
    #[error("could not write the report {}: check the path; `cloudlx import status --report FILE` writes it at any time", path.display())]
    Write { path: PathBuf, source: ReportError },
}

impl CommandError for ReportFileError {}

/// Refuses to write a report over one of the files that the import needs.
pub(super) fn require_its_own<'a>(
    report: Option<&Path>,
    others: impl IntoIterator<Item = &'a Path>,
) -> Result<(), ReportFileError> {
    match report {
        Some(report) if others.into_iter().any(|other| is_same(report, other)) => {
            Err(ReportFileError::NotItsOwn { path: report.to_owned() })
        }
        Some(_) | None => Ok(()),
    }
}

/// Opens a report before anything is sent, so that a path that cannot be written to is known in time. What was there stays as
/// it is; a file that is made for this is removed.
pub(super) fn try_report(path: &Path) -> Result<(), ReportFileError> {
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
pub(super) async fn write_report(
    journal: &impl ReadJournal,
    report: Option<&Path>,
) -> Result<(), ReportFileError> {
    let Some(path) = report else { return Ok(()) };
    let failed = |source| ReportFileError::Write { path: path.to_owned(), source };
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
fn report_file(path: &Path) -> Result<File, ReportFileError> {
    for_its_owner()
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(|source| ReportFileError::Write { path: path.to_owned(), source: source.into() })
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
