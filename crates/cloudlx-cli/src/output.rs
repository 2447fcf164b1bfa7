//! Everything that the program prints passes through here.
//!
//! What people read may hold names, paths, arguments and answers from outside, so each line is made [`Plain`] as it is
//! printed: nothing in it can move the cursor, begin another line or turn directions around. What programs read is data, and
//! stays what it is: in JSON the same characters are written as escapes, which every reader reads as the characters, so that
//! JSON on a terminal, which people look at as well, does no harm either.

use std::io::{self, Write};

use cloudlx_validate::plain::{Glance, Plain};
use serde::Serialize;

use crate::failure::Failure;
use crate::plain_json::PlainJson;

/// Prints `value` as JSON, indented.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let mut stdout = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = write_json(value, &mut stdout);
    written.and_then(|()| writeln!(stdout)).and_then(|()| stdout.flush()).map_err(Failure::Print)
}

/// Prints a line.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    own_text(&Plain(text).to_string())
}

/// Prints lines that the program wrote alone: nothing in them is from outside.
pub(crate) fn own_text(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).map_err(Failure::Print)
}

/// Prints a line on stderr. What nobody can be told stays untold: there is nowhere left to say so.
pub(crate) fn note(text: &str) {
    own_note(&Plain(text).to_string());
}

/// Prints lines on stderr, each as [`note`] does, and all together.
pub(crate) fn notes<'a>(lines: impl IntoIterator<Item = &'a str>) {
    let lines: Vec<_> = lines.into_iter().map(|line| Plain(line).to_string()).collect();
    own_note(&lines.join("\n"));
}

/// Prints on stderr what the program wrote alone, or made plain before: lines, and colours.
pub(crate) fn own_note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints `value` as JSON, indented, on stderr.
pub(crate) fn json_note(value: &impl Serialize) {
    let mut json = Vec::new();
    // Strings and numbers always print.
    if write_json(value, &mut json).is_ok() {
        own_note(&String::from_utf8_lossy(&json));
    }
}

/// Prints rows in columns, below a head; of each cell no more than a glance.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Result<(), Failure> {
    let cells = rows.iter().map(|row| row.each_ref().map(|cell| Glance(cell).to_string()));
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(cells).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        line(cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

fn write_json(value: &impl Serialize, to: impl Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(to, PlainJson::default());
    value.serialize(&mut serializer).map_err(io::Error::from)
}
