//! The cost of the client compared with its HTTP client alone: creates on one stub, each side over one kept connection.
//!
//! Both sides serialise and send the same request, headers included, and read the same response, in one process, alternately.
//! `cargo xtask bench client` runs it and prints the table.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run says so by panicking")]

use std::time::{Duration, Instant};

use allocation_counter::{AllocationInfo, measure};
use cloudlx_client::{Client, Credentials, DEFAULT_ATTEMPT_TIMEOUT};
use cloudlx_model::{AccessToken, AccessTokenRequest, CreateCustomer, Customer, Endpoint, MEDIA_TYPE};
use cloudlx_server_stub::Stub;
use cloudlx_validate::{Validated, from_json};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use secrecy::ExposeSecret;
use tokio::runtime::{Builder, Runtime};
use xtask_measure::{Goal, Measure, Ratios, Row};

const GROUP: &str = "client";
const PAGE: &[u8] = include_bytes!("../../cloudlx-model/samples/create-customer.request.json");

/// The client's own, so that both sides send the same request.
const USER_AGENT: &str = concat!("cloudlx-client/", env!("CARGO_PKG_VERSION"));

/// How many customers one measured time covers. A round has many such times, and uses the shortest of each side.
const CREATES: u32 = 16;
const TIMES: usize = 40;

fn main() {
    let measure = Measure::from_environment();
    // The stub has a thread of its own, so that only the clients' allocations are counted here.
    let (servers, callers) = (runtime(), Builder::new_current_thread().enable_all().build().unwrap());
    let stub = servers.block_on(Stub::builder().journal_size(0).start()).unwrap();
    let sides = Sides::new(&callers, &stub);

    let bare = "bare reqwest, the same body to the same server";
    let timed = format!("{bare}, with the client's timeout of an attempt");
    let without_timer = sides.times(measure, None);
    let with_timer = sides.times(measure, Some(DEFAULT_ATTEMPT_TIMEOUT));
    let allocations = sides.allocations(measure);
    let rows = [
        Row::new(GROUP, "a create: time", bare, &without_timer, Goal::AtMost(1.05)),
        Row::new(GROUP, "a create: time", &timed, &with_timer, Goal::None),
        Row::new(GROUP, "a create: allocations", bare, &allocations, Goal::AtMost(1.2)),
    ];
    xtask_measure::print(&rows).unwrap();
    servers.block_on(stub.shutdown());
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// The two clients, each with a token and an open connection.
struct Sides<'a> {
    runtime: &'a Runtime,
    request: Validated<CreateCustomer>,
    ours: Client,
    bare: reqwest::Client,
    url: String,
    token: String,
}

impl<'a> Sides<'a> {
    fn new(runtime: &'a Runtime, stub: &Stub) -> Self {
        let credentials = Credentials::client(stub.client_id(), stub.client_secret().clone());
        let ours = Client::builder(stub.base_url(), credentials).build().unwrap();
        let bare = reqwest::Client::builder().user_agent(USER_AGENT).no_proxy().tls_certs_only([]);
        let bare = bare.build().unwrap();
        let url = format!("{}{}", stub.base_url(), CreateCustomer::PATH);
        let token = runtime.block_on(token(&bare, stub));
        let sides = Self { runtime, request: from_json(PAGE).unwrap(), ours, bare, url, token };
        sides.create();
        sides.create_bare(None);
        sides
    }

    fn create(&self) -> Customer {
        self.runtime.block_on(self.ours.create_customer(&self.request)).unwrap()
    }

    fn create_bare(&self, timeout: Option<Duration>) -> Customer {
        let created = async {
            let body = serde_json::to_vec::<CreateCustomer>(&self.request).unwrap();
            let request = self.bare.post(&self.url).bearer_auth(&self.token);
            let request = request.header(ACCEPT, MEDIA_TYPE).header(CONTENT_TYPE, "application/json");
            let request = timeout.into_iter().fold(request, reqwest::RequestBuilder::timeout);
            let answer = request.body(body).send().await.unwrap().error_for_status().unwrap();
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
        };
        self.runtime.block_on(created)
    }

    /// The sides alternate within a round too, so that the growing state of the stub affects both alike.
    fn times(&self, measure: Measure, timeout: Option<Duration>) -> Ratios {
        let times = if measure.quick { 1 } else { TIMES };
        let ratio = |_| {
            let (mut ours, mut bare) = (f64::INFINITY, f64::INFINITY);
            for _ in 0..times {
                ours = ours.min(seconds(|| drop(self.create())));
                bare = bare.min(seconds(|| drop(self.create_bare(timeout))));
            }
            ours / bare
        };
        Ratios::new((0..measure.rounds).map(ratio).collect())
    }

    fn allocations(&self, measure: Measure) -> Ratios {
        let side = |create: &dyn Fn()| allocations(create).count_total;
        let count = |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        measure
            .sides(|| count(side(&|| drop(self.create()))), || count(side(&|| drop(self.create_bare(None)))))
    }
}

/// Counts over several creates, so that it does not matter in which of them a buffer grows.
fn allocations(create: &dyn Fn()) -> AllocationInfo {
    measure(|| (0..CREATES).for_each(|_| create()))
}

fn seconds(create: impl Fn()) -> f64 {
    let start = Instant::now();
    (0..CREATES).for_each(|_| create());
    start.elapsed().as_secs_f64()
}

async fn token(http: &reqwest::Client, stub: &Stub) -> String {
    let body = serde_json::json!({
        "grant_type": "client_credentials",
        "client_id": stub.client_id(),
        "client_secret": stub.client_secret().expose_secret(),
    });
    let url = format!("{}{}", stub.base_url(), AccessTokenRequest::PATH);
    let request = http.post(url).header(ACCEPT, "application/json").header(CONTENT_TYPE, "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap().error_for_status().unwrap();
    let token: AccessToken = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    token.access_token.expose_secret().to_owned()
}
