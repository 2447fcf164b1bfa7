//! Memory: the most that a load takes, and what a customer takes that is held.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cloudlx_model::{CreateCustomer, Endpoint as _, ListCustomers};
use cloudlx_server_stub::Stub;
use xtask_measure::{Goal, Measure, Ratios, Row};

use crate::caller::request;
use crate::peer::Peer;
use crate::process::mebibytes;
use crate::running::Running;
use crate::{GROUP, PAGE};

/// How long a round of load lasts: five of them make a minute.
const LOAD: Duration = Duration::from_secs(12);

/// How many callers there are at once.
const CALLERS: usize = 16;

/// How many requests the load has that is compared, and how long that of a slower server lasts at most.
const REQUESTS: usize = 1_000_000;
const PATIENCE: Duration = Duration::from_secs(15);

/// How many customers are held.
const HELD: usize = 1_000_000;

/// The peak under a load for a time, in MiB.
pub(crate) fn peak(measure: Measure) -> Row {
    let lasts = if measure.quick {
        Duration::from_millis(100)
    } else {
        LOAD * u32::try_from(measure.rounds).unwrap()
    };
    let stub = Running::stub();
    let requests = load(&stub, &asks_of_the_stub(&stub), usize::MAX, lasts);
    let what = format!(
        "peak memory in {} seconds of reads and refused creates, {CALLERS} at once, {requests} in all",
        lasts.as_secs()
    );
    Row::figure(GROUP, &what, "MiB", &Ratios::new(vec![stub.peak_mebibytes()]), Goal::AtMost(20.0))
}

/// The peak after a number of requests, against mock servers of other languages, which answer fewer requests.
pub(crate) fn against(measure: Measure, peers: &[Peer]) -> Vec<Row> {
    let requests = if measure.quick { REQUESTS / 1_000 } else { REQUESTS };
    let rounds = if peers.is_empty() { 0 } else { measure.rounds };
    let ours: Vec<f64> = (0..rounds).map(|_| peak_after(requests)).collect();
    let what = format!("peak memory after {requests} reads and refused creates, {CALLERS} at once");
    let row = |peer: &Peer| {
        let mut fewest = usize::MAX;
        let ratio = |ours: &f64| {
            let running = peer.start();
            fewest = fewest.min(load(&running, &asks("any"), requests, PATIENCE));
            ours / running.peak_mebibytes()
        };
        let ratios = Ratios::new(ours.iter().map(ratio).collect());
        let against = format!("{}, after {fewest} of them", peer.name);
        Row::new(GROUP, &what, &against, &ratios, Goal::AtMost(0.1))
    };
    peers.iter().map(row).collect()
}

/// What a stub has taken after so many requests, in MiB.
fn peak_after(requests: usize) -> f64 {
    let stub = Running::stub();
    load(&stub, &asks_of_the_stub(&stub), requests, Duration::MAX);
    stub.peak_mebibytes()
}

/// How many more bytes of memory this process has for each customer, when a stub in it holds so many.
pub(crate) fn held(measure: Measure) -> Row {
    let (customers, batch) = (if measure.quick { 1_000 } else { HELD }, 1_000);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stub = runtime.block_on(Stub::start()).unwrap();
    let request = cloudlx_validate::from_json(PAGE.as_bytes()).expect("the page's sample is valid");
    let requests = vec![request; batch];
    // What a batch takes while it is made is there from now on.
    stub.seed_customers(&requests);
    let resident = || mebibytes(std::process::id(), "VmRSS:").expect("Linux has it") * 1024.0 * 1024.0;
    let before = resident();
    for _ in 0..customers / batch {
        stub.seed_customers(&requests);
    }
    let grown = (resident() - before).max(0.0);
    let each = grown / f64::from(u32::try_from(customers).unwrap());
    let what = format!("a customer held, of {customers}");
    Row::figure(GROUP, &what, "bytes", &Ratios::new(vec![each]), Goal::AtMost(256.0))
}

/// A request, and its status where that is known.
struct Ask {
    request: Vec<u8>,
    status: Option<u16>,
}

/// A read, and a create that the stub refuses; other servers may take it.
fn asks(token: &str) -> [Ask; 2] {
    let refused = PAGE.replace("GBP", "GB");
    [
        Ask { request: request("GET", ListCustomers::PATH, token, ""), status: None },
        Ask { request: request("POST", CreateCustomer::PATH, token, &refused), status: None },
    ]
}

/// Of a stub that has ten customers to list.
fn asks_of_the_stub(stub: &Running) -> [Ask; 2] {
    let token = stub.token();
    for _ in 0..10 {
        let created = stub.connect().ask(&request("POST", CreateCustomer::PATH, &token, PAGE));
        assert_eq!(created.0, 200);
    }
    let [read, refused] = asks(&token);
    [Ask { status: Some(200), ..read }, Ask { status: Some(422), ..refused }]
}

/// Asks as fast as the server answers, until there were so many requests or the time is over, and says how many there were.
fn load(server: &Running, asks: &[Ask], most: usize, lasts: Duration) -> usize {
    let (begun, asked) = (Instant::now(), AtomicUsize::new(0));
    let load = || {
        let mut connection = server.connect();
        while begun.elapsed() < lasts && asked.fetch_add(asks.len(), Ordering::Relaxed) < most {
            for ask in asks {
                let (status, _) = connection.ask(&ask.request);
                assert_eq!(status, ask.status.unwrap_or(status));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(load);
        }
    });
    // Each caller finds once that there were enough.
    asked.into_inner().min(most)
}
