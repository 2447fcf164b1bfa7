//! `cloudlx validate`.

use std::path::PathBuf;

use cloudlx_validate::{MOST_VIOLATIONS, from_json};

use crate::arguments::Input;
use crate::documents::File;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::output;
use crate::report::{self, DocumentReport, MOST_SHOWN, Report};

/// Checks every request in `files`. A file that cannot be read does not keep the others from being checked.
pub(crate) fn run(files: &[PathBuf], input: Option<Input>, format: Format) -> Result<Exit, Failure> {
    if files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::StandardInputTwice);
    }
    let mut documents = Vec::new();
    let mut left = MOST_SHOWN;
    let mut unread = Vec::new();
    for path in files {
        match File::read(path) {
            Ok(file) => documents.extend(check(&file, input, format, &mut left)),
            Err(failure) => unread.push(failure),
        }
    }

    let valid = unread.is_empty() && documents.iter().all(|document| document.valid);
    let report = Report { valid, documents };
    match format {
        Format::Json => output::json(&report)?,
        Format::Human => output::line(&summary(&report))?,
    }
    let last = unread.pop();
    for failure in unread {
        failure.print(format);
    }
    match last {
        Some(failure) => Err(failure),
        None if report.valid => Ok(Exit::Done),
        None => Ok(Exit::Invalid),
    }
}

/// Checks the requests in a file, and shows people what is wrong with them while there are showings `left`.
fn check(file: &File, input: Option<Input>, format: Format, left: &mut usize) -> Vec<DocumentReport> {
    let documents = file.documents(input);
    if documents.is_empty() {
        output::note(&format!("warning: there is no request in {}", file.name));
    }
    let mut reports = Vec::with_capacity(documents.len());
    for document in documents {
        let violations = from_json(document.bytes).err();
        if let (Format::Human, Some(violations), 1..) = (format, &violations, *left) {
            report::show(file, &document, violations, *left);
            *left = left.saturating_sub(violations.as_slice().len());
        }
        reports.push(DocumentReport::new(&document, violations));
    }
    reports
}

fn summary(report: &Report) -> String {
    let count = report.documents.len();
    let valid = report.documents.iter().filter(|document| document.valid).count();
    let requests = if count == 1 { "request" } else { "requests" };
    let summary = format!("{count} {requests}: {valid} valid, {} invalid", count - valid);
    let mistakes: usize = report.documents.iter().map(DocumentReport::total).sum();
    let all_are_given = report.documents.iter().all(|document| document.total() <= MOST_VIOLATIONS);
    match (mistakes.checked_sub(MOST_SHOWN), all_are_given) {
        (Some(more @ 1..), true) => format!("{summary}; {more} more mistakes: --format json shows all"),
        (Some(more @ 1..), false) => {
            format!(
                "{summary}; {more} more mistakes: --format json shows the first {MOST_VIOLATIONS} of each request"
            )
        }
        _ => summary,
    }
}
