//! What `cloudlx validate` takes for a million requests on all cores, and what counting their lines and parsing them once
//! takes on one: alternately, each from the file on.
//!
//! `cargo xtask bench validate` runs it and prints the table.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run says so by panicking")]

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use cloudlx_bench::{Goal, Measure, Row};
use cloudlx_model::CreateCustomer;

const PAGE: &[u8] = include_bytes!("../../cloudlx-model/samples/create-customer.request.json");

fn main() {
    let measure = Measure::from_environment();
    let requests = if measure.quick { 1_000 } else { 1_000_000 };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.ndjson");
    write(&path, requests);

    let ratios = measure.sides(
        || seconds(|| validate(&path)),
        || {
            seconds(|| {
                assert_eq!(count_lines(&path), requests);
                parse_each(&path);
            })
        },
    );
    let what = format!("cloudlx validate of {requests} requests, on all cores");
    let against = "wc -l and one parse of each, on one core";
    cloudlx_bench::print(&[Row::new("validate", &what, against, &ratios, Goal::AtMost(1.0))]).unwrap();
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

fn validate(path: &Path) {
    let validate = Command::new(env!("CARGO_BIN_EXE_cloudlx")).arg("validate").arg(path).output().unwrap();
    assert!(validate.status.success(), "{validate:?}");
}

fn count_lines(path: &Path) -> usize {
    let counted = Command::new("wc").arg("-l").arg(path).output().unwrap();
    assert!(counted.status.success(), "{counted:?}");
    String::from_utf8(counted.stdout).unwrap().split_whitespace().next().unwrap().parse().unwrap()
}

fn parse_each(path: &Path) {
    let requests = fs::read(path).unwrap();
    for line in requests.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        black_box(serde_json::from_slice::<CreateCustomer>(line).unwrap());
    }
}

fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
