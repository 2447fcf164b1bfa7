//! Laws of every store: in memory, in a file, and in PostgreSQL where there is a server.

#[cfg(feature = "postgres")]
#[path = "../../../cloudlx-import/tests/support/server.rs"]
mod server;

use std::time::Duration;

use cloudlx_model::{
    AccessToken, Country, Currency, Customer, CustomerId, CustomerSubRealm, Realm, RealmId, SubRealmId,
};
use secrecy::ExposeSecret;

use super::cursor::BATCH_SIZE;
use super::memory::Memory;
use super::{Cursor, Last, NewCustomer, Seed, SeedError, Slice, Store, all, wait};
use crate::Clock;
use crate::auth::{Caller, Lifetimes, Rights, TokenError, TokenKind, new_pair};

const LIFETIMES: Lifetimes = Lifetimes { access: Duration::from_mins(1), refresh: Duration::from_mins(10) };

/// Tests a law on every kind of store, each new and empty.
fn for_every_store(law: impl Fn(&dyn Store, &Clock)) {
    let clock = Clock::new();
    law(&Memory::new(clock.clone(), LIFETIMES), &clock);
    #[cfg(feature = "sqlite")]
    {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::new();
        let memory = Memory::new(clock.clone(), LIFETIMES);
        law(&super::sqlite::Sqlite::open(&folder.path().join("stub.db"), memory).unwrap(), &clock);
    }
    #[cfg(feature = "postgres")]
    if let Some(server) = server::Server::get() {
        let clock = Clock::new();
        law(&shared(&server.database(), &clock), &clock);
    }
}

#[cfg(feature = "postgres")]
fn shared(address: &str, clock: &Clock) -> super::postgres::Postgres {
    let address = cloudlx_postgres::Address::new(address, None).unwrap();
    wait(super::postgres::Postgres::open(address, clock.clone(), LIFETIMES)).unwrap()
}

fn customer(name: &str) -> Customer {
    let realm = |id, name: &str| Realm::new(name).id(RealmId(id));
    let sub_realm = |id, has_access| {
        CustomerSubRealm::new(SubRealmId(id), format!("Sub-realm {id}"), has_access).description("\u{0}\"")
    };
    Customer::new(
        CustomerId(0),
        name,
        Currency::new("GBP - British Pound", "GB", "GBP"),
        Country::new("GB", "United Kingdom"),
        vec![realm(2, "Networking"), realm(7, "Voice")],
        vec![sub_realm(1, true), sub_realm(1, false)],
    )
}

fn add(store: &dyn Store, name: &str, later: Duration) -> Customer {
    wait(store.add(NewCustomer { customer: customer(name), request: b"{}", later })).unwrap()
}

fn ids(store: &dyn Store) -> Vec<u64> {
    wait(all(store)).unwrap().into_iter().map(|customer| customer.id.0).collect()
}

#[test]
fn an_added_customer_can_be_read_unchanged() {
    for_every_store(|store, _| {
        for (name, id) in [("One \u{0} \u{1f600}", 6918), ("Two", 6919)] {
            let added = add(store, name, Duration::ZERO);
            let mut expected = customer(name);
            expected.id = CustomerId(id);
            assert_eq!(added, expected);
            assert_eq!(wait(store.get(added.id)).unwrap(), Some(added));
        }
        assert_eq!(ids(store), [6918, 6919]);
        for nobody in [0, 6920, u64::MAX] {
            assert_eq!(wait(store.get(CustomerId(nobody))).unwrap(), None);
        }
    });
}

#[test]
fn a_late_customer_has_its_id_at_once_and_becomes_visible_at_its_time() {
    for_every_store(|store, clock| {
        let late = add(store, "Late", Duration::from_hours(1));
        add(store, "Early", Duration::ZERO);
        assert_eq!((late.id.0, ids(store)), (6918, vec![6919]));
        assert_eq!(wait(store.get(late.id)).unwrap(), None);
        clock.advance(Duration::from_hours(1));
        assert_eq!(ids(store), [6918, 6919]);
        assert_eq!(wait(store.get(late.id)).unwrap(), Some(late));
        // Advancing the clock does not delay later customers.
        let late = add(store, "Later", Duration::from_hours(1));
        clock.advance(Duration::from_mins(59));
        assert_eq!(wait(store.get(late.id)).unwrap(), None);
        clock.advance(Duration::from_mins(1));
        assert_eq!(wait(store.get(late.id)).unwrap(), Some(late));
    });
}

#[test]
fn a_list_is_read_in_batches_and_ends_when_all_customers_are_removed() {
    for_every_store(|store, _| {
        for number in 0..=BATCH_SIZE {
            add(store, &number.to_string(), Duration::ZERO);
        }
        let first = wait(store.batch(Cursor::START)).unwrap().unwrap();
        let next = first.next.unwrap();
        let second = wait(store.batch(next)).unwrap().unwrap();
        assert_eq!((first.customers.len(), second.customers.len(), second.next), (BATCH_SIZE, 1, None));
        assert_eq!(ids(store).len(), BATCH_SIZE + 1);

        assert_eq!(wait(store.clear()).unwrap(), BATCH_SIZE + 1);
        assert_eq!(wait(store.batch(next)).unwrap(), None);
        assert!(ids(store).is_empty());
        assert_eq!(add(store, "First", Duration::ZERO).id.0, 6918);
    });
}

#[test]
fn the_last_customers_come_with_the_number_of_all() {
    for_every_store(|store, clock| {
        let last = |most| {
            let Last { total, customers } = wait(store.last(most)).unwrap();
            (total, customers.into_iter().map(|customer| customer.id.0).collect::<Vec<_>>())
        };
        assert_eq!(last(1), (0, vec![]));
        for later in [0, 0, 1, 0] {
            add(store, "Customer", Duration::from_hours(later));
        }
        assert_eq!(last(0), (3, vec![]));
        assert_eq!(last(2), (3, vec![6919, 6921]));
        assert_eq!(last(usize::MAX), (3, vec![6918, 6919, 6921]));
        clock.advance(Duration::from_hours(1));
        assert_eq!(last(2), (4, vec![6920, 6921]));
    });
}

#[test]
fn any_slice_of_a_list_comes_with_the_number_of_all() {
    for_every_store(|store, clock| {
        let part = |after, most| {
            let Slice { items, total } = wait(store.slice(after, most)).unwrap();
            (total, items.into_iter().map(|customer| customer.id.0).collect::<Vec<_>>())
        };
        assert_eq!(part(0, 2), (0, vec![]));
        for later in [0, 1, 0, 0] {
            add(store, "Customer", Duration::from_hours(later));
        }
        assert_eq!(part(0, 2), (3, vec![6918, 6920]));
        assert_eq!(part(1, 2), (3, vec![6920, 6921]));
        assert_eq!(part(2, 2), (3, vec![6921]));
        for nothing in [3, u64::MAX] {
            assert_eq!(part(nothing, 2), (3, vec![]));
        }
        clock.advance(Duration::from_hours(1));
        assert_eq!(part(1, usize::MAX), (4, vec![6919, 6920, 6921]));
        for _ in 0..BATCH_SIZE {
            add(store, "Customer", Duration::ZERO);
        }
        assert_eq!(part(1, BATCH_SIZE + 1), (BATCH_SIZE + 4, (6919..6920 + BATCH_SIZE as u64).collect()));
    });
}

#[test]
fn all_seeds_are_stored_or_none_and_the_next_id_is_after_theirs() {
    for_every_store(|store, _| {
        let seed = |id: Option<u64>| Seed { id: id.map(CustomerId), customer: customer("Seed") };
        let seeded = wait(store.seed(vec![seed(Some(9000)), seed(None), seed(Some(8000))], false)).unwrap();
        assert_eq!(seeded.iter().map(|customer| customer.id.0).collect::<Vec<_>>(), [9000, 9001, 8000]);
        assert_eq!(ids(store), [8000, 9000, 9001]);
        let refused = wait(store.seed(vec![seed(None), seed(Some(9000))], false)).unwrap_err();
        assert!(matches!(refused, SeedError::Taken { index: 1, id: CustomerId(9000), .. }), "{refused:?}");
        assert_eq!(ids(store), [8000, 9000, 9001]);
        assert_eq!(add(store, "Next", Duration::ZERO).id.0, 9002);

        wait(store.seed(vec![seed(Some(9000))], true)).unwrap();
        assert_eq!(ids(store), [9000]);
        assert_eq!(add(store, "Next", Duration::ZERO).id.0, 9001);
    });
}

fn issue(store: &dyn Store, caller: &Caller) -> AccessToken {
    let pair = new_pair(LIFETIMES).unwrap();
    wait(store.add_tokens(&pair, caller)).unwrap();
    pair
}

fn found(store: &dyn Store, pair: &AccessToken) -> [Result<Caller, TokenError>; 2] {
    [(TokenKind::Access, &pair.access_token), (TokenKind::Refresh, &pair.refresh_token)]
        .map(|(kind, token)| wait(store.find(kind, token.expose_secret())).unwrap())
}

#[test]
fn a_token_is_valid_for_its_kind_until_it_expires() {
    for_every_store(|store, clock| {
        let caller = Caller { client_id: "reader".into(), rights: Rights::Read };
        let pair = issue(store, &caller);
        assert_eq!(found(store, &pair), [Ok(caller.clone()), Ok(caller.clone())]);
        let other_use = wait(store.find(TokenKind::Access, pair.refresh_token.expose_secret())).unwrap();
        assert_eq!(other_use, Err(TokenError::Unknown));
        clock.advance(LIFETIMES.access);
        assert_eq!(found(store, &pair), [Err(TokenError::Expired), Ok(caller)]);
        clock.advance(LIFETIMES.refresh);
        assert_eq!(found(store, &pair), [Err(TokenError::Expired), Err(TokenError::Expired)]);
    });
}

#[test]
fn a_revoked_token_is_refused_and_the_other_of_its_pair_is_not() {
    for_every_store(|store, _| {
        let caller = Caller { client_id: "stub".into(), rights: Rights::All };
        let (pair, other) = (issue(store, &caller), issue(store, &caller));
        let revoke = |token: &str| wait(store.revoke(token)).unwrap();
        assert!(revoke(pair.access_token.expose_secret()));
        assert!(!revoke(pair.access_token.expose_secret()), "it was revoked already");
        assert!(!revoke("another"));
        assert_eq!(found(store, &pair), [Err(TokenError::Revoked), Ok(caller.clone())]);
        assert_eq!(found(store, &other), [Ok(caller.clone()), Ok(caller.clone())]);
        assert_eq!(wait(store.revoke_all()).unwrap(), (2, 2));
        assert_eq!(found(store, &other), [Err(TokenError::Revoked), Err(TokenError::Revoked)]);
        let new = issue(store, &caller);
        assert_eq!(found(store, &new), [Ok(caller.clone()), Ok(caller)]);
        assert_eq!(wait(store.forget_tokens()).unwrap(), (3, 3));
        assert_eq!(found(store, &new), [Err(TokenError::Unknown), Err(TokenError::Unknown)]);
        assert_eq!(wait(store.forget_tokens()).unwrap(), (0, 0));
    });
}

#[test]
#[cfg(feature = "postgres")]
fn stubs_with_one_database_are_one_store() {
    let Some(server) = server::Server::get() else { return };
    let (database, clock) = (server.database(), Clock::new());
    let (one, other) = (shared(&database, &clock), shared(&database, &clock));
    let added = add(&one, "One", Duration::ZERO);
    assert_eq!(wait(other.get(added.id)).unwrap(), Some(added));
    assert_eq!(add(&other, "Other", Duration::ZERO).id.0, 6919);
    assert_eq!(ids(&one), [6918, 6919]);
    let caller = Caller { client_id: "stub".into(), rights: Rights::All };
    let pair = issue(&one, &caller);
    assert_eq!(found(&other, &pair), [Ok(caller.clone()), Ok(caller)]);
    assert!(wait(other.revoke(pair.access_token.expose_secret())).unwrap());
    assert_eq!(found(&one, &pair).first(), Some(&Err(TokenError::Revoked)));
    assert_eq!(wait(other.clear()).unwrap(), 2);
    assert_eq!((ids(&one), add(&one, "New", Duration::ZERO).id.0), (vec![], 6918));
}
