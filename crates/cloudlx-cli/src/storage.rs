//! Where an import's journal or a stub's state is: in a file of this machine, or in a database that several share.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use cloudlx_postgres::{Address, AddressError};
use secrecy::{ExposeSecret, SecretString};

use crate::environment::{NotText, setting};
use crate::failure::CommandError;

/// Where something is kept. `Debug` does not show an address, which may hold a password; for the same reason it is not read
/// before it is used: what is wrong with an argument is shown with the argument.
#[derive(Debug, Clone)]
pub(crate) enum Storage {
    File(PathBuf),
    Database(SecretString),
}

/// Accepts anything: what is wrong with an address is reported later, without its password.
pub(crate) fn storage() -> impl TypedValueParser<Value = Storage> {
    OsStringValueParser::new().map(Storage::from)
}

impl From<OsString> for Storage {
    fn from(text: OsString) -> Self {
        match text.to_str() {
            Some(address) if Address::is_meant_by(address) => Self::Database(address.into()),
            _ => Self::File(text.into()),
        }
    }
}

/// Why the address of a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StorageError {
    #[error(transparent)]
    NotText(#[from] NotText),
    #[error(transparent)]
    Address(#[from] AddressError),
}

impl CommandError for StorageError {}

/// The address of a database, with the password of the environment where it has none of its own.
pub(crate) fn address(text: &SecretString) -> Result<Address, StorageError> {
    let password = setting("PGPASSWORD")?;
    Ok(Address::new(text.expose_secret(), password.as_deref())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_secret_and_all_else_is_a_file() {
        for scheme in ["postgres", "postgresql"] {
            let storage = Storage::from(OsString::from(format!("{scheme}://anna:s3cret@localhost/imports")));
            assert!(matches!(storage, Storage::Database(_)) && !format!("{storage:?}").contains("s3cret"));
        }
        for file in ["customers.journal", "postgres", "sqlite://customers"] {
            assert!(matches!(Storage::from(OsString::from(file)), Storage::File(path) if path == *file));
        }
    }
}
