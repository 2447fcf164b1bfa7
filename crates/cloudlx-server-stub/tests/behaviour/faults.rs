//! Faults, over a real socket: what of a request is done, and what its caller gets, byte by byte.

mod after;
mod arming;
mod before;
mod between;
mod connections;
mod control;

use std::time::Duration;

use cloudlx_server_stub::Stub;
use tokio::time::timeout;

use crate::support::{Ask, PATIENCE, SAMPLE, token};

/// Longer than any test waits: what is over by then was ended by something else.
const LONG: Duration = Duration::from_hours(1);

/// A stub, and a create that it takes.
async fn stub_and_create() -> (Stub, Ask) {
    let stub = Stub::start().await.unwrap();
    let create = Ask::create(&token(&stub).await, SAMPLE);
    (stub, create)
}

/// Waits until the stub has recorded as many requests.
async fn recorded(stub: &Stub, requests: u64) {
    let there = async {
        while stub.requests_total() < requests {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, there).await.expect("the requests to be recorded");
}
