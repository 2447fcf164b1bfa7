//! Faults that come after a request was processed: the customer is there, and its caller does not know.

use std::time::{Duration, Instant};

use cloudlx_model::{CreateCustomer, ListCustomers};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{
    After, Alteration, CannedAnswer, ContentLength, Cut, CutShort, LateCommit, LeaveOut, Lost, MediaType,
    NameForm, Rename, RequestFault, Schedule, Status,
};
use serde_json::json;

use super::{LONG, recorded, stub_and_create};
use crate::support::{Ask, End, SAMPLE, Wire, token};

/// A stub whose creates end like this, and the connection over which one was sent.
async fn create_hit_by(action: After) -> (Stub, Wire) {
    let (stub, create) = stub_and_create().await;
    stub.faults().arm(RequestFault::on::<CreateCustomer>(action)).unwrap();
    let wire = create.sent_to(&stub).await;
    (stub, wire)
}

/// Head and body of an answer as it came.
fn parts(answer: &str) -> (&str, &str) {
    answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("expected a head, found {answer:?}"))
}

/// The body of the answer to a create on a stub without faults, as bytes: the same every time.
async fn whole_body() -> String {
    let (stub, create) = stub_and_create().await;
    create.to(&stub).await.text().to_owned()
}

#[tokio::test]
async fn close_without_an_answer() {
    let (stub, mut wire) = create_hit_by(After::Close).await;
    assert_eq!(wire.end().await, (String::new(), End::Closed));
    assert_eq!(stub.customers().len(), 1);
    let last = stub.requests().pop().unwrap().to_string();
    assert_eq!(last, r#"POST /api/customers was hit by {"after":"close"}, its status being 200"#);
}

#[tokio::test]
async fn never_answer() {
    let (stub, mut wire) = create_hit_by(After::NeverAnswer).await;
    recorded(&stub, 2).await;
    assert_eq!(stub.customers().len(), 1);
    stub.shutdown().await;
    assert_eq!(wire.end().await, (String::new(), End::Closed));
}

#[tokio::test]
async fn reset_in_the_middle_of_the_answer() {
    let whole = whole_body().await;
    for (cut, sent) in [
        (Cut::default(), whole.len() / 2),
        (Cut { body_bytes: Some(0) }, 0),
        (Cut { body_bytes: Some(10) }, 10),
        (Cut { body_bytes: Some(usize::MAX) }, whole.len()),
    ] {
        let (stub, mut wire) = create_hit_by(After::Reset(cut)).await;
        let (answer, end) = wire.end().await;
        assert_eq!(end, End::Reset);
        let (head, body) = parts(&answer);
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
        assert!(head.contains(&format!("content-length: {}", whole.len())), "{head}");
        assert_eq!(body, &whole[..sent]);
        assert_eq!(stub.customers().len(), 1);
    }
}

#[tokio::test]
async fn cut_short_with_either_length() {
    let whole = whole_body().await;
    for (content_length, said) in
        [(ContentLength::OfTheWhole, whole.len()), (ContentLength::OfWhatIsSent, whole.len() / 2)]
    {
        let (stub, mut wire) = create_hit_by(After::cut_short(content_length)).await;
        let (answer, end) = wire.end().await;
        let (head, body) = parts(&answer);
        assert_eq!(
            head,
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {said}")
        );
        assert_eq!((body, end), (&whole[..whole.len() / 2], End::Closed));
        assert_eq!(stub.customers().len(), 1);
    }
    let head_only = CutShort { body_bytes: Some(0), content_length: ContentLength::OfTheWhole };
    let (_stub, mut wire) = create_hit_by(After::CutShort(head_only)).await;
    assert_eq!(parts(&wire.end().await.0).1, "");
}

#[tokio::test]
async fn an_answer_to_head_has_no_body_to_cut() {
    let stub = Stub::start().await.unwrap();
    let ask = Ask::new("HEAD", "/api/customers").bearer(&token(&stub).await);
    for action in [After::Reset(Cut::default()), After::drip_every(Duration::ZERO)] {
        stub.faults().arm(RequestFault::any(action)).unwrap();
        let (answer, _) = ask.sent_to(&stub).await.end().await;
        assert_eq!(parts(&answer).1, "");
        assert!(answer.contains("content-length: 16\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn drips() {
    let whole = whole_body().await;
    let drip = After::drip_every(Duration::from_micros(100));
    let start = Instant::now();
    let (stub, mut wire) = create_hit_by(drip).await;
    let (answer, end) = wire.end().await;
    let (head, body) = parts(&answer);
    assert_eq!((body, end), (whole.as_str(), End::Closed));
    assert!(head.contains("\r\nconnection: close\r\n"), "{head}");
    let waits = u32::try_from(answer.len() - 1).unwrap();
    assert!(start.elapsed() >= waits * Duration::from_micros(100));
    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn told_otherwise_although_created() {
    for (canned, status) in
        [(CannedAnswer::internal_server_error(), 500), (CannedAnswer::gateway_timeout(), 504)]
    {
        let (stub, mut wire) = create_hit_by(After::Answer(canned)).await;
        let reply = wire.reply_to("POST").await;
        assert_eq!((reply.status, reply.header("content-type")), (status, Some("text/html")));
        assert_eq!(stub.customers().len(), 1);
        assert_eq!(stub.requests().pop().unwrap().status, 200, "which is what the stub did");
    }
}

#[tokio::test]
async fn what_was_refused_is_not_told_otherwise() {
    let created = CannedAnswer::json(Status::new(201).unwrap());
    let accepted = Alteration { status: Some(Status::new(202).unwrap()), ..Alteration::default() };
    for action in [After::Answer(created), After::Alter(accepted), After::delay_by(Duration::ZERO)] {
        let (stub, create) = stub_and_create().await;
        stub.faults().arm(RequestFault::on::<CreateCustomer>(action)).unwrap();
        let stranger = Ask::create("a-token-from-before-the-stub-was-started", SAMPLE);
        let refused = stranger.to(&stub).await;
        assert_eq!((refused.status, refused.json()["status_code"].as_u64()), (401, Some(401)));
        let invalid = create.replaced("GBP", "GB").to(&stub).await;
        assert_eq!((invalid.status, invalid.json()["status_code"].as_u64()), (422, Some(422)));
        assert!(stub.customers().is_empty());
    }
}

#[tokio::test]
async fn a_delay_comes_after_the_commit() {
    let delay = Duration::from_millis(30);
    let start = Instant::now();
    let (stub, mut wire) = create_hit_by(After::delay_by(delay)).await;
    assert_eq!(wire.reply_to("POST").await.status, 200);
    assert!(start.elapsed() >= delay);
    drop(stub);
    let (stub, _wire) = create_hit_by(After::delay_by(LONG)).await;
    recorded(&stub, 2).await;
    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn a_body_that_is_not_json() {
    let (stub, mut wire) = create_hit_by(After::NotJson).await;
    let reply = wire.reply_to("POST").await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert!(reply.text().starts_with("<html>"), "{}", reply.text());
    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn a_body_that_lacks_a_field() {
    let (stub, create) = stub_and_create().await;
    let of_lists = RequestFault::on::<ListCustomers>(After::without("/customers/0/currency/iso_3"));
    let schedule =
        Schedule::from(RequestFault::on::<CreateCustomer>(After::without("/id"))).and_request(of_lists);
    stub.faults().arm(schedule).unwrap();
    let mut whole: serde_json::Value = serde_json::from_str(&whole_body().await).unwrap();
    whole.as_object_mut().unwrap().remove("id").unwrap();
    // Not held against the contract, which such answers break.
    assert_eq!(create.sent_to(&stub).await.reply_to("POST").await.json(), whole);
    let mut list = Ask::get("/api/customers", &token(&stub).await).sent_to(&stub).await;
    let list = list.reply_to("GET").await.json();
    assert_eq!(list["customers"][0]["currency"], json!({"name": "GBP - British Pound", "iso_2": "GB"}));
}

#[tokio::test]
async fn a_body_that_is_another() {
    let patch = json!({"id": "6918", "currency": {"iso_2": null, "iso_4": "GBPX"}, "new": [1, {}]});
    let alteration = Alteration {
        status: Some(Status::new(201).unwrap()),
        media_type: Some(MediaType::try_from("application/hal+json".to_owned()).unwrap()),
        patch: Some(patch),
        ..Alteration::default()
    };
    let (stub, mut wire) = create_hit_by(After::Alter(alteration)).await;
    let reply = wire.reply_to("POST").await;
    assert_eq!((reply.status, reply.header("content-type")), (201, Some("application/hal+json")));
    let customer = reply.json();
    assert_eq!((&customer["id"], &customer["new"]), (&json!("6918"), &json!([1, {}])));
    let currency = json!({"name": "GBP - British Pound", "iso_3": "GBP", "iso_4": "GBPX"});
    assert_eq!(customer["currency"], currency);
    assert_eq!(customer["name"], "Example Company");
    assert_eq!(stub.customers()[0].id.0, 6918, "nothing but the answer is changed");
}

#[tokio::test]
async fn a_status_that_has_no_body() {
    for status in [204, 304] {
        let status = Some(Status::new(status).unwrap());
        let (_stub, mut wire) =
            create_hit_by(After::Alter(Alteration { status, ..Alteration::default() })).await;
        wire.close_sending().await;
        let (answer, _) = wire.end().await;
        assert!(answer.starts_with("HTTP/1.1 204 No Content\r\n") || answer.starts_with("HTTP/1.1 304 "));
        assert_eq!(parts(&answer).1, "");
    }
}

#[tokio::test]
async fn a_commit_that_comes_late() {
    let (stub, create) = stub_and_create().await;
    let token = token(&stub).await;
    let details = Ask::get("/api/customers/6918", &token);
    let late = |then| After::CommitLate(LateCommit { by: LONG, then });
    let fault = RequestFault::any(late(Lost::Answer(CannedAnswer::gateway_timeout()))).times(1);
    stub.faults().arm(fault).unwrap();
    // Not of creates, so not hit and not counted.
    assert_eq!(details.to(&stub).await.status, 404);
    assert_eq!(create.sent_to(&stub).await.reply_to("POST").await.status, 504);
    assert!(stub.customers().is_empty());
    assert_eq!(details.to(&stub).await.status, 404);
    assert_eq!(Ask::get("/api/customers", &token).to(&stub).await.json(), json!({"customers": []}));
    // Its id is taken.
    assert_eq!(create.to(&stub).await.json()["id"], 6919);
    assert_eq!(stub.customers().len(), 1);

    stub.clock().advance(LONG);
    let ids: Vec<_> = stub.customers().iter().map(|customer| customer.id.0).collect();
    assert_eq!(ids, [6918, 6919]);
    let token = crate::support::token(&stub).await;
    assert_eq!(Ask::get("/api/customers/6918", &token).to(&stub).await.status, 200);
}

#[tokio::test]
async fn no_answer_to_a_commit_that_comes_late() {
    let (stub, create) = stub_and_create().await;
    let late = LateCommit { by: LONG, then: Lost::Close };
    stub.faults().arm(RequestFault::any(After::CommitLate(late))).unwrap();
    assert_eq!(create.sent_to(&stub).await.end().await, (String::new(), End::Closed));
    stub.faults().arm(RequestFault::any(After::commit_late_by(LONG))).unwrap();
    let mut wire = create.sent_to(&stub).await;
    recorded(&stub, 3).await;
    assert!(stub.customers().is_empty());
    stub.clock().advance(LONG);
    assert_eq!(stub.customers().len(), 2);
    stub.shutdown().await;
    assert_eq!(wire.end().await, (String::new(), End::Closed));
}

#[tokio::test]
async fn a_customer_under_another_name() {
    let kept = async |action, status| {
        let (stub, mut wire) = create_hit_by(action).await;
        let told = if let Some(status) = status {
            let reply = wire.reply_to("POST").await;
            assert_eq!(reply.status, status);
            (status == 200).then(|| reply.json()["name"].as_str().unwrap().to_owned())
        } else {
            assert_eq!(wire.end().await, (String::new(), End::Closed));
            None
        };
        let token = token(&stub).await;
        let listed = Ask::get("/api/customers", &token).to(&stub).await.json();
        let details = Ask::get("/api/customers/6918", &token).to(&stub).await.json();
        assert_eq!(listed["customers"][0], details);
        (told, details["name"].as_str().unwrap().to_owned())
    };
    let shouted = "EXAMPLE COMPANY".to_owned();
    let shout = After::rename(NameForm::UpperCased);
    assert_eq!(kept(shout, Some(200)).await, (Some(shouted.clone()), shouted));
    let rename = |to, then| After::Rename(Rename { to, then: Some(then) });
    let cut = rename(NameForm::cut_to(7), Lost::Close);
    assert_eq!(kept(cut, None).await, (None, "Example".to_owned()));
    let replaced = rename(NameForm::replaced_by("C"), Lost::Answer(CannedAnswer::gateway_timeout()));
    assert_eq!(kept(replaced, Some(504)).await, (None, "C".to_owned()));
}

#[tokio::test]
async fn a_list_that_lacks_customers() {
    let (stub, create) = stub_and_create().await;
    for _ in 0..5 {
        create.to(&stub).await;
    }
    let list = Ask::get("/api/customers", &token(&stub).await);
    let ids = async || {
        let list = list.to(&stub).await.json();
        let customers = list["customers"].as_array().unwrap().clone();
        customers.iter().map(|customer| customer["id"].as_u64().unwrap() - 6917).collect::<Vec<_>>()
    };
    let second = std::num::NonZeroUsize::new(2).unwrap();
    let some = After::LeaveOut(LeaveOut { from: second, count: Some(3) });
    let schedule = Schedule::from(RequestFault::any(some).times(1))
        .and_request(RequestFault::on::<ListCustomers>(After::list_only(2)).times(1));
    stub.faults().arm(schedule).unwrap();
    // Of lists only, so that others are neither hit nor counted.
    assert_eq!(create.to(&stub).await.json()["id"], 6923);
    assert_eq!(ids().await, [1, 5, 6]);
    assert_eq!(ids().await, [1, 2]);
    assert_eq!(ids().await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(stub.customers().len(), 6);
}

#[tokio::test]
async fn a_create_that_is_refused_commits_nothing_late() {
    let (stub, _) = stub_and_create().await;
    let create = Ask::create(&token(&stub).await, "{}");
    let late = LateCommit { by: LONG, then: Lost::Close };
    stub.faults().arm(RequestFault::any(After::CommitLate(late))).unwrap();
    assert_eq!(create.sent_to(&stub).await.end().await, (String::new(), End::Closed));
    stub.clock().advance(LONG);
    assert!(stub.customers().is_empty());
}
