//! What the comparisons of two OpenAPI documents share.

use serde_json::{Map, Value};

use crate::change::Change;
use crate::schema::bodies::{self, Body, Compared};
use crate::schema::referred;
use crate::schema::role::Role;
use crate::schema::samples::Samples;

/// What all comparisons of operations need: both documents with their references followed.
pub(super) struct Context<'a> {
    pub(super) file: &'static str,
    pub(super) old: &'a Value,
    pub(super) new: &'a Value,
    pub(super) samples: &'a Samples,
    pub(super) compared: &'a mut Compared,
}

impl Context<'_> {
    /// Compares the schemas of two media types, parameters …
    pub(super) fn bodies(&mut self, place: &str, role: Role, old: &Value, new: &Value) -> Vec<Change> {
        let any = Value::Bool(true);
        let old = Body { schema: old.get("schema").unwrap_or(&any), document: self.old };
        let new = Body { schema: new.get("schema").unwrap_or(&any), document: self.new };
        bodies::compare(place, role, old, new, self.samples, self.compared)
    }

    /// Changes of fields that this program does not know, by name.
    pub(super) fn rest(&self, place: &str, old: &Value, new: &Value, known: &[&str]) -> Vec<Change> {
        let empty = Map::new();
        let (before, after) = (old.as_object().unwrap_or(&empty), new.as_object().unwrap_or(&empty));
        let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
        let unknown = names.filter(|name| !known.contains(&name.as_str()) && !is_documentation(name));
        let change = |name: &String| {
            let was = before.get(name).map(|it| referred::with_targets(it, self.old));
            let is = after.get(name).map(|it| referred::with_targets(it, self.new));
            let reason = "what this part means is not known here";
            (was != is).then(|| Change::not_proved(place, name, was.as_ref(), is.as_ref(), reason))
        };
        unknown.filter_map(change).collect()
    }
}

/// Whether a field changes nothing on the wire.
pub(super) fn is_documentation(name: &str) -> bool {
    const DOCUMENTATION: [&str; 7] =
        ["summary", "description", "externalDocs", "tags", "deprecated", "example", "examples"];
    name.starts_with("x-") || DOCUMENTATION.contains(&name)
}
