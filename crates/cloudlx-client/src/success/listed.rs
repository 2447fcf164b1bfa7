//! The customers of a list, including those that cannot be read.

use std::fmt;

use cloudlx_model::{Customer, CustomerId};

/// The customers of a list, and those of them that cannot be read. The caller chooses what to do about the latter:
/// [`all`](Self::all) or [`split`](Self::split).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCustomers {
    pub(crate) customers: Vec<Customer>,
    pub(crate) unreadable: Vec<UnreadableCustomer>,
}

/// A customer of the list that cannot be read. Only its id is kept, because the rest is somebody's data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadableCustomer {
    /// Its position in the list, from 1, over all pages.
    pub place: u64,
    /// Its id, where that can be read.
    pub id: Option<CustomerId>,
    /// What is wrong with it: the field, and what was expected there. It contains no value of the customer.
    pub problem: String,
}

/// Some customers of a list cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected customers that can be read, found {} of {total} that cannot: {}", unreadable.len(), first(unreadable))]
#[non_exhaustive]
pub struct UnreadableCustomers {
    /// How many customers the list has, these included.
    pub total: usize,
    /// Those that cannot be read.
    pub unreadable: Vec<UnreadableCustomer>,
}

impl ListedCustomers {
    /// All customers.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub fn all(self) -> Result<Vec<Customer>, UnreadableCustomers> {
        if self.unreadable.is_empty() {
            return Ok(self.customers);
        }
        let total = self.customers.len() + self.unreadable.len();
        Err(UnreadableCustomers { total, unreadable: self.unreadable })
    }

    /// The customers that can be read, and those that cannot, both in the order of the list.
    #[must_use]
    pub fn split(self) -> (Vec<Customer>, Vec<UnreadableCustomer>) {
        (self.customers, self.unreadable)
    }
}

impl fmt::Display for UnreadableCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the customer in place {} of the list ", self.place)?;
        if let Some(id) = self.id {
            write!(f, "(id {id}) ")?;
        }
        write!(f, "could not be read: {}", self.problem)
    }
}

fn first(unreadable: &[UnreadableCustomer]) -> String {
    const FEW: usize = 3;
    let mut few: Vec<_> = unreadable.iter().take(FEW).map(ToString::to_string).collect();
    if unreadable.len() > FEW {
        few.push("…".to_owned());
    }
    few.join("; ")
}
