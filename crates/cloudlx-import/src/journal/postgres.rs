//! The journal in a PostgreSQL database, which several machines share.
//!
//! Each row is claimed by one worker, for a lease by the database's clock. A row whose lease lapses becomes unknown,
//! never pending: its worker may have sent it. `GUARANTEES.md` says what that rests on.

mod connection;
mod lanes;
mod rows;
mod seen;
mod settling;
mod times;

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloudlx_model::{CreateCustomer, CustomerId};
pub use cloudlx_postgres::{Address, AddressError};
use cloudlx_validate::Validated;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::Client;

use self::lanes::Lanes;
use self::seen::Seen;
pub use self::times::{DEFAULT_LEASE, Times};
use super::stored::Ended;
use super::{
    Account, Bound, Claim, Completed, Confirmed, Counts, End, Journal, JournalError, Lease, Look, NewRow,
    ReadJournal, Round, RowId, RowOutcome, Settlement, State,
};
use crate::input::InputHash;
use crate::settle::{Known, OpenRow};

/// A journal in a database, which many processes may use at a time.
///
/// It needs a tokio runtime. The database holds one import, in a schema of its own.
pub struct PostgresJournal {
    /// For single statements, which can be asked for together.
    lanes: Lanes,
    /// For transactions, one at a time.
    transactions: tokio::sync::Mutex<Client>,
    worker: i64,
    lease: Duration,
    /// Whether opening it made it.
    is_new: bool,
    seen: Mutex<Seen>,
}

impl PostgresJournal {
    /// Opens the journal of a database, or makes a new one. A row becomes unknown when whoever sends it was not heard of
    /// for the lease.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, holds something else, or does not keep what it confirms; when others work on
    /// the import with other times.
    pub async fn open(address: &Address, times: Times) -> Result<Self, JournalError> {
        let mut transactions = connection::connect(address).await?;
        let is_new = connection::make(&mut transactions, address).await?;
        times::agree(&mut transactions, times).await?;
        let lanes = Box::pin(Lanes::open(address)).await?;
        let worker = transactions.query_one("SELECT nextval('workers')", &[]).await?.try_get(0)?;
        Ok(Self {
            lanes,
            transactions: transactions.into(),
            worker,
            lease: times.lease,
            is_new,
            seen: Mutex::default(),
        })
    }

    /// Reads a journal that may be in use: nothing is changed, and nothing can be written.
    ///
    /// # Errors
    ///
    /// When there is none, or it cannot be read.
    pub async fn read(address: &Address) -> Result<Reader, JournalError> {
        let client = connection::connect(address).await?;
        client.batch_execute("SET default_transaction_read_only = on").await?;
        connection::check(&client, address).await?;
        Ok(Reader { client })
    }

    fn client(&self) -> &Client {
        &self.lanes.next().client
    }

    /// Keeps how a row ended.
    async fn keep(&self, claim: &Claim, ended: &Ended) -> Result<(), JournalError> {
        if ended.state == State::Unknown {
            self.seen().note(claim.row, claim.version);
        }
        let lane = self.lanes.next();
        if lane.statements.complete(&lane.client, claim, self.worker, ended).await? {
            return Ok(());
        }
        settling::complete_late(&mut *self.transactions.lock().await, claim, self.worker, ended).await
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresJournal").field("worker", &self.worker).finish_non_exhaustive()
    }
}

/// A journal that is only looked at.
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
            let lane = self.lanes.next();
            let claimed = lane.statements.claim(&lane.client, round, self.worker, self.lease).await?;
            match claimed {
                Some((claim, Ok(request))) => return Ok(Some((claim, request))),
                // It was valid when it was loaded, by the rules of another version.
                Some((claim, Err(violations))) => {
                    let reason = format!("not sent, for it is invalid: {violations}");
                    self.keep(&claim, &Ended::from(End::Refused { reason })).await?;
                }
                None => return Ok(None),
            }
        }
    }

    async fn confirm(&self, claim: &Claim) -> Result<Confirmed, JournalError> {
        let lease = Lease::ask(self.lease);
        let lane = self.lanes.next();
        let is_held = lane.statements.confirm(&lane.client, claim, self.worker, self.lease).await?;
        Ok(if is_held { Confirmed::Leased(lease) } else { Confirmed::Lapsed })
    }

    async fn complete(&self, claim: Claim, end: End) -> Result<Completed, JournalError> {
        let ended = Ended::from(end);
        let Err(failed) = self.keep(&claim, &ended).await else { return Ok(Completed::Kept) };
        // It is asked only now, for it costs, and no server should do this.
        let Ok(Some(taken)) = settling::taken(self.client(), &claim, &ended).await else {
            return Err(failed);
        };
        self.keep(&claim, &ended.taken(&taken)).await?;
        Ok(Completed::Taken(taken))
    }

    async fn look(&self) -> Result<Look, JournalError> {
        rows::lapse(self.client()).await?;
        // Before the rows: what is settled in between makes the verdicts void, and not wrong.
        let settlings = settling::settlings(self.client()).await?;
        let open = rows::open_rows(self.client()).await?;
        let unknown =
            open.iter().filter(|(row, _)| row.is_unknown()).map(|(row, version)| (row.row, *version));
        let quiet_for = self.seen().quiet_for(unknown);
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
        connection::unmake(&mut self.transactions.into_inner()).await
    }
}
