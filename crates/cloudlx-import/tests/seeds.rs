//! Imports under seeded faults, dropped at random moments and started again until they are done: no row is created twice,
//! and none is missing without being named.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

mod support;

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use cloudlx_import::journal::{ReadJournal, State};
use cloudlx_import::{Options, Stop, import, progress};

use self::support::{Api, Fault, Folder, Storage, options};

const SEEDS: u64 = 30;
const ROWS: usize = 40;

/// A number that only the seed and what is asked for decide.
fn roll(seed: u64, what: &str, nth: usize, sides: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, what, nth).hash(&mut hasher);
    hasher.finish() % sides
}

fn fault(seed: u64, name: &str, nth: usize) -> Fault {
    match roll(seed, name, nth, 20) {
        0..3 => Fault::LostBefore,
        3..6 => Fault::LostAfter,
        6 => Fault::Unreadable,
        7 => Fault::Status(429),
        8 => Fault::Status(if nth == 0 { 401 } else { 504 }),
        9 => Fault::Status(500),
        10 if nth == 0 => Fault::Hangs,
        11 if name.ends_with('7') => Fault::Status(422),
        12 if name.ends_with('3') => Fault::LostAmongOthers,
        _ => Fault::None,
    }
}

/// The rows: mostly one of a kind, some twins.
fn names(seed: u64) -> Vec<String> {
    (0..ROWS)
        .map(|row| match roll(seed, "twin", row, 8) {
            0 => "Twin".to_owned(),
            _ => format!("Customer {row}"),
        })
        .collect()
}

/// Runs until done; every other run is dropped after as many rows as the seed says.
async fn run_to_the_end(seed: u64, worker: &str, api: &Api, storage: &impl Storage, options: Options) {
    let client = api.client();
    for run in 0..200 {
        let journal = storage.loaded().await;
        let (_tell, stop) = Stop::new();
        let (shown, mut progress) = progress();
        let importing = import(&client, &journal, options, stop, shown);
        let done = journal.counts().await.unwrap().done();
        let until = done + roll(seed, &format!("drop{worker}"), run, 12);
        let summary = tokio::select! {
            summary = importing => Some(summary.unwrap()),
            _ = progress.wait_for(|now| now.counts.sending > 0 && now.counts.done() > until) => None,
            () = api.hangs() => None,
        };
        while Arc::strong_count(&journal) > 1 {
            tokio::task::yield_now().await;
        }
        if summary.is_some_and(|summary| summary.counts.done() == summary.counts.rows()) {
            return;
        }
    }
    panic!("seed {seed}: it does not end");
}

/// Holds what the API has against what the journal says.
async fn check(seed: u64, api: &Api, storage: &impl Storage, names: &[String]) {
    let customers: HashMap<_, _> = api.customers().into_iter().map(|it| (it.id, it.name)).collect();
    let mut bound = HashSet::new();
    let mut uncertain = HashSet::new();
    for (outcome, name) in storage.outcomes().await.into_iter().zip(names) {
        match (outcome.outcome, outcome.customer_id) {
            (State::Created | State::Settled, Some(id)) => {
                assert_eq!(customers.get(&id), Some(name), "seed {seed}: {outcome:?}");
                assert!(bound.insert(id), "seed {seed}: {id} is two rows'");
            }
            (State::Refused, None) => assert!(name.ends_with('7'), "seed {seed}: {outcome:?}"),
            // Only where somebody else made the same.
            (State::Uncertain, None) => {
                assert!(name.ends_with('3'), "seed {seed}: {outcome:?}");
                uncertain.insert(name);
            }
            _ => panic!("seed {seed}: {outcome:?}"),
        }
    }
    for (id, name) in customers {
        assert!(bound.contains(&id) || uncertain.contains(&name), "seed {seed}: {name} {id} is nobody's");
    }
}

#[tokio::test]
async fn no_duplicate_and_no_unreported_hole() {
    for seed in 0..SEEDS {
        let api = Api::start(move |create, nth| fault(seed, &create.name, nth)).await;
        let names = names(seed);
        let folder = Folder::with_names(&names.iter().map(String::as_str).collect::<Vec<_>>());
        run_to_the_end(seed, "", &api, &folder, Options { concurrency: 3, ..options() }).await;
        check(seed, &api, &folder, &names).await;
    }
}

/// The same where three import at once, and each is dropped and started again on its own.
#[cfg(all(unix, feature = "postgres"))]
#[tokio::test]
async fn no_duplicate_and_no_unreported_hole_of_several() {
    use std::time::Duration;

    use cloudlx_import::journal::postgres::Times;

    for seed in 0..SEEDS / 10 {
        let api = Api::start(move |create, nth| fault(seed, &create.name, nth)).await;
        let names = names(seed);
        let names_of_rows: Vec<_> = names.iter().map(String::as_str).collect();
        let Some(database) = support::database::Database::with_names(&names_of_rows).await else { return };
        // What hangs, and whoever was dropped, is overdue soon.
        let times = Times { lease: Duration::from_secs(2), settle_time: Duration::from_millis(100) };
        let database = support::database::Database { times, ..database };
        let options = Options { concurrency: 2, settle_time: times.settle_time, ..options() };
        let run = |worker| run_to_the_end(seed, worker, &api, &database, options);
        tokio::join!(run("a"), run("b"), run("c"));
        check(seed, &api, &database, &names).await;
    }
}
