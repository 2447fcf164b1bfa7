//! A journal in a database of the test's own server.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_import::Input;
use cloudlx_import::journal::postgres::{Address, DEFAULT_LEASE, PostgresJournal, Times};
use tokio_postgres::{Client, NoTls};

use super::server::Server;
use super::{Folder, Storage};

pub(crate) struct Database {
    pub(crate) folder: Folder,
    pub(crate) address: String,
    pub(crate) times: Times,
}

impl Database {
    pub(crate) fn of(folder: Folder) -> Option<Self> {
        let address = Server::get()?.database();
        Some(Self { folder, address, times: Times { lease: DEFAULT_LEASE, settle_time: Duration::ZERO } })
    }

    pub(crate) fn address(&self) -> Address {
        Address::new(&self.address, None).unwrap()
    }

    /// Lapses the leases of all rows that are being sent.
    pub(crate) async fn lapse(&self) {
        let sql = "UPDATE rows SET lease_until = now() - interval '1 second' WHERE state = 'sending'";
        self.sql().await.execute(sql, &[]).await.unwrap();
    }

    /// A connection to the database past the journal.
    pub(crate) async fn sql(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.address, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute("SET search_path = cloudlx_import").await.unwrap();
        client
    }
}

impl Storage for Database {
    type Journal = PostgresJournal;

    async fn with_names(names: &[&str]) -> Option<Self> {
        Self::of(Folder::with_names(names))
    }

    fn input(&self) -> &Input {
        &self.folder.input
    }

    async fn open(&self) -> Arc<PostgresJournal> {
        Arc::new(PostgresJournal::open(&self.address(), self.times).await.unwrap())
    }

    async fn lapse_leases(&self) {
        // The server finishes a statement even when its client no longer waits for it.
        let sql = self.sql().await;
        let alive =
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        while !sql.query(alive, &[]).await.unwrap().is_empty() {}
        self.lapse().await;
    }
}
