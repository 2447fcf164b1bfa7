//! State that outlives the stub.

use std::path::PathBuf;
use std::time::Duration;

use cloudlx_model::Customer;
use cloudlx_server_stub::faults::{After, LateCommit, Lost, NameForm, RequestFault};
use cloudlx_server_stub::{StartError, StateError, Stub};
use rusqlite::Connection;

use crate::support::{Ask, SAMPLE, token};

/// A path where there is nothing yet.
fn new_file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.state"));
    for end in ["", "-wal", "-shm", "-lock"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
    path
}

async fn start(path: &PathBuf) -> Stub {
    Stub::builder().state_file(path).start().await.unwrap()
}

async fn create(stub: &Stub) -> Customer {
    Ask::create(&token(stub).await, SAMPLE).to(stub).await.read()
}

#[tokio::test]
async fn customers_are_there_after_a_restart_and_ids_go_on() {
    let path = new_file("restart");
    let stub = start(&path).await;
    assert_eq!(create(&stub).await.id.0, 6918);
    let before = stub.customers();
    drop(stub);

    let stub = start(&path).await;
    assert_eq!(stub.customers(), before);
    assert_eq!(create(&stub).await.id.0, 6919);
    let details = Ask::get("/api/customers/6918", &token(&stub).await).to(&stub).await;
    assert_eq!(details.read::<Customer>(), before[0]);
}

#[tokio::test]
async fn a_customer_is_in_the_file_when_its_answer_comes() {
    let path = new_file("read-meanwhile");
    let stub = start(&path).await;
    let reader = Connection::open(&path).unwrap();
    for count in 1..=3 {
        let id = create(&stub).await.id.0;
        let newest: (i64, i64, String) = reader
            .query_row("SELECT count(*), max(id), customer FROM customers", (), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        assert_eq!((newest.0, u64::try_from(newest.1).unwrap()), (count, id));
        assert_eq!(serde_json::from_str::<Customer>(&newest.2).unwrap().id.0, id);
    }
}

#[tokio::test]
async fn the_request_is_kept_as_it_was_received() {
    let path = new_file("requests");
    let stub = start(&path).await;
    let body = r#"{ "name": "Söhne",  "email":"a@example.com", "currency_iso": "GBP", "country_iso": "GB", "realms": [1] }"#;
    Ask::create(&token(&stub).await, body).to(&stub).await;
    let shout = After::rename(NameForm::UpperCased);
    stub.faults().arm(RequestFault::any(shout)).unwrap();
    let reply = Ask::create(&token(&stub).await, body).to(&stub).await;
    assert_eq!(reply.read::<Customer>().name, "SÖHNE");
    drop(stub);

    // What is kept of the customer is its other name, and of the request the one that was sent.
    assert_eq!(start(&path).await.customers()[1].name, "SÖHNE");
    let reader = Connection::open(&path).unwrap();
    let mut select = reader.prepare("SELECT request FROM customers").unwrap();
    let requests = select.query_map((), |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(requests.collect::<Result<Vec<_>, _>>().unwrap(), [body, body]);
}

#[tokio::test]
async fn a_late_commit_comes_after_a_restart_too() {
    let path = new_file("late");
    let hour = Duration::from_hours(1);
    let late = After::CommitLate(LateCommit { by: hour, then: Lost::Close });
    let stub = Stub::builder().state_file(&path).faults(RequestFault::any(late)).start().await.unwrap();
    Ask::create(&token(&stub).await, SAMPLE).sent_to(&stub).await.end().await;
    drop(stub);

    let stub = start(&path).await;
    assert!(stub.customers().is_empty());
    assert_eq!(create(&stub).await.id.0, 6919, "the id is taken");
    stub.clock().advance(hour);
    assert_eq!(stub.customers().len(), 2);
}

#[tokio::test]
async fn a_create_that_cannot_be_kept_is_none() {
    let path = new_file("two-writers");
    let stub = start(&path).await;
    // Somebody writes to it who is no stub.
    let taken = "INSERT INTO customers VALUES (6918, 0, '{}', '')";
    Connection::open(&path).unwrap().execute_batch(taken).unwrap();
    let ask = Ask::create(&token(&stub).await, SAMPLE);
    let reply = ask.sent_to(&stub).await.reply_to("POST").await;
    assert_eq!(reply.status, 500);
    assert!(reply.text().contains("no other stub uses it"), "{}", reply.text());
    assert!(stub.customers().is_empty());
}

#[tokio::test]
async fn a_file_is_one_stub_s_until_it_stops() {
    let path = new_file("in-use");
    let stub = start(&path).await;
    let link = path.with_extension("link");
    let _ = std::fs::remove_file(&link);
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, &link).unwrap();
    #[cfg(not(unix))]
    let link = path.clone();
    for path in [&path, &link] {
        let refused = Stub::builder().state_file(path).start().await.unwrap_err();
        let StartError::State(refused @ StateError::InUse { .. }) = refused else { panic!("{refused:?}") };
        let said = refused.to_string();
        assert!(said.contains(&path.display().to_string()), "{said}");
        assert!(said.contains("--state postgres://"), "{said}");
    }
    create(&stub).await;
    stub.shutdown().await;
    let stub = start(&link).await;
    assert_eq!(create(&stub).await.id.0, 6919);
}

#[tokio::test]
async fn files_that_are_something_else_are_refused_and_left_alone() {
    let refused = async |path: &PathBuf| match Stub::builder().state_file(path).start().await {
        Err(StartError::State(error)) => error,
        other => panic!("expected no start, found {other:?}"),
    };

    let path = new_file("no-database");
    std::fs::write(&path, "not a database, and longer than the head of one").unwrap();
    assert!(matches!(refused(&path).await, StateError::Database { .. }));

    let path = new_file("other-database");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE others (id)").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(refused(&path).await, StateError::Other { .. }));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    for (name, version) in [("older-version", 1), ("newer-version", 3)] {
        let path = new_file(name);
        drop(start(&path).await);
        let set = format!("PRAGMA user_version = {version}");
        Connection::open(&path).unwrap().execute_batch(&set).unwrap();
        let error = refused(&path).await;
        assert!(
            matches!(error, StateError::Version { expected: 2, found, .. } if found == version),
            "{error:?}"
        );
        assert!(error.to_string().contains("expected version 2"), "{error}");
    }

    let path = PathBuf::from("no/such/folder/state");
    assert!(refused(&path).await.to_string().contains("no/such/folder/state"));
}
