//! Small edits of a contract, and the verdict that the policy gives each.
//!
//! They are made to a small contract in `files/v1` that has the layout of the real one.

mod documentation;
mod endpoints;
mod files;
mod references;
mod requests;
mod responses;
mod rules;
mod vectors;

use std::path::Path;

use serde_json::{Map, Value};
use xtask_compat::{Contract, Verdict};

/// Name, verdict, and what is done to the contract.
pub(crate) type Edit = (&'static str, Verdict, fn(&mut Contract));

/// The same for a contract that was changed before: name, verdict, the change before, and the edit.
pub(crate) type Prepared = (&'static str, Verdict, fn(&mut Contract), fn(&mut Contract));

/// A name, and edits of one kind.
pub(crate) type Group = (&'static str, &'static [Edit], &'static [Prepared]);

pub(crate) const GROUPS: [Group; 8] = [
    ("requests", requests::EDITS, requests::PREPARED),
    ("responses", responses::EDITS, responses::PREPARED),
    ("endpoints", endpoints::EDITS, endpoints::PREPARED),
    ("references", references::EDITS, references::PREPARED),
    ("rules", rules::EDITS, &[]),
    ("vectors", vectors::EDITS, vectors::PREPARED),
    ("files", files::EDITS, files::PREPARED),
    ("documentation", documentation::EDITS, documentation::PREPARED),
];

pub(crate) const REQUEST: &str = "create-customer.request.schema.json";
pub(crate) const RESPONSE: &str = "customer.schema.json";
const OPENAPI: &str = "openapi.json";
const RULES_FILE: &str = "rules.json";
const VALID: &str = "vectors/valid/minimal.json";
const INVALID: &str = "vectors/invalid/sub-realm-not-shown.json";

/// The contract that is edited.
pub(crate) fn base() -> Contract {
    Contract::read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/v1")).unwrap()
}

/// Name, verdict, and both versions, of each edit of a group.
pub(crate) fn pairs(group: &str) -> Vec<(&'static str, Verdict, Contract, Contract)> {
    let (_, edits, prepared) = GROUPS.iter().find(|(name, ..)| *name == group).unwrap();
    let edits = edits.iter().map(|(name, verdict, edit)| {
        let mut new = base();
        edit(&mut new);
        (*name, *verdict, base(), new)
    });
    let prepared = prepared.iter().map(|(name, verdict, before, edit)| {
        let mut old = base();
        before(&mut old);
        let mut new = old.clone();
        edit(&mut new);
        (*name, *verdict, old, new)
    });
    edits.chain(prepared).collect()
}

/// What stands at `pointer` in `file`.
fn at<'a>(contract: &'a mut Contract, file: &str, pointer: &str) -> &'a mut Value {
    let file = contract.files.get_mut(file).unwrap();
    file.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing at {pointer}"))
}

fn fields<'a>(contract: &'a mut Contract, file: &str, pointer: &str) -> &'a mut Map<String, Value> {
    at(contract, file, pointer).as_object_mut().unwrap()
}

fn list<'a>(contract: &'a mut Contract, file: &str, pointer: &str) -> &'a mut Vec<Value> {
    at(contract, file, pointer).as_array_mut().unwrap()
}

fn without(contract: &mut Contract, file: &str, pointer: &str, name: &str) {
    fields(contract, file, pointer).shift_remove(name).unwrap();
}

fn with(contract: &mut Contract, file: &str, pointer: &str, name: &str, value: Value) {
    fields(contract, file, pointer).insert(name.to_owned(), value);
}

fn request(contract: &mut Contract, field: &str, keyword: &str, value: Value) {
    with(contract, REQUEST, &format!("/properties/{field}"), keyword, value);
}

fn response(contract: &mut Contract, pointer: &str, keyword: &str, value: Value) {
    with(contract, RESPONSE, pointer, keyword, value);
}
