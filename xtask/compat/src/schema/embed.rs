//! Embeds a value into the smallest document around one place of a schema.
//!
//! Such a document shows best what is lost at one place of a large schema.

use serde_json::Value;

use crate::schema::algebra::{self, Difference};
use crate::schema::witness;

/// Documents of `schema` with what a difference of two schemas accepts, which stand at `pointer` in it.
pub(crate) fn documents_with(difference: &Difference, schema: &Value, pointer: &str) -> Vec<Value> {
    let Difference::Schema { schema: part, .. } = difference else { return Vec::new() };
    let steps: Vec<_> =
        pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    let Some((document, hole)) = around(schema, &steps) else { return Vec::new() };
    let filled = |value: Value| {
        let mut document = document.clone();
        *document.pointer_mut(&hole)? = value;
        Some(document)
    };
    witness::candidates(part).into_iter().filter_map(filled).collect()
}

/// A document of `schema` with a hole where `steps` lead, and the hole's pointer.
fn around(schema: &Value, steps: &[String]) -> Option<(Value, String)> {
    let (step, rest) = match steps {
        [] => return Some((Value::Null, String::new())),
        [step, rest @ ..] => (step.as_str(), rest),
    };
    let inside = schema.get(step)?;
    let field = |name: &str, inside: &Value, rest: &[String]| {
        let (value, hole) = around(inside, rest)?;
        let mut object =
            witness::candidates(&algebra::canonicalized(schema).ok()?).into_iter().find(Value::is_object)?;
        object.as_object_mut()?.insert(name.to_owned(), value);
        Some((object, format!("/{}{hole}", name.replace('~', "~0").replace('/', "~1"))))
    };
    match (step, rest) {
        ("properties", [name, rest @ ..]) => field(name, inside.get(name)?, rest),
        ("additionalProperties", rest) => field("other", inside, rest),
        ("items", rest) => {
            let (value, hole) = around(inside, rest)?;
            Some((Value::Array(vec![value]), format!("/0{hole}")))
        }
        ("allOf" | "anyOf" | "oneOf", [index, rest @ ..]) => {
            around(inside.get(index.parse::<usize>().ok()?)?, rest)
        }
        _ => None,
    }
}
