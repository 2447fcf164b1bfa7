//! Requests whose end two readers could see in two places. The stub sees one, or refuses; where it must it closes, so that
//! nothing that came behind is taken for a request of its own.

use cloudlx_server_stub::Stub;

use super::answers_others;
use crate::support::{Wire, token};

/// The request that is not to be seen.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: stub\r\n\r\n";

/// Sends it, and says which statuses came back until the stub closed.
async fn statuses(stub: &Stub, text: &str) -> Vec<String> {
    let mut wire = Wire::open(stub).await;
    wire.send(text.as_bytes()).await;
    wire.close_sending().await;
    let rest = String::from_utf8_lossy(&wire.rest().await).into_owned();
    let begins = rest.split("HTTP/1.1 ").skip(1).map(|text| text.chars().take(3).collect::<String>());
    begins.filter(|status| status.bytes().all(|byte| byte.is_ascii_digit())).collect()
}

#[tokio::test]
async fn framing_in_doubt_is_refused() {
    let stub = Stub::start().await.unwrap();
    let post = "POST /api/customers HTTP/1.1\r\nHost: stub\r\n";
    for framing in [
        // Two lengths.
        "Content-Length: 0\r\nContent-Length: 36\r\n\r\n",
        "Content-Length: 36\r\nContent-Length: 0\r\n\r\n",
        "Content-Length: 0, 36\r\n\r\n",
        // Lengths that are none.
        "Content-Length: +0\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 0x24\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length: \r\n\r\n",
        // Codings that do not end in chunked.
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n",
        // Names and lines that some read and others do not.
        "Content-Length : 36\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "X: y\r\n Content-Length: 36\r\n\r\n",
        "X: y\r\n\tTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "X: y\rContent-Length: 36\r\n\r\n",
        "X\0: y\r\n\r\n",
        "X: y\0\r\n\r\n",
    ] {
        let seen = statuses(&stub, &format!("{post}{framing}{HIDDEN}")).await;
        assert_eq!(seen, ["400"], "{framing:?}");
    }
    // Chunks do not exist in HTTP/1.0.
    let old = "POST /api/customers HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(statuses(&stub, &format!("{old}{HIDDEN}")).await, ["400"]);
    assert_eq!(stub.requests_total(), 0);
    answers_others(&stub).await;
}

/// RFC 9112 (6.3): chunks win, and the connection is closed after the answer.
#[tokio::test]
async fn with_a_length_and_chunks_nothing_is_read_behind() {
    let stub = Stub::start().await.unwrap();
    for framing in [
        "Content-Length: 36\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 36\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ] {
        let text = format!("POST /api/customers HTTP/1.1\r\nHost: stub\r\n{framing}{HIDDEN}");
        let seen = statuses(&stub, &text).await;
        assert!(seen == ["401"] || seen == ["400"], "{framing:?}: {seen:?}");
    }
    assert!(stub.requests().iter().all(|request| request.path != "/hidden"));
    answers_others(&stub).await;
}

#[tokio::test]
async fn chunks_in_doubt_are_refused() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    let post = format!(
        "POST /api/customers HTTP/1.1\r\nHost: stub\r\nAuthorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    for chunks in [
        "-1\r\n",
        "0x1\r\nx\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n",
        "1 1\r\nx\r\n0\r\n\r\n",
        "1\r\nxy\r\n0\r\n\r\n",
        "\r\n0\r\n\r\n",
    ] {
        let seen = statuses(&stub, &format!("{post}{chunks}{HIDDEN}")).await;
        assert_eq!(seen, ["400"], "{chunks:?}");
    }
    assert!(stub.requests().iter().all(|request| request.path != "/hidden"));
    answers_others(&stub).await;
}

/// RFC 9112 (2.2) lets a line end in a line feed alone; all of a message is then read that way, by this reader.
#[tokio::test]
async fn a_bare_line_feed_ends_a_line_and_hides_nothing() {
    let stub = Stub::start().await.unwrap();
    let text =
        format!("POST /api/customers HTTP/1.1\nHost: stub\nContent-Length: {}\n\n{HIDDEN}", HIDDEN.len());
    assert_eq!(statuses(&stub, &text).await, ["401"]);
    assert!(stub.requests().iter().all(|request| request.path != "/hidden"));
}
