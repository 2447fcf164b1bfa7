//! Proxies, and names that cannot be resolved.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloudlx_client::{ConnectionFault, CreateError, Error, Retry, reqwest};
use reqwest::Proxy;
use reqwest::dns::{Name, Resolve, Resolving};

use crate::other_side::{Authority, Does, OtherSide, for_this_machine};
use crate::{client, create, tried_once};

const API: &str = "https://api.example";

fn through(authority: &Authority, scheme: &str, proxy: &OtherSide) -> reqwest::ClientBuilder {
    authority.trusted().proxy(Proxy::all(proxy.url(scheme)).unwrap())
}

#[tokio::test]
async fn a_proxy_that_makes_the_connection_is_used() {
    let authority = Authority::new();
    let server = OtherSide::start(Does::Lists(authority.certify(&for_this_machine()))).await;
    let proxy = OtherSide::start(Does::Connects("HTTP/1.1 200 OK\r\n\r\n", Some(server.address))).await;
    let client = client(&server.url("https"), through(&authority, "http", &proxy));
    assert!(client.list_customers().await.unwrap().all().unwrap().is_empty());
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn a_proxy_that_asks_for_a_password_is_asked_once() {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
    let proxy = OtherSide::start(Does::Connects(answer, None)).await;
    let client = client(API, through(&Authority::new(), "http", &proxy));
    let (fault, message) = tried_once(&client, &proxy).await;
    assert_eq!(fault, ConnectionFault::ProxyAuthentication);
    assert!(message.contains("the proxy asks for a user name and a password"), "{message}");
}

#[tokio::test]
async fn a_proxy_that_refuses_to_connect_is_asked_once() {
    for answer in [
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\n\r\n<html>",
        "HTTP/1.1 404 Not Found\r\n\r\n",
        "HTTP/1.0 302 Found\r\nlocation: http://portal.example\r\n\r\n",
        "SSH-2.0-x\r\n\r\n",
    ] {
        let proxy = OtherSide::start(Does::Connects(answer, None)).await;
        let client = client(API, through(&Authority::new(), "http", &proxy));
        let (fault, message) = tried_once(&client, &proxy).await;
        assert_eq!(fault, ConnectionFault::ProxyRefused, "{answer}");
        assert!(message.contains("the proxy refused to connect to api.example"), "{message}");
    }
}

#[tokio::test]
async fn a_proxy_that_hangs_up_may_pass_and_is_asked_again() {
    let proxy = OtherSide::start(Does::Connects("", None)).await;
    let client = client(API, through(&Authority::new(), "http", &proxy));
    let (retry, fault, attempts, message) = create(&client).await;
    assert_eq!((retry, fault, attempts), (Retry::CanHelp { after: None }, None, 3), "{message}");
}

#[tokio::test]
async fn the_certificate_behind_a_proxy_and_the_proxys_own_are_told_apart() {
    let (trusted, other) = (Authority::new(), Authority::new());
    let server = OtherSide::start(Does::Lists(other.certify(&for_this_machine()))).await;
    let proxy = OtherSide::start(Does::Connects("HTTP/1.1 200 OK\r\n\r\n", Some(server.address))).await;
    let behind = client(&server.url("https"), through(&trusted, "http", &proxy));
    let (fault, _) = tried_once(&behind, &proxy).await;
    assert!(matches!(&fault, ConnectionFault::Certificate { of, .. } if of == "127.0.0.1"), "{fault:?}");

    let proxy = OtherSide::start(Does::ConnectsEncrypted(other.certify(&for_this_machine()))).await;
    let (fault, _) = tried_once(&client(API, through(&trusted, "https", &proxy)), &proxy).await;
    assert!(matches!(&fault, ConnectionFault::Certificate { of, .. } if of == "the proxy"), "{fault:?}");
}

#[tokio::test]
async fn a_password_that_a_proxy_of_plain_http_asks_for_is_final_too() {
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    let proxy = OtherSide::start(Does::Connects(answer, None)).await;
    let client =
        cloudlx_client::Client::builder("http://api.example", cloudlx_client::Credentials::access_token("t"))
            .http_client(through(&Authority::new(), "http", &proxy))
            .allow_plain_http()
            .build()
            .unwrap();
    let error = client.list_customers().await.unwrap_err();
    assert!(matches!(&error, Error::Status { status, .. } if status.as_u16() == 407), "{error:?}");
    assert_eq!((error.retry(), error.attempts(), proxy.connections()), (Retry::Useless, 1, 1));
    assert!(error.to_string().contains("the proxy asks for a user name and a password"), "{error}");
    let request = cloudlx_validate::from_json(include_bytes!("../../../../examples/create-customer.json"));
    let created = client.create_customer(&request.unwrap()).await;
    assert!(matches!(created, Err(CreateError::NotCreated { retry: Retry::Useless, .. })), "{created:?}");
}

/// Resolves no name, and counts the lookups.
#[derive(Default)]
struct NoNames(AtomicUsize);

impl Resolve for NoNames {
    fn resolve(&self, _: Name) -> Resolving {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Err("no such name".into())))
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_named_and_tried_again() {
    let names = Arc::new(NoNames::default());
    let client = client(API, Authority::new().trusted().dns_resolver(Arc::clone(&names)));
    let (retry, fault, attempts, message) = create(&client).await;
    assert_eq!((retry, fault), (Retry::CanHelp { after: None }, Some(ConnectionFault::NameNotResolved)));
    assert_eq!((attempts, names.0.load(Ordering::SeqCst)), (3, 3));
    assert!(message.contains("the name api.example could not be resolved"), "{message}");
}

#[tokio::test]
async fn a_token_is_asked_for_once_where_the_proxy_refuses() {
    let proxy = OtherSide::start(Does::Connects("HTTP/1.1 403 Forbidden\r\n\r\n", None)).await;
    let credentials = cloudlx_client::Credentials::client("id", "s3cr3t-of-the-client");
    let client = cloudlx_client::Client::builder(API, credentials)
        .http_client(through(&Authority::new(), "http", &proxy))
        .build()
        .unwrap();
    let error = client.list_customers().await.unwrap_err();
    let Error::NoToken { source, .. } = &error else { panic!("{error:?}") };
    assert!(source.to_string().contains("the proxy refused to connect to api.example"), "{source}");
    assert_eq!((error.retry(), error.attempts(), proxy.connections()), (Retry::Useless, 1, 1));
}
