//! Finds documents that show a difference: one version accepts them, the other refuses them.
//!
//! It makes candidates from the schema of the difference, and validates them with both versions. So every document that
//! passes is a proof, however it was made.

use jsonschema::canonical::{
    ArrayView, CanonicalSchema, CanonicalView, IntegerView, NumberView, ObjectView, ObjectViolationView,
    StringView,
};
use jsonschema::{JsonType, Validator};
use serde_json::{Map, Number, Value, json};

use crate::schema::algebra::{self, Difference};
use crate::schema::patterns;
use crate::schema::samples::Samples;

/// How deep documents are made.
const DEPTH: usize = 12;
/// How many candidates a part of a document has.
const CANDIDATES: usize = 8;
/// Strings and arrays that must be longer are not made.
const LONGEST: usize = 4096;

/// Validators of two schemas, of which one should accept a document and the other refuse it.
pub(crate) struct Validators {
    accepting: Validator,
    refusing: Validator,
}

impl Validators {
    /// `None` when one of them is no valid schema.
    pub(crate) fn new(accepting: &Value, refusing: &Value) -> Option<Self> {
        Some(Self { accepting: algebra::validator(accepting)?, refusing: algebra::validator(refusing)? })
    }

    pub(crate) fn differ_on(&self, document: &Value) -> bool {
        self.accepting.is_valid(document) && !self.refusing.is_valid(document)
    }
}

/// Documents that may show a difference, the simplest first, and then the samples.
pub(crate) fn documents(difference: &Difference, samples: &Samples) -> Vec<Value> {
    let made = match difference {
        Difference::Schema { schema, .. } => candidates(schema),
        Difference::Empty | Difference::Undecided(_) => Vec::new(),
    };
    made.into_iter().chain(samples.documents.iter().cloned()).collect()
}

/// A few documents that `schema` accepts, the simplest first.
pub(crate) fn candidates(schema: &CanonicalSchema) -> Vec<Value> {
    within(schema, DEPTH)
}

fn within(schema: &CanonicalSchema, depth: usize) -> Vec<Value> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let made: Vec<Value> = match schema.view() {
        CanonicalView::True => vec![json!("a"), Value::Null],
        CanonicalView::False | CanonicalView::Raw(_) => return Vec::new(),
        CanonicalView::Const(value) => return vec![value],
        CanonicalView::Enum(values) => return values.into_iter().take(CANDIDATES).collect(),
        CanonicalView::MultiType(types) => types.iter().map(simplest).collect(),
        CanonicalView::TypedGroup(group) => within(&group.body, depth),
        CanonicalView::String(view) => strings(&view),
        CanonicalView::Integer(view) => integers(&view),
        CanonicalView::Number(view) => numbers(&view),
        CanonicalView::Array(view) => arrays(&view, depth),
        CanonicalView::Object(view) => objects(&view, depth),
        CanonicalView::Not(_) => anything(),
        CanonicalView::AllOf(branches) | CanonicalView::AnyOf(branches) | CanonicalView::OneOf(branches) => {
            alternately(&branches.iter().map(|branch| within(branch, depth)).collect::<Vec<_>>())
        }
        CanonicalView::Reference(uri) => {
            schema.definition(&uri).map(|target| within(&target, depth)).unwrap_or_default()
        }
    };
    let Some(validator) = algebra::validator(&schema.to_json_schema()) else { return made };
    made.into_iter().filter(|value| validator.is_valid(value)).take(CANDIDATES).collect()
}

/// The first of each, then the second of each …
fn alternately(lists: &[Vec<Value>]) -> Vec<Value> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or_default();
    (0..longest).flat_map(|index| lists.iter().filter_map(move |list| list.get(index)).cloned()).collect()
}

fn simplest(kind: JsonType) -> Value {
    match kind {
        JsonType::Null => Value::Null,
        JsonType::Boolean => json!(true),
        JsonType::Integer => json!(1),
        JsonType::Number => json!(1.5),
        JsonType::String => json!("a"),
        JsonType::Array => json!([]),
        JsonType::Object => json!({}),
    }
}

fn anything() -> Vec<Value> {
    let mut values: Vec<_> = generic_strings().map(Value::from).collect();
    values.extend([
        json!(1),
        json!(1.5),
        json!(true),
        Value::Null,
        json!([]),
        json!({}),
        json!(0),
        json!(-1),
    ]);
    values
}

fn generic_strings() -> impl Iterator<Item = &'static str> {
    ["a", "A", "AA", "AAA", "1", "a b", "a@a", "a@a.a", "a-a", "é", " ", "\n", ""].into_iter()
}

fn strings(view: &StringView) -> Vec<Value> {
    let least = size(view.min_length.as_ref()).unwrap_or_default();
    if least > LONGEST {
        return Vec::new();
    }
    let mut strings: Vec<String> = view.patterns.iter().flat_map(|it| patterns::strings(it)).collect();
    let joined = view.patterns.iter().filter_map(|it| patterns::strings(it).into_iter().next());
    strings.push(joined.collect());
    strings.extend(generic_strings().map(str::to_owned));
    let excluded = view.excluded_patterns.iter().flat_map(|it| patterns::strings(it));
    strings.extend(excluded.map(|string| format!("{string}a")));
    strings.extend(view.formats.iter().filter_map(|format| formatted(format)).map(str::to_owned));
    let long_enough = |mut string: String| {
        let filler = string.chars().last().unwrap_or('a');
        let missing = least.saturating_sub(string.chars().count());
        string.extend(std::iter::repeat_n(filler, missing));
        Value::from(string)
    };
    strings.into_iter().map(long_enough).collect()
}

/// A string of a format that candidates from patterns would hardly meet.
fn formatted(format: &str) -> Option<&'static str> {
    Some(match format {
        "date-time" => "2020-01-01T00:00:00Z",
        "date" => "2020-01-01",
        "time" => "00:00:00Z",
        "duration" => "P1D",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "iri" => "https://a.example",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        _ => return None,
    })
}

fn integers(view: &IntegerView) -> Vec<Value> {
    let ends = [view.minimum.as_ref(), view.maximum.as_ref()];
    let ends = ends.into_iter().flatten().filter_map(Number::as_i128).flat_map(|end| [end, end + 1, end - 1]);
    let ends: Vec<_> = ends.collect();
    let steps = view.multiple_of.iter().filter_map(Number::as_i128).collect::<Vec<_>>();
    let all = [1, 0, -1, 2, 3].into_iter().chain(ends).chain(steps);
    all.filter_map(Number::from_i128).map(Value::Number).collect()
}

fn numbers(view: &NumberView) -> Vec<Value> {
    let ends =
        [view.minimum.as_ref(), view.maximum.as_ref()].into_iter().flatten().filter_map(Number::as_f64);
    let ends: Vec<f64> = ends.flat_map(|end| [end, end + 0.5, end - 0.5, end + 1.0, end - 1.0]).collect();
    [1.5, 0.5, 1.0, 0.0, -1.5]
        .into_iter()
        .chain(ends)
        .filter_map(Number::from_f64)
        .map(Value::Number)
        .collect()
}

fn arrays(view: &ArrayView, depth: usize) -> Vec<Value> {
    let least = size(view.min_items.as_ref()).unwrap_or_default();
    if least > LONGEST {
        return Vec::new();
    }
    let items = match &view.items {
        Some(items) => within(items, depth),
        None => vec![json!(1), json!("a"), json!(2)],
    };
    let prefix: Option<Vec<_>> =
        view.prefix_items.iter().map(|item| within(item, depth).into_iter().next()).collect();
    let Some(prefix) = prefix else { return Vec::new() };
    // What `contains` asks for must be what `items` allows, too.
    let wanted = view.contains.iter().map(|contains| {
        let both = view.items.as_ref().and_then(|items| items.intersect(&contains.schema).ok());
        let times = size(contains.min_contains.as_ref()).unwrap_or(1);
        (within(both.as_ref().unwrap_or(&contains.schema), depth), times)
    });
    let wanted: Vec<_> = wanted.collect();
    let mut arrays = Vec::new();
    for variant in 0..CANDIDATES {
        let mut array = prefix.clone();
        for (values, times) in &wanted {
            array.extend(values.get(variant % values.len().max(1)).into_iter().cycle().take(*times).cloned());
        }
        arrays.push(array.clone());
        let different = items.iter().cycle().skip(variant);
        array.extend(different.take(least.saturating_sub(array.len())).cloned());
        arrays.push(array.clone());
        arrays.extend(items.get(variant).map(|item| {
            let repeated = [item.clone(), item.clone()];
            array.into_iter().chain(repeated).collect()
        }));
    }
    arrays.into_iter().map(Value::Array).collect()
}

fn objects(view: &ObjectView, depth: usize) -> Vec<Value> {
    let of_field = |name: &str| match view.properties.get(name).or(view.additional_properties.as_ref()) {
        Some(schema) => within(schema, depth),
        None => vec![json!("a"), json!(1)],
    };
    let required: Vec<_> = view.required.iter().map(|name| (name.clone(), of_field(name))).collect();
    if required.iter().any(|(_, values)| values.is_empty()) {
        return Vec::new();
    }
    let with = |chosen: Option<(usize, &Value)>| -> Map<String, Value> {
        let fields = required.iter().enumerate().filter_map(|(index, (name, values))| {
            let value = chosen.filter(|(field, _)| *field == index).map(|(_, value)| value);
            Some((name.clone(), value.or(values.first())?.clone()))
        });
        fields.collect()
    };
    let smallest = with(None);
    let mut objects = vec![smallest.clone()];
    for (index, (_, values)) in required.iter().enumerate() {
        objects.extend(values.iter().skip(1).map(|value| with(Some((index, value)))));
    }
    let mut add = |name: &str, value: Value| {
        let mut object = smallest.clone();
        object.insert(name.to_owned(), value);
        objects.push(object);
    };
    for violation in &view.violations {
        match violation {
            ObjectViolationView::NameFails(_) => {
                for name in generic_strings() {
                    add(name, json!("a"));
                }
            }
            ObjectViolationView::UndeclaredValueFails { additional, .. } => {
                let values = failing(additional, view.additional_properties.as_ref(), depth);
                for value in values {
                    add("other", value);
                }
            }
            ObjectViolationView::PatternValueFails { pattern, schema } => {
                let values = failing(schema, view.pattern_properties.get(pattern), depth);
                for name in patterns::strings(pattern) {
                    for value in &values {
                        add(&name, value.clone());
                    }
                }
            }
        }
    }
    let optional = view.properties.keys().filter(|name| !view.required.contains(*name));
    for name in optional {
        for value in of_field(name) {
            add(name, value);
        }
    }
    objects.into_iter().map(Value::Object).collect()
}

/// Values that `schema` refuses and `allowed`, if given, accepts.
fn failing(schema: &CanonicalSchema, allowed: Option<&CanonicalSchema>, depth: usize) -> Vec<Value> {
    let difference = match allowed {
        Some(allowed) => allowed.subtract(schema),
        None => schema.negate(),
    };
    difference.map_or_else(|_| anything(), |difference| within(&difference, depth))
}

fn size(number: Option<&Number>) -> Option<usize> {
    number.and_then(Number::as_u64).and_then(|it| usize::try_from(it).ok())
}
