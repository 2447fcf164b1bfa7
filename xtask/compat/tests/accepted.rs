//! Which changes an entry of `accepted-changes.toml` accepts.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod edits;

use serde_json::{Value, json};
use xtask_compat::{Accepted, Change, Report, Verdict, compare};

use edits::{GROUPS, REQUEST, base};

/// The entries that a report prints, each with a reason.
fn printed_entries(report: &Report) -> Accepted {
    let human = report.human();
    let lines = human.lines().filter(|line| {
        line.starts_with("[[accepted]]")
            || ["where = ", "what = ", "reason = "].iter().any(|it| line.starts_with(it))
    });
    let entries = lines.collect::<Vec<_>>().join("\n").replace("reason = \"\"", "reason = \"known\"");
    Accepted::parse(&entries).unwrap()
}

#[test]
fn the_entries_that_a_report_prints_accept_what_is_not_proved_and_nothing_else() {
    for (name, _, old, new) in GROUPS.iter().flat_map(|(group, ..)| edits::pairs(group)) {
        let report = compare(&old, &new, &Accepted::default()).unwrap();
        let is_broken = |it: &&Change| it.verdict == Verdict::Breaking;
        let proved = report.changes().iter().filter(is_broken).filter(|it| it.proved).count();
        let accepted = compare(&old, &new, &printed_entries(&report)).unwrap();
        assert_eq!(
            accepted.changes().iter().filter(is_broken).count(),
            proved,
            "{name}: {}",
            accepted.human()
        );
        assert!(accepted.remarks().is_empty(), "{name}: {:?}", accepted.remarks());
    }
}

/// A file, and where in it one value stands first and another later.
type Twice = (&'static str, &'static str, &'static str, fn() -> [Value; 2]);

const TWICE: &[Twice] = &[
    ("openapi.json", "/paths/~1api~1customers/post", "callbacks", || [json!({"a": {}}), json!({"b": {}})]),
    ("openapi.json", "/paths/~1api~1customers/post/requestBody", "encoding", || {
        [json!({"a": {}}), json!({"b": {}})]
    }),
    ("openapi.json", "", "openapi", || [json!("3.2.0"), json!("3.0.3")]),
    ("openapi.json", "/paths/~1api~1customers~1{id}/get/parameters/1", "style", || {
        [json!("pipeDelimited"), json!("deepObject")]
    }),
    ("rules.json", "/rules/0", "bad", || [json!("{"), json!("[")]),
    ("rules.json", "/rules/0", "path", || [json!(["/name", "/a"]), json!(["/name", "/b"])]),
    ("rules.json", "/rules/0", "level", || [json!("warning"), json!("error")]),
    ("customer.schema.json", "", "$schema", || [json!("urn:a"), json!("urn:b")]),
    ("customer.schema.json", "/properties/name", "madeUp", || [json!(1), json!(2)]),
    ("create-customer.request.schema.json", "/properties/email", "default", || [json!("a@a"), json!("b@b")]),
    ("create-customer.request.schema.json", "/$defs/RealmId", "format", || [json!("int32"), json!("int64")]),
    ("vectors/valid/minimal.json", "", "mode", || [json!("a"), json!("b")]),
];

#[test]
fn an_entry_does_not_accept_a_later_change_of_the_same_place() {
    for (file, pointer, name, values) in TWICE {
        let [first, later] = values().map(|value| {
            let mut new = base();
            let parent = new.files.get_mut(*file).unwrap().pointer_mut(pointer).unwrap();
            parent.as_object_mut().unwrap().insert((*name).to_owned(), value);
            new
        });
        let report = compare(&base(), &first, &Accepted::default()).unwrap();
        let entries = printed_entries(&report);
        let accepted = compare(&base(), &first, &entries).unwrap();
        assert_eq!(accepted.verdict(), Verdict::Compatible, "{file} {pointer} {name}: {}", accepted.human());
        let report = compare(&base(), &later, &entries).unwrap();
        assert_eq!(report.verdict(), Verdict::Breaking, "{file} {pointer} {name}: {}", report.human());
    }
}

#[test]
fn what_is_proved_to_break_cannot_be_accepted() {
    let (old, mut new) = (base(), base());
    new.files.get_mut(REQUEST).unwrap()["properties"]["name"]["maxLength"] = 10.into();
    let accepted = Accepted::parse(
        "[[accepted]]\nwhere = \"create-customer.request /name\"\nwhat = \"maxLength: 20 → 10\"\nreason = \"no\"",
    );
    assert_eq!(compare(&old, &new, &accepted.unwrap()).unwrap().verdict(), Verdict::Breaking);
}

#[test]
fn an_entry_says_why() {
    assert!(Accepted::parse("[[accepted]]\nwhere = \"a\"\nwhat = \"b\"\nreason = \" \"").is_err());
    assert!(Accepted::parse("[[accepted]]\nwhere = \"a\"\nwhat = \"b\"").is_err());
}
