//! What the stub costs: how soon it answers, how much memory a load takes, and how much a customer that it holds.
//!
//! `cargo xtask bench stub` runs it and prints the table. Each line of its own output is a JSON array of rows. What a row
//! calls a ratio is a number of its unit, against none. Memory is read from `/proc`, which Linux has.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot run says so by panicking"
)]

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cloudlx_model::{AccessTokenRequest, CreateCustomer, Endpoint as _, ListCustomers};
use cloudlx_server_stub::Stub;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../examples/create-customer.json");

/// How many starts there are in a round, and how long a round of load lasts: five of them make a minute.
const STARTS: usize = 20;
const LOAD: Duration = Duration::from_secs(12);

/// How many callers there are at once.
const CALLERS: usize = 16;

/// How many customers are held.
const HELD: usize = 1_000_000;

fn main() {
    // `cargo test --benches` runs it too, to see that it works.
    let quick = !std::env::args().any(|argument| argument == "--bench");
    let rounds = if quick { 1 } else { rounds() };
    let starts = if quick { 1 } else { STARTS * rounds };
    let load = if quick { Duration::from_millis(100) } else { LOAD * u32::try_from(rounds).unwrap() };
    let held = if quick { 1_000 } else { HELD };
    let mut starts: Vec<_> = (0..starts).map(|_| start()).collect();
    starts.sort_unstable_by(f64::total_cmp);
    let (peak, requests) = peak(load);
    let rows = [
        row(
            "from the start of the process to the first answer",
            "milliseconds",
            &starts,
            ("< 10", |it| it < 10.0),
        ),
        row(
            &format!(
                "peak memory in {} seconds of reads and refused creates, {CALLERS} at once, {requests} in all",
                load.as_secs()
            ),
            "MiB",
            &[peak],
            ("< 20", |it| it < 20.0),
        ),
        row(
            &format!("a customer held, of {held}"),
            "bytes",
            &[bytes_of_a_customer(held)],
            ("≤ 256", |it| it <= 256.0),
        ),
    ];
    println!("{}", Value::from(rows.to_vec()));
}

fn rounds() -> usize {
    std::env::var("BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(5)
}

fn row(what: &str, unit: &str, sorted: &[f64], (goal, is_met): (&str, fn(f64) -> bool)) -> Value {
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    json!({
        "group": "stub",
        "what": what,
        "against": format!("nothing, in {unit}"),
        "ratio": median,
        "spread": [sorted.first(), sorted.last()],
        "goal": goal,
        "met": is_met(median),
    })
}

/// A stub as users start it.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
        command.arg("stub").env_remove("CLOUDLX_STUB_CLIENTS");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("cloudlx starts");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
        let address = first.trim_end().strip_prefix("listening on http://").expect("an address").to_owned();
        Self { child, address }
    }

    fn connect(&self) -> BufReader<TcpStream> {
        BufReader::new(TcpStream::connect(&self.address).expect("it listens"))
    }

    fn token(&self) -> String {
        let query = "grant_type=client_credentials&client_id=stub&client_secret=stub";
        let target = format!("{}?{query}", AccessTokenRequest::PATH);
        let (status, body) = ask(&mut self.connect(), &request("POST", &target, "", ""));
        assert_eq!(status, 200);
        let token: Value = serde_json::from_slice(&body).expect("JSON");
        token.get("access_token").and_then(Value::as_str).expect("a token").to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn request(method: &str, target: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nhost: stub\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Sends a request over a connection that is kept, and gives status and body.
fn ask(connection: &mut BufReader<TcpStream>, request: &[u8]) -> (u16, Vec<u8>) {
    connection.get_mut().write_all(request).expect("it reads");
    let (mut status, mut length, mut line) = (0, 0, String::new());
    while line != "\r\n" {
        line.clear();
        connection.read_line(&mut line).expect("it answers");
        if let Some(rest) = line.strip_prefix("HTTP/1.1 ") {
            status = rest.split(' ').next().unwrap_or_default().parse().expect("a status");
        }
        if let Some(said) = line.strip_prefix("content-length: ") {
            length = said.trim_end().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).expect("a body");
    (status, body)
}

/// Milliseconds from the start of a process to its first answer.
fn start() -> f64 {
    let begun = Instant::now();
    let stub = Running::start();
    stub.token();
    begun.elapsed().as_secs_f64() * 1_000.0
}

/// The peak of a stub's memory in MiB, while it is asked as fast as it answers, and how many requests there were.
fn peak(lasts: Duration) -> (f64, usize) {
    let stub = Running::start();
    let token = stub.token();
    for _ in 0..10 {
        let created = ask(&mut stub.connect(), &request("POST", CreateCustomer::PATH, &token, PAGE));
        assert_eq!(created.0, 200);
    }
    let refused = PAGE.replace("GBP", "GB");
    let asks = [
        (200, request("GET", ListCustomers::PATH, &token, "")),
        (422, request("POST", CreateCustomer::PATH, &token, &refused)),
    ];
    let until = Instant::now() + lasts;
    let load = || {
        let (mut connection, mut requests) = (stub.connect(), 0);
        while Instant::now() < until {
            for (status, request) in &asks {
                assert_eq!(ask(&mut connection, request).0, *status);
                requests += 1;
            }
        }
        requests
    };
    let requests = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(load)).collect();
        callers.into_iter().map(|caller| caller.join().expect("it ends well")).sum()
    });
    let peak = kibibytes(&format!("/proc/{}/status", stub.child.id()), "VmHWM:");
    (peak / 1024.0, requests)
}

/// How many more bytes of memory this process has for each customer, when a stub in it holds so many.
fn bytes_of_a_customer(customers: usize) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stub = runtime.block_on(Stub::start()).unwrap();
    let batch = 1_000;
    let request = cloudlx_validate::from_json(PAGE.as_bytes()).expect("the page's sample is valid");
    let requests = vec![request; batch];
    // What a batch takes while it is made is there from now on.
    stub.seed_customers(&requests);
    let resident = || kibibytes("/proc/self/status", "VmRSS:") * 1024.0;
    let before = resident();
    for _ in 0..customers / batch {
        stub.seed_customers(&requests);
    }
    let grown = (resident() - before).max(0.0);
    grown / f64::from(u32::try_from(customers).unwrap())
}

/// The number behind a word in a file about a process.
fn kibibytes(file: &str, word: &str) -> f64 {
    let text = std::fs::read_to_string(file).expect("Linux has it");
    let line = text.lines().find_map(|line| line.strip_prefix(word)).expect("a line with the word");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}
