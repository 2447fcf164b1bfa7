//! Everything that the program prints passes through here, and nothing else asks for whom to print.
//!
//! Stdout and stderr each have a form of their own. People get lines, programs get JSON.
//!
//! What people read may hold names, paths, arguments and answers from outside, so each line is made [`Plain`] as it is
//! printed: nothing in it can move the cursor, begin another line or turn directions around. What programs read is data, and
//! stays what it is: in JSON the same characters are written as escapes, which every reader reads as the characters, so that
//! JSON on a terminal, which people look at as well, does no harm either.

mod format;
mod plain_json;
mod plain_source;

use std::io::{self, IsTerminal, Write};

use cloudlx_validate::plain::{Glance, Plain};
use serde::Serialize;

pub(crate) use self::format::Format;
use self::plain_json::PlainJson;
pub(crate) use self::plain_source::PlainSource;

/// The program could not print.
#[derive(Debug, thiserror::Error)]
#[error("could not print")]
pub(crate) struct PrintError(#[from] io::Error);

impl PrintError {
    /// Whether the reader of the output, such as `head`, has closed it.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        self.0.kind() == io::ErrorKind::BrokenPipe
    }
}

/// Something that a command prints: as JSON for programs, and in lines for people.
pub(crate) trait Print {
    /// What programs get.
    fn json(&self) -> impl Serialize;

    /// What people get.
    fn human(&self) -> Vec<String>;
}

/// The forms of both streams.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    stdout: Format,
    stderr: Format,
}

impl Output {
    /// The form that was asked for, for both. Without one, each stream has the form that suits where it goes.
    pub(crate) fn new(asked: Option<Format>) -> Self {
        let suited = |is_terminal| if is_terminal { Format::Human } else { Format::Json };
        Self {
            stdout: asked.unwrap_or_else(|| suited(io::stdout().is_terminal())),
            stderr: asked.unwrap_or_else(|| suited(io::stderr().is_terminal())),
        }
    }

    /// Prints on stdout.
    pub(crate) fn print(self, printed: &impl Print) -> Result<(), PrintError> {
        match self.stdout {
            Format::Human => printed.human().iter().try_for_each(|text| line(text)),
            Format::Json => json(&printed.json()),
        }
    }

    /// Prints on stderr. Ignores an error of the stream: there is nowhere left to report it.
    pub(crate) fn tell(self, printed: &impl Print) {
        match self.stderr {
            Format::Human => notes(printed.human().iter().map(String::as_str)),
            Format::Json => json_note(&printed.json()),
        }
    }

    /// Prints what a command notes while it works, on stderr: a line for people, and a JSON object on a line of its own for
    /// programs. Ignores an error of the stream, as [`tell`](Self::tell) does.
    pub(crate) fn note(self, text: &str) {
        if self.stderr_is_for_people() {
            return note(text);
        }
        let mut json = Vec::new();
        // Strings always print.
        if write_json(&text, &mut json).is_ok() {
            own_note(&format!("{{\"note\": {}}}", String::from_utf8_lossy(&json)));
        }
    }

    /// Whether people read stdout.
    pub(crate) fn stdout_is_for_people(self) -> bool {
        match self.stdout {
            Format::Human => true,
            Format::Json => false,
        }
    }

    /// Whether people read stderr, as lines or as JSON on a terminal.
    pub(crate) fn stderr_is_for_people(self) -> bool {
        match self.stderr {
            Format::Human => true,
            Format::Json => io::stderr().is_terminal(),
        }
    }

    /// Whether lines are printed on stderr, and not JSON.
    pub(crate) fn stderr_gets_lines(self) -> bool {
        match self.stderr {
            Format::Human => true,
            Format::Json => false,
        }
    }

    /// Whether violations are printed on stderr as they are found: both streams are for people.
    pub(crate) fn shows_as_found(self) -> bool {
        match (self.stdout, self.stderr) {
            (Format::Human, Format::Human) => true,
            (Format::Human | Format::Json, Format::Json) | (Format::Json, Format::Human) => false,
        }
    }
}

/// Prints `value` as JSON, indented, in either form.
pub(crate) fn json(value: &impl Serialize) -> Result<(), PrintError> {
    let mut stdout = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    write_json(value, &mut stdout)?;
    writeln!(stdout)?;
    Ok(stdout.flush()?)
}

/// Prints a line.
pub(crate) fn line(text: &str) -> Result<(), PrintError> {
    own_text(&Plain(text).to_string())
}

/// Prints lines that the program wrote alone: nothing in them is from outside.
pub(crate) fn own_text(text: &str) -> Result<(), PrintError> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{text}")?;
    Ok(stdout.flush()?)
}

/// Prints a line on stderr. Ignores an error of the stream, as [`Output::tell`] does.
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

fn json_note(value: &impl Serialize) {
    let mut json = Vec::new();
    // Strings and numbers always print.
    if write_json(value, &mut json).is_ok() {
        own_note(&String::from_utf8_lossy(&json));
    }
}

/// Rows in columns, below a head; of each cell no more than a glance.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Vec<String> {
    let cells = rows.iter().map(|row| row.each_ref().map(|cell| Glance(cell).to_string()));
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(cells).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    lines.collect()
}

fn write_json(value: &impl Serialize, to: impl Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(to, PlainJson::default());
    value.serialize(&mut serializer).map_err(io::Error::from)
}
