//! The client uses a token response exactly where the report calls it usable.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

use cloudlx_client::{Client, Credentials, Error};
use cloudlx_drift::{CallReport, Contract, Observed, Report, Verdict, observe};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Responds to token requests with this body, and to every list with an empty one.
async fn serve(mut stream: TcpStream, token: &[u8]) {
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&request);
        let body = match text.split(' ').nth(1) {
            // The body is one line, and ends with its brace.
            Some("/api/oauth2/access-token") if !text.ends_with('}') => continue,
            Some("/api/oauth2/access-token") => token,
            Some("/api/customers") => b"{\"customers\":[]}",
            Some("/api/realms") => b"{\"realms\":[]}",
            _ => b"{\"sub_realms\":[]}",
        };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length";
        let _ = stream.write_all(format!("{head}: {}\r\n\r\n", body.len()).as_bytes()).await;
        let _ = stream.write_all(body).await;
        return;
    }
}

/// Whether the client can use the token, and the report of the token request.
async fn both(token: &'static [u8]) -> (bool, CallReport, usize) {
    let (used, report, asked) = all_three(token).await;
    (used, report.calls.into_iter().next().unwrap(), asked)
}

/// Whether the client can use the token, the whole report, and the number of responses.
async fn all_three(token: &'static [u8]) -> (bool, Report, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, token));
        }
    });
    let client =
        || Client::builder(&base_url, Credentials::client("a", "b-secret")).no_retries().build().unwrap();
    let used = match client().list_customers().await {
        Ok(_) => true,
        Err(Error::NoToken { .. }) => false,
        Err(error) => panic!("{error:?}"),
    };
    let observations = observe(&client(), 1).await;
    let report = Contract::current().unwrap().report(&observations);
    server.abort();
    let asked = observations.iter().filter(|call| matches!(call.observed, Observed::Answer(_))).count();
    (used, report, asked)
}

#[tokio::test]
async fn what_the_client_cannot_use_has_drifted_and_what_it_reads_is_not_called_unreadable() {
    let documented = br#"{"access_token":"t1","token_type":"x","expires_in":3600,"refresh_token":"r"}"#;
    let cases: [(&[u8], bool); 22] = [
        (documented, true),
        (br#"{"access_token":"t1","token_type":"Bearer","expires_in":3600}"#, true),
        (br#"{"access_token":"t1","token_type":"bearer","expires_in":"3600","refresh_token":null}"#, true),
        (br#"{"access_token":"t1","token_type":"x","expires_in":3600.0,"refresh_token":"r"}"#, true),
        (br#"{"access_token":"t1","token_type":"x","expires_in":3599.5,"refresh_token":"r"}"#, true),
        (br#"{"access_token":"t1","token_type":"x","expires_in":1e400,"refresh_token":"r"}"#, true),
        (br#"{"access_token":"t1","token_type":"x","expires_in":-1,"refresh_token":"r"}"#, true),
        (br#"{"access_token":" t1\n","token_type":"x","expires_in":3600,"refresh_token":"r"}"#, true),
        (br#"{"access_token":"","access_token":"t1","token_type":"x","expires_in":1,"refresh_token":"r"}"#, true),
        (br#"{"access_token":"t1"}"#, true),
        (b"\xef\xbb\xbf{\"access_token\":\"t1\",\"token_type\":\"x\",\"expires_in\":3600,\"refresh_token\":\"r\"}", true),
        (b"{\"access_token\":\"t1\",\"token_type\":\"\xe9\",\"expires_in\":3600,\"refresh_token\":\"r\"}", true),
        (br#"{"access_token":"","token_type":"x","expires_in":3600,"refresh_token":"r"}"#, false),
        (br#"{"access_token":" ","token_type":"x","expires_in":3600,"refresh_token":"r"}"#, false),
        (br#"{"access_token":"a\nb","token_type":"x","expires_in":3600,"refresh_token":"r"}"#, false),
        (br#"{"access_token":"t1","access_token":"","token_type":"x","expires_in":1,"refresh_token":"r"}"#, false),
        (br#"{"access_token":7,"token_type":"x","expires_in":3600,"refresh_token":"r"}"#, false),
        (br#"{"token_type":"x","expires_in":3600,"refresh_token":"r"}"#, false),
        (br#"{"error":"invalid_client","error_description":"Client secret has expired"}"#, false),
        (b"[]", false),
        (b"<html>", false),
        (b"", false),
    ];
    for (body, usable) in cases {
        let shown = String::from_utf8_lossy(body);
        let (used, report, asked) = both(body).await;
        assert_eq!(used, usable, "{shown}");
        assert_eq!(report.readable, Some(usable), "{shown}");
        if !usable {
            assert_eq!(report.verdict, Some(Verdict::Drifted), "{shown}");
            assert!(!report.findings.is_empty(), "{shown}");
        }
        assert_eq!(asked, if usable { 4 } else { 1 }, "without a token nothing is asked for: {shown}");
        let said = report.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(!said.contains("t1") && !said.contains("Client secret"), "no value is shown: {said}");
    }
    let (_, report, _) = both(documented).await;
    assert_eq!(report.verdict, Some(Verdict::Same));
}

#[tokio::test]
async fn an_empty_token_and_a_byte_order_mark_are_named() {
    for (body, words) in [
        (
            &br#"{"access_token":"","token_type":"x","expires_in":3600,"refresh_token":"r"}"#[..],
            "unusable: expected an answer that a client can use, found an access_token that is empty text",
        ),
        (
            b"\xef\xbb\xbf{\"access_token\":\"t1\",\"token_type\":\"x\",\"expires_in\":3600,\"refresh_token\":\"r\"}",
            "byte-order mark: expected the JSON to begin the body, found a mark before it",
        ),
    ] {
        let (_, report, _) = both(body).await;
        let said: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
        assert_eq!(said, [words]);
    }
}

#[tokio::test]
async fn what_makes_a_token_unusable_is_named_once_whatever_else_is_wrong() {
    let missing = |field| format!("missing field /{field}: expected it always, found none");
    let unusable = |found| {
        format!("unusable: expected an answer that a client can use, found an access_token that is {found}")
    };
    let whole_of = |token: &str| {
        format!(r#"{{"access_token":{token},"token_type":"x","expires_in":1,"refresh_token":"r"}}"#)
    };
    let not_json = "not JSON: expected the documented body, found other text".to_owned();
    let mut latin = whole_of("\"\"").replace("\"x\"", "\"?\"").into_bytes();
    latin.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xe9);
    for (body, said) in [
        (
            br#"{"access_token":"","expires_in":1}"#.to_vec(),
            vec![missing("refresh_token"), missing("token_type"), unusable("empty text")],
        ),
        (
            br#"{"access_token":" ","token_type":"x","expires_in":1}"#.to_vec(),
            vec![missing("refresh_token"), unusable("white space alone")],
        ),
        (
            format!("\u{feff}{}", whole_of("\"\"")).into_bytes(),
            vec![
                "byte-order mark: expected the JSON to begin the body, found a mark before it".to_owned(),
                unusable("empty text"),
            ],
        ),
        (latin, vec![not_json.clone(), unusable("empty text")]),
        (
            whole_of("7").into_bytes(),
            vec!["changed field /access_token: expected type string, found integer".to_owned()],
        ),
        (br#"{"token_type":"x","expires_in":1,"refresh_token":"r"}"#.to_vec(), vec![missing("access_token")]),
        (b"[]".to_vec(), vec!["changed field the body: expected type object, found array".to_owned()]),
        (b"<html>".to_vec(), vec![not_json]),
    ] {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let (used, report, _) = both(body.leak()).await;
        let found: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
        assert_eq!((used, found), (false, said), "{shown}");
    }
}

#[tokio::test]
async fn an_error_in_the_place_of_a_token_is_not_to_be_added_to_it() {
    let (_, report, _) = all_three(br#"{"error":"invalid_client","error_description":"No."}"#).await;
    assert_eq!(report.additions, []);
    let new = report.calls.first().unwrap().findings.iter().filter(|finding| finding.change.is_additive());
    assert_eq!(new.count(), 2, "they are named all the same");

    let (_, report, _) =
        all_three(br#"{"token":"t1","token_type":"x","expires_in":1,"refresh_token":"r"}"#).await;
    assert_eq!(report.additions.len(), 1, "a token by another name may be");
}
