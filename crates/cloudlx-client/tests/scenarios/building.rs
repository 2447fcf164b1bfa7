//! Which settings a client can be built with.

use std::time::Duration;

use cloudlx_client::{BaseUrlError, BuildError, Client, ClientBuilder, Credentials};

use crate::scripted::{CUSTOMER, Scripted, http, ok, request};

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(base_url, Credentials::client("id", "secret"))
}

#[test]
fn plain_http_leaves_this_machine_only_when_allowed() {
    let refused = builder("http://www.infiny.io").build().unwrap_err();
    assert!(matches!(refused, BuildError::BaseUrl(BaseUrlError::PlainHttp { .. })), "{refused:?}");
    assert!(builder("http://www.infiny.io").allow_plain_http().build().is_ok());
    assert!(builder("http://localhost:8080").build().is_ok());
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_sent() {
    let local = "http://127.0.0.1:9";
    let build = |credentials| Client::builder(local, credentials).build();
    for (empty, found) in [
        (Credentials::client("", "secret"), "client id"),
        (Credentials::client("id", ""), "client secret"),
        (Credentials::access_token(""), "access token"),
    ] {
        assert!(
            matches!(build(empty), Err(BuildError::EmptyCredential { part }) if part == found),
            "{found}"
        );
    }
    for token in ["token\n", "to ken", "to\tken", "tokén"] {
        assert!(matches!(build(Credentials::access_token(token)), Err(BuildError::AccessToken)), "{token:?}");
    }
    for user_agent in ["a\nb", "a\tb", "é"] {
        let refused = builder(local).user_agent(user_agent).build();
        assert!(matches!(refused, Err(BuildError::UserAgent { .. })), "{user_agent:?}");
    }
    assert!(builder(local).user_agent("importer/1.0 (nightly)").build().is_ok());
    for (zero, found) in [
        (builder(local).connect_timeout(Duration::ZERO), "connect"),
        (builder(local).attempt_timeout(Duration::ZERO), "attempt"),
        (builder(local).call_timeout(Duration::ZERO), "call"),
    ] {
        assert!(
            matches!(zero.build(), Err(BuildError::ZeroTimeout { timeout }) if timeout == found),
            "{found}"
        );
    }
    for (zero, found) in [
        (builder(local).max_attempts(0), "attempt"),
        (builder(local).max_concurrent_requests(0), "concurrent request"),
    ] {
        assert!(matches!(zero.build(), Err(BuildError::Zero { setting }) if setting == found), "{found}");
    }
    assert!(builder("ftp://www.infiny.io").build().is_err());
}

#[test]
fn of_several_faults_the_first_in_this_order_is_reported() {
    let worst = |base_url: &str, id: &str| {
        let builder = Client::builder(base_url, Credentials::client(id, "secret"));
        builder.attempt_timeout(Duration::ZERO).max_attempts(0).user_agent("\n")
    };
    assert!(matches!(worst("ftp://x", "").build(), Err(BuildError::BaseUrl(BaseUrlError::Scheme { .. }))));
    let plain = worst("http://www.infiny.io", "").build();
    assert!(matches!(plain, Err(BuildError::BaseUrl(BaseUrlError::PlainHttp { .. }))));
    let local = "http://127.0.0.1:9";
    assert!(matches!(worst(local, "").build(), Err(BuildError::EmptyCredential { .. })));
    let zero = worst(local, "id").connect_timeout(Duration::ZERO);
    assert!(matches!(zero.build(), Err(BuildError::ZeroTimeout { timeout: "connect" })));
    assert!(matches!(worst(local, "id").build(), Err(BuildError::ZeroTimeout { timeout: "attempt" })));
    let no_attempts = worst(local, "id").attempt_timeout(Duration::from_secs(1));
    assert!(matches!(no_attempts.build(), Err(BuildError::Zero { setting: "attempt" })));
    let user_agent = worst(local, "id").attempt_timeout(Duration::from_secs(1)).max_attempts(1);
    assert!(matches!(user_agent.build(), Err(BuildError::UserAgent { .. })));
}

#[cfg(not(feature = "rustls"))]
#[test]
fn https_without_tls_is_refused() {
    assert!(matches!(builder("https://www.infiny.io").build(), Err(BuildError::NoTls)));
    assert!(builder("https://www.infiny.io").http_client(http()).build().is_ok());
}

#[test]
fn a_client_can_go_wherever_a_task_can() {
    fn check<T: Clone + Send + Sync + std::fmt::Debug + 'static>() {}
    fn check_future<T: Send>(_: T) {}
    check::<Client>();
    let client = builder("http://127.0.0.1:9").build().unwrap();
    let request = request();
    check_future(client.create_customer(&request));
    check_future(client.catalogue());
}

#[tokio::test]
async fn the_largest_settings_are_no_trouble() {
    let server = Scripted::with_tokens(|_| ok(CUSTOMER)).await;
    let forever = Duration::MAX;
    let client = server
        .builder()
        .connect_timeout(forever)
        .attempt_timeout(forever)
        .call_timeout(forever)
        .max_attempts(u32::MAX)
        .retry_delays(forever, forever)
        .retry_budget(u8::MAX, u32::MAX)
        .max_concurrent_requests(usize::MAX)
        .build()
        .unwrap();
    assert!(client.get_customer(cloudlx_model::CustomerId(6918)).await.is_ok());
}

#[tokio::test]
async fn paths_go_behind_the_prefix_of_the_base_url() {
    let server = Scripted::start(|_| ok(r#"{"customers": []}"#)).await;
    let base_url = format!("{}/gateway/infiny/", server.base_url());
    let client = Client::builder(base_url, Credentials::access_token("token")).build().unwrap();
    assert!(client.list_customers().await.unwrap().all().unwrap().is_empty());
    assert_eq!(server.count("/gateway/infiny/api/customers"), 1);
}

#[tokio::test]
async fn an_http_client_of_the_callers_is_used() {
    let server = Scripted::start(|_| ok(r#"{"customers": []}"#)).await;
    let builder = || {
        Client::builder(server.base_url(), Credentials::access_token("token"))
            .http_client(http().user_agent("the-callers/1"))
    };
    builder().build().unwrap().list_customers().await.unwrap();
    builder().user_agent("told/2").build().unwrap().list_customers().await.unwrap();
    let [callers, told] = &server.requests()[..] else { panic!("two requests") };
    assert!(callers.raw.contains("user-agent: the-callers/1\r\n"), "{}", callers.raw);
    assert!(told.raw.contains("user-agent: told/2\r\n"), "{}", told.raw);
    assert!(told.raw.contains("accept: application/vnd.cloudlx.v1+json\r\n"), "{}", told.raw);
}
