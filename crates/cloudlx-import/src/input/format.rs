//! The formats in which the rows of a file can be written.

use std::path::Path;

/// How the rows of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CSV: a header row, then a row for each customer. The separator is a comma, a semicolon or a tab, whichever the
    /// header uses.
    Csv,
    /// NDJSON: one request per line, as JSON.
    Ndjson,
    /// A JSON array of requests, or a single request.
    Json,
    /// The first sheet of an Excel workbook, with the same columns as CSV. Needs the feature `xlsx`.
    Xlsx,
}

impl Format {
    /// The format that the extension of a file's name stands for; none for an unknown extension.
    #[must_use]
    pub fn by_name(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "json" => Some(Self::Json),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_formats() {
        for (name, format) in [
            ("a.csv", Some(Format::Csv)),
            ("a.JSONL", Some(Format::Ndjson)),
            ("a.b.json", Some(Format::Json)),
            ("a.xlsx", Some(Format::Xlsx)),
            ("csv", None),
            ("a.xls", None),
        ] {
            assert_eq!(Format::by_name(Path::new(name)), format, "{name}");
        }
    }
}
