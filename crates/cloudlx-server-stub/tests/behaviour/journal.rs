//! What the stub remembers of requests: the last ones, in words, and no secrets.

use cloudlx_server_stub::Stub;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::support::{Ask, SAMPLE, token, tokens};

#[tokio::test]
async fn a_request_is_recorded_with_its_answer() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let body = SAMPLE.replace(r#""enabled_sub_realms":[313]"#, r#""enabled_sub_realms":[99]"#);
    let target = "/api/customers?trace=1";
    let ask = Ask::post(target, &body).bearer(&token).with("Accept", "application/vnd.cloudlx.v1+json");
    ask.to(&stub).await;

    let requests = stub.requests();
    let request = requests.last().unwrap();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/api/customers"));
    assert_eq!(request.query.as_deref(), Some("trace=1"));
    assert_eq!(request.accept.as_deref(), Some("application/vnd.cloudlx.v1+json"));
    assert_eq!(request.content_type.as_deref(), Some("application/json"));
    assert_eq!(request.body, body.as_bytes());
    assert_eq!((request.status, request.body_length), (422, body.len()));
    assert_eq!(request.violations[0].pointer, "/enabled_sub_realms/0");
    let words = request.to_string();
    assert!(words.contains("was answered 422") && words.contains("/enabled_sub_realms/0"), "{words}");
}

#[tokio::test]
async fn the_journal_is_bounded() {
    let stub = Stub::builder().journal_size(3).start().await.unwrap();
    for i in 0..5 {
        Ask::new("GET", &format!("/{i}")).to(&stub).await;
    }
    let paths: Vec<_> = stub.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths, ["/2", "/3", "/4"]);
    assert_eq!(stub.requests_total(), 5);
}

#[tokio::test]
async fn a_long_body_is_cut() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let body = format!("{SAMPLE}{}", " ".repeat(100_000));
    Ask::create(&token, &body).to(&stub).await;
    let requests = stub.requests();
    let request = requests.last().unwrap();
    assert_eq!((request.body.len(), request.body_length), (64 * 1024, body.len()));
}

#[tokio::test]
async fn no_secret_is_in_the_journal_or_in_debug() {
    let stub = Stub::builder().client("acme", "hush-hush").start().await.unwrap();
    let secret = r#"{"grant_type":"client_credentials","client_id":"acme","client_secret":"hush-hush"}"#;
    let query = "grant_type=client_credentials&client_id=acme&client_secret=hush-hush";
    let access = "/api/oauth2/access-token";

    let reply = Ask::post(access, secret).to(&stub).await;
    let token: cloudlx_model::AccessToken = reply.read();
    let bearer = token.access_token.expose_secret();
    let refresh = token.refresh_token.expose_secret();
    let renew = json!({
        "grant_type": "refresh_token", "refresh_token": refresh, "client_id": "acme", "client_secret": "hush-hush",
    });
    let asks = [
        Ask::post("/api/oauth2/refresh-token", &renew.to_string()),
        Ask::post(access, query).with("Content-Type", "application/x-www-form-urlencoded"),
        Ask::new("POST", &format!("{access}?{query}")),
        // In the wrong place: as a field's name, by the wrong method, at the wrong path, in the wrong body.
        Ask::post(access, "hush-hush").with("Content-Type", "application/x-www-form-urlencoded"),
        Ask::post(access, &secret.replace("client_credentials", "hush-hush")),
        Ask::new("GET", &format!("{access}?{query}")),
        Ask::new("POST", &format!("/oauth2/access-token?{query}")),
        Ask::post(&format!("{access}/"), secret),
        Ask::create(bearer, secret),
        Ask::create(bearer, SAMPLE),
        Ask::get(&format!("/api/customers?access_token={bearer}"), bearer),
        Ask::get("/api/customers", refresh),
        Ask::get(&format!("/api/customers/{bearer}"), bearer),
        Ask::get(&format!("/api/customers?token={refresh}"), bearer),
        Ask::get("/api/customers", bearer).with("Accept", &format!("Bearer {bearer}")),
        Ask::get("/api/customers", "of-another-system").with("Accept", "of-another-system"),
        Ask::create(bearer, SAMPLE).with("Content-Type", bearer),
        Ask::create(bearer, r#"{"client\u005fsecret": "hush-hush"}"#),
        Ask::create(bearer, &SAMPLE.replace("GBP", "hush-hush")),
        Ask::create(bearer, &SAMPLE.replace("role_group", "hush-hush")),
    ];
    for ask in asks {
        ask.to(&stub).await;
    }

    let requests = stub.requests();
    assert_eq!(requests.len(), 21);
    let words: Vec<_> = requests.iter().map(|request| format!("{request}\n{request:?}")).collect();
    let bodies: Vec<_> = requests.iter().map(|request| String::from_utf8_lossy(&request.body)).collect();
    let shown = format!(
        "{words:?} {bodies:?} {stub:?} {:?} {:?}",
        stub.client_secret(),
        Stub::builder().client("a", "hush-hush")
    );
    for secret in ["hush-hush", "of-another-system", bearer, refresh] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(format!("{stub:?}").contains(stub.base_url()));
}

#[tokio::test]
async fn what_is_refused_by_its_head_is_recorded_too() {
    let stub = Stub::start().await.unwrap();
    tokens(&stub).await;
    Ask::post("/api/customers", SAMPLE).to(&stub).await;
    let requests = stub.requests();
    assert_eq!(requests.iter().map(|request| request.status).collect::<Vec<_>>(), [200, 401]);
    assert!(requests[0].message.is_none());
    assert!(requests[1].to_string().contains("Authorization"), "{}", requests[1]);
}

#[tokio::test]
async fn no_part_of_a_secret_is_in_a_message_that_quotes_it() {
    // Messages quote 40 characters of a body's text and 200 of a header or path, with quotes escaped.
    let (long, quoted) = ("correct-horse/battery-staple/correct-horse/battery", "quo\"ted/secret");
    let stub = Stub::builder().client("acme", long).client("other", quoted).start().await.unwrap();
    let request = json!({ "grant_type": "client_credentials", "client_id": "acme", "client_secret": long });
    let token: cloudlx_model::AccessToken =
        Ask::post("/api/oauth2/access-token", &request.to_string()).to(&stub).await.read();
    let bearer = token.access_token.expose_secret();

    let with_currency =
        |text: &str| Ask::create(bearer, &SAMPLE.replace(r#""GBP""#, &json!(text).to_string()));
    let padding = "x".repeat(180);
    let list = || Ask::get("/api/customers", bearer);
    let asks = [
        with_currency(long),
        with_currency(quoted),
        with_currency(&format!("Bearer {bearer}")),
        Ask::create(bearer, &SAMPLE.replace("role_group", long)),
        Ask::create(bearer, &SAMPLE.replace("j.smith", &format!(" {long}"))),
        list().at(&format!("/{padding}/{bearer}")),
        list().at(&format!("/api/customers/{padding}{long}")),
        list().with("Accept", &format!("text/{padding}; token={bearer}")),
        list().with("Accept", &format!("text/plain; {quoted}")),
        Ask::create(bearer, SAMPLE).with("Content-Type", &format!("text/{padding}; {long}")),
    ];
    let sent = asks.len();
    for ask in asks {
        ask.to(&stub).await;
    }

    let requests = stub.requests();
    assert_eq!(requests.len(), 1 + sent);
    for request in &requests[1..] {
        assert!(request.status >= 400, "{request}");
        let shown = format!("{request}\n{request:?}");
        for part in ["correct-h", "quo", bearer.get(..8).unwrap()] {
            assert!(!shown.contains(part), "{part} in {shown}");
        }
    }
    // A message without a secret stays, with what it quotes.
    Ask::create(bearer, &SAMPLE.replace("GBP", "gbp")).to(&stub).await;
    list().with("Accept", "text/plain").to(&stub).await;
    let requests = stub.requests();
    let [create, list] = &requests[1 + sent..] else { panic!("{requests:?}") };
    assert!(create.violations[0].message.contains(r#"found "gbp""#), "{create}");
    assert!(list.message.as_ref().unwrap().contains("text/plain"), "{list}");
}
