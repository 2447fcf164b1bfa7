//! Writing a secret to the wire, the one place that shows it.

use secrecy::{ExposeSecret, SecretString};
use serde::Serializer;

/// For `#[serde(serialize_with)]`: secrets do not implement `Serialize`, so that none is written by accident.
pub(crate) fn write<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}
