//! Tokens: how they are asked for, how long they live, what renews them.

use std::time::Duration;

use cloudlx_model::{AccessToken, ErrorBody};
use cloudlx_server_stub::{Clock, Stub};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::support::{Ask, Reply, tokens};

const ACCESS: &str = "/api/oauth2/access-token";
const REFRESH: &str = "/api/oauth2/refresh-token";
const FORM: &str = "application/x-www-form-urlencoded";

async fn status_with(stub: &Stub, token: &AccessToken) -> u16 {
    Ask::get("/api/customers", token.access_token.expose_secret()).to(stub).await.status
}

async fn refresh(stub: &Stub, refresh_token: &str) -> Reply {
    let body = json!({
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
        "client_id": "stub",
        "client_secret": "stub",
    });
    Ask::post(REFRESH, &body.to_string()).to(stub).await
}

#[tokio::test]
async fn a_token_is_as_the_samples_say() {
    let stub = Stub::start().await.unwrap();
    let first = tokens(&stub).await;
    assert_eq!(first.token_type, "Bearer");
    assert_eq!(first.expires_in, 3600);
    for token in [&first.access_token, &first.refresh_token] {
        assert_eq!(token.expose_secret().len(), 40);
    }
    assert_eq!(status_with(&stub, &first).await, 200);
    let second = tokens(&stub).await;
    assert_ne!(first.access_token.expose_secret(), second.access_token.expose_secret());
    assert_ne!(first.access_token.expose_secret(), first.refresh_token.expose_secret());
}

#[tokio::test]
async fn both_grants_are_asked_for_as_json_as_a_form_and_in_the_query() {
    let stub = Stub::builder().client("a b", "s&=ü").start().await.unwrap();
    let client = [("client_id", "a b"), ("client_secret", "s&=ü")];
    let mut fields = client.to_vec();
    fields.push(("grant_type", "client_credentials"));
    let mut path = ACCESS;
    for _ in 0..2 {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let object: serde_json::Map<_, _> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let in_query = format!("{path}?{form}");
        let asks = [
            Ask::post(path, &serde_json::Value::from(object).to_string()),
            Ask::post(path, &form).with("Content-Type", FORM),
            Ask::new("POST", &in_query),
            Ask::post(&in_query, "{}"),
            // What the body says counts more than what the query says.
            Ask::post(&in_query.replace("client_id=a", "client_id=x"), r#"{"client_id":"a b"}"#),
        ];
        let mut refresh_token = String::new();
        for ask in asks {
            let reply = ask.to(&stub).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let token: AccessToken = reply.read();
            assert_eq!(status_with(&stub, &token).await, 200);
            refresh_token = token.refresh_token.expose_secret().to_owned();
        }
        path = REFRESH;
        let token: &'static str = refresh_token.leak();
        fields = [client.as_slice(), &[("grant_type", "refresh_token"), ("refresh_token", token)]].concat();
    }
}

#[tokio::test]
async fn tokens_expire_by_the_clock() {
    let stub = Stub::start().await.unwrap();
    let token = tokens(&stub).await;
    stub.clock().advance(Duration::from_secs(3_500));
    assert_eq!(status_with(&stub, &token).await, 200);
    stub.clock().advance(Duration::from_secs(100));
    let reply = Ask::get("/api/customers", token.access_token.expose_secret()).to(&stub).await;
    assert_eq!(reply.status, 401);
    assert!(reply.text().contains("expired"), "{}", reply.text());
}

#[tokio::test]
async fn a_refresh_token_outlives_its_access_token_by_a_week() {
    let stub = Stub::start().await.unwrap();
    let token = tokens(&stub).await;
    stub.clock().advance(Duration::from_secs(604_700));
    let reply = refresh(&stub, token.refresh_token.expose_secret()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(status_with(&stub, &reply.read()).await, 200);
    // It is not used up (inferred), but it does end.
    assert_eq!(refresh(&stub, token.refresh_token.expose_secret()).await.status, 200);
    stub.clock().advance(Duration::from_secs(100));
    assert_eq!(refresh(&stub, token.refresh_token.expose_secret()).await.status, 401);
}

#[tokio::test]
async fn a_revoked_token_is_refused() {
    let stub = Stub::start().await.unwrap();
    let token = tokens(&stub).await;
    assert!(stub.revoke(&token.access_token));
    let reply = Ask::get("/api/customers", token.access_token.expose_secret()).to(&stub).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer")));
    assert!(reply.text().contains("revoked"), "{}", reply.text());

    // The refresh token is another, until it is revoked too.
    let reply = refresh(&stub, token.refresh_token.expose_secret()).await;
    assert_eq!(status_with(&stub, &reply.read()).await, 200);
    assert!(stub.revoke(&token.refresh_token));
    assert_eq!(refresh(&stub, token.refresh_token.expose_secret()).await.status, 401);
    assert!(!stub.revoke(&"unknown".into()));
}

#[tokio::test]
async fn all_tokens_are_revoked_together_and_new_ones_are_good() {
    let stub = Stub::start().await.unwrap();
    let (one, other) = (tokens(&stub).await, tokens(&stub).await);
    stub.revoke_all();
    for token in [one, other] {
        assert_eq!(status_with(&stub, &token).await, 401);
        assert_eq!(refresh(&stub, token.refresh_token.expose_secret()).await.status, 401);
    }
    assert_eq!(status_with(&stub, &tokens(&stub).await).await, 200);
}

#[tokio::test]
async fn lifetimes_and_clock_are_settings() {
    let clock = Clock::new();
    let stub = Stub::builder()
        .clock(clock.clone())
        .access_token_lifetime(Duration::from_mins(1))
        .refresh_token_lifetime(Duration::from_mins(2))
        .start()
        .await
        .unwrap();
    let token = tokens(&stub).await;
    assert_eq!(token.expires_in, 60);
    clock.advance(Duration::from_mins(1));
    assert_eq!(status_with(&stub, &token).await, 401);
    assert_eq!(refresh(&stub, token.refresh_token.expose_secret()).await.status, 200);
    clock.advance(Duration::from_mins(1));
    assert_eq!(refresh(&stub, token.refresh_token.expose_secret()).await.status, 401);
}

#[tokio::test]
async fn stubs_of_one_builder_have_clocks_of_their_own() {
    let builder = Stub::builder();
    let (one, other) = (builder.clone().start().await.unwrap(), builder.start().await.unwrap());
    one.clock().advance(Duration::from_hours(1));
    assert!(other.clock().now() < Duration::from_hours(1));
}

#[tokio::test]
async fn wrong_credentials_are_answered_401() {
    let stub = Stub::builder().client("one", "1").client("two", "2").start().await.unwrap();
    for (id, secret, status) in
        [("one", "1", 200), ("two", "2", 200), ("one", "2", 401), ("one", "", 401), ("stub", "stub", 401)]
    {
        let body = json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret});
        let reply = Ask::post(ACCESS, &body.to_string()).to(&stub).await;
        assert_eq!(reply.status, status, "{id}:{secret}");
        let asks_for_bearer = reply.header("www-authenticate") == Some("Bearer");
        assert_eq!(asks_for_bearer, status == 401);
    }
}

#[tokio::test]
async fn a_refresh_needs_the_secret_too() {
    let stub = Stub::start().await.unwrap();
    let token = tokens(&stub).await;
    let body = json!({
        "grant_type": "refresh_token",
        "refresh_token": token.refresh_token.expose_secret(),
        "client_id": "stub",
        "client_secret": "wrong",
    });
    let reply = Ask::post(REFRESH, &body.to_string()).to(&stub).await;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some("Bearer")));
    assert!(reply.text().contains("client_secret"), "{}", reply.text());
}

#[tokio::test]
async fn a_refresh_token_is_no_access_token_and_the_other_way_round() {
    let stub = Stub::start().await.unwrap();
    let token = tokens(&stub).await;
    let reply = Ask::get("/api/customers", token.refresh_token.expose_secret()).to(&stub).await;
    assert_eq!(reply.status, 401);
    assert_eq!(refresh(&stub, token.access_token.expose_secret()).await.status, 401);
}

#[tokio::test]
async fn what_is_wrong_with_the_fields_is_said_field_by_field() {
    let stub = Stub::start().await.unwrap();
    for (body, status, fields) in [
        ("", 422, vec!["client_id", "client_secret", "grant_type"]),
        ("{}", 422, vec!["client_id", "client_secret", "grant_type"]),
        ("{", 400, vec![]),
        ("[]", 422, vec![""]),
        (r#"{"grant_type":"password","client_id":"stub","client_secret":"stub"}"#, 422, vec!["grant_type"]),
        (
            r#"{"grant_type":"client_credentials","client_id":7,"client_secret":null,"scope":"all"}"#,
            422,
            vec!["client_id", "client_secret", "scope"],
        ),
    ] {
        let reply = Ask::post(ACCESS, body).to(&stub).await;
        assert_eq!(reply.status, status, "{body}");
        let errors = reply.read::<ErrorBody>().errors.unwrap_or_default();
        let found: Vec<_> = errors.0.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(found, fields, "{body}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_field_is_said_without_quoting_it() {
    let stub = Stub::start().await.unwrap();
    for body in [
        r#"{"grant_type":"hush","client_id":"stub","client_secret":"stub"}"#,
        r#"{"grant_type":"client_credentials","client_id":"hush","client_secret":"hush"}"#,
        r#"{"grant_type":"client_credentials","client_id":"stub","client_secret":["hush"]}"#,
        r#"{"client_secret": hush}"#,
    ] {
        let reply = Ask::post(ACCESS, body).to(&stub).await;
        assert_ne!(reply.status, 200);
        assert!(!reply.text().contains("hush"), "{}", reply.text());
    }
}

#[tokio::test]
async fn a_token_answer_is_not_for_caches() {
    let stub = Stub::start().await.unwrap();
    let reply = Ask::post(ACCESS, crate::support::CREDENTIALS).to(&stub).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}
