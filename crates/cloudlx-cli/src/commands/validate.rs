//! `cloudlx validate`: on all cores, told in order. Of a file with a request a line, no more is in memory than is being
//! checked; other files are read whole.

mod in_order;
mod line_chunks;

use std::path::{Path, PathBuf};

use clap::Args;
use cloudlx_validate::{MOST_VIOLATIONS, Violations, from_json};
use serde::Serialize;

use self::line_chunks::LineChunks;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::output::{Output, Print};
use crate::requests::documents::{self, Document, File, Input, ReadFileError};
use crate::requests::report::{self, DocumentReport, MOST_SHOWN, Report};

/// How many elements of an array are checked at a time.
const BATCH: usize = 256;

pub(super) const AFTER_HELP: &str = "\
Example:
  cloudlx validate request.json requests.ndjson";

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// Files with requests; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the files hold [default: ndjson for files called .ndjson or .jsonl, else json]
    #[arg(long, value_enum)]
    input: Option<Input>,
}

/// Standard input was named more than once.
#[derive(Debug, thiserror::Error)]
#[error("expected - once, found it again: standard input can be read once")]
struct StandardInputTwice;

impl CommandError for StandardInputTwice {}

impl Validate {
    /// Checks every request in the files. A file that cannot be read does not keep the others from being checked.
    pub(super) fn run(self, output: Output) -> Result<Exit, Failure> {
        if self.files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
            return Err(StandardInputTwice.into());
        }
        let mut tally = Tally::default();
        let mut unread = Vec::new();
        for path in &self.files {
            let checked = match documents::kind(path, self.input) {
                Input::Ndjson => check_lines(path, output, &mut tally),
                Input::Json => check_documents(path, output, &mut tally),
            };
            unread.extend(checked.err());
        }

        // With no file read there is nothing to count.
        if unread.len() == self.files.len()
            && tally.requests == 0
            && let Some(last) = unread.pop()
        {
            return fail(unread, last, output);
        }
        let valid = unread.is_empty() && tally.invalid == 0;
        let summary = tally.summary();
        let report = Report { valid, documents: tally.reports };
        // Where one stream is for programs, the violations stand there.
        if output.stdout_is_for_people() && !output.shows_as_found() && !valid {
            output.tell(&Checked { summary: &summary, report: &report });
        }
        output.print(&Checked { summary: &summary, report: &report })?;
        match unread.pop() {
            Some(last) => fail(unread, last, output),
            None if valid => Ok(Exit::Done),
            None => Ok(Exit::Invalid),
        }
    }
}

/// Tells of the files that could not be read, and ends the command with the last of them.
fn fail(others: Vec<ReadFileError>, last: ReadFileError, output: Output) -> Result<Exit, Failure> {
    for error in others {
        output.tell(&Failure::from(error));
    }
    Err(last.into())
}

/// The result of a run.
struct Checked<'a> {
    summary: &'a str,
    report: &'a Report,
}

impl Print for Checked<'_> {
    fn json(&self) -> impl Serialize {
        self.report
    }

    fn human(&self) -> Vec<String> {
        vec![self.summary.to_owned()]
    }
}

/// Checks the requests in a file that has one a line.
fn check_lines(path: &Path, output: Output, tally: &mut Tally) -> Result<(), ReadFileError> {
    let unread = |source| ReadFileError { path: path.to_owned(), source };
    let (before, mut read) = (tally.requests, Ok(()));
    in_order::each(
        LineChunks::open(path).map_err(unread)?,
        |chunk| chunk.map(|chunk| (Tally::new(chunk.lines(), output), chunk)),
        |checked| match checked {
            Ok((found, chunk)) => tally.add(found, &chunk, chunk.lines()),
            Err(source) => read = Err(unread(source)),
        },
    );
    read?;
    if tally.requests == before {
        output.note(&format!("warning: there is no request in {}", path.display()));
    }
    Ok(())
}

/// Checks the request in a file, or the elements of its array.
fn check_documents(path: &Path, output: Output, tally: &mut Tally) -> Result<(), ReadFileError> {
    let file = File::read(path)?;
    let documents = file.documents();
    if documents.is_empty() {
        output.note(&format!("warning: there is no request in {}", file.name));
    }
    in_order::each(
        documents.chunks(BATCH),
        |batch| (Tally::new(batch.iter().copied(), output), batch),
        |(found, batch)| tally.add(found, &file, batch.iter().copied()),
    );
    Ok(())
}

/// The results of some requests.
#[derive(Default)]
struct Tally {
    requests: usize,
    invalid: usize,
    mistakes: usize,
    /// Whether some request has more mistakes than are given of one.
    too_many_in_one: bool,
    /// Those to show to people: which of the requests it is, and what is wrong with it.
    shown: Vec<(usize, Violations)>,
    /// Of each request, for programs.
    reports: Vec<DocumentReport>,
}

impl Tally {
    /// Checks these documents.
    fn new<'a>(documents: impl Iterator<Item = Document<'a>>, output: Output) -> Self {
        let mut tally = Self::default();
        for (index, document) in documents.enumerate() {
            let violations = from_json(document.bytes).err();
            let before = tally.mistakes;
            tally.count(violations.as_ref().map_or(0, Violations::total));
            if !output.shows_as_found() {
                tally.reports.push(DocumentReport::new(&document, violations));
            } else if let Some(violations) = violations.filter(|_| before < MOST_SHOWN) {
                tally.shown.push((index, violations));
            }
        }
        tally
    }

    /// Adds the results of these `documents` of a file, and shows people the first mistakes of the run.
    fn add<'a>(&mut self, found: Self, file: &File, mut documents: impl Iterator<Item = Document<'a>>) {
        let (mut next, mut shown) = (0, self.mistakes);
        for (index, violations) in found.shown {
            let Some(document) = documents.nth(index - next) else { break };
            let left @ 1.. = MOST_SHOWN.saturating_sub(shown) else { break };
            report::show(file, &document, &violations, left);
            (next, shown) = (index + 1, shown.saturating_add(violations.total()));
        }
        self.requests += found.requests;
        self.invalid += found.invalid;
        self.mistakes = self.mistakes.saturating_add(found.mistakes);
        self.too_many_in_one |= found.too_many_in_one;
        self.reports.extend(found.reports);
    }

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
