//! Reads requests from bytes, and checks them.
//!
//! A valid request is parsed once, straight into its type. Only when that or a rule fails is the document read again as
//! it was written, so that every mistake is found and named in document order: this file finds mistakes of shape, and the
//! same rules as for values find the others.

use std::collections::{HashMap, HashSet};

use cloudlx_model::{CreateCustomer, id};

use crate::collector::{Collector, Place};
use crate::create_customer::{Misshapen, check, explain};
use crate::fields::{FIELDS, Field, Read, field_names};
use crate::rules::definition::{Context, Explanation};
use crate::rules::shape::A_WHOLE_NUMBER;
use crate::rules::{ids, shape};
use crate::tree::{FieldNames, Node};
use crate::{Catalogue, Rule, Validated, Violation, Violations};

/// Reads a create-customer request from JSON and checks it as [`validate`](crate::validate) does.
///
/// # Errors
///
/// All violations, in document order. Text that is not JSON, a wrong type, and a missing, unknown or repeated field are
/// violations too.
pub fn from_json(bytes: &[u8]) -> Result<Validated<CreateCustomer>, Violations> {
    read(bytes, &Context { catalogue: None })
}

/// Reads a request as [`from_json`] does, and checks that the realms and sub-realms that it names are in `catalogue`.
///
/// # Errors
///
/// All violations, in document order.
pub fn from_json_against(
    bytes: &[u8],
    catalogue: &Catalogue,
) -> Result<Validated<CreateCustomer>, Violations> {
    read(bytes, &Context { catalogue: Some(catalogue) })
}

fn read(bytes: &[u8], context: &Context<'_>) -> Result<Validated<CreateCustomer>, Violations> {
    // An array of the values in order would do for serde, but is no request.
    let is_object = bytes.trim_ascii_start().starts_with(b"{");
    // As text, its strings need not be looked through one by one; where it is none, the parser says where.
    let parsed = str::from_utf8(bytes).map_or_else(|_| serde_json::from_slice(bytes), serde_json::from_str);
    match parsed {
        Ok(request) if is_object => match check(&request, context) {
            Ok(()) => Ok(Validated::new(request)),
            Err(report) => Err(broken_rules(bytes, context, &request, &report)),
        },
        result => Err(explained(bytes, context, result.err())),
    }
}

/// What is wrong with a document whose shape is as it should be. Of the document itself only the order matters.
fn broken_rules(
    bytes: &[u8],
    context: &Context<'_>,
    request: &CreateCustomer,
    report: &garde::Report,
) -> Violations {
    let fields: Vec<String> =
        serde_json::from_slice(bytes).map(|FieldNames(names)| names).unwrap_or_default();
    let position = |field: &str| fields.iter().position(|name| name == field);
    let mut collector = Collector::new(&position);
    explain(request, report, context, &Misshapen::default(), &mut collector);
    collector.finish(|| report.to_string())
}

/// Everything that is wrong with a document that is no request, with the rules that break where it is one.
fn explained(bytes: &[u8], context: &Context<'_>, refusal: Option<serde_json::Error>) -> Violations {
    let document = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(error) => return whole(Rule::JsonSyntax, shape::json_syntax(bytes, &error)),
    };
    let Node::Object(fields) = document else {
        let explanation = shape::wrong_type("an object with the request's fields", &document);
        return whole(Rule::WrongType, explanation);
    };

    let positions: HashMap<_, _> =
        fields.iter().enumerate().rev().map(|(position, (name, _))| (name.as_str(), position)).collect();
    let position = |field: &str| positions.get(field).copied();
    let mut collector = Collector::new(&position);
    let Draft { request, misshapen, .. } = Draft::read(&fields, &mut collector);
    if let Err(report) = check(&request, context) {
        explain(&request, &report, context, &misshapen, &mut collector);
    }
    collector.finish(|| match refusal {
        Some(error) => error.to_string(),
        None => "expected a valid request".to_owned(),
    })
}

/// The one violation of a document that is wrong as a whole.
fn whole(rule: Rule, explanation: Explanation) -> Violations {
    Violations::one(Violation::new(rule, String::new(), explanation))
}

/// A request as far as the document gives one. What is wrong with the document's shape goes to the collector.
///
/// A field that is not there or has the wrong type is empty here; an array element that is no id stands as an id out of
/// range, so that the others keep their index. Rules that break on such places are not reported: see [`Misshapen`].
struct Draft<'a, 'b> {
    request: CreateCustomer,
    misshapen: Misshapen,
    collector: &'a mut Collector<'b>,
}

impl<'a, 'b> Draft<'a, 'b> {
    fn read(fields: &[(String, Node)], collector: &'a mut Collector<'b>) -> Self {
        let request = CreateCustomer::new("", "", "", [0_u32; 0]);
        let mut draft = Self { request, misshapen: Misshapen::default(), collector };
        let present: HashSet<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let known: Vec<_> = field_names().collect();
        let free: Vec<_> = field_names().filter(|name| !present.contains(name)).collect();
        let mut seen = HashSet::new();
        for (name, node) in fields {
            let place = Place::field(name);
            if !seen.insert(name.as_str()) {
                draft.collector.add(place, Rule::RepeatedField, || shape::repeated_field(name));
            } else if let Some(field) = FIELDS.iter().find(|field| field.name == name) {
                draft.read_field(field, node);
            } else {
                draft.collector.add(place, Rule::UnknownField, || shape::unknown_field(name, &known, &free));
            }
        }
        for Field { name, .. } in FIELDS.iter().filter(|field| field.required && free.contains(&field.name)) {
            draft.misshapen.fields.insert(name);
            draft.collector.add(Place::field(name), Rule::MissingField, || shape::missing_field(name));
        }
        draft
    }

    fn read_field(&mut self, field: &'static Field, node: &Node) {
        // Null in place of a field that may be absent means the same (inferred).
        if *node == Node::Null && !field.required {
            return;
        }
        match field.read {
            Read::Text(put) => match node {
                Node::String(text) => put(&mut self.request, text.clone()),
                other => self.wrong_type(field.name, "a string", other),
            },
            Read::Ids(put) => match node {
                Node::Array(elements) => {
                    let ids = self.ids(field.name, elements);
                    put(&mut self.request, ids);
                }
                other => self.wrong_type(field.name, "an array of ids", other),
            },
        }
    }

    fn ids(&mut self, name: &'static str, elements: &[Node]) -> Vec<u64> {
        // Each stands in for one element and is no other's id, so that none counts as repeated.
        let taken: HashSet<_> = elements.iter().filter_map(|element| element_id(element).ok()).collect();
        let stand_ins = (0..=u64::MAX).rev().filter(|id| !taken.contains(id));
        let ids = elements.iter().zip(stand_ins).enumerate().map(|(index, (element, stand_in))| {
            element_id(element).unwrap_or_else(|problem| {
                self.misshapen.elements.entry(name).or_default().push(index);
                self.doubt(name, problem.rule());
                let place = Place::element(name, index);
                self.collector.add(place, problem.rule(), || problem.explain(element));
                stand_in
            })
        });
        ids.collect()
    }

    fn wrong_type(&mut self, name: &'static str, expected: &'static str, node: &Node) {
        self.misshapen.fields.insert(name);
        self.doubt(name, Rule::WrongType);
        self.collector.add(Place::field(name), Rule::WrongType, || shape::wrong_type(expected, node));
    }

    fn doubt(&mut self, name: &'static str, rule: Rule) {
        self.misshapen.shown_is_in_doubt |= name == "shown_sub_realms" && rule == Rule::WrongType;
    }
}

/// Why an element of an array is no id.
#[derive(Debug, Clone, Copy)]
enum NoId {
    NotAnInteger,
    OutOfRange,
}

impl NoId {
    fn rule(self) -> Rule {
        match self {
            Self::OutOfRange => Rule::IdOutOfRange,
            Self::NotAnInteger => Rule::WrongType,
        }
    }

    fn explain(self, element: &Node) -> Explanation {
        match self {
            Self::OutOfRange => ids::out_of_range(element),
            Self::NotAnInteger => shape::wrong_type(A_WHOLE_NUMBER, element),
        }
    }
}

/// An id that fits its type; whether it is in range is for the rule table to say.
fn element_id(element: &Node) -> Result<u64, NoId> {
    let Node::Number(number) = element else { return Err(NoId::NotAnInteger) };
    match number.as_u64().or_else(|| number.as_f64().and_then(id::whole)) {
        Some(id) => Ok(id),
        None if number.as_f64().is_some_and(|value| value.fract() == 0.0) => Err(NoId::OutOfRange),
        None => Err(NoId::NotAnInteger),
    }
}
