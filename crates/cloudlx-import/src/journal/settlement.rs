//! What settling begins with, and how it ends for a row.

use std::time::Duration;

use cloudlx_model::CustomerId;

use crate::settle::{OpenRow, Undecidable};

/// What a journal knows when settling begins.
#[derive(Debug)]
pub struct Look {
    /// The rows that are being sent or unknown.
    pub open: Vec<OpenRow>,
    /// How long every unknown row has been unknown at least, by a clock of this process: since this process saw the last of
    /// them become unknown. None when no row is unknown.
    pub quiet_for: Option<Duration>,
    /// The number of settlings so far, where several workers may settle.
    pub settlings: u64,
}

/// How an unknown row is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// This customer is the row's.
    Created {
        /// The customer.
        customer: CustomerId,
        /// Whether it may instead be the customer of another row that was settled with this one.
        interchangeable: bool,
    },
    /// The row created no customer, and will be sent again.
    NotCreated,
    /// The row created no customer and was refused each of the last [`REFUSALS`](super::REFUSALS) times. It is never sent again.
    Refused,
    /// Nothing can tell whether the row created a customer. It is never sent again.
    Uncertain(Undecidable),
}
