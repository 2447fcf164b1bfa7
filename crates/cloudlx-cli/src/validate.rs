//! `cloudlx validate`: on all cores, told in order. Of a file with a request a line, no more is in memory than is being
//! checked; other files are read whole.

use std::path::{Path, PathBuf};

use cloudlx_validate::{MOST_VIOLATIONS, Violations, from_json};

use crate::arguments::Input;
use crate::documents::{self, Document, File};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::pieces::Pieces;
use crate::report::{self, DocumentReport, MOST_SHOWN, Report};
use crate::{in_order, output};

/// How many elements of an array are checked at a time.
const BATCH: usize = 256;

/// Checks every request in `files`. A file that cannot be read does not keep the others from being checked.
pub(crate) fn run(files: &[PathBuf], input: Option<Input>, format: Format) -> Result<Exit, Failure> {
    if files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Failure::StandardInputTwice);
    }
    let mut tally = Tally::default();
    let mut unread = Vec::new();
    for path in files {
        let checked = match documents::kind(path, input) {
            Input::Ndjson => check_lines(path, format, &mut tally),
            Input::Json => check_documents(path, format, &mut tally),
        };
        unread.extend(checked.err());
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

/// Checks the requests in a file that has one a line.
fn check_lines(path: &Path, format: Format, tally: &mut Tally) -> Result<(), Failure> {
    let unread = |source| Failure::Read { path: path.to_owned(), source };
    let (before, mut read) = (tally.requests, Ok(()));
    in_order::each(
        Pieces::open(path).map_err(unread)?,
        |piece| piece.map(|piece| (Tally::of(piece.lines(), format), piece)),
        |checked| match checked {
            Ok((found, piece)) => tally.add(found, &piece, piece.lines()),
            Err(source) => read = Err(unread(source)),
        },
    );
    read?;
    if tally.requests == before {
        output::note(&format!("warning: there is no request in {}", path.display()));
    }
    Ok(())
}

/// Checks the request in a file, or the elements of its array.
fn check_documents(path: &Path, format: Format, tally: &mut Tally) -> Result<(), Failure> {
    let file = File::read(path)?;
    let documents = file.documents();
    if documents.is_empty() {
        output::note(&format!("warning: there is no request in {}", file.name));
    }
    in_order::each(
        documents.chunks(BATCH),
        |batch| (Tally::of(batch.iter().copied(), format), batch),
        |(found, batch)| tally.add(found, &file, batch.iter().copied()),
    );
    Ok(())
}

/// What came of requests.
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
    /// Checks these.
    fn of<'a>(documents: impl Iterator<Item = Document<'a>>, format: Format) -> Self {
        let mut tally = Self::default();
        for (index, document) in documents.enumerate() {
            let violations = from_json(document.bytes).err();
            let before = tally.mistakes;
            tally.count(violations.as_ref().map_or(0, Violations::total));
            match (format, violations) {
                (Format::Human, Some(violations)) if before < MOST_SHOWN => {
                    tally.shown.push((index, violations));
                }
                (Format::Human, _) => {}
                (Format::Json, violations) => tally.reports.push(DocumentReport::new(&document, violations)),
            }
        }
        tally
    }

    /// Adds what came of these `documents` of a file, and shows people the first mistakes of the run.
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
