//! `cloudlx stub` as three processes with one state in PostgreSQL: what one of them did, all of them show.
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

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use cloudlx_client::{Client, Credentials};
use cloudlx_model::{AccessTokenRequest, CreateCustomer, Endpoint as _};
use cloudlx_validate::Validated;
use tokio_postgres::NoTls;

use self::server::Server;

const PAGE: &str = include_str!("../../../examples/create-customer.json");

/// How many callers each replica has at a time, and how many customers each of them creates where it is not killed.
const CALLERS: usize = 4;
const CREATES: usize = 40;

/// A stub under test.
struct Replica {
    child: Child,
    base_url: String,
}

impl Replica {
    fn start(state: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
        command.args(["stub", "--state", state]).env_remove("CLOUDLX_STUB_CLIENTS").env("NO_COLOR", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("cloudlx starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
        let base_url = first.strip_prefix("listening on ").expect(&first).trim_end().to_owned();
        Self { child, base_url }
    }

    fn client(&self) -> Client {
        client(&self.base_url, Credentials::client("stub", "stub"))
    }

    async fn ids(&self) -> Vec<u64> {
        let list = self.client().list_customers().await.unwrap().all().unwrap();
        list.into_iter().map(|customer| customer.id.0).collect()
    }

    fn token(&self) -> String {
        let address = self.base_url.strip_prefix("http://").expect("http");
        let mut stream = TcpStream::connect(address).expect("it listens");
        let query = "grant_type=client_credentials&client_id=stub&client_secret=stub";
        let path = AccessTokenRequest::PATH;
        write!(stream, "POST {path}?{query} HTTP/1.0\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let token: serde_json::Value = serde_json::from_str(body).expect("JSON");
        token["access_token"].as_str().expect("a token").to_owned()
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn client(base_url: &str, credentials: Credentials) -> Client {
    Client::builder(base_url, credentials).no_retries().build().unwrap()
}

fn request(name: &str) -> Validated<CreateCustomer> {
    let mut request: CreateCustomer = serde_json::from_str(PAGE).unwrap();
    name.clone_into(&mut request.name);
    cloudlx_validate::from_json(&serde_json::to_vec(&request).unwrap()).unwrap()
}

/// Creates so many customers, one after the other, as long as there is somebody to ask, and gives the name and the id of
/// each that was confirmed.
async fn create(client: Client, caller: String, creates: usize) -> Vec<(u64, String)> {
    let mut confirmed = Vec::new();
    for number in 0..creates {
        let name = format!("{caller} {number}");
        match client.create_customer(&request(&name)).await {
            Ok(customer) => confirmed.push((customer.id.0, name)),
            Err(_) => break,
        }
    }
    confirmed
}

#[tokio::test(flavor = "multi_thread")]
async fn three_replicas_under_load_of_which_one_is_killed_show_one_state() {
    let Some(server) = Server::get() else { return };
    let state = server.database();
    let mut replicas = [(); 3].map(|()| Replica::start(&state));

    let mut callers = tokio::task::JoinSet::new();
    for (number, replica) in replicas.iter().enumerate() {
        // The last has no end but that it is killed.
        let creates = if number == 2 { usize::MAX } else { CREATES };
        for caller in 0..CALLERS {
            callers.spawn(create(replica.client(), format!("{number} {caller}"), creates));
        }
    }
    // When it has confirmed some.
    let [first, second, killed] = &mut replicas;
    let by_killed = "SELECT count(*) FROM cloudlx_stub.customers WHERE customer LIKE '%\"2 _ %'";
    let (sql, connection) = tokio_postgres::connect(&state, NoTls).await.unwrap();
    tokio::spawn(connection);
    while sql.query_one(by_killed, &[]).await.unwrap().get::<_, i64>(0) < 10 {}
    killed.child.kill().unwrap();

    let confirmed: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
    let unique: HashMap<_, _> = confirmed.iter().cloned().collect();
    assert_eq!(unique.len(), confirmed.len(), "no id was given twice");
    let of_others = confirmed.iter().filter(|(_, name)| !name.starts_with("2 ")).count();
    assert_eq!(of_others, 2 * CALLERS * CREATES, "those of the others were all confirmed");

    // What the killed one asked the database for last may still be under way.
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' \
                AND application_name = 'cloudlx stub' AND datname = current_database()";
    while sql.query_one(busy, &[]).await.unwrap().get::<_, i64>(0) > 0 {}
    let list = first.client().list_customers().await.unwrap().all().unwrap();
    let listed: HashMap<_, _> = list.iter().map(|customer| (customer.id.0, customer.name.clone())).collect();
    assert_eq!(listed.len(), list.len());
    for (id, name) in &confirmed {
        assert_eq!(listed.get(id), Some(name), "what was confirmed is there");
    }
    assert_eq!(second.client().list_customers().await.unwrap().all().unwrap(), list);
    let third = Replica::start(&state);
    assert_eq!(third.client().list_customers().await.unwrap().all().unwrap(), list);
    let newest = list.last().unwrap();
    assert_eq!(&third.client().get_customer(newest.id).await.unwrap(), newest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_replica_is_good_at_the_others() {
    let Some(server) = Server::get() else { return };
    let state = server.database();
    let [one, other] = [(); 2].map(|()| Replica::start(&state));
    let by_token = client(&other.base_url, Credentials::access_token(one.token()));
    let created = by_token.create_customer(&request("Shared")).await.unwrap();
    assert_eq!(one.ids().await, [created.id.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_made_anew() {
    let Some(server) = Server::get() else { return };
    let state = server.database();
    let replica = Replica::start(&state);
    let client = replica.client();
    client.create_customer(&request("Before")).await.unwrap();
    let (sql, connection) = tokio_postgres::connect(&state, NoTls).await.unwrap();
    tokio::spawn(connection);
    let end = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity \
               WHERE application_name = 'cloudlx stub' AND datname = current_database()";
    assert!(sql.query_one(end, &[]).await.unwrap().get::<_, i64>(0) > 0);
    // Until the stub has seen it, it may answer 500; never anything else, and never for long.
    let created = loop {
        match client.create_customer(&request("After")).await {
            Ok(created) => break created,
            Err(error) => assert_eq!(error.cause().status().map(|status| status.as_u16()), Some(500)),
        }
    };
    let listed = replica.ids().await;
    assert_eq!((listed.first(), listed.last()), (Some(&6918), Some(&created.id.0)));
}

#[test]
fn a_state_that_cannot_be_reached_is_said_without_its_password() {
    let stub = ["stub", "--state", "postgres://anna:s3cret@127.0.0.1:1/stub"];
    let output = Command::new(env!("CARGO_BIN_EXE_cloudlx")).args(stub).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("postgres://anna@127.0.0.1:1/stub") && !said.contains("s3cret"), "{said}");
}
