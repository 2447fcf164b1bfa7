//! The JSON Schema documents of `cloudlx_model::schema`, with the rules of a create added where JSON Schema can say
//! them: code lists, lengths, patterns, distinct items.
//!
//! ```
//! let document = cloudlx_validate::schema::document("create-customer.request").expect("a known name");
//! let realms = document.schema.pointer("/properties/realms").expect("a property");
//! assert_eq!(realms["uniqueItems"], true);
//! ```

use cloudlx_model::schema::{self as model, Document};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::create_customer::CreateCustomerRules;

/// The model's documents, that of a create with its rules.
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

/// Adds to each property the keywords that the rule table has for it and the model does not.
fn add_rules(document: &mut Document) {
    let rules =
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<CreateCustomerRules<'_>>();
    let Some(rules) = rules.get("properties").and_then(Value::as_object) else { return };
    let Some(properties) = document.schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, rules) in rules {
        if let (Some(property), Some(rules)) =
            (properties.get_mut(name).and_then(Value::as_object_mut), rules.as_object())
        {
            add_keywords(property, rules);
        }
    }
}

fn add_keywords(property: &mut Map<String, Value>, rules: &Map<String, Value>) {
    // The model's type, items and description stand; the view is borrowed and knows no more of them.
    for (keyword, value) in rules {
        if !["type", "items", "$ref", "anyOf", "default"].contains(&keyword.as_str()) {
            property.entry(keyword.clone()).or_insert_with(|| value.clone());
        }
    }
}
