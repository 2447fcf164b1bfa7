//! Why a text is not the address of a database.

/// Why a text is not an address. No message quotes the address, which may contain a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The address cannot be read.
    #[error(
        "expected the database as postgres://USER@HOST:PORT/DATABASE, found an address that cannot be read: write \
         special characters in it as %XX, and set the password in PGPASSWORD"
    )]
    Unreadable,
    /// The address has no host.
    #[error(
        "expected a host in the database's address, found none: write postgres://USER@HOST/DATABASE, or \
         postgres:///DATABASE?host=/FOLDER for a socket in a folder"
    )]
    NoHost,
    /// The address has no database.
    #[error("expected a database in the database's address, found none: write postgres://USER@HOST/DATABASE")]
    NoDatabase,
    /// The address has an `sslmode` that is not supported.
    #[error(
        "expected sslmode to be verify-full, require or disable in the database's address, found {found}: the first two both \
         encrypt, and check the server's certificate, its authority (that of sslrootcert=FILE, if it is not one that this \
         system trusts) and its name"
    )]
    SslMode {
        /// The mode, where it is one that libpq has; else `another`, because it may be part of a password.
        found: &'static str,
    },
}
