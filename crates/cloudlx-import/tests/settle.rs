//! What the list says of unknown rows: a table of cases, and laws over worlds that are made up.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::collections::{HashMap, HashSet};

use cloudlx_import::journal::RowId;
use cloudlx_import::settle::{Known, OpenRow, Progress, Shown, Undecidable, Unreadable, Verdict, Wait};
use cloudlx_model::{
    Country, CreateCustomer, Currency, Customer, CustomerId, CustomerSubRealm, Realm, RealmId, SubRealmId,
};
use proptest::prelude::*;

const UNKNOWN: Progress = Progress::Unknown { acted: false };
const ACTED: Progress = Progress::Unknown { acted: true };

fn request(name: &str, realms: &[u64], email: Option<&str>) -> CreateCustomer {
    let mut request = CreateCustomer::new(name, "GBP", "GB", realms.iter().copied().map(RealmId))
        .shown_sub_realms([313, 328])
        .enabled_sub_realms([328]);
    request.email = email.map(str::to_owned);
    request
}

fn row(row: u64, request: CreateCustomer, progress: Progress) -> OpenRow {
    OpenRow { row: RowId(row), request, progress, refusals: 0 }
}

/// What the list shows of a customer that was made as `request` asks.
fn customer(id: u64, request: &CreateCustomer) -> Customer {
    let realm = |id: &RealmId| Realm::new("").id(*id);
    let enabled = request.enabled_sub_realms.clone().unwrap_or_default();
    let sub_realm = |id: &SubRealmId| CustomerSubRealm::new(*id, "", enabled.contains(id));
    Customer::new(
        CustomerId(id),
        &request.name,
        Currency::new("", "", &request.currency_iso),
        Country::new(&request.country_iso, ""),
        request.realms.iter().map(realm).collect(),
        request.shown_sub_realms.iter().flatten().map(sub_realm).collect(),
    )
}

fn known(ids: &[u64]) -> Known {
    Known { customers: ids.iter().copied().map(CustomerId).collect(), alters: false }
}

fn settle(rows: &[OpenRow], known: &Known, list: &[Customer]) -> Vec<(RowId, Verdict)> {
    let is_new = |customer: &&Customer| !known.customers.contains(customer.id);
    let new = list.iter().filter(is_new).cloned().collect();
    let shown = Shown { ids: list.iter().map(|customer| customer.id).collect(), new, unreadable: Vec::new() };
    cloudlx_import::settle::settle(rows, known, &shown)
}

fn verdicts(rows: &[OpenRow], known: &Known, list: &[Customer]) -> Vec<Verdict> {
    settle(rows, known, list).into_iter().map(|(_, verdict)| verdict).collect()
}

fn created(customer: u64) -> Verdict {
    Verdict::Created { customer: CustomerId(customer), interchangeable: false }
}

fn ids(ids: &[u64]) -> Vec<CustomerId> {
    ids.iter().copied().map(CustomerId).collect()
}

#[test]
fn one_row() {
    let acme = request("Acme", &[1, 2], None);
    let one = [row(1, acme.clone(), UNKNOWN)];
    let made = |id| customer(id, &acme);
    let none = known(&[]);

    assert_eq!(verdicts(&one, &none, &[]), [Verdict::NotCreated]);
    assert_eq!(verdicts(&one, &none, &[made(7)]), [created(7)]);
    assert_eq!(verdicts(&one, &none, &[made(7), made(7)]), [created(7)], "one that stands twice is one");
    assert_eq!(verdicts(&one, &known(&[7]), &[made(7)]), [Verdict::NotCreated], "it was there before");
    let too_many = Undecidable::TooMany { customers: ids(&[7, 8]), rows: 1 };
    assert_eq!(verdicts(&one, &none, &[made(8), made(7)]), [Verdict::Uncertain(too_many)]);
}

#[test]
fn what_a_customer_has_to_show() {
    let acme = request("Acme", &[1, 2], None);
    let one = [row(1, acme.clone(), UNKNOWN)];
    let judged = |change: &dyn Fn(&mut Customer)| {
        let mut customer = customer(7, &acme);
        change(&mut customer);
        verdicts(&one, &known(&[]), &[customer]).remove(0)
    };
    let similar = Verdict::Uncertain(Undecidable::Similar { customer: CustomerId(7) });

    // The page's sample shows fewer realms than it asks for.
    assert_eq!(judged(&|it| drop(it.realms.remove(0))), created(7));
    assert_eq!(judged(&|it| it.realms.iter_mut().for_each(|realm| realm.id = None)), created(7));
    assert_eq!(judged(&|it| it.realms[0].id = Some(RealmId(9))), similar, "one that nobody asked for");
    assert_eq!(judged(&|it| it.sub_realms[0].has_access = true), similar);
    assert_eq!(judged(&|it| drop(it.sub_realms.pop())), similar);
    assert_eq!(judged(&|it| it.currency.iso_3 = "EUR".to_owned()), similar);
    assert_eq!(judged(&|it| it.country.iso_2 = "IE".to_owned()), similar);
    assert_eq!(judged(&|it| it.name = "ACME ".to_owned()), similar, "the server may write it so");
    assert_eq!(judged(&|it| it.name = "Acme 2".to_owned()), Verdict::NotCreated, "somebody else's");
}

/// What servers make of names, by escaping, recoding, cutting off.
#[test]
fn a_name_that_the_server_rewrote_is_never_taken_for_absent() {
    for (sent, stored) in [
        ("Smith & Sons", "Smith &amp; Sons"),
        ("O'Neil", "O&#039;Neil"),
        ("So\u{308}hne", "S\u{f6}hne"),
        ("Acme \u{1f680} Rockets", "Acme "),
        ("Stra\u{df}e", "STRASSE"),
        ("M\u{fc}ller", "M\u{c3}\u{bc}ller"),
        ("M\u{fc}ller", "M?ller"),
    ] {
        let asked = request(sent, &[1], None);
        let mut made = customer(7, &asked);
        stored.clone_into(&mut made.name);
        let judged = verdicts(&[row(1, asked, UNKNOWN)], &known(&[]), &[made]);
        let similar = Undecidable::Similar { customer: CustomerId(7) };
        assert_eq!(judged, [Verdict::Uncertain(similar)], "{sent} {stored}");
    }
}

#[test]
fn absence_that_proves_nothing() {
    let acme = request("Acme", &[1], None);
    let unknown = [row(1, acme.clone(), UNKNOWN)];
    let acted = [row(1, acme.clone(), ACTED)];
    assert_eq!(verdicts(&acted, &known(&[]), &[]), [Verdict::Uncertain(Undecidable::Acted)]);
    let alters = Known { alters: true, ..known(&[]) };
    assert_eq!(verdicts(&unknown, &alters, &[]), [Verdict::Uncertain(Undecidable::Alters)]);
    let incomplete = Verdict::NotYet(Wait::Incomplete { missing: 2 });
    // The next list may show all, and the row's customer: until then nothing else decides.
    for (rows, known) in [
        (&unknown, known(&[3, 4])),
        (&acted, known(&[3, 4])),
        (&unknown, Known { alters: true, ..known(&[3, 4]) }),
    ] {
        assert_eq!(verdicts(rows, &known, &[]), std::slice::from_ref(&incomplete));
    }
    // What is there is there all the same.
    let listed = [customer(7, &acme)];
    assert_eq!(verdicts(&acted, &Known { alters: true, ..known(&[3]) }, &listed), [created(7)]);
}

/// Verdicts by a list that shows besides a customer that cannot be read.
fn verdicts_beside(id: Option<u64>, rows: &[OpenRow], known: &Known, list: &[Customer]) -> Vec<Verdict> {
    let unreadable = vec![Unreadable { place: 3, id: id.map(CustomerId) }];
    let ids = list.iter().map(|customer| customer.id).chain(id.map(CustomerId)).collect();
    let shown = Shown { ids, new: list.to_vec(), unreadable };
    let verdicts = cloudlx_import::settle::settle(rows, known, &shown);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

#[test]
fn a_new_customer_that_cannot_be_read_is_somebody() {
    let acme = request("Acme", &[1], None);
    let unknown = |number| row(number, acme.clone(), UNKNOWN);
    let made = |id| customer(id, &acme);
    let somebody = |id: Option<u64>| {
        let unreadable = Unreadable { place: 3, id: id.map(CustomerId) };
        Verdict::Uncertain(Undecidable::Unreadable { unreadable })
    };
    for (id, before, is_new) in
        [(Some(9), known(&[]), true), (None, known(&[9]), true), (Some(9), known(&[9]), false)]
    {
        let absent = if is_new { somebody(id) } else { Verdict::NotCreated };
        let listed = if id.is_none() { vec![made(9)] } else { Vec::new() };
        assert_eq!(verdicts_beside(id, &[unknown(1)], &before, &listed)[0], absent, "{id:?}");
        let list = [listed.clone(), vec![made(7)]].concat();
        assert_eq!(
            verdicts_beside(id, &[unknown(1)], &before, &list),
            [created(7)],
            "what is there is there"
        );
        let rows = [unknown(1), unknown(2)];
        assert_eq!(verdicts_beside(id, &rows, &before, &list), [created(7), absent]);
    }
    let incomplete = Verdict::NotYet(Wait::Incomplete { missing: 1 });
    assert_eq!(
        verdicts_beside(Some(9), &[unknown(1)], &known(&[4]), &[]),
        [incomplete],
        "the next list says more"
    );
    assert_eq!(
        verdicts_beside(Some(9), &[unknown(1)], &known(&[9]), &[]),
        [Verdict::NotCreated],
        "it is not missing"
    );
}

#[test]
fn several_rows() {
    let acme = request("Acme", &[1], None);
    let other = request("Acme", &[1], Some("a@example.com"));
    let made = |id| customer(id, &acme);
    let none = known(&[]);

    let equal = [row(1, acme.clone(), UNKNOWN), row(2, acme.clone(), ACTED), row(3, acme.clone(), UNKNOWN)];
    assert_eq!(
        verdicts(&equal, &none, &[made(7), made(8)]),
        [created(8), created(7), Verdict::NotCreated],
        "which of equal rows makes no difference, but the server said of the second that it was made"
    );
    assert_eq!(verdicts(&equal, &none, &[made(7), made(8), made(9)]), [created(7), created(8), created(9)]);

    let unequal = [row(1, acme.clone(), UNKNOWN), row(2, other.clone(), UNKNOWN)];
    let either = |customer| Verdict::Created { customer: CustomerId(customer), interchangeable: true };
    assert_eq!(verdicts(&unequal, &none, &[made(7), made(8)]), [either(7), either(8)]);
    let too_few = Verdict::Uncertain(Undecidable::TooFew { customers: ids(&[7]), rows: 2 });
    assert_eq!(verdicts(&unequal, &none, &[made(7)]), [too_few.clone(), too_few]);
    let incomplete = Verdict::NotYet(Wait::Incomplete { missing: 1 });
    assert_eq!(
        verdicts(&unequal, &known(&[3]), &[made(7)]),
        [incomplete.clone(), incomplete],
        "the next list may show the second customer beside the one that is missing"
    );
    assert_eq!(verdicts(&unequal, &none, &[]), [Verdict::NotCreated, Verdict::NotCreated]);
}

#[test]
fn rows_that_realms_tell_apart() {
    let (one, two, both) = (request("A", &[1], None), request("A", &[2], None), request("A", &[1, 2], None));
    let rows = [row(1, one.clone(), UNKNOWN), row(2, two.clone(), UNKNOWN)];
    let none = known(&[]);
    assert_eq!(verdicts(&rows, &none, &[customer(7, &two)]), [Verdict::NotCreated, created(7)]);

    // The second customer is only the second row's, so the first is the first's, whatever the order.
    let rows = [row(1, both.clone(), UNKNOWN), row(2, one.clone(), UNKNOWN)];
    let list = [customer(7, &one), customer(8, &both)];
    let either = |customer| Verdict::Created { customer: CustomerId(customer), interchangeable: true };
    assert_eq!(verdicts(&rows, &none, &list), [either(8), either(7)]);

    // Both show the second realm, which only one row asks for.
    let list = [customer(7, &both), customer(8, &both), customer(9, &one)];
    let rows = [rows[0].clone(), rows[1].clone(), row(3, one, UNKNOWN)];
    let mixed = Verdict::Uncertain(Undecidable::Mixed { customers: ids(&[7, 8, 9]), rows: 3 });
    assert_eq!(verdicts(&rows, &none, &list), [mixed.clone(), mixed.clone(), mixed]);
}

#[test]
fn rows_that_are_being_sent_are_waited_for() {
    let acme = request("Acme", &[1], None);
    let rows = [row(1, acme.clone(), UNKNOWN), row(2, acme.clone(), Progress::Sending)];
    assert_eq!(
        settle(&rows, &known(&[]), &[customer(7, &acme)]),
        [(RowId(1), Verdict::NotYet(Wait::Sending))]
    );
    // Whatever the second does, the first has made nothing.
    let verdicts: HashMap<_, _> = settle(&rows, &known(&[]), &[]).into_iter().collect();
    assert_eq!(verdicts[&RowId(1)], Verdict::NotCreated);
}

#[test]
fn thousands_of_equal_rows_are_settled_at_once() {
    let acme = request("Acme", &[1], None);
    let rows: Vec<_> = (1..=5_000).map(|it| row(it, acme.clone(), UNKNOWN)).collect();
    let list: Vec<_> = (10_000..14_000).map(|id| customer(id, &acme)).collect();
    let verdicts = verdicts(&rows, &known(&[]), &list);
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::NotCreated).count(), 1_000);
}

#[test]
fn thousands_of_rows_are_settled_beside_thousands_of_other_customers() {
    let named = |name: &str, ids: std::ops::Range<u64>| {
        ids.map(|it| (it, request(&format!("{name} {it}"), &[1], None))).collect::<Vec<_>>()
    };
    let rows: Vec<_> =
        named("Acme", 0..10_000).into_iter().map(|(it, request)| row(it, request, UNKNOWN)).collect();
    let others = named("Zenith", 10_000..20_000).into_iter().map(|(id, request)| customer(id, &request));
    let shouted = (30_000, request("ACME 7777", &[1], None));
    let list: Vec<_> = others.chain([customer(shouted.0, &shouted.1)]).collect();
    for (index, verdict) in verdicts(&rows, &known(&[]), &list).into_iter().enumerate() {
        let similar = Undecidable::Similar { customer: CustomerId(30_000) };
        let expected = if index == 7777 { Verdict::Uncertain(similar) } else { Verdict::NotCreated };
        assert_eq!(verdict, expected, "{index}");
    }

    // Rows of one name are compared with one another only through a customer.
    let rows: Vec<_> = (0..10_000)
        .map(|it| row(it, request("Acme", &[1], Some(&format!("{it}@example.com"))), UNKNOWN))
        .collect();
    assert!(verdicts(&rows, &known(&[]), &[]).iter().all(|verdict| *verdict == Verdict::NotCreated));
}

/// A row of a made-up world: which of a few contents, and whether its send made a customer.
type Sent = (u8, bool);

fn content(kind: u8) -> CreateCustomer {
    match kind {
        0 => request("A", &[1], None),
        1 => request("A", &[1], Some("a@example.com")),
        2 => request("A", &[1, 2], None),
        3 => request("A", &[2], None),
        _ => request("B", &[1], None),
    }
}

proptest! {
    /// Whoever else creates what, a row is sent again only as often as sends have made nothing, and no customer is two
    /// rows'.
    #[test]
    fn at_most_once(
        sent in prop::collection::vec((0_u8..5, any::<bool>()), 0..8),
        foreign in prop::collection::vec(0_u8..5, 0..4),
        before in prop::collection::vec(0_u8..5, 0..3),
        hides_realm_1 in any::<bool>(),
    ) {
        let (rows, list, known, _) = world(&sent, &foreign, &before, hides_realm_1);
        let verdicts = settle(&rows, &known, &list);
        prop_assert_eq!(verdicts.len(), rows.len());

        let mut bound = HashSet::new();
        for (row, verdict) in &verdicts {
            if let Verdict::Created { customer, .. } = verdict {
                prop_assert!(!known.customers.contains(*customer), "{row}");
                prop_assert!(bound.insert(*customer), "{customer} is two rows'");
            }
        }
        // Among rows that are equal it makes no difference which is sent again.
        for kind in 0..5 {
            let of_kind: Vec<_> = (0..sent.len()).filter(|index| sent[*index].0 == kind).collect();
            let again = of_kind.iter().filter(|index| verdicts[**index].1 == Verdict::NotCreated).count();
            let made_nothing = of_kind.iter().filter(|index| !sent[**index].1).count();
            prop_assert!(again <= made_nothing, "{kind}: {again} > {made_nothing}");
        }
    }

    /// Where nobody else creates anything, what is settled is true, and what is uncertain could be otherwise: some of
    /// the rows that fit were made, some not, and they are not equal.
    #[test]
    fn exactly_once(sent in prop::collection::vec((0_u8..5, any::<bool>()), 0..8), hides_realm_1 in any::<bool>()) {
        let (rows, list, known, made) = world(&sent, &[], &[], hides_realm_1);
        let verdicts = settle(&rows, &known, &list);
        for (index, (_, verdict)) in verdicts.iter().enumerate() {
            let (kind, was_made) = sent[index];
            match verdict {
                Verdict::Created { customer, interchangeable } => {
                    let maker = made[customer];
                    prop_assert!(*interchangeable || sent[maker].0 == kind, "bound to another row's");
                    prop_assert!(was_made || sent.contains(&(kind, true)));
                }
                Verdict::NotCreated => {
                    prop_assert!(!was_made || sent.contains(&(kind, false)));
                }
                Verdict::Uncertain(_) => {
                    let named_alike = |it: &&Sent| content(it.0).name == content(kind).name;
                    prop_assert!(sent.iter().filter(named_alike).any(|it| it.1), "none was made");
                    prop_assert!(sent.iter().filter(named_alike).any(|it| !it.1), "all were made");
                    prop_assert!(sent.iter().filter(named_alike).any(|it| it.0 != kind), "all are equal");
                }
                Verdict::NotYet(_) => prop_assert!(false, "nothing is being sent, and the list is complete"),
            }
        }
    }
}

/// The rows of a made-up world, what its list shows, what is known, and which row made which customer.
fn world(
    sent: &[Sent],
    foreign: &[u8],
    before: &[u8],
    hides_realm_1: bool,
) -> (Vec<OpenRow>, Vec<Customer>, Known, HashMap<CustomerId, usize>) {
    let rows = (1..).zip(sent).map(|(number, (kind, _))| row(number, content(*kind), UNKNOWN)).collect();
    let was_before = before.iter().map(|kind| (*kind, None));
    let was_made = sent.iter().enumerate().filter(|(_, (_, made))| *made);
    let was_made = was_made.map(|(index, (kind, _))| (*kind, Some(index)));
    let all = was_before.chain(was_made).chain(foreign.iter().map(|kind| (*kind, None)));
    let mut list = Vec::new();
    let mut made = HashMap::new();
    for (id, (kind, row)) in (1..).zip(all) {
        let mut customer = customer(id, &content(kind));
        customer.realms.retain(|realm| !(hides_realm_1 && realm.id == Some(RealmId(1))));
        list.push(customer);
        made.extend(row.map(|row| (CustomerId(id), row)));
    }
    let known = Known { customers: (1..=before.len() as u64).map(CustomerId).collect(), alters: false };
    (rows, list, known, made)
}
