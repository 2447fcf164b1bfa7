//! What a journal's databases store of ends and settlements, the same in each.

use cloudlx_model::CustomerId;

use super::{End, Said, Settlement, State, Taken};
use crate::settle::Undecidable;

/// What a row is once its send has ended.
#[derive(Debug, Clone)]
pub(super) struct Ended {
    pub(super) state: State,
    pub(super) customer: Option<i64>,
    pub(super) altered: bool,
    pub(super) acted: bool,
    /// Whether an answer that proves nothing refused it.
    pub(super) refused: bool,
    pub(super) reason: Option<String>,
}

impl From<End> for Ended {
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

impl Ended {
    /// The customer that the row is to have.
    pub(super) fn customer(&self) -> Option<CustomerId> {
        self.customer.map(|id| CustomerId(from_sql(id)))
    }

    /// What it is instead where that customer is another row's. Whether the answer was altered still counts: what this
    /// server shows may not be what was sent.
    pub(super) fn taken(&self, taken: &Taken) -> Self {
        let reason = Some(taken.to_string());
        let (state, altered) = (State::Unknown, self.altered);
        Self { state, customer: None, altered, acted: true, refused: false, reason }
    }
}

/// What a row is once it is settled.
pub(super) struct Settled {
    pub(super) state: State,
    pub(super) customer: Option<i64>,
    pub(super) reason: String,
    /// Whether the reason is followed by why the row was unknown.
    pub(super) and_why_unknown: bool,
}

impl From<&Settlement> for Settled {
    fn from(settlement: &Settlement) -> Self {
        let (state, customer, reason) = match settlement {
            Settlement::Created { customer, interchangeable } => {
                (State::Settled, Some(to_sql(customer.0)), seen(*interchangeable).to_owned())
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
        // What came of it is in the answer alone.
        let and_why_unknown =
            matches!(settlement, Settlement::Refused | Settlement::Uncertain(Undecidable::Acted));
        Self { state, customer, reason, and_why_unknown }
    }
}

fn seen(interchangeable: bool) -> &'static str {
    if interchangeable {
        "no answer said which customer it became, and the list shows it; its id and that of another row with the same name may be interchanged"
    } else {
        "no answer said which customer it became, and the list shows it"
    }
}

/// The state of this name.
pub(super) fn state(name: &str) -> Option<State> {
    State::ALL.into_iter().find(|state| state.as_str() == name)
}

/// The databases' numbers have a sign; ids end far below where that matters, and lines and rows as well.
pub(super) fn to_sql(number: u64) -> i64 {
    number.cast_signed()
}

pub(super) fn from_sql(number: i64) -> u64 {
    number.cast_unsigned()
}
