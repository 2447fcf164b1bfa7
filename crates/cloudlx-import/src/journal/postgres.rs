//! A journal in a PostgreSQL database, which several machines can share.
//!
//! Each run that uses the journal is a worker. A worker claims a row for a lease, by the database's clock. A row whose lease
//! lapses becomes unknown, never pending, because its worker may have sent it. `GUARANTEES.md` says what that rests on.

mod connection;
mod locks;
mod pool;
mod rows;
mod settling;
mod tables;
mod times;
mod unknown_since;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloudlx_model::{CreateCustomer, CustomerId};
pub use cloudlx_postgres::{Address, AddressError};
use cloudlx_validate::Validated;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::Client;

use self::pool::Pool;
pub use self::times::{DEFAULT_LEASE, Times};
use self::unknown_since::UnknownSince;
use crate::hash::InputHash;
use crate::journal::stored::StoredEnd;
use crate::journal::{
    Account, Bound, Claim, Completed, Confirmed, Counts, End, Journal, JournalError, Lease, Look, NewRow,
    ReadJournal, Round, RowId, RowOutcome, Settlement, State,
};
use crate::settle::{Known, OpenRow};

/// A journal in a database. Several processes can use it at once.
///
/// It needs a tokio runtime. A database has room for one import, in the schema `cloudlx_import`.
pub struct PostgresJournal {
    /// For single statements, several at a time.
    pool: Pool,
    /// For transactions, one at a time.
    transactions: tokio::sync::Mutex<Client>,
    worker: i64,
    lease: Duration,
    /// Whether opening it made the tables.
    is_new: bool,
    unknown_since: Mutex<UnknownSince>,
}

impl PostgresJournal {
    /// Opens the journal of a database, or makes a new one.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, has a schema `cloudlx_import` that is not a journal of this version, or runs
    /// with `fsync` off. When other workers use the journal with other times.
    pub async fn open(address: &Address, times: Times) -> Result<Self, JournalError> {
        let mut transactions = connection::connect(address).await?;
        let is_new = tables::create(&mut transactions, address).await?;
        times::agree(&mut transactions, times).await?;
        let pool = Box::pin(Pool::open(address)).await?;
        let worker = transactions.query_one("SELECT nextval('workers')", &[]).await?.try_get(0)?;
        Ok(Self {
            pool,
            transactions: transactions.into(),
            worker,
            lease: times.lease,
            is_new,
            unknown_since: Mutex::default(),
        })
    }

    /// Opens a journal for reading only. Workers may be using it.
    ///
    /// # Errors
    ///
    /// When the database has no journal, or it cannot be read.
    pub async fn read(address: &Address) -> Result<Reader, JournalError> {
        let client = connection::connect(address).await?;
        client.batch_execute("SET default_transaction_read_only = on").await?;
        tables::check(&client, address).await?;
        Ok(Reader { client })
    }

    fn client(&self) -> &Client {
        &self.pool.next().client
    }

    /// Stores how a row ended.
    async fn store_end(&self, claim: &Claim, ended: &StoredEnd) -> Result<(), JournalError> {
        if ended.state == State::Unknown {
            self.unknown_since().note(claim.row, claim.version);
        }
        let connection = self.pool.next();
        if connection.statements.complete(&connection.client, claim, self.worker, ended).await? {
            return Ok(());
        }
        settling::complete_late(&mut *self.transactions.lock().await, claim, self.worker, ended).await
    }

    fn unknown_since(&self) -> MutexGuard<'_, UnknownSince> {
        self.unknown_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresJournal").field("worker", &self.worker).finish_non_exhaustive()
    }
}

/// A journal that was opened for reading only.
pub struct Reader {
    client: Client,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl ReadJournal for Reader {
    async fn bound(&self) -> Result<Option<Bound>, JournalError> {
        rows::bound(&self.client).await
    }

    async fn counts(&self) -> Result<Counts, JournalError> {
        rows::counts(&self.client).await
    }

    async fn outcomes(&self, after: Option<RowId>, most: u32) -> Result<Vec<RowOutcome>, JournalError> {
        rows::outcomes(&self.client, after, most).await
    }
}

impl ReadJournal for PostgresJournal {
    async fn bound(&self) -> Result<Option<Bound>, JournalError> {
        rows::bound(self.client()).await
    }

    async fn counts(&self) -> Result<Counts, JournalError> {
        rows::counts(self.client()).await
    }

    async fn outcomes(&self, after: Option<RowId>, most: u32) -> Result<Vec<RowOutcome>, JournalError> {
        rows::outcomes(self.client(), after, most).await
    }
}

impl Journal for PostgresJournal {
    async fn load(
        &self,
        rows: mpsc::Receiver<Vec<NewRow>>,
        sealed: oneshot::Receiver<InputHash>,
    ) -> Result<(), JournalError> {
        rows::load(&mut *self.transactions.lock().await, rows, sealed).await
    }

    async fn bind_api(&self, base_url: &str, account: Option<&Account>) -> Result<(), JournalError> {
        rows::bind_api(self.client(), base_url, account).await
    }

    async fn know(&self, customers: Vec<CustomerId>) -> Result<(), JournalError> {
        settling::know(&mut *self.transactions.lock().await, &customers).await
    }

    async fn begin_round(&self) -> Result<Round, JournalError> {
        rows::begin_round(self.client()).await
    }

    async fn claim(&self, round: Round) -> Result<Option<(Claim, Validated<CreateCustomer>)>, JournalError> {
        loop {
            let connection = self.pool.next();
            let claimed =
                connection.statements.claim(&connection.client, round, self.worker, self.lease).await?;
            match claimed {
                Some((claim, Ok(request))) => return Ok(Some((claim, request))),
                // It was valid by the rules of the version that loaded it.
                Some((claim, Err(violations))) => {
                    let reason = format!("not sent, for it is invalid: {violations}");
                    self.store_end(&claim, &StoredEnd::from(End::Refused { reason })).await?;
                }
                None => return Ok(None),
            }
        }
    }

    async fn confirm(&self, claim: &Claim) -> Result<Confirmed, JournalError> {
        let lease = Lease::ask(self.lease);
        let connection = self.pool.next();
        let is_held =
            connection.statements.confirm(&connection.client, claim, self.worker, self.lease).await?;
        Ok(if is_held { Confirmed::Leased(lease) } else { Confirmed::Lapsed })
    }

    async fn complete(&self, claim: Claim, end: End) -> Result<Completed, JournalError> {
        let ended = StoredEnd::from(end);
        let Err(failed) = self.store_end(&claim, &ended).await else { return Ok(Completed::Kept) };
        // This query is made only after a failure, because it costs time and no correct server causes it.
        let Ok(Some(taken)) = settling::row_with_same_customer(self.client(), &claim, &ended).await else {
            return Err(failed);
        };
        self.store_end(&claim, &ended.with_other_rows_customer(&taken)).await?;
        Ok(Completed::Taken(taken))
    }

    async fn look(&self) -> Result<Look, JournalError> {
        rows::lapse(self.client()).await?;
        // Read before the rows: if another worker settles in between, the verdicts are refused, and so never wrong.
        let settlings = settling::settlings(self.client()).await?;
        let open = rows::open_rows(self.client()).await?;
        let unknown =
            open.iter().filter(|(row, _)| row.is_unknown()).map(|(row, version)| (row.row, *version));
        let quiet_for = self.unknown_since().quiet_for(unknown);
        Ok(Look { open: open.into_iter().map(|(row, _)| row).collect(), quiet_for, settlings })
    }

    async fn open_rows(&self) -> Result<Vec<OpenRow>, JournalError> {
        Ok(rows::open_rows(self.client()).await?.into_iter().map(|(row, _)| row).collect())
    }

    async fn known(&self) -> Result<Known, JournalError> {
        rows::known(self.client()).await
    }

    async fn settle(
        &self,
        look: &Look,
        settlements: Vec<(RowId, Settlement)>,
        known: Vec<CustomerId>,
    ) -> Result<bool, JournalError> {
        let mut client = self.transactions.lock().await;
        settling::settle(&mut client, look.settlings, &settlements, &known).await
    }

    async fn discard(self) -> Result<(), JournalError> {
        if !self.is_new {
            return Ok(());
        }
        tables::drop_if_empty(&mut self.transactions.into_inner()).await
    }
}
