//! `cloudlx validate`: on all cores, told in order, and with no more in memory than the files and a batch of requests.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::thread;

use cloudlx_validate::{MOST_VIOLATIONS, Violations, from_json};

use crate::arguments::Input;
use crate::documents::{Document, File};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::output;
use crate::report::{self, DocumentReport, MOST_SHOWN, Report};

/// How many requests are checked at a time.
const BATCH: usize = 16 * 1024;

/// Fewer than this are checked sooner than a thread is started.
const FEW: usize = 64;

/// Checks every request in `files`. A file that cannot be read does not keep the others from being checked.
pub(crate) fn run(files: &[PathBuf], input: Option<Input>, format: Format) -> Result<Exit, Failure> {
    if files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::StandardInputTwice);
    }
    let mut tally = Tally::default();
    let mut unread = Vec::new();
    for path in files {
        match File::read(path) {
            Ok(file) => check(&file, input, format, &mut tally),
            Err(failure) => unread.push(failure),
        }
    }

    let valid = unread.is_empty() && tally.invalid == 0;
    match format {
        Format::Human => output::line(&tally.summary())?,
        Format::Json => output::json(&Report { valid, documents: tally.reports })?,
    }
    let last = unread.pop();
    for failure in unread {
        failure.print(format);
    }
    match last {
        Some(failure) => Err(failure),
        None if valid => Ok(Exit::Done),
        None => Ok(Exit::Invalid),
    }
}

/// Checks the requests in a file, and shows people the first mistakes of the run.
fn check(file: &File, input: Option<Input>, format: Format, tally: &mut Tally) {
    let mut documents = file.documents(input).peekable();
    if documents.peek().is_none() {
        output::note(&format!("warning: there is no request in {}", file.name));
    }
    while documents.peek().is_some() {
        let batch: Vec<_> = documents.by_ref().take(BATCH).collect();
        for (document, violations) in batch.iter().zip(check_batch(&batch)) {
            let left = MOST_SHOWN.saturating_sub(tally.mistakes);
            if let (Format::Human, Some(violations), 1..) = (format, &violations, left) {
                report::show(file, document, violations, left);
            }
            tally.count(violations.as_ref().map_or(0, Violations::total));
            if format == Format::Json {
                tally.reports.push(DocumentReport::new(document, violations));
            }
        }
    }
}

/// What is wrong with each, in their order.
fn check_batch(documents: &[Document<'_>]) -> Vec<Option<Violations>> {
    let check_each = |documents: &[Document<'_>]| -> Vec<_> {
        documents.iter().map(|document| from_json(document.bytes).err()).collect()
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    if documents.len() < FEW || threads == 1 {
        return check_each(documents);
    }
    thread::scope(|scope| {
        let shares = documents.chunks(documents.len().div_ceil(threads));
        let working: Vec<_> = shares.map(|share| scope.spawn(move || check_each(share))).collect();
        working
            .into_iter()
            .flat_map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// What came of all requests so far.
#[derive(Default)]
struct Tally {
    requests: usize,
    invalid: usize,
    mistakes: usize,
    /// Whether some request has more mistakes than are given of one.
    too_many_in_one: bool,
    /// Of each request, for programs.
    reports: Vec<DocumentReport>,
}

impl Tally {
    /// A request with so many mistakes.
    fn count(&mut self, mistakes: usize) {
        self.requests += 1;
        self.invalid += usize::from(mistakes > 0);
        self.mistakes = self.mistakes.saturating_add(mistakes);
        self.too_many_in_one |= mistakes > MOST_VIOLATIONS;
    }

    fn summary(&self) -> String {
        let Self { requests, invalid, .. } = self;
        let plural = if *requests == 1 { "request" } else { "requests" };
        let summary = format!("{requests} {plural}: {} valid, {invalid} invalid", requests - invalid);
        match (self.mistakes.checked_sub(MOST_SHOWN), self.too_many_in_one) {
            (Some(more @ 1..), false) => format!("{summary}; {more} more mistakes: --format json shows all"),
            (Some(more @ 1..), true) => {
                format!(
                    "{summary}; {more} more mistakes: --format json shows the first {MOST_VIOLATIONS} of each request"
                )
            }
            _ => summary,
        }
    }
}
