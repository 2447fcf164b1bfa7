//! What the stub costs: creates a second, how soon it answers, how much memory a load takes, and how much a customer that it
//! holds.
//!
//! `cargo xtask bench stub` runs it and prints the table; with `--peers` it measures the mock servers of other languages as
//! well. CPU time and memory are read from `/proc`, which Linux has.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot run says so by panicking"
)]

mod caller;
mod creates;
mod memory;
mod peer;
#[path = "../support/process.rs"]
mod process;
mod running;
mod server;
mod start;

use xtask_measure::Measure;

use self::peer::Peer;
use self::server::Server;

const GROUP: &str = "stub";

/// The page's sample, which every create sends.
const PAGE: &str = include_str!("../../../../examples/create-customer.json");

fn main() {
    if let Some(server) = Server::asked_for() {
        return server.serve();
    }
    let measure = Measure::from_environment();
    let mut rows = Vec::from(creates::against_rust(measure));
    rows.extend([start::alone(measure), memory::peak(measure), memory::held(measure)]);
    let peers = Peer::installed();
    rows.extend(peers.iter().map(|peer| creates::against(measure, peer)));
    rows.extend(peers.iter().map(|peer| start::against(measure, peer)));
    rows.extend(memory::against(measure, &peers));
    xtask_measure::print(&rows).unwrap();
}
