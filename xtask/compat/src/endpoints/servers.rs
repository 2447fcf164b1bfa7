//! Compares servers by their URL. Their order has no meaning, since a caller chooses one.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::context::is_documentation;
use crate::change::Change;

pub(super) fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let (old, new) = (servers(old), servers(new));
    let mut changes = Vec::new();
    for (url, server) in &old {
        match new.get(url) {
            None => {
                changes.push(Change::breaking("servers", format!("{url} removed"), url.as_str().into()));
            }
            Some(with) if with == server => {}
            Some(with) => {
                let reason = "which addresses the template stands for may have changed";
                changes.push(Change::not_proved("servers", url, Some(server), Some(with), reason));
            }
        }
    }
    let added = new.keys().filter(|url| !old.contains_key(*url));
    changes.extend(added.map(|url| Change::compatible("servers", format!("{url} added"))));
    changes
}

/// The servers by their URL, without documentation.
fn servers(document: &Value) -> BTreeMap<String, Value> {
    let servers = document.get("servers").and_then(Value::as_array).into_iter().flatten();
    servers
        .map(|server| {
            let url = server.get("url").and_then(Value::as_str).unwrap_or_default();
            let mut facts = undocumented(server);
            if let Some(variables) = facts.get_mut("variables").and_then(Value::as_object_mut) {
                variables.values_mut().for_each(|variable| *variable = undocumented(variable));
            }
            (url.to_owned(), facts)
        })
        .collect()
}

fn undocumented(object: &Value) -> Value {
    let fields = object.as_object().into_iter().flatten().filter(|(name, _)| !is_documentation(name));
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}
