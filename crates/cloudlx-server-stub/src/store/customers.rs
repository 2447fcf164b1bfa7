//! Customers in memory, each in a form that takes little of it.
//!
//! A million customers name the same few currencies, countries, realms and sub-realms. Each of those is held once, and a
//! customer says which ones are its own.

use std::collections::BTreeMap;
use std::time::Duration;

use cloudlx_model::{Country, Currency, Customer, CustomerId, CustomerSubRealm, Realm};

use super::{Batch, Cursor, Last, Slice, Snapshot};

/// The id of the first customer, as in the page's sample.
pub(crate) const FIRST_CUSTOMER: u64 = 6918;

/// The customers, by id.
#[derive(Default)]
pub(crate) struct Customers {
    held: Vec<Held>,
    currencies: Distinct<Currency>,
    countries: Distinct<Country>,
    realms: Distinct<Realm>,
    sub_realms: Distinct<CustomerSubRealm>,
    /// How often all were forgotten.
    generation: u64,
}

/// A customer, and when it is there.
struct Held {
    id: CustomerId,
    /// By the stub's clock. Until then nobody sees it.
    appears_at: Duration,
    name: Box<str>,
    currency: u32,
    country: u32,
    /// How many of the places are those of realms; the others are those of sub-realms.
    realms: u32,
    places: Box<[u32]>,
}

impl Customers {
    /// The id of the next customer: the one after the last.
    pub(crate) fn free(&self) -> CustomerId {
        let last = self.held.last().map(|last| last.id.0);
        CustomerId(last.map_or(FIRST_CUSTOMER, |last| last.saturating_add(1)))
    }

    /// Whether one has this id, there already or not.
    pub(crate) fn has(&self, id: CustomerId) -> bool {
        self.held.binary_search_by_key(&id.0, |held| held.id.0).is_ok()
    }

    /// Holds one more, which nobody sees before its time. No other has its id.
    pub(crate) fn hold(&mut self, customer: &Customer, appears_at: Duration) {
        let realms = customer.realms.iter().map(|realm| self.realms.place_of(realm));
        let sub_realms = customer.sub_realms.iter().map(|sub_realm| self.sub_realms.place_of(sub_realm));
        let held = Held {
            id: customer.id,
            appears_at,
            name: customer.name.as_str().into(),
            currency: self.currencies.place_of(&customer.currency),
            country: self.countries.place_of(&customer.country),
            realms: u32::try_from(customer.realms.len()).unwrap_or(u32::MAX),
            places: realms.chain(sub_realms).collect(),
        };
        // Mostly it is the last.
        if self.held.last().is_none_or(|last| last.id.0 < customer.id.0) {
            return self.held.push(held);
        }
        let place = self.held.partition_point(|other| other.id.0 < customer.id.0);
        self.held.insert(place, held);
    }

    pub(crate) fn get(&self, id: CustomerId, now: Duration) -> Option<Customer> {
        let place = self.held.binary_search_by_key(&id.0, |held| held.id.0).ok()?;
        let held = self.held.get(place).filter(|held| held.appears_at <= now)?;
        self.customer(held)
    }

    /// The next `most` customers of a list; none when all were forgotten since it began.
    pub(crate) fn batch(&self, cursor: Cursor, most: usize, now: Duration) -> Option<Batch> {
        let snapshot = cursor.snapshot.unwrap_or(Snapshot { generation: self.generation, at: now });
        if snapshot.generation != self.generation {
            return None;
        }
        let first = self.held.partition_point(|held| held.id.0 <= cursor.after.0);
        let later = self.held.iter().skip(first);
        let customers = later.filter(|held| held.appears_at <= snapshot.at).take(most);
        let customers = customers.filter_map(|held| self.customer(held)).collect();
        Some(Batch::new(customers, most, snapshot))
    }

    /// How many there are, and the last of them, as many as this.
    pub(crate) fn last(&self, most: usize, now: Duration) -> Last {
        let there = || self.held.iter().filter(|held| held.appears_at <= now);
        let total = there().count();
        let last = there().skip(total.saturating_sub(most));
        Last { total, customers: last.filter_map(|held| self.customer(held)).collect() }
    }

    /// The customers after the first ones, as many as this, and how many there are.
    pub(crate) fn slice(&self, after: u64, most: usize, now: Duration) -> Slice<Customer> {
        let there = || self.held.iter().filter(|held| held.appears_at <= now);
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        let items = there().skip(after).take(most).filter_map(|held| self.customer(held)).collect();
        Slice { items, total: there().count() }
    }

    /// Forgets all, and says how many there were. The next one has the first id again.
    pub(crate) fn clear(&mut self) -> usize {
        let forgotten = self.held.len();
        *self = Self { generation: self.generation.wrapping_add(1), ..Self::default() };
        forgotten
    }

    fn customer(&self, held: &Held) -> Option<Customer> {
        let (realms, sub_realms) = held.places.split_at_checked(usize::try_from(held.realms).ok()?)?;
        Some(Customer::new(
            held.id,
            held.name.to_string(),
            self.currencies.at(held.currency)?.clone(),
            self.countries.at(held.country)?.clone(),
            realms.iter().filter_map(|place| self.realms.at(*place)).cloned().collect(),
            sub_realms.iter().filter_map(|place| self.sub_realms.at(*place)).cloned().collect(),
        ))
    }
}

/// Values that many customers have, each held once.
struct Distinct<T> {
    values: Vec<T>,
    /// Where those are that have a key: rarely more than one.
    places: BTreeMap<u64, Vec<u32>>,
}

/// A value with something that tells it from most others, so that few have to be compared.
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

/// The letters of a code, which are two or three.
fn key_of_code(code: &str) -> u64 {
    code.bytes().fold(0, |key, letter| key << 8 | u64::from(letter))
}

impl<T: Keyed> Distinct<T> {
    fn place_of(&mut self, value: &T) -> u32 {
        let Self { values, places } = self;
        let places = places.entry(value.key()).or_default();
        let held = places.iter().find(|place| value_at(values, **place) == Some(value));
        held.copied().unwrap_or_else(|| {
            let place = u32::try_from(values.len()).unwrap_or(u32::MAX);
            values.push(value.clone());
            places.push(place);
            place
        })
    }

    fn at(&self, place: u32) -> Option<&T> {
        value_at(&self.values, place)
    }
}

fn value_at<T>(values: &[T], place: u32) -> Option<&T> {
    values.get(usize::try_from(place).ok()?)
}

impl<T> Default for Distinct<T> {
    fn default() -> Self {
        Self { values: Vec::new(), places: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_model::RealmId;

    use super::*;

    #[test]
    fn equal_values_have_one_place_and_others_with_their_key_another() {
        let realm = |id, name: &str| Realm::new(name).id(RealmId(id));
        let mut distinct = Distinct::default();
        let values = [realm(1, "a"), realm(1, "b"), realm(2, "a"), realm(1, "a"), realm(1, "b")];
        assert_eq!(values.each_ref().map(|value| distinct.place_of(value)), [0, 1, 2, 0, 1]);
        assert_eq!(distinct.at(1), Some(&realm(1, "b")));
        assert_eq!(distinct.at(3), None);
    }
}
