//! What a verdict rests on: the customers that were known, and those that the list shows.

use cloudlx_model::{Customer, CustomerId};

use super::ids::Ids;

/// What the journal knows, besides the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Customers that were there before, and those bound to rows.
    pub customers: Ids,
    /// Whether the server answered any row of this journal with other content than was sent.
    pub alters: bool,
}

/// What a list of customers shows. Of customers that were known before the list was requested, only the ids are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// The ids of all listed customers.
    pub ids: Ids,
    /// The customers that were not known. One that the list shows twice may be here twice.
    pub new: Vec<Customer>,
    /// The customers that could not be read, except those whose id could be read and was known.
    pub unreadable: Vec<Unreadable>,
}

/// A listed customer that could not be read. Any row may have created it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// Its position in the list, from 1.
    pub place: u64,
    /// Its id, where the id could be read.
    pub id: Option<CustomerId>,
}
