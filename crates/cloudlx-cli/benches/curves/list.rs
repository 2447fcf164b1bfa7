//! The customers that a stub holds, when it is asked for all of them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::thread;
use std::time::Instant;

use cloudlx_model::{CreateCustomer, Endpoint as _, ListCustomers};
use xtask_measure::{Curve, Line, Measure, Plot, Ratios};

use crate::PAGE;
use crate::program::{StubProcess, forget_peak, peak_memory};

/// How many are held.
const HELD: [u32; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// Whose list the others are compared with: so many that the call itself weighs little.
const REFERENCE: u32 = 1_000;

/// What memory is counted in, in MiB: less than one cannot be told from none.
const MEMORY_PAGE: f64 = 4.0 / 1024.0;

/// How many customers a measurement reads, about: it asks for a list several times and takes the shortest, for other programs
/// make a list longer and nothing makes one shorter.
const READ: u32 = 100_000;

pub(crate) fn curve(measure: Measure) -> Curve {
    let held = if measure.quick { &HELD[..4] } else { &HELD };
    let reference = Held::new(REFERENCE);
    let (mut times, mut added, mut before, mut lengths) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for &customers in held {
        let stub = Held::new(customers);
        let mut grown = Vec::new();
        let list = || {
            let seconds = stub.seconds_a_list();
            grown.push(stub.grown().max(MEMORY_PAGE));
            seconds
        };
        let ratios = measure.sides(list, || reference.seconds_a_list()).by_piece(customers, REFERENCE);
        times.push((customers, ratios));
        added.push((customers, Ratios::new(grown)));
        before.push((customers, Ratios::new(vec![stub.before])));
        lengths.push((customers, Ratios::new(vec![stub.list()])));
    }
    let memory = vec![
        Line::new("the list itself", lengths),
        Line::new("the stub with its customers, before", before),
        Line::new("what is added while it lists them", added),
    ];
    let time = vec![Line::new("time a customer", times)];
    Curve {
        name: "list".to_owned(),
        title: "Customers that the stub holds".to_owned(),
        about: "`cloudlx stub --keep-requests 0`, with so many customers created over HTTP, is asked for the list of \
                them, each time on a new connection, and the shortest of several counts. What is added is the most \
                memory that the process took from its first list on, less what it took before."
            .to_owned(),
        x: "customers held and listed".to_owned(),
        plots: vec![
            Plot { y: "time (a customer of a list of 1,000 = 1)".to_owned(), lines: time },
            Plot { y: "memory in MiB".to_owned(), lines: memory },
        ],
    }
}

/// A stub that holds customers.
struct Held {
    stub: StubProcess,
    customers: u32,
    token: String,
    /// MiB, before the first list.
    before: f64,
}

impl Held {
    fn new(customers: u32) -> Self {
        let stub = StubProcess::start();
        let token = stub.token();
        create(&stub, &token, customers);
        forget_peak(stub.id());
        let before = peak_memory(stub.id()).expect("it runs");
        Self { stub, customers, token, before }
    }

    /// How many MiB the memory grew by, at most, since the first list.
    fn grown(&self) -> f64 {
        peak_memory(self.stub.id()).expect("it runs") - self.before
    }

    fn seconds_a_list(&self) -> f64 {
        let lists = (READ / self.customers).clamp(3, 100);
        let seconds = (0..lists).map(|_| {
            let start = Instant::now();
            self.list();
            start.elapsed().as_secs_f64()
        });
        seconds.fold(f64::INFINITY, f64::min)
    }

    /// Reads a list to its end and keeps nothing of it; how long it was, with its head, in MiB.
    fn list(&self) -> f64 {
        let mut connection = self.stub.connect();
        let (path, token) = (ListCustomers::PATH, &self.token);
        write!(connection, "GET {path} HTTP/1.0\r\nauthorization: Bearer {token}\r\n\r\n").expect("it reads");
        let (mut buffer, mut length, mut last) = (vec![0; 1 << 16], 0, None);
        loop {
            let read = connection.read(&mut buffer).expect("it answers");
            if read == 0 {
                break;
            }
            length += read;
            last = buffer.get(read - 1).copied();
        }
        let expected = usize::try_from(self.customers).unwrap() * PAGE.len() / 2;
        assert!(
            length > expected && matches!(last, Some(b'}' | b']')),
            "{length} bytes, {expected} expected at least"
        );
        f64::from(u32::try_from(length).expect("less than 4 GiB")) / 1024.0 / 1024.0
    }
}

/// Creates customers, without waiting for an answer before the next request.
fn create(stub: &StubProcess, token: &str, customers: u32) {
    let (mut requests, path, length) = (stub.connect(), CreateCustomer::PATH, PAGE.len());
    let mut answers = BufReader::new(requests.try_clone().expect("a connection"));
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: stub\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{PAGE}"
    );
    thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..customers {
                requests.write_all(request.as_bytes()).expect("it reads");
            }
        });
        let mut line = String::new();
        for _ in 0..customers {
            let mut length = 0;
            loop {
                line.clear();
                answers.read_line(&mut line).expect("it answers");
                if line.starts_with("HTTP/") {
                    assert_eq!(line, "HTTP/1.1 200 OK\r\n");
                }
                if let Some(said) = line.strip_prefix("content-length: ") {
                    length = said.trim_end().parse().expect("a length");
                }
                if line == "\r\n" {
                    break;
                }
            }
            std::io::copy(&mut answers.by_ref().take(length), &mut std::io::sink()).expect("a body");
        }
    });
}
