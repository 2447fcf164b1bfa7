//! The JSON Schema (2020-12) document of each type.
//!
//! ```
//! let document = cloudlx_model::schema::document("customer").expect("a known name");
//! assert_eq!(document.schema.get("$id").and_then(|id| id.as_str()), Some("urn:cloudlx:v1:customer"));
//! ```

use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::{
    AccessToken, AccessTokenRequest, CreateCustomer, Customer, CustomerList, ErrorBody, RealmList,
    RefreshTokenRequest, SubRealmList,
};

/// A schema with the name that its file and its `$id` carry.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Such as `create-customer.request`; the file is `NAME.schema.json`, the `$id` is `urn:cloudlx:v1:NAME`.
    pub name: &'static str,
    /// The schema, complete in itself.
    pub schema: Schema,
}

/// The schema of every request body and response, in the order in which a caller meets them.
///
/// These say shapes. `cloudlx_validate::schema` gives the same documents with the rules of a create added.
#[must_use]
pub fn documents() -> Vec<Document> {
    vec![
        request::<AccessTokenRequest>(
            "access-token.request",
            &[include_str!("../samples/access-token.request.json")],
        ),
        request::<RefreshTokenRequest>(
            "refresh-token.request",
            &[include_str!("../samples/refresh-token.request.json")],
        ),
        response::<AccessToken>("access-token", &[include_str!("../samples/access-token.json")]),
        request::<CreateCustomer>(
            "create-customer.request",
            &[include_str!("../samples/create-customer.request.json")],
        ),
        response::<Customer>(
            "customer",
            &[
                include_str!("../samples/customer.created.json"),
                include_str!("../samples/customer.details.json"),
            ],
        ),
        response::<CustomerList>("customer-list", &[include_str!("../samples/customer-list.json")]),
        response::<RealmList>("realm-list", &[include_str!("../samples/realm-list.json")]),
        response::<SubRealmList>("sub-realm-list", &[include_str!("../samples/sub-realm-list.json")]),
        response::<ErrorBody>(
            "error",
            &[include_str!("../samples/error.json"), include_str!("../samples/error.plain.json")],
        ),
    ]
}

/// The document called `name`, or `None` when there is none.
#[must_use]
pub fn document(name: &str) -> Option<Document> {
    documents().into_iter().find(|document| document.name == name)
}

/// The document of another type, made as those of the contract are: for what is published beside them.
#[must_use]
pub fn document_of<T: JsonSchema>(name: &'static str) -> Document {
    response::<T>(name, &[])
}

/// The document of another type that people write and programs read.
#[must_use]
pub fn document_of_input<T: JsonSchema>(name: &'static str) -> Document {
    request::<T>(name, &[])
}

/// What a reader of `T` takes: fields that may be left out are not required.
fn request<T: JsonSchema>(name: &'static str, samples: &[&str]) -> Document {
    generate::<T>(name, Contract::Deserialize, samples)
}

/// What a writer of `T` sends: fields that are always there are required.
fn response<T: JsonSchema>(name: &'static str, samples: &[&str]) -> Document {
    generate::<T>(name, Contract::Serialize, samples)
}

fn generate<T: JsonSchema>(name: &'static str, contract: Contract, samples: &[&str]) -> Document {
    let mut settings = SchemaSettings::draft2020_12();
    settings.contract = contract;
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    RecursiveTransform(as_other_languages_read_it).transform(&mut schema);
    RecursiveTransform(label_properties).transform(&mut schema);
    schema.insert("$id".to_owned(), format!("urn:cloudlx:v1:{name}").into());
    // A sample that is not JSON would be missing here; the tests read every one.
    let examples: Vec<Value> =
        samples.iter().filter_map(|sample| serde_json::from_str(sample).ok()).collect();
    if !examples.is_empty() {
        schema.insert("examples".to_owned(), examples.into());
    }
    Document { name, schema }
}

/// Every property says where it comes from; one that does not say so itself comes from where its type does.
fn label_properties(schema: &mut Schema) {
    let Some(source) = schema.get("x-cloudlx-source").cloned() else { return };
    let properties = schema.get_mut("properties").and_then(|properties| properties.as_object_mut());
    for property in properties.into_iter().flat_map(|properties| properties.values_mut()) {
        if let Some(property) = property.as_object_mut() {
            property.entry("x-cloudlx-source").or_insert_with(|| source.clone());
        }
    }
}

/// Takes out what only Rust knows: the sizes of integers, which are no format of JSON Schema; the line breaks of doc
/// comments, which mean nothing within a paragraph; and the choice that an enum of one value leaves.
fn as_other_languages_read_it(schema: &mut Schema) {
    if schema.get("format").and_then(|format| format.as_str()).is_some_and(|format| format.contains("int")) {
        schema.remove("format");
    }
    if let Some([only]) = schema.get("oneOf").and_then(|choices| choices.as_array()).map(Vec::as_slice) {
        let only = only.as_object().cloned().unwrap_or_default();
        schema.remove("oneOf");
        for (keyword, value) in only {
            schema.ensure_object().entry(keyword).or_insert(value);
        }
    }
    if let Some(description) = schema.get("description").and_then(|description| description.as_str()) {
        let paragraphs: Vec<_> =
            description.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
        schema.insert("description".to_owned(), paragraphs.join("\n\n").into());
    }
}
