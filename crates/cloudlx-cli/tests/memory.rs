//! How much memory `cloudlx import` takes at most, with a million rows and with a long list of customers, and how much
//! `cloudlx validate`, with a long file.
//!
//! They are asked where they cannot run on: while the importer waits for the answer to a create, or `validate` for more of
//! its input. `/proc` then says what they took at most until there (`VmHWM`).
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use tempfile::TempDir;

const MOST_KIB: u64 = 100 << 10;

/// An API with so many customers, which answers a create when the test says what.
struct Api {
    base_url: String,
    tell: mpsc::Sender<Event>,
    events: mpsc::Receiver<Event>,
}

/// What a test waits for.
enum Event {
    /// A create that asks for this name; the importer waits until somebody says what comes of it.
    Create(String, mpsc::Sender<Outcome>),
    /// The importer ended, with these words.
    Ended(String),
}

/// What comes of a create.
enum Outcome {
    /// The connection is closed, and nothing was created.
    Lost,
    /// A customer.
    Created,
}

/// The customers of the API.
struct Customers {
    /// How many there were before.
    others: u64,
    created: Vec<String>,
}

impl Customers {
    fn make(&mut self, name: &str) -> String {
        let customer = customer(self.others + self.created.len() as u64 + 1, name);
        self.created.push(customer.clone());
        customer
    }
}

impl Api {
    fn start(others: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, events) = mpsc::channel();
        let told = tell.clone();
        let customers = Arc::new(Mutex::new(Customers { others, created: Vec::new() }));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (customers, tell) = (Arc::clone(&customers), told.clone());
                thread::spawn(move || serve(stream, &customers, &tell));
            }
        });
        Self { base_url, tell, events }
    }

    /// Starts an importer of the rows in a folder.
    fn import(&self, folder: &TempDir) -> Child {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cloudlx"))
            .current_dir(folder.path())
            .args(["import", "rows.ndjson", "--journal", "journal", "--settle", "0s", "--concurrency", "1"])
            .env("CLOUDLX_BASE_URL", &self.base_url)
            .env("CLOUDLX_ACCESS_TOKEN", "a-token")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let (tell, mut stderr) = (self.tell.clone(), child.stderr.take().expect("a pipe"));
        thread::spawn(move || {
            let mut words = String::new();
            let _ = stderr.read_to_string(&mut words);
            tell.send(Event::Ended(words))
        });
        child
    }

    /// Waits for the next create.
    fn create(&self) -> (String, mpsc::Sender<Outcome>) {
        match self.events.recv().expect("this has a sender") {
            Event::Create(name, outcome) => (name, outcome),
            Event::Ended(words) => panic!("it ended before it sent the row: {words}"),
        }
    }
}

/// Until the importer closes the connection, or the test loses an answer.
fn serve(stream: TcpStream, customers: &Mutex<Customers>, tell: &mpsc::Sender<Event>) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let begin = head.len();
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
            if let Some(value) = head.get(begin..).and_then(|line| line.strip_prefix("content-length: ")) {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        let written = if head.starts_with("GET ") {
            list(reader.get_mut(), &customers.lock().unwrap())
        } else {
            let request: serde_json::Value = serde_json::from_slice(&body).unwrap();
            let name = request["name"].as_str().unwrap().to_owned();
            let (outcome, told) = mpsc::channel();
            let _ = tell.send(Event::Create(name.clone(), outcome));
            match told.recv() {
                Ok(Outcome::Created) => {
                    let customer = customers.lock().unwrap().make(&name);
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", customer.len());
                    reader.get_mut().write_all((head + &customer).as_bytes())
                }
                Ok(Outcome::Lost) | Err(_) => return,
            }
        };
        if written.is_err() {
            return;
        }
    }
}

/// Writes the list as it goes.
fn list(stream: &mut TcpStream, customers: &Customers) -> std::io::Result<()> {
    let mut stream = BufWriter::with_capacity(1 << 16, stream);
    write!(stream, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
    let mut chunk = "{\"customers\": [".to_owned();
    let others = (1..=customers.others).map(|id| customer(id, &format!("Somebody else's customer {id}")));
    for (index, customer) in others.chain(customers.created.iter().cloned()).enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(chunk, "{comma}{customer}");
        if chunk.len() > 1 << 15 {
            write!(stream, "{:x}\r\n{chunk}\r\n", chunk.len())?;
            chunk.clear();
        }
    }
    chunk.push_str("]}");
    write!(stream, "{:x}\r\n{chunk}\r\n0\r\n\r\n", chunk.len())?;
    stream.flush()
}

fn customer(id: u64, name: &str) -> String {
    format!(
        r#"{{"id":{id},"name":"{name}","currency":{{"name":"","iso_2":"GB","iso_3":"GBP"}},"country":{{"iso_2":"GB","name":""}},"realms":[],"sub_realms":[]}}"#
    )
}

/// A folder with so many rows.
fn folder(rows: u64) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = BufWriter::new(File::create(folder.path().join("rows.ndjson")).expect("a file"));
    for row in 1..=rows {
        let name = format!(r#"{{"name":"{row}","#);
        writeln!(file, r#"{name}"currency_iso":"GBP","country_iso":"GB","realms":[1]}}"#).expect("a line");
    }
    file.flush().expect("it is written");
    folder
}

/// What a process has taken at most until now.
fn peak_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it lives");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    peak.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Whether a process can be asked; says so where not.
fn can_be_asked() -> bool {
    let can = Path::new("/proc/self/status").exists();
    if !can {
        eprintln!("skipped: there is no /proc here that says how much memory a process takes");
    }
    can
}

fn assert_few(peak_kib: u64, what: &str) {
    println!("{what}: {} MiB at most", peak_kib >> 10);
    assert!(peak_kib < MOST_KIB, "{what}: {peak_kib} KiB, more than {MOST_KIB}");
}

#[test]
fn a_million_rows_take_less_than_100_mib() {
    if !can_be_asked() {
        return;
    }
    let (folder, api) = (folder(1_000_000), Api::start(0));
    let mut child = api.import(&folder);
    // All rows are checked and in the journal before the first is sent.
    let (_, _outcome) = api.create();
    let peak = peak_kib(child.id());
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    assert_few(peak, "a million rows, checked and taken into the journal");
}

#[test]
fn a_long_list_takes_its_ids_and_no_more() {
    if !can_be_asked() {
        return;
    }
    // Some 75 MB of JSON, which is more than the client reads into memory.
    let (folder, api) = (folder(2), Api::start(500_000));
    let mut child = api.import(&folder);
    let (lost, outcome) = api.create();
    assert_few(peak_kib(child.id()), "a list of 500,000 customers, made known");
    outcome.send(Outcome::Lost).unwrap();
    let (_, outcome) = api.create();
    outcome.send(Outcome::Created).unwrap();
    // That it is sent again is what the list has settled.
    let (name, outcome) = api.create();
    let peak = peak_kib(child.id());
    outcome.send(Outcome::Created).unwrap();
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert_eq!(name, lost);
    assert_few(peak, "a list of 500,000 customers, settled by");
}

#[test]
fn a_long_file_of_lines_takes_what_is_being_checked() {
    if !can_be_asked() {
        return;
    }
    let request = r#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;
    let (lines, spaces) = (150_000, " ".repeat(1_000));
    let mut child = Command::new(env!("CARGO_BIN_EXE_cloudlx"))
        .args(["validate", "-", "--input", "ndjson", "--format", "human"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = BufWriter::new(child.stdin.take().expect("a pipe"));
    for _ in 0..lines {
        writeln!(input, "{spaces}{request}").expect("it reads");
    }
    // All are read then, but for what fits into the pipe.
    input.flush().expect("it reads");
    let peak = peak_kib(child.id());
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        format!("{lines} requests: {lines} valid, 0 invalid\n")
    );
    assert_few(peak, "150 MB of requests, a line each");
}
