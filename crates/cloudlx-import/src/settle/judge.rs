//! Judges each group of rows and customers. The table in `GUARANTEES.md` is its specification.

use cloudlx_model::Customer;

use super::evidence::{Known, Unreadable};
use super::groups::{Group, assign};
use super::open_row::{OpenRow, Progress};
use super::similar::Names;
use super::verdict::{Undecidable, Verdict, Wait};
use crate::row::RowId;

/// Judges the unknown rows of a group.
pub(super) fn judge(group: &Group<'_>, absence: &Absence<'_>) -> Vec<(RowId, Verdict)> {
    let (rows, customers) = (group.rows.len(), group.customers.len());
    if group.is_being_sent() {
        let unknown = group.rows.iter().filter(|row| row.is_unknown());
        return unknown.map(|row| (row.row, Verdict::NotYet(Wait::Sending))).collect();
    }
    if customers == 0 {
        return group.rows.iter().map(|row| (row.row, absence.verdict(row))).collect();
    }
    if customers > rows {
        return all(group, &Verdict::Uncertain(Undecidable::TooMany { customers: group.ids(), rows }));
    }
    let equal = group.are_equal();
    if customers == rows {
        let order = if equal { Some((0..rows).collect()) } else { assign(group) };
        return match order {
            Some(order) => bound(group, &order, !equal),
            None => all(group, &Verdict::Uncertain(Undecidable::Mixed { customers: group.ids(), rows })),
        };
    }
    if !equal && absence.missing > 0 {
        // The next list may show customers for the other rows too.
        return all(group, &Verdict::NotYet(Wait::Incomplete { missing: absence.missing }));
    }
    if !equal {
        return all(group, &Verdict::Uncertain(Undecidable::TooFew { customers: group.ids(), rows }));
    }
    // Equal rows may be bound to any of the customers; rows that the server indicated it acted on come first.
    let mut rows = group.rows.clone();
    rows.sort_by_key(|row| (row.progress != Progress::Unknown { acted: true }, row.row));
    let (made, not_made) = rows.split_at(customers.min(rows.len()));
    let made = made.iter().zip(group.ids());
    made.map(|(row, customer)| (row.row, Verdict::Created { customer, interchangeable: false }))
        .chain(not_made.iter().map(|row| (row.row, absence.verdict(row))))
        .collect()
}

/// The same verdict for each row of the group.
fn all(group: &Group<'_>, verdict: &Verdict) -> Vec<(RowId, Verdict)> {
    group.rows.iter().map(|row| (row.row, verdict.clone())).collect()
}

/// Binds each row to the customer that it was assigned.
fn bound(group: &Group<'_>, order: &[usize], interchangeable: bool) -> Vec<(RowId, Verdict)> {
    let rows = group.rows.iter().zip(order).filter_map(|(row, customer)| {
        let customer = group.customers.get(*customer)?.id;
        Some((row.row, Verdict::Created { customer, interchangeable }))
    });
    rows.collect()
}

/// What a verdict rests on where the list shows no customer for a row.
pub(super) struct Absence<'a> {
    pub(super) known: &'a Known,
    /// The number of known customers that the list lacks.
    pub(super) missing: usize,
    /// The first new customer that cannot be read.
    pub(super) unreadable: Option<Unreadable>,
    /// New customers that fit no row.
    pub(super) unexplained: Vec<&'a Customer>,
    /// Their names.
    pub(super) names: Names,
}

impl Absence<'_> {
    fn verdict(&self, row: &OpenRow) -> Verdict {
        let similar = || self.names.first_similar(&row.request.name).and_then(|it| self.unexplained.get(it));
        // This comes first: the next list may show what this one lacks, and so settle the row whatever the other checks say.
        if self.missing > 0 {
            Verdict::NotYet(Wait::Incomplete { missing: self.missing })
        } else if row.progress == (Progress::Unknown { acted: true }) {
            Verdict::Uncertain(Undecidable::Acted)
        } else if let Some(customer) = similar() {
            Verdict::Uncertain(Undecidable::Similar { customer: customer.id })
        } else if let Some(unreadable) = self.unreadable {
            Verdict::Uncertain(Undecidable::Unreadable { unreadable })
        } else if self.known.alters {
            Verdict::Uncertain(Undecidable::Alters)
        } else {
            Verdict::NotCreated
        }
    }
}
