//! What is wrong with a customer that cannot be read, without saying anything of it but its id.

use cloudlx_model::{Country, Currency, Customer, CustomerId};
use serde::Deserialize;
use serde_json::Value;

use crate::success::json_problem::without_values;
use crate::success::listed::UnreadableCustomer;

/// The customer in this place of the list, of which `error` was said.
pub(crate) fn unreadable(json: &str, place: u64, error: &serde_json::Error) -> UnreadableCustomer {
    // One that stands twice is not this customer's for certain, and is not read.
    let is_object = json.trim_start().starts_with('{');
    let id = serde_json::from_str::<OnlyId>(json).ok().filter(|_| is_object).map(|only| only.id);
    let problem = serde_json::from_str::<Value>(json).ok().and_then(|customer| problem_of(&customer));
    UnreadableCustomer { place, id, problem: problem.unwrap_or_else(|| words(error)) }
}

/// As much of a customer as tells it from others.
#[derive(Deserialize)]
struct OnlyId {
    #[serde(deserialize_with = "customer_id")]
    id: CustomerId,
}

/// An id as it is read in a customer, to which this leaves what it may look like.
fn customer_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<CustomerId, D::Error> {
    let id = Value::deserialize(deserializer)?;
    let customer = with(&readable(), "id", id);
    serde_json::from_value::<Customer>(customer).map(|customer| customer.id).map_err(serde::de::Error::custom)
}

/// Which field cannot be read, and why: the first that keeps a customer that can be read from being so.
fn problem_of(customer: &Value) -> Option<String> {
    let Value::Object(fields) = customer else {
        return Some(format!("expected an object, found {}", kind(customer)));
    };
    let readable = readable();
    let mut names: Vec<_> = readable.as_object()?.keys().collect();
    // Their order is `serde_json`'s, which another crate's features change.
    names.sort_unstable();
    names.into_iter().find_map(|name| {
        let Some(value) = fields.get(name) else { return Some(format!("missing field `{name}`")) };
        let error = serde_json::from_value::<Customer>(with(&readable, name, value.clone())).err()?;
        Some(format!("`{name}`: {}", words(&error)))
    })
}

/// A customer that can be read.
fn readable() -> Value {
    let (currency, country) = (Currency::new("", "", ""), Country::new("", ""));
    let id = CustomerId(cloudlx_model::id::MIN);
    let customer = Customer::new(id, "", currency, country, Vec::new(), Vec::new());
    serde_json::to_value(customer).unwrap_or_default()
}

fn with(customer: &Value, field: &str, value: Value) -> Value {
    let mut customer = customer.clone();
    if let Some(field) = customer.get_mut(field) {
        *field = value;
    }
    customer
}

/// What a parser says of a customer, or of one of its fields.
fn words(error: &serde_json::Error) -> String {
    let other = if error.is_data() { "expected a customer as it is documented" } else { "expected JSON" };
    without_values(error).unwrap_or_else(|| other.to_owned())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = include_str!("../../../cloudlx-model/samples/customer.details.json");

    fn told(json: &str) -> UnreadableCustomer {
        unreadable(json, 3, &serde_json::from_str::<Customer>(json).unwrap_err())
    }

    fn told_of(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> UnreadableCustomer {
        let mut customer: Value = serde_json::from_str(SAMPLE).unwrap();
        change(customer.as_object_mut().unwrap());
        told(&customer.to_string())
    }

    fn told_with(field: &str, value: Value) -> UnreadableCustomer {
        told_of(|customer| _ = customer.insert(field.to_owned(), value))
    }

    #[test]
    fn the_field_is_named_and_what_was_expected_there() {
        for (field, value, problem) in [
            ("name", Value::from(360), "`name`: expected a string, found number"),
            ("name", Value::Null, "`name`: expected a string, found null"),
            ("currency", serde_json::json!({"name": "", "iso_2": ""}), "`currency`: missing field `iso_3`"),
            ("country", Value::from("GB"), "`country`: expected struct Country, found string"),
            (
                "realms",
                serde_json::json!({"Jane": 1}),
                "`realms`: expected a list, found an object whose keys are not numbers",
            ),
            (
                "sub_realms",
                serde_json::json!([{"id": 0}]),
                "`sub_realms`: expected an id from 1 to 9007199254740991, found number",
            ),
        ] {
            let told = told_with(field, value);
            assert_eq!((told.place, told.problem.as_str()), (3, problem), "{field}");
            assert!(told.id.is_some(), "{field}: its id can be read");
        }
        let told = told_of(|customer| _ = customer.remove("country"));
        assert_eq!(told.problem, "missing field `country`");
    }

    #[test]
    fn an_id_that_is_not_one_is_none() {
        for id in [Value::Null, Value::from("7a"), Value::from(0), Value::from(1.5)] {
            let told = told_with("id", id.clone());
            assert_eq!(told.id, None, "{id}");
            assert!(told.problem.starts_with("`id`: expected an id from"), "{}", told.problem);
        }
        let twice = SAMPLE.replacen('{', r#"{"id": 9, "#, 1);
        let told = told(&twice);
        assert_eq!((told.id, told.problem.as_str()), (None, "duplicate field `id`"));
        assert_eq!(super::tests::told("null").problem, "expected an object, found null");
        assert_eq!(super::tests::told("[1]").id, None);
    }

    #[test]
    fn an_id_as_text_is_read_also_where_another_field_cannot_be() {
        let told = told_of(|customer| {
            customer.insert("id".to_owned(), Value::from("7001"));
            customer.insert("name".to_owned(), Value::Null);
        });
        assert_eq!(told.id, Some(CustomerId(7001)));
        assert_eq!(
            told.to_string(),
            "the customer in place 3 of the list (id 7001) could not be read: `name`: expected a string, found null"
        );
    }

    #[test]
    fn nothing_of_the_customer_is_said() {
        let secret = r#"S3CR3T", expected S3CR3T at line 5 column 3 `S3CR3T`, expected S3CR3T"#;
        for field in ["id", "currency", "country", "realms", "sub_realms"] {
            for value in
                [Value::from(secret), serde_json::json!({secret: secret}), serde_json::json!([secret])]
            {
                let told = told_with(field, value);
                assert!(!told.problem.contains("S3CR3T"), "{field}: {}", told.problem);
            }
        }
        let surrogate = SAMPLE.replacen(r#""name": ""#, r#""name": "S3CR3T\ud800"#, 1);
        assert_eq!(told(&surrogate).problem, "expected JSON");
    }
}
