//! What became of each row, durably.
//!
//! A journal is a trait, so that one import can be kept in a file of this machine or in a database that several share.
//! Its steps are those of `GUARANTEES.md` and no others: what is claimed is given out once, as a [`Claim`] that
//! cannot be copied, and completing it takes it back. Where several share it, a claim holds for a [`Lease`], which is
//! confirmed right before the row is sent.

mod account;
mod error;
mod lease;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod sqlite;
mod stored;
mod taken;

use std::fmt;
use std::time::Duration;

use cloudlx_model::{CreateCustomer, CustomerId};
use cloudlx_validate::Validated;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

pub use self::account::Account;
pub use self::error::JournalError;
pub use self::lease::{Confirmed, Lease};
pub use self::taken::{Completed, Taken};

use crate::input::InputHash;
use crate::settle::{Known, OpenRow, Undecidable};

/// The number of a row: its place in the input, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RowId(pub u64);

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a row is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// To be sent: no customer was made, which is certain.
    Pending,
    /// Being sent.
    Sending,
    /// The API answered with the customer.
    Created,
    /// The API will not have it: no customer was made, which is certain.
    Refused,
    /// Sent, and nobody knows yet what came of it.
    Unknown,
    /// Created, which the list showed.
    Settled,
    /// It cannot be known whether a customer was made.
    Uncertain,
    /// Invalid, and left out as was asked.
    Skipped,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Sending,
        Self::Created,
        Self::Refused,
        Self::Unknown,
        Self::Settled,
        Self::Uncertain,
        Self::Skipped,
    ];

    /// The state in a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Created => "created",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Settled => "settled",
            Self::Uncertain => "uncertain",
            Self::Skipped => "skipped",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A time of sending, in which each row is sent once at most: the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Round(u64);

/// The right to send one row, once.
#[derive(Debug, PartialEq, Eq)]
pub struct Claim {
    row: RowId,
    line: u64,
    /// Which of the row's claims it is, where a later one may be somebody else's.
    version: u64,
}

impl Claim {
    /// Which row.
    #[must_use]
    pub fn row(&self) -> RowId {
        self.row
    }

    /// The line of the input that it begins on.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}

/// How a send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With the customer.
    Created {
        /// The customer.
        customer: CustomerId,
        /// Whether the answer shows something else than was sent.
        altered: bool,
    },
    /// With a refusal of this row.
    Refused {
        /// Why.
        reason: String,
    },
    /// Without being processed: the row can be sent again.
    NotProcessed {
        /// Why.
        reason: String,
    },
    /// Without a known outcome.
    Unknown {
        /// Why.
        reason: String,
        /// What was said of it.
        said: Said,
    },
}

/// What the answer to a send says, where it proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing, or nothing of this row: there was no answer, or it speaks of the server.
    Nothing,
    /// That the server did something: it is a success or a redirect.
    Done,
    /// That this row is refused, in a form that a gateway, a filter or a proxy may have written.
    Refused,
}

/// A row that was refused so often in a row, in a form that proves nothing, is refused once the list has proved that it was
/// not created.
pub const REFUSALS: u32 = 2;

/// What becomes of an unknown row: a verdict that is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// This customer is the row's.
    Created {
        /// The customer.
        customer: CustomerId,
        /// Whether it may be that of another row that was settled with it.
        interchangeable: bool,
    },
    /// To be sent again.
    NotCreated,
    /// Never to be sent again: it was refused each of the last [`REFUSALS`] times, and was not created.
    Refused,
    /// Never to be sent again.
    Uncertain(Undecidable),
}

/// What a journal is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The input, by content.
    pub input: String,
    /// The base URL of the API; none before it was first heard of.
    pub api: Option<String>,
    /// Whose customers they are; none while all runs were made with an access token, of which nobody knows whose it is.
    pub account: Option<Account>,
}

impl Bound {
    /// Whether it is bound to the API at `base_url` and, where that is known, to `account` already.
    ///
    /// # Errors
    ///
    /// When it is bound to another.
    pub fn is_to(&self, base_url: &str, account: Option<&Account>) -> Result<bool, JournalError> {
        if let Some(bound) = self.api.as_deref().filter(|bound| *bound != base_url) {
            return Err(JournalError::OtherApi { bound: bound.to_owned(), found: base_url.to_owned() });
        }
        match (&self.account, account) {
            (Some(bound), Some(account)) if bound != account => Err(JournalError::OtherAccount),
            (bound, account) => Ok(self.api.is_some() && (bound.is_some() || account.is_none())),
        }
    }
}

/// A row to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewRow {
    /// To be sent.
    Pending {
        /// The line that it begins on.
        line: u64,
        /// The request, as JSON.
        request: Vec<u8>,
    },
    /// Invalid, and left out.
    Skipped {
        /// The line that it begins on.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowOutcome {
    /// Which row.
    pub row: RowId,
    /// The line of the input that it begins on.
    pub line: u64,
    /// Where it is.
    pub outcome: State,
    /// Its customer, where it has one.
    pub customer_id: Option<CustomerId>,
    /// Why, where there is something to say.
    pub reason: Option<String>,
}

/// How many rows are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[allow(missing_docs, reason = "each is the count of the state of its name")]
pub struct Counts {
    pub pending: u64,
    pub sending: u64,
    pub created: u64,
    pub refused: u64,
    pub unknown: u64,
    pub settled: u64,
    pub uncertain: u64,
    pub skipped: u64,
}

impl Counts {
    /// All rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        let Self { pending, sending, created, refused, unknown, settled, uncertain, skipped } = self;
        pending + sending + created + refused + unknown + settled + uncertain + skipped
    }

    /// The rows that nothing more will be done for.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.rows() - self.pending - self.sending - self.unknown
    }

    pub(crate) fn of(&mut self, state: State) -> &mut u64 {
        match state {
            State::Pending => &mut self.pending,
            State::Sending => &mut self.sending,
            State::Created => &mut self.created,
            State::Refused => &mut self.refused,
            State::Unknown => &mut self.unknown,
            State::Settled => &mut self.settled,
            State::Uncertain => &mut self.uncertain,
            State::Skipped => &mut self.skipped,
        }
    }
}

/// What settling begins with.
#[derive(Debug)]
pub struct Look {
    /// The rows whose customers may exist.
    pub open: Vec<OpenRow>,
    /// How long each unknown row has been so at least: since it was seen to be, by a clock of this process. None when
    /// there are none.
    pub quiet_for: Option<Duration>,
    /// How often anything was settled before, where several may do so.
    pub settlings: u64,
}

/// A journal as far as it can be looked at.
pub trait ReadJournal: Send + Sync {
    /// What it is bound to; none while it is new.
    fn bound(&self) -> impl Future<Output = Result<Option<Bound>, JournalError>> + Send;

    /// How many rows are where.
    fn counts(&self) -> impl Future<Output = Result<Counts, JournalError>> + Send;

    /// What became of up to `most` rows after `after`, in order.
    fn outcomes(
        &self,
        after: Option<RowId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<RowOutcome>, JournalError>> + Send;
}

/// Where each row is, durably: what a method says it does survives power loss once it has returned.
///
/// It is for this crate to implement: claims and rounds are made nowhere else. Several runs may share one, where its
/// kind allows that: a claim whose holder is lost then becomes an unknown row, by a lease that lapses or when the journal
/// is opened.
pub trait Journal: ReadJournal + 'static {
    /// Takes all rows of a new input, and binds itself to it; all or nothing. Where `sealed` is dropped, nothing.
    fn load(
        &self,
        rows: mpsc::Receiver<Vec<NewRow>>,
        sealed: oneshot::Receiver<InputHash>,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Binds itself to the API at `base_url` and, where that is known, to an account, or refuses where it is bound to
    /// another.
    fn bind_api(
        &self,
        base_url: &str,
        account: Option<&Account>,
    ) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Makes customers known: they were there before the rows that are sent from now on. Nothing where a row is being sent
    /// or unknown: whoever sent it has made known what was there before.
    fn know(&self, customers: Vec<CustomerId>) -> impl Future<Output = Result<(), JournalError>> + Send;

    /// Begins a round, in which each row is given out once at most.
    fn begin_round(&self) -> impl Future<Output = Result<Round, JournalError>> + Send;

    /// Gives out a pending row, which is being sent from now on: of those that were not given out for the longest time,
    /// the first. None when there are none in this round.
    fn claim(
        &self,
        round: Round,
    ) -> impl Future<Output = Result<Option<(Claim, Validated<CreateCustomer>)>, JournalError>> + Send;

    /// Makes sure that a claim still holds, and makes it hold for a whole lease from now on.
    fn confirm(&self, claim: &Claim) -> impl Future<Output = Result<Confirmed, JournalError>> + Send;

    /// Takes back a row, with what came of it. Where the claim's lease has lapsed in the meantime, what is certain is
    /// still taken, as long as nobody has settled the row. Where its customer is another row's, the row is unknown.
    fn complete(
        &self,
        claim: Claim,
        end: End,
    ) -> impl Future<Output = Result<Completed, JournalError>> + Send;

    /// Begins settling.
    fn look(&self) -> impl Future<Output = Result<Look, JournalError>> + Send;

    /// The rows whose customers may exist.
    fn open_rows(&self) -> impl Future<Output = Result<Vec<OpenRow>, JournalError>> + Send;

    /// What is known besides a list.
    fn known(&self) -> impl Future<Output = Result<Known, JournalError>> + Send;

    /// Settles unknown rows and makes customers known, all or nothing: false, and nothing, where anything was settled
    /// since `look`, so that the verdicts may rest on what is no longer so.
    fn settle(
        &self,
        look: &Look,
        settlements: Vec<(RowId, Settlement)>,
        known: Vec<CustomerId>,
    ) -> impl Future<Output = Result<bool, JournalError>> + Send;

    /// Removes the journal where opening it made it and it holds nothing: an import that did not begin leaves none behind. One
    /// that was there before stays, and so does one that others use.
    fn discard(self) -> impl Future<Output = Result<(), JournalError>> + Send
    where
        Self: Sized;
}
