//! Makes `schemas/v1/vectors/`: valid and invalid documents with their expected violations.
//!
//! The expected violations of each case are written by hand. They are compared with those that the validator finds before a
//! vector is written.

mod cases;

use std::collections::BTreeMap;

use cloudlx_model::schema::{Document, document_of};
use cloudlx_validate::{Catalogue, Rule, Violations, from_json, from_json_against};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use self::cases::{Case, cases};

/// A document, and what must be said of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Vector {
    /// The document. Absent where it is no JSON, or not one that every reader reads the same: then `text` has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Value")]
    document: Option<Value>,
    /// The document as text, where it is not `document`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    text: Option<String>,
    /// The realms and sub-realms that exist, for a document that is to be checked against them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "KnownIds")]
    catalogue: Option<KnownIds>,
    /// Whether the document is valid.
    valid: bool,
    /// All violations, in document order; none when it is valid.
    violations: Vec<Expected>,
}

/// A violation that must be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
struct Expected {
    /// Where, as an RFC 6901 pointer.
    pointer: String,
    /// The code of the rule.
    rule: &'static str,
}

/// The ids of a catalogue.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct KnownIds {
    /// The realms that exist.
    realms: &'static [u64],
    /// The sub-realms that exist.
    sub_realms: &'static [u64],
}

/// The catalogue of the vectors about ids that do not exist.
const KNOWN: KnownIds = KnownIds { realms: &[1, 2, 7], sub_realms: &[313, 328] };

/// Why the vectors could not be generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VectorError {
    /// The validator does not find what the case expects.
    #[error(
        "expected of the vector {name}: {expected}; the validator says: {found}: where the rule changed on purpose, change \
         the case in cloudlx-openapi/src/vectors/cases.rs"
    )]
    Disagree {
        /// The vector's name.
        name: String,
        /// The violations that the case expects.
        expected: String,
        /// The violations that the validator finds.
        found: String,
    },
    /// Two vectors have one name.
    #[error("two vectors are called {0}: rename one")]
    SameName(String),
    /// A rule has too few vectors.
    #[error("expected at least three vectors for every rule, found {found} for {rule}: add cases")]
    TooFew {
        /// The rule.
        rule: Rule,
        /// How many vectors break it.
        found: usize,
    },
    /// A document is no JSON.
    #[error("could not read a vector's document")]
    Json(#[from] serde_json::Error),
    /// The catalogue that some vectors are checked against cannot be read.
    #[error("could not make the catalogue of the vectors")]
    Catalogue(#[from] cloudlx_validate::CatalogueError),
}

/// All vectors, by name: `valid/NAME` and `invalid/NAME`.
pub(crate) fn vectors() -> Result<BTreeMap<String, Vector>, VectorError> {
    let named = |id: &u64| json!({ "id": id, "name": "", "description": null });
    let known = serde_json::to_vec(&json!({
        "realms": KNOWN.realms.iter().map(named).collect::<Vec<_>>(),
        "sub_realms": KNOWN.sub_realms.iter().map(named).collect::<Vec<_>>(),
    }))?;
    let known = Catalogue::from_json(&known)?;
    let mut vectors = BTreeMap::new();
    for case in cases() {
        let name = case.path();
        let vector = vector(case, &known)?;
        if vectors.insert(name.clone(), vector).is_some() {
            return Err(VectorError::SameName(name));
        }
    }
    for rule in Rule::ALL {
        let breaks =
            |vector: &&Vector| vector.violations.iter().any(|violation| violation.rule == rule.code());
        let found = vectors.values().filter(breaks).count();
        if found < 3 {
            return Err(VectorError::TooFew { rule: *rule, found });
        }
    }
    Ok(vectors)
}

/// The schema of a vector, with an example of either kind.
pub(crate) fn schema() -> Document {
    let example = |document: &str, violations: Vec<Expected>| Vector {
        // A test checks that the examples of the rules are JSON.
        document: serde_json::from_str(document).ok(),
        text: None,
        catalogue: None,
        valid: violations.is_empty(),
        violations,
    };
    let info = Rule::SubRealmNotShown.info();
    let examples = [
        example(info.good, Vec::new()),
        example(info.bad, vec![expected(info.bad_pointer, Rule::SubRealmNotShown)]),
    ];
    let mut document = document_of::<Vector>("vector");
    document.schema.insert("examples".to_owned(), json!(examples));
    document
}

fn vector(case: Case, known: &Catalogue) -> Result<Vector, VectorError> {
    let checked = if case.against_catalogue {
        from_json_against(case.text.as_bytes(), known)
    } else {
        from_json(case.text.as_bytes())
    };
    let found: Vec<_> =
        checked.err().iter().flat_map(Violations::iter).map(|it| expected(&it.pointer, it.rule)).collect();
    let violations: Vec<_> = case.broken.iter().map(|(pointer, rule)| expected(pointer, *rule)).collect();
    if found != violations {
        let (expected, found) = (format!("{violations:?}"), format!("{found:?}"));
        return Err(VectorError::Disagree { name: case.path(), expected, found });
    }
    let as_text = case.broken.iter().any(|(_, rule)| matches!(rule, Rule::JsonSyntax | Rule::RepeatedField));
    Ok(Vector {
        document: if as_text { None } else { Some(serde_json::from_str(&case.text)?) },
        text: as_text.then_some(case.text),
        catalogue: case.against_catalogue.then_some(KNOWN),
        valid: violations.is_empty(),
        violations,
    })
}

fn expected(pointer: &str, rule: Rule) -> Expected {
    Expected { pointer: pointer.to_owned(), rule: rule.code() }
}
