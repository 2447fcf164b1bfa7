//! Lists that are sent as they are read: what comes is the same as of a short one.

use std::num::NonZeroUsize;
use std::time::Duration;

use cloudlx_model::{Customer, CustomerList};
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{After, ContentLength, Cut, CutShort, Delay, Drip, RequestFault};
use cloudlx_validate::from_json;

use crate::support::{Ask, SAMPLE, Wire, token};

const PATH: &str = "/api/customers";

/// A stub with so many customers.
async fn holding(customers: usize) -> Stub {
    let stub = Stub::start().await.unwrap();
    let requests: Vec<_> = (0..customers)
        .map(|number| SAMPLE.replace("Example Company", &format!("Customer {number}")))
        .map(|request| from_json(request.as_bytes()).unwrap())
        .collect();
    assert_eq!(stub.seed_customers(&requests).len(), customers);
    stub
}

fn whole(stub: &Stub) -> Vec<u8> {
    serde_json::to_vec(&CustomerList::new(stub.customers())).unwrap()
}

#[tokio::test]
async fn a_list_of_any_length_has_the_same_bytes() {
    for customers in [0, 1, 255, 256, 257, 512, 1000] {
        let stub = holding(customers).await;
        let reply = Ask::get(PATH, &token(&stub).await).to(&stub).await;
        assert!(reply.body == whole(&stub), "{customers}");
        assert_eq!(reply.read::<CustomerList>().customers.len(), customers);
        assert_eq!(reply.header("content-length").is_some(), customers < 256, "{customers}");
    }
}

#[tokio::test]
async fn http_1_0_and_head_get_a_long_list_their_way() {
    let stub = holding(600).await;
    let token = token(&stub).await;
    let mut wire = Wire::open(&stub).await;
    let old = format!("GET {PATH} HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n");
    wire.send(old.as_bytes()).await;
    let (answer, _) = wire.end().await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
    assert!(body.as_bytes() == whole(&stub));

    // The connection is good for the next request, so nothing came behind the head.
    let mut wire = Wire::open(&stub).await;
    wire.send(&Ask::new("HEAD", PATH).bearer(&token).bytes()).await;
    assert_eq!(wire.reply_to("HEAD").await.status, 200);
    wire.send(&Ask::get("/api/customers/6918", &token).bytes()).await;
    assert_eq!(wire.reply_to("GET").await.read::<Customer>().id.0, 6918);
}

#[tokio::test]
async fn faults_act_on_the_whole_of_a_long_list() {
    let stub = holding(600).await;
    let token = token(&stub).await;
    let list = || async { Ask::get(PATH, &token).to(&stub).await.read::<CustomerList>().customers };
    stub.faults().arm(RequestFault::any(After::list_only(500))).unwrap();
    assert_eq!(list().await, stub.customers()[..500]);
    stub.faults().arm(RequestFault::any(After::Delay(Delay { by: Duration::ZERO }))).unwrap();
    assert_eq!(list().await, stub.customers());
}

#[tokio::test]
async fn a_fault_that_leaves_a_list_as_it_is_does_not_collect_it() {
    let stub = holding(600).await;
    let token = token(&stub).await;
    let length = async |fault: After| {
        stub.faults().arm(RequestFault::any(fault)).unwrap();
        let reply = Ask::get(PATH, &token).to(&stub).await;
        reply.header("content-length").is_some()
    };
    assert!(length(After::list_only(500)).await, "known when all of it is there");
    assert!(!length(After::delay_by(Duration::ZERO)).await);
}

#[tokio::test]
async fn who_does_not_read_a_list_under_a_fault_keeps_nobody_out_for_ever() {
    let builder = Stub::builder().max_connections(1).header_timeout(Duration::from_millis(100));
    let stub = builder.start().await.unwrap();
    // More than sockets hold.
    stub.seed_customers(&vec![from_json(SAMPLE.as_bytes()).unwrap(); 50_000]);
    let token = token(&stub).await;
    for fault in [
        After::Reset(Cut { body_bytes: Some(usize::MAX) }),
        After::CutShort(CutShort { body_bytes: Some(usize::MAX), content_length: ContentLength::OfTheWhole }),
        After::Drip(Drip { bytes: NonZeroUsize::MAX, every: Duration::ZERO }),
    ] {
        stub.faults().arm(RequestFault::any(fault).nth(1)).unwrap();
        let mut sits_there = Ask::get(PATH, &token).sent_to(&stub).await;
        assert_eq!(sits_there.line().await, "HTTP/1.1 200 OK");
        assert_eq!(Ask::new("GET", "/api/realms").to(&stub).await.status, 401);
    }
}

#[tokio::test]
async fn a_list_breaks_off_when_its_customers_are_forgotten() {
    let stub = holding(100_000).await;
    let mut wire = Ask::get(PATH, &token(&stub).await).sent_to(&stub).await;
    // It has begun, and is too long for what lies between the two.
    assert_eq!(wire.line().await, "HTTP/1.1 200 OK");
    assert_eq!(stub.forget_customers(), 100_000);
    let rest = wire.rest().await;
    assert!(!rest.ends_with(b"]}\r\n0\r\n\r\n") && !rest.ends_with(b"0\r\n\r\n"), "it has no end");
    assert_eq!(stub.customers(), []);
}
