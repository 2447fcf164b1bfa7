//! Writes rows as the files that `cloudlx import` reads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;
use serde_json::Value;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Ndjson,
    Json,
    Csv,
    /// With semicolons, and a byte-order mark, as spreadsheets write it.
    SemicolonCsv,
    Xlsx,
}

/// The columns, which are the fields.
const COLUMNS: [&str; 10] = [
    "name",
    "email",
    "first_name",
    "last_name",
    "role_group",
    "currency_iso",
    "country_iso",
    "realms",
    "shown_sub_realms",
    "enabled_sub_realms",
];

impl Format {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 5] = [Self::Ndjson, Self::Json, Self::Csv, Self::SemicolonCsv, Self::Xlsx];

    /// The format for a number below eight; common formats have more numbers.
    pub(crate) fn from_number(number: usize) -> Self {
        match number {
            0 => Self::Json,
            1 => Self::SemicolonCsv,
            2 | 3 => Self::Csv,
            4 => Self::Xlsx,
            _ => Self::Ndjson,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Json => "json",
            Self::Csv | Self::SemicolonCsv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The line of the first row: all formats but NDJSON have a line before it.
    pub(crate) fn first_line(self) -> usize {
        if self == Self::Ndjson { 1 } else { 2 }
    }

    /// Writes `rows` into a file in `folder`, one line each, and returns its path.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn write(self, rows: &[Value], folder: &Path) -> io::Result<PathBuf> {
        let path = folder.join("rows").with_extension(self.name());
        let lines: Vec<_> = rows.iter().map(Value::to_string).collect();
        match self {
            Self::Ndjson => fs::write(&path, lines.join("\n") + "\n")?,
            Self::Json => fs::write(&path, format!("[\n{}\n]\n", lines.join(",\n")))?,
            Self::Csv => fs::write(&path, csv(rows, b',')?)?,
            Self::SemicolonCsv => fs::write(&path, [b"\xef\xbb\xbf", csv(rows, b';')?.as_slice()].concat())?,
            Self::Xlsx => xlsx(rows, &path)?,
        }
        Ok(path)
    }
}

fn csv(rows: &[Value], delimiter: u8) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        writer.write_record(COLUMNS.map(|column| cell(row, column)))?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn xlsx(rows: &[Value], path: &Path) -> io::Result<()> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let texts = std::iter::once(COLUMNS.map(str::to_owned))
        .chain(rows.iter().map(|row| COLUMNS.map(|column| cell(row, column))));
    for (row, texts) in (0..).zip(texts) {
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text).map_err(io::Error::other)?;
        }
    }
    workbook.save(path).map_err(io::Error::other)
}

/// A field as the text of a cell: ids separated by semicolons; empty for a missing field.
fn cell(row: &Value, column: &str) -> String {
    match row.get(column) {
        Some(Value::Array(ids)) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    }
}
