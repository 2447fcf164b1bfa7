//! Which unknown rows and new customers fit one another, and how customers are shared out among rows.

use std::collections::HashMap;

use cloudlx_model::Customer;

use super::fits::{Key, key, key_of};
use super::{Group, OpenRow, fits};

/// The groups that fit one another, each with a row at least, and the customers that fit no row.
pub(super) fn of<'a>(rows: &'a [OpenRow], new: &[&'a Customer]) -> (Vec<Group<'a>>, Vec<&'a Customer>) {
    let mut buckets: HashMap<Key<'a>, Group<'a>> = HashMap::new();
    for row in rows {
        let empty = || Group { rows: Vec::new(), customers: Vec::new() };
        buckets.entry(key(&row.request)).or_insert_with(empty).rows.push(row);
    }
    let mut unexplained = Vec::new();
    for customer in new {
        match buckets.get_mut(&key_of(customer)) {
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

/// The connected parts of a bucket that have rows, and the customers of those that have none.
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

/// A customer for each row, as indices into the group's customers: each fits its row and none stands twice. Where
/// several ways are possible, rows and ids keep their order as far as it goes.
pub(super) fn share_out(group: &Group<'_>) -> Option<Vec<usize>> {
    let mut row_of: Vec<Option<usize>> = vec![None; group.customers.len()];
    for row in 0..group.rows.len() {
        let mut seen = vec![false; group.customers.len()];
        if !seat(row, group, &mut row_of, &mut seen) {
            return None;
        }
    }
    let mut order: Vec<_> =
        row_of.iter().enumerate().filter_map(|(customer, row)| Some(((*row)?, customer))).collect();
    order.sort_unstable();
    Some(order.into_iter().map(|(_, customer)| customer).collect())
}

/// Finds `row` a customer, moving other rows to others if need be: one step of bipartite matching.
fn seat(row: usize, group: &Group<'_>, row_of: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    let Some(request) = group.rows.get(row).map(|row| &row.request) else { return false };
    let free = |(index, customer): (usize, &&Customer)| {
        (row_of.get(index) == Some(&None) && fits(customer, request)).then_some(index)
    };
    if let Some(place) =
        group.customers.iter().enumerate().find_map(free).and_then(|index| row_of.get_mut(index))
    {
        *place = Some(row);
        return true;
    }
    for (index, customer) in group.customers.iter().enumerate() {
        match seen.get_mut(index) {
            Some(seen) if !*seen && fits(customer, request) => *seen = true,
            _ => continue,
        }
        let taken_by = row_of.get(index).copied().flatten();
        if taken_by.is_none_or(|other| seat(other, group, row_of, seen)) {
            if let Some(place) = row_of.get_mut(index) {
                *place = Some(row);
            }
            return true;
        }
    }
    false
}
