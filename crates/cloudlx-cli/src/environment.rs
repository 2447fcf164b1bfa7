//! Reads the variables of the environment.

use std::env::{self, VarError};

/// A variable whose value is not text.
#[derive(Debug, thiserror::Error)]
#[error("expected {name} to be text (UTF-8), found other bytes")]
pub(crate) struct NotText {
    pub(crate) name: &'static str,
}

/// A variable of the environment; an empty one counts as not set.
pub(crate) fn setting(name: &'static str) -> Result<Option<String>, NotText> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(NotText { name }),
    }
}
