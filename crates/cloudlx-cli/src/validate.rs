//! `cloudlx validate`.

use std::path::PathBuf;

use cloudlx_validate::from_json;

use crate::arguments::Input;
use crate::documents::File;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::output;
use crate::report::{self, DocumentReport, Report};

/// Checks every request in `files`. A file that cannot be read does not keep the others from being checked.
pub(crate) fn run(files: &[PathBuf], input: Option<Input>, format: Format) -> Result<Exit, Failure> {
    let mut documents = Vec::new();
    let mut unread = None;
    for path in files {
        match File::read(path) {
            Ok(file) => check(&file, input, format, &mut documents),
            Err(failure) => {
                if let Some(earlier) = unread.replace(failure) {
                    earlier.print(format);
                }
            }
        }
    }

    let valid = unread.is_none() && documents.iter().all(|document| document.valid);
    let report = Report { valid, documents };
    match format {
        Format::Json => report.print()?,
        Format::Human => output::line(&summary(&report))?,
    }
    match unread {
        Some(failure) => Err(failure),
        None if report.valid => Ok(Exit::Done),
        None => Ok(Exit::Invalid),
    }
}

fn check(file: &File, input: Option<Input>, format: Format, documents: &mut Vec<DocumentReport>) {
    for document in file.documents(input) {
        let violations = from_json(document.bytes).err();
        if let (Format::Human, Some(violations)) = (format, &violations) {
            report::show(file, &document, violations);
        }
        documents.push(DocumentReport::new(&document, violations));
    }
}

fn summary(report: &Report) -> String {
    let count = report.documents.len();
    let valid = report.documents.iter().filter(|document| document.valid).count();
    let requests = if count == 1 { "request" } else { "requests" };
    format!("{count} {requests}: {valid} valid, {} invalid", count - valid)
}
