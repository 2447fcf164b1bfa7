//! What both kinds of database store for an end and for a settlement.

use cloudlx_model::CustomerId;

use super::end::{End, Said, Taken};
use super::settlement::Settlement;
use super::state::State;
use crate::settle::Undecidable;

/// The columns of a row once its send has ended.
#[derive(Debug, Clone)]
pub(super) struct StoredEnd {
    pub(super) state: State,
    pub(super) customer: Option<i64>,
    pub(super) altered: bool,
    pub(super) acted: bool,
    /// Whether the answer was a refusal that proves nothing.
    pub(super) refused: bool,
    pub(super) reason: Option<String>,
}

impl From<End> for StoredEnd {
    fn from(end: End) -> Self {
        let none = Self {
            state: State::Pending,
            customer: None,
            altered: false,
            acted: false,
            refused: false,
            reason: None,
        };
        match end {
            End::Created { customer, altered } => {
                Self { state: State::Created, customer: Some(to_sql(customer.0)), altered, ..none }
            }
            End::Refused { reason } => Self { state: State::Refused, reason: Some(reason), ..none },
            End::NotProcessed { reason } => Self { reason: Some(reason), ..none },
            End::Unknown { reason, said } => Self {
                state: State::Unknown,
                acted: said == Said::Done,
                refused: said == Said::Refused,
                reason: Some(reason),
                ..none
            },
        }
    }
}

impl StoredEnd {
    /// The customer that the row ended with.
    pub(super) fn customer(&self) -> Option<CustomerId> {
        self.customer.map(|id| CustomerId(from_sql(id)))
    }

    /// The columns of the row where that customer is another row's. Whether the answer was altered is kept, because it tells
    /// whether this server stores what it is sent.
    pub(super) fn with_other_rows_customer(&self, taken: &Taken) -> Self {
        let reason = Some(taken.to_string());
        let (state, altered) = (State::Unknown, self.altered);
        Self { state, customer: None, altered, acted: true, refused: false, reason }
    }
}

/// The columns of a row once it is settled.
pub(super) struct StoredSettlement {
    pub(super) state: State,
    pub(super) customer: Option<i64>,
    pub(super) reason: String,
    /// Whether the reason why the row was unknown is appended.
    pub(super) and_why_unknown: bool,
}

impl From<&Settlement> for StoredSettlement {
    fn from(settlement: &Settlement) -> Self {
        let (state, customer, reason) = match settlement {
            Settlement::Created { customer, interchangeable } => {
                (State::Settled, Some(to_sql(customer.0)), listed(*interchangeable).to_owned())
            }
            Settlement::NotCreated => {
                (State::Pending, None, "the list proved that it was not created".to_owned())
            }
            Settlement::Refused => (
                State::Refused,
                None,
                "the list proved that it was not created, and it was refused again".to_owned(),
            ),
            Settlement::Uncertain(why) => (State::Uncertain, None, why.to_string()),
        };
        // In these cases only the answer tells what happened to the row.
        let and_why_unknown =
            matches!(settlement, Settlement::Refused | Settlement::Uncertain(Undecidable::Acted));
        Self { state, customer, reason, and_why_unknown }
    }
}

fn listed(interchangeable: bool) -> &'static str {
    if interchangeable {
        "no answer said which customer it became, and the list shows it; its id and that of another row with the same name may be interchanged"
    } else {
        "no answer said which customer it became, and the list shows it"
    }
}

/// The databases' integers are signed. Ids, lines and rows are far below the point where that matters.
pub(super) fn to_sql(number: u64) -> i64 {
    number.cast_signed()
}

pub(super) fn from_sql(number: i64) -> u64 {
    number.cast_unsigned()
}
