//! Showing what is wrong with requests: to people as compilers do, to programs as JSON.

use std::io::IsTerminal;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use cloudlx_validate::plain::Plain;
use cloudlx_validate::{Rule, Violation, Violations};
use serde::Serialize;

use super::documents::{Document, File};
use super::locate;
use crate::output::{self, PlainSource};

/// How many mistakes a run shows to people; programs get as many of each request as cloudlx-validate gives.
pub(crate) const MOST_SHOWN: usize = 100;

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
    /// How many more violations there are than are given.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
}

impl DocumentReport {
    pub(crate) fn new(document: &Document<'_>, violations: Option<Violations>) -> Self {
        let total = violations.as_ref().map_or(0, Violations::total);
        let violations: Vec<_> = violations.into_iter().flatten().collect();
        let more = total.saturating_sub(violations.len());
        Self { source: document.source(), valid: violations.is_empty(), violations, more }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Shows the first `most` violations on stderr: what, where, the line itself, a caret, and what to write instead.
pub(crate) fn show(file: &File, document: &Document<'_>, violations: &Violations, most: usize) {
    let renderer = if std::io::stderr().is_terminal() { Renderer::styled() } else { Renderer::plain() };
    let lines = file.lines_of(document);
    let (source, path) = (PlainSource::new(&lines.text), Plain(&file.name).to_string());
    let ranges = locate::ranges(document.bytes, violations);
    for (violation, range) in violations.iter().zip(ranges).take(most) {
        let span = source.at(range.start + lines.before)..source.at(range.end + lines.before);
        let label = violation.suggestion.as_ref().map(|suggestion| format!("try: {}", Plain(suggestion)));
        let title = Plain(title(violation)).to_string();
        let annotation = AnnotationKind::Primary.span(span).label(label.as_deref());
        let snippet = Snippet::source(source.text.as_str())
            .line_start(document.line)
            .path(&path)
            .annotation(annotation);
        let title = Level::ERROR.primary_title(title).id(violation.rule.code());
        output::own_note(&format!("{}\n", renderer.render(&[title.element(snippet)])));
    }
}

/// The message, without the place in the request that a syntax error comes with: the place in the file is shown.
pub(crate) fn title(violation: &Violation) -> &str {
    match violation.message.rsplit_once(" (line ") {
        Some((message, _)) if violation.rule == Rule::JsonSyntax => message,
        _ => &violation.message,
    }
}
