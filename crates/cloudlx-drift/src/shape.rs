//! Infers a JSON Schema from values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// What a set of values has in common: the types, the fields of objects, the elements of arrays.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Shape {
    types: BTreeSet<&'static str>,
    objects: usize,
    fields: BTreeMap<String, Field>,
    elements: Option<Box<Shape>>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Field {
    times: usize,
    shape: Shape,
}

/// The JSON type of a value, with `integer` for whole numbers.
pub(crate) fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Shape {
    /// The shape of one value.
    pub(crate) fn from_value(value: &Value) -> Self {
        let mut shape = Self::default();
        shape.add(value);
        shape
    }

    /// Widens the shape to include `value`.
    pub(crate) fn add(&mut self, value: &Value) {
        self.types.insert(json_type(value));
        match value {
            Value::Array(elements) => {
                let shape = self.elements.get_or_insert_default();
                for element in elements {
                    shape.add(element);
                }
            }
            Value::Object(fields) => {
                self.objects += 1;
                for (name, value) in fields {
                    let field = self.fields.entry(crate::mask::name(name).into_owned()).or_default();
                    field.times += 1;
                    field.shape.add(value);
                }
            }
            _ => {}
        }
    }

    /// The schema of an undocumented property.
    pub(crate) fn to_property(&self) -> Value {
        let mut schema = self.to_schema();
        schema.insert("x-cloudlx-source".to_owned(), "inferred".into());
        schema.into()
    }

    fn to_schema(&self) -> Map<String, Value> {
        let mut schema = Map::new();
        // `number` includes `integer`.
        let types: Vec<_> =
            self.types.iter().filter(|it| **it != "integer" || !self.types.contains("number")).collect();
        match types.as_slice() {
            [] => {}
            [only] => drop(schema.insert("type".to_owned(), json!(only))),
            several => drop(schema.insert("type".to_owned(), json!(several))),
        }
        if self.objects > 0 {
            let fields = self.fields.iter();
            let properties: Map<_, _> =
                fields.map(|(name, field)| (name.clone(), field.shape.to_schema().into())).collect();
            let always = self.fields.iter().filter(|(_, field)| field.times >= self.objects);
            let required: Vec<_> = always.map(|(name, _)| name).collect();
            schema.insert("properties".to_owned(), properties.into());
            schema.insert("required".to_owned(), json!(required));
        }
        if let Some(elements) = &self.elements {
            schema.insert("items".to_owned(), elements.to_schema().into());
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(values: &[Value]) -> Value {
        let mut shape = Shape::default();
        for value in values {
            shape.add(value);
        }
        shape.to_schema().into()
    }

    #[test]
    fn a_schema_takes_every_value_that_came() {
        for (values, expected) in [
            (vec![json!("x")], json!({"type": "string"})),
            (vec![json!("x"), json!(null)], json!({"type": ["null", "string"]})),
            (vec![json!(1), json!(1.5)], json!({"type": "number"})),
            (vec![json!([])], json!({"type": "array", "items": {}})),
            (
                vec![json!([1, "x"]), json!([true])],
                json!({"type": "array", "items": {"type": ["boolean", "integer", "string"]}}),
            ),
            (
                vec![json!({"a": 1, "b": {"c": []}}), json!({"a": null})],
                json!({
                    "type": "object",
                    "properties": {
                        "a": {"type": ["integer", "null"]},
                        "b": {
                            "type": "object",
                            "properties": {"c": {"type": "array", "items": {}}},
                            "required": ["c"],
                        },
                    },
                    "required": ["a"],
                }),
            ),
        ] {
            let schema = schema(&values);
            assert_eq!(schema, expected);
            let validator = jsonschema::validator_for(&schema).unwrap();
            assert!(values.iter().all(|value| validator.is_valid(value)), "{schema}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_schema_of_any_values_takes_them(values in proptest::collection::vec(value(), 1..5)) {
            let validator = jsonschema::validator_for(&schema(&values)).unwrap();
            for value in &values {
                proptest::prop_assert!(validator.is_valid(value), "{value} by {}", schema(&values));
            }
        }
    }

    fn value() -> impl proptest::strategy::Strategy<Value = Value> {
        use proptest::prelude::*;

        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e9..1e9).prop_map(Value::from),
            "[a-z]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::btree_map("[a-c]", inner, 0..3)
                    .prop_map(|fields| fields.into_iter().collect::<Map<_, _>>().into()),
            ]
        })
    }
}
