//! Tests that each broken promise is found, and nothing else is reported as one.

use super::*;

/// `name` or `name/hidden`: what is hidden is in no answer.
fn content(text: &str) -> Content {
    let name = text.split('/').next().unwrap_or_default().to_owned();
    Content { sent: text.to_owned(), shown: name.clone(), name }
}

fn customer(id: u64, asked_for: &str) -> Customer {
    let asked_for = content(asked_for);
    Customer { id, shown: asked_for.shown.clone(), name: asked_for.name.clone(), asked_for }
}

fn renamed(id: u64, asked_for: &str, name: &str) -> Customer {
    Customer { shown: name.to_owned(), name: name.to_owned(), ..customer(id, asked_for) }
}

fn reported(line: usize, outcome: &str, customer_id: Option<u64>) -> Reported {
    Reported { line, outcome: outcome.to_owned(), customer_id, reason: String::new() }
}

fn uncertain(line: usize, reason: &str) -> Reported {
    Reported { reason: reason.to_owned(), ..reported(line, "uncertain", None) }
}

/// How many duplicates, holes, lies, decidable and uncertain rows there are.
fn found(
    nature: Nature,
    rows: &[&str],
    reported: &[Reported],
    customers: &[Customer],
    foreign: &[&str],
) -> [usize; 5] {
    let contents = |texts: &[&str]| texts.iter().map(|text| content(text)).collect();
    let expected = Expected { rows: contents(rows), first_line: 1, foreign: contents(foreign), nature };
    let found = check(&expected, reported, customers);
    [
        found.duplicates.len(),
        found.holes.len(),
        found.contradictions.len(),
        found.decidable.len(),
        found.uncertain.len(),
    ]
}

fn plain(rows: &[&str], reported: &[Reported], customers: &[Customer]) -> [usize; 5] {
    found(Nature::Plain, rows, reported, customers, &[])
}

#[test]
fn what_is_as_reported_is_kept() {
    let created = [reported(1, "created", Some(7)), reported(2, "settled", Some(8))];
    assert_eq!(plain(&["a", "b"], &created, &[customer(7, "a"), customer(8, "b")]), [0; 5]);
    assert_eq!(plain(&["a", "a"], &created, &[customer(7, "a"), customer(8, "a")]), [0; 5]);
    // Somebody else's are nobody's duplicates.
    let there = [customer(7, "a"), customer(8, "b"), customer(9, "c"), customer(10, "b")];
    assert_eq!(found(Nature::Foreign, &["a", "b"], &created, &there, &["b", "c"]), [0; 5]);
}

#[test]
fn every_broken_promise_is_seen() {
    let both = [reported(1, "created", Some(7)), reported(2, "created", Some(8))];
    let (a, b) = (customer(7, "a"), customer(8, "b"));
    // A customer too many: a duplicate, and one that the report does not have.
    for more in ["b", "c"] {
        assert_eq!(plain(&["a", "b"], &both, &[a.clone(), b.clone(), customer(9, more)]), [1, 0, 1, 0, 0]);
    }
    // One too few, however it is reported.
    assert_eq!(plain(&["a", "b"], &both, std::slice::from_ref(&a)), [0, 1, 0, 0, 0]);
    for outcome in ["pending", "sending", "unknown", "refused", "skipped", "created"] {
        let row = [both[0].clone(), reported(2, outcome, None)];
        assert_eq!(plain(&["a", "b"], &row, std::slice::from_ref(&a)), [0, 1, 0, 0, 0], "{outcome}");
    }
    assert_eq!(plain(&["a", "b"], &both[..1], std::slice::from_ref(&a)), [0, 1, 0, 0, 0]);
    // The wrong one, or one for two.
    assert_eq!(plain(&["a", "b"], &both, &[customer(7, "b"), customer(8, "a")]), [0, 2, 0, 0, 0]);
    let one = [reported(1, "created", Some(7)), reported(2, "created", Some(7))];
    assert_eq!(plain(&["a", "a"], &one, std::slice::from_ref(&a)), [0, 0, 1, 0, 0]);
    let twice = [both.as_slice(), &both[..1]].concat();
    assert_eq!(plain(&["a", "b"], &twice, &[a, b]), [0, 0, 1, 0, 0]);
}

#[test]
fn what_no_answer_shows_is_compared_too() {
    let created = [reported(1, "created", Some(7))];
    // Made with another e-mail address: too many of that, and none of the row's.
    assert_eq!(plain(&["a/x"], &created, &[customer(7, "a/y")]), [1, 1, 0, 0, 0]);
    // Two rows that differ in it may have each other's id, if the report says so.
    let swapped = |reason: &str| {
        let row = |line, id| Reported { reason: reason.to_owned(), ..reported(line, "settled", Some(id)) };
        plain(&["a/x", "a/y"], &[row(1, 7), row(2, 8)], &[customer(7, "a/y"), customer(8, "a/x")])
    };
    assert_eq!(swapped(""), [0, 2, 0, 0, 0]);
    assert_eq!(swapped("its id and that of another row with the same name may be interchanged"), [0; 5]);
}

#[test]
fn what_is_kept_is_what_was_asked_for_unless_the_world_renames() {
    let created = [reported(1, "created", Some(7))];
    let there = [renamed(7, "a", "A")];
    assert_eq!(plain(&["a"], &created, &there), [0, 0, 1, 0, 0]);
    assert_eq!(found(Nature::Renames, &["a"], &created, &there, &[]), [0; 5]);
    let other = Customer { shown: "EUR".to_owned(), ..customer(7, "a") };
    assert_eq!(found(Nature::Renames, &["a"], &created, &[other], &[]), [0, 0, 1, 0, 0]);
}

#[test]
fn uncertain_is_right_only_where_nothing_decides() {
    let others = "2 new customers fit where 1 may have been made, so somebody else creates the same: 7, 8";
    let hidden = "1 of 2 rows were created that differ in what the list does not show: 7";
    let acted =
        "the server answered with a success that could not be read, and the list shows no such customer";
    let similar =
        "the new customer 7 is not what the row asks for, and nearly is: the server may have made it";
    let alters = "the server answered other rows with other content than was sent, so that no list can prove";
    let lacks = "the list lacks 3 customers that are known to exist, so that no absence proves anything";
    let unreadable = "the new customer in place 7 of the list (id 9) cannot be read: the server may have made it of the row";
    let [right, wrong] = [[0, 0, 0, 0, 1], [0, 0, 0, 1, 1]];
    let of = |nature, reason, there: &[Customer], foreign: &[&str]| {
        found(nature, &["a"], &[uncertain(1, reason)], there, foreign)
    };
    let a = || customer(7, "a");
    for there in [&[][..], &[a()], &[a(), customer(8, "a")]] {
        assert_eq!(of(Nature::Foreign, others, there, &["a"]), right);
    }
    assert_eq!(of(Nature::Plain, others, &[a()], &[]), wrong);
    assert_eq!(of(Nature::Acts, acted, &[], &[]), right);
    assert_eq!(of(Nature::Acts, acted, &[a()], &[]), wrong);
    assert_eq!(of(Nature::Plain, acted, &[], &[]), wrong);
    assert_eq!(of(Nature::LeavesOut, acted, &[a()], &[]), right);
    assert_eq!(of(Nature::Renames, similar, &[renamed(7, "a", "A")], &[]), right);
    assert_eq!(of(Nature::Renames, similar, &[a()], &[]), wrong);
    assert_eq!(of(Nature::Plain, similar, &[], &[]), wrong);
    assert_eq!(of(Nature::Foreign, similar, &[a()], &["a"]), right);
    assert_eq!(of(Nature::Foreign, similar, &[customer(7, "b")], &["b"]), wrong);
    assert_eq!(of(Nature::Alters, alters, &[], &[]), right);
    assert_eq!(of(Nature::Alters, alters, &[renamed(7, "a", "Server's")], &[]), right);
    assert_eq!(of(Nature::Alters, alters, &[a()], &[]), wrong);
    assert_eq!(of(Nature::Plain, alters, &[], &[]), wrong);
    assert_eq!(of(Nature::LeavesOut, lacks, &[a()], &[]), right);
    assert_eq!(of(Nature::Hides, lacks, &[a()], &[]), right);
    assert_eq!(of(Nature::Hides, similar, &[renamed(7, "a", "A")], &[]), right);
    assert_eq!(of(Nature::Hides, similar, &[a()], &[]), wrong);
    assert_eq!(of(Nature::Plain, lacks, &[a()], &[]), wrong);
    assert_eq!(of(Nature::LeavesOut, unreadable, &[a()], &[]), right);
    assert_eq!(of(Nature::Plain, unreadable, &[a()], &[]), wrong);
    assert_eq!(of(Nature::Plain, "some other reason", &[a()], &[]), wrong);
    let two = |nature, rows: &[&str], there: &[Customer]| {
        found(nature, rows, &[uncertain(1, hidden), uncertain(2, hidden)], there, &[])
    };
    let (x, y) = (customer(7, "a/x"), customer(8, "a/y"));
    assert_eq!(two(Nature::Plain, &["a/x", "a/y"], std::slice::from_ref(&x)), [0, 0, 0, 0, 2]);
    assert_eq!(two(Nature::Plain, &["a/x", "a/x"], std::slice::from_ref(&x)), [0, 0, 0, 2, 2]);
    // The list says which where none was created, or each.
    for there in [&[][..], &[x, y]] {
        assert_eq!(two(Nature::Plain, &["a/x", "a/y"], there), [0, 0, 0, 2, 2]);
        assert_eq!(two(Nature::LeavesOut, &["a/x", "a/y"], there), [0, 0, 0, 0, 2]);
    }
    // A duplicate is one, whoever may be excused.
    let there = [a(), customer(8, "a"), customer(9, "a")];
    assert_eq!(of(Nature::Foreign, others, &there, &["a"]), [1, 0, 1, 0, 1]);
}

#[test]
fn a_customer_of_somebody_else_that_shows_the_same_may_be_taken_for_the_rows() {
    let settled = [reported(1, "settled", Some(7))];
    let there = [customer(7, "a/theirs")];
    assert_eq!(found(Nature::Foreign, &["a/x"], &settled, &there, &["a/theirs"]), [0; 5]);
    assert_eq!(found(Nature::Foreign, &["a/x"], &settled, &there, &["a/other"]), [1, 1, 0, 0, 0]);
    assert_eq!(found(Nature::Foreign, &["b"], &settled, &there, &["a/theirs"])[1], 1);
}

#[test]
fn a_row_that_was_refused_has_made_nothing() {
    let refused = |reason: &str| Reported { reason: reason.to_owned(), ..reported(2, "refused", None) };
    let by_a_rule = refused("the server answered 422: refused before it was processed");
    let by_a_filter = refused("the server answered 403 Forbidden: said in between");
    let with = |second: &Reported| [reported(1, "created", Some(7)), second.clone()];
    let (a, b) = (customer(7, "a"), customer(8, "b"));
    assert_eq!(plain(&["a", "b"], &with(&by_a_rule), std::slice::from_ref(&a)), [0; 5]);
    assert_eq!(plain(&["a", "a"], &with(&by_a_rule), std::slice::from_ref(&a)), [0; 5]);
    // It made something all the same, or the one before it twice.
    assert_eq!(plain(&["a", "b"], &with(&by_a_rule), &[a.clone(), b]), [1, 0, 1, 0, 0]);
    assert_eq!(plain(&["a", "a"], &with(&by_a_rule), &[a.clone(), customer(8, "a")]), [1, 0, 1, 0, 0]);
    // What proves nothing refuses nothing.
    assert_eq!(plain(&["a", "b"], &with(&by_a_filter), &[a]), [0, 1, 0, 0, 0]);
}
