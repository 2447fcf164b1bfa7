//! What `cloudlx validate` takes for a million requests on all cores, and what counting their lines and parsing them once
//! takes on one: alternately, each from the file on.
//!
//! `cargo xtask bench validate` runs it and prints the table.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run says so by panicking")]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use cloudlx_model::CreateCustomer;
use xtask_measure::{Goal, Measure, Row};

const PAGE: &[u8] = include_bytes!("../../cloudlx-model/samples/create-customer.request.json");

fn main() {
    let measure = Measure::from_environment();
    let requests = if measure.quick { 1_000 } else { 1_000_000 };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.ndjson");
    write(&path, requests);

    let rows = [("human", "told as a count"), ("json", "told of each as JSON")].map(|(format, told)| {
        let reference = || {
            assert_eq!(count_lines(&path), requests);
            assert_eq!(parse_each(&path), requests);
        };
        let ratios = measure.sides(|| seconds(|| validate(&path, format)), || seconds(reference));
        let what = format!("cloudlx validate of {requests} requests, on all cores, {told}");
        let against = "wc -l and one parse of each into the same struct, on one core";
        Row::new("validate", &what, against, &ratios, Goal::AtMost(1.0))
    });
    xtask_measure::print(&rows).unwrap();
}

fn write(path: &Path, requests: usize) {
    let mut request: CreateCustomer = serde_json::from_slice(PAGE).unwrap();
    let mut file = BufWriter::new(File::create(path).unwrap());
    for number in 0..requests {
        request.name = format!("Customer {number}");
        serde_json::to_writer(&mut file, &request).unwrap();
        file.write_all(b"\n").unwrap();
    }
    file.flush().unwrap();
}

fn validate(path: &Path, format: &str) {
    let mut validate = Command::new(env!("CARGO_BIN_EXE_cloudlx"));
    validate.arg("validate").arg(path).args(["--format", format]).stdout(Stdio::null());
    let status = validate.status().unwrap();
    assert!(status.success(), "{status}");
}

fn count_lines(path: &Path) -> usize {
    let counted = Command::new("wc").arg("-l").arg(path).output().unwrap();
    assert!(counted.status.success(), "{counted:?}");
    String::from_utf8(counted.stdout).unwrap().split_whitespace().next().unwrap().parse().unwrap()
}

/// Reads each line into the same memory, which is faster than reading the file whole.
fn parse_each(path: &Path) -> usize {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).unwrap());
    let (mut line, mut requests) = (Vec::new(), 0);
    while file.read_until(b'\n', &mut line).unwrap() > 0 {
        black_box(serde_json::from_slice::<CreateCustomer>(&line).unwrap());
        line.clear();
        requests += 1;
    }
    requests
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
