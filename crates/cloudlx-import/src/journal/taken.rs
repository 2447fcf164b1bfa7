//! How completing a row can end: an answer may name a customer that is another row's already.

use cloudlx_model::CustomerId;

use super::RowId;

/// What became of a row that was completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completed {
    /// It is as its end says.
    Kept,
    /// It is unknown, for the customer that its end names is another row's.
    Taken(Taken),
}

/// The server answered that it created a customer that is another row's.
///
/// One create makes one customer, so at most one of the two answers is right. Nobody knows what the second create made:
/// its row is settled by the list, as one of which the server said that it did something, and is never sent again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a customer of the row's own, the server answered with customer {customer}, which row {other} had become \
     already: one of the two answers is wrong, so look at that customer, and tell those who run the API"
)]
pub struct Taken {
    /// The customer.
    pub customer: CustomerId,
    /// The row that has it.
    pub other: RowId,
}
