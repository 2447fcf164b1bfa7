//! One world, from its first start to the comparison at its end.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::chaos::check::{self, Customer, Findings, Reported, Row};
use crate::chaos::processes::{Import, Stub, wait};
use crate::chaos::world::{Kill, Victim, World};

/// How often the import may be run before it counts as one that does not end.
const MOST_RUNS: usize = 200;

/// How long one run may take: it ends by itself when it gets nowhere.
const LONGEST_RUN: Duration = Duration::from_mins(10);

/// What came of a world.
pub(crate) struct Trial {
    pub(crate) rows: usize,
    /// How often the import was started.
    pub(crate) runs: usize,
    /// How often it, or the stub, was killed.
    pub(crate) kills: usize,
    /// How many faults the stub injected, but for those that a kill kept it from telling.
    pub(crate) faults: u64,
    pub(crate) findings: Findings,
}

/// Why a world came to no end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrialError {
    #[error("could not run a process, or read or write its files in {}: {source}", folder.display())]
    Io { folder: PathBuf, source: io::Error },
    #[error("the import was not done after {runs} runs, the last of which ended with {last}: see {}", log.display())]
    NoEnd { runs: usize, last: String, log: PathBuf },
    #[error("could not read the stub's state: {0}")]
    State(#[from] rusqlite::Error),
    #[error("could not read {what}: {source}")]
    Json { what: String, source: serde_json::Error },
}

/// Tries `world` in a folder of its own below `folder`, which is left as it is when the promise was broken.
pub(crate) fn run(cloudlx: &Path, world: &World, folder: &Path) -> Result<Trial, TrialError> {
    let folder = folder.join(format!("seed-{}", world.seed));
    let failed = |source| TrialError::Io { folder: folder.clone(), source };
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    fs::create_dir_all(&folder).map_err(failed)?;
    let lines: Vec<_> = world.rows.iter().map(Value::to_string).collect();
    let mut stub = Stub::start(cloudlx, &folder, world.seed, world.latest_commit).map_err(failed)?;
    let import = Import {
        cloudlx,
        folder: &folder,
        base_url: stub.base_url(),
        concurrency: world.concurrency,
        // The stub counts from when it has processed the request, the import from when it gave up.
        settle: world.latest_commit + Duration::from_millis(200),
    };
    fs::write(import.input(), lines.join("\n") + "\n").map_err(failed)?;

    let foreign: Vec<_> = world.foreign.iter().filter_map(|row| world.rows.get(*row)).collect();
    // How many customers of a name somebody else may have made.
    let mut others = HashMap::new();
    let (runs, kills) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| {
            for (number, request) in foreign.iter().enumerate() {
                if import.create_beside(request, number)? {
                    *others.entry(name(request)).or_insert(0) += 1;
                }
            }
            Ok(())
        });
        let ended = until_done(world, &import, &mut stub);
        // A thread that panicked has said so.
        beside.join().unwrap_or(Ok(())).map_err(failed)?;
        ended
    })?;

    let faults = stub.injected();
    stub.kill().map_err(failed)?;
    let customers = customers(&folder.join("stub.db"))?;
    let rows: Vec<_> =
        world.rows.iter().map(|row| Row { name: name(row), content: content_of_row(row) }).collect();
    let findings = check::check(&rows, &reported(&import)?, &customers, &others);
    if findings.is_kept() {
        fs::remove_dir_all(&folder).map_err(failed)?;
    }
    Ok(Trial { rows: world.rows.len(), runs, kills, faults, findings })
}

/// Runs the import until it says that nothing is left to do, killing as the world says.
fn until_done(world: &World, import: &Import<'_>, stub: &mut Stub<'_>) -> Result<(usize, usize), TrialError> {
    let failed = |source| TrialError::Io { folder: import.folder.to_owned(), source };
    let mut kills = world.kills.iter();
    let mut killed = 0;
    let mut last = String::new();
    for run in 1..=MOST_RUNS {
        let mut process = import.start().map_err(failed)?;
        if let Some(Kill { after, victim }) = kills.next()
            && wait(&mut process, *after).map_err(failed)?.is_none()
        {
            killed += 1;
            if let Victim::Import | Victim::Both { .. } = victim {
                process.kill().map_err(failed)?;
            }
            if let Victim::Stub { down } | Victim::Both { down } = victim {
                stub.kill().map_err(failed)?;
                std::thread::sleep(*down);
                stub.restart().map_err(failed)?;
            }
        }
        let ended = wait(&mut process, LONGEST_RUN).map_err(failed)?;
        stub.check().map_err(failed)?;
        match ended.as_ref().and_then(std::process::ExitStatus::code) {
            // All rows are created; or all that can be is done, and some rows are uncertain.
            Some(0 | 5) => return Ok((run, killed)),
            code => last = code.map_or_else(|| "a kill".to_owned(), |code| format!("exit code {code}")),
        }
        if ended.is_none() {
            process.kill().map_err(failed)?;
            process.wait().map_err(failed)?;
            return Err(TrialError::NoEnd { runs: run, last: "no end".to_owned(), log: import.log() });
        }
    }
    Err(TrialError::NoEnd { runs: MOST_RUNS, last, log: import.log() })
}

fn name(request: &Value) -> String {
    request.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn reported(import: &Import<'_>) -> Result<Vec<Reported>, TrialError> {
    let path = import.report();
    let text = fs::read_to_string(&path)
        .map_err(|source| TrialError::Io { folder: import.folder.to_owned(), source })?;
    let lines = text.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .map_err(|source| TrialError::Json { what: path.display().to_string(), source })
}

/// Every customer that the stub has made, also those that have yet to appear.
fn customers(state: &Path) -> Result<Vec<Customer>, TrialError> {
    let database = Connection::open_with_flags(state, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut select = database.prepare("SELECT customer FROM customers")?;
    let texts = select.query_map((), |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let read = texts.iter().map(|text| {
        let customer: Value = serde_json::from_str(text)?;
        let id = customer.get("id").and_then(Value::as_u64).unwrap_or_default();
        Ok(Customer { id, name: name(&customer), content: content_of_customer(&customer) })
    });
    let read: Result<_, serde_json::Error> = read.collect();
    read.map_err(|source| TrialError::Json { what: "a customer".to_owned(), source })
}

/// What a customer shows of a row, but for the name: currency, country, realms, sub-realms and which of them are enabled.
fn content_of_row(row: &Value) -> String {
    let ids = |field: &str| row.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let enabled = ids("enabled_sub_realms");
    let sub_realms: Vec<_> =
        ids("shown_sub_realms").into_iter().map(|id| json!([id, enabled.contains(&id)])).collect();
    json!([row.get("currency_iso"), row.get("country_iso"), ids("realms"), sub_realms]).to_string()
}

/// The same of a customer.
fn content_of_customer(customer: &Value) -> String {
    let list = |field: &str| customer.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let realms: Vec<_> = list("realms").iter().map(|realm| realm.get("id").cloned()).collect();
    let sub_realm = |it: &Value| json!([it.get("id"), it.get("has_access")]);
    let sub_realms: Vec<_> = list("sub_realms").iter().map(sub_realm).collect();
    let (currency, country) = (customer.pointer("/currency/iso_3"), customer.pointer("/country/iso_2"));
    json!([currency, country, realms, sub_realms]).to_string()
}
