//! 404, 405, 401, 429, 403, 406, 415, 413, 400, 422, 200: of several faults the earliest is answered.

use std::num::NonZeroU32;

use cloudlx_model::{Auth, CreateCustomer, ENDPOINTS, Endpoint, ErrorBody, Method};
use cloudlx_server_stub::Stub;

use crate::support::{Ask, Reply, SAMPLE, token, token_of};

const V1: &str = "application/vnd.cloudlx.v1+json";
const V2: &str = "application/vnd.cloudlx.v2+json";

#[tokio::test]
async fn every_endpoint_of_the_model_is_routed() {
    let stub = Stub::start().await.unwrap();
    for endpoint in ENDPOINTS {
        let path = endpoint.path.replace("{customer_id}", "6918");
        let reply = Ask::new(endpoint.method.as_str(), &path).to(&stub).await;
        // Without a token and without a body, this is as far as a routed request comes.
        let expected = if endpoint.auth == Auth::Bearer { 401 } else { 422 };
        assert_eq!(reply.status, expected, "{endpoint:?}: {}", reply.text());
    }
}

#[tokio::test]
async fn of_several_faults_the_earliest_is_answered() {
    let stub = Stub::builder()
        .client("stub", "stub")
        .read_only_client("reader", "stub")
        .rate_limit(NonZeroU32::new(10).unwrap())
        .body_limit(1_000)
        .start()
        .await
        .unwrap();
    let (token, reader) = (token(&stub).await, token_of(&stub, "reader").await);
    let path = CreateCustomer::PATH;
    let long = "x".repeat(1_001);

    // Every fault at once; then one less from row to row, the earliest first.
    let faulty = Ask::post(path, &long).with("Accept", V2).with("Content-Type", "text/plain");
    let known = faulty.clone().bearer(&token);
    let rows = [
        (
            Ask::new("DELETE", "/api/nothing")
                .with("Accept", V2)
                .with("Content-Type", "text/plain")
                .body(&long),
            404,
        ),
        (Ask::new("DELETE", path).with("Accept", V2).with("Content-Type", "text/plain").body(&long), 405),
        (faulty.clone(), 401),
        (faulty.bearer(&reader), 403),
        (known.clone(), 406),
        (known.clone().with("Accept", V1), 415),
        (known.clone().with("Accept", V1).with("Content-Type", "application/json"), 413),
        (Ask::create(&token, "{").with("Accept", V1), 400),
        (Ask::create(&token, "{}").with("Accept", V1), 422),
        (Ask::create(&token, SAMPLE).with("Accept", V1), 200),
    ];
    for (ask, status) in rows {
        let reply = ask.to(&stub).await;
        assert_eq!(reply.status, status, "{}", reply.text());
        assert_eq!(reply.header("content-type"), Some("application/json"));
        if status == 200 {
            continue;
        }
        let body: ErrorBody = reply.read();
        assert_eq!(body.status_code, Some(status));
        assert!(!body.message.is_empty());
        assert_eq!(body.errors.is_some(), status == 422, "{}", reply.text());
    }
    assert_eq!(stub.customers().len(), 1);
}

#[tokio::test]
async fn a_405_says_what_the_path_has() {
    let stub = Stub::start().await.unwrap();
    for (path, method, allow) in [
        ("/api/customers", "DELETE", "POST, GET, HEAD, OPTIONS"),
        ("/api/customers/6918", "POST", "GET, HEAD, OPTIONS"),
        ("/api/oauth2/access-token", "GET", "POST, OPTIONS"),
        ("/api/realms", "PUT", "GET, HEAD, OPTIONS"),
    ] {
        let reply = Ask::new(method, path).to(&stub).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some(allow)), "{method} {path}");
        // The same to who asks, who needs no token for it.
        let reply = Ask::new("OPTIONS", path).to(&stub).await;
        assert_eq!((reply.status, reply.header("allow")), (204, Some(allow)), "OPTIONS {path}");
        assert_eq!((reply.header("content-length"), reply.header("content-type")), (None, None));
    }
    let reply = Ask::new("OPTIONS", "*").to(&stub).await;
    assert_eq!((reply.status, reply.header("allow")), (204, Some("POST, GET, HEAD, OPTIONS")));
    assert_eq!(Ask::new("OPTIONS", "/api/nothing").to(&stub).await.status, 404);
}

#[tokio::test]
async fn a_call_too_many_is_refused_before_anything_else_of_it_is_looked_at() {
    let stub =
        Stub::builder().read_only_client("stub", "stub").rate_limit(NonZeroU32::MIN).start().await.unwrap();
    let create = Ask::create(&token(&stub).await, "{").with("Accept", V2);
    assert_eq!(create.to(&stub).await.status, 403);
    assert_eq!(create.to(&stub).await.status, 429);
    assert_eq!(create.bearer("unknown").to(&stub).await.status, 401);
}

#[tokio::test]
async fn a_401_asks_for_a_bearer() {
    let stub = Stub::start().await.unwrap();
    let ask = Ask::new("GET", "/api/customers");
    for ask in [ask.clone(), ask.clone().with("Authorization", "Basic c3R1YjpzdHVi"), ask.bearer("unknown")] {
        let reply = ask.to(&stub).await;
        assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer")));
    }
}

#[tokio::test]
async fn accept_is_looked_at_everywhere() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    for endpoint in ENDPOINTS {
        let path = endpoint.path.replace("{customer_id}", "6918");
        let ask = Ask::new(endpoint.method.as_str(), &path).bearer(&token);
        assert_eq!(ask.clone().with("Accept", V2).to(&stub).await.status, 406, "{endpoint:?}");
        for accept in [V1, "*/*", "application/*;q=0.1", "text/html, application/json"] {
            assert_ne!(
                ask.clone().with("Accept", accept).to(&stub).await.status,
                406,
                "{endpoint:?} {accept}"
            );
        }
    }
}

#[tokio::test]
async fn what_came_is_quoted_in_part() {
    let stub = Stub::start().await.unwrap();
    let long = "x".repeat(10_000);
    let create = Ask::create(&token(&stub).await, SAMPLE);
    for (ask, status) in [
        (Ask::new("GET", &format!("/{long}")), 404),
        (Ask::new("GET", &format!("/api/customers/{long}")), 404),
        (Ask::new(&long, CreateCustomer::PATH), 405),
        (create.clone().with("Accept", &long), 406),
        (create.with("Content-Type", &long), 415),
    ] {
        let reply = ask.to(&stub).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.text().matches('x').count() / 100, 2, "{}", reply.text());
    }
}

#[tokio::test]
async fn a_body_is_json_by_any_name_and_without_one() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let ask = Ask::create(&token, SAMPLE);
    assert_eq!(ask.clone().without("Content-Type").to(&stub).await.status, 200);
    for (content_type, status) in [
        ("application/json; charset=utf-8", 200),
        (V1, 200),
        ("application/x-www-form-urlencoded", 415),
        ("text/json", 415),
    ] {
        assert_eq!(
            ask.clone().with("Content-Type", content_type).to(&stub).await.status,
            status,
            "{content_type}"
        );
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_and_without_its_length() {
    let stub = Stub::builder().body_limit(SAMPLE.len()).start().await.unwrap();
    let ask = Ask::create(&token(&stub).await, SAMPLE);
    let long = ask.clone().body(format!("{SAMPLE} "));
    for (ask, status) in
        [(ask.clone(), 200), (ask.chunked(), 200), (long.clone(), 413), (long.chunked(), 413)]
    {
        assert_eq!(ask.to(&stub).await.status, status);
    }
}

#[tokio::test]
async fn the_default_limit_is_one_mebibyte() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let spaces = " ".repeat(1024 * 1024 - SAMPLE.len());
    let ask = Ask::create(&token, &format!("{SAMPLE}{spaces}"));
    assert_eq!(ask.to(&stub).await.status, 200);
    let longer = Ask::create(&token, &format!("{SAMPLE}{spaces} "));
    assert_eq!(longer.to(&stub).await.status, 413);
    assert_eq!(longer.chunked().to(&stub).await.status, 413);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    assert_eq!(Ask::create(&token, SAMPLE).to(&stub).await.status, 200);
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.method == Method::Get) {
        let path = endpoint.path.replace("{customer_id}", "6918");
        let get = Ask::get(&path, &token).to(&stub).await;
        let head = Ask::new("HEAD", &path).bearer(&token).to(&stub).await;
        assert_eq!((get.status, head.status), (200, 200), "{path}");
        let length = get.body.len().to_string();
        assert_eq!(head.header("content-length"), Some(length.as_str()));
        let all_but_the_time =
            |reply: Reply| reply.headers.into_iter().filter(|(name, _)| name != "date").collect::<Vec<_>>();
        assert_eq!(all_but_the_time(head), all_but_the_time(get));
    }
    assert_eq!(Ask::new("HEAD", "/api/customers").to(&stub).await.status, 401);
}
