//! Reads the customers in batches.

use std::time::Duration;

use cloudlx_model::{Customer, CustomerId};

/// How many customers a batch has: a list of any length holds that many in memory.
pub(super) const BATCH_SIZE: usize = 256;

/// A position in the list of customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The state that the reader sees; none before its first batch.
    pub(crate) snapshot: Option<Snapshot>,
    /// The last customer that was read.
    pub(crate) after: CustomerId,
}

/// The state that a reader sees: the customers at its start, and maybe some that were created since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// How often all customers had been removed.
    pub(crate) generation: u64,
    /// The store's time.
    pub(crate) at: Duration,
}

/// The next customers of a list.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Batch {
    pub(crate) customers: Vec<Customer>,
    /// Where the next batch begins; none after the last.
    pub(crate) next: Option<Cursor>,
}

/// The end of a list.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Last {
    /// How many customers there are.
    pub(crate) total: usize,
    /// The last of them, by id.
    pub(crate) customers: Vec<Customer>,
}

impl Cursor {
    /// Before the first customer.
    pub(crate) const START: Self = Self { snapshot: None, after: CustomerId(0) };
    /// After the last.
    pub(crate) const END: Self = Self { snapshot: None, after: CustomerId(u64::MAX) };
}

impl Batch {
    /// A batch of at most `most` customers. A full one has a next one.
    pub(super) fn new(customers: Vec<Customer>, most: usize, snapshot: Snapshot) -> Self {
        let last = customers.last().filter(|_| customers.len() == most).map(|last| last.id);
        let next = last.map(|after| Cursor { snapshot: Some(snapshot), after });
        Self { customers, next }
    }
}

/// Some items of a list, and how many the whole list has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slice<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total: usize,
}
