//! Every answer that the OpenAPI document has for an operation is one that the stub gives, and there is no other.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::time::Duration;

use cloudlx_model::{Auth, ENDPOINTS, EndpointInfo, Method};
use cloudlx_server_stub::Stub;
use secrecy::ExposeSecret;

use crate::support::{Ask, CREDENTIALS, SAMPLE, Wire, openapi, token, token_of, tokens};

/// What the document says of an endpoint.
fn documented(endpoint: &EndpointInfo) -> BTreeSet<u16> {
    let document = cloudlx_openapi::document().expect("the document");
    let operation = document.get("paths").and_then(|paths| paths.get(endpoint.path)).expect("a path");
    let operation = operation.get(endpoint.method.as_str().to_lowercase()).expect("an operation");
    let answers = operation.get("responses").and_then(|answers| answers.as_object()).expect("answers");
    answers.keys().map(|status| status.parse().expect("a status")).collect()
}

/// A request that is answered 200.
async fn good(endpoint: &EndpointInfo, stub: &Stub) -> Ask {
    let tokens = tokens(stub).await;
    let access = tokens.access_token.expose_secret();
    let target = endpoint.path.replace("{customer_id}", "6918");
    match (endpoint.method, endpoint.auth) {
        (Method::Get, _) => Ask::get(&target, access),
        (Method::Post, Auth::Bearer) => Ask::create(access, SAMPLE),
        (Method::Post, Auth::None) if endpoint.name == "refresh_token" => {
            let refresh = tokens.refresh_token.expose_secret();
            Ask::post(
                &target,
                &format!(
                    r#"{{"grant_type":"refresh_token","refresh_token":"{refresh}","client_id":"stub","client_secret":"stub"}}"#
                ),
            )
        }
        (Method::Post, Auth::None) => Ask::post(&target, CREDENTIALS),
        (method, auth) => panic!("expected a request for {method} with {auth:?}, found none: add it"),
    }
}

#[tokio::test]
async fn every_documented_answer_is_given() {
    let stub = Stub::builder()
        .client("stub", "stub")
        .read_only_client("reader", "stub")
        .body_timeout(Duration::from_millis(20))
        .start()
        .await
        .unwrap();
    let limited = Stub::builder().rate_limit(NonZeroU32::MIN).start().await.unwrap();
    let (reader, limited_token) = (token_of(&stub, "reader").await, token(&limited).await);
    let created = good(&EndpointInfo::of::<cloudlx_model::CreateCustomer>(), &stub).await.to(&stub).await;
    assert_eq!(created.status, 200);
    for endpoint in ENDPOINTS {
        let good = good(endpoint, &stub).await;
        let mut asks = vec![good.clone(), good.clone().with("Accept", "application/vnd.cloudlx.v2+json")];
        match endpoint.auth {
            Auth::Bearer => {
                asks.push(good.clone().without("Authorization"));
                asks.push(good.clone().bearer(&reader));
            }
            Auth::None => asks.push(good.clone().replaced("\"stub\"}", "\"wrong\"}")),
            other => panic!("expected a way to be refused by {other:?}, found none: add it"),
        }
        if endpoint.path.contains('{') {
            asks.push(good.clone().at("/api/customers/1"));
        }
        if endpoint.method == Method::Post {
            asks.push(good.clone().body("{"));
            asks.push(good.clone().body("{}"));
            asks.push(good.clone().with("Content-Type", "text/plain"));
            asks.push(good.clone().body(" ".repeat(1024 * 1024 + 1)));
        }
        let mut given = BTreeSet::new();
        for ask in &asks {
            given.insert(ask.to(&stub).await.status);
        }
        if endpoint.auth == Auth::Bearer {
            // The first of a minute is let in, and only the stub's clock knows when that begins: of three, one is not.
            let ask = good.clone().bearer(&limited_token);
            for _ in 0..3 {
                given.extend(Some(ask.to(&limited).await.status).filter(|status| *status == 429));
            }
        }
        if endpoint.method == Method::Post {
            let mut wire = Wire::open(&stub).await;
            wire.send(&good.head_bytes()).await;
            let reply = wire.reply_to("POST").await;
            openapi::assert_documented(endpoint.method.as_str(), endpoint.path, &reply);
            given.insert(reply.status);
        }
        assert_eq!(given, documented(endpoint), "{}", endpoint.name);
    }
}
