//! A journal that several share: what each may do, and what becomes of those that are not heard of.
#![cfg(all(unix, feature = "postgres"))]
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;

use cloudlx_import::journal::postgres::{DEFAULT_LEASE, PostgresJournal, Times};
use cloudlx_import::journal::{
    Claim, Confirmed, End, Journal, JournalError, ReadJournal, RowId, Said, Settlement, State,
};
use cloudlx_import::{CheckOptions, Prepared, prepare};
use cloudlx_model::CustomerId;

use self::support::database::Database;
use self::support::{Folder, Storage};

fn created(customer: u64) -> End {
    End::Created { customer: CustomerId(customer), altered: false }
}

fn unknown(acted: bool) -> End {
    let said = if acted { Said::Done } else { Said::Nothing };
    End::Unknown { reason: "no answer".to_owned(), said }
}

fn not_processed() -> End {
    End::NotProcessed { reason: "later".to_owned() }
}

async fn claimed(journal: &PostgresJournal) -> Claim {
    let round = journal.begin_round().await.unwrap();
    journal.claim(round).await.unwrap().unwrap().0
}

async fn states(journal: &PostgresJournal) -> Vec<State> {
    journal.outcomes(None, 100).await.unwrap().into_iter().map(|row| row.outcome).collect()
}

#[tokio::test]
async fn those_that_begin_at_once_load_once() {
    let Some(database) = Database::with_names(&["A", "B", "C"]).await else { return };
    let (a, b, c) = tokio::join!(database.open(), database.open(), database.open());
    let load = |journal| {
        let input = database.input();
        async move { prepare(journal, input, CheckOptions::default(), |_| {}).await.unwrap() }
    };
    let (on_a, on_b, on_c) = tokio::join!(load(&*a), load(&*b), load(&*c));
    let all = [on_a, on_b, on_c];
    let loaded = all.iter().filter(|prepared| matches!(prepared, Prepared::Loaded(_))).count();
    let resumed = all.iter().filter(|prepared| matches!(prepared, Prepared::Resumed)).count();
    assert_eq!((loaded, resumed), (1, 2), "{all:?}");
    assert_eq!(a.counts().await.unwrap().pending, 3);
}

#[tokio::test]
async fn those_that_begin_at_once_with_other_files_are_refused() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    let (a, b) = tokio::join!(database.open(), database.open());
    let other = Folder::with_names(&["B"]);
    let options = CheckOptions::default();
    let (a, b) = tokio::join!(
        prepare(&*a, database.input(), options, |_| {}),
        prepare(&*b, &other.input, options, |_| {})
    );
    let refused = a.err().or(b.err()).unwrap().to_string();
    assert!(refused.starts_with("the journal belongs to another input"), "{refused}");
}

#[tokio::test]
async fn each_row_is_claimed_by_one() {
    let names: Vec<_> = (0..100).map(|number| format!("Customer {number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let Some(database) = Database::with_names(&names).await else { return };
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let journal = database.loaded().await;
        workers.spawn(async move {
            let round = journal.begin_round().await.unwrap();
            let mut claims = Vec::new();
            while let Some((claim, _)) = journal.claim(round).await.unwrap() {
                claims.push(claim.row());
            }
            claims
        });
    }
    let mut claims: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    claims.sort_unstable();
    assert_eq!(claims, (1..=100).map(RowId).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_is_not_heard_of_loses_the_row_to_nobody() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    let (journal, other) = (database.loaded().await, database.loaded().await);
    let claim = claimed(&journal).await;
    assert!(matches!(journal.confirm(&claim).await.unwrap(), Confirmed::Leased(lease) if lease.may_send()));
    assert_eq!(other.look().await.unwrap().quiet_for, None, "it has its time");

    database.lapse().await;
    assert!(matches!(journal.confirm(&claim).await.unwrap(), Confirmed::Lapsed), "overdue is overdue");
    let round = other.begin_round().await.unwrap();
    assert_eq!(other.claim(round).await.unwrap(), None);
    assert_eq!(other.look().await.unwrap().open.len(), 1);
    assert_eq!(states(&other).await, [State::Unknown], "it may have been sent");
    assert_eq!(other.claim(round).await.unwrap(), None);
    assert!(matches!(journal.confirm(&claim).await.unwrap(), Confirmed::Lapsed));
}

#[tokio::test]
async fn the_settle_time_begins_when_a_row_is_seen_to_be_overdue() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    let journal = database.loaded().await;
    let claim = claimed(&journal).await;
    // By the database's clock, it is overdue since long ago.
    let sql = "UPDATE rows SET lease_until = now() - interval '1 year'";
    database.sql().await.execute(sql, &[]).await.unwrap();
    let other = database.loaded().await;
    assert_eq!(other.look().await.unwrap().quiet_for, Some(Duration::ZERO));
    while other.look().await.unwrap().quiet_for == Some(Duration::ZERO) {}
    // An answer that was lost, if late, makes it begin anew.
    journal.complete(claim, unknown(true)).await.unwrap();
    assert_eq!(other.look().await.unwrap().quiet_for, Some(Duration::ZERO));
    let evidence = other.open_rows().await.unwrap()[0].progress;
    assert_eq!(evidence, cloudlx_import::settle::Progress::Unknown { acted: true });
}

#[tokio::test]
async fn an_answer_that_is_overdue_is_taken_while_nobody_has_settled_its_row() {
    let Some(database) = Database::with_names(&["A", "B", "C", "D", "E"]).await else { return };
    let (journal, other) = (database.loaded().await, database.loaded().await);
    let round = journal.begin_round().await.unwrap();
    let mut claims = Vec::new();
    while let Some((claim, _)) = journal.claim(round).await.unwrap() {
        claims.push(claim);
    }
    database.lapse().await;
    let mut claims = claims.into_iter();
    let mut next = || claims.next().unwrap();
    let before = other.look().await.unwrap();
    assert_eq!(before.open.len(), 5);
    journal.complete(next(), created(7)).await.unwrap();
    journal.complete(next(), End::Refused { reason: "no".to_owned() }).await.unwrap();
    journal.complete(next(), not_processed()).await.unwrap();
    assert_eq!(
        states(&other).await,
        [State::Settled, State::Pending, State::Pending, State::Unknown, State::Unknown]
    );

    // Verdicts from before that are not kept.
    let settlements = || vec![(RowId(4), Settlement::NotCreated), (RowId(5), created_by_the_list(8))];
    assert!(!other.settle(&before, settlements(), Vec::new()).await.unwrap());
    let look = other.look().await.unwrap();
    let same_look = other.look().await.unwrap();
    assert!(other.settle(&look, settlements(), Vec::new()).await.unwrap());
    assert!(!other.settle(&same_look, settlements(), Vec::new()).await.unwrap(), "one settles at a time");

    // What was settled stays; and what speaks against it is said.
    let late = journal.complete(next(), created(9)).await.unwrap_err();
    assert!(matches!(late, JournalError::Late { row: RowId(4), customer: CustomerId(9) }), "{late}");
    journal.complete(next(), created(8)).await.unwrap();
    assert_eq!(states(&other).await[3..], [State::Pending, State::Settled]);
}

fn created_by_the_list(customer: u64) -> Settlement {
    Settlement::Created { customer: CustomerId(customer), interchangeable: false }
}

#[tokio::test]
async fn a_claim_from_before_is_not_the_one_of_now() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    let (journal, other) = (database.loaded().await, database.loaded().await);
    let old = claimed(&journal).await;
    database.lapse().await;
    let look = other.look().await.unwrap();
    assert!(other.settle(&look, vec![(RowId(1), Settlement::NotCreated)], Vec::new()).await.unwrap());
    let new = claimed(&journal).await;
    assert!(matches!(journal.confirm(&old).await.unwrap(), Confirmed::Lapsed));
    journal.complete(old, not_processed()).await.unwrap();
    assert_eq!(states(&journal).await, [State::Sending], "the same worker sends it, by another claim");
    assert!(matches!(journal.confirm(&new).await.unwrap(), Confirmed::Leased(_)));
    journal.complete(new, created(7)).await.unwrap();
}

#[tokio::test]
async fn a_journal_that_was_made_in_vain_is_removed_unless_others_use_it() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    let open = async || Arc::into_inner(database.open().await).unwrap();
    let is_there = async || PostgresJournal::read(&database.address()).await.is_ok();
    open().await.discard().await.unwrap();
    assert!(!is_there().await);

    let (made, joined) = (open().await, open().await);
    made.discard().await.unwrap();
    assert!(is_there().await, "another is about to use it");
    joined.discard().await.unwrap();
    assert!(is_there().await, "it was there before");
}

#[tokio::test]
async fn a_verdict_is_made_anew_where_an_answer_names_its_customer() {
    let Some(database) = Database::with_names(&["A", "B"]).await else { return };
    let journal = database.loaded().await;
    let a = claimed(&journal).await;
    journal.complete(a, unknown(false)).await.unwrap();
    let b = claimed(&journal).await;
    let look = journal.look().await.unwrap();
    journal.complete(b, created(7)).await.unwrap();
    let shown = Settlement::Created { customer: CustomerId(7), interchangeable: false };
    assert!(!journal.settle(&look, vec![(RowId(1), shown)], Vec::new()).await.unwrap());
    assert_eq!(states(&journal).await, [State::Unknown, State::Created]);
    assert!(journal.settle(&look, vec![(RowId(1), Settlement::NotCreated)], Vec::new()).await.unwrap());
}

#[tokio::test]
async fn the_database_itself_refuses_other_steps() {
    let Some(database) = Database::with_names(&["A", "B", "C"]).await else { return };
    let journal = database.loaded().await;
    let a = claimed(&journal).await;
    journal.complete(a, created(7)).await.unwrap();
    let sql = database.sql().await;
    for (step, said) in [
        ("UPDATE rows SET state = 'pending', customer = NULL WHERE number = 1", "nor what came of it"),
        ("UPDATE rows SET state = 'unknown' WHERE number = 1", "cannot take this step"),
        ("UPDATE rows SET state = 'created', customer = 8 WHERE number = 2", "cannot take this step"),
        ("UPDATE rows SET state = 'unknown' WHERE number = 2", "cannot take this step"),
        ("UPDATE rows SET state = 'sending', lease_until = now() WHERE number = 2", "cannot take this step"),
        ("UPDATE rows SET state = 'sending', version = version + 1 WHERE number = 2", "check constraint"),
        ("UPDATE rows SET request = '\\x00' WHERE number = 2", "does not change"),
        ("UPDATE rows SET customer = 8 WHERE number = 1", "nor what came of it"),
        ("UPDATE rows SET customer = 8 WHERE number = 2", "check constraint"),
    ] {
        let error = sql.execute(step, &[]).await.unwrap_err();
        let refused = error.as_db_error().unwrap().message();
        assert!(refused.contains(said), "{step}: {refused}");
    }
    // One customer is not two rows'.
    claimed(&journal).await;
    let again = "UPDATE rows SET state = 'created', customer = 7, lease_until = NULL WHERE number = 2";
    let error = sql.execute(again, &[]).await.unwrap_err();
    assert!(error.as_db_error().unwrap().message().contains("unique constraint"), "{error:?}");
}

#[tokio::test]
async fn who_only_looks_changes_nothing() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    let none = PostgresJournal::read(&database.address()).await.unwrap_err();
    assert!(matches!(none, JournalError::NotInDatabase { .. }), "{none}");
    assert!(none.to_string().ends_with(": check the address, or begin an import, which makes one"), "{none}");
    let journal = database.loaded().await;
    let claim = claimed(&journal).await;
    database.lapse().await;
    let reading = PostgresJournal::read(&database.address()).await.unwrap();
    assert_eq!(reading.counts().await.unwrap().sending, 1);
    assert!(reading.bound().await.unwrap().is_some());
    assert_eq!(reading.outcomes(None, 10).await.unwrap()[0].outcome, State::Sending);
    drop((claim, journal));
}

#[tokio::test]
async fn what_is_no_journal() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    database.sql().await.batch_execute("CREATE SCHEMA cloudlx_import").await.unwrap();
    let refused = PostgresJournal::open(&database.address(), database.times).await.unwrap_err();
    assert!(matches!(refused, JournalError::NoJournal { .. }), "{refused}");
    let nowhere = database.address.replace("/journal", "/nothing");
    let address = cloudlx_import::journal::postgres::Address::new(&nowhere, Some("s3cret")).unwrap();
    let refused = PostgresJournal::open(&address, database.times).await.unwrap_err();
    assert!(matches!(refused, JournalError::Connect { .. }), "{refused}");
    assert!(refused.to_string().contains("does not exist"), "{refused}");
    assert!(!format!("{refused:?} {address:?}").contains("s3cret"));
}

#[tokio::test]
async fn all_who_share_an_import_have_the_same_times() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    let address = database.address();
    let longer = Times { settle_time: Duration::from_secs(5), ..database.times };
    let (first, same) = (database.open().await, database.open().await);
    for other in [longer, Times { lease: Duration::from_secs(90), ..database.times }] {
        let refused = PostgresJournal::open(&address, other).await.unwrap_err();
        assert!(
            matches!(refused, JournalError::OtherTimes { settle: Duration::ZERO, lease: DEFAULT_LEASE }),
            "{refused}"
        );
    }
    drop(first);
    assert!(PostgresJournal::open(&address, longer).await.is_err(), "the other one is still there");
    drop(same);
    // The server hears a moment later that nobody is there any more.
    database.lapse_leases().await;
    let journal = PostgresJournal::open(&address, longer).await.unwrap();
    let refused = PostgresJournal::open(&address, database.times).await.unwrap_err();
    assert!(matches!(refused, JournalError::OtherTimes { .. }), "{refused}");
    drop(journal);
}

#[tokio::test]
async fn a_journal_of_another_version_is_left_alone() {
    let Some(database) = Database::with_names(&["A"]).await else { return };
    drop(database.loaded().await);
    database.sql().await.execute("UPDATE format SET format = 1", &[]).await.unwrap();
    let refused = PostgresJournal::open(&database.address(), database.times).await.unwrap_err();
    assert!(matches!(refused, JournalError::OtherFormat { found: 1, .. }), "{refused}");
    let refused = PostgresJournal::read(&database.address()).await.unwrap_err();
    assert!(matches!(refused, JournalError::OtherFormat { found: 1, .. }), "{refused}");
}
