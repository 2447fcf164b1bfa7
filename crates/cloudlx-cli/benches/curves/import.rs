//! The rows of an import.

use std::fs;
use std::io::Read as _;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use xtask_measure::{Curve, Line, Measure, Plot, Ratios};

use crate::PAGE;
use crate::program::{StubProcess, cloudlx, peak_memory};

/// How many rows a file has.
const ROWS: [u32; 4] = [100, 1_000, 10_000, 100_000];

/// Whose import the others are compared with: so many that the start of the process weighs little.
const REFERENCE: u32 = 10_000;

/// How often a process is asked how much memory it took, for nobody says so after its end.
const LOOK: Duration = Duration::from_millis(2);

pub(crate) fn curve(measure: Measure) -> Curve {
    let rows = if measure.quick { &ROWS[..1] } else { &ROWS };
    let (mut times, mut memories) = (Vec::new(), Vec::new());
    for &rows in rows {
        let mut peaks = Vec::new();
        let long = || {
            let import = import(rows);
            peaks.push(import.peak);
            import.seconds
        };
        let reference = if measure.quick { rows } else { REFERENCE };
        let ratios = measure.sides(long, || import(reference).seconds).by_piece(rows, reference);
        times.push((rows, ratios));
        memories.push((rows, Ratios::new(peaks)));
    }
    let plot = |y: &str, name, points| Plot { y: y.to_owned(), lines: vec![Line::new(name, points)] };
    Curve {
        name: "import".to_owned(),
        title: "The rows of an import".to_owned(),
        about: "`cloudlx import` of a file of NDJSON with so many rows, to a stub in another process which answers at \
                once: checked, written to a new journal, and sent, four requests at a time. Memory is what the process \
                takes at most."
            .to_owned(),
        x: "rows".to_owned(),
        plots: vec![
            plot("time (a row of an import of 10,000 = 1)", "time a row", times),
            plot("memory in MiB", "the import, at most", memories),
        ],
    }
}

/// What an import took.
struct Import {
    seconds: f64,
    /// MiB.
    peak: f64,
}

fn import(rows: u32) -> Import {
    let folder = tempfile::tempdir().expect("a folder");
    let (file, journal) = (folder.path().join("rows.ndjson"), folder.path().join("journal"));
    let page: Map<String, Value> = serde_json::from_str(PAGE).unwrap();
    let line = |number| {
        let mut row = page.clone();
        row.insert("name".to_owned(), json!(format!("Customer {number}")));
        Value::from(row).to_string() + "\n"
    };
    fs::write(&file, (0..rows).map(line).collect::<String>()).expect("a file");

    let stub = StubProcess::start();
    let mut command = cloudlx(&["import", "--format", "json"]);
    command.arg(&file).arg("--journal").arg(&journal);
    command.env("CLOUDLX_BASE_URL", format!("http://{}", stub.address()));
    command.env("CLOUDLX_CLIENT_ID", "stub").env("CLOUDLX_CLIENT_SECRET", "stub");
    let start = Instant::now();
    let mut process = command.spawn().expect("cloudlx starts");
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak_memory(process.id()).unwrap_or_default().max(peak);
        if let Some(status) = process.try_wait().expect("it ends") {
            break status;
        }
        thread::sleep(LOOK);
    };
    let seconds = start.elapsed().as_secs_f64();
    let mut summary = String::new();
    process.stdout.take().expect("a pipe").read_to_string(&mut summary).expect("text");
    assert!(status.success(), "{status}: {summary}");
    Import { seconds, peak }
}
