//! The address of a database, which may need a password of the environment.

use cloudlx_postgres::{Address, AddressError};
use secrecy::{ExposeSecret, SecretString};

use crate::environment::{NotText, setting};
use crate::failure::CommandError;

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
