//! What the journal costs: an import against the same client without one, both in this process, alternately.
//!
//! `cargo xtask bench import` runs it and prints the table.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run says so by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cloudlx_client::{Client, Credentials};
use cloudlx_import::journal::sqlite::SqliteJournal;
use cloudlx_import::{CheckOptions, Format, Input, Options, Prepared, Stop, import, prepare, progress};
use cloudlx_model::CreateCustomer;
use cloudlx_server_stub::Stub;
use cloudlx_validate::Validated;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use xtask_measure::{Goal, Measure, Row};

/// How many requests are on the wire together.
const CONCURRENCY: usize = 16;

/// A server, how many customers are created there in a round, and the goal for the ratio of the rates, if there is one.
const SERVERS: [(&str, Duration, usize, Goal); 2] = [
    ("a stub that answers after 20 ms", Duration::from_millis(20), 1_500, Goal::AtLeast(0.95)),
    ("a stub that answers at once", Duration::ZERO, 6_000, Goal::None),
];

fn main() {
    let measure = Measure::from_environment();
    let runtime = Runtime::new().unwrap();
    let rows = SERVERS.map(|(server, latency, customers, goal)| {
        let customers = if measure.quick { 20 } else { customers };
        let ratios = measure.sides(
            || runtime.block_on(rate(true, latency, customers)),
            || runtime.block_on(rate(false, latency, customers)),
        );
        let what = format!("rate of an import with a journal, {CONCURRENCY} at once, {server}");
        Row::new("import", &what, "the same client without a journal", &ratios, goal)
    });
    xtask_measure::print(&rows).unwrap();
}

/// Customers a second, with a journal or without.
async fn rate(with_journal: bool, latency: Duration, customers: usize) -> f64 {
    let stub = Stub::builder().latency(latency).journal_size(0).start().await.unwrap();
    let credentials = Credentials::client(stub.client_id(), stub.client_secret().clone());
    let client = Client::builder(stub.base_url(), credentials)
        .max_concurrent_requests(CONCURRENCY + 1)
        .build()
        .unwrap();
    let requests: Vec<_> = (0..customers).map(request).collect();
    let seconds =
        if with_journal { imported(&client, &requests).await } else { created(&client, &requests).await };
    assert_eq!(stub.customers().len(), customers);
    stub.shutdown().await;
    f64::from(u32::try_from(customers).unwrap_or(u32::MAX)) / seconds.as_secs_f64()
}

fn request(number: usize) -> Value {
    json!({
        "name": format!("Customer {number}"),
        "currency_iso": "GBP",
        "country_iso": "GB",
        "realms": [1, 2, 7],
        "shown_sub_realms": [313, 328],
        "enabled_sub_realms": [313],
        "email": "j.smith@example.com",
        "first_name": "John",
        "last_name": "Smith",
        "role_group": "Admin",
    })
}

async fn imported(client: &Client, requests: &[Value]) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let (rows, journal) = (folder.path().join("rows.ndjson"), folder.path().join("journal"));
    let lines: Vec<_> = requests.iter().map(Value::to_string).collect();
    std::fs::write(&rows, lines.join("\n")).unwrap();
    let input = Input { path: rows, format: Format::Ndjson };
    let journal = Arc::new(SqliteJournal::open(&journal).unwrap());
    let prepared = prepare(&*journal, &input, CheckOptions::default(), |_| {}).await.unwrap();
    assert!(matches!(prepared, Prepared::Loaded(_)));

    let ((_tell, stop), (shown, _)) = (Stop::new(), progress());
    let options = Options { concurrency: CONCURRENCY, ..Options::default() };
    let start = Instant::now();
    let summary = import(client, &journal, options, stop, shown).await.unwrap();
    let took = start.elapsed();
    assert_eq!(summary.ended_early, None);
    took
}

async fn created(client: &Client, requests: &[Value]) -> Duration {
    let requests: Vec<Validated<CreateCustomer>> =
        requests.iter().map(|it| cloudlx_validate::from_json(it.to_string().as_bytes()).unwrap()).collect();
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    let mut places = JoinSet::new();
    for _ in 0..CONCURRENCY {
        let (client, requests, next) = (client.clone(), Arc::clone(&requests), Arc::clone(&next));
        places.spawn(async move {
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                client.create_customer(request).await.unwrap();
            }
        });
    }
    places.join_all().await;
    start.elapsed()
}
