//! Where an import's journal or a stub's state is: in a file of this machine, or in a database that several share.

use std::ffi::OsString;
use std::path::PathBuf;

use cloudlx_postgres::{Address, AddressError};
use secrecy::{ExposeSecret, SecretString};

use crate::failure::Failure;
use crate::setting::setting;

/// Where something is kept. `Debug` does not show an address, which may hold a password; for the same reason it is not read
/// before it is used: what is wrong with an argument is shown with the argument.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    File(PathBuf),
    Database(SecretString),
}

impl From<OsString> for Place {
    fn from(text: OsString) -> Self {
        match text.to_str() {
            Some(address) if Address::is_meant_by(address) => Self::Database(address.into()),
            _ => Self::File(text.into()),
        }
    }
}

/// The address of a database, with the password of the environment where it has none of its own.
pub(crate) fn address(text: &SecretString) -> Result<Address, Failure> {
    let password = setting("PGPASSWORD")?;
    let address: Result<_, AddressError> = Address::new(text.expose_secret(), password.as_deref());
    address.map_err(Failure::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_secret_and_all_else_is_a_file() {
        for scheme in ["postgres", "postgresql"] {
            let place = Place::from(OsString::from(format!("{scheme}://anna:s3cret@localhost/imports")));
            assert!(matches!(place, Place::Database(_)) && !format!("{place:?}").contains("s3cret"));
        }
        for file in ["customers.journal", "postgres", "sqlite://customers"] {
            assert!(matches!(Place::from(OsString::from(file)), Place::File(path) if path == *file));
        }
    }
}
