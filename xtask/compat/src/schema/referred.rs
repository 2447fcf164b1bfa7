//! A part of a document together with the targets of its references, for parts that are compared by value.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// `value`, with the targets of its references and of theirs. Equal in two versions unless its meaning changed, or a target
/// in another file did.
pub(crate) fn with_targets(value: &Value, document: &Value) -> Value {
    let mut targets = BTreeMap::new();
    collect(value, document, &mut targets);
    if targets.is_empty() { value.clone() } else { json!({ "value": value, "refers to": targets }) }
}

fn collect<'a>(value: &'a Value, document: &'a Value, targets: &mut BTreeMap<&'a str, Option<&'a Value>>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(reference) if matches!(name.as_str(), "$ref" | "$dynamicRef" | "$recursiveRef") => {
                        if !targets.contains_key(reference) {
                            let target = reference.strip_prefix('#').and_then(|it| document.pointer(it));
                            targets.insert(reference, target);
                            if let Some(target) = target {
                                collect(target, document, targets);
                            }
                        }
                    }
                    _ => collect(value, document, targets),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| collect(element, document, targets)),
        _ => {}
    }
}
