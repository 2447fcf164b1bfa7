//! A request uses no connection that the server has closed, whatever the program did in between.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudlx_client::{Client, ClientBuilder, Credentials};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::scripted::{
    CUSTOMER, Reply, Request, Script, Scripted, http, ok, request, serve, token_text, with_paused_clock,
};

const CUSTOMERS: &str = "/api/customers";

/// A server on a thread of its own, which runs on while the client's runtime is blocked, and closes its connections when the test
/// tells it to.
struct Apart {
    runtime: Runtime,
    base_url: String,
    seen: Arc<Mutex<Vec<Request>>>,
    connections: Arc<Mutex<JoinSet<()>>>,
}

impl Apart {
    fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::follow(Box::new(script))
    }

    fn follow(script: Script) -> Self {
        // Each thread closes one connection at a time, and waits for it.
        let runtime = Builder::new_multi_thread().worker_threads(16).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, connections, script) =
            (Arc::default(), Arc::<Mutex<JoinSet<()>>>::default(), Arc::new(script));
        runtime.spawn({
            let (seen, connections) = (Arc::clone(&seen), Arc::clone(&connections));
            async move {
                for connection in 0.. {
                    let (stream, _) = listener.accept().await.unwrap();
                    // With this, closing waits until the client's system has received the close.
                    #[expect(deprecated, reason = "it blocks the thread, which is what is wanted")]
                    stream.set_linger(Some(Duration::from_mins(1))).unwrap();
                    let served = serve(stream, connection, Arc::clone(&script), Arc::clone(&seen));
                    connections.lock().unwrap().spawn(served);
                }
            }
        });
        Self { runtime, base_url, seen, connections }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(&self.base_url, Credentials::access_token(token_text(0))).no_retries()
    }

    /// Closes all connections, and returns when the client's system knows. The client's runtime need not know.
    fn close_connections(&self) {
        self.closing().recv().unwrap();
    }

    fn closing(&self) -> Receiver<()> {
        let mut connections = std::mem::take(&mut *self.connections.lock().unwrap());
        let (closed, closing) = sync_channel(1);
        self.runtime.spawn(async move {
            connections.shutdown().await;
            closed.send(()).unwrap();
        });
        closing
    }

    /// How many creates arrived, and on how many connections.
    fn creates(&self) -> (usize, usize) {
        let seen = self.seen.lock().unwrap();
        let creates = seen.iter().filter(|request| request.call == format!("POST {CUSTOMERS}"));
        let mut connections: Vec<_> = creates.map(|create| create.connection).collect();
        let creates = connections.len();
        connections.sort_unstable();
        connections.dedup();
        (creates, connections.len())
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_program_that_blocks_between_creates_sends_none_on_a_connection_that_was_closed() {
    for own_http_client in [false, true] {
        let (server, runtime) = (Apart::start(|_| ok(CUSTOMER)), runtime());
        let builder = server.builder().idle_timeout(Duration::MAX);
        let builder = if own_http_client { builder.http_client(http()) } else { builder };
        let client = builder.build().unwrap();
        for _ in 0..20 {
            runtime.block_on(client.create_customer(&request())).unwrap();
            server.close_connections();
        }
        assert_eq!(server.creates(), (20, 20));
    }
}

#[test]
fn a_task_that_blocks_the_only_thread_sends_no_create_on_a_connection_that_was_closed() {
    let server = Apart::start(|_| ok(CUSTOMER));
    let client = server.builder().idle_timeout(Duration::MAX).build().unwrap();
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let created = runtime.spawn(async move {
        for _ in 0..20 {
            client.create_customer(&request()).await.unwrap();
            server.close_connections();
        }
        server
    });
    assert_eq!(runtime.block_on(created).unwrap().creates(), (20, 20));
}

#[test]
fn a_connection_that_is_given_back_only_in_the_next_call_is_looked_at() {
    // Long enough that the call ends before the connection is back in the pool, where it counts as just used.
    let long = format!("{}{CUSTOMER}", " ".repeat(1 << 20));
    let (server, runtime) = (Apart::start(move |_| ok(&long)), runtime());
    let client = server.builder().build().unwrap();
    for _ in 0..20 {
        runtime.block_on(client.create_customer(&request())).unwrap();
        server.close_connections();
    }
    assert_eq!(server.creates(), (20, 20));
}

#[test]
fn connections_that_were_closed_together_are_all_looked_at() {
    // More tasks than tokio runs before it polls its sockets again.
    const CONNECTIONS: usize = 100;
    let all = Arc::new(Barrier::new(CONNECTIONS));
    let server = Apart::start(move |_| Reply::Together(Arc::clone(&all), Box::new(ok(CUSTOMER))));
    let runtime = runtime();
    let client = server.builder().max_concurrent_requests(CONNECTIONS).build().unwrap();
    for closed in [false, true] {
        if closed {
            server.close_connections();
        }
        let mut creates = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let client = client.clone();
            creates.spawn_on(async move { client.create_customer(&request()).await }, runtime.handle());
        }
        assert!(runtime.block_on(creates.join_all()).iter().all(Result::is_ok));
    }
    assert_eq!(server.creates(), (2 * CONNECTIONS, 2 * CONNECTIONS));
}

/// A change of a builder's settings.
type Set = fn(ClientBuilder) -> ClientBuilder;

#[tokio::test]
async fn a_connection_that_was_idle_too_long_is_not_used_again() {
    let second = Duration::from_secs(1);
    let cases: [(&str, Set, bool); 6] = [
        ("unless told, after a second", |builder| builder, false),
        ("as told", |builder| builder.idle_timeout(Duration::from_secs(2)), true),
        ("for ever", |builder| builder.idle_timeout(Duration::MAX), true),
        ("never", |builder| builder.idle_timeout(Duration::ZERO), false),
        (
            "whatever another client says",
            |builder| builder.http_client(http().pool_idle_timeout(None)),
            false,
        ),
        (
            "and less than another client says",
            |builder| {
                builder.idle_timeout(Duration::from_secs(2)).http_client(http().pool_idle_timeout(None))
            },
            true,
        ),
    ];
    for (how_long, set, again) in cases {
        let server = Scripted::with_tokens(|_| ok(CUSTOMER)).await;
        let client = set(server.builder()).build().unwrap();
        client.create_customer(&request()).await.unwrap();
        with_paused_clock(tokio::time::advance(second + Duration::from_millis(1))).await;
        client.create_customer(&request()).await.unwrap();
        let used: Vec<_> = server.requests().iter().map(|request| request.connection).collect();
        assert_eq!(used[1] == used[2], again, "{how_long}: {used:?}");
    }
}

#[tokio::test]
async fn without_an_idle_time_every_request_has_a_connection_of_its_own() {
    let server = Scripted::with_tokens(|_| ok(CUSTOMER)).await;
    let client = server.builder().idle_timeout(Duration::ZERO).build().unwrap();
    for _ in 0..3 {
        client.create_customer(&request()).await.unwrap();
    }
    let used: Vec<_> = server.requests().iter().map(|request| request.connection).collect();
    assert_eq!(used, [0, 1, 2, 3], "the token's, and those of three creates");
}
