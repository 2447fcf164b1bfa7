//! The catalogue: every kind of fault that worlds are made of, and what is left out and why.
//!
//! Each endpoint that an import calls meets each action that the stub knows; a test holds this table against the schema
//! of the faults, so that an action which the stub learns has to be put here or among the [`LEFT_OUT`].

use std::time::Duration;

use serde_json::{Value, json};

use crate::chaos::world::{Nature, Times};

/// A kind of fault.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    /// What it is counted as.
    pub(crate) name: String,
    /// Whose requests it hits; of connections when there is none.
    pub(crate) endpoint: Option<&'static str>,
    /// The stub's action.
    pub(crate) action: Value,
    /// The only worlds that it happens in; none for those of any nature.
    pub(crate) only_in: Option<Nature>,
}

pub(crate) const CREATE: &str = "create_customer";
pub(crate) const LIST: &str = "list_customers";
pub(crate) const TOKEN: &str = "access_token";

/// What is not injected, as (endpoint, action), and why. An empty action stands for all.
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
    let connections = connections.map(|action| Kind::of(None, action, None));
    let mut kinds = Vec::from(connections);
    for endpoint in [CREATE, LIST, TOKEN] {
        kinds.extend(before(times).into_iter().map(|action| Kind::of(Some(endpoint), action, None)));
        kinds.extend(after(endpoint, times).into_iter().map(|action| Kind::of(Some(endpoint), action, None)));
    }
    kinds.extend(of_creates(times).into_iter().map(|action| Kind::of(Some(CREATE), action, None)));
    for (nature, endpoint, actions) in [
        (Nature::Acts, CREATE, said_and_not_done()),
        (Nature::Alters, CREATE, altered()),
        (Nature::Renames, CREATE, renamed()),
        (Nature::LeavesOut, LIST, left_out()),
    ] {
        kinds.extend(actions.into_iter().map(|action| Kind::of(Some(endpoint), action, Some(nature))));
    }
    kinds
}

impl Kind {
    fn of(endpoint: Option<&'static str>, action: Value, only_in: Option<Nature>) -> Self {
        let name = format!("{} {}", endpoint.unwrap_or("connection"), words(&action));
        Self { name, endpoint, action, only_in }
    }

    /// The answer to a create that shows other content than was sent.
    pub(crate) fn is_an_altered_answer(&self) -> bool {
        self.only_in == Some(Nature::Alters) && self.action.pointer("/after/alter").is_some()
    }
}

/// What can happen to any endpoint's request before it is processed.
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
        // Given up by the client, which is not to be processed.
        json!({ "delay": { "by_ms": ms(times.timeout + times.timeout / 4) } }),
        json!("close"),
        json!("reset"),
        json!("never-answer"),
    ];
    let answers = answers.map(|answer| json!({ "answer": answer }));
    others.into_iter().chain(answers).map(|what| json!({ "before": what })).collect()
}

/// What can happen to any endpoint's request after it was processed. A 401 or a 429 is not among the creates': the import
/// takes the API at its word that a request it refuses was not processed (`GUARANTEES.md`).
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
        // What a gateway says that lost the server behind it.
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
        kinds.push(json!({ "alter": { "patch": { "customers": [{ "id": 1 }] } } }));
    }
    kinds.into_iter().map(|what| json!({ "after": what })).collect()
}

/// What happens to creates only, in any world.
fn of_creates(times: &Times) -> Vec<Value> {
    let late = |by: Duration, then: Value| json!({ "commit-late": { "by_ms": ms(by), "then": then } });
    let kinds = [
        // Told of a success, unreadably, which is one.
        json!({ "answer": { "status": 200, "body": "html" } }),
        json!({ "answer": { "status": 201, "body": "empty" } }),
        json!({ "answer": { "status": 302, "body": "html" } }),
        json!({ "alter": { "patch": { "id": null } } }),
        // It lands after the client gave up, and before the settle time is over.
        late(times.late_unanswered(), json!("never-answer")),
        late(times.late, json!("close")),
        late(times.late, json!({ "answer": { "status": 504, "body": "html" } })),
    ];
    kinds.into_iter().map(|what| json!({ "after": what })).collect()
}

/// A success that is none: nothing was done.
fn said_and_not_done() -> Vec<Value> {
    let answers = [
        json!({ "status": 200, "body": "html" }),
        json!({ "status": 200, "body": "json" }),
        json!({ "status": 204, "body": "empty" }),
        json!({ "status": 303, "body": "html" }),
    ];
    answers.into_iter().map(|answer| json!({ "before": { "answer": answer } })).collect()
}

/// Answers with other content than was sent; and names that have nothing to do with what was sent, without an answer.
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

/// Names in a form of the server's own, without an answer.
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

/// Lists that do not show all. What is hidden includes, each time, one of the first two customers, which the import
/// knows: they were there before it.
fn left_out() -> Vec<Value> {
    vec![
        json!({ "after": { "leave-out": { "from": 1 } } }),
        json!({ "after": { "leave-out": { "from": 2 } } }),
        json!({ "after": { "leave-out": { "from": 1, "count": 3 } } }),
        json!({ "after": { "leave-out": { "from": 2, "count": 400 } } }),
        json!({ "after": { "alter": { "patch": { "customers": [] } } } }),
    ]
}

fn lost() -> [Value; 3] {
    [json!("close"), json!("never-answer"), json!({ "answer": { "status": 504, "body": "html" } })]
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// An action in one line.
fn words(action: &Value) -> String {
    match action {
        Value::Object(fields) => {
            let words = fields.iter().map(|(name, value)| format!("{name} {}", words(value)));
            words.collect::<Vec<_>>().join(" ").trim_end().to_owned()
        }
        Value::Array(items) => items.iter().map(words).collect::<Vec<_>>().join(" "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cloudlx_server_stub::faults::{self, Schedule};

    use super::*;

    /// What an enum of the schema can be.
    fn variants(definition: &Value) -> Vec<String> {
        let name = |variant: &Value| {
            let constant = variant.get("const").and_then(Value::as_str);
            constant
                .map(str::to_owned)
                .or_else(|| variant.get("properties").and_then(Value::as_object)?.keys().next().cloned())
        };
        let several =
            |list: &str| definition.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
        let strings = |variant: &Value| variant.get("enum").and_then(Value::as_array).cloned();
        several("oneOf")
            .iter()
            .chain([definition])
            .flat_map(|variant| match strings(variant) {
                Some(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                None => name(variant).into_iter().collect::<Vec<_>>(),
            })
            .collect()
    }

    /// The action and the parts that it is made of: `after`, `after/alter`, `after/alter/status`, …
    fn parts(action: &Value, at: &str, to: &mut BTreeSet<String>) {
        match action {
            Value::Object(fields) => {
                for (name, value) in fields {
                    let at = if at.is_empty() { name.clone() } else { format!("{at}/{name}") };
                    to.insert(at.clone());
                    parts(value, &at, to);
                }
            }
            Value::String(name) => {
                to.insert(format!("{at}/{name}").trim_start_matches('/').to_owned());
            }
            _ => {}
        }
    }

    fn schema() -> Value {
        serde_json::to_value(faults::schema().schema).unwrap()
    }

    fn of(schema: &Value, name: &str) -> Vec<String> {
        let found = variants(schema.pointer(&format!("/$defs/{name}")).unwrap());
        assert!(!found.is_empty(), "{name} has no variants");
        found
    }

    /// The parts that all kinds of an endpoint are made of.
    fn covered(endpoint: Option<&str>) -> BTreeSet<String> {
        let mut covered = BTreeSet::new();
        for kind in all(&Times::of(1_000)).iter().filter(|kind| kind.endpoint == endpoint) {
            parts(&kind.action, "", &mut covered);
        }
        covered
    }

    #[test]
    fn every_action_of_every_endpoint_is_injected_or_left_out_for_a_reason() {
        let schema = schema();
        for action in of(&schema, "ConnectionAction") {
            assert!(covered(None).contains(&action), "no connection meets {action}");
        }
        let mut missing = Vec::new();
        for endpoint in of(&schema, "EndpointName") {
            let covered = covered(Some(&endpoint));
            let mut wanted: Vec<_> =
                of(&schema, "Before").into_iter().map(|action| format!("before/{action}")).collect();
            let elsewhere = |action: &str| match action {
                "commit-late" | "rename" => endpoint != CREATE,
                "leave-out" => endpoint != LIST,
                _ => false,
            };
            let after = of(&schema, "After").into_iter().filter(|action| !elsewhere(action));
            wanted.extend(after.map(|action| format!("after/{action}")));
            let below = |name, at: &str| {
                of(&schema, name).into_iter().map(|part| format!("{at}/{part}")).collect::<Vec<_>>()
            };
            wanted.extend(below("ContentLength", "after/cut-short/content_length"));
            wanted.extend(["status", "media_type", "patch"].map(|part| format!("after/alter/{part}")));
            wanted.extend(below("RetryAfter", "before/answer/retry_after"));
            if endpoint == CREATE {
                wanted.extend(below("CannedBody", "before/answer/body"));
                wanted.extend(below("Lost", "after/commit-late/then"));
                wanted.extend(below("Lost", "after/rename/then"));
                wanted.extend(below("NameForm", "after/rename/to"));
            }
            let is_left_out = |wanted: &str| {
                LEFT_OUT.iter().any(|(of, action, _)| *of == endpoint && wanted.starts_with(action))
            };
            missing.extend(
                wanted
                    .into_iter()
                    .filter(|wanted| !covered.contains(wanted) && !is_left_out(wanted))
                    .map(|wanted| format!("{endpoint} {wanted}")),
            );
        }
        assert!(missing.is_empty(), "neither injected nor left out: {missing:#?}");
    }

    #[test]
    fn what_is_left_out_is_not_injected() {
        for (endpoint, action, reason) in LEFT_OUT {
            let injected = covered(Some(endpoint)).into_iter().find(|part| part.starts_with(action));
            assert_eq!(injected, None, "{endpoint}: {reason}");
        }
    }

    #[test]
    fn creates_are_not_refused_after_they_were_processed() {
        for kind in all(&Times::of(1_000)) {
            let status = ["/after/answer/status", "/after/commit-late/then/answer/status"]
                .iter()
                .find_map(|pointer| kind.action.pointer(pointer)?.as_u64());
            let refuses = status.is_some_and(|status| (400..500).contains(&status) && status != 408);
            assert!(kind.endpoint != Some(CREATE) || !refuses, "{}", kind.name);
        }
    }

    #[test]
    fn every_kind_is_one_that_the_stub_takes_and_has_a_name_of_its_own() {
        let kinds = all(&Times::of(1_000));
        let names: BTreeSet<_> = kinds.iter().map(|kind| &kind.name).collect();
        assert_eq!(names.len(), kinds.len());
        for kind in &kinds {
            let text = match kind.endpoint {
                Some(endpoint) => json!({ "requests": [{ "endpoint": endpoint, "do": kind.action }] }),
                None => json!({ "connections": [{ "do": kind.action }] }),
            };
            assert!(Schedule::from_json(text.to_string().as_bytes()).is_ok(), "{text}");
        }
    }
}
