//! A PostgreSQL server for shared journals, if one is installed on this machine.

#[cfg(unix)]
#[path = "../../../../crates/cloudlx-import/tests/support/server.rs"]
#[allow(
    clippy::unwrap_used,
    clippy::redundant_pub_crate,
    reason = "of the tests, which fail by panicking: a server that is there and does not start is for people to look at"
)]
mod server;

/// Starts the server, if one is installed, and returns whether it runs.
pub(crate) fn is_there() -> bool {
    #[cfg(unix)]
    return server::Server::get().is_some();
    #[cfg(not(unix))]
    return false;
}

/// The address of a new database.
pub(crate) fn database() -> Option<String> {
    #[cfg(unix)]
    return Some(server::Server::get()?.database());
    #[cfg(not(unix))]
    return None;
}
