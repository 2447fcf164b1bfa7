//! What the tests of imports share.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]

mod api;
#[cfg(all(unix, feature = "postgres"))]
pub(crate) mod database;
#[cfg(all(unix, feature = "postgres"))]
pub(crate) mod server;
mod storage;

pub(crate) use self::api::{Api, Fault, status};
pub(crate) use self::storage::{Folder, Storage, in_order, options, slowly};

/// Runs each test with each kind of journal.
#[allow(unused_macros, reason = "each test binary uses a part of this")]
macro_rules! of_each_journal {
    ($($test:ident)*) => {
        mod in_a_file {
            $(#[tokio::test] async fn $test() { super::$test::<crate::support::Folder>().await })*
        }

        #[cfg(all(unix, feature = "postgres"))]
        mod in_a_database {
            $(#[tokio::test] async fn $test() { super::$test::<crate::support::database::Database>().await })*
        }
    };
}
