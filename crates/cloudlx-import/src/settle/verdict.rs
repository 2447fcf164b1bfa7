//! What the list proves about a row.

use cloudlx_model::CustomerId;

use super::evidence::Unreadable;

/// What the list proves about a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This customer is the row's.
    Created {
        /// The customer.
        customer: CustomerId,
        /// Whether it may instead be the customer of another row that was settled with this one: the two differ in what the
        /// list does not show.
        interchangeable: bool,
    },
    /// The row created no customer, which is proved.
    NotCreated,
    /// The list cannot tell, and no later list will.
    Uncertain(Undecidable),
    /// A later list may tell.
    NotYet(Wait),
}

/// Why no list can tell whether a row created a customer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Undecidable {
    /// More new customers fit than there are rows.
    #[error("{} new customers fit where {rows} may have been made, so somebody else creates the same: {}", customers.len(), listed(customers))]
    TooMany {
        /// The customers.
        customers: Vec<CustomerId>,
        /// The number of rows that they fit.
        rows: usize,
    },
    /// Fewer new customers fit than there are rows, and the rows are not equal.
    #[error("{} of {rows} rows were created that differ in what the list does not show: {}", customers.len(), listed(customers))]
    TooFew {
        /// The customers.
        customers: Vec<CustomerId>,
        /// The number of rows that they fit.
        rows: usize,
    },
    /// As many new customers fit as there are rows, and they cannot be assigned one to each.
    #[error(
        "the new customers {} cannot be those of the {rows} rows that they fit, so somebody else creates the same",
        listed(customers)
    )]
    Mixed {
        /// The customers.
        customers: Vec<CustomerId>,
        /// The number of rows that they fit.
        rows: usize,
    },
    /// The server answered as if it had created a customer, and the list shows none that fits.
    #[error(
        "the server answered with a success that could not be read, or was not this row's, and the list shows no such \
         customer"
    )]
    Acted,
    /// A new customer that fits no row has nearly the name of this row.
    #[error(
        "the new customer {customer} is not what the row asks for, and nearly is: the server may have made it of the row"
    )]
    Similar {
        /// The customer.
        customer: CustomerId,
    },
    /// A new customer cannot be read, so this row may have created it.
    #[error(
        "the new customer in place {} of the list{} cannot be read: the server may have made it of the row",
        unreadable.place,
        unreadable.id.map(|id| format!(" (id {id})")).unwrap_or_default()
    )]
    Unreadable {
        /// The first such customer.
        unreadable: Unreadable,
    },
    /// The server stores other content than it is sent.
    #[error(
        "the server answered other rows with other content than was sent, so that no list can prove that it is not there"
    )]
    Alters,
    /// The list does not show every customer.
    #[error("the list lacks {missing} customers that are known to exist, so that no absence proves anything")]
    Incomplete {
        /// The number of known customers that it lacks.
        missing: usize,
    },
}

/// Why a later list may tell more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// A worker is sending a row that may have created the same customer.
    Sending,
    /// The list lacks customers that are known to exist.
    Incomplete {
        /// The number of customers that it lacks.
        missing: usize,
    },
}

fn listed(customers: &[CustomerId]) -> String {
    const FEW: usize = 10;
    let mut ids: Vec<_> = customers.iter().take(FEW).map(ToString::to_string).collect();
    if customers.len() > FEW {
        ids.push("…".to_owned());
    }
    ids.join(", ")
}
