//! The spans of calls and attempts, and that they contain no secret.
//!
//! This is a program of its own with one test: `tracing` caches for the whole process whether a callsite has subscribers, and
//! other tests that pass a callsite while a subscriber is registered could disable its spans.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what a test cannot do without, it fails without"
)]

mod scripted;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use cloudlx_model::{CustomerId, ListCustomers};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use scripted::{
    CLIENT_SECRET, CUSTOMER, Reply, Scripted, TOKEN_PATH, answer, by_api, chain, ok, request, token_text,
};

const LIST: &str = r#"{"customers": []}"#;

/// Records everything that is traced in this process, at every level.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Records>>);

#[derive(Default)]
struct Records {
    spans: Vec<Span>,
    /// The ids of the entered spans.
    entered: Vec<u64>,
    events: Vec<String>,
}

struct Span {
    name: &'static str,
    target: &'static str,
    /// How many spans contain it.
    depth: usize,
    fields: BTreeMap<&'static str, String>,
}

impl Visit for Span {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let before = self.fields.insert(field.name(), format!("{value:?}"));
        assert_eq!(before, None, "{field} was said twice");
    }
}

/// The fields of an event.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

/// Ids begin at 1.
fn index(id: u64) -> usize {
    usize::try_from(id).unwrap() - 1
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut records = self.0.lock().unwrap();
        let metadata = attributes.metadata();
        let depth = records.entered.last().map_or(0, |id| records.spans[index(*id)].depth + 1);
        let mut span =
            Span { name: metadata.name(), target: metadata.target(), depth, fields: BTreeMap::new() };
        attributes.record(&mut span);
        records.spans.push(span);
        Id::from_u64(records.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.0.lock().unwrap().spans[index(id.into_u64())]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(event.metadata().target().to_owned());
        event.record(&mut text);
        self.0.lock().unwrap().events.push(text.0);
    }

    fn enter(&self, id: &Id) {
        self.0.lock().unwrap().entered.push(id.into_u64());
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().entered.pop();
    }
}

impl Recorder {
    /// The client's spans, one per line, indented by their depth.
    fn spans(&self) -> String {
        let mut text = String::new();
        for span in self.0.lock().unwrap().spans.iter().filter(|span| span.target == "cloudlx_client") {
            write!(text, "{:1$}{2}", "", span.depth * 2, span.name).unwrap();
            for name in ["endpoint", "method", "path", "attempt", "attempts", "status", "outcome"] {
                if let Some(value) = span.fields.get(name) {
                    write!(text, " {}", value.trim_matches('"')).unwrap();
                }
            }
            text.push('\n');
        }
        text
    }

    /// Everything that was recorded, whoever traced it.
    fn everything(&self) -> String {
        let records = self.0.lock().unwrap();
        let spans =
            records.spans.iter().map(|span| format!("{} {} {:?}\n", span.target, span.name, span.fields));
        spans.chain(records.events.iter().map(|event| format!("{event}\n"))).collect()
    }
}

#[tokio::test]
async fn what_is_told() {
    a_call_and_each_attempt_have_a_span().await;
    nothing_that_is_told_is_a_secret_or_a_customers().await;
}

async fn a_call_and_each_attempt_have_a_span() {
    let recorder = Recorder::default();
    let server = Scripted::with_tokens(|request| match (request.call.as_str(), request.nth) {
        ("POST /api/customers", 1) => by_api("401 Unauthorized", ""),
        ("POST /api/customers", 2) => by_api("429 Too Many Requests", ""),
        ("POST /api/customers", 4) => answer("502 Bad Gateway", "", "<html>no</html>"),
        ("POST /api/customers", _) => ok(CUSTOMER),
        ("GET /api/customers", 0) => answer("503 Service Unavailable", "", ""),
        ("GET /api/customers", 1) => Reply::Cut(Vec::new()),
        ("GET /api/customers", _) => ok(LIST),
        ("GET /api/realms", _) => answer("302 Found", "location: /login\r\n", ""),
        _ => answer("404 Not Found", "", ""),
    })
    .await;
    let client = server.retrying().build().unwrap();

    let _guard = tracing::subscriber::set_default(recorder.clone());
    client.create_customer(&request()).await.unwrap();
    client.create_customer(&request()).await.unwrap();
    client.create_customer(&request()).await.unwrap_err();
    client.list_customers().await.unwrap();
    client.get_customer(CustomerId(6918)).await.unwrap_err();
    client.list_realms().await.unwrap_err();
    client.observe(&ListCustomers).await.unwrap();

    let token = "access_token POST /api/oauth2/access-token";
    let create = "create_customer POST /api/customers";
    let list = "list_customers GET /api/customers";
    let get = "get_customer GET /api/customers/{customer_id}";
    assert_eq!(
        recorder.spans(),
        format!(
            "call {create} 1 200 done\n\
             \x20 call {token} 1 200 done\n\
             \x20   attempt {token} 1 200 done\n\
             \x20 attempt {create} 1 200 done\n\
             call {create} 2 200 done\n\
             \x20 attempt {create} 1 401 unauthorized\n\
             \x20 call {token} 1 200 done\n\
             \x20   attempt {token} 1 200 done\n\
             \x20 attempt {create} 1 429 error_status\n\
             \x20 attempt {create} 2 200 done\n\
             call {create} 1 502 unknown\n\
             \x20 attempt {create} 1 502 error_status\n\
             call {list} 3 200 done\n\
             \x20 attempt {list} 1 503 error_status\n\
             \x20 attempt {list} 2 no_answer\n\
             \x20 attempt {list} 3 200 done\n\
             call {get} 1 404 not_done\n\
             \x20 attempt {get} 1 404 error_status\n\
             call list_realms GET /api/realms 1 302 not_done\n\
             \x20 attempt list_realms GET /api/realms 1 302 redirected\n\
             call {list} 1 200 done\n\
             \x20 attempt {list} 1 200 done\n"
        )
    );
    let told = recorder.everything();
    assert!(told.contains("cloudlx_client message=waiting before the next attempt wait=0ns"), "{told}");
}

async fn nothing_that_is_told_is_a_secret_or_a_customers() {
    let recorder = Recorder::default();
    let server = Scripted::with_tokens(|request| {
        let echo = format!("{} {CLIENT_SECRET} {}", request.raw, token_text(request.nth));
        match (request.call.as_str(), request.nth) {
            ("POST /api/customers", 1) => answer("401 Unauthorized", "www-authenticate: Bearer\r\n", echo),
            ("POST /api/customers", 2) => ok(&echo),
            ("POST /api/customers", 3) => Reply::Cut(echo.into_bytes()),
            ("GET /api/customers", _) => answer("422 Unprocessable Content", "", echo),
            ("GET /api/realms", _) => {
                answer("302 Found", &format!("location: /login?token={}\r\n", token_text(0)), "")
            }
            _ => ok(CUSTOMER),
        }
    })
    .await;
    let client = server.retrying().build().unwrap();

    let _guard = tracing::subscriber::set_default(recorder.clone());
    client.create_customer(&request()).await.unwrap();
    let customer = client.get_customer(CustomerId(6918)).await.unwrap();
    let mut errors = Vec::new();
    for _ in 0..2 {
        errors.push(chain(&client.create_customer(&request()).await.unwrap_err()));
    }
    errors.push(chain(&client.list_customers().await.unwrap_err()));
    errors.push(chain(&client.list_realms().await.unwrap_err()));
    client.observe_access_token().await.unwrap();

    let told = recorder.everything();
    assert!(told.contains(TOKEN_PATH) && errors.iter().any(|error| error.contains("j.smith@example.com")));
    let request = request();
    let customers = [&request.name, &customer.name].map(String::as_str);
    let secrets = [CLIENT_SECRET, "t0k3n", "refresh-", "Bearer"];
    let others = ["smith", "John", "customers/6918", "login"];
    for private in customers.into_iter().chain(secrets).chain(others) {
        assert!(!told.contains(private), "{private}: {told}");
    }
}
