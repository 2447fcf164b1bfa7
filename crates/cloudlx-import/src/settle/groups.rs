//! Groups unknown rows with the new customers that fit them, and assigns customers to rows.

use std::collections::HashMap;

use cloudlx_model::{Customer, CustomerId};

use super::matching::{Key, customer_key, fits, request_key};
use super::open_row::OpenRow;
use crate::row::Fingerprint;

/// Rows and new customers that fit one another, directly or through others.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) rows: Vec<&'a OpenRow>,
    pub(super) customers: Vec<&'a Customer>,
}

impl Group<'_> {
    /// Whether the same was sent for all of its rows.
    pub(super) fn are_equal(&self) -> bool {
        let mut fingerprints = self.rows.iter().map(|row| Fingerprint::new(&row.request));
        let first = fingerprints.next();
        fingerprints.all(|other| Some(other) == first)
    }

    /// Whether a worker is sending one of its rows.
    pub(super) fn is_being_sent(&self) -> bool {
        !self.rows.iter().all(|row| row.is_unknown())
    }

    pub(super) fn ids(&self) -> Vec<CustomerId> {
        self.customers.iter().map(|customer| customer.id).collect()
    }
}

/// Groups rows and new customers that fit one another. Returns groups with at least one row, and the customers that fit no
/// row.
pub(super) fn group<'a>(rows: &'a [OpenRow], new: &[&'a Customer]) -> (Vec<Group<'a>>, Vec<&'a Customer>) {
    let mut buckets: HashMap<Key<'a>, Group<'a>> = HashMap::new();
    for row in rows {
        let empty = || Group { rows: Vec::new(), customers: Vec::new() };
        buckets.entry(request_key(&row.request)).or_insert_with(empty).rows.push(row);
    }
    let mut unexplained = Vec::new();
    for customer in new {
        match buckets.get_mut(&customer_key(customer)) {
            Some(bucket) => bucket.customers.push(customer),
            None => unexplained.push(*customer),
        }
    }
    let mut groups = Vec::new();
    for bucket in buckets.into_values() {
        let (connected, alone) = connected(&bucket);
        groups.extend(connected);
        unexplained.extend(alone);
    }
    unexplained.sort_unstable_by_key(|customer| customer.id);
    (groups, unexplained)
}

/// Splits a bucket into its connected groups, and the customers that are connected with no row.
fn connected<'a>(bucket: &Group<'a>) -> (Vec<Group<'a>>, Vec<&'a Customer>) {
    let mut groups = Vec::new();
    let mut rows = bucket.rows.clone();
    let mut customers = bucket.customers.clone();
    while let Some(row) = rows.pop() {
        let mut group = Group { rows: vec![row], customers: Vec::new() };
        loop {
            let found =
                drain(&mut customers, |customer| group.rows.iter().any(|row| fits(customer, &row.request)));
            if found.is_empty() {
                break;
            }
            let joined = drain(&mut rows, |row| found.iter().any(|customer| fits(customer, &row.request)));
            group.customers.extend(found);
            if joined.is_empty() {
                break;
            }
            group.rows.extend(joined);
        }
        group.rows.sort_unstable_by_key(|row| row.row);
        group.customers.sort_unstable_by_key(|customer| customer.id);
        groups.push(group);
    }
    (groups, customers)
}

fn drain<T: Copy>(from: &mut Vec<T>, take: impl Fn(&T) -> bool) -> Vec<T> {
    let (taken, left) = from.iter().partition(|item| take(item));
    *from = left;
    taken
}

/// Assigns each row a customer of its own that fits it, as indices into the group's customers; none where that is impossible.
/// Where several assignments are possible, rows and ids keep their order as far as it goes.
pub(super) fn assign(group: &Group<'_>) -> Option<Vec<usize>> {
    let mut row_of: Vec<Option<usize>> = vec![None; group.customers.len()];
    for row in 0..group.rows.len() {
        let mut seen = vec![false; group.customers.len()];
        if !assign_one(row, group, &mut row_of, &mut seen) {
            return None;
        }
    }
    let mut order: Vec<_> =
        row_of.iter().enumerate().filter_map(|(customer, row)| Some(((*row)?, customer))).collect();
    order.sort_unstable();
    Some(order.into_iter().map(|(_, customer)| customer).collect())
}

/// Assigns `row` a customer, and moves other rows to other customers where needed: one step of bipartite matching.
fn assign_one(row: usize, group: &Group<'_>, row_of: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    let Some(request) = group.rows.get(row).map(|row| &row.request) else { return false };
    let free = |(index, customer): (usize, &&Customer)| {
        (row_of.get(index) == Some(&None) && fits(customer, request)).then_some(index)
    };
    if let Some(assigned) =
        group.customers.iter().enumerate().find_map(free).and_then(|index| row_of.get_mut(index))
    {
        *assigned = Some(row);
        return true;
    }
    for (index, customer) in group.customers.iter().enumerate() {
        match seen.get_mut(index) {
            Some(seen) if !*seen && fits(customer, request) => *seen = true,
            _ => continue,
        }
        let taken_by = row_of.get(index).copied().flatten();
        if taken_by.is_none_or(|other| assign_one(other, group, row_of, seen)) {
            if let Some(assigned) = row_of.get_mut(index) {
                *assigned = Some(row);
            }
            return true;
        }
    }
    false
}
