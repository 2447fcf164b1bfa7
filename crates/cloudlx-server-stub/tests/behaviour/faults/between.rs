//! Answers of somebody in between, in words of their own: each case of `between.json` is armed as a fault, and its caller gets
//! it to the byte.

use std::collections::BTreeMap;

use cloudlx_model::{AccessTokenRequest, CreateCustomer, Endpoint, ListCustomers};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{
    After, AnswerHeaders, Before, CannedAnswer, RequestFault, Schedule, Status,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::stub_and_create;
use crate::support::{Ask, CREDENTIALS, End, Reply, token};

#[derive(Deserialize)]
struct Cases {
    creates: Vec<Case>,
    tokens: Vec<Case>,
    lists: Vec<Listed>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    made: bool,
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    headers: BTreeMap<String, String>,
    extra: Value,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("between.json")).unwrap()
}

impl Case {
    /// The fault as it stands in a file.
    fn schedule(&self, endpoint: &str) -> Schedule {
        let answer = json!({"status": self.status, "body": {"text": self.body}, "headers": self.headers});
        let when = if self.made { "after" } else { "before" };
        let file = json!({"requests": [{"endpoint": endpoint, "do": {when: {"answer": answer}}}]});
        Schedule::from_json(file.to_string().as_bytes()).unwrap()
    }

    fn is(&self, reply: &Reply) {
        assert_eq!((reply.status, reply.text()), (self.status, self.body.as_str()), "{}", self.name);
        has(reply, &self.headers, &self.name);
        for header in ["Content-Type", "WWW-Authenticate"] {
            let is_said = self.headers.contains_key(header);
            assert_eq!(reply.header(header).is_some(), is_said, "{}: {header}", self.name);
        }
    }
}

/// Each header once, as it was said.
fn has(reply: &Reply, headers: &BTreeMap<String, String>, name: &str) {
    for (header, value) in headers {
        let there = reply.headers.iter().filter(|(there, _)| there.eq_ignore_ascii_case(header));
        let there: Vec<_> = there.map(|(_, value)| value).collect();
        assert_eq!(there, [value], "{name}: {header}");
    }
}

#[tokio::test]
async fn every_answer_to_a_create_can_be_said_before_or_after_it_is_done() {
    for case in cases().creates {
        let (stub, create) = stub_and_create().await;
        stub.faults().arm(case.schedule(CreateCustomer::NAME)).unwrap();
        case.is(&create.sent_to(&stub).await.reply_to("POST").await);
        assert_eq!(stub.customers().len(), usize::from(case.made), "{}", case.name);
    }
}

#[tokio::test]
async fn every_answer_to_a_request_for_a_token_can_be_said() {
    let stub = Stub::start().await.unwrap();
    for case in cases().tokens {
        stub.faults().arm(case.schedule(AccessTokenRequest::NAME)).unwrap();
        let ask = Ask::post(AccessTokenRequest::PATH, CREDENTIALS);
        case.is(&ask.sent_to(&stub).await.reply_to("POST").await);
    }
}

#[tokio::test]
async fn a_list_can_say_in_every_way_that_it_is_not_whole() {
    let (stub, create) = stub_and_create().await;
    for _ in 0..3 {
        create.to(&stub).await;
    }
    let token = token(&stub).await;
    for Listed { name, headers, extra } in cases().lists {
        let alter = json!({"patch": extra, "headers": headers});
        let file =
            json!({"requests": [{"endpoint": ListCustomers::NAME, "do": {"after": {"alter": alter}}}]});
        stub.faults().arm(Schedule::from_json(file.to_string().as_bytes()).unwrap()).unwrap();
        let reply = Ask::get(ListCustomers::PATH, &token).sent_to(&stub).await.reply_to("GET").await;
        has(&reply, &headers, &name);
        let mut body = reply.json();
        let customers = body.as_object_mut().unwrap().remove("customers").unwrap();
        assert_eq!((customers.as_array().unwrap().len(), body), (3, extra), "{name}");
    }
}

#[tokio::test]
async fn the_beginning_of_a_customer_comes_with_the_length_of_all_of_it() {
    let (stub, create) = stub_and_create().await;
    let cut = json!({"body_bytes": 36, "content_length": "of-the-whole"});
    let file = json!({"requests": [{"do": {"after": {"cut-short": cut}}}]});
    stub.faults().arm(Schedule::from_json(file.to_string().as_bytes()).unwrap()).unwrap();
    let (answer, end) = create.sent_to(&stub).await.end().await;
    assert!(answer.ends_with("\r\n\r\n{\"id\":6918,\"name\":\"Example Company\","), "{answer}");
    assert_eq!(end, End::Closed);
}

#[tokio::test]
async fn words_and_headers_can_be_armed_from_code() {
    let (stub, create) = stub_and_create().await;
    let headers = AnswerHeaders::new([("Server", "a-gateway"), ("Content-Type", "text/plain")]).unwrap();
    let busy = CannedAnswer::text(Status::new(503).unwrap(), "busy").with_headers(headers);
    stub.faults().arm(RequestFault::on::<CreateCustomer>(Before::Answer(busy)).times(1)).unwrap();
    let reply = create.sent_to(&stub).await.reply_to("POST").await;
    assert_eq!((reply.status, reply.text(), reply.header("server")), (503, "busy", Some("a-gateway")));
    assert_eq!(reply.header("content-type"), Some("text/plain"));
    // Headers of their own take the place of those that a canned answer has.
    let problem = AnswerHeaders::new([("Content-Type", "application/problem+json")]).unwrap();
    let canned = CannedAnswer::json(Status::new(400).unwrap()).with_headers(problem.clone());
    stub.faults().arm(RequestFault::on::<CreateCustomer>(Before::Answer(canned))).unwrap();
    let reply = create.sent_to(&stub).await.reply_to("POST").await;
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    stub.faults().arm(RequestFault::on::<CreateCustomer>(After::with_headers(problem))).unwrap();
    let reply = create.sent_to(&stub).await.reply_to("POST").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/problem+json")));
    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn what_was_refused_is_not_said_to_be_done_in_any_words() {
    let (stub, create) = stub_and_create().await;
    for status in [200, 302] {
        let done = CannedAnswer::text(Status::new(status).unwrap(), r#"{"id":6918}"#);
        stub.faults().arm(RequestFault::on::<CreateCustomer>(After::Answer(done))).unwrap();
        assert_eq!(create.clone().replaced("GBP", "GB").to(&stub).await.status, 422);
    }
    assert!(stub.customers().is_empty());
}
