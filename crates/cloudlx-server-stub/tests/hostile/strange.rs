//! Bytes that are no text, and text that is not what it should be.

use cloudlx_server_stub::Stub;

use super::answers_others;
use crate::support::{Ask, SAMPLE, Wire, token};

/// What comes back to these bytes: a status, or none when the connection just ends.
async fn status(stub: &Stub, bytes: &[u8]) -> Option<String> {
    let mut wire = Wire::open(stub).await;
    wire.send_some(bytes).await;
    wire.close_sending().await;
    let rest = String::from_utf8_lossy(&wire.rest().await).into_owned();
    rest.strip_prefix("HTTP/1.1 ").map(|rest| rest.chars().take(3).collect())
}

#[tokio::test]
async fn heads_with_bytes_that_are_no_text() {
    let stub = Stub::start().await.unwrap();
    for (head, expected) in [
        (&b"GET /api/customers\0 HTTP/1.1\r\nHost: stub\r\n\r\n"[..], "400"),
        (b"GET /api/cus\0tomers HTTP/1.1\r\nHost: stub\r\n\r\n", "400"),
        (b"G\0T /api/customers HTTP/1.1\r\nHost: stub\r\n\r\n", "400"),
        (b"GET /api/customers HTTP/1.1\r\nHost: st\0ub\r\n\r\n", "400"),
        (b"GET /api/customers HTTP/1.1\r\nHo\0st: stub\r\n\r\n", "400"),
        (b"GET /api/customers HTTP/9.9\r\nHost: stub\r\n\r\n", "400"),
        (b"GET /api/customers\r\n\r\n", "400"),
        (b"GET  /api/customers HTTP/1.1\r\n\r\n", "400"),
        // Text to some: such bytes may stand in a value, and in a target as they are (RFC 9112, 3.2).
        (b"GET /api/customers HTTP/1.1\r\nAuthorization: Bearer \xff\xfe\r\n\r\n", "401"),
        (b"GET /api/customers HTTP/1.1\r\nAccept: \xff\r\nAuthorization: \xff\r\n\r\n", "401"),
        (b"GET /api/customers/%00 HTTP/1.1\r\n\r\n", "404"),
        (b"GET /api/customers/%ff%fe HTTP/1.1\r\n\r\n", "404"),
        (b"GET /api/customers/..%2f..%2fetc HTTP/1.1\r\n\r\n", "404"),
        (b"GET /api/../api/customers HTTP/1.1\r\n\r\n", "404"),
        (b"GET http:// HTTP/1.1\r\n\r\n", "400"),
    ] {
        assert_eq!(status(&stub, head).await.as_deref(), Some(expected), "{}", head.escape_ascii());
    }
    // A path that is no UTF-8 is none that the API has, or is refused sooner.
    let path = status(&stub, b"GET /api/customers/\xff\xfe HTTP/1.1\r\n\r\n").await;
    assert!(matches!(path.as_deref(), Some("400" | "404")), "{path:?}");
    answers_others(&stub).await;
}

#[tokio::test]
async fn bodies_with_bytes_that_are_no_text() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let with_name = |name: &[u8]| {
        let (before, after) = SAMPLE.split_once("Example Company").unwrap();
        [before.as_bytes(), name, after.as_bytes()].concat()
    };
    for (body, expected) in [
        (with_name(b"\xff\xfe"), 400),
        (with_name(b"\xed\xa0\x80"), 400),
        (with_name(b"\0"), 400),
        (with_name(br"\u0000"), 422),
        (with_name(br"\ud800"), 400),
        (b"\0".repeat(1_000), 400),
        (b"\xff".repeat(1_000), 400),
        (b"\xef\xbb\xbf{}".to_vec(), 400),
    ] {
        let reply = Ask::create(&token, "").body(&body).to(&stub).await;
        assert_eq!(reply.status, expected, "{}", body.escape_ascii());
        let form = Ask::new("POST", "/api/oauth2/access-token")
            .with("Content-Type", "application/x-www-form-urlencoded")
            .body(&body);
        assert_eq!(form.to(&stub).await.status, 422, "{}", body.escape_ascii());
    }
    assert!(stub.customers().is_empty());
    answers_others(&stub).await;
}

#[tokio::test]
async fn noise() {
    let stub = Stub::start().await.unwrap();
    for noise in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"\0".repeat(100_000),
        b"\xff".repeat(100_000),
        b"\r\n".repeat(50_000),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\0\0\0\0\0\0".to_vec(),
        [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), b"\xff".repeat(100_000)].concat(),
    ] {
        let status = status(&stub, &noise).await;
        assert!(matches!(status.as_deref(), None | Some("400" | "431")), "{status:?}");
    }
    assert_eq!(stub.requests_total(), 0);
    answers_others(&stub).await;
}
