//! What a journal's databases store of ends and settlements, the same in each.

use super::{End, Settlement, State};

/// What a row is once its send has ended.
pub(super) struct Ended {
    pub(super) state: State,
    pub(super) customer: Option<i64>,
    pub(super) altered: bool,
    pub(super) acted: bool,
    pub(super) reason: Option<String>,
}

impl From<End> for Ended {
    fn from(end: End) -> Self {
        let none = Self { state: State::Pending, customer: None, altered: false, acted: false, reason: None };
        match end {
            End::Created { customer, altered } => {
                Self { state: State::Created, customer: Some(to_sql(customer.0)), altered, ..none }
            }
            End::Refused { reason } => Self { state: State::Refused, reason: Some(reason), ..none },
            End::NotProcessed { reason } => Self { reason: Some(reason), ..none },
            End::Unknown { reason, acted } => {
                Self { state: State::Unknown, acted, reason: Some(reason), ..none }
            }
        }
    }
}

/// What a row is once it is settled: its state, its customer, and the reason.
pub(super) fn settled(settlement: &Settlement) -> (State, Option<i64>, String) {
    match settlement {
        Settlement::Created { customer, interchangeable } => {
            (State::Settled, Some(to_sql(customer.0)), seen(*interchangeable).to_owned())
        }
        Settlement::NotCreated => {
            (State::Pending, None, "the list proved that it was not created".to_owned())
        }
        Settlement::Uncertain(why) => (State::Uncertain, None, why.to_string()),
    }
}

fn seen(interchangeable: bool) -> &'static str {
    if interchangeable {
        "no answer came, and the list shows it; its id and that of another row with the same name may be interchanged"
    } else {
        "no answer came, and the list shows it"
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
