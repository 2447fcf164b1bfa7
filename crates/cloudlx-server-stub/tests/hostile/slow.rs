//! Callers that take their time ("slowloris").

use std::time::Duration;

use cloudlx_server_stub::Stub;
use tokio::time::interval;

use super::answers_others;
use crate::support::{Ask, SAMPLE, Wire, token};

/// Sends bytes one at a time, for ever, a millisecond apart, and says what came back by the time the stub had enough.
async fn drip(mut wire: Wire, bytes: &[u8]) -> String {
    let mut pace = interval(Duration::from_millis(1));
    for byte in bytes.iter().cycle() {
        tokio::select! {
            rest = wire.rest() => return String::from_utf8(rest).unwrap(),
            _ = pace.tick() => {}
        }
        wire.send_some(&[*byte]).await;
    }
    String::new()
}

#[tokio::test]
async fn heads_that_drip_in_are_cut_off() {
    let stub = Stub::builder().header_timeout(Duration::from_millis(100)).start().await.unwrap();
    let mut dripping = Vec::new();
    for _ in 0..50 {
        let mut wire = Wire::open(&stub).await;
        wire.send(b"GET /api/customers HTTP/1.1\r\n").await;
        dripping.push(tokio::spawn(drip(wire, b"X: y\r\n")));
    }
    answers_others(&stub).await;
    for one in dripping {
        assert_eq!(one.await.unwrap(), "");
    }
}

#[tokio::test]
async fn a_body_that_drips_in_has_its_time_and_no_more() {
    let stub = Stub::builder().body_timeout(Duration::from_millis(100)).start().await.unwrap();
    let token = token(&stub).await;
    let mut dripping = Vec::new();
    for _ in 0..50 {
        let mut wire = Wire::open(&stub).await;
        wire.send(&Ask::create(&token, SAMPLE).body(" ".repeat(1_000_000)).head_bytes()).await;
        dripping.push(tokio::spawn(drip(wire, b" ")));
    }
    answers_others(&stub).await;
    for one in dripping {
        let answer = one.await.unwrap();
        // It may be reset before it reads the answer: it goes on sending.
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    assert!(stub.customers().is_empty());
    let statuses: Vec<_> = stub.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 408).count(), 50, "{statuses:?}");
}

#[tokio::test]
async fn large_bodies_wait_for_one_another_and_small_ones_for_none() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let create = Ask::create(&token, SAMPLE);
    let large = create.clone().body(format!("{SAMPLE}{}", " ".repeat(100_000)));
    let all = large.bytes();
    let (most, last) = all.split_at(all.len() - 1);
    let mut begun = Vec::new();
    for _ in 0..100 {
        let mut wire = Wire::open(&stub).await;
        wire.send(most).await;
        begun.push(wire);
    }
    assert_eq!(create.to(&stub).await.status, 200);
    for wire in &mut begun {
        wire.send(last).await;
    }
    for wire in &mut begun {
        assert_eq!(wire.reply_to("POST").await.status, 200);
    }
    assert_eq!(stub.customers().len(), 101);
}

#[tokio::test]
async fn a_crowd_that_only_sits_there_keeps_nobody_out() {
    // Nothing else ends one of them within the test's patience.
    let stub =
        Stub::builder().max_connections(20).header_timeout(Duration::from_hours(1)).start().await.unwrap();
    let mut crowd = Vec::new();
    for turn in 0..200 {
        let mut wire = Wire::open(&stub).await;
        if turn % 2 == 0 {
            wire.send(b"POST /api/customers HTTP/1.1\r\nHost: st").await;
        }
        crowd.push(wire);
        if turn % 20 == 0 {
            answers_others(&stub).await;
        }
    }
    answers_others(&stub).await;
    // Whoever came first has gone.
    crowd[0].rest().await;
}
