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
#[path = "../support/mod.rs"]
mod support;

mod file;

use std::path::Path;

use cloudlx_import::journal::State::{Created, Pending, Refused, Settled, Skipped, Uncertain, Unknown};
use cloudlx_import::journal::sqlite::SqliteJournal;
use cloudlx_import::journal::{
    Account, Claim, Completed, End, Journal, JournalError, ReadJournal, RowId, Said, Settlement, State, Taken,
};
use cloudlx_import::settle::{Progress, Undecidable};
use cloudlx_import::{CheckOptions, Finding, Input, PrepareError, Prepared, check, prepare};
use cloudlx_model::{CreateCustomer, CustomerId};
use cloudlx_validate::Validated;

use self::support::{Folder, Storage};

fn created(customer: u64) -> End {
    End::Created { customer: CustomerId(customer), altered: false }
}

fn unknown() -> End {
    End::Unknown { reason: "no answer".to_owned(), said: Said::Nothing }
}

async fn claimed(journal: &impl Journal) -> (Claim, Validated<CreateCustomer>) {
    let round = journal.begin_round().await.unwrap();
    journal.claim(round).await.unwrap().unwrap()
}

async fn prepared(journal: &impl Journal, input: &Input) -> Result<Prepared, PrepareError> {
    prepare(journal, input, CheckOptions::default(), |_| {}).await
}

async fn a_journal_belongs_to_one_input_one_api_and_one_account<S: Storage>() {
    let Some(storage) = S::with_names(&["A"]).await else { return };
    let journal = storage.open().await;
    assert!(matches!(prepared(&*journal, storage.input()).await, Ok(Prepared::Loaded(_))));
    assert!(matches!(prepared(&*journal, storage.input()).await, Ok(Prepared::Resumed)));
    journal.bind_api("https://a.example", None).await.unwrap();
    journal.bind_api("https://a.example", None).await.unwrap();

    let other = Folder::with_names(&["A", "B"]);
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

async fn a_run_that_died_goes_on_from_every_state<S: Storage>() {
    let Some(storage) = S::with_names(&["A", "B", "C", "D", "E", "F", "G", "H"]).await else { return };
    let journal = storage.loaded().await;
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
    storage.lapse_leases().await;

    let journal = storage.loaded().await;
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

async fn a_customer_is_not_two_rows<S: Storage>() {
    let Some(storage) = S::with_names(&["A", "B", "C"]).await else { return };
    let journal = storage.loaded().await;
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

async fn a_row_is_refused_for_good_once_it_was_refused_twice_in_a_row<S: Storage>() {
    let Some(storage) = S::with_names(&["A"]).await else { return };
    let journal = storage.loaded().await;
    let end = |said| End::Unknown { reason: "403".to_owned(), said };
    // A send that ended in another way begins the count anew; one that never left does not.
    for (end, refusals) in [
        (end(Said::Refused), 1),
        (end(Said::Nothing), 0),
        (end(Said::Refused), 1),
        (End::NotProcessed { reason: "not sent".to_owned() }, 1),
        (end(Said::Refused), 2),
    ] {
        let (claim, _) = claimed(&*journal).await;
        let is_unknown = matches!(end, End::Unknown { .. });
        journal.complete(claim, end).await.unwrap();
        if !is_unknown {
            continue;
        }
        let look = journal.look().await.unwrap();
        assert_eq!(look.open[0].refusals, refusals);
        let settlement = vec![(RowId(1), Settlement::Refused)];
        let refused = journal.settle(&look, settlement, Vec::new()).await;
        assert_eq!(refused.is_ok(), refusals == 2, "{refused:?}");
        if refusals < 2 {
            let again = vec![(RowId(1), Settlement::NotCreated)];
            assert!(journal.settle(&look, again, Vec::new()).await.unwrap());
        }
    }
    assert_eq!(folder_states(&*journal).await, [State::Refused]);
    let reason = journal.outcomes(None, 1).await.unwrap()[0].reason.clone().unwrap();
    assert!(reason.ends_with("refused again: 403"), "{reason}");
}

async fn settling_is_of_unknown_rows_only<S: Storage>() {
    let Some(storage) = S::with_names(&["A", "B"]).await else { return };
    let journal = storage.loaded().await;
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

async fn what_is_known_is_from_before<S: Storage>() {
    let Some(storage) = S::with_names(&["A"]).await else { return };
    let journal = storage.loaded().await;
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

async fn rows_that_do_not_pass_are_not_kept<S: Storage>() {
    let Some(storage) = S::with_names(&["A", "A"]).await else { return };
    let journal = storage.open().await;
    let refused = prepared(&*journal, storage.input()).await;
    assert!(matches!(refused, Ok(Prepared::Refused(checked)) if checked.equal == 1), "{refused:?}");
    assert_eq!(journal.bound().await.unwrap(), None);
    assert_eq!(journal.counts().await.unwrap().rows(), 0);
    drop(journal);
    assert_eq!(folder_states(&*storage.loaded().await).await, [Pending, Pending], "it is as new");
}

of_each_journal! {
    a_journal_belongs_to_one_input_one_api_and_one_account
    a_run_that_died_goes_on_from_every_state
    a_customer_is_not_two_rows
    a_row_is_refused_for_good_once_it_was_refused_twice_in_a_row
    settling_is_of_unknown_rows_only
    what_is_known_is_from_before
    rows_that_do_not_pass_are_not_kept
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
