//! What strangers may send: slowly, too much, twice, or something else than HTTP. The stub goes on answering others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

#[path = "../support/mod.rs"]
mod support;

#[cfg(target_os = "linux")]
mod memory;
mod oversized;
mod slow;
mod smuggling;
mod strange;

use cloudlx_server_stub::Stub;

use support::{Ask, Reply, SAMPLE, Wire, token};

/// Fails unless a new caller gets a token and the list.
async fn answers_others(stub: &Stub) {
    let token = token(stub).await;
    assert_eq!(Ask::get("/api/customers", &token).to(stub).await.status, 200);
}

/// Sends bytes over a connection of its own, as many as are taken, and reads one answer.
async fn answer_to(stub: &Stub, bytes: &[u8]) -> Reply {
    let mut wire = Wire::open(stub).await;
    wire.send_some(bytes).await;
    wire.reply_to("GET").await
}

/// The sample with a million bytes of ids that do not exist: a million and one mistakes.
fn wrong_ids() -> String {
    SAMPLE.replace("[1,2,7]", &format!("[{}9]", "9,".repeat(500_000)))
}

/// The sample with 60,000 fields that it may not have.
fn unknown_fields() -> String {
    let fields: Vec<_> = (0..60_000).map(|n| format!("\"{n:x}\":[],")).collect();
    SAMPLE.replace("\"name\"", &format!("{}\"name\"", fields.concat()))
}
