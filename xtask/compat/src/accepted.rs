//! `schemas/v1/accepted-changes.toml`: reasons why changes that are not proved break nobody.
//!
//! ```toml
//! [[accepted]]
//! where = "create-customer.request /email"
//! what = 'pattern: "^[^@]+@[^@]+$" → "^[^@]+@[^@]+\\.[a-z]+$"'
//! reason = "the old pattern took addresses that the API has always refused (ticket 12)"
//! ```
//!
//! The report prints such an entry, with `where` and `what`, for each change that is not proved. A proved break cannot be
//! accepted.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;

use crate::change::{Change, Verdict};
use crate::contract::FOLDER;

const FILE: &str = "accepted-changes.toml";

/// Why the entries cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AcceptedError {
    /// The file cannot be read.
    #[error("could not read {path}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("expected `[[accepted]]` with where, what and reason in schemas/v1/{FILE}")]
    Toml(#[from] toml::de::Error),
    /// An entry gives no reason.
    #[error(
        "expected a reason for the change of {place} in schemas/v1/{FILE}, found none: say why it breaks nobody"
    )]
    NoReason {
        /// Of which change.
        place: String,
    },
}

/// All entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    #[serde(default, rename = "accepted")]
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(rename = "where")]
    place: String,
    what: String,
    reason: String,
}

impl Accepted {
    /// The entries of the working tree; none when there is no file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, has another shape, or an entry gives no reason.
    pub fn read(root: &Path) -> Result<Self, AcceptedError> {
        let path = root.join(FOLDER).join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(AcceptedError::Io { path, source }),
        }
    }

    /// The entries in `text`.
    ///
    /// # Errors
    ///
    /// As for [`Accepted::read`].
    pub fn parse(text: &str) -> Result<Self, AcceptedError> {
        let accepted: Self = toml::from_str(text)?;
        match accepted.entries.iter().find(|entry| entry.reason.trim().is_empty()) {
            Some(entry) => Err(AcceptedError::NoReason { place: entry.place.clone() }),
            None => Ok(accepted),
        }
    }

    /// Marks each change that is not proved and has an entry as compatible. Returns a remark for each unused entry.
    pub(super) fn apply(&self, changes: &mut [Change]) -> Vec<String> {
        let mut unused = Vec::new();
        for entry in &self.entries {
            let mut used = false;
            let same = |change: &&mut Change| change.place == entry.place && change.what == entry.what;
            for change in changes.iter_mut().filter(same) {
                if change.verdict == Verdict::Breaking && !change.proved {
                    change.verdict = Verdict::Compatible;
                    change.note = Some(format!("accepted: {}", entry.reason.trim()));
                    used = true;
                }
            }
            if !used {
                unused.push(format!(
                    "the entry for {} in schemas/v1/{FILE} accepts nothing: remove it ({})",
                    entry.place, entry.what
                ));
            }
        }
        unused
    }
}
