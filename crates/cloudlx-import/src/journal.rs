//! The journal: stores durably what became of each row.
//!
//! [`Journal`] is a trait. [`sqlite`] keeps a journal in a file on this machine. [`postgres`] (feature `postgres`) keeps one in
//! a database that several machines share. Both take only the steps between states that `GUARANTEES.md` draws.
//!
//! An import claims a row before it sends it. A [`Claim`] cannot be copied, and [`complete`](Journal::complete) consumes it. In
//! a database a claim is valid for a [`Lease`], which the import confirms right before it sends the row.

mod bound;
mod claim;
mod end;
mod error;
mod lease;
#[cfg(feature = "postgres")]
pub mod postgres;
mod record;
mod settlement;
pub mod sqlite;
mod state;
mod stored;

use cloudlx_model::{CreateCustomer, CustomerId};
use cloudlx_validate::Validated;
use tokio::sync::{mpsc, oneshot};

pub use self::bound::{Account, Bound};
pub use self::claim::{Claim, Round};
pub use self::end::{Completed, End, REFUSALS, Said, Taken};
pub use self::error::JournalError;
pub use self::lease::{Confirmed, Lease};
pub use self::record::{NewRow, RowOutcome};
pub use self::settlement::{Look, Settlement};
pub use self::state::{Counts, State};
pub use crate::row::RowId;

use crate::hash::InputHash;
use crate::settle::{Known, OpenRow};

/// Reads a journal.
pub trait ReadJournal: Send + Sync {
    /// What the journal is bound to; none while it is new.
    fn bound(&self) -> impl Future<Output = Result<Option<Bound>, JournalError>> + Send;

    /// The number of rows in each state.
    fn counts(&self) -> impl Future<Output = Result<Counts, JournalError>> + Send;

    /// Up to `most` rows after `after`, in order.
    fn outcomes(
        &self,
        after: Option<RowId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<RowOutcome>, JournalError>> + Send;
}

/// Stores the state of every row durably: what a method changes survives power loss once the method has returned.
///
/// Only this crate can implement the trait, because only it makes claims and rounds. A journal in a database can be used by
/// several runs at once. When a run dies, the row that it was sending becomes unknown: in a database when the row's lease
/// lapses, in a file when the journal is opened again.
pub trait Journal: ReadJournal + 'static {
    /// Stores all rows of a new input and binds the journal to it, or stores nothing where `sealed` is dropped.
    fn load(
        &self,
        rows: mpsc::Receiver<Vec<NewRow>>,
        sealed: oneshot::Receiver<InputHash>,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Binds the journal to the API at `base_url` and, where `account` is known, to that account. Fails where the journal is
    /// bound to another.
    fn bind_api(
        &self,
        base_url: &str,
        account: Option<&Account>,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Makes customers known: they existed before the rows that are sent from now on. Does nothing while any row is being
    /// sent or unknown, because the run that sent it has already made known what was there before.
    fn know(&self, customers: Vec<CustomerId>) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Begins a round, in which each row can be claimed at most once.
    fn begin_round(&self) -> impl Future<Output = Result<Round, JournalError>> + Send;

    /// Claims a pending row, which is being sent from now on. Rows that were claimed longest ago come first. None when no row
    /// is left to claim in this round.
    fn claim(
        &self,
        round: Round,
    ) -> impl Future<Output = Result<Option<(Claim, Validated<CreateCustomer>)>, JournalError>> + Send;

    /// Checks that a claim is still valid, and extends it to a whole lease from now on.
    fn confirm(&self, claim: &Claim) -> impl Future<Output = Result<Confirmed, JournalError>> + Send;

    /// Completes a row with the end of its send. Where the claim's lease has lapsed, an end that is proved is still stored
    /// as long as the row was not settled. Where the customer is another row's, the row becomes unknown.
    fn complete(
        &self,
        claim: Claim,
        end: End,
    ) -> impl Future<Output = Result<Completed, JournalError>> + Send;

    /// Reads what settling begins with.
    fn look(&self) -> impl Future<Output = Result<Look, JournalError>> + Send;

    /// The rows that are being sent or unknown.
    fn open_rows(&self) -> impl Future<Output = Result<Vec<OpenRow>, JournalError>> + Send;

    /// What the journal knows, besides a list.
    fn known(&self) -> impl Future<Output = Result<Known, JournalError>> + Send;

    /// Settles unknown rows and makes customers known, all or nothing. Changes nothing and returns false where anything was
    /// settled since `look`, because the verdicts may be out of date.
    fn settle(
        &self,
        look: &Look,
        settlements: Vec<(RowId, Settlement)>,
        known: Vec<CustomerId>,
    ) -> impl Future<Output = Result<bool, JournalError>> + Send;

    /// Removes the journal if opening it made it and it is empty, so that an import that did not begin leaves no journal
    /// behind. A journal that existed before stays, and so does one that other runs use.
    fn discard(self) -> impl Future<Output = Result<(), JournalError>> + Send
    where
        Self: Sized;
}
