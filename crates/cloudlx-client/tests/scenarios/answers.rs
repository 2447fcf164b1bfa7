//! What the calls that read return, after responses of any shape and length.

use cloudlx_client::{Error, ErrorPayload, MAX_ANSWER_BYTES, MAX_ERROR_BODY_BYTES, Retry};
use cloudlx_model::{CustomerId, ListCustomers, RealmId, SubRealmId};

use crate::scripted::{CUSTOMER, Reply, Request, Scripted, answer, ok, token_text};

const REALMS: &str = r#"{"realms": [{"id": 2, "name": "Networking", "description": null, "new": 1}]}"#;
const SUB_REALMS: &str = r#"{"sub_realms": [{"id": 313, "name": "SD WAN", "description": null}], "new": {}}"#;

#[tokio::test]
async fn reads_give_what_the_server_lists() {
    let server = Scripted::with_tokens(|request| match request.path() {
        "/api/customers" => ok(format!(r#"{{"customers": [{CUSTOMER}]}}"#)),
        "/api/customers/6918" => ok(CUSTOMER),
        "/api/realms" => ok(REALMS),
        "/api/sub-realms" => ok(SUB_REALMS),
        _ => answer("404 Not Found", "", ""),
    })
    .await;
    let client = server.client();
    let customer = client.get_customer(CustomerId(6918)).await.unwrap();
    assert_eq!(client.list_customers().await.unwrap().all().unwrap(), [customer]);
    assert_eq!(client.list_realms().await.unwrap()[0].id, Some(RealmId(2)));
    assert_eq!(client.list_sub_realms().await.unwrap()[0].id, SubRealmId(313));
    let catalogue = client.catalogue().await.unwrap();
    assert!(catalogue.realm(RealmId(2)).is_some() && catalogue.sub_realm(SubRealmId(313)).is_some());
}

#[tokio::test]
async fn an_observed_answer_is_taken_as_it_came() {
    for reply in [
        answer("302 Found", "location: /login\r\ncontent-type: text/html; charset=utf-8\r\n", "<p>no"),
        answer("401 Unauthorized", "", ""),
        ok(r#"{"customers": 1}"#),
    ] {
        let Reply::Answer(bytes) = reply.clone() else { panic!("an answer") };
        let sent = String::from_utf8(bytes).unwrap();
        let server = Scripted::with_tokens(move |_| reply.clone()).await;
        let observed = server.client().observe(&ListCustomers).await.unwrap();
        assert!(sent.starts_with(&format!("HTTP/1.1 {}", observed.status)), "{observed:?}");
        assert!(sent.ends_with(&format!("\r\n\r\n{}", String::from_utf8_lossy(&observed.body))));
        assert_eq!(
            observed.media_type.as_deref(),
            sent.lines().find_map(|line| line.strip_prefix("content-type: "))
        );
        assert_eq!(observed.retry(), Retry::Useless);
        assert_eq!(server.count("/api/customers"), 1);
    }
}

#[tokio::test]
async fn an_observed_token_answer_shows_no_token() {
    let server = Scripted::with_tokens(|_| ok(REALMS)).await;
    let observed = server.client().observe_access_token().await.unwrap().expect("a client asks for a token");
    assert_eq!(observed.status, 200);
    assert!(String::from_utf8_lossy(&observed.body).contains(&token_text(0)));
    assert!(!format!("{observed:?}").contains(&token_text(0)), "{observed:?}");

    assert!(server.client_with_token().observe_access_token().await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_no_whole_answer_is_an_error() {
    let cut = Reply::Cut(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec());
    let server = Scripted::with_tokens(move |_| cut.clone()).await;
    let error = server.client().observe(&ListCustomers).await.unwrap_err();
    assert!(matches!(error, Error::NoAnswer { status: Some(_), .. }), "{error:?}");

    let no_token = |_: &Request| answer("403 Forbidden", "", "");
    let server = Scripted::start(no_token).await;
    let error = server.client().observe(&ListCustomers).await.unwrap_err();
    assert!(matches!(error, Error::NoToken { .. }), "{error:?}");
    assert_eq!(server.client().observe_access_token().await.unwrap().expect("an answer").status, 403);
}

#[tokio::test]
async fn lists_that_make_no_catalogue_are_an_error() {
    let server = Scripted::with_tokens(|request| match request.path() {
        "/api/realms" => ok(r#"{"realms": [{"name": "Networking", "description": null}]}"#),
        _ => ok(SUB_REALMS),
    })
    .await;
    let error = server.client().catalogue().await.unwrap_err();
    assert!(matches!(error, Error::Catalogue { .. }), "{error:?}");
    assert_eq!(error.retry(), Retry::Useless);
}

#[tokio::test]
async fn an_error_body_of_any_shape_is_kept() {
    type Check = fn(&ErrorPayload) -> bool;
    let cases: [(&str, Check); 4] = [
        (
            r#"{"message": "No.", "errors": {"name": ["is taken"]}, "status_code": 422}"#,
            |payload| matches!(payload, ErrorPayload::Api(body) if body.status_code == Some(422)),
        ),
        (r#"{"error": "invalid"}"#, |payload| matches!(payload, ErrorPayload::Json(_))),
        (
            "<html>no</html>",
            |payload| matches!(payload, ErrorPayload::Text(body) if body.text == "<html>no</html>"),
        ),
        ("", |payload| matches!(payload, ErrorPayload::Empty)),
    ];
    for (body, is_expected) in cases {
        let server = Scripted::with_tokens(move |_| answer("422 Unprocessable Content", "", body)).await;
        let error = server.client().list_customers().await.unwrap_err();
        assert!(error.payload().is_some_and(is_expected), "{body}: {error:?}");
    }
}

#[tokio::test]
async fn of_a_long_error_body_the_beginning_is_kept() {
    let announced = vec![b'x'; MAX_ERROR_BODY_BYTES + 1];
    let endless = b"HTTP/1.1 500 Internal Server Error\r\n\r\n".iter().chain(&announced).copied().collect();
    for reply in [answer("500 Internal Server Error", "", &announced), Reply::Hang(endless)] {
        let server = Scripted::with_tokens(move |_| reply.clone()).await;
        let error = server.client().list_customers().await.unwrap_err();
        let Some(ErrorPayload::Text(body)) = error.payload() else { panic!("{error:?}") };
        assert_eq!(body.text.len(), MAX_ERROR_BODY_BYTES);
        assert!(body.cut);
    }
}

#[tokio::test]
async fn an_answer_is_read_up_to_its_bound() {
    // Longer than the kept part of an error body, with spaces, which JSON ignores.
    let long = format!(r#"{{"customers": []}}{}"#, " ".repeat(MAX_ERROR_BODY_BYTES));
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", MAX_ANSWER_BYTES + 1);
    let too_long = Reply::Hang(format!("{head}{}", " ".repeat(MAX_ERROR_BODY_BYTES + 1)).into_bytes());
    let replies = [ok(long), too_long];
    let server = Scripted::with_tokens(move |request| replies[request.nth].clone()).await;
    let client = server.client();
    assert!(client.list_customers().await.unwrap().all().unwrap().is_empty());
    let error = client.list_customers().await.unwrap_err();
    let Error::Unexpected { body: Some(body), .. } = &error else { panic!("{error:?}") };
    assert_eq!(body.text.len(), MAX_ERROR_BODY_BYTES);
    assert!(body.cut);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Scripted::with_tokens(|_| answer("302 Found", "location: /login?x=1\r\n", "")).await;
    let error = server.client().list_customers().await.unwrap_err();
    let Error::Redirected { head, .. } = &error else { panic!("{error:?}") };
    let location = &head.location;
    assert_eq!(location.as_deref(), Some("/login?x=1"));
    assert_eq!(server.count("/login?x=1"), 0);
}

#[tokio::test]
async fn reads_say_whether_trying_again_can_help() {
    for (status, helps) in [
        ("404 Not Found", false),
        ("408 Request Timeout", true),
        ("429 Too Many Requests", true),
        ("502 Bad Gateway", true),
    ] {
        let server = Scripted::with_tokens(move |_| answer(status, "", "")).await;
        let error = server.client().get_customer(CustomerId(1)).await.unwrap_err();
        assert_eq!(matches!(error.retry(), Retry::CanHelp { .. }), helps, "{error:?}");
    }
    let server = Scripted::with_tokens(|_| Reply::Cut(Vec::new())).await;
    let error = server.client().list_customers().await.unwrap_err();
    assert_eq!(error.retry(), Retry::CanHelp { after: None }, "{error:?}");
}
