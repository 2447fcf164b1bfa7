//! Compares a response with what is documented for it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cloudlx_client::{Paging, without_byte_order_mark};
use cloudlx_model::EndpointInfo;
use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use crate::contract::Contract;
use crate::finding::{Addition, Change, Finding};
use crate::mask;
use crate::paged::paging_finding;
use crate::shape::{Shape, json_type};

/// A response to compare.
pub(crate) struct ComparedResponse<'a> {
    pub(crate) endpoint: &'a EndpointInfo,
    pub(crate) status: u16,
    pub(crate) media_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
    /// What the head states about paging, where the body is a list.
    pub(crate) paging: Paging,
}

impl Contract {
    /// Every difference between a response of `endpoint` and the contract, ordered by position in the body.
    #[must_use]
    pub fn compare(
        &self,
        endpoint: &EndpointInfo,
        status: u16,
        media_type: Option<&str>,
        body: &[u8],
    ) -> Vec<Finding> {
        let response = ComparedResponse { endpoint, status, media_type, body, paging: Paging::default() };
        self.compare_and_collect(response, &mut NewFields::default())
    }

    /// Compares, and adds the values in new fields to those of other responses.
    pub(crate) fn compare_and_collect(
        &self,
        response: ComparedResponse<'_>,
        new_fields: &mut NewFields,
    ) -> Vec<Finding> {
        let ComparedResponse { endpoint, status, media_type, body, paging } = response;
        let Some(media_types) = self.media_types(endpoint, status) else {
            let expected = self.statuses(endpoint).into_iter().map(str::to_owned).collect();
            return vec![Finding::for_response(Change::UndocumentedStatus { expected, found: status })];
        };
        let mut findings = Vec::new();
        let essence = media_type.map(essence);
        if !essence.as_ref().is_some_and(|essence| media_types.contains(&essence.as_str())) {
            let expected = media_types.into_iter().map(str::to_owned).collect();
            findings.push(Finding::for_response(Change::UndocumentedMediaType { expected, found: essence }));
        }
        let unmarked = without_byte_order_mark(body);
        if unmarked.len() < body.len() {
            findings.push(Finding::for_response(Change::ByteOrderMark));
        }
        match serde_json::from_slice::<Value>(unmarked) {
            Ok(body) => {
                let validator = self.reference(endpoint, status).and_then(|it| self.validator(it));
                let list = self.list_field(endpoint);
                findings.extend(list.and_then(|list| paging_finding(list, status, paging, &body)));
                findings.extend(validator.into_iter().flat_map(|it| self.differences(it, &body, new_fields)));
            }
            Err(_) => findings.push(Finding::for_response(Change::NotJson)),
        }
        findings
    }

    fn differences(&self, validator: &Validator, body: &Value, new_fields: &mut NewFields) -> Vec<Finding> {
        let mut differences = Differences::default();
        for error in validator.iter_errors(body) {
            match error.kind() {
                ValidationErrorKind::AdditionalProperties { unexpected } => {
                    let owner = owner(error.schema_path());
                    for name in unexpected {
                        let value = error.instance().get(name).unwrap_or(&Value::Null);
                        differences.new_field(error.instance_path(), owner.as_deref(), name, value);
                        new_fields.add(owner.as_deref(), name, value);
                    }
                }
                ValidationErrorKind::Required { property } => {
                    let name = property.as_str().unwrap_or_default();
                    differences.add(masked_pointer(&error.instance_path().join(name)), Change::MissingField);
                }
                _ => {
                    let change = Change::ChangedField {
                        expected: self.expected(&error),
                        found: json_type(error.instance()),
                    };
                    differences.add(masked_pointer(error.instance_path()), change);
                }
            }
        }
        differences.into_findings()
    }

    /// The keyword that refuses a value, with its own value in the document.
    fn expected(&self, error: &ValidationError<'_>) -> String {
        let keyword = error.kind().keyword();
        match self.resolve(error.schema_path().as_str()) {
            Some(Value::String(text)) => format!("{keyword} {text}"),
            Some(Value::Array(_) | Value::Number(_)) => {
                let value = self.resolve(error.schema_path().as_str()).map(ToString::to_string);
                format!("{keyword} {}", value.unwrap_or_default())
            }
            _ => keyword.to_owned(),
        }
    }
}

/// The new fields of all responses with the shapes of their values, by the schema that they belong to and their names.
#[derive(Default)]
pub(crate) struct NewFields(BTreeMap<(Option<String>, String), Shape>);

impl NewFields {
    fn add(&mut self, owner: Option<&str>, name: &str, value: &Value) {
        let key = (owner.map(str::to_owned), mask::name(name).into_owned());
        self.0.entry(key).or_default().add(value);
    }

    pub(crate) fn into_additions(self) -> Vec<Addition> {
        let additions = self.0.into_iter();
        additions.map(|((to, name), shape)| Addition { to, name, schema: shape.to_property() }).collect()
    }
}

/// The differences in one response, each with the number of positions that have it.
#[derive(Default)]
struct Differences {
    findings: Vec<Finding>,
    /// By position and name: the index of a new field in `findings`, and the shape of its values.
    new_fields: BTreeMap<(String, String), (usize, Shape)>,
}

impl Differences {
    fn add(&mut self, place: String, change: Change) {
        match self.findings.iter_mut().find(|other| other.place == place && other.change == change) {
            Some(finding) => finding.times += 1,
            None => self.findings.push(Finding { change, place, times: 1 }),
        }
    }

    fn new_field(&mut self, object: &Location, owner: Option<&str>, name: &str, value: &Value) {
        let name = mask::name(name);
        let place = masked_pointer(&object.join(name.as_ref()));
        let key = (place, name.into_owned());
        if let Some((index, shape)) = self.new_fields.get_mut(&key) {
            shape.add(value);
            if let Some(finding) = self.findings.get_mut(*index) {
                finding.times += 1;
            }
            return;
        }
        let (place, name) = key.clone();
        let add = Addition { to: owner.map(str::to_owned), name, schema: Value::Null };
        self.new_fields.insert(key, (self.findings.len(), Shape::from_value(value)));
        self.findings.push(Finding { change: Change::NewField { add }, place, times: 1 });
    }

    fn into_findings(mut self) -> Vec<Finding> {
        for (index, shape) in self.new_fields.into_values() {
            if let Some(Finding { change: Change::NewField { add }, .. }) = self.findings.get_mut(index) {
                add.schema = shape.to_property();
            }
        }
        self.findings.sort_by(|one, other| one.place.cmp(&other.place));
        self.findings
    }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// A pointer into the body, with `*` for each index of an array. Names that look like data are masked.
fn masked_pointer(location: &Location) -> String {
    let mut pointer = Location::new();
    for segment in location.segments() {
        pointer = match segment {
            LocationSegment::Index(_) => pointer.join("*"),
            LocationSegment::Property(name) => pointer.join(mask::name(&name).as_ref()),
        };
    }
    pointer.as_str().to_owned()
}

/// The component that a keyword belongs to: `Customer` for `/components/schemas/Customer/additionalProperties`.
fn owner(keyword: &Location) -> Option<String> {
    let names: Vec<Cow<'_, str>> = keyword
        .segments()
        .filter_map(|segment| match segment {
            LocationSegment::Property(name) => Some(name),
            LocationSegment::Index(_) => None,
        })
        .collect();
    match names.as_slice() {
        [components, schemas, name, _] if components == "components" && schemas == "schemas" => {
            Some(name.to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_model::{GetCustomer, ListCustomers, ListRealms};
    use serde_json::json;

    use super::*;

    fn found(endpoint: EndpointInfo, status: u16, media_type: Option<&str>, body: &Value) -> Vec<String> {
        let contract = Contract::current().unwrap();
        let findings = contract.compare(&endpoint, status, media_type, body.to_string().as_bytes());
        findings.iter().map(ToString::to_string).collect()
    }

    fn found_in_realms(body: &Value) -> Vec<String> {
        found(EndpointInfo::of::<ListRealms>(), 200, Some("application/json"), body)
    }

    #[test]
    fn the_examples_of_the_document_are_as_it_says() {
        let document = cloudlx_openapi::document().unwrap();
        let contract = Contract::current().unwrap();
        let mut compared = 0;
        for endpoint in cloudlx_model::ENDPOINTS {
            let operation = &document["paths"][endpoint.path][endpoint.method.as_str().to_lowercase()];
            for (status, answer) in operation["responses"].as_object().unwrap() {
                for (media_type, media) in answer["content"].as_object().unwrap() {
                    let body = media["example"].to_string();
                    let status = status.parse().unwrap();
                    let findings = contract.compare(endpoint, status, Some(media_type), body.as_bytes());
                    assert_eq!(findings, [], "{} {status}", endpoint.name);
                    compared += 1;
                }
            }
        }
        assert!(compared > 40, "{compared}");
    }

    #[test]
    fn new_fields_come_with_what_to_add() {
        assert_eq!(
            found_in_realms(&json!({"realms": [
                {"name": "A", "description": null, "tier": "gold", "6918": 1},
                {"name": "B", "description": null, "tier": null},
            ], "about": {"since": 2}})),
            [
                "new field /about: {\"type\":\"object\",\"properties\":{\"since\":{\"type\":\"integer\"}},\"required\":[\"since\"],\"x-cloudlx-source\":\"inferred\"}",
                "new field /realms/*/*: {\"type\":\"integer\",\"x-cloudlx-source\":\"inferred\"}",
                "new field /realms/*/tier in 2 places: {\"type\":[\"null\",\"string\"],\"x-cloudlx-source\":\"inferred\"}",
            ]
        );
    }

    #[test]
    fn what_is_missing_or_changed_is_drift() {
        assert_eq!(
            found_in_realms(
                &json!({"realms": [{"id": "2", "name": null}, {"id": 0, "name": 1, "description": null}]})
            ),
            [
                "missing field /realms/*/description: expected it always, found none",
                "changed field /realms/*/id: expected type integer, found string",
                "changed field /realms/*/id: expected minimum 1, found integer",
                "changed field /realms/*/name: expected type string, found null",
                "changed field /realms/*/name: expected type string, found integer",
            ]
        );
        assert_eq!(
            found_in_realms(&json!([])),
            ["changed field the body: expected type object, found array"]
        );
        assert_eq!(
            found_in_realms(&json!({"data": []})),
            [
                "new field /data: {\"type\":\"array\",\"items\":{},\"x-cloudlx-source\":\"inferred\"}",
                "missing field /realms: expected it always, found none",
            ]
        );
    }

    #[test]
    fn a_status_a_media_type_and_other_text_are_looked_at() {
        let list = EndpointInfo::of::<ListCustomers>();
        let customers = json!({"customers": []});
        for fine in ["application/json", "Application/JSON; charset=utf-8", cloudlx_model::MEDIA_TYPE] {
            assert_eq!(found(list, 200, Some(fine), &customers), [""; 0], "{fine}");
        }
        assert_eq!(
            found(list, 200, None, &customers),
            [
                "undocumented media type: expected application/vnd.cloudlx.v1+json or application/json, found none"
            ]
        );
        assert_eq!(
            found(list, 404, Some("application/json"), &customers),
            [
                "undocumented status: expected 200, 401, 406, 429, found 404: check the base URL and the permissions first"
            ]
        );
        let error = json!({"message": "No."});
        assert_eq!(found(EndpointInfo::of::<GetCustomer>(), 404, Some("application/json"), &error), [""; 0]);
        let contract = Contract::current().unwrap();
        let findings = contract.compare(&list, 200, Some("text/html"), b"<p>Log in");
        assert_eq!(findings.len(), 2);
        assert_eq!(findings[1].change, Change::NotJson);
    }

    #[test]
    fn differences_in_many_places_are_one_finding() {
        let customers: Vec<_> = (0..1000).map(|id| json!({"id": id + 1, "vat": id})).collect();
        let findings = found(
            EndpointInfo::of::<ListCustomers>(),
            200,
            Some("application/json"),
            &json!({"customers": customers}),
        );
        assert_eq!(findings.len(), 6, "{findings:#?}");
        assert!(findings.iter().all(|finding| finding.contains(" in 1000 places")));
    }

    #[test]
    fn what_the_client_reads_all_the_same_is_drift() {
        let list = EndpointInfo::of::<ListCustomers>();
        for body in [
            json!({"customers": null}),
            json!({"customers": {}}),
            json!({"customers": [{"id": "7", "name": "", "currency": {"name": "", "iso_2": "", "iso_3": ""},
                "country": {"iso_2": "", "name": ""}, "realms": [], "sub_realms": []}]}),
        ] {
            assert!(serde_json::from_value::<cloudlx_model::CustomerList>(body.clone()).is_ok(), "{body}");
            let contract = Contract::current().unwrap();
            let findings =
                contract.compare(&list, 200, Some("application/json"), body.to_string().as_bytes());
            assert!(findings.iter().any(|finding| !finding.change.is_additive()), "{body}: {findings:?}");
        }
        let marked = "\u{feff}{\"customers\": []}";
        let findings =
            Contract::current().unwrap().compare(&list, 200, Some("application/json"), marked.as_bytes());
        assert_eq!(findings.iter().map(|it| &it.change).collect::<Vec<_>>(), [&Change::ByteOrderMark]);
    }

    #[test]
    fn no_value_is_shown() {
        let body =
            json!({"customers": [{"id": "s3cr3t", "name": ["s3cr3t"], "x": "s3cr3t", "s3cr3t@x.y": 1}]});
        let findings = found(EndpointInfo::of::<ListCustomers>(), 200, Some("application/json"), &body);
        assert!(!findings.concat().contains("s3cr3t"), "{findings:#?}");
    }
}
