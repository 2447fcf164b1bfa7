//! How a create ends, whatever the network and the server do.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_client::reqwest::dns::{Name, Resolve, Resolving};
use cloudlx_client::reqwest::{self, redirect};
use cloudlx_client::{Client, CreateError, Credentials, Error, Retry, RetryAfter, TimeLimit};
use cloudlx_model::CustomerId;

use crate::scripted::{
    CUSTOMER, Reply, Request, Scripted, UNAVAILABLE, answer, by_api, http, ok, request, unused_address,
};

const CUSTOMERS: &str = "/api/customers";
/// A timeout that expires before anything can happen.
const SHORT: Duration = Duration::from_millis(300);
/// A timeout before which something has to happen: no machine is so busy that it takes this long.
const LONG: Duration = Duration::from_secs(25);

/// The result of `call`, which must complete well before any default timeout.
async fn soon<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(8), call).await.unwrap()
}

/// Creates a customer on a server that does this, and checks that the request was sent at most once.
async fn create(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> CreateError {
    let server = Scripted::with_tokens(script).await;
    let error = server.client_with_token().create_customer(&request()).await.unwrap_err();
    assert!(server.count(CUSTOMERS) <= 1, "{error}");
    error
}

fn is_unknown(error: &CreateError) -> bool {
    matches!(error, CreateError::Unknown { .. })
}

fn retry(error: &CreateError) -> Option<Retry> {
    match error {
        CreateError::NotCreated { retry, .. } => Some(*retry),
        CreateError::Unknown { .. } => None,
    }
}

const CAN_HELP: Option<Retry> = Some(Retry::CanHelp { after: None });
const USELESS: Option<Retry> = Some(Retry::Useless);

#[tokio::test]
async fn a_customer_is_created() {
    let server = Scripted::with_tokens(|_| ok(CUSTOMER)).await;
    let customer = server.client().create_customer(&request()).await.unwrap();
    assert_eq!(customer.id, CustomerId(6918));
    assert_eq!(server.count(CUSTOMERS), 1);
}

const REFUSALS: [(&str, &str); 34] = [
    ("201 Created", ""),
    ("204 No Content", ""),
    ("300 Multiple Choices", ""),
    ("301 Moved Permanently", "location: /elsewhere\r\n"),
    ("302 Found", "location: /elsewhere\r\n"),
    ("303 See Other", "location: /elsewhere\r\n"),
    ("304 Not Modified", ""),
    ("307 Temporary Redirect", "location: /elsewhere\r\n"),
    ("308 Permanent Redirect", ""),
    ("400 Bad Request", ""),
    ("401 Unauthorized", ""),
    ("403 Forbidden", ""),
    ("404 Not Found", ""),
    ("405 Method Not Allowed", "allow: GET\r\n"),
    ("406 Not Acceptable", ""),
    ("407 Proxy Authentication Required", ""),
    ("408 Request Timeout", ""),
    ("409 Conflict", ""),
    ("413 Content Too Large", ""),
    ("415 Unsupported Media Type", ""),
    ("421 Misdirected Request", ""),
    ("422 Unprocessable Content", ""),
    ("425 Too Early", ""),
    ("429 Too Many Requests", ""),
    ("429 Too Many Requests", "retry-after: 7\r\n"),
    ("431 Request Header Fields Too Large", ""),
    ("451 Unavailable For Legal Reasons", ""),
    ("500 Internal Server Error", "retry-after: 7\r\n"),
    ("502 Bad Gateway", ""),
    ("503 Service Unavailable", ""),
    ("503 Service Unavailable", "retry-after: soon\r\n"),
    ("503 Service Unavailable", "retry-after: 7\r\n"),
    ("504 Gateway Timeout", ""),
    ("599 Whatever", ""),
];

#[tokio::test]
async fn a_page_proves_nothing_unless_its_status_is_given_before_any_application_is_asked() {
    for (status, headers) in REFUSALS {
        let headers = format!("content-type: text/html\r\n{headers}");
        let page = if status.starts_with("204") || status.starts_with("304") { "" } else { "<h1>No.</h1>" };
        let error = create(move |_| answer(status, &headers, page)).await;
        let is_before = ["405", "407", "413", "415", "431"].iter().any(|before| status.starts_with(before));
        assert_eq!(retry(&error), is_before.then_some(Retry::Useless), "{status}: {error}");
        let code = status.split_once(' ').unwrap().0;
        assert_eq!(error.cause().status().unwrap().as_str(), code, "{error:?}");
        let target = error.cause().target().unwrap();
        assert!(target.to_string().starts_with("POST http://127.0.0.1:"), "{target}");
    }
}

#[tokio::test]
async fn the_apis_own_refusal_is_believed() {
    let later = Some(Retry::CanHelp { after: Some(RetryAfter::Delay(Duration::from_secs(7))) });
    for (status, headers) in REFUSALS.into_iter().filter(|(status, _)| *status >= "400") {
        let error = create(move |_| by_api(status, headers)).await;
        let expected = match (status.split_once(' ').unwrap().0, headers) {
            ("408" | "500" | "502" | "504" | "599", _) => None,
            ("503", headers) if headers != "retry-after: 7\r\n" => None,
            ("421" | "425" | "429", "") => CAN_HELP,
            ("429" | "503", _) => later,
            _ => USELESS,
        };
        assert_eq!(retry(&error), expected, "{status} {headers}: {error}");
    }
}

#[tokio::test]
async fn a_redirect_is_believed_where_the_same_path_is_elsewhere() {
    for (status, location, expected) in [
        ("301 Moved Permanently", "https://127.0.0.1:9/api/customers", USELESS),
        ("302 Found", "https://127.0.0.1/api/customers", USELESS),
        ("307 Temporary Redirect", "http://127.0.0.1:9/api/customers", USELESS),
        ("308 Permanent Redirect", "/api/customers/", USELESS),
        ("302 Found", "/customers/7001", None),
        ("303 See Other", "https://127.0.0.1/api/customers", None),
        ("307 Temporary Redirect", "https://filter.example/blocked", None),
        ("308 Permanent Redirect", "/api/customers", None),
    ] {
        let headers = format!("location: {location}\r\n");
        let error = create(move |_| answer(status, &headers, "")).await;
        assert_eq!(retry(&error), expected, "{status} {location}: {error}");
    }
}

#[tokio::test]
async fn a_503_counts_as_turned_away_only_where_the_api_says_when_to_come_back() {
    let later = Some(Retry::CanHelp { after: Some(RetryAfter::Delay(Duration::from_secs(7))) });
    for (headers, body, expected) in [
        ("retry-after: 7\r\n", UNAVAILABLE, later),
        ("", UNAVAILABLE, None),
        ("retry-after: 7\r\n", "<h1>Backend fetch failed</h1>", None),
        ("retry-after: 7\r\n", r#"{"error": "upstream"}"#, None),
        ("retry-after: 7\r\n", r#"{"message": "Service Unavailable"}"#, None),
        ("retry-after: 7\r\n", r#"{"message": "upstream is down", "request_id": "7f3a"}"#, None),
        ("retry-after: 7\r\n", r#"{"message": "upstream connect error", "code": 503}"#, None),
        ("retry-after: 7\r\n", r#"{"message": "Service Unavailable", "status_code": 502}"#, None),
        (
            "retry-after: 7\r\n",
            r#"{"message": "Service Unavailable", "status_code": 503, "id": "7f3a"}"#,
            None,
        ),
    ] {
        let error = create(move |_| answer("503 Service Unavailable", headers, body)).await;
        assert_eq!(retry(&error), expected, "{headers}{body}");
    }
}

#[tokio::test]
async fn a_date_to_come_back_at_is_kept() {
    for (answered, seconds) in [("", 0), ("date: Sun, 06 Nov 1994 08:47:39 GMT\r\n", 118)] {
        let headers = format!("{answered}retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
        let error = create(move |_| answer("503 Service Unavailable", &headers, UNAVAILABLE)).await;
        let delay = Duration::from_secs(seconds);
        let after = Some(RetryAfter::At { delay });
        assert_eq!(retry(&error), Some(Retry::CanHelp { after }), "{answered}");
    }
}

#[tokio::test]
async fn a_success_that_is_no_customer_is_unknown_and_kept() {
    for body in
        ["", "{}", "<html>welcome</html>", r#"{"id": 6918, "name": "cut"#, "[1, 2]", r#"{"id": "6918"}"#]
    {
        let error = create(move |_| ok(body)).await;
        assert!(is_unknown(&error), "{body}: {error:?}");
        match error.cause() {
            Error::Unexpected { body: Some(kept), .. } => {
                assert_eq!(kept.text, body);
                assert!(!kept.cut);
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_connection_that_ends_after_the_request_leaves_the_outcome_unknown() {
    let cut_head = b"HTTP/1.1 200 OK\r\nconte".to_vec();
    let cut_body = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\": 6918".to_vec();
    let cut_chunk = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{".to_vec();
    let not_http = b"220 smtp.example ESMTP\r\n\r\n".to_vec();
    for bytes in [Vec::new(), cut_head, cut_body, cut_chunk, not_http] {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let error = create(move |_| Reply::Cut(bytes.clone())).await;
        assert!(is_unknown(&error), "{shown}: {error:?}");
        assert!(matches!(error.cause(), Error::NoAnswer { .. }), "{shown}: {error:?}");
    }
}

#[tokio::test]
async fn a_refusal_that_is_cut_off_proves_nothing() {
    let head = b"HTTP/1.1 422 Unprocessable Content\r\ncontent-length: 1000\r\n\r\n{\"mess".to_vec();
    let error = create(move |_| Reply::Cut(head.clone())).await;
    assert!(is_unknown(&error), "{error:?}");
}

#[tokio::test]
async fn no_connection_is_not_created() {
    let (_socket, base_url) = unused_address();
    for credentials in [Credentials::client("id", "secret"), Credentials::access_token("token")] {
        let client = Client::builder(&base_url, credentials).no_retries().build().unwrap();
        let error = client.create_customer(&request()).await.unwrap_err();
        assert_eq!(retry(&error), CAN_HELP, "{error:?}");
    }
}

/// Never resolves a name: the attempt times out before it has a connection.
struct NeverResolves;

impl Resolve for NeverResolves {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn time_that_runs_out_before_sending_is_not_created() {
    let builder = || {
        Client::builder("http://localhost:9", Credentials::access_token("token"))
            .no_retries()
            .http_client(http().dns_resolver(Arc::new(NeverResolves)))
    };
    for (builder, limit) in [
        (builder().connect_timeout(SHORT), TimeLimit::Connect(SHORT)),
        (builder().attempt_timeout(SHORT), TimeLimit::Attempt(SHORT)),
        (builder().call_timeout(SHORT), TimeLimit::Call(SHORT)),
    ] {
        let client = builder.build().unwrap();
        let error = soon(client.create_customer(&request())).await.unwrap_err();
        assert_eq!(retry(&error), CAN_HELP, "{error:?}");
        assert!(
            matches!(error.cause(), Error::NotSent { timed_out: Some(found), .. } if **found == limit),
            "{error:?}"
        );
        let words = error.cause().to_string();
        assert!(words.contains(&limit.to_string()), "{words}");
    }
}

#[tokio::test]
async fn a_request_that_the_http_client_refuses_is_not_created() {
    let client = Client::builder("http://127.0.0.1:9", Credentials::access_token("token"))
        .http_client(http().https_only(true))
        .build()
        .unwrap();
    let error = client.create_customer(&request()).await.unwrap_err();
    assert_eq!(retry(&error), USELESS, "{error:?}");
    assert!(matches!(error.cause(), Error::NotBuilt { .. }), "{error:?}");
}

#[tokio::test]
async fn time_that_runs_out_after_sending_leaves_the_outcome_unknown() {
    let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{".to_vec();
    for bytes in [Vec::new(), begun] {
        let server = Scripted::start(move |_| Reply::Hang(bytes.clone())).await;
        let builder = || Client::builder(server.base_url(), Credentials::access_token("token"));
        for (n, builder) in
            [builder().attempt_timeout(LONG), builder().call_timeout(LONG)].into_iter().enumerate()
        {
            let client = builder.build().unwrap();
            let request = request();
            let error = server.out_of_time(n + 1, client.create_customer(&request)).await.unwrap_err();
            assert!(is_unknown(&error), "{error:?}");
            assert!(matches!(error.cause(), Error::NoAnswer { timed_out: Some(_), .. }), "{error:?}");
            assert_eq!(server.count(CUSTOMERS), n + 1);
        }
    }
}

#[tokio::test]
async fn time_that_runs_out_while_the_token_is_fetched_is_not_created() {
    let server = Scripted::start(|_| Reply::Hang(Vec::new())).await;
    let client = server.builder().call_timeout(SHORT).build().unwrap();
    let error = soon(client.create_customer(&request())).await.unwrap_err();
    assert_eq!(retry(&error), CAN_HELP, "{error:?}");
    assert!(matches!(error.cause(), Error::NoToken { .. }), "{error:?}");
    assert_eq!(server.count(CUSTOMERS), 0);
}

#[tokio::test]
async fn a_catalogue_has_the_time_of_one_call() {
    let server = Scripted::start(|request| {
        let list = match request.path() {
            "/api/realms" => ok(r#"{"realms": []}"#),
            _ => ok(r#"{"sub_realms": []}"#),
        };
        Reply::Late(LONG, Box::new(list))
    })
    .await;
    let builder = || Client::builder(server.base_url(), Credentials::access_token("token"));
    assert!(builder().build().unwrap().catalogue().await.is_ok());
    let error = builder().call_timeout(LONG * 3 / 2).build().unwrap().catalogue().await.unwrap_err();
    assert!(matches!(error, Error::NoAnswer { timed_out: Some(_), .. }), "{error:?}");
}

#[tokio::test]
async fn an_http_client_of_the_callers_follows_no_redirect() {
    for status in
        ["301 Moved Permanently", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        let server = Scripted::with_tokens(move |_| answer(status, "location: /api/customers\r\n", "")).await;
        let following = http().redirect(redirect::Policy::limited(5));
        let client = server.builder().http_client(following).build().unwrap();
        let error = client.create_customer(&request()).await.unwrap_err();
        assert!(matches!(error.cause(), Error::Redirected { .. }), "{status}: {error:?}");
        assert_eq!(server.count(CUSTOMERS), 1, "{status}");
    }
}

#[tokio::test]
async fn an_http_client_of_the_callers_sends_nothing_again() {
    let server = Scripted::with_tokens(|_| answer("503 Service Unavailable", "", "")).await;
    let again = reqwest::retry::for_host("127.0.0.1").classify_fn(|answer| match answer.status() {
        Some(_) => answer.retryable(),
        None => answer.success(),
    });
    let client = server.builder().no_retries().http_client(http().retry(again)).build().unwrap();
    client.create_customer(&request()).await.unwrap_err();
    client.get_customer(CustomerId(6918)).await.unwrap_err();
    assert_eq!((server.count(CUSTOMERS), server.count("/api/customers/6918")), (1, 1));
}

#[tokio::test]
async fn a_connection_that_dies_under_a_second_create_makes_no_third() {
    let server = Scripted::with_tokens(|request| match request.nth {
        0 => ok(CUSTOMER),
        _ => Reply::Cut(Vec::new()),
    })
    .await;
    let client = server.client();
    client.create_customer(&request()).await.unwrap();
    let error = client.create_customer(&request()).await.unwrap_err();
    assert!(is_unknown(&error), "{error:?}");
    let requests = server.requests();
    let creates: Vec<_> = requests.iter().filter(|request| request.path() == CUSTOMERS).collect();
    let [first, second] = creates[..] else { panic!("two requests: {creates:?}") };
    assert_eq!(first.connection, second.connection, "the connection is one from the pool");
}
