//! Small edits of a contract, and the verdict that the policy gives each.
//!
//! They are made to a small contract in `files/v1` that has the layout of the real one.

mod documentation;
mod endpoints;
mod requests;
mod responses;
mod rules;

use std::path::Path;

use serde_json::{Map, Value};
use xtask::compat::{Contract, Verdict};

/// Name, verdict, and what is done to the contract.
pub(crate) type Edit = (&'static str, Verdict, fn(&mut Contract));

/// A name, and edits of one kind.
pub(crate) type Group = (&'static str, &'static [Edit]);

pub(crate) const GROUPS: [Group; 5] = [
    ("requests", requests::EDITS),
    ("responses", responses::EDITS),
    ("endpoints", endpoints::EDITS),
    ("rules", rules::EDITS),
    ("documentation", documentation::EDITS),
];

pub(crate) const REQUEST: &str = "create-customer.request.schema.json";
pub(crate) const RESPONSE: &str = "customer.schema.json";
const OPENAPI: &str = "openapi.json";
const RULES_FILE: &str = "rules.json";

/// The contract that is edited.
pub(crate) fn base() -> Contract {
    Contract::read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/v1")).unwrap()
}

/// The edits of a group.
pub(crate) fn group(name: &str) -> &'static [Edit] {
    GROUPS.iter().find(|(group, _)| *group == name).unwrap().1
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
