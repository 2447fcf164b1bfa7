//! `cloudlx import` as several processes that share a journal in PostgreSQL: one is killed and one stands still for longer
//! than its lease.
#![cfg(unix)]
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

#[path = "../../cloudlx-import/tests/support/server.rs"]
mod server;

use std::collections::HashSet;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use cloudlx_client::{Client, Credentials};
use cloudlx_model::CreateCustomer;
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{After, Before, CannedAnswer, Delay, Probability, RequestFault, Schedule};
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;
use tokio_postgres::NoTls;

use self::server::Server;

const ROWS: usize = 600;

/// What all of them work on.
struct Import {
    folder: TempDir,
    stub: Stub,
    journal: String,
    sql: tokio_postgres::Client,
}

impl Import {
    /// None where there is no server.
    async fn begin() -> Option<Self> {
        let journal = Server::get()?.database();
        let (sql, connection) = tokio_postgres::connect(&journal, NoTls).await.unwrap();
        tokio::spawn(connection);
        let folder = tempfile::tempdir().expect("a folder");
        let header = "name,currency_iso,country_iso,realms".to_owned();
        let rows = (0..ROWS).map(|row| format!("Customer {row},GBP,GB,1"));
        let lines: Vec<_> = [header].into_iter().chain(rows).collect();
        std::fs::write(folder.path().join("rows.csv"), lines.join("\n")).expect("a file");
        let stub = Stub::builder().latency(Duration::from_millis(20)).faults(lossy()).start().await.unwrap();
        Some(Self { folder, stub, journal, sql })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
        command
            .current_dir(self.folder.path())
            .arg("import")
            .args(arguments)
            .args(["--journal", &self.journal])
            .env("CLOUDLX_BASE_URL", self.stub.base_url())
            .env("CLOUDLX_CLIENT_ID", self.stub.client_id())
            .env("CLOUDLX_CLIENT_SECRET", self.stub.client_secret().expose_secret())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn worker(&self) -> Child {
        let times = ["--timeout", "1s", "--lease", "2s", "--settle", "1s"];
        self.command(&[["rows.csv"].as_slice(), &times].concat()).spawn().expect("it starts")
    }

    /// How many rows are in this state by the worker with this number.
    async fn rows(&self, worker: i64, state: &str) -> i64 {
        let sql = "SELECT count(*) FROM cloudlx_import.rows WHERE worker = $1 AND state = $2";
        // The tables are not there at first.
        self.sql.query_one(sql, &[&worker, &state]).await.map_or(0, |found| found.get(0))
    }

    /// Waits until the worker has a row in this state. The stub's latency is the pace of asking.
    async fn until(&self, worker: i64, state: &str) {
        let client = self.client();
        while self.rows(worker, state).await == 0 {
            client.list_realms().await.unwrap();
        }
    }

    /// Waits until the worker has no row in this state.
    async fn until_none(&self, worker: i64, state: &str) {
        let client = self.client();
        while self.rows(worker, state).await > 0 {
            client.list_realms().await.unwrap();
        }
    }

    fn client(&self) -> Client {
        let credentials = Credentials::client(self.stub.client_id(), self.stub.client_secret().clone());
        Client::builder(self.stub.base_url(), credentials).build().unwrap()
    }

    /// Stops the worker's process while it is sending.
    async fn stop_while_it_sends(&self, process: &Child, worker: i64) {
        loop {
            self.until(worker, "sending").await;
            signal(process, "-STOP");
            if self.rows(worker, "sending").await > 0 {
                return;
            }
            signal(process, "-CONT");
        }
    }

    /// A line of the report for each row.
    fn report(&self) -> Vec<Value> {
        let output = self.command(&["status", "--report", "report.ndjson"]).output().expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let report = std::fs::read_to_string(self.folder.path().join("report.ndjson")).expect("a report");
        report.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Creates are lost, on the way there and on the way back.
fn lossy() -> Schedule {
    let chance = |number| Probability::new(number).unwrap();
    let fault = |action: After| RequestFault::on::<CreateCustomer>(action).with_probability(chance(0.02));
    Schedule::default()
        .with_seed(7)
        .and_request(fault(After::Close))
        .and_request(fault(After::Answer(CannedAnswer::gateway_timeout())))
        .and_request(RequestFault::on::<CreateCustomer>(Before::Close).with_probability(chance(0.04)))
}

/// Creates take their time.
fn slow() -> Schedule {
    let delay = Before::Delay(Delay { by: Duration::from_millis(400) });
    Schedule::default().and_request(RequestFault::on::<CreateCustomer>(delay))
}

fn signal(process: &Child, name: &str) {
    let status = Command::new("kill").args([name, &process.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_importers_of_which_one_is_killed_and_one_stands_still() {
    let Some(import) = Import::begin().await else { return };
    // There are rows left for all of them until the stage is set.
    import.stub.faults().arm(slow()).unwrap();
    // The database numbers them as they come.
    let frozen = import.worker();
    import.until(1, "created").await;
    let mut killed = import.worker();
    import.until(2, "created").await;
    let others = [import.worker(), import.worker()];

    import.stop_while_it_sends(&frozen, 1).await;
    import.stop_while_it_sends(&killed, 2).await;
    killed.kill().expect("it can be killed");
    killed.wait().expect("it ends");
    import.stub.faults().arm(lossy()).unwrap();
    // It comes to itself when others have found it overdue, and may have settled what it sent.
    import.until_none(1, "sending").await;
    signal(&frozen, "-CONT");

    for worker in others.into_iter().chain([frozen]) {
        let output = worker.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(summary["created"].as_u64().unwrap() + summary["settled"].as_u64().unwrap(), ROWS as u64);
    }
    let customers = import.stub.customers();
    let names: HashSet<_> = customers.iter().map(|customer| customer.name.as_str()).collect();
    assert_eq!((customers.len(), names.len()), (ROWS, ROWS), "none twice, and none is missing");
    let made: HashSet<_> =
        customers.iter().map(|customer| (customer.name.clone(), Some(customer.id.0))).collect();
    let reported: HashSet<_> = import
        .report()
        .iter()
        .map(|line| {
            (format!("Customer {}", line["line"].as_u64().unwrap() - 2), line["customer_id"].as_u64())
        })
        .collect();
    assert_eq!(reported, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_file_and_another_api_are_refused() {
    let Some(import) = Import::begin().await else { return };
    let output = import.command(&["rows.csv", "--settle", "0s"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let again = import.command(&["rows.csv"]).output().expect("it runs");
    assert!(stderr(&again).contains("going on with the import"), "{}", stderr(&again));
    let elsewhere = import.command(&["rows.csv"]).env("CLOUDLX_BASE_URL", "http://127.0.0.1:1").output();
    let elsewhere = elsewhere.expect("it runs");
    assert_eq!(elsewhere.status.code(), Some(2));
    assert!(stderr(&elsewhere).contains("the journal belongs to the API at"), "{}", stderr(&elsewhere));
    std::fs::write(
        import.folder.path().join("other.csv"),
        "name,currency_iso,country_iso,realms\nA,GBP,GB,1\n",
    )
    .expect("a file");
    let other = import.command(&["other.csv"]).output().expect("it runs");
    assert_eq!(other.status.code(), Some(2));
    assert!(stderr(&other).contains("the journal belongs to another input"), "{}", stderr(&other));
}

#[test]
fn no_password_is_printed() {
    for (address, said) in [
        ("postgres://anna:s3cret@127.0.0.1:1/imports", "postgres://anna@127.0.0.1:1/imports"),
        ("postgres://anna:s3c@ret@127.0.0.1:1/imports", "cannot be read"),
        ("postgres://anna:s3cret@127.0.0.1:1/imports?sslmode=require", "postgres://anna@127.0.0.1:1/imports"),
        ("postgres://anna@127.0.0.1:1/imports", "postgres://anna@127.0.0.1:1/imports"),
    ] {
        for arguments in [["rows.csv"].as_slice(), &["status"]] {
            let folder = tempfile::tempdir().expect("a folder");
            std::fs::write(folder.path().join("rows.csv"), "").expect("a file");
            let output = Command::new(env!("CARGO_BIN_EXE_cloudlx"))
                .current_dir(folder.path())
                .arg("import")
                .args(arguments)
                .args(["--journal", address])
                .env("PGPASSWORD", "s3cret")
                .output()
                .expect("it runs");
            let said_of_it = stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{said_of_it}");
            assert!(said_of_it.contains(said), "{address}: {said_of_it}");
            assert!(!said_of_it.contains("s3c") && !said_of_it.contains("ret@"), "{said_of_it}");
        }
    }
}

#[test]
fn a_lease_must_outlast_an_answer() {
    let rows = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/customers.csv");
    let output = Command::new(env!("CARGO_BIN_EXE_cloudlx"))
        .args(["import", rows, "--journal", "postgres://localhost/imports", "--lease", "59s"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("expected a --lease of at least 1m"), "{}", stderr(&output));
}
