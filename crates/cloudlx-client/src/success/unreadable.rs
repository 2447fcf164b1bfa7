//! What is wrong with a customer that cannot be read, in words that show nothing of it but its id.

use cloudlx_model::{Country, Currency, Customer, CustomerId};
use serde::Deserialize;
use serde_json::Value;

use crate::success::json_problem::without_values;
use crate::success::listed::UnreadableCustomer;

/// The customer at this position of the list, which failed to parse with `error`.
pub(crate) fn unreadable(json: &str, place: u64, error: &serde_json::Error) -> UnreadableCustomer {
    // Where the id appears twice, it is uncertain, and is not read.
    let is_object = json.trim_start().starts_with('{');
    let id = serde_json::from_str::<OnlyId>(json).ok().filter(|_| is_object).map(|only| only.id);
    let problem = serde_json::from_str::<Value>(json).ok().and_then(|customer| find_problem(&customer));
    UnreadableCustomer { place, id, problem: problem.unwrap_or_else(|| describe(error)) }
}

/// The part of a customer that identifies it.
#[derive(Deserialize)]
struct OnlyId {
    #[serde(deserialize_with = "customer_id")]
    id: CustomerId,
}

/// Reads an id exactly as a customer's id is read.
fn customer_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<CustomerId, D::Error> {
    let id = Value::deserialize(deserializer)?;
    let customer = with(&readable(), "id", id);
    serde_json::from_value::<Customer>(customer).map(|customer| customer.id).map_err(serde::de::Error::custom)
}

/// The first field that cannot be read, and why. Each field is tried in a customer whose other fields can be read.
fn find_problem(customer: &Value) -> Option<String> {
    let Value::Object(fields) = customer else {
        return Some(format!("expected an object, found {}", json_type(customer)));
    };
    let readable = readable();
    let mut names: Vec<_> = readable.as_object()?.keys().collect();
    // A feature of another crate can change the order of `serde_json`'s maps.
    names.sort_unstable();
    names.into_iter().find_map(|name| {
        let Some(value) = fields.get(name) else { return Some(format!("missing field `{name}`")) };
        let error = serde_json::from_value::<Customer>(with(&readable, name, value.clone())).err()?;
        Some(format!("`{name}`: {}", describe(&error)))
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

/// What is wrong with a customer, or with one of its fields.
fn describe(error: &serde_json::Error) -> String {
    let other = if error.is_data() { "expected a customer as it is documented" } else { "expected JSON" };
    without_values(error).unwrap_or_else(|| other.to_owned())
}

fn json_type(value: &Value) -> &'static str {
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

    fn unreadable_customer(json: &str) -> UnreadableCustomer {
        unreadable(json, 3, &serde_json::from_str::<Customer>(json).unwrap_err())
    }

    fn changed(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> UnreadableCustomer {
        let mut customer: Value = serde_json::from_str(SAMPLE).unwrap();
        change(customer.as_object_mut().unwrap());
        unreadable_customer(&customer.to_string())
    }

    fn with_field(field: &str, value: Value) -> UnreadableCustomer {
        changed(|customer| _ = customer.insert(field.to_owned(), value))
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
            let found = with_field(field, value);
            assert_eq!((found.place, found.problem.as_str()), (3, problem), "{field}");
            assert!(found.id.is_some(), "{field}: its id can be read");
        }
        let found = changed(|customer| _ = customer.remove("country"));
        assert_eq!(found.problem, "missing field `country`");
    }

    #[test]
    fn an_id_that_is_not_one_is_none() {
        for id in [Value::Null, Value::from("7a"), Value::from(0), Value::from(1.5)] {
            let found = with_field("id", id.clone());
            assert_eq!(found.id, None, "{id}");
            assert!(found.problem.starts_with("`id`: expected an id from"), "{}", found.problem);
        }
        let twice = SAMPLE.replacen('{', r#"{"id": 9, "#, 1);
        let found = unreadable_customer(&twice);
        assert_eq!((found.id, found.problem.as_str()), (None, "duplicate field `id`"));
        assert_eq!(unreadable_customer("null").problem, "expected an object, found null");
        assert_eq!(unreadable_customer("[1]").id, None);
    }

    #[test]
    fn an_id_as_text_is_read_also_where_another_field_cannot_be() {
        let found = changed(|customer| {
            customer.insert("id".to_owned(), Value::from("7001"));
            customer.insert("name".to_owned(), Value::Null);
        });
        assert_eq!(found.id, Some(CustomerId(7001)));
        assert_eq!(
            found.to_string(),
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
                let found = with_field(field, value);
                assert!(!found.problem.contains("S3CR3T"), "{field}: {}", found.problem);
            }
        }
        let surrogate = SAMPLE.replacen(r#""name": ""#, r#""name": "S3CR3T\ud800"#, 1);
        assert_eq!(unreadable_customer(&surrogate).problem, "expected JSON");
    }
}
