//! The catalogue of every kind of fault, and of what is left out and why.
//!
//! Each endpoint that an import calls gets each action that the stub knows. A test compares this table with the schema of
//! faults: a new action of the stub must be added here or to `LEFT_OUT`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::faults::kind::{CREATE, Kind, LIST, TOKEN, Worlds};
use crate::faults::{gateways, partial_lists};
use crate::world::{Nature, Times};

/// Faults that are not injected, as (endpoint, action, reason). An empty action means all actions.
#[cfg(test)]
const LEFT_OUT: [(&str, &str, &str); 5] = [
    ("refresh_token", "", "an import has a client's id and secret, and asks for a new token with these"),
    ("get_customer", "", "an import lists, and never asks for one customer"),
    ("list_realms", "", "an import does not ask for it"),
    ("list_sub_realms", "", "an import does not ask for it"),
    (TOKEN, "after/alter/media_type", "the same to the client as any other header that it does not read"),
];

/// Every kind.
pub(crate) fn all(times: &Times) -> Vec<Kind> {
    let connections = [json!("close"), json!({ "refuse": { "for_ms": 50 } })];
    let connections = connections.map(|action| Kind::new(None, action, Worlds::All));
    let mut kinds = Vec::from(connections);
    for endpoint in [CREATE, LIST, TOKEN] {
        let actions = before(times).into_iter().chain(after(endpoint, times));
        kinds.extend(actions.map(|action| Kind::new(Some(endpoint), action, Worlds::All)));
    }
    kinds.extend(for_creates(times).into_iter().map(|action| Kind::new(Some(CREATE), action, Worlds::All)));
    for (nature, endpoint, actions) in [
        (Nature::Acts, CREATE, said_and_not_done()),
        (Nature::Alters, CREATE, altered()),
        (Nature::Renames, CREATE, renamed()),
        (Nature::LeavesOut, LIST, left_out()),
    ] {
        let of_nature = Worlds::Of(nature);
        kinds.extend(actions.into_iter().map(|action| Kind::new(Some(endpoint), action, of_nature)));
    }
    kinds.extend(gateways::all());
    kinds.extend(partial_lists::all());
    kinds
}

/// Faults of any endpoint before the request is processed.
fn before(times: &Times) -> Vec<Value> {
    let answers = [
        json!({ "status": 401 }),
        json!({ "status": 429, "retry_after": { "seconds": 0 } }),
        json!({ "status": 429, "retry_after": { "date-in-seconds": 1 } }),
        json!({ "status": 429, "body": "empty" }),
        json!({ "status": 503, "retry_after": { "seconds": 0 } }),
        json!({ "status": 503, "retry_after": { "date-in-seconds": 1 } }),
        json!({ "status": 503 }),
        json!({ "status": 503, "body": "html" }),
        json!({ "status": 500, "body": "html" }),
        json!({ "status": 502, "body": "html" }),
    ];
    let others = [
        json!({ "delay": { "by_ms": 30 } }),
        // The client gives up, and the request must not be processed.
        json!({ "delay": { "by_ms": ms(times.timeout + times.timeout / 4) } }),
        json!("close"),
        json!("reset"),
        json!("never-answer"),
    ];
    let answers = answers.map(|answer| json!({ "answer": answer }));
    others.into_iter().chain(answers).map(|what| json!({ "before": what })).collect()
}

/// Faults of any endpoint after the request was processed. Creates get no 401 or 429 in the API's own form here: the import
/// relies on the API's statement that a refused request was not processed (`GUARANTEES.md`). Those of gateways are in
/// `gateways.rs`.
fn after(endpoint: &str, times: &Times) -> Vec<Value> {
    let (field, piece) = match endpoint {
        LIST => ("/customers", 65_536),
        TOKEN => ("/access_token", 50),
        _ => ("/id", 50),
    };
    let mut kinds = vec![
        json!({ "delay": { "by_ms": 30 } }),
        json!({ "delay": { "by_ms": ms(times.timeout + times.timeout / 4) } }),
        json!("close"),
        json!("never-answer"),
        json!({ "reset": { "body_bytes": 0 } }),
        json!({ "reset": { "body_bytes": 40 } }),
        json!({ "cut-short": { "content_length": "of-the-whole" } }),
        json!({ "cut-short": { "content_length": "of-what-is-sent" } }),
        json!({ "drip": { "bytes": piece, "every_ms": 5 } }),
        // Slower than the client waits.
        json!({ "drip": { "bytes": 1, "every_ms": 20 } }),
        json!({ "answer": { "status": 500, "body": "html" } }),
        json!({ "answer": { "status": 502, "body": "html" } }),
        json!({ "answer": { "status": 504, "body": "html" } }),
        // The response of a gateway that lost the server behind it.
        json!({ "answer": { "status": 503, "body": "html", "retry_after": { "seconds": 0 } } }),
        json!({ "answer": { "status": 408 } }),
        json!("not-json"),
        json!({ "without": { "pointer": field } }),
        json!({ "alter": { "status": 202 } }),
    ];
    if endpoint != CREATE {
        kinds.push(json!({ "answer": { "status": 401 } }));
        kinds.push(json!({ "answer": { "status": 429, "retry_after": { "seconds": 0 } } }));
    }
    if endpoint == TOKEN {
        kinds.push(json!({ "alter": { "patch": { "access_token": "of-another-server" } } }));
    } else {
        kinds.push(json!({ "alter": { "media_type": "text/html" } }));
    }
    if endpoint == LIST {
        kinds.push(json!({ "alter": { "patch": { "customers": "none" } } }));
    }
    kinds.into_iter().map(|what| json!({ "after": what })).collect()
}

/// Faults of creates in any world.
fn for_creates(times: &Times) -> Vec<Value> {
    let late = |by: Duration, then: Value| json!({ "commit-late": { "by_ms": ms(by), "then": then } });
    let kinds = [
        // A success with an unreadable response.
        json!({ "answer": { "status": 200, "body": "html" } }),
        json!({ "answer": { "status": 201, "body": "empty" } }),
        json!({ "answer": { "status": 302, "body": "html" } }),
        json!({ "alter": { "patch": { "id": null } } }),
        // The customer appears after the client gave up and before the settle time is over.
        late(times.late_unanswered(), json!("never-answer")),
        late(times.late, json!("close")),
        late(times.late, json!({ "answer": { "status": 504, "body": "html" } })),
    ];
    kinds.into_iter().map(|what| json!({ "after": what })).collect()
}

/// Responses that report a success although nothing was done.
fn said_and_not_done() -> Vec<Value> {
    let answers = [
        json!({ "status": 200, "body": "html" }),
        json!({ "status": 200, "body": "json" }),
        json!({ "status": 204, "body": "empty" }),
        json!({ "status": 303, "body": "html" }),
    ];
    answers.into_iter().map(|answer| json!({ "before": { "answer": answer } })).collect()
}

/// Responses with other content than was sent; and stored names unlike the one that was sent, with lost responses.
fn altered() -> Vec<Value> {
    let patches = [
        json!({ "name": "Somebody else" }),
        json!({ "currency": { "iso_3": "USD" } }),
        json!({ "country": { "iso_2": "US" } }),
        json!({ "sub_realms": [{ "id": 400, "name": "Of the server", "description": null, "has_access": true }] }),
    ];
    let answers = patches.into_iter().map(|patch| json!({ "after": { "alter": { "patch": patch } } }));
    let replaced = json!({ "replaced": { "by": "A name of the server" } });
    let answered = json!({ "after": { "rename": { "to": replaced } } });
    let lost = lost().map(|then| json!({ "after": { "rename": { "to": replaced, "then": then } } }));
    answers.chain([answered]).chain(lost).collect()
}

/// Names that the server stores in a form of its own, with lost responses.
fn renamed() -> Vec<Value> {
    let forms = [
        json!("trimmed"),
        json!("upper-cased"),
        json!("html-escaped"),
        json!("ascii-folded"),
        json!({ "cut": { "characters": 60 } }),
    ];
    let lost = lost();
    let kinds = forms.iter().flat_map(|form| lost.iter().map(move |then| (form, then)));
    kinds.map(|(form, then)| json!({ "after": { "rename": { "to": form, "then": then } } })).collect()
}

/// Lists that do not show all customers. Each hides one of the first two customers, which the import knows since they
/// existed before it. A customer that cannot be read may be any.
fn left_out() -> Vec<Value> {
    vec![
        json!({ "after": { "leave-out": { "from": 1 } } }),
        json!({ "after": { "leave-out": { "from": 2 } } }),
        json!({ "after": { "leave-out": { "from": 1, "count": 3 } } }),
        json!({ "after": { "leave-out": { "from": 2, "count": 400 } } }),
        json!({ "after": { "alter": { "patch": { "customers": [] } } } }),
        json!({ "after": { "alter": { "patch": { "customers": [{ "id": 1 }] } } } }),
        json!({ "after": { "without": { "pointer": "/customers/0/name" } } }),
        json!({ "after": { "without": { "pointer": "/customers/60/currency" } } }),
        json!({ "after": { "without": { "pointer": "/customers/90/id" } } }),
    ]
}

fn lost() -> [Value; 3] {
    [json!("close"), json!("never-answer"), json!({ "answer": { "status": 504, "body": "html" } })]
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
