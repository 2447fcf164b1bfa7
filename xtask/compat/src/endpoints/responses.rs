//! Compares status codes, and the media types and bodies of responses.
//!
//! Old readers do not know a new status. They treat an unknown error status as the first of its class (RFC 9110, section
//! 15), so a new error status breaks nobody when its body looks like that of a known one in the class. Any other new status
//! breaks readers. So does each added or removed media type.

use std::collections::BTreeMap;

use serde_json::Value;

use super::context::{Context, is_documentation};
use super::headers;
use super::operation::{Operation, content};
use crate::change::Change;
use crate::schema::role::Role;
use crate::schema::{facts, referred};

pub(super) fn compare(old: &Operation<'_>, new: &Operation<'_>, context: &mut Context<'_>) -> Vec<Change> {
    let (before, after) = (responses(old), responses(new));
    let mut changes = Vec::new();
    for (status, response) in &before {
        match after.get(status) {
            Some(with) => changes.extend(compare_responses(old, status, response, with, context)),
            None => changes.push(removed(old, status)),
        }
    }
    for (status, response) in after.iter().filter(|(status, _)| !before.contains_key(*status)) {
        let looks = looks_of(response, context.new);
        let mut errors = before.iter().filter(|(known, _)| is_error(known) && class(known) == class(status));
        let is_known = is_error(status) && errors.any(|(_, known)| looks_of(known, context.old) == looks);
        let change = format!("status {status} added");
        if is_range(status) {
            let reason = "it stands for statuses that a reader does not know";
            let is = referred::with_targets(response, context.new);
            changes.push(Change::not_proved(old.place(), &change, None, Some(&is), reason));
            continue;
        }
        changes.push(if is_known {
            let note = format!(
                "a reader that does not know it takes it for a {}00, and knows its body",
                class(status)
            );
            Change::compatible(old.place(), change).noting(note)
        } else {
            Change::breaking(old.place(), change, old.call(&[("status", status.as_str().into())]))
                .noting("the new version may answer so, a reader of the old one does not know it")
        });
    }
    changes
}

fn removed(operation: &Operation<'_>, status: &str) -> Change {
    let change = format!("status {status} removed");
    if is_error(status) {
        return Change::compatible(operation.place(), change);
    }
    let document = operation.call(&[("status", status.into())]);
    Change::breaking(operation.place(), change, document).noting("a reader that waits for it waits in vain")
}

fn compare_responses(
    operation: &Operation<'_>,
    status: &str,
    old: &Value,
    new: &Value,
    context: &mut Context<'_>,
) -> Vec<Change> {
    let place = format!("{} {status}", operation.place());
    let mut changes = headers::compare(&place, (old, context.old), (new, context.new));
    let (before, after) = (content(old), content(new));
    let call =
        |media_type: &str| operation.call(&[("status", status.into()), ("content-type", media_type.into())]);
    for (media_type, body) in &before {
        let Some(with) = after.get(media_type) else {
            let change = format!("response media type {media_type} removed");
            let note = "a reader that asks for it does not get it";
            changes.push(Change::breaking(&place, change, call(media_type)).noting(note));
            continue;
        };
        let inside = format!("{place} {media_type}");
        changes.extend(context.bodies(&inside, Role::Response, body, with));
        changes.extend(context.rest(&inside, body, with, &["schema"]));
    }
    for media_type in after.keys().filter(|media_type| !before.contains_key(*media_type)) {
        let change = format!("response media type {media_type} added");
        let note = "the new version may answer so, a reader of the old one does not know it";
        changes.push(Change::breaking(&place, change, call(media_type)).noting(note));
    }
    // Links change nothing on the wire. A program may follow those that it knows, so that added links break nobody.
    let links_added = old.get("links").is_none() && new.get("links").is_some();
    changes.extend(links_added.then(|| Change::compatible(&place, "links added")));
    let links_known = links_added || links(old) == links(new);
    let known =
        if links_known { ["content", "headers", "links"].as_slice() } else { &["content", "headers"] };
    changes.extend(context.rest(&place, old, new, known));
    changes
}

/// The links of a response by name, without documentation.
fn links(response: &Value) -> BTreeMap<&str, BTreeMap<&str, &Value>> {
    let links = response.get("links").and_then(Value::as_object).into_iter().flatten();
    let said = |(name, link)| {
        let parts = Value::as_object(link).into_iter().flatten();
        let parts = parts.filter(|(part, _)| !is_documentation(part));
        (String::as_str(name), parts.map(|(part, value)| (part.as_str(), value)).collect())
    };
    links.map(said).collect()
}

fn responses<'a>(operation: &Operation<'a>) -> BTreeMap<String, &'a Value> {
    let responses = operation.fields.get("responses").and_then(Value::as_object).into_iter().flatten();
    let responses = responses.filter(|(status, _)| !is_documentation(status));
    responses.map(|(status, response)| (status.to_uppercase(), response)).collect()
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

/// `4XX`.
fn is_range(status: &str) -> bool {
    status.ends_with("XX")
}

fn class(status: &str) -> &str {
    status.get(..1).unwrap_or_default()
}

/// The media types of a response with the facts of their schemas.
fn looks_of(response: &Value, document: &Value) -> Value {
    let looks = content(response).into_iter().map(|(media_type, body)| {
        let schema = body.get("schema").cloned().unwrap_or(Value::Bool(true));
        (media_type, facts::from_schema_or_text(&schema, document))
    });
    Value::Object(looks.collect())
}
