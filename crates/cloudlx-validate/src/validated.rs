//! The proof that a value was checked.

use std::ops::Deref;

use serde::Serialize;

/// A `T` that meets its rules. Only this crate makes one, and it cannot be changed. To change the value, take it out with
/// [`into_inner`](Self::into_inner), and check it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Validated<T>(T);

impl<T> Validated<T> {
    pub(crate) fn new(checked: T) -> Self {
        Self(checked)
    }

    /// The value, without the proof.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Validated<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> AsRef<T> for Validated<T> {
    fn as_ref(&self) -> &T {
        &self.0
    }
}
