//! The state of a row, and how many rows are in each.

use std::fmt;

use serde::Serialize;

/// The state of a row. `GUARANTEES.md` draws the steps between states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// To be sent. No customer was created for it, which is proved.
    Pending,
    /// A worker is sending it.
    Sending,
    /// The API answered with the customer.
    Created,
    /// The API refused it. No customer was created for it, which is proved.
    Refused,
    /// Sent, and its outcome is not known yet.
    Unknown,
    /// Created, as the list of customers showed.
    Settled,
    /// Nothing can tell whether a customer was created. It is never sent again.
    Uncertain,
    /// Invalid, and left out because [`skip_invalid`](crate::CheckOptions::skip_invalid) was set.
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

    /// The state in one word, as journals and reports write it.
    ///
    /// ```
    /// assert_eq!(cloudlx_import::journal::State::Uncertain.as_str(), "uncertain");
    /// ```
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

    /// The state of this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The number of rows in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[allow(missing_docs, reason = "each counts the rows in the state of its name")]
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
    /// The number of all rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        let Self { pending, sending, created, refused, unknown, settled, uncertain, skipped } = self;
        pending + sending + created + refused + unknown + settled + uncertain + skipped
    }

    /// The number of rows whose state will not change any more.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.rows() - self.pending - self.sending - self.unknown
    }

    pub(crate) fn count_mut(&mut self, state: State) -> &mut u64 {
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
