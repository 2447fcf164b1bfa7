//! Reads JSON, with a pointer to the value that is wrong.

use serde::Deserialize;
use serde_path_to_error::{Path, Segment};

/// Why a text could not be read.
pub(crate) struct Misread {
    /// Where, as an RFC 6901 pointer; empty for the whole text.
    pub(crate) pointer: String,
    /// What is wrong, at which line and column.
    pub(crate) source: serde_json::Error,
}

/// Reads a text that is exactly one value.
pub(crate) fn from_json<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, Misread> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| Misread { pointer: pointer(error.path()), source: error.into_inner() })?;
    reader.end().map_err(|source| Misread { pointer: String::new(), source })?;
    Ok(value)
}

fn pointer(path: &Path) -> String {
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key: name } | Segment::Enum { variant: name } => {
            format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
        }
        // The reader does not know the place either.
        Segment::Unknown => pointer,
    })
}
