//! Tests that the catalogue is complete and correct.

use std::collections::BTreeSet;

use cloudlx_server_stub::faults::{self, Schedule};

use super::*;

/// The variants of an enum of the schema.
fn variants(definition: &Value) -> Vec<String> {
    let name = |variant: &Value| {
        let constant = variant.get("const").and_then(Value::as_str);
        constant
            .map(str::to_owned)
            .or_else(|| variant.get("properties").and_then(Value::as_object)?.keys().next().cloned())
    };
    let several = |list: &str| definition.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
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

fn enumerated(schema: &Value, name: &str) -> Vec<String> {
    let found = variants(schema.pointer(&format!("/$defs/{name}")).unwrap());
    assert!(!found.is_empty(), "{name} has no variants");
    found
}

/// The parts that all kinds of an endpoint are made of.
fn covered(endpoint: Option<&str>) -> BTreeSet<String> {
    let mut covered = BTreeSet::new();
    for kind in all(&Times::for_rows(1_000)).iter().filter(|kind| kind.endpoint == endpoint) {
        kind.actions.iter().for_each(|action| parts(action, "", &mut covered));
    }
    covered
}

#[test]
fn every_action_of_every_endpoint_is_injected_or_left_out_for_a_reason() {
    let schema = schema();
    for action in enumerated(&schema, "ConnectionAction") {
        assert!(covered(None).contains(&action), "no connection meets {action}");
    }
    let mut missing = Vec::new();
    for endpoint in enumerated(&schema, "EndpointName") {
        let covered = covered(Some(&endpoint));
        let mut wanted: Vec<_> =
            enumerated(&schema, "Before").into_iter().map(|action| format!("before/{action}")).collect();
        let elsewhere = |action: &str| match action {
            "commit-late" | "rename" => endpoint != CREATE,
            "leave-out" => endpoint != LIST,
            _ => false,
        };
        let after = enumerated(&schema, "After").into_iter().filter(|action| !elsewhere(action));
        wanted.extend(after.map(|action| format!("after/{action}")));
        let below = |name, at: &str| {
            enumerated(&schema, name).into_iter().map(|part| format!("{at}/{part}")).collect::<Vec<_>>()
        };
        wanted.extend(below("ContentLength", "after/cut-short/content_length"));
        wanted.extend(["status", "media_type", "patch", "headers"].map(|part| format!("after/alter/{part}")));
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
fn creates_are_not_refused_by_the_api_after_they_were_processed() {
    let creates = all(&Times::for_rows(1_000)).into_iter().filter(|kind| kind.endpoint == Some(CREATE));
    for (name, action) in
        creates.flat_map(|kind| kind.actions.into_iter().map(move |action| (kind.name.clone(), action)))
    {
        let answer = ["/after/answer", "/after/commit-late/then/answer"];
        let Some(answer) = answer.iter().find_map(|pointer| action.pointer(pointer)) else { continue };
        let status = answer.get("status").and_then(Value::as_u64).unwrap();
        // Without a text of its own it is the API's form.
        let is_the_apis = answer.pointer("/body/text").is_none()
            && answer.get("body").is_none_or(|body| body.as_str() == Some("json"));
        let refuses = (400..500).contains(&status) && status != 408;
        assert!(!(refuses && is_the_apis), "{name}");
    }
}

#[test]
fn every_kind_is_one_that_the_stub_takes_and_has_a_name_of_its_own() {
    let kinds = all(&Times::for_rows(1_000));
    let names: BTreeSet<_> = kinds.iter().map(|kind| &kind.name).collect();
    assert_eq!(names.len(), kinds.len());
    for kind in &kinds {
        let fault = |action: &Value| match kind.endpoint {
            Some(endpoint) => json!({ "endpoint": endpoint, "do": action }),
            None => json!({ "do": action }),
        };
        let list = if kind.endpoint.is_some() { "requests" } else { "connections" };
        let faults: Vec<_> = kind.actions.iter().map(fault).collect();
        assert!(!faults.is_empty(), "{}", kind.name);
        let text = json!({ list: faults }).to_string();
        let read = Schedule::from_json(text.as_bytes());
        assert!(read.is_ok(), "{}: {read:?}", kind.name);
    }
}
