//! The journal in a file: whose it is, what is none, and when it is removed.

use std::sync::Arc;

use cloudlx_import::Prepared;
use cloudlx_import::journal::State::Pending;
use cloudlx_import::journal::sqlite::SqliteJournal;
use cloudlx_import::journal::{Journal, JournalError, ReadJournal, State};
use cloudlx_model::CustomerId;

use crate::support::{Folder, Storage};
use crate::{claimed, created, folder_states, prepared};

#[tokio::test]
async fn a_journal_is_used_by_one_at_a_time_and_looked_at_by_many() {
    let folder = Folder::with_names(&["A"]);
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

#[tokio::test]
async fn the_database_itself_refuses_other_steps() {
    let folder = Folder::with_names(&["A", "B", "C"]);
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

/// Names of what is in a folder beside the input.
fn left(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.folder.path()).unwrap().map(Result::unwrap);
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("journal")).collect()
}

#[tokio::test]
async fn a_journal_that_was_made_in_vain_is_removed() {
    let folder = Folder::with_names(&["A", "A"]);
    let journal = SqliteJournal::open(&folder.journal_path()).unwrap();
    assert!(matches!(prepared(&journal, &folder.input).await, Ok(Prepared::Refused(_))));
    journal.discard().await.unwrap();
    assert_eq!(left(&folder), [""; 0]);
}

#[tokio::test]
async fn a_journal_that_was_there_or_holds_anything_is_never_removed() {
    // Made by somebody else, for this.
    let folder = Folder::with_names(&["A"]);
    std::fs::write(folder.journal_path(), "").unwrap();
    SqliteJournal::open(&folder.journal_path()).unwrap().discard().await.unwrap();
    assert!(folder.journal_path().exists());

    // Empty, of an earlier run.
    let folder = Folder::with_names(&["A"]);
    drop(folder.journal());
    for _ in 0..2 {
        Arc::into_inner(folder.journal()).unwrap().discard().await.unwrap();
        assert!(folder.journal_path().exists());
    }

    // This run's, with rows.
    let folder = Folder::with_names(&["A"]);
    let journal = SqliteJournal::open(&folder.journal_path()).unwrap();
    assert!(matches!(prepared(&journal, &folder.input).await, Ok(Prepared::Loaded(_))));
    journal.discard().await.unwrap();
    assert_eq!(folder_states(&*folder.journal()).await, [Pending]);
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
    let none = SqliteJournal::read(&path("nothing")).unwrap_err();
    assert!(matches!(none, JournalError::NotThere { .. }), "{none}");
    assert!(none.to_string().ends_with(": check the path, or begin an import, which makes one"), "{none}");
    let other = rusqlite::Connection::open(path("other")).unwrap();
    other.execute_batch("CREATE TABLE other (x)").unwrap();
    drop(other);
    assert!(matches!(SqliteJournal::open(&path("other")), Err(JournalError::NoJournal { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn a_journal_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = Folder::with_names(&["A"]);
    let _journal = folder.loaded().await;
    for entry in std::fs::read_dir(folder.folder.path()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with("journal") {
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{name}");
        }
    }
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
    let folder = Folder::with_names(&["A"]);
    drop(folder.loaded().await);
    let path = folder.journal_path();
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 1).unwrap();
    for refused in [folder.reopened().err(), SqliteJournal::read(&path).err()] {
        let refused = refused.unwrap();
        assert!(matches!(refused, JournalError::OtherFormat { found: 1, .. }), "{refused}");
        assert!(refused.to_string().contains("would be sent again"), "{refused}");
    }
}
