//! Responses of the token endpoint, and the errors of callers where they contain no token.

use cloudlx_client::{CreateError, Error, Retry};

use crate::scripted::{CLIENT_SECRET, CUSTOMER, Reply, Scripted, TOKEN_PATH, answer, chain, ok, request};

/// Responds to token requests with this, and to requests with the token `t1` with a customer.
async fn answering(token: Reply) -> Scripted {
    Scripted::start(move |request| match request.path() {
        TOKEN_PATH => token.clone(),
        _ if request.bearer() == Some("t1") => ok(CUSTOMER),
        _ => answer("401 Unauthorized", "", ""),
    })
    .await
}

/// The error where there is no token, with all causes.
async fn refused(token: Reply) -> String {
    let server = answering(token).await;
    let error = server.client().create_customer(&request()).await.unwrap_err();
    let CreateError::NotCreated { retry: Retry::Useless, source: Error::NoToken { source, .. } } = &error
    else {
        panic!("{error:?}");
    };
    assert!(matches!(**source, Error::Unexpected { body: None, .. }), "{source:?}");
    assert_eq!(server.count("/api/customers"), 0);
    assert!(!chain(&error).contains(CLIENT_SECRET), "{error:?}");
    source.to_string()
}

#[tokio::test]
async fn a_token_is_read_however_loosely_its_answer_is_written() {
    for body in [
        r#"{"access_token":"t1","token_type":"Bearer","expires_in":600}"#,
        r#"{"access_token":"t1","token_type":"bearer","expires_in":"600","refresh_token":null}"#,
        r#"{"access_token":"t1","expires_in":599.5}"#,
        r#"{"access_token":"t1","expires_in":null,"token_type":{}}"#,
        r#"{"access_token":"t1","expires_in":-1}"#,
        r#"{"access_token":"t1"}"#,
        "\u{feff}{\"access_token\":\" t1\\n\",\"scope\":[]}",
    ] {
        let server = answering(answer("200 OK", "content-type: text/html\r\n", body)).await;
        let client = server.client();
        for _ in 0..2 {
            client.create_customer(&request()).await.unwrap();
        }
        assert_eq!(server.count(TOKEN_PATH), 1, "it is kept: {body}");
    }
}

#[tokio::test]
async fn an_error_that_calls_itself_a_success_is_shown_without_secrets() {
    let body = format!(
        r#"{{"error":"invalid_client","error_description":"The secret {CLIENT_SECRET} has\n ended","refresh_token":"r3fr3sh"}}"#
    );
    let said = refused(ok(body)).await;
    assert!(
        said.ends_with("no access_token, but the error invalid_client: The secret [redacted] has ended"),
        "{said}"
    );
}

#[tokio::test]
async fn what_is_no_token_is_named_by_field_and_type() {
    for (body, found) in [
        (r#"{"access_token":"","expires_in":3600}"#, "an access_token that is empty text"),
        (r#"{"access_token":17171717}"#, "an access_token that is a number and not text"),
        (r#"["17171717"]"#, "JSON that is an array and not an object"),
    ] {
        let said = refused(ok(body)).await;
        assert!(said.ends_with(found) && !said.contains("17171717"), "{said}");
    }
}

#[tokio::test]
async fn what_is_not_json_is_named_with_its_media_type() {
    let html = refused(answer("200 OK", "content-type: text/html; charset=utf-8\r\n", "<p>Log in")).await;
    assert!(html.ends_with("a body that is not JSON (its media type is text/html; charset=utf-8)"), "{html}");
    let nothing = refused(answer("200 OK", "", "")).await;
    assert!(nothing.ends_with("no body (it names no media type)"), "{nothing}");
    let echoed = refused(answer("200 OK", &format!("content-type: x/{CLIENT_SECRET}\r\n"), "<p>")).await;
    assert!(echoed.ends_with("(its media type is x/[redacted])"), "{echoed}");
}

#[tokio::test]
async fn an_answer_that_was_cut_off_is_asked_for_again() {
    let server = Scripted::start(|request| match (request.path(), request.nth) {
        (TOKEN_PATH, 0) => ok(r#"{"access_token":"t"#),
        (TOKEN_PATH, _) => ok(r#"{"access_token":"t1"}"#),
        _ => ok(CUSTOMER),
    })
    .await;
    server.retrying().build().unwrap().create_customer(&request()).await.unwrap();
    assert_eq!(server.count(TOKEN_PATH), 2);
}

#[tokio::test]
async fn the_reason_of_a_refused_client_is_shown_whatever_else_the_answer_has() {
    let debug = "x".repeat(300);
    for body in [
        format!(r#"{{"debug":"{debug}","error":"invalid_client","error_description":"It has ended"}}"#),
        r#"{"message":"It has ended","error":"invalid_client","error_description":"It has ended"}"#
            .to_owned(),
    ] {
        let server = answering(answer("401 Unauthorized", "content-type: application/json\r\n", body)).await;
        let error = server.client().list_customers().await.unwrap_err();
        assert!(
            chain(&error).contains("the server answered 401 Unauthorized: invalid_client: It has ended"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn the_reason_in_www_authenticate_is_shown_without_secrets() {
    const EXPIRED: &str =
        r#"Bearer realm="infiny", error="invalid_token", error_description="The access token t1 expired""#;
    const SCOPE: &str = r#"Basic realm="x", Bearer error=insufficient_scope, scope="customers:write""#;
    let echo = format!(r#"Bearer error="invalid_client", error_description="not {CLIENT_SECRET}""#);
    for (path, status, header, shown) in [
        (
            "/api/customers",
            "401 Unauthorized",
            EXPIRED,
            "; the reason given is invalid_token: The access token [redacted] expired; ",
        ),
        (
            "/api/customers",
            "403 Forbidden",
            SCOPE,
            "; the reason given is insufficient_scope (scope: customers:write); ",
        ),
        (TOKEN_PATH, "401 Unauthorized", &echo, "; the reason given is invalid_client: not [redacted]; "),
        ("/api/customers", "401 Unauthorized", "Bearer", "401 Unauthorized: (no body); "),
    ] {
        let header = format!("www-authenticate: {header}\r\n");
        let server = Scripted::start(move |request| match request.path() {
            at if at == path => answer(status, &header, ""),
            _ => ok(r#"{"access_token":"t1"}"#),
        })
        .await;
        let error = server.client().list_customers().await.unwrap_err();
        let chain = chain(&error);
        assert!(chain.contains(shown), "{chain}");
        assert!(!chain.contains(CLIENT_SECRET), "{chain}");
    }
}
