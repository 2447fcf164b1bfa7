//! Which requests are hit: counted, by chance, in a run that can be replayed.

use std::time::{Duration, Instant};

use cloudlx_model::{CreateCustomer, ListCustomers};
use cloudlx_server_stub::faults::{
    After, Before, CannedAnswer, FaultsFileError, Probability, RequestFault, Schedule, from_file,
};
use cloudlx_server_stub::{StartError, Stub};

use crate::support::{Ask, SAMPLE, token};

/// Two faults by chance, for a stub that has given out a token.
fn by_chance(seed: u64) -> Schedule {
    let third = Probability::new(0.3).unwrap();
    let bad_gateway = Before::Answer(CannedAnswer::bad_gateway());
    Schedule::from(RequestFault::on::<CreateCustomer>(bad_gateway).with_probability(third))
        .and_request(RequestFault::on::<CreateCustomer>(After::Close).with_probability(third).times(3))
        .with_seed(seed)
}

/// What the callers of 40 creates see, a status or nothing, and how many customers there are then.
async fn run(schedule: Schedule) -> (Vec<Option<u16>>, usize) {
    let stub = Stub::start().await.unwrap();
    let create = Ask::create(&token(&stub).await, SAMPLE).with("Connection", "close");
    stub.faults().arm(schedule).unwrap();
    let mut answers = Vec::new();
    for _ in 0..40 {
        let (answer, _) = create.sent_to(&stub).await.end().await;
        answers.push(answer.get(9..12).map(|status| status.parse().unwrap()));
    }
    for (fault, answer) in stub.faults().report().requests.iter().zip([Some(502), None]) {
        let numbers = (1..).zip(&answers).filter(|(_, seen)| **seen == answer).map(|(number, _)| number);
        assert_eq!((fault.matched, &fault.hits), (40, &numbers.collect()));
        assert_eq!(usize::try_from(fault.hit).unwrap(), fault.hits.len());
    }
    (answers, stub.customers().len())
}

#[tokio::test]
async fn a_seed_replays_the_run() {
    let (answers, created) = run(by_chance(7)).await;
    assert_eq!(run(by_chance(7)).await, (answers.clone(), created));
    assert_eq!(created, answers.iter().filter(|status| **status != Some(502)).count());
    assert_eq!(answers.iter().filter(|status| status.is_none()).count(), 3);
    assert_ne!(run(by_chance(8)).await.0, answers);
}

#[tokio::test]
async fn a_builder_arms_from_the_start() {
    let fault = RequestFault::on::<CreateCustomer>(After::Close).nth(2);
    let stub = Stub::builder().faults(fault).start().await.unwrap();
    let create = Ask::create(&token(&stub).await, SAMPLE);
    assert_eq!(create.to(&stub).await.status, 200);
    assert_eq!(create.sent_to(&stub).await.end().await.0, "");
    assert_eq!(create.to(&stub).await.status, 200);
    assert_eq!(stub.faults().report().requests[0].hits, [3], "the token's request is the first");
}

#[tokio::test]
async fn what_cannot_act_is_refused() {
    let late = RequestFault::on::<ListCustomers>(After::commit_late_by(Duration::ZERO));
    let stub = Stub::start().await.unwrap();
    stub.faults().arm(RequestFault::any(Before::Reset)).unwrap();
    assert!(stub.faults().arm(late.clone()).is_err());
    assert_eq!(stub.faults().report().requests[0].fault, RequestFault::any(Before::Reset));
    let error = Stub::builder().faults(late).start().await.unwrap_err();
    assert!(matches!(error, StartError::Faults(_)), "{error:?}");
}

#[test]
fn a_schedule_is_read_from_a_file() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/faults.json");
    let schedule = from_file(shipped).unwrap();
    assert_eq!(schedule.seed, 7);
    let written = serde_json::to_vec(&schedule).unwrap();
    assert_eq!(Schedule::from_json(&written).unwrap(), schedule);
    let error = from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap_err();
    assert!(matches!(error, FaultsFileError::Content { .. }), "{error:?}");
    let error = from_file("no/such/faults.json").unwrap_err();
    assert!(error.to_string().contains("no/such/faults.json"), "{error}");
}

#[tokio::test]
async fn every_answer_can_take_its_time() {
    let latency = Duration::from_millis(20);
    let stub = Stub::builder().latency(latency).start().await.unwrap();
    let start = Instant::now();
    let token = token(&stub).await;
    assert_eq!(Ask::get("/api/customers", &token).to(&stub).await.status, 200);
    assert!(start.elapsed() >= 2 * latency);
}

#[test]
fn what_the_pages_say_can_be_armed() {
    let pages = [include_str!("../../../README.md"), include_str!("../../../src/faults.rs")];
    for page in pages {
        // The rows of the table under "do", each with one or several in backticks.
        let (_, table) = page.split_once("| `\"do\"` |").unwrap();
        let rows = table.lines().skip(2).map_while(|line| line.trim_start_matches("//! ").strip_prefix("| "));
        let shown: Vec<_> = rows
            .filter_map(|row| row.split(" | ").next())
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .filter(|shown| shown.starts_with("{\"before\"") || shown.starts_with("{\"after\""))
            .collect();
        assert!(shown.len() > 8, "{shown:?}");
        for action in shown {
            let schedule = format!(r#"{{"requests": [{{"do": {action}}}]}}"#);
            Schedule::from_json(schedule.as_bytes()).unwrap();
        }
    }
}
