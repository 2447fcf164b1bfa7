//! Creates a second, of one core.
//!
//! What is counted is the CPU time that the server's process takes for a number of creates, while it has work all the time:
//! a second of it is a second of one core. The callers' time is not in it, nor that of other programs.

use cloudlx_bench::{Goal, Measure, Ratios, Row};
use cloudlx_model::{CreateCustomer, Endpoint as _};

use crate::caller::{Connection, keep_busy, request};
use crate::peer::Peer;
use crate::running::Running;
use crate::server::Server;
use crate::{GROUP, PAGE};

/// How many creates wait for the server at once.
const AT_ONCE: usize = 32;

/// How often the two servers take turns in a round, and how many creates a turn has.
const TURNS: usize = 10;
const CREATES: usize = 4_000;

const WHAT: &str = "creates a second of one core, state kept";

/// Beside what the stub is made of.
pub(crate) fn beside_hyper(measure: Measure) -> Row {
    let ratios = ratios(measure, || Server::Hyper.start(), CREATES);
    Row::new(
        GROUP,
        WHAT,
        "bare hyper that reads the body and answers a constant",
        &ratios,
        Goal::AtLeast(0.8),
    )
}

/// Beside the stub that most tests in Rust use.
pub(crate) fn beside_wiremock(measure: Measure) -> Row {
    let ratios = ratios(measure, || Server::Wiremock.start(), CREATES);
    Row::new(
        GROUP,
        WHAT,
        "wiremock-rs, which keeps the requests and answers a constant",
        &ratios,
        Goal::AtLeast(3.0),
    )
}

/// Beside a mock server of another language.
pub(crate) fn beside(measure: Measure, peer: &Peer) -> Row {
    let ratios = ratios(measure, || peer.start(), CREATES / 10);
    Row::new(GROUP, WHAT, peer.name, &ratios, Goal::AtLeast(peer.creates))
}

/// Both servers are new in each round: what they keep grows. `theirs` is how many creates a turn of the reference has.
fn ratios(measure: Measure, reference: impl Fn() -> Running, theirs: usize) -> Ratios {
    let (turns, scale) = if measure.quick { (1, 100) } else { (TURNS, 1) };
    let ratio = |round: usize| {
        let stub = Server::Stub.start();
        let token = stub.token();
        let mut ours = Side::new(stub, &token, CREATES / scale);
        // The others do not look at it.
        let mut reference = Side::new(reference(), &token, theirs / scale);
        for turn in 0..turns {
            let mut both = [&mut ours, &mut reference];
            both.rotate_left((round + turn) % 2);
            both.into_iter().for_each(Side::take_turn);
        }
        ours.rate() / reference.rate()
    };
    Ratios::of((0..measure.rounds).map(ratio).collect())
}

/// A server under load.
struct Side {
    server: Running,
    request: Vec<u8>,
    creates_a_turn: usize,
    creates: f64,
    cpu_seconds: f64,
}

impl Side {
    /// One that is warm.
    fn new(server: Running, token: &str, creates_a_turn: usize) -> Self {
        let request = request("POST", CreateCustomer::PATH, token, PAGE);
        let mut side = Self { server, request, creates_a_turn, creates: 0.0, cpu_seconds: 0.0 };
        side.take_turn();
        Self { creates: 0.0, cpu_seconds: 0.0, ..side }
    }

    fn take_turn(&mut self) {
        // New ones each time: some servers close a connection that idles while the other side has its turn.
        let mut connections: Vec<Connection> = (0..AT_ONCE).map(|_| self.server.connect()).collect();
        let before = self.server.cpu_seconds();
        keep_busy(&mut connections, &self.request, self.creates_a_turn, 200);
        self.cpu_seconds += self.server.cpu_seconds() - before;
        self.creates += f64::from(u32::try_from(self.creates_a_turn).unwrap());
    }

    fn rate(&self) -> f64 {
        self.creates / self.cpu_seconds
    }
}
