//! How much memory all of it takes, in a process of its own. What it takes includes the attacker, who lives there too.

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use cloudlx_server_stub::Stub;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{answers_others, unknown_fields, wrong_ids};
use crate::support::{Ask, Wire, token};

/// The most that the process may ever have had in memory, in MiB.
const BOUND: u64 = 256;

/// How many connections are opened, where the system gives that many file handles.
const CROWD: usize = 10_000;

/// File handles for everything but the crowd: the stub's 512 connections, and what a process has anyway.
const OTHERS: usize = 700;

const WITHIN: &str = "CLOUDLX_TEST_WITHIN";

#[test]
fn an_attack_stays_within_its_bounds() {
    if std::env::var_os(WITHIN).is_none() {
        // The same test, alone and with as many file handles as it can have.
        let raise = r#"ulimit -n 11000 2>/dev/null || ulimit -n "$(ulimit -Hn)"; exec "$0" "$@""#;
        let itself = std::env::current_exe().unwrap();
        let status = Command::new("sh")
            .args(["-c", raise])
            .arg(itself)
            .args(["--exact", "memory::an_attack_stays_within_its_bounds", "--nocapture"])
            .env(WITHIN, "1")
            .status()
            .unwrap();
        assert!(status.success(), "{status}");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(attack());
    let peak = peak();
    println!("peak RSS: {peak} MiB of {BOUND} MiB");
    assert!(peak < BOUND, "{peak} MiB");
}

async fn attack() {
    let handles = file_handles();
    let crowd = CROWD.min(handles.saturating_sub(OTHERS));
    println!("{crowd} idle connections, {handles} file handles being the limit");
    let stub = Arc::new(Stub::start().await.unwrap());
    let mut idle = Vec::new();
    for _ in 0..crowd {
        idle.push(TcpStream::connect(stub.address()).await.unwrap());
        if idle.len() % 1_000 == 0 {
            answers_others(&stub).await;
        }
    }
    println!("peak RSS with a crowd: {} MiB", peak());

    let token = token(&stub).await;
    let bodies = [
        wrong_ids(),
        unknown_fields(),
        "[".repeat(1_000_000),
        format!("\"{}\"", "\\u0041".repeat(170_000)),
        " ".repeat(2 * 1024 * 1024),
    ];
    for _ in 0..2 {
        let mut asked = JoinSet::new();
        for body in &bodies {
            let (ask, stub) = (Ask::create(&token, body), Arc::clone(&stub));
            asked.spawn(async move { ask.to(&stub).await.status });
        }
        let mut statuses = asked.join_all().await;
        statuses.sort_unstable();
        assert_eq!(statuses, [400, 413, 422, 422, 422]);
    }
    answers_others(&stub).await;
    drop(idle);
    println!("peak RSS with costly bodies: {} MiB", peak());
    half_sent_bodies().await;
}

/// As many as there can be, of which each is all but one byte of the longest. Each is answered when its time is over.
async fn half_sent_bodies() {
    const LONGEST: usize = 1024 * 1024;
    // A caller whose head has not been read yet idles, and is to make room for nobody.
    let builder = Stub::builder().body_timeout(Duration::from_secs(2)).max_connections(2_000);
    let stub = Arc::new(builder.start().await.unwrap());
    let token = token(&stub).await;
    let ask = Ask::create(&token, "").body(" ".repeat(LONGEST));
    let all = ask.bytes();
    let all: Arc<[u8]> = all.get(..all.len() - 1).unwrap().into();
    let callers = 500.min(file_handles().saturating_sub(200) / 2);
    println!("{callers} bodies, each sent but for its last byte");
    let mut ended = JoinSet::new();
    for _ in 0..callers {
        let (all, stub) = (Arc::clone(&all), Arc::clone(&stub));
        ended.spawn(async move {
            let mut wire = Wire::open(&stub).await;
            wire.send_some(&all).await;
            wire.rest().await;
        });
    }
    answers_others(&stub).await;
    ended.join_all().await;
    let late = stub.requests().iter().filter(|request| request.status == 408).count();
    assert_eq!(late, callers);
    answers_others(&stub).await;
}

/// The most that the process has ever had in memory, in MiB.
fn peak() -> u64 {
    of_this_process("/proc/self/status", "VmHWM:") / 1024
}

/// How many file handles the process may have.
fn file_handles() -> usize {
    usize::try_from(of_this_process("/proc/self/limits", "Max open files")).unwrap()
}

/// The first number behind a word in a file about this process.
fn of_this_process(file: &str, word: &str) -> u64 {
    let text = std::fs::read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(word)).expect("a line with the word");
    line.split_whitespace().next().unwrap().parse().unwrap()
}
