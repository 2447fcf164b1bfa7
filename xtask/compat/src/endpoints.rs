//! Compares the OpenAPI documents by value: endpoints, methods, authentication, parameters, media types and status codes.
//!
//! `openapi.json` is the API; `stub.openapi.json` is the control API of the stub, which tests in other languages use. A
//! change of a part that this module does not know is not proved, unless the part is documentation.

use serde_json::{Value, json};

use crate::change::Change;
use crate::contract::Contract;
use crate::schema::bodies::Compared;
use crate::schema::role::Role;
use crate::schema::samples::Samples;
use crate::written;

mod context;
mod headers;
mod operation;
mod parameters;
mod references;
mod responses;
mod security;
mod servers;

use context::Context;
use operation::{METHODS, Operation, content, operations};

/// The OpenAPI documents.
pub(super) const FILES: [&str; 2] = ["openapi.json", "stub.openapi.json"];

pub(super) fn compare(
    old: &Contract,
    new: &Contract,
    samples: &Samples,
    compared: &mut Compared,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for file in FILES {
        changes.extend(match (old.file(file), new.file(file)) {
            (None, None) => Vec::new(),
            (None, Some(_)) => vec![Change::compatible(file, "file added")],
            (Some(_), None) => vec![Change::breaking(file, "file removed", file.into())],
            (Some(old), Some(new)) if old == new => Vec::new(),
            (Some(old), Some(new)) => compare_documents(file, old, new, samples, compared),
        });
    }
    changes
}

/// Compares a document that both versions have and that differs.
fn compare_documents(
    file: &'static str,
    old: &Value,
    new: &Value,
    samples: &Samples,
    compared: &mut Compared,
) -> Vec<Change> {
    let (before, after) = (references::inlined(old), references::inlined(new));
    let (old, new) = (&before.document, &after.document);
    let mut changes = compare_contents(&mut Context { file, old, new, samples, compared });
    let mut alike: Vec<_> = [operation::alike(old), operation::alike(new)].concat();
    alike.dedup();
    let left: Vec<_> = before.left.union(&after.left).map(String::as_str).collect();
    changes.extend(unreadable(file, "paths that differ in names only", &alike, old, new));
    changes.extend(unreadable(file, "references that cannot be followed", &left, old, new));
    if changes.is_empty() {
        changes.push(Change::none(file, "only documentation, or what the schemas' own files say"));
    }
    changes
}

/// If a part of a document cannot be read, any change of the document may be a change of that part.
fn unreadable(file: &str, what: &str, names: &[&str], old: &Value, new: &Value) -> Option<Change> {
    let what = format!("{what}, {}", json!(names));
    let [old, new] = [old, new].map(|it| Value::from(written::number_of(it)));
    let reason = "what they stand for may have changed with the document";
    (!names.is_empty()).then(|| Change::not_proved(file, &what, Some(&old), Some(&new), reason))
}

fn compare_contents(context: &mut Context<'_>) -> Vec<Change> {
    let mut changes = servers::compare(context.old, context.new);
    changes.extend(version(context.file, context.old, context.new));
    let (old, mut new) = (operations(context.old), operations(context.new));
    let mut gone = Vec::new();
    for (key, operation) in old {
        match new.remove(&key) {
            Some(after) => changes.extend(compare_operations(&operation, &after, context)),
            None => gone.push(operation),
        }
    }
    for operation in gone {
        let same = new.iter().find(|(_, after)| after.id().is_some() && after.id() == operation.id());
        let moved = same.map(|(key, _)| key.clone()).and_then(|key| new.remove(&key));
        let change = match moved {
            Some(moved) => format!("moved to {}", moved.place()),
            None => "endpoint removed".to_owned(),
        };
        let note = "the old version answers this call, the new one does not";
        changes.push(Change::breaking(operation.place(), change, operation.call(&[])).noting(note));
    }
    changes.extend(new.values().map(|added| Change::compatible(added.place(), "endpoint added")));
    changes.extend(context.rest(
        context.file,
        context.old,
        context.new,
        &["openapi", "info", "servers", "tags", "paths", "components", "security"],
    ));
    changes
}

/// The parts of an operation that are compared, or are documentation.
const KNOWN: [&str; 8] =
    ["operationId", "tags", "summary", "description", "security", "parameters", "requestBody", "responses"];

/// Compares an operation that both versions have.
fn compare_operations(old: &Operation<'_>, new: &Operation<'_>, context: &mut Context<'_>) -> Vec<Change> {
    let place = old.place();
    let mut changes = Vec::new();
    if old.id() != new.id() {
        let name = |id: Option<&str>| id.unwrap_or("none").to_owned();
        let change = format!("operationId: {} → {}", name(old.id()), name(new.id()));
        let note = "nothing changes on the wire; generated clients call it by another name";
        changes.push(Change::compatible(&place, change).noting(note));
    }
    changes.extend(security::compare(old, new));
    changes.extend(parameters::compare(old, new, context));
    changes.extend(compare_requests(old, new, context));
    changes.extend(responses::compare(old, new, context));
    changes.extend(context.rest(&place, old.fields, new.fields, &KNOWN));
    let shared: Vec<_> = METHODS.into_iter().chain(["parameters", "summary", "description"]).collect();
    changes.extend(context.rest(&place, old.shared, new.shared, &shared));
    changes
}

fn compare_requests(old: &Operation<'_>, new: &Operation<'_>, context: &mut Context<'_>) -> Vec<Change> {
    let place = old.place();
    let (before, after) = (old.part("requestBody"), new.part("requestBody"));
    let mut changes = Vec::new();
    let required = |body: &Value| body.get("required").and_then(Value::as_bool).unwrap_or_default();
    match (required(before), required(after)) {
        (false, true) => changes.push(
            Change::breaking(&place, "body: optional → required", old.call(&[("body", Value::Null)]))
                .noting("the old version accepts the call without a body"),
        ),
        (true, false) => changes.push(Change::compatible(&place, "body: required → optional")),
        _ => {}
    }
    changes.extend(context.rest(&place, before, after, &["required", "content"]));
    let (before, after) = (content(before), content(after));
    for (media_type, body) in &before {
        let Some(with) = after.get(media_type) else {
            let document = old.call(&[("content-type", media_type.as_str().into())]);
            let change = format!("request media type {media_type} removed");
            let note = "the old version reads this type, the new one does not";
            changes.push(Change::breaking(&place, change, document).noting(note));
            continue;
        };
        let inside = format!("{place} request {media_type}");
        changes.extend(context.bodies(&inside, Role::Request, body, with));
        changes.extend(context.rest(&inside, body, with, &["schema"]));
    }
    let added = after.keys().filter(|media_type| !before.contains_key(*media_type));
    changes.extend(added.map(|it| Change::compatible(&place, format!("request media type {it} added"))));
    changes
}

/// Compares the OpenAPI versions that the documents are written in. A patch release changes nothing (its section 4.1).
fn version(file: &str, old: &Value, new: &Value) -> Option<Change> {
    let minor = |document: &Value| {
        let version = document.get("openapi").and_then(Value::as_str)?;
        version.rsplit_once('.').map(|(minor, _)| minor.to_owned())
    };
    let (was, is) = (old.get("openapi"), new.get("openapi"));
    let reason = "what the document's parts mean may differ, and tools may not read it";
    (minor(old) != minor(new)).then(|| Change::not_proved(file, "openapi", was, is, reason))
}
