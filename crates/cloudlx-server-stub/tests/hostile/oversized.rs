//! Too much of something.

use cloudlx_server_stub::Stub;

use super::{answer_to, answers_others, unknown_fields, wrong_ids};
use crate::support::{Ask, SAMPLE, token};

#[tokio::test]
async fn a_million_header_bytes() {
    let stub = Stub::start().await.unwrap();
    let ask = Ask::new("GET", "/api/customers");
    for long in [
        ask.clone().with("X-Long", &"x".repeat(1_000_000)),
        ask.clone().with(&"x".repeat(1_000_000), "x"),
        ask.clone().bearer(&"x".repeat(1_000_000)),
    ] {
        assert_eq!(answer_to(&stub, &long.head_bytes()).await.status, 431);
    }
    let many = (0..1_000).fold(ask, |ask, n| ask.with(&format!("X-{n}"), "x"));
    assert_eq!(answer_to(&stub, &many.head_bytes()).await.status, 431);
    assert_eq!(stub.requests_total(), 0);
    answers_others(&stub).await;
}

#[tokio::test]
async fn a_path_that_is_too_long_for_anything() {
    let stub = Stub::start().await.unwrap();
    for (length, statuses) in
        [(10_000, vec![404]), (60_000, vec![404]), (70_000, vec![414, 431]), (1_000_000, vec![414, 431])]
    {
        for path in ["/api/customers/", "/api/customers?", "/"] {
            let ask = Ask::new("GET", &format!("{path}{}", "1".repeat(length)));
            let status = answer_to(&stub, &ask.bytes()).await.status;
            // A query is no part of the path: that of a list is not looked at.
            let known = path.ends_with('?') && length < 65_000 && status == 401;
            assert!(known || statuses.contains(&status), "{path} {length}: {status}");
        }
    }
    let long = Ask::new(&"X".repeat(1_000_000), "/api/customers");
    let status = answer_to(&stub, &long.bytes()).await.status;
    assert!([400, 431].contains(&status), "{status}");
    answers_others(&stub).await;
}

#[tokio::test]
async fn json_that_is_very_deep() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let arrays = "[".repeat(100_000);
    let whole = format!("{arrays}{}", "]".repeat(100_000));
    let objects = r#"{"a":"#.repeat(100_000);
    let within = SAMPLE.replace("[1,2,7]", &whole);
    for body in
        [&arrays, &whole, &objects, &within, &SAMPLE.replace("\"name\"", &format!("\"x\":{whole},\"name\""))]
    {
        assert_eq!(Ask::create(&token, body).to(&stub).await.status, 400);
        assert_eq!(Ask::post("/api/oauth2/access-token", body).to(&stub).await.status, 400);
    }
    answers_others(&stub).await;
}

#[tokio::test]
async fn numbers_that_are_huge() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let digits = "9".repeat(400);
    for (number, statuses) in [
        ("1e400", [400, 422]),
        ("-1e400", [400, 422]),
        ("1e-400", [422, 422]),
        ("1e308", [422, 422]),
        (digits.as_str(), [400, 422]),
        ("9007199254740992", [422, 422]),
        ("18446744073709551616", [422, 422]),
        ("1e99999999999999999999", [400, 422]),
    ] {
        for field in ["\"GBP\"", "[1,2,7]", "1,2,7"] {
            let status = Ask::create(&token, &SAMPLE.replace(field, number)).to(&stub).await.status;
            assert!(statuses.contains(&status), "{number} as {field}: {status}");
        }
    }
    assert!(stub.customers().is_empty());
    answers_others(&stub).await;
}

#[tokio::test]
async fn a_mebibyte_of_mistakes() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    for (body, places) in [(wrong_ids(), "1000001"), (unknown_fields(), "60000")] {
        let reply = Ask::create(&token, &body).to(&stub).await;
        assert_eq!(reply.status, 422);
        assert!(reply.text().contains(&format!("invalid in {places} places")), "{}", &reply.text()[..200]);
        assert!(reply.body.len() < 100_000, "{}", reply.body.len());
    }
    answers_others(&stub).await;
}
