//! Lists in pages, by a stub that is told to have them.

use std::num::NonZeroU16;

use cloudlx_model::{Customer, CustomerList, Realm, RealmList, SubRealmList};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{After, RequestFault};
use cloudlx_validate::from_json;
use serde_json::{Value, json};

use crate::support::{Ask, Reply, SAMPLE, token};

const PATH: &str = "/api/customers";

async fn paging(page_size: u16, customers: usize) -> Stub {
    let page_size = NonZeroU16::new(page_size).unwrap();
    let stub = Stub::builder().page_size(page_size).start().await.unwrap();
    stub.seed_customers(&vec![from_json(SAMPLE.as_bytes()).unwrap(); customers]);
    stub
}

/// The answer to a `GET`, which is not held against the contract: that has no pages.
async fn get(stub: &Stub, ask: Ask) -> Reply {
    ask.sent_to(stub).await.reply_to("GET").await
}

/// The list at a path, and the pagination that it says.
async fn list(stub: &Stub, token: &str, target: &str) -> (Value, Value) {
    let mut body = get(stub, Ask::get(target, token)).await.json();
    let pagination = body.as_object_mut().unwrap().remove("meta").unwrap();
    (body, pagination["pagination"].clone())
}

#[tokio::test]
async fn all_pages_together_are_the_list() {
    for (size, customers, pages) in [(1, 5, 5), (2, 4, 2), (255, 600, 3), (300, 601, 3), (1000, 600, 1)] {
        let stub = paging(size, customers).await;
        let token = token(&stub).await;
        let (mut all, mut target, mut seen) = (Vec::<Customer>::new(), PATH.to_owned(), 0);
        loop {
            let (body, pagination) = list(&stub, &token, &target).await;
            let page: CustomerList = serde_json::from_value(body).unwrap();
            assert_eq!(pagination["count"], page.customers.len());
            assert_eq!((&pagination["total"], &pagination["per_page"]), (&json!(customers), &json!(size)));
            assert_eq!(pagination["total_pages"], pages);
            all.extend(page.customers);
            seen += 1;
            assert_eq!(pagination["current_page"], seen);
            let Some(next) = pagination["links"]["next"].as_str() else { break };
            next.strip_prefix("http://localhost").unwrap().clone_into(&mut target);
        }
        assert_eq!((all, seen), (stub.customers(), pages));
    }
}

#[tokio::test]
async fn a_page_is_one_as_the_framework_below_the_api_writes_it() {
    let stub = paging(2, 3).await;
    let token = token(&stub).await;
    let reply = get(&stub, Ask::get(PATH, &token).with("Host", "stub.example:8080")).await;
    let text = reply.text();
    let meta = r#""meta":{"pagination":{"total":3,"count":2,"per_page":2,"current_page":1,"total_pages":2,"links":{"next":"http://stub.example:8080/api/customers?page=2"}}}}"#;
    assert!(text.starts_with(r#"{"customers":[{"id":6918,"#) && text.ends_with(meta), "{text}");
    let head = Ask::new("HEAD", PATH).bearer(&token).with("Host", "stub.example:8080").to(&stub).await;
    assert_eq!(head.header("content-length"), Some(text.len().to_string().as_str()));
    // One page that is all there is has no links, which PHP writes so.
    stub.forget_customers();
    let (_, only) = list(&stub, &token, PATH).await;
    assert_eq!(only["links"], json!([]));
}

#[tokio::test]
async fn what_is_no_page_is_the_first_and_what_is_beyond_the_end_is_empty() {
    let stub = paging(2, 3).await;
    let token = token(&stub).await;
    let page = async |query: &str| {
        let (body, pagination) = list(&stub, &token, &format!("{PATH}?{query}")).await;
        let ids =
            body["customers"].as_array().unwrap().iter().map(|customer| customer["id"].as_u64().unwrap());
        (ids.collect::<Vec<_>>(), pagination["current_page"].as_u64().unwrap(), pagination)
    };
    for first in ["", "page=1", "page=0", "page=x", "page=-2", "page=2&page=1", "page[]=2", "per_page=100"] {
        let (ids, current, _) = page(first).await;
        assert_eq!((ids, current), (vec![6918, 6919], 1), "{first}");
    }
    let (ids, current, _) = page("page=1&page=2").await;
    assert_eq!((ids, current), (vec![6920], 2));
    let (ids, current, pagination) = page("page=9").await;
    assert_eq!((ids, current), (vec![], 9));
    assert_eq!((&pagination["count"], &pagination["total"]), (&json!(0), &json!(3)));
    assert_eq!(pagination["links"], json!({"previous": "http://localhost/api/customers?page=8"}));
    assert_eq!(page("page=9223372036854775807").await.0, Vec::<u64>::new());
}

#[tokio::test]
async fn realms_and_sub_realms_have_pages_too() {
    let (one_page, paged) = (Stub::start().await.unwrap(), paging(2, 0).await);
    let token_of_whole = token(&one_page).await;
    let token = token(&paged).await;
    let whole: RealmList = Ask::get("/api/realms", &token_of_whole).to(&one_page).await.read();
    let mut realms: Vec<Realm> = Vec::new();
    for target in ["/api/realms", "/api/realms?page=2"] {
        let (body, pagination) = list(&paged, &token, target).await;
        assert_eq!((&pagination["total"], &pagination["total_pages"]), (&json!(3), &json!(2)));
        realms.extend(serde_json::from_value::<RealmList>(body).unwrap().realms);
    }
    assert_eq!(realms, whole.realms);
    let whole: SubRealmList = Ask::get("/api/sub-realms", &token_of_whole).to(&one_page).await.read();
    let (body, pagination) = list(&paged, &token, "/api/sub-realms").await;
    assert_eq!(serde_json::from_value::<SubRealmList>(body).unwrap(), whole);
    assert_eq!(pagination["links"], json!([]));
}

#[tokio::test]
async fn without_a_page_size_a_list_has_no_pages() {
    let stub = Stub::start().await.unwrap();
    let token = token(&stub).await;
    for target in [PATH, "/api/realms", "/api/sub-realms"] {
        let whole = Ask::get(target, &token).to(&stub).await.body;
        let asked = Ask::get(&format!("{target}?page=2"), &token).to(&stub).await.body;
        assert_eq!(whole, asked);
        assert!(!String::from_utf8(whole).unwrap().contains("meta"));
    }
}

#[tokio::test]
async fn faults_act_on_a_page() {
    let stub = paging(2, 3).await;
    let token = token(&stub).await;
    stub.faults().arm(RequestFault::any(After::list_only(1))).unwrap();
    let (body, pagination) = list(&stub, &token, PATH).await;
    assert_eq!((body["customers"].as_array().unwrap().len(), &pagination["count"]), (1, &json!(2)));
    stub.faults().arm(RequestFault::any(After::without("/meta/pagination/links/next"))).unwrap();
    let (_, pagination) = list(&stub, &token, PATH).await;
    assert_eq!(pagination["links"], json!({}));
}
