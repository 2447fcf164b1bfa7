//! The journal: what it is bound to, what it refuses, and what it says after a run that died. What any journal must do is
//! asked of each; the rest is of the one in a file.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

#[macro_use]
mod support;

use std::path::Path;
use std::sync::Arc;

use cloudlx_import::journal::State::{Created, Pending, Refused, Settled, Skipped, Uncertain, Unknown};
use cloudlx_import::journal::sqlite::SqliteJournal;
use cloudlx_import::journal::{
    Account, Claim, Completed, End, Journal, JournalError, ReadJournal, RowId, Settlement, State, Taken,
};
use cloudlx_import::settle::{Progress, Undecidable};
use cloudlx_import::{CheckOptions, Finding, Input, PrepareError, Prepared, check, prepare};
use cloudlx_model::{CreateCustomer, CustomerId};
use cloudlx_validate::Validated;

use self::support::{Folder, Place};

fn created(customer: u64) -> End {
    End::Created { customer: CustomerId(customer), altered: false }
}

fn unknown() -> End {
    End::Unknown { reason: "no answer".to_owned(), acted: false }
}

async fn claimed(journal: &impl Journal) -> (Claim, Validated<CreateCustomer>) {
    let round = journal.begin_round().await.unwrap();
    journal.claim(round).await.unwrap().unwrap()
}

async fn prepared(journal: &impl Journal, input: &Input) -> Result<Prepared, PrepareError> {
    prepare(journal, input, CheckOptions::default(), |_| {}).await
}

async fn a_journal_belongs_to_one_input_one_api_and_one_account<P: Place>() {
    let Some(place) = P::of_names(&["A"]).await else { return };
    let journal = place.open().await;
    assert!(matches!(prepared(&*journal, place.input()).await, Ok(Prepared::Loaded(_))));
    assert!(matches!(prepared(&*journal, place.input()).await, Ok(Prepared::Resumed)));
    journal.bind_api("https://a.example", None).await.unwrap();
    journal.bind_api("https://a.example", None).await.unwrap();

    let other = Folder::of_names(&["A", "B"]);
    let refused = prepared(&*journal, &other.input).await.unwrap_err().to_string();
    let bound = journal.bound().await.unwrap().unwrap();
    assert!(refused.contains(&bound.input), "{refused}");
    assert!(refused.contains(&other.input.hash().unwrap().to_string()), "{refused}");

    let (ours, theirs) = (Account::of_client("ours"), Account::of_client("theirs"));
    let refused = journal.bind_api("https://b.example", Some(&theirs)).await.unwrap_err();
    assert!(matches!(refused, JournalError::OtherApi { .. }), "{refused}");
    let bound = async || journal.bound().await.unwrap().unwrap().account;
    assert_eq!(bound().await, None, "what is refused binds nothing");

    // An access token says nothing of whose it is: neither before the account is known nor after.
    journal.bind_api("https://a.example", Some(&ours)).await.unwrap();
    journal.bind_api("https://a.example", None).await.unwrap();
    let refused = journal.bind_api("https://a.example", Some(&theirs)).await.unwrap_err();
    assert!(matches!(refused, JournalError::OtherAccount), "{refused}");
    assert_eq!(bound().await, Some(ours));
}

#[tokio::test]
async fn a_journal_is_used_by_one_at_a_time_and_looked_at_by_many() {
    let folder = Folder::of_names(&["A"]);
    let journal = folder.loaded().await;
    assert!(matches!(SqliteJournal::open(&folder.journal_path()), Err(JournalError::InUse { .. })));
    let reading = SqliteJournal::read(&folder.journal_path()).unwrap();
    assert_eq!(reading.counts().await.unwrap().pending, 1);
    let (claim, _) = claimed(&*journal).await;
    assert_eq!(reading.outcomes(None, 10).await.unwrap()[0].outcome, State::Sending);
    journal.complete(claim, created(7)).await.unwrap();
    drop(journal);
    drop(folder.reopened().unwrap());
    assert_eq!(reading.outcomes(None, 10).await.unwrap()[0].customer_id, Some(CustomerId(7)));
    assert!(reading.bound().await.unwrap().is_some());
}

async fn a_run_that_died_goes_on_from_every_state<P: Place>() {
    let Some(place) = P::of_names(&["A", "B", "C", "D", "E", "F", "G", "H"]).await else { return };
    let journal = place.loaded().await;
    let round = journal.begin_round().await.unwrap();
    let mut claims = Vec::new();
    for _ in 0..7 {
        claims.push(journal.claim(round).await.unwrap().unwrap().0);
    }
    let ends = [
        created(7),
        End::Refused { reason: "no".to_owned() },
        End::NotProcessed { reason: "later".to_owned() },
        unknown(),
        unknown(),
        unknown(),
    ];
    // The seventh is still being sent, the eighth was not begun.
    for (claim, end) in claims.into_iter().zip(ends) {
        journal.complete(claim, end).await.unwrap();
    }
    let settlements = vec![
        (RowId(5), Settlement::Created { customer: CustomerId(8), interchangeable: false }),
        (RowId(6), Settlement::Uncertain(Undecidable::Acted)),
    ];
    let look = journal.look().await.unwrap();
    assert!(journal.settle(&look, settlements, vec![CustomerId(1), CustomerId(8)]).await.unwrap());
    drop(journal);
    place.bury().await;

    let journal = place.loaded().await;
    assert!(journal.look().await.unwrap().quiet_for.is_some());
    let states: Vec<_> = folder_states(&*journal).await;
    assert_eq!(states, [Created, Refused, Pending, Unknown, Settled, Uncertain, Unknown, Pending]);
    let open: Vec<_> =
        journal.open_rows().await.unwrap().into_iter().map(|row| (row.row, row.progress)).collect();
    let not_acted = Progress::Unknown { acted: false };
    assert_eq!(open, [(RowId(4), not_acted), (RowId(7), not_acted)]);
    let mut known: Vec<_> = journal.known().await.unwrap().customers.into();
    known.sort_unstable();
    assert_eq!(known, [CustomerId(1), CustomerId(7), CustomerId(8)]);
    // What was not sent yet comes first.
    let round = journal.begin_round().await.unwrap();
    let (claim, request) = journal.claim(round).await.unwrap().unwrap();
    assert_eq!((claim.row(), claim.line(), request.name.as_str()), (RowId(8), 8, "H"));
    journal.complete(claim, End::NotProcessed { reason: "later".to_owned() }).await.unwrap();
    assert_eq!(journal.claim(round).await.unwrap().unwrap().0.row(), RowId(3));
    assert!(
        journal.claim(round).await.unwrap().is_none(),
        "nothing else is sent again, nor the same in one round"
    );
    let round = journal.begin_round().await.unwrap();
    assert_eq!(journal.claim(round).await.unwrap().unwrap().0.row(), RowId(8));
}

async fn folder_states(journal: &impl ReadJournal) -> Vec<State> {
    journal.outcomes(None, 100).await.unwrap().into_iter().map(|row| row.outcome).collect()
}

#[tokio::test]
async fn the_database_itself_refuses_other_steps() {
    let folder = Folder::of_names(&["A", "B", "C"]);
    let journal = folder.loaded().await;
    let (a, _) = claimed(&*journal).await;
    journal.complete(a, created(7)).await.unwrap();
    drop(journal);

    let database = rusqlite::Connection::open(folder.journal_path()).unwrap();
    for (step, said) in [
        ("UPDATE rows SET state = 'pending', customer = NULL WHERE row = 1", "cannot take this step"),
        ("UPDATE rows SET state = 'created', customer = 8 WHERE row = 2", "cannot take this step"),
        ("UPDATE rows SET state = 'unknown' WHERE row = 2", "cannot take this step"),
        ("UPDATE rows SET request = x'00' WHERE row = 2", "does not change"),
        ("UPDATE rows SET customer = 8 WHERE row = 2", "CHECK constraint"),
    ] {
        let refused = database.execute(step, []).unwrap_err().to_string();
        assert!(refused.contains(said), "{step}: {refused}");
    }
    // One customer is not two rows'.
    database.execute("UPDATE rows SET state = 'sending' WHERE row = 2", []).unwrap();
    let again = "UPDATE rows SET state = 'created', customer = 7 WHERE row = 2";
    let refused = database.execute(again, []).unwrap_err().to_string();
    assert!(refused.contains("UNIQUE constraint"), "{refused}");
}

async fn a_customer_is_not_two_rows<P: Place>() {
    let Some(place) = P::of_names(&["A", "B", "C"]).await else { return };
    let journal = place.loaded().await;
    let round = journal.begin_round().await.unwrap();
    let next = async || journal.claim(round).await.unwrap().unwrap().0;
    let (a, b, c) = (next().await, next().await, next().await);
    assert_eq!(journal.complete(a, created(7)).await.unwrap(), Completed::Kept);
    // What is asked for together is kept together, and one is not another's failure.
    let altered = End::Created { customer: CustomerId(7), altered: true };
    let (b, c) = tokio::join!(journal.complete(b, altered), journal.complete(c, created(8)));
    let taken = Taken { customer: CustomerId(7), other: RowId(1) };
    assert_eq!((b.unwrap(), c.unwrap()), (Completed::Taken(taken), Completed::Kept));
    assert_eq!(folder_states(&*journal).await, [Created, Unknown, Created]);
    // It is not as if nothing had come.
    let look = journal.look().await.unwrap();
    assert_eq!(look.open[0].progress, Progress::Unknown { acted: true });
    assert!(look.quiet_for.is_some() && journal.known().await.unwrap().alters);

    let uncertain = vec![(RowId(2), Settlement::Uncertain(Undecidable::Acted))];
    assert!(journal.settle(&look, uncertain, Vec::new()).await.unwrap());
    let reason = journal.outcomes(None, 10).await.unwrap()[1].reason.clone().unwrap();
    assert!(reason.ends_with("and tell those who run the API"), "{reason}");
}

async fn settling_is_of_unknown_rows_only<P: Place>() {
    let Some(place) = P::of_names(&["A", "B"]).await else { return };
    let journal = place.loaded().await;
    let (claim, _) = claimed(&*journal).await;
    journal.complete(claim, unknown()).await.unwrap();
    let look = journal.look().await.unwrap();
    let created = Settlement::Created { customer: CustomerId(7), interchangeable: false };
    let settled = journal
        .settle(&look, vec![(RowId(1), created), (RowId(2), Settlement::NotCreated)], Vec::new())
        .await;
    assert!(
        matches!(settled, Err(JournalError::Moved { row: RowId(2), expected: State::Unknown })),
        "{settled:?}"
    );
    assert_eq!(folder_states(&*journal).await, [State::Unknown, State::Pending], "all or nothing");
}

async fn what_is_known_is_from_before<P: Place>() {
    let Some(place) = P::of_names(&["A"]).await else { return };
    let journal = place.loaded().await;
    journal.know(vec![CustomerId(1), CustomerId(1), CustomerId(2)]).await.unwrap();
    let (claim, _) = claimed(&*journal).await;
    journal.know(vec![CustomerId(3)]).await.unwrap();
    journal.complete(claim, unknown()).await.unwrap();
    journal.know(vec![CustomerId(3)]).await.unwrap();
    let ids = [1, 2].map(CustomerId);
    assert_eq!(
        journal.known().await.unwrap().customers,
        ids.to_vec().into(),
        "a row may have made the third"
    );
}

async fn rows_that_do_not_pass_are_not_kept<P: Place>() {
    let Some(place) = P::of_names(&["A", "A"]).await else { return };
    let journal = place.open().await;
    let refused = prepared(&*journal, place.input()).await;
    assert!(matches!(refused, Ok(Prepared::Refused(checked)) if checked.equal == 1), "{refused:?}");
    assert_eq!(journal.bound().await.unwrap(), None);
    assert_eq!(journal.counts().await.unwrap().rows(), 0);
    drop(journal);
    assert_eq!(folder_states(&*place.loaded().await).await, [Pending, Pending], "it is as new");
}

/// Names of what is in a folder beside the input.
fn left(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.folder.path()).unwrap().map(Result::unwrap);
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("journal")).collect()
}

#[tokio::test]
async fn a_journal_that_was_made_in_vain_is_removed() {
    let folder = Folder::of_names(&["A", "A"]);
    let journal = SqliteJournal::open(&folder.journal_path()).unwrap();
    assert!(matches!(prepared(&journal, &folder.input).await, Ok(Prepared::Refused(_))));
    journal.discard().await.unwrap();
    assert_eq!(left(&folder), [""; 0]);
}

#[tokio::test]
async fn a_journal_that_was_there_or_holds_anything_is_never_removed() {
    // Made by somebody else, for this.
    let folder = Folder::of_names(&["A"]);
    std::fs::write(folder.journal_path(), "").unwrap();
    SqliteJournal::open(&folder.journal_path()).unwrap().discard().await.unwrap();
    assert!(folder.journal_path().exists());

    // Empty, of an earlier run.
    let folder = Folder::of_names(&["A"]);
    drop(folder.journal());
    for _ in 0..2 {
        Arc::into_inner(folder.journal()).unwrap().discard().await.unwrap();
        assert!(folder.journal_path().exists());
    }

    // This run's, with rows.
    let folder = Folder::of_names(&["A"]);
    let journal = SqliteJournal::open(&folder.journal_path()).unwrap();
    assert!(matches!(prepared(&journal, &folder.input).await, Ok(Prepared::Loaded(_))));
    journal.discard().await.unwrap();
    assert_eq!(folder_states(&*folder.journal()).await, [Pending]);
}

of_each_journal! {
    a_journal_belongs_to_one_input_one_api_and_one_account
    a_run_that_died_goes_on_from_every_state
    a_customer_is_not_two_rows
    settling_is_of_unknown_rows_only
    what_is_known_is_from_before
    rows_that_do_not_pass_are_not_kept
}

#[test]
fn what_is_no_journal() {
    let folder = Folder::with(
        "a.csv",
        "this is not a database, and longer than the head of one is, which has 100 bytes; so it is",
    );
    let path = |name: &str| folder.folder.path().join(name);
    assert!(matches!(SqliteJournal::open(&path("a.csv")), Err(JournalError::NoJournal { .. })));
    assert!(matches!(SqliteJournal::open(&path("no/such/folder")), Err(JournalError::Open { .. })));
    assert!(matches!(SqliteJournal::read(&path("nothing")), Err(JournalError::NotThere { .. })));
    let other = rusqlite::Connection::open(path("other")).unwrap();
    other.execute_batch("CREATE TABLE other (x)").unwrap();
    drop(other);
    assert!(matches!(SqliteJournal::open(&path("other")), Err(JournalError::NoJournal { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn a_journal_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::of_names(&["A"]);
    let _journal = folder.loaded().await;
    for entry in std::fs::read_dir(folder.folder.path()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with("journal") {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{name}");
        }
    }
}

const MIXED: &str = "name,currency_iso,country_iso,realms\n\
                     Acme,GBP,GB,1\n\
                     ,GB,GB,1;x\n\
                     Acme,GBP,GB,1\n\
                     Acme,GBP,GB\n\
                     Other,EUR,IE,2\n";

#[tokio::test]
async fn rows_that_do_not_pass_leave_nothing_behind() {
    let folder = Folder::with("customers.csv", MIXED);
    let journal = folder.journal();
    for options in [
        CheckOptions::default(),
        CheckOptions { skip_invalid: true, ..CheckOptions::default() },
        CheckOptions { allow_equal_rows: true, ..CheckOptions::default() },
    ] {
        let Ok(Prepared::Refused(checked)) = prepare(&*journal, &folder.input, options, |_| {}).await else {
            panic!("they do not pass")
        };
        assert_eq!((checked.rows, checked.invalid, checked.equal), (5, 2, 1));
        drop(journal.bound().await);
        let journal = SqliteJournal::read(&folder.journal_path()).unwrap();
        assert_eq!((journal.bound().await.unwrap(), journal.counts().await.unwrap().rows()), (None, 0));
    }
}

#[tokio::test]
async fn what_is_skipped_is_kept_with_its_reason() {
    let folder = Folder::with("customers.csv", MIXED);
    let journal = folder.loaded().await;
    let rows = journal.outcomes(None, 10).await.unwrap();
    let lines: Vec<_> = rows.iter().map(|row| (row.line, row.outcome)).collect();
    assert_eq!(lines, [(2, Pending), (3, Skipped), (4, Pending), (5, Skipped), (6, Pending)]);
    assert!(
        rows[1].reason.as_ref().unwrap().contains("column 4 (realms): expected a whole number"),
        "{rows:?}"
    );
}

#[test]
fn a_check_says_all_that_is_wrong_with_line_and_column() {
    let folder = Folder::with("customers.csv", MIXED);
    let mut found = Vec::new();
    let checked = check(&folder.input, |finding| match finding {
        Finding::Invalid { line, columns, violations, .. } => {
            found.extend(violations.iter().map(|violation| {
                let column = columns.and_then(|columns| columns.of(violation)).map(|column| column.number);
                format!("{line}:{column:?} {}", violation.rule)
            }));
        }
        other => found.push(other.to_string()),
    });
    assert_eq!(checked.unwrap().rows, 5);
    assert_eq!(
        found,
        [
            "3:Some(2) currency-format",
            "3:Some(4) wrong-type",
            "3:Some(1) missing-field",
            "line 5: expected 4 cells as in the header, found 3: put quotes around texts that hold the separator, and \
             write an empty cell where there is nothing to say",
            "line 4: the row equals the one on line 2: remove one of them",
        ]
    );
    assert!(
        check(&Input { path: Path::new("nothing.csv").to_owned(), ..folder.input.clone() }, |_| {}).is_err()
    );
}

#[cfg(unix)]
#[test]
fn a_journal_has_one_name() {
    let folder = tempfile::tempdir().unwrap();
    let [path, soft, hard] = ["journal", "soft", "hard"].map(|name| folder.path().join(name));
    let open = SqliteJournal::open(&path).unwrap();
    std::os::unix::fs::symlink(&path, &soft).unwrap();
    assert!(matches!(SqliteJournal::open(&soft), Err(JournalError::InUse { .. })));
    std::fs::hard_link(&path, &hard).unwrap();
    assert!(matches!(SqliteJournal::open(&hard), Err(JournalError::Linked { .. })));
    drop(open);
    assert!(matches!(SqliteJournal::open(&path), Err(JournalError::Linked { .. })));
}

#[test]
fn another_program_s_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other
        .execute_batch(
            "CREATE TABLE rows (state TEXT); INSERT INTO rows VALUES ('sending'); PRAGMA user_version = 1",
        )
        .unwrap();
    assert!(matches!(SqliteJournal::open(&path), Err(JournalError::NoJournal { .. })));
    let state: String = other.query_row("SELECT state FROM rows", (), |row| row.get(0)).unwrap();
    assert_eq!(state, "sending");
}

#[tokio::test]
async fn a_journal_of_another_version_is_left_alone() {
    let folder = Folder::of_names(&["A"]);
    drop(folder.loaded().await);
    let path = folder.journal_path();
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 1).unwrap();
    for refused in [folder.reopened().err(), SqliteJournal::read(&path).err()] {
        let refused = refused.unwrap();
        assert!(matches!(refused, JournalError::OtherFormat { found: 1, .. }), "{refused}");
        assert!(refused.to_string().contains("would be sent again"), "{refused}");
    }
}
