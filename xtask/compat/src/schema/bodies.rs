//! Compares the schemas of a request or response body.

use serde_json::Value;

use crate::change::Change;
use crate::schema::annotations;
use crate::schema::comparison::Comparison;
use crate::schema::facts;
use crate::schema::referred;
use crate::schema::role::Role;
use crate::schema::samples::Samples;

/// A schema, and the document that its references point into.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body<'a> {
    pub(crate) schema: &'a Value,
    pub(crate) document: &'a Value,
}

/// The pairs that were already compared: each schema is in a file of its own and again in the OpenAPI document.
#[derive(Debug, Default)]
pub(crate) struct Compared(Vec<(Role, Value, Value)>);

/// Compares the bodies of one place. The result is empty when the same pair was compared before.
pub(crate) fn compare(
    place: &str,
    role: Role,
    old: Body<'_>,
    new: Body<'_>,
    samples: &Samples,
    compared: &mut Compared,
) -> Vec<Change> {
    let (before, after) =
        match (facts::from_schema(old.schema, old.document), facts::from_schema(new.schema, new.document)) {
            (Ok(before), Ok(after)) => (before, after),
            (Err(error), _) | (_, Err(error)) => {
                let was = referred::with_targets(old.schema, old.document);
                let is = referred::with_targets(new.schema, new.document);
                let reason = format!("the schema cannot be written without references: {error}");
                let differ = was != is;
                return differ
                    .then(|| Change::not_proved(place, "schema", Some(&was), Some(&is), reason))
                    .into_iter()
                    .collect();
            }
        };
    if before == after {
        return Vec::new();
    }
    let key = (role, before, after);
    if compared.0.contains(&key) {
        return Vec::new();
    }
    let (_, before, after) = &key;
    let (was, is) = (annotations::removed(before), annotations::removed(after));
    let mut changes = annotations::compare(place, role, before, after);
    if was != is {
        changes.extend(Comparison::new(place, role, &was, &is, samples).changes());
    }
    compared.0.push(key);
    changes
}
