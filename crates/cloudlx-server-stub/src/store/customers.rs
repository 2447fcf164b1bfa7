//! Customers in memory, in a compact form.
//!
//! A million customers have the same few currencies, countries, realms and sub-realms. Each of those is stored once, and a
//! customer refers to it by an index.

use std::collections::BTreeMap;
use std::time::Duration;

use cloudlx_model::{Country, Currency, Customer, CustomerId, CustomerSubRealm, Realm};

use super::{Batch, Cursor, Last, Slice, Snapshot};

/// The id of the first customer, as in the page's sample.
pub(crate) const FIRST_CUSTOMER: u64 = 6918;

/// The customers, by id.
#[derive(Default)]
pub(crate) struct Customers {
    by_id: Vec<StoredCustomer>,
    currencies: Distinct<Currency>,
    countries: Distinct<Country>,
    realms: Distinct<Realm>,
    sub_realms: Distinct<CustomerSubRealm>,
    /// How often all were removed.
    generation: u64,
}

/// A customer in compact form.
struct StoredCustomer {
    id: CustomerId,
    /// Since when it is visible, by the stub's clock.
    appears_at: Duration,
    name: Box<str>,
    currency: u32,
    country: u32,
    /// How many of the indices refer to realms; the others refer to sub-realms.
    realms: u32,
    indices: Box<[u32]>,
}

impl Customers {
    /// The id of the next customer: the one after the last.
    pub(crate) fn free(&self) -> CustomerId {
        let last = self.by_id.last().map(|last| last.id.0);
        CustomerId(last.map_or(FIRST_CUSTOMER, |last| last.saturating_add(1)))
    }

    /// Whether a customer has this id, visible or not.
    pub(crate) fn has(&self, id: CustomerId) -> bool {
        self.by_id.binary_search_by_key(&id.0, |stored| stored.id.0).is_ok()
    }

    /// Adds a customer with an id that no other has. It is visible from `appears_at` on.
    pub(crate) fn insert(&mut self, customer: &Customer, appears_at: Duration) {
        let realms = customer.realms.iter().map(|realm| self.realms.index_of(realm));
        let sub_realms = customer.sub_realms.iter().map(|sub_realm| self.sub_realms.index_of(sub_realm));
        let stored = StoredCustomer {
            id: customer.id,
            appears_at,
            name: customer.name.as_str().into(),
            currency: self.currencies.index_of(&customer.currency),
            country: self.countries.index_of(&customer.country),
            realms: u32::try_from(customer.realms.len()).unwrap_or(u32::MAX),
            indices: realms.chain(sub_realms).collect(),
        };
        // A new id is mostly the highest.
        if self.by_id.last().is_none_or(|last| last.id.0 < customer.id.0) {
            return self.by_id.push(stored);
        }
        let index = self.by_id.partition_point(|other| other.id.0 < customer.id.0);
        self.by_id.insert(index, stored);
    }

    pub(crate) fn get(&self, id: CustomerId, now: Duration) -> Option<Customer> {
        let index = self.by_id.binary_search_by_key(&id.0, |stored| stored.id.0).ok()?;
        let stored = self.by_id.get(index).filter(|stored| stored.appears_at <= now)?;
        self.customer(stored)
    }

    /// The next `most` customers of a list; none when all customers were removed since the list began.
    pub(crate) fn batch(&self, cursor: Cursor, most: usize, now: Duration) -> Option<Batch> {
        let snapshot = cursor.snapshot.unwrap_or(Snapshot { generation: self.generation, at: now });
        if snapshot.generation != self.generation {
            return None;
        }
        let first = self.by_id.partition_point(|stored| stored.id.0 <= cursor.after.0);
        let later = self.by_id.iter().skip(first);
        let customers = later.filter(|stored| stored.appears_at <= snapshot.at).take(most);
        let customers = customers.filter_map(|stored| self.customer(stored)).collect();
        Some(Batch::new(customers, most, snapshot))
    }

    /// The number of visible customers, and the last `most` of them.
    pub(crate) fn last(&self, most: usize, now: Duration) -> Last {
        let visible = || self.by_id.iter().filter(|stored| stored.appears_at <= now);
        let total = visible().count();
        let last = visible().skip(total.saturating_sub(most));
        Last { total, customers: last.filter_map(|stored| self.customer(stored)).collect() }
    }

    /// At most `most` visible customers after the first `after` ones, and the number of all.
    pub(crate) fn slice(&self, after: u64, most: usize, now: Duration) -> Slice<Customer> {
        let visible = || self.by_id.iter().filter(|stored| stored.appears_at <= now);
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        let items = visible().skip(after).take(most).filter_map(|stored| self.customer(stored)).collect();
        Slice { items, total: visible().count() }
    }

    /// Removes all, and returns how many there were. The next one has the first id again.
    pub(crate) fn clear(&mut self) -> usize {
        let removed = self.by_id.len();
        *self = Self { generation: self.generation.wrapping_add(1), ..Self::default() };
        removed
    }

    fn customer(&self, stored: &StoredCustomer) -> Option<Customer> {
        let (realms, sub_realms) = stored.indices.split_at_checked(usize::try_from(stored.realms).ok()?)?;
        Some(Customer::new(
            stored.id,
            stored.name.to_string(),
            self.currencies.at(stored.currency)?.clone(),
            self.countries.at(stored.country)?.clone(),
            realms.iter().filter_map(|index| self.realms.at(*index)).cloned().collect(),
            sub_realms.iter().filter_map(|index| self.sub_realms.at(*index)).cloned().collect(),
        ))
    }
}

/// Values that many customers share, each stored once.
struct Distinct<T> {
    values: Vec<T>,
    /// The indices of the values with a key: rarely more than one.
    indices: BTreeMap<u64, Vec<u32>>,
}

/// A value with a key that few others have, so that few values are compared.
trait Keyed: Clone + PartialEq {
    fn key(&self) -> u64;
}

impl Keyed for Currency {
    fn key(&self) -> u64 {
        key_of_code(&self.iso_3)
    }
}

impl Keyed for Country {
    fn key(&self) -> u64 {
        key_of_code(&self.iso_2)
    }
}

impl Keyed for Realm {
    fn key(&self) -> u64 {
        self.id.map_or(0, |id| id.0)
    }
}

impl Keyed for CustomerSubRealm {
    fn key(&self) -> u64 {
        self.id.0 << 1 | u64::from(self.has_access)
    }
}

/// The letters of a code, of which there are two or three, as a number.
fn key_of_code(code: &str) -> u64 {
    code.bytes().fold(0, |key, letter| key << 8 | u64::from(letter))
}

impl<T: Keyed> Distinct<T> {
    fn index_of(&mut self, value: &T) -> u32 {
        let Self { values, indices } = self;
        let indices = indices.entry(value.key()).or_default();
        let known = indices.iter().find(|index| value_at(values, **index) == Some(value));
        known.copied().unwrap_or_else(|| {
            let index = u32::try_from(values.len()).unwrap_or(u32::MAX);
            values.push(value.clone());
            indices.push(index);
            index
        })
    }

    fn at(&self, index: u32) -> Option<&T> {
        value_at(&self.values, index)
    }
}

fn value_at<T>(values: &[T], index: u32) -> Option<&T> {
    values.get(usize::try_from(index).ok()?)
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { values: Vec::new(), indices: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_model::RealmId;

    use super::*;

    #[test]
    fn equal_values_share_an_index_and_others_with_their_key_do_not() {
        let realm = |id, name: &str| Realm::new(name).id(RealmId(id));
        let mut distinct = Distinct::default();
        let values = [realm(1, "a"), realm(1, "b"), realm(2, "a"), realm(1, "a"), realm(1, "b")];
        assert_eq!(values.each_ref().map(|value| distinct.index_of(value)), [0, 1, 2, 0, 1]);
        assert_eq!(distinct.at(1), Some(&realm(1, "b")));
        assert_eq!(distinct.at(3), None);
    }
}
