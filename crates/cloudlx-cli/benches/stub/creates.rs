//! Creates a second, of one core.
//!
//! What is counted is the CPU time that the server's process takes for a number of creates, while it has work all the time:
//! a second of it is a second of one core. The callers' time is not in it, nor that of other programs.

use cloudlx_model::{CreateCustomer, Endpoint as _};
use xtask_measure::{Goal, Measure, Ratios, Row};

use crate::caller::{Connection, keep_busy, request};
use crate::peer::Peer;
use crate::running::Running;
use crate::server::Server;
use crate::{GROUP, PAGE};

/// How many creates wait for the server at once.
const AT_ONCE: usize = 64;

/// How often the two servers take turns in a round, and how many creates a turn has.
const TURNS: usize = 10;
const CREATES: usize = 4_096;

const WHAT: &str = "creates a second of one core, state kept";

/// Against bare hyper, which the stub is made of, and against wiremock-rs, which most tests in Rust use. A row of bare hyper
/// against wiremock-rs shows how far that goal can be reached.
pub(crate) fn against_rust(measure: Measure) -> [Row; 4] {
    let hyper = "bare hyper that reads the body and answers a constant";
    let wiremock = "wiremock-rs, which keeps the requests and answers a constant";
    let row = |what: &str, ours: Server, against: &str, reference: Server, goal: Goal| {
        let ratios = ratios(measure, ours, || reference.start(), CREATES);
        Row::new(GROUP, what, against, &ratios, goal)
    };
    [
        row(WHAT, Server::Stub, hyper, Server::Hyper, Goal::AtLeast(0.8)),
        row(
            "the same of bare hyper that also checks the request",
            Server::Checked,
            hyper,
            Server::Hyper,
            Goal::None,
        ),
        row(WHAT, Server::Stub, wiremock, Server::Wiremock, Goal::AtLeast(3.0)),
        row(&format!("the same of {hyper}"), Server::Hyper, wiremock, Server::Wiremock, Goal::None),
    ]
}

/// Against a mock server of another language.
pub(crate) fn against(measure: Measure, peer: &Peer) -> Row {
    let ratios = ratios(measure, Server::Stub, || peer.start(), CREATES / 8);
    Row::new(GROUP, WHAT, peer.name, &ratios, Goal::AtLeast(peer.creates))
}

/// Both servers are new in each round: what they keep grows. `theirs` is how many creates a turn of the reference has.
fn ratios(measure: Measure, ours: Server, reference: impl Fn() -> Running, theirs: usize) -> Ratios {
    let (turns, most) = if measure.quick { (1, AT_ONCE) } else { (TURNS, usize::MAX) };
    let ratio = |round: usize| {
        let ours = ours.start();
        let token = ours.token();
        let mut ours = Side::new(ours, &token, CREATES.min(most));
        // The reference does not look at it.
        let mut reference = Side::new(reference(), &token, theirs.min(most));
        for turn in 0..turns {
            let mut both = [&mut ours, &mut reference];
            both.rotate_left((round + turn) % 2);
            both.into_iter().for_each(Side::take_turn);
        }
        ours.rate() / reference.rate()
    };
    Ratios::new((0..measure.rounds).map(ratio).collect())
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
        let creates = keep_busy(&mut connections, &self.request, self.creates_a_turn);
        self.cpu_seconds += self.server.cpu_seconds() - before;
        self.creates += f64::from(u32::try_from(creates).unwrap());
    }

    fn rate(&self) -> f64 {
        self.creates / self.cpu_seconds
    }
}
