//! Showing what is wrong with requests: to people as compilers do, to programs as JSON.

use std::io::IsTerminal;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use cloudlx_validate::{Violation, Violations};
use serde::Serialize;

use crate::documents::{Document, File};
use crate::failure::Failure;
use crate::locate;
use crate::output;

/// The findings of a run, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) valid: bool,
    pub(crate) documents: Vec<DocumentReport>,
}

/// The findings in one request.
#[derive(Debug, Serialize)]
pub(crate) struct DocumentReport {
    source: String,
    pub(crate) valid: bool,
    violations: Vec<Violation>,
}

impl DocumentReport {
    pub(crate) fn new(document: &Document<'_>, violations: Option<Violations>) -> Self {
        let violations: Vec<_> = violations.into_iter().flatten().collect();
        Self { source: document.source.clone(), valid: violations.is_empty(), violations }
    }
}

impl Report {
    /// One request that was refused.
    pub(crate) fn of(document: &Document<'_>, violations: Violations) -> Self {
        Self { valid: false, documents: vec![DocumentReport::new(document, Some(violations))] }
    }

    /// Prints the report where data goes.
    pub(crate) fn print(&self) -> Result<(), Failure> {
        output::json(self)
    }

    /// Prints the report where errors go, for a command whose data is something else.
    pub(crate) fn print_as_error(&self) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Failure::Print(error.into()))?;
        anstream::eprintln!("{text}");
        Ok(())
    }
}

/// Shows every violation on stderr: what, where, the line itself, a caret, and what to write instead.
pub(crate) fn show(file: &File, document: &Document<'_>, violations: &Violations) {
    let renderer = if std::io::stderr().is_terminal() { Renderer::styled() } else { Renderer::plain() };
    let lines = file.lines_of(document);
    let ranges = locate::ranges(&String::from_utf8_lossy(document.bytes), violations);
    for (violation, range) in violations.iter().zip(ranges) {
        let span = range.start + lines.before..range.end + lines.before;
        let label = violation.suggestion.as_ref().map(|suggestion| format!("try: {suggestion}"));
        let annotation = AnnotationKind::Primary.span(span).label(label.as_deref());
        let snippet = Snippet::source(lines.text.as_ref())
            .line_start(lines.first)
            .path(&file.name)
            .annotation(annotation);
        let title = Level::ERROR.primary_title(&violation.message).id(violation.rule.code());
        anstream::eprintln!("{}\n", renderer.render(&[title.element(snippet)]));
    }
}
