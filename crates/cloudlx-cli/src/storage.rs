//! Where an import's journal or a stub's state is: in a file of this machine, or in a database that several share.

#[cfg(feature = "postgres")]
mod database;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use secrecy::SecretString;

#[cfg(feature = "postgres")]
pub(crate) use self::database::address;

/// A database, of a build that cannot reach one.
#[cfg(not(feature = "postgres"))]
pub(crate) const DATABASE_NOT_BUILT: crate::not_built::NotBuilt =
    crate::not_built::NotBuilt::new("a database in PostgreSQL", "postgres");

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
            Some(address) if is_database(address) => Self::Database(address.into()),
            _ => Self::File(text.into()),
        }
    }
}

#[cfg(feature = "postgres")]
fn is_database(text: &str) -> bool {
    cloudlx_postgres::Address::is_meant_by(text)
}

/// A build without databases recognises their addresses too: none of them may become the name of a file.
#[cfg(not(feature = "postgres"))]
fn is_database(text: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme))
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
