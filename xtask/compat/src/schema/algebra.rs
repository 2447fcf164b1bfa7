//! Set algebra on schemas, by `jsonschema::canonical`.

use jsonschema::Validator;
use jsonschema::canonical::{self, CanonicalSchema, Satisfiability};
use serde_json::Value;

/// What one schema accepts and another does not.
pub(crate) enum Difference {
    /// Nothing: proved.
    Empty,
    /// The documents of this schema. `certain` when it is proved that one exists.
    Schema { schema: CanonicalSchema, certain: bool },
    /// The algebra cannot decide, for this reason.
    Undecided(String),
}

/// The documents that `minuend` accepts and `subtrahend` refuses.
pub(crate) fn difference(minuend: &Value, subtrahend: &Value) -> Difference {
    let difference = canonicalized(minuend).and_then(|minuend| minuend.subtract(&canonicalized(subtrahend)?));
    match difference {
        Err(error) => Difference::Undecided(error.to_string()),
        Ok(schema) => match schema.satisfiability() {
            Satisfiability::No => Difference::Empty,
            Satisfiability::Yes => Difference::Schema { schema, certain: true },
            Satisfiability::Unknown => Difference::Schema { schema, certain: false },
        },
    }
}

/// A validator with the same semantics as the algebra; `None` for an invalid schema.
pub(crate) fn validator(schema: &Value) -> Option<Validator> {
    let options = jsonschema::options().offline().with_draft(jsonschema::Draft::Draft202012);
    options.should_validate_formats(true).build(schema).ok()
}

pub(crate) fn canonicalized(schema: &Value) -> Result<CanonicalSchema, canonical::CanonicalizationError> {
    let options = canonical::options().offline().with_draft(jsonschema::Draft::Draft202012);
    options.should_validate_formats(true).canonicalize(schema)
}
