//! Responses kept for tests, without personal data.

use std::collections::BTreeSet;

use cloudlx_client::without_byte_order_mark;
use cloudlx_model::EndpointInfo;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::contract::Contract;
use crate::mask;
use crate::observe::{Observation, Observed};
use crate::shape::Shape;

/// The types whose texts are ISO codes or come from the vendor's catalogue, not from a customer.
const NOT_PERSONAL: [&str; 5] = ["Country", "Currency", "CustomerSubRealm", "Realm", "SubRealm"];

/// A response without personal data.
///
/// Texts are masked unless they are ISO codes or come from the catalogue, and so are numbers that are not in the contract. Of a
/// documented secret, only the length stays. Of the elements of an array, one of each shape stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sample {
    /// The call's name.
    pub endpoint: String,
    /// The status of the response.
    pub status: u16,
    /// The `Content-Type` of the response.
    pub media_type: Option<String>,
    /// The body.
    pub body: Value,
}

impl Contract {
    /// A sample of each kind of JSON response, with a name for a file: the name of the call, the status where it is not 200, and a
    /// number from the second sample on.
    #[must_use]
    pub fn samples(&self, observations: &[Observation]) -> Vec<(String, Sample)> {
        let mut samples: Vec<(String, Sample)> = Vec::new();
        for observation in observations {
            let Some(sample) = self.sample(observation) else { continue };
            let shape = Shape::from_value(&sample.body);
            let mut alike = samples
                .iter()
                .filter(|(_, other)| (&other.endpoint, other.status) == (&sample.endpoint, sample.status));
            if alike.clone().any(|(_, other)| Shape::from_value(&other.body) == shape) {
                continue;
            }
            let mut name = sample.endpoint.clone();
            if sample.status != 200 {
                name = format!("{name}.{}", sample.status);
            }
            if alike.next().is_some() {
                name = format!("{name}.{}", alike.count() + 2);
            }
            samples.push((name, sample));
        }
        samples
    }

    fn sample(&self, observation: &Observation) -> Option<Sample> {
        let Observed::Answer(answer) = &observation.observed else { return None };
        let body = serde_json::from_slice(without_byte_order_mark(&answer.body)).ok()?;
        let status = answer.status.as_u16();
        Some(Sample {
            endpoint: observation.endpoint.name.to_owned(),
            status,
            media_type: answer.media_type.as_deref().map(str::to_owned),
            body: self.scrub(&observation.endpoint, status, body),
        })
    }

    /// `body` without personal data.
    fn scrub(&self, endpoint: &EndpointInfo, status: u16, body: Value) -> Value {
        let known = self.reference(endpoint, status).and_then(|reference| self.known_schema(reference));
        self.scrubbed(body, known)
    }

    fn scrubbed(&self, value: Value, known: Option<KnownSchema<'_>>) -> Value {
        match value {
            Value::Number(number) if !known.is_some_and(KnownSchema::is_number) => mask::number(&number),
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
            Value::String(text) => match known {
                Some(known) if known.is_secret() => "x".repeat(text.chars().count()).into(),
                Some(KnownSchema { owner: Some(owner), .. }) if NOT_PERSONAL.contains(&owner) => text.into(),
                _ => mask::text(&text).into(),
            },
            Value::Array(elements) => {
                let known = known.and_then(|known| self.inside(known, known.schema.get("items")?));
                let mut shapes = BTreeSet::new();
                let elements =
                    elements.into_iter().filter(|element| shapes.insert(Shape::from_value(element)));
                elements.map(|element| self.scrubbed(element, known)).collect()
            }
            Value::Object(fields) => {
                let fields = fields.into_iter().map(|(name, value)| {
                    let property = known
                        .and_then(|known| self.inside(known, known.schema.get("properties")?.get(&name)?));
                    (mask::name(&name).into_owned(), self.scrubbed(value, property))
                });
                Value::Object(fields.collect::<Map<_, _>>())
            }
        }
    }

    /// The schema at a reference, with the name of its component.
    fn known_schema<'a>(&'a self, reference: &'a str) -> Option<KnownSchema<'a>> {
        let schema = self.resolve(reference)?;
        Some(KnownSchema { schema, owner: reference.rsplit('/').next() })
    }

    /// A schema inside a known one, followed where it is a reference.
    fn inside<'a>(&'a self, known: KnownSchema<'a>, schema: &'a Value) -> Option<KnownSchema<'a>> {
        match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.known_schema(reference),
            None => Some(KnownSchema { schema, owner: known.owner }),
        }
    }
}

/// A schema, and the component that contains it.
#[derive(Clone, Copy)]
struct KnownSchema<'a> {
    schema: &'a Value,
    owner: Option<&'a str>,
}

impl KnownSchema<'_> {
    /// Whether only one side may send it: a token, a client's secret.
    fn is_secret(self) -> bool {
        ["readOnly", "writeOnly"].iter().any(|keyword| self.schema.get(keyword) == Some(&Value::Bool(true)))
    }

    fn is_number(self) -> bool {
        let named = self.schema.get("type").and_then(Value::as_str);
        matches!(named, Some("integer" | "number"))
    }
}

#[cfg(test)]
mod tests {
    use cloudlx_model::{AccessTokenRequest, ListCustomers};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_said_of_people_is_masked_and_what_is_not_stays() {
        let contract = Contract::current().unwrap();
        let customer = json!({
            "id": 6918,
            "name": "Ann Example Ltd",
            "phone": 4_407_700,
            "owner": {"email": "ann@example.com", "born": "1990-01-31", "vip": true, "note": null},
            "by_mail": {"ann@example.com": "x"},
            "currency": {"name": "GBP - British Pound", "iso_2": "GB", "iso_3": "GBP"},
            "country": {"iso_2": "GB", "name": "United Kingdom", "capital": "London"},
            "realms": [
                {"id": 2, "name": "Networking", "description": null},
                {"id": 7, "name": "Voice", "description": null},
                {"id": 9, "name": "Other", "description": "Told"},
            ],
            "sub_realms": [],
        });
        let mut renamed = customer.clone();
        renamed["name"] = json!(12345);
        let list = json!({"customers": [customer, customer, renamed]});
        let scrubbed = contract.scrub(&EndpointInfo::of::<ListCustomers>(), 200, list);
        let expected = json!({
            "id": 6918,
            "name": "Aaa Aaaaaaa Aaa",
            "phone": 1_111_111,
            "owner": {"email": "aaa@aaaaaaa.aaa", "born": "1111-11-11", "vip": true, "note": null},
            "by_mail": {"aaa@aaaaaaa.aaa": "a"},
            "currency": {"name": "GBP - British Pound", "iso_2": "GB", "iso_3": "GBP"},
            "country": {"iso_2": "GB", "name": "United Kingdom", "capital": "Aaaaaa"},
            "realms": [
                {"id": 2, "name": "Networking", "description": null},
                {"id": 9, "name": "Other", "description": "Told"},
            ],
            "sub_realms": [],
        });
        assert_eq!(scrubbed["customers"][0], expected);
        assert_eq!(
            scrubbed["customers"][1]["name"], 11111,
            "a number where a text is documented is no less personal"
        );
        assert_eq!(scrubbed["customers"].as_array().unwrap().len(), 2, "one of each shape");
    }

    #[test]
    fn no_token_is_kept() {
        let contract = Contract::current().unwrap();
        let token = json!({"access_token": "s3cr3t", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "R"});
        let scrubbed = contract.scrub(&EndpointInfo::of::<AccessTokenRequest>(), 200, token.clone());
        assert_eq!(
            scrubbed,
            json!({"access_token": "xxxxxx", "token_type": "Aaaaaa", "expires_in": 3600, "refresh_token": "x"})
        );
        // A token is not kept from an undocumented response either.
        let scrubbed = contract.scrub(&EndpointInfo::of::<AccessTokenRequest>(), 418, token);
        assert_eq!(scrubbed["access_token"], "a1aa1a");
        assert_eq!(scrubbed["expires_in"], 1111);
    }
}
