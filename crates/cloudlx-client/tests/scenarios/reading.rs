//! Responses that deviate from the documentation and are unambiguous; and lists with customers that cannot be read.

use cloudlx_client::{Client, CreateError, UnreadableCustomer};
use cloudlx_model::{Customer, CustomerId};

use crate::scripted::{CUSTOMER, Reply, Scripted, ok, request};

/// The result of a create with this response.
async fn created(body: impl Into<Vec<u8>>) -> Result<Customer, CreateError> {
    let reply = ok(body.into());
    let server = Scripted::with_tokens(move |_| reply.clone()).await;
    let created = server.client().create_customer(&request()).await;
    assert_eq!(server.count("/api/customers"), 1);
    created
}

fn sample() -> Customer {
    serde_json::from_str(CUSTOMER).unwrap()
}

#[tokio::test]
async fn a_created_customer_with_its_id_as_text_is_created() {
    assert_eq!(created(CUSTOMER.replacen("6918", r#""6918""#, 1)).await.unwrap(), sample());
}

#[tokio::test]
async fn a_created_customer_behind_a_byte_order_mark_is_created() {
    assert_eq!(created(format!("\u{feff}{CUSTOMER}")).await.unwrap(), sample());
    assert_eq!(created(format!("\r\n\u{feff}\u{feff}\n{CUSTOMER}\n")).await.unwrap(), sample());
}

#[tokio::test]
async fn a_created_customer_with_an_object_with_number_keys_for_a_list_is_created() {
    let (before, list) = CUSTOMER.split_once(r#""realms": ["#).unwrap();
    let (realm, _) = list.split_once("],").unwrap();
    let body = format!(r#"{before}"realms": {{"0": {realm}}}, "sub_realms": null}}"#);
    let customer = created(body).await.unwrap();
    assert_eq!((customer.realms, customer.sub_realms), (sample().realms, Vec::new()));
}

#[tokio::test]
async fn what_could_mean_two_things_leaves_a_create_unknown() {
    for body in [
        "null".to_owned(),
        format!("{CUSTOMER}<br />Warning: x"),
        format!("{CUSTOMER}{CUSTOMER}"),
        CUSTOMER.replacen('{', r#"{"id": 7, "#, 1),
        CUSTOMER.replacen("6918", r#""06918""#, 1),
        CUSTOMER.replacen(r#""realms": ["#, r#""realms": "", "x": ["#, 1),
    ] {
        let created = created(body.clone()).await;
        assert!(matches!(created, Err(CreateError::Unknown { .. })), "{body}: {created:?}");
    }
}

fn with_id(id: &str) -> String {
    CUSTOMER.replacen("6918", id, 1)
}

/// What the list contains: ids, and customers that cannot be read. Listing and folding must agree.
async fn listed(client: &Client) -> (Vec<u64>, Vec<UnreadableCustomer>) {
    let listed = client.list_customers().await.unwrap();
    let folded = client.fold_customers(Vec::new, Vec::push).await.unwrap();
    let (customers, unreadable) = listed.split();
    assert_eq!(
        folded.iter().filter_map(|it| it.as_ref().ok()).collect::<Vec<_>>(),
        customers.iter().collect::<Vec<_>>()
    );
    assert_eq!(folded.into_iter().filter_map(Result::err).collect::<Vec<_>>(), unreadable);
    (customers.into_iter().map(|customer| customer.id.0).collect(), unreadable)
}

#[tokio::test]
async fn one_customer_that_cannot_be_read_is_named_and_the_others_are_given() {
    let nameless = with_id("7").replacen(r#""name": "Test Customer API 2""#, r#""name": 360"#, 1);
    let surrogate = with_id("8").replacen("Test", r"\ud800", 1);
    let all = [with_id("1"), nameless, "null".to_owned(), surrogate, with_id("null"), with_id("2")];
    let object = all.iter().enumerate().map(|(i, it)| format!(r#""{}": {it}"#, i * 2)).collect::<Vec<_>>();
    for list in [format!("[{}]", all.join(", ")), format!("{{{}}}", object.join(", "))] {
        let body = format!("\u{feff}{{\"customers\": {list}}}");
        let server = Scripted::with_tokens(move |_| ok(&body)).await;
        let (ids, unreadable) = listed(&server.client()).await;
        assert_eq!(ids, [1, 2]);
        let told: Vec<_> = unreadable.iter().map(|it| (it.place, it.id.map(|id| id.0))).collect();
        assert_eq!(told, [(2, Some(7)), (3, None), (4, Some(8)), (5, None)]);
        assert_eq!(unreadable[0].problem, "`name`: expected a string, found number");

        let error = server.client().list_customers().await.unwrap().all().unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("expected customers that can be read, found 4 of 6 that cannot: "),
            "{text}"
        );
        assert!(text.contains("place 2 of the list (id 7)") && !text.contains("Customer API"), "{text}");
    }
}

#[tokio::test]
async fn places_of_customers_that_cannot_be_read_count_over_all_pages() {
    let server = Scripted::with_tokens(|request| match request.path() {
        "/api/customers" => ok(format!(r#"{{"customers": [{}, 1], "next": "?page=2"}}"#, with_id("1"))),
        _ => ok(format!(r#"{{"customers": [{}, {{"id": "9"}}], "total": 4}}"#, with_id("2"))),
    })
    .await;
    let (ids, unreadable) = listed(&server.client()).await;
    let told: Vec<_> = unreadable.iter().map(|it| (it.place, it.id)).collect();
    assert_eq!((ids, told), (vec![1, 2], vec![(2, None), (4, Some(CustomerId(9)))]));
}

#[tokio::test]
async fn a_mark_may_come_in_pieces_and_a_list_may_be_an_object_or_null() {
    let list = format!(r#"{{"customers": {{"3": {}, "1": {}}}}}"#, with_id(r#""3""#), with_id("1"));
    let body = format!("\n\u{feff}{list}");
    let mut bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for byte in body.as_bytes() {
        bytes.extend_from_slice(b"1\r\n");
        bytes.push(*byte);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    let server = Scripted::with_tokens(move |_| Reply::Answer(bytes.clone())).await;
    assert_eq!(listed(&server.client()).await, (vec![3, 1], Vec::new()));

    let server = Scripted::with_tokens(|_| ok(r#"{"customers": null}"#)).await;
    assert_eq!(listed(&server.client()).await, (Vec::new(), Vec::new()));
}
