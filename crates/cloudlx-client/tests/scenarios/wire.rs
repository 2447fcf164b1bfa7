//! Where a connection breaks during a create, and what the error then proves.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_client::{Client, ClientBuilder, CreateError, Credentials, Error, Sent};
use cloudlx_model::CreateCustomer;
use cloudlx_validate::{Validated, validate};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::scripted::{CUSTOMER, Reply, Script, Scripted, ok, out_of_time, request, serve, unused_address};

/// A timeout that expires before anything can happen.
#[cfg(feature = "rustls")]
const SHORT: Duration = Duration::from_millis(300);
/// A timeout for a test that cannot see when it may expire: long enough for a response over loopback on a busy machine.
const LONGER: Duration = Duration::from_secs(3);

fn builder(base_url: &str) -> ClientBuilder {
    Client::builder(base_url, Credentials::access_token("token")).no_retries()
}

/// The failure of this create, and whether its outcome is known.
async fn failure(builder: ClientBuilder, request: &Validated<CreateCustomer>) -> (bool, Error) {
    match builder.build().unwrap().create_customer(request).await.unwrap_err() {
        CreateError::NotCreated { source, .. } => (false, source),
        CreateError::Unknown { source } => (true, source),
    }
}

/// A request that is longer than what the buffers take while the server does not read.
fn long_request() -> Validated<CreateCustomer> {
    let mut request = request().into_inner();
    request.first_name = Some("x".repeat(16 << 20));
    validate(request).unwrap()
}

/// A server that reads this much of a request, reports that, and then closes the connection, or keeps it until the test ends
/// it.
async fn reading(bytes: usize, read: Arc<Notify>, keep: Arc<Notify>) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut vec![0; bytes]).await.unwrap();
        read.notify_one();
        keep.notified().await;
    });
    (base_url, task)
}

#[tokio::test]
async fn it_could_not_connect() {
    let (_socket, base_url) = unused_address();
    let (unknown, error) = failure(builder(&base_url), &request()).await;
    assert!(!unknown);
    assert!(matches!(error, Error::NotSent { no_connection: true, timed_out: None, .. }), "{error:?}");
}

/// A connection without a TLS handshake counts as none.
#[cfg(feature = "rustls")]
#[tokio::test]
async fn it_sent_nothing() {
    let keep = Arc::new(Notify::new());
    let (base_url, server) = reading(1, Arc::default(), Arc::clone(&keep)).await;
    let base_url = base_url.replace("http://", "https://");
    let builder = builder(&base_url).http_client(crate::scripted::http()).attempt_timeout(SHORT);
    let (unknown, error) = failure(builder, &request()).await;
    assert!(!unknown);
    assert!(matches!(error, Error::NotSent { no_connection: false, timed_out: Some(_), .. }), "{error:?}");
    keep.notify_one();
    server.await.unwrap();
}

#[tokio::test]
async fn it_sent_a_part_and_the_connection_broke() {
    let keep = Arc::new(Notify::new());
    keep.notify_one();
    let (base_url, server) = reading(4096, Arc::default(), keep).await;
    let (unknown, error) = failure(builder(&base_url), &long_request()).await;
    assert!(!unknown, "the last byte, without which it is no JSON, never left");
    assert!(
        matches!(error, Error::NoAnswer { sent: Sent::Part, status: None, timed_out: None, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("was sent in part, but the connection ended"), "{error}");
    server.await.unwrap();
}

#[tokio::test]
async fn it_sent_a_part_and_a_success_began() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut vec![0; 4096]).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\": 6918").await.unwrap();
        // Unread bytes would otherwise reset the connection before the response arrives.
        stream.shutdown().await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
    });
    let (unknown, error) = failure(builder(&base_url), &long_request()).await;
    assert!(unknown, "it said something of a request that it does not have");
    assert!(
        matches!(error, Error::NoAnswer { sent: Sent::Part, status: Some(status), .. } if status == 200),
        "{error:?}"
    );
    server.await.unwrap();
}

#[tokio::test]
async fn a_create_of_which_a_part_was_sent_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_exact(&mut vec![0; 4096]).await.unwrap();
        drop(stream);
        let (stream, _) = listener.accept().await.unwrap();
        let script: Script = Box::new(|_| ok(CUSTOMER));
        serve(stream, 1, Arc::new(script), Arc::default()).await;
    });
    let client = Client::builder(&base_url, Credentials::access_token("token"));
    let client = client.retry_delays(Duration::ZERO, Duration::ZERO).build().unwrap();
    client.create_customer(&long_request()).await.unwrap();
    drop(client);
    server.await.unwrap();
}

#[tokio::test]
async fn it_sent_a_part_and_the_time_ran_out() {
    let (read, keep) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (base_url, server) = reading(4096, Arc::clone(&read), Arc::clone(&keep)).await;
    let (builder, request) = (builder(&base_url), long_request());
    let (unknown, error) = out_of_time(read.notified(), failure(builder, &request)).await;
    assert!(!unknown);
    assert!(
        matches!(error, Error::NoAnswer { sent: Sent::Part, status: None, timed_out: Some(_), .. }),
        "{error:?}"
    );
    keep.notify_one();
    server.await.unwrap();
}

#[tokio::test]
async fn it_sent_all_and_no_answer_came() {
    for reply in [Reply::Cut(Vec::new()), Reply::Hang(Vec::new())] {
        let late = matches!(reply, Reply::Hang(_));
        let server = Scripted::start(move |_| reply.clone()).await;
        let (builder, request) = (builder(server.base_url()), request());
        let (unknown, error) = if late {
            server.out_of_time(1, failure(builder, &request)).await
        } else {
            failure(builder, &request).await
        };
        assert!(unknown);
        assert!(
            matches!(error, Error::NoAnswer { sent: Sent::All, status: None, ref timed_out, .. } if timed_out.is_some() == late),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_part_of_an_answer_came() {
    let begun = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\": 6918".to_vec();
    for reply in [Reply::Cut(begun.clone()), Reply::Hang(begun)] {
        let late = matches!(reply, Reply::Hang(_));
        let server = Scripted::start(move |_| reply.clone()).await;
        let (unknown, error) = failure(builder(server.base_url()).attempt_timeout(LONGER), &request()).await;
        assert!(unknown);
        assert!(
            matches!(
                error,
                Error::NoAnswer { sent: Sent::All, status: Some(status), ref timed_out, .. }
                    if status == 200 && timed_out.is_some() == late
            ),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_came_that_is_not_the_contracts() {
    let server = Scripted::start(|_| ok(r#"{"id": 6918, "name": 1}"#)).await;
    let (unknown, error) = failure(builder(server.base_url()), &request()).await;
    assert!(unknown, "created, but nobody could read it");
    let Error::Unexpected { body: Some(body), status, .. } = error else { panic!("{error:?}") };
    assert_eq!((body.text.as_str(), status.as_u16()), (r#"{"id": 6918, "name": 1}"#, 200));
}
