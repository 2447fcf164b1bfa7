//! The control API. What it answers is held against its own document by `support/control.rs`.

mod access;
mod clock;
mod customers;
mod requests;
mod reset;

use cloudlx_server_stub::Stub;

use crate::support::Ask;

async fn stub() -> Stub {
    Stub::builder().control(true).start().await.unwrap()
}

#[tokio::test]
async fn a_path_or_a_method_that_it_does_not_have_is_named() {
    let stub = stub().await;
    for path in ["/__stub/", "/__stub/fault", "/__stub/faults/"] {
        let reply = Ask::new("GET", path).to(&stub).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.text().contains("/__stub/requests"), "{}", reply.text());
    }
    for (method, path, allowed) in [
        ("POST", "/__stub/faults", "GET, HEAD, PUT, DELETE"),
        ("GET", "/__stub/reset", "POST"),
        ("DELETE", "/__stub/clock", "GET, HEAD, PUT, PATCH"),
        ("OPTIONS", "/__stub/tokens", "DELETE"),
    ] {
        let mut wire = Ask::new(method, path).sent_to(&stub).await;
        let reply = wire.reply_to(method).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some(allowed)), "{method} {path}");
    }
    assert_eq!(stub.requests_total(), 0, "its requests are not in the journal");
}

#[tokio::test]
async fn it_is_off_unless_asked_for() {
    let stub = Stub::start().await.unwrap();
    for (method, path) in [("GET", "/__stub/faults"), ("POST", "/__stub/reset"), ("DELETE", "/__stub/tokens")]
    {
        let reply = Ask::new(method, path).to(&stub).await;
        assert_eq!(reply.status, 404);
        assert!(reply.text().contains("expected one of POST /api/"), "{}", reply.text());
    }
    assert_eq!(stub.requests_total(), 3, "they are requests like others");
}

#[tokio::test]
async fn a_bodys_type_must_be_one_that_a_form_cannot_have() {
    let stub = stub().await;
    for (method, path) in
        [("PUT", "/__stub/faults"), ("POST", "/__stub/customers"), ("PATCH", "/__stub/clock")]
    {
        let ask = Ask::new(method, path).body("{}");
        for ask in [
            ask.clone(),
            ask.clone().with("Content-Type", "text/plain"),
            ask.with("Content-Type", "application/x-www-form-urlencoded"),
        ] {
            assert_eq!(ask.to(&stub).await.status, 415);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_told_from_one_that_says_something_else() {
    let stub = stub().await;
    for (body, status, place) in [
        ("", 400, "in the body"),
        ("{", 400, "in the body"),
        ("[]", 422, "in the body"),
        (r#"{"now_ms": -1}"#, 422, "at /now_ms"),
        (r#"{"now": 1}"#, 422, "`now_ms`"),
    ] {
        let reply = Ask::put("/__stub/clock", body).to(&stub).await;
        assert_eq!(reply.status, status, "{body}");
        assert!(reply.json()["message"].as_str().unwrap().contains(place), "{}", reply.text());
    }
    let long = format!(r#"{{"now_ms": 1{}}}"#, " ".repeat(1024 * 1024));
    assert_eq!(Ask::put("/__stub/clock", &long).to(&stub).await.status, 413);
}
