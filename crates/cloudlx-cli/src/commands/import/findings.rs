//! What is wrong with the rows of an input: to people as it is found, to programs as JSON.

use cloudlx_import::{Checked, Column, Finding, Format as RowFormat, HeaderMistake, Input};
use cloudlx_validate::{Violation, Violations};
use serde::Serialize;

use crate::exit::Exit;
use crate::output::{self, Output, Print, PrintError};
use crate::requests::documents::File;
use crate::requests::locate;
use crate::requests::report::{self, MOST_SHOWN};

/// How many findings are kept for programs: a file of another kind has one a row.
const MOST_KEPT: usize = 10_000;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    file: String,
    /// Whether columns count from where a row begins, and not from where its line does.
    rows_begin_anywhere: bool,
    /// Whether findings are shown to people as they are found.
    shows: bool,
    kept: Vec<Kept>,
    left_out: usize,
}

/// One of them, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct Kept {
    line: u64,
    column: Option<usize>,
    pointer: Option<String>,
    rule: String,
    message: String,
    suggestion: Option<String>,
}

impl Findings {
    pub(crate) fn new(input: &Input, output: Output) -> Self {
        Self {
            file: input.path.display().to_string(),
            rows_begin_anywhere: input.format == RowFormat::Json,
            shows: output.shows_as_found(),
            ..Self::default()
        }
    }

    /// Takes note of a finding, and shows it to people while there are not too many.
    pub(crate) fn add(&mut self, finding: &Finding<'_>) {
        match finding {
            Finding::Invalid { line, json, columns: None, violations } => {
                self.add_json(*line, json, violations);
            }
            Finding::Invalid { line, columns: Some(columns), violations, .. } => {
                for violation in *violations {
                    let kept = Kept { message: columns.message(violation), ..from_violation(violation) };
                    self.add_cell(*line, columns.of(violation), kept);
                }
            }
            Finding::Unreadable { line, problem } => {
                let (rule, message) = (problem.code().to_owned(), problem.to_string());
                self.add_cell(*line, problem.column(), Kept::new(rule, message));
            }
            Finding::Equal { line, first } => {
                let message = format!(
                    "the row equals the one on line {first}: remove one of them, or pass --allow-equal-rows"
                );
                self.add_cell(*line, None, Kept::new("equal-row".to_owned(), message));
            }
            other => self.add_cell(0, None, Kept::new("row".to_owned(), other.to_string())),
        }
    }

    /// Takes note of a mistake in the header.
    pub(crate) fn add_header(&mut self, mistake: &HeaderMistake) {
        let HeaderMistake { line, column, rule, message, suggestion } = mistake;
        let kept =
            Kept { suggestion: suggestion.clone(), ..Kept::new(rule.code().to_owned(), message.clone()) };
        self.add_cell(*line, column.as_ref(), kept);
    }

    fn add_json(&mut self, line: u64, json: &[u8], violations: &Violations) {
        if let (true, left @ 1..) = (self.shows, self.left_to_show()) {
            let line = usize::try_from(line).unwrap_or(usize::MAX);
            let row = File::part(self.file.clone(), json.to_vec(), line);
            report::show(&row, &row.whole(), violations, left);
        }
        let text = String::from_utf8_lossy(json);
        for (violation, range) in violations.iter().zip(locate::ranges(json, violations)) {
            let before = text.get(..range.start).unwrap_or_default();
            let (lines, last) = before
                .rsplit_once('\n')
                .map_or((0, before), |(lines, last)| (lines.split('\n').count(), last));
            let column = (lines > 0 || !self.rows_begin_anywhere).then(|| last.chars().count() + 1);
            self.keep(Kept { line: line + lines as u64, column, ..from_violation(violation) });
        }
        self.left_out += violations.total().saturating_sub(violations.as_slice().len());
    }

    fn add_cell(&mut self, line: u64, column: Option<&Column>, kept: Kept) {
        if self.shows && self.left_to_show() > 0 {
            let place = column.map(|column| format!(", column {column}")).unwrap_or_default();
            let said = format!("error[{}]: {}", kept.rule, kept.message);
            let place = format!(" --> {}:{line}{place}", self.file);
            let remedy = kept.suggestion.as_ref().map(|suggestion| format!("  = try: {suggestion}"));
            output::notes([said.as_str(), &place].into_iter().chain(remedy.as_deref()).chain([""]));
        }
        self.keep(Kept { line, column: column.map(|column| column.number), ..kept });
    }

    fn keep(&mut self, kept: Kept) {
        if self.kept.len() < MOST_KEPT {
            self.kept.push(kept);
        } else {
            self.left_out += 1;
        }
    }

    fn left_to_show(&self) -> usize {
        MOST_SHOWN.saturating_sub(self.kept.len())
    }

    pub(crate) fn kept(&self) -> &[Kept] {
        &self.kept
    }
}

impl Kept {
    fn new(rule: String, message: String) -> Self {
        Self { line: 0, column: None, pointer: None, rule, message, suggestion: None }
    }
}

fn from_violation(violation: &Violation) -> Kept {
    Kept {
        pointer: Some(violation.pointer.clone()),
        suggestion: violation.suggestion.clone(),
        ..Kept::new(violation.rule.code().to_owned(), report::title(violation).to_owned())
    }
}

/// What was found in an input of which nothing is sent.
struct Found<'a> {
    findings: &'a Findings,
    checked: Checked,
    passes: bool,
}

#[derive(Serialize)]
struct FoundJson<'a> {
    outcome: &'static str,
    rows: u64,
    invalid: u64,
    equal: u64,
    findings: &'a [Kept],
    findings_left_out: usize,
}

impl Print for Found<'_> {
    fn json(&self) -> impl Serialize {
        let Checked { rows, invalid, equal } = self.checked;
        FoundJson {
            outcome: if self.passes { "valid" } else { "invalid" },
            rows,
            invalid,
            equal,
            findings: &self.findings.kept,
            findings_left_out: self.findings.left_out,
        }
    }

    fn human(&self) -> Vec<String> {
        let Checked { rows, invalid, equal } = self.checked;
        let all = self.findings.kept.len() + self.findings.left_out;
        if rows == 0 && all > 0 {
            return vec!["the columns are not those of a request; nothing was sent".to_owned()];
        }
        if rows == 0 {
            let text = "no rows were found (of a workbook, the first sheet is read); nothing was sent";
            return vec![text.to_owned()];
        }
        let more = match all.checked_sub(MOST_SHOWN) {
            Some(more @ 1..) => format!("; {more} more mistakes: --format json shows them"),
            Some(0) | None => String::new(),
        };
        let sent = if self.passes { "" } else { "; nothing was sent" };
        vec![format!(
            "{rows} {}: {} valid, {invalid} invalid, {equal} equal to another{sent}{more}",
            if rows == 1 { "row" } else { "rows" },
            rows - invalid
        )]
    }
}

/// Prints what was found in an input of which nothing is sent.
pub(super) fn print(
    findings: &Findings,
    checked: Checked,
    passes: bool,
    output: Output,
) -> Result<Exit, PrintError> {
    let found = Found { findings, checked, passes };
    // Where stdout has the count alone and stderr is for programs, the findings stand there.
    if output.stdout_is_for_people() && !output.shows_as_found() && !findings.kept.is_empty() {
        output.tell(&found);
    }
    output.print(&found)?;
    Ok(if passes { Exit::Done } else { Exit::Invalid })
}
