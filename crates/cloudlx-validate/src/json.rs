//! The door for requests that come as bytes.
//!
//! A valid request is parsed once, straight into its type. Only when that or a rule fails is the document read again as
//! it was written, so that every mistake is found and named in document order: mistakes of shape here, broken rules by
//! the same table as always.

use std::collections::{HashMap, HashSet};

use cloudlx_model::{CreateCustomer, RealmId, RoleGroup, SubRealmId, id};

use crate::create_customer::{Context, FIELDS, REQUIRED, check};
use crate::explain::Misshapen;
use crate::found::{Found, Place};
use crate::quote::Quoted;
use crate::rule::Words;
use crate::tree::{FieldNames, Node};
use crate::{Catalogue, Rule, Validated, Violation, Violations, explain};

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
    let mut found = Found::in_order_of(&position);
    explain::violations(request, report, context, &Misshapen::default(), &mut found);
    Violations::explaining(found, || report.to_string())
}

/// Everything that is wrong with a document that is no request, with the rules that break where it is one.
fn explained(bytes: &[u8], context: &Context<'_>, refusal: Option<serde_json::Error>) -> Violations {
    let document = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        Err(error) => return Violations::one(syntax(bytes, &error)),
    };
    let Node::Object(fields) = document else {
        return Violations::one(wrong_type(String::new(), "an object with the request's fields", &document));
    };

    let positions: HashMap<_, _> =
        fields.iter().enumerate().rev().map(|(position, (name, _))| (name.as_str(), position)).collect();
    let position = |field: &str| positions.get(field).copied();
    let mut found = Found::in_order_of(&position);
    let Draft { request, misshapen, .. } = Draft::read(&fields, &mut found);
    if let Err(report) = check(&request, context) {
        explain::violations(&request, &report, context, &misshapen, &mut found);
    }
    Violations::explaining(found, || match refusal {
        Some(error) => error.to_string(),
        None => "expected a valid request".to_owned(),
    })
}

/// A request as far as the document gives one. What is wrong with the document's shape goes to what was found.
///
/// A field that is not there or has the wrong type is empty here; an array element that is no id stands as an id out of
/// range, so that the others keep their index. Rules that break on such places say nothing new: see [`Misshapen`].
struct Draft<'a, 'b> {
    request: CreateCustomer,
    misshapen: Misshapen,
    found: &'a mut Found<'b>,
}

impl<'a, 'b> Draft<'a, 'b> {
    fn read(fields: &[(String, Node)], found: &'a mut Found<'b>) -> Self {
        let mut draft = Self {
            request: CreateCustomer::new("", "", "", [0_u32; 0]),
            misshapen: Misshapen::default(),
            found,
        };
        let present: HashSet<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        let free: Vec<_> = FIELDS.into_iter().filter(|name| !present.contains(name)).collect();
        let mut seen = HashSet::new();
        for (name, node) in fields {
            if !seen.insert(name.as_str()) {
                let make = |at| repeated_field(at, name);
                draft.found.add(Place::field(name), Rule::RepeatedField, make);
            } else if let Some(known) = FIELDS.into_iter().find(|known| known == name) {
                draft.read_field(known, node);
            } else {
                let make = |at| unknown_field(at, name, &free);
                draft.found.add(Place::field(name), Rule::UnknownField, make);
            }
        }
        for name in REQUIRED.into_iter().filter(|name| !present.contains(name)) {
            draft.misshapen.fields.insert(name);
            draft.found.add(Place::field(name), Rule::MissingField, |at| missing_field(at, name));
        }
        draft
    }

    fn read_field(&mut self, name: &'static str, node: &Node) {
        match name {
            "name" => self.request.name = self.text(name, node).unwrap_or_default(),
            "currency_iso" => self.request.currency_iso = self.text(name, node).unwrap_or_default(),
            "country_iso" => self.request.country_iso = self.text(name, node).unwrap_or_default(),
            "realms" => {
                let ids = self.ids(name, node).unwrap_or_default();
                self.request.realms = ids.into_iter().map(RealmId).collect();
            }
            // Null in place of a field that may be absent means the same (inferred).
            _ if *node == Node::Null => {}
            "shown_sub_realms" => self.request.shown_sub_realms = self.sub_realm_ids(name, node),
            "enabled_sub_realms" => self.request.enabled_sub_realms = self.sub_realm_ids(name, node),
            "email" => self.request.email = self.text(name, node),
            "first_name" => self.request.first_name = self.text(name, node),
            "last_name" => self.request.last_name = self.text(name, node),
            "role_group" => self.request.role_group = self.text(name, node).map(RoleGroup::from),
            _ => {}
        }
    }

    fn text(&mut self, name: &'static str, node: &Node) -> Option<String> {
        if let Node::String(text) = node {
            return Some(text.clone());
        }
        self.is_no(name, "a string", node);
        None
    }

    fn sub_realm_ids(&mut self, name: &'static str, node: &Node) -> Option<Vec<SubRealmId>> {
        Some(self.ids(name, node)?.into_iter().map(SubRealmId).collect())
    }

    fn ids(&mut self, name: &'static str, node: &Node) -> Option<Vec<u64>> {
        let Node::Array(elements) = node else {
            self.is_no(name, "an array of ids", node);
            return None;
        };
        // Each stands in for one element and is no other's id, so that none counts as repeated.
        let taken: HashSet<_> = elements.iter().filter_map(|element| element_id(element).ok()).collect();
        let stand_ins = (0..=u64::MAX).rev().filter(|id| !taken.contains(id));
        let ids = elements.iter().zip(stand_ins).enumerate().map(|(index, (element, stand_in))| {
            element_id(element).unwrap_or_else(|broken| {
                self.misshapen.elements.entry(name).or_default().push(index);
                self.doubt(name, broken.rule());
                self.found
                    .add(Place::element(name, index), broken.rule(), |pointer| broken.at(pointer, element));
                stand_in
            })
        });
        Some(ids.collect())
    }

    fn is_no(&mut self, name: &'static str, expected: &str, node: &Node) {
        self.misshapen.fields.insert(name);
        self.doubt(name, Rule::WrongType);
        self.found.add(Place::field(name), Rule::WrongType, |at| wrong_type(at, expected, node));
    }

    fn doubt(&mut self, name: &'static str, rule: Rule) {
        self.misshapen.shown_is_in_doubt |= name == "shown_sub_realms" && rule == Rule::WrongType;
    }
}

/// What an id is, to a message.
const A_WHOLE_NUMBER: &str = "a whole number";

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

    fn at(self, pointer: String, element: &Node) -> Violation {
        match self {
            Self::OutOfRange => explain::id_out_of_range(pointer, element),
            Self::NotAnInteger => wrong_type(pointer, A_WHOLE_NUMBER, element),
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

fn syntax(bytes: &[u8], error: &serde_json::Error) -> Violation {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let remedy = if bytes.trim_ascii().is_empty() {
        "write a request"
    } else if bytes.starts_with(b"\xef\xbb\xbf") {
        "save it without a byte-order mark"
    } else if str::from_utf8(bytes).is_err() {
        "save it as UTF-8"
    } else if error.is_eof() {
        "close what is open"
    } else if said.starts_with("trailing characters") {
        "write one request and nothing after it"
    } else {
        "JSON has no comments, no trailing commas, and double quotes around names and texts"
    };
    let remedy = format!("{remedy} (line {}, column {})", error.line(), error.column());
    let words = Words { found: said, remedy: &remedy, ..Words::default() };
    Violation::of(Rule::JsonSyntax, String::new(), &words, None)
}

fn wrong_type(pointer: String, expected: &str, found: &Node) -> Violation {
    let suggestion = match found {
        Node::String(text) if expected == A_WHOLE_NUMBER => {
            text.trim().parse::<u64>().ok().filter(|id| id::in_range(*id)).map(|id| id.to_string())
        }
        _ => None,
    };
    let remedy = suggestion.as_ref().map(|suggestion| format!(": write {suggestion}")).unwrap_or_default();
    let words = Words { expected, found: &found.to_string(), remedy: &remedy };
    Violation::of(Rule::WrongType, pointer, &words, suggestion)
}

fn missing_field(pointer: String, name: &str) -> Violation {
    Violation::of(Rule::MissingField, pointer, &Words { expected: name, ..Words::default() }, None)
}

fn repeated_field(pointer: String, name: &str) -> Violation {
    let words = Words { found: &Quoted(name).to_string(), ..Words::default() };
    Violation::of(Rule::RepeatedField, pointer, &words, None)
}

/// `free` are the known fields that the document does not have.
fn unknown_field(pointer: String, name: &str, free: &[&str]) -> Violation {
    let nearest = nearest(name, free);
    let remedy = match nearest {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("remove it, or write one of {}", FIELDS.join(", ")),
    };
    let words = Words { found: &Quoted(name).to_string(), remedy: &remedy, ..Words::default() };
    Violation::of(Rule::UnknownField, pointer, &words, nearest.map(str::to_owned))
}

/// The one of `known` that `name` was most likely meant to be: few edits away, however its words are joined.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let name = plain(name);
    let near = |candidate: &'a str| {
        let most = candidate.len() / 3;
        // No need to count the edits of a name that is longer by more than that.
        let edits = (name.len() <= candidate.len() + most)
            .then(|| strsim::damerau_levenshtein(&name, &plain(candidate)));
        edits.filter(|edits| *edits <= most).map(|edits| (edits, candidate))
    };
    known
        .iter()
        .filter_map(|candidate| near(candidate))
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, nearest)| nearest)
}
