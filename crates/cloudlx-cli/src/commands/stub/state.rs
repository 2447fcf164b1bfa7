//! Where a stub keeps its state, as far as this build can.

use std::path::Path;

use cloudlx_server_stub::Builder;
use secrecy::SecretString;

use crate::failure::Failure;
use crate::storage::{self, Storage};

/// A stub that keeps its state there.
pub(super) fn with_state(builder: Builder, storage: &Storage) -> Result<Builder, Failure> {
    match storage {
        Storage::File(path) => in_file(builder, path),
        Storage::Database(address) => in_database(builder, address),
    }
}

#[cfg(feature = "sqlite")]
#[expect(clippy::unnecessary_wraps, reason = "fails in a build without SQLite")]
fn in_file(builder: Builder, path: &Path) -> Result<Builder, Failure> {
    Ok(builder.state_file(path))
}

#[cfg(not(feature = "sqlite"))]
fn in_file(_: Builder, _: &Path) -> Result<Builder, Failure> {
    Err(crate::not_built::NotBuilt::new("--state in a file", "sqlite").into())
}

#[cfg(feature = "postgres")]
fn in_database(builder: Builder, address: &SecretString) -> Result<Builder, Failure> {
    Ok(builder.shared_state(storage::address(address)?))
}

#[cfg(not(feature = "postgres"))]
fn in_database(_: Builder, _: &SecretString) -> Result<Builder, Failure> {
    Err(storage::DATABASE_NOT_BUILT.into())
}
