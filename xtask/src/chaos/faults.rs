//! The faults of a world: every kind that the stub knows, some of them in each world, each by chance.

use std::time::Duration;

use serde_json::{Value, json};

use crate::chaos::world::Random;

/// The faults file of the stub's `start`th start in the world of `seed`. It differs from start to start: the stub counts
/// from its start, and would do the same again.
pub(crate) fn schedule(seed: u64, start: u64, latest_commit: Duration) -> Value {
    let mut random = Random::new(seed, 1 + start);
    let mut some = |faults: Vec<(&str, Value)>, most_per_mille: usize| -> Vec<Value> {
        let chosen = faults.into_iter().filter_map(|(endpoint, what)| {
            let per_mille = u32::try_from(1 + random.below(most_per_mille)).unwrap_or(1);
            (!random.one_in(2)).then(|| {
                let mut fault = json!({ "probability": f64::from(per_mille) / 1000.0, "do": what });
                if let (Some(fault), false) = (fault.as_object_mut(), endpoint.is_empty()) {
                    fault.insert("endpoint".to_owned(), endpoint.into());
                }
                fault
            })
        });
        chosen.collect()
    };
    let connections = some(vec![("", json!("close")), ("", json!({ "refuse": { "for_ms": 50 } }))], 20);
    let mut requests = some(creates(latest_commit), 20);
    requests.extend(some(others(), 60));
    json!({ "seed": seed.wrapping_mul(1_000_003).wrapping_add(start), "connections": connections, "requests": requests })
}

fn creates(latest_commit: Duration) -> Vec<(&'static str, Value)> {
    let late = |share: u32, then: Value| {
        let by = u64::try_from((latest_commit * share / 100).as_millis()).unwrap_or_default();
        json!({ "after": { "commit-late": { "by_ms": by, "then": then } } })
    };
    let kinds = [
        json!({ "before": { "delay": { "by_ms": 30 } } }),
        json!({ "before": "close" }),
        json!({ "before": "reset" }),
        json!({ "before": "never-answer" }),
        json!({ "before": { "answer": { "status": 429, "retry_after": { "seconds": 0 } } } }),
        json!({ "before": { "answer": { "status": 503, "retry_after": { "seconds": 0 } } } }),
        json!({ "before": { "answer": { "status": 503, "retry_after": { "date-in-seconds": 1 } } } }),
        json!({ "before": { "answer": { "status": 401 } } }),
        json!({ "before": { "answer": { "status": 500, "body": "html" } } }),
        json!({ "before": { "answer": { "status": 502, "body": "html" } } }),
        json!({ "after": { "delay": { "by_ms": 30 } } }),
        json!({ "after": "close" }),
        json!({ "after": "never-answer" }),
        json!({ "after": { "reset": { "body_bytes": 40 } } }),
        json!({ "after": { "cut-short": { "content_length": "of-the-whole" } } }),
        json!({ "after": { "cut-short": { "content_length": "of-what-is-sent" } } }),
        json!({ "after": { "drip": { "bytes": 50, "every_ms": 5 } } }),
        json!({ "after": { "answer": { "status": 500, "body": "html" } } }),
        json!({ "after": { "answer": { "status": 504, "body": "html" } } }),
        // What a gateway says that lost the server behind it.
        json!({ "after": { "answer": { "status": 503, "body": "html", "retry_after": { "seconds": 0 } } } }),
        json!({ "after": "not-json" }),
        json!({ "after": { "without": { "pointer": "/id" } } }),
        late(100, json!("close")),
        late(60, json!("never-answer")),
        late(80, json!({ "answer": { "status": 504, "body": "html" } })),
    ];
    kinds.into_iter().map(|what| ("create_customer", what)).collect()
}

fn others() -> Vec<(&'static str, Value)> {
    vec![
        ("list_customers", json!({ "before": { "answer": { "status": 500, "body": "html" } } })),
        ("list_customers", json!({ "before": "close" })),
        ("list_customers", json!({ "after": { "cut-short": { "content_length": "of-the-whole" } } })),
        ("list_customers", json!({ "after": { "cut-short": { "content_length": "of-what-is-sent" } } })),
        ("list_customers", json!({ "after": "not-json" })),
        (
            "access_token",
            json!({ "before": { "answer": { "status": 503, "retry_after": { "seconds": 0 } } } }),
        ),
        ("access_token", json!({ "before": "reset" })),
        ("access_token", json!({ "after": "close" })),
    ]
}
