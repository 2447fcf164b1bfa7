//! How a send ended, and how the journal completed its row.

use cloudlx_model::CustomerId;

use crate::row::RowId;

/// How a send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The API answered with the customer.
    Created {
        /// The customer.
        customer: CustomerId,
        /// Whether the answer shows other content than was sent.
        altered: bool,
    },
    /// The API refused the row, which proves that it created no customer.
    Refused {
        /// Why.
        reason: String,
    },
    /// The API did not process the row, which is proved. The row can be sent again.
    NotProcessed {
        /// Why.
        reason: String,
    },
    /// The outcome is not known.
    Unknown {
        /// Why.
        reason: String,
        /// What the answer indicates about the row.
        said: Said,
    },
}

/// What the answer to a send indicates about its row, where it proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing: there was no answer, or it is about the server and not about the row.
    Nothing,
    /// The server acted: the answer is a success or a redirect.
    Done,
    /// The row is refused, but in a form that a gateway, a filter or a proxy may have written.
    Refused,
}

/// How many refusals that prove nothing, one after the other, make a row refused once the list proves that it was not created.
pub const REFUSALS: u32 = 2;

/// How the journal completed a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completed {
    /// The row has the state that its end stands for.
    Kept,
    /// The row is unknown, because the customer that its end names is another row's.
    Taken(Taken),
}

/// The server answered a send with a customer that already belongs to another row.
///
/// One create makes one customer, so at most one of the two answers is right. What the second create made is not known. The
/// list settles its row, as a row on which the server acted, and the row is never sent again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a customer of the row's own, the server answered with customer {customer}, which row {other} had become \
     already: one of the two answers is wrong, so look at that customer, and tell those who run the API"
)]
pub struct Taken {
    /// The customer.
    pub customer: CustomerId,
    /// The row that has this customer.
    pub other: RowId,
}
