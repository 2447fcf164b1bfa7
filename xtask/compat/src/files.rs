//! Compares the files of `schemas/v1`: each schema, and each file that no other module reads.

use serde_json::Value;

use crate::change::Change;
use crate::contract::Contract;
use crate::schema::bodies::{self, Body, Compared};
use crate::schema::role::Role;
use crate::schema::samples::Samples;
use crate::written::from_to;
use crate::{endpoints, rules, vectors};

/// Callers write the documents of request schemas; all other schemas describe responses or files of ours.
fn role_of(name: &str) -> Role {
    // Users of the stub write its faults.
    if name.ends_with(".request") || name == "faults" { Role::Request } else { Role::Response }
}

/// Compares every `*.schema.json` as a schema, and by value each file that no other module reads.
pub(super) fn compare(
    old: &Contract,
    new: &Contract,
    samples: &Samples,
    compared: &mut Compared,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for (file, before) in old.files.iter().filter(|(file, _)| !is_read_elsewhere(file)) {
        match (name_of(file), new.file(file)) {
            (Some(name), Some(after)) => changes.extend(schema(name, before, after, samples, compared)),
            (Some(_), None) => changes.push(
                Change::breaking(file, "file removed", file.as_str().into())
                    .noting("whoever loads this file finds nothing"),
            ),
            (None, after) if after == Some(before) => {}
            (None, after) => {
                let reason = "what this file is for is not known here";
                changes.push(Change::not_proved(file, "file", Some(before), after, reason));
            }
        }
    }
    let added = new.files.keys().filter(|file| !old.files.contains_key(*file) && !is_read_elsewhere(file));
    changes.extend(added.map(|file| Change::compatible(file, "file added")));
    changes
}

fn schema(name: &str, old: &Value, new: &Value, samples: &Samples, compared: &mut Compared) -> Vec<Change> {
    let mut changes = Vec::new();
    let (was, is) = (old.get("$id"), new.get("$id"));
    if was != is {
        let note = "whoever refers to the schema by this name does not find it";
        let what = format!("$id: {}", from_to(was, is));
        changes.push(match was {
            Some(id) => Change::breaking(name, what, id.clone()).noting(note),
            None => Change::compatible(name, what),
        });
    }
    let (was, is) = (old.get("$schema"), new.get("$schema"));
    if was != is {
        let reason = "keywords may mean something else in another dialect";
        changes.push(Change::not_proved(name, "$schema", was, is, reason));
    }
    let (before, after) = (Body { schema: old, document: old }, Body { schema: new, document: new });
    changes.extend(bodies::compare(name, role_of(name), before, after, samples, compared));
    if changes.is_empty() && old != new {
        changes.push(Change::none(name, "only documentation, or the way it is written"));
    }
    changes
}

fn is_read_elsewhere(file: &str) -> bool {
    endpoints::FILES.contains(&file) || file == rules::FILE || file.starts_with(vectors::FOLDER)
}

fn name_of(file: &str) -> Option<&str> {
    file.strip_suffix(".schema.json")
}
