//! Reads schedules from JSON.

use std::path::{Path, PathBuf};

use cloudlx_validate::nearest;
use serde::de::Error as _;

use super::schedule::{Misplaced, Schedule};
use crate::wire::json_path::{self, Misread};

/// Reads a schedule from a file.
///
/// # Errors
///
/// When the file cannot be read, or holds something else.
pub fn from_file(path: impl AsRef<Path>) -> Result<Schedule, FaultsFileError> {
    let path = path.as_ref();
    let bytes = std::fs::read(path).map_err(|source| FaultsFileError::Read { path: path.into(), source })?;
    Schedule::from_json(&bytes).map_err(|source| FaultsFileError::Content { path: path.into(), source })
}

/// Why a file cannot be used as a schedule of faults.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FaultsFileError {
    /// The file cannot be read.
    #[error("could not read the faults {}: check that it is there and may be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a schedule.
    #[error("could not use the faults {}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, where, and what to write.
        source: ScheduleError,
    },
}

/// Why a text is not a schedule of faults.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// It is not JSON, or a value is not what it should be.
    #[error(
        "{}: {source}{} (`cloudlx schema faults` prints the form, which is that of schemas/v1/faults.schema.json)",
        at(pointer),
        remedy(pointer, source)
    )]
    Json {
        /// Where, as an RFC 6901 pointer; empty for the whole text.
        pointer: String,
        /// What is wrong, at which line and column.
        source: serde_json::Error,
    },
    /// A fault of an endpoint that it cannot happen to.
    #[error("at /requests/{}/endpoint: {source}", source.index)]
    Misplaced {
        /// What is wrong, and what to do.
        #[from]
        source: Misplaced,
    },
}

impl Schedule {
    /// Reads a schedule.
    ///
    /// # Errors
    ///
    /// When the text is not one; the error says where.
    pub fn from_json(text: &[u8]) -> Result<Self, ScheduleError> {
        let read = if text.trim_ascii_start().starts_with(b"[") {
            Err(list_refused())
        } else {
            json_path::from_json(text)
        };
        let schedule: Self =
            read.map_err(|Misread { pointer, source }| ScheduleError::Json { pointer, source })?;
        schedule.check()?;
        Ok(schedule)
    }
}

/// serde would read a list as the values of a schedule's fields, in order.
fn list_refused() -> Misread {
    let source = serde_json::Error::custom("expected an object, found a list: write {\"requests\": […]}");
    Misread { pointer: String::new(), source }
}

/// What to write, where serde's message does not say it: serde calls a name or an object a variant, and the place of either a
/// value.
fn remedy(pointer: &str, source: &serde_json::Error) -> String {
    let (message, name) = (source.to_string(), pointer.rsplit('/').next().unwrap_or_default());
    if message.starts_with("invalid type: unit variant, expected newtype variant") {
        format!(": write it as an object with its settings, {{{name:?}: {{…}}}}")
    } else if message.starts_with("invalid type: map, expected unit") {
        format!(": write the name alone, {name:?}")
    } else if message.starts_with("expected value") && !pointer.is_empty() {
        ": write a name in quotes, or an object with one name".to_owned()
    } else {
        misspelt(&message).map(|nearest| format!(": did you mean {nearest}?")).unwrap_or_default()
    }
}

/// The name that a misspelt field or fault is nearest to. serde's message quotes the name that it found and then those that it
/// knows.
fn misspelt(message: &str) -> Option<&str> {
    if !message.starts_with("unknown field") && !message.starts_with("unknown variant") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    nearest(quoted.next()?, quoted)
}

fn at(pointer: &str) -> String {
    if pointer.is_empty() { "in the text".to_owned() } else { format!("at {pointer}") }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_said_with_its_place() {
        for (text, words) in [
            ("", &["in the text", "EOF", "line 1"][..]),
            ("{} {}", &["in the text", "trailing characters", "line 1 column 4"]),
            (r#"{"request": []}"#, &["unknown field `request`", "did you mean requests?", "column 10"]),
            (r#"{"requests": [{"do": {"after": {"drop": {"bytes": 1}}}}]}"#, &["did you mean drip?"]),
            (
                "{\"requests\": [\n{\"do\": {\"before\": \"rest\"}}]}",
                &["at /requests/0/do/before", "unknown variant `rest`", "did you mean reset?", "line 2"],
            ),
            (
                r#"{"requests": [{"do": {"after": "reset"}}]}"#,
                &[
                    "at /requests/0/do/after/reset",
                    r#"write it as an object with its settings, {"reset": {…}}"#,
                ],
            ),
            (
                r#"{"requests": [{"do": {"before": {"reset": {}}}}]}"#,
                &["at /requests/0/do/before/reset", r#"write the name alone, "reset""#],
            ),
            (
                r#"{"requests": [{"do": {"before": "reset", "after": "close"}}]}"#,
                &["at /requests/0/do", "write a name in quotes, or an object with one name"],
            ),
            (
                r#"{"requests": [{"do": {"before": {"answer": {"status": 503, "retry_after": 1}}}}]}"#,
                &["/answer/retry_after", "write a name in quotes, or an object with one name"],
            ),
            (
                r#" [{"do": {"before": "reset"}}]"#,
                &["in the text", r#"found a list: write {"requests": […]}"#, "cloudlx schema faults"],
            ),
            (
                r#"{"requests": [{"endpoint": "create", "do": {"before": "reset"}}]}"#,
                &["at /requests/0/endpoint", "expected one of access_token", "found \"create\""],
            ),
            (
                r#"{"connections": [{"probability": 25, "do": "close"}]}"#,
                &["at /connections/0/probability", "found 25", "write 0.25"],
            ),
            (
                r#"{"connections": [{"endpoint": "create_customer", "do": "close"}]}"#,
                &["at /connections/0", "unknown field `endpoint`", "expected one of `from`"],
            ),
            (r#"{"connections": [{"times": 0, "do": "close"}]}"#, &["at /connections/0/times", "nonzero"]),
            (
                r#"{"requests": [{"do": {"after": {"answer": {"status": 99}}}}]}"#,
                &["at /requests/0/do/after/answer/status", "expected a status from 200 to 599, found 99"],
            ),
            (
                r#"{"requests": [{"endpoint": "list_realms", "do": {"after": {"commit-late": {"by_ms": 1}}}}]}"#,
                &["at /requests/0/endpoint", "create_customer only"],
            ),
            (
                r#"{"requests": [{"endpoint": "create_customer", "do": {"after": {"leave-out": {}}}}]}"#,
                &["at /requests/0/endpoint", "customers to leave out at list_customers only"],
            ),
            (
                r#"{"requests": [{"do": {"after": {"rename": {"to": "lower-cased"}}}}]}"#,
                &["at /requests/0/do/after/rename/to", "unknown variant `lower-cased`", "`upper-cased`"],
            ),
            (
                r#"{"requests": [{"do": {"after": {"alter": {"media_type": "text/\n"}}}}]}"#,
                &["media_type", "text/html"],
            ),
            (
                r#"{"requests": [{"do": {"before": {"answer": {"status": 503, "headers": {"content-length": "1"}}}}}]}"#,
                &[
                    "at /requests/0/do/before/answer/headers",
                    "found content-length: leave it out",
                    "`cut-short`",
                ],
            ),
            (
                r#"{"requests": [{"do": {"after": {"alter": {"headers": {"Link": "a", "link": "b"}}}}}]}"#,
                &["at /requests/0/do/after/alter/headers", "found link twice", "leave one out"],
            ),
            (
                r#"{"requests": [{"do": {"after": {"alter": {"headers": {"X-Name": "\r\nSet-Cookie: a"}}}}}]}"#,
                &["/alter/headers", "in the header X-Name", "percent-encode"],
            ),
            (
                r#"{"requests": [{"do": {"before": {"answer": {"status": 503, "body": "text"}}}}]}"#,
                &["/answer/body/text", r#"write it as an object with its settings, {"text": {…}}"#],
            ),
        ] {
            let error = Schedule::from_json(text.as_bytes()).unwrap_err().to_string();
            for word in words {
                assert!(error.contains(word), "expected {word:?} in {error:?}");
            }
        }
    }
}
