//! The JSON Schema documents of `cloudlx_model::schema`. The one of a create also has the rules that JSON Schema can
//! express: code lists, lengths, patterns, distinct items. `x-cloudlx-rules` names all rules that look at a place, with
//! the source of each, also those that JSON Schema cannot express.
//!
//! ```
//! let document = cloudlx_validate::schema::document("create-customer.request").expect("a known name");
//! let realms = document.schema.pointer("/properties/realms").expect("a property");
//! assert_eq!(realms["uniqueItems"], true);
//! ```

use cloudlx_model::schema::{self as model, Document};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::Rule;
use crate::fields::CreateCustomerRules;

/// The keyword that names the rules of a place, and the source of each.
const RULES: &str = "x-cloudlx-rules";

/// The model's documents; the one of a create has its rules.
#[must_use]
pub fn documents() -> Vec<Document> {
    let mut documents = model::documents();
    for document in &mut documents {
        if document.name == "create-customer.request" {
            add_rules(document);
        }
    }
    documents
}

/// The document called `name`, or `None` when there is none.
#[must_use]
pub fn document(name: &str) -> Option<Document> {
    documents().into_iter().find(|document| document.name == name)
}

/// Adds to each property the keywords that the rule table has for it and the model does not, and which rules look at it.
fn add_rules(document: &mut Document) {
    let rules =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<CreateCustomerRules<'_>>();
    let rules = rules.get("properties").and_then(Value::as_object);
    document.schema.insert(RULES.to_owned(), rules_at(|place| place.is_empty() || place == "/*"));
    let Some(properties) = document.schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, property) in properties {
        let Some(property) = property.as_object_mut() else { continue };
        if let Some(rules) = rules.and_then(|rules| rules.get(name)).and_then(Value::as_object) {
            add_keywords(property, rules);
        }
        let is_here =
            |place: &str| place.strip_prefix('/').is_some_and(|at| at.trim_end_matches("/*") == name);
        property.insert(RULES.to_owned(), rules_at(is_here));
    }
}

fn add_keywords(property: &mut Map<String, Value>, rules: &Map<String, Value>) {
    // These describe the borrowed view; the model describes the field.
    for (keyword, value) in rules {
        if !["type", "items", "$ref", "anyOf", "default"].contains(&keyword.as_str()) {
            property.entry(keyword.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// The codes of the rules that look at a place, each with its source.
fn rules_at(is_here: impl Fn(&str) -> bool) -> Value {
    let here = Rule::ALL
        .iter()
        .map(|rule| rule.info())
        .filter(|info| info.places.iter().any(|place| is_here(place)));
    here.map(|info| (info.code.to_owned(), json!(info.source))).collect()
}
