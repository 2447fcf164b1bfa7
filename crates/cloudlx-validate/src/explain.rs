//! Turning a report of the rule table into words: which index, what came, and what to write instead.

mod country;
mod currency;

use std::collections::{HashMap, HashSet};
use std::fmt;

use cloudlx_model::{CreateCustomer, RoleGroup, id};

use crate::create_customer::{Context, FIELDS, REQUIRED};
use crate::found::{Found, Place};
use crate::quote::Quoted;
use crate::rule::Words;
use crate::violation::pointer;
use crate::{Catalogue, NAME_MAX_CHARS, Rule, Violation, email, ids, text};

/// Where a document's shape is wrong already, so that a broken rule says nothing new.
#[derive(Debug, Default)]
pub(crate) struct Misshapen {
    /// Fields that are missing or hold something else.
    pub(crate) fields: HashSet<&'static str>,
    /// By field, the positions of elements that are no ids, in order.
    pub(crate) elements: HashMap<&'static str, Vec<usize>>,
    /// Whether it is unknown which sub-realms are shown: something else than an id stands among them.
    pub(crate) shown_is_in_doubt: bool,
}

impl Misshapen {
    fn hides(&self, place: Place<'_>, rule: Rule) -> bool {
        let hidden = match place.index {
            None => self.fields.contains(place.field),
            Some(index) => {
                self.elements.get(place.field).is_some_and(|others| others.binary_search(&index).is_ok())
            }
        };
        hidden || rule == Rule::SubRealmNotShown && self.shown_is_in_doubt
    }
}

/// Adds every place that breaks a rule of `report` to what was found, but for those that are misshapen.
pub(crate) fn violations(
    request: &CreateCustomer,
    report: &garde::Report,
    context: &Context<'_>,
    misshapen: &Misshapen,
    found: &mut Found<'_>,
) {
    for (path, error) in report.iter() {
        // The path is the field's name; an optional field adds an empty step to it.
        let path = path.to_string();
        let name = FIELDS.into_iter().find(|name| path.trim_end_matches(['.', '[', ']']) == *name);
        let Some((name, rule)) = name.zip(Rule::from_code(error.message())) else { continue };
        let text = text_of(request, name);
        match rule {
            Rule::IdOutOfRange
            | Rule::RepeatedId
            | Rule::SubRealmNotShown
            | Rule::RealmUnknown
            | Rule::SubRealmUnknown => {
                let shown = ids_of(request, "shown_sub_realms");
                let array =
                    BrokenArray { name, ids: ids_of(request, name), shown, catalogue: context.catalogue };
                array.violations(rule, misshapen, found);
            }
            _ if misshapen.hides(Place::field(name), rule) => {}
            _ => {
                // A text breaks a rule once, and `about_text` has no words for the shape of a document.
                if let Some(violation) = about_text(name, text, rule) {
                    found.add(Place::field(name), rule, |_| violation);
                }
            }
        }
    }
}

/// An id outside the range that all JSON readers keep exact.
pub(crate) fn id_out_of_range(pointer: String, found: impl fmt::Display) -> Violation {
    let (expected, found) = (format!("{} to {}", id::MIN, id::MAX), found.to_string());
    let words = Words { expected: &expected, found: &found, ..Words::default() };
    Violation::of(Rule::IdOutOfRange, pointer, &words, None)
}

fn about_text(name: &'static str, text: &str, rule: Rule) -> Option<Violation> {
    match rule {
        Rule::Blank => Some(blank(name)),
        Rule::ControlCharacter => control_character(name, text),
        Rule::TooLong => Some(too_long(name, text)),
        Rule::CurrencyFormat
        | Rule::CurrencyUnknown
        | Rule::CurrencyWithdrawn
        | Rule::CurrencyNotBillable => Some(currency::violation(name, text, rule)),
        Rule::CountryFormat | Rule::CountryUnknown => Some(country::violation(name, text, rule)),
        Rule::EmailFormat => Some(email_format(name, text)),
        // About ids.
        Rule::IdOutOfRange
        | Rule::RepeatedId
        | Rule::SubRealmNotShown
        | Rule::RealmUnknown
        | Rule::SubRealmUnknown
        // About a document's shape, which a request that was read has.
        | Rule::JsonSyntax
        | Rule::WrongType
        | Rule::MissingField
        | Rule::UnknownField
        | Rule::RepeatedField => None,
    }
}

/// The text in a field; empty when it is not there, or holds no text.
fn text_of<'a>(request: &'a CreateCustomer, name: &str) -> &'a str {
    let text = match name {
        "name" => Some(&request.name),
        "currency_iso" => Some(&request.currency_iso),
        "country_iso" => Some(&request.country_iso),
        "email" => request.email.as_ref(),
        "first_name" => request.first_name.as_ref(),
        "last_name" => request.last_name.as_ref(),
        "role_group" => return request.role_group.as_ref().map(RoleGroup::as_str).unwrap_or_default(),
        _ => None,
    };
    text.map(String::as_str).unwrap_or_default()
}

/// The ids in a field; none when it is not there, or holds no ids.
fn ids_of(request: &CreateCustomer, name: &str) -> Vec<u64> {
    let sub_realms = match name {
        "realms" => return request.realms.iter().map(|id| id.0).collect(),
        "shown_sub_realms" => request.shown_sub_realms.as_deref(),
        "enabled_sub_realms" => request.enabled_sub_realms.as_deref(),
        _ => None,
    };
    sub_realms.unwrap_or_default().iter().map(|id| id.0).collect()
}

fn control_character(name: &str, text: &str) -> Option<Violation> {
    let (position, character) = text::control_character(text)?;
    let found = format!("U+{:04X} at character {}", u32::from(character), position + 1);
    let suggestion = Some(text::without_control_characters(text)).filter(|clean| !clean.is_empty());
    let words = Words { found: &found, ..Words::default() };
    Some(Violation::of(Rule::ControlCharacter, pointer("", name), &words, suggestion))
}

fn too_long(name: &str, text: &str) -> Violation {
    let (expected, found) = (NAME_MAX_CHARS.to_string(), text.chars().count().to_string());
    let words = Words { expected: &expected, found: &found, ..Words::default() };
    Violation::of(Rule::TooLong, pointer("", name), &words, None)
}

fn blank(name: &str) -> Violation {
    let suggestion = (!REQUIRED.contains(&name)).then(|| format!("leave {name} out"));
    let remedy = if suggestion.is_some() { "write one or leave it out" } else { "write one" };
    let words = Words { expected: &name.replace('_', " "), remedy, ..Words::default() };
    Violation::of(Rule::Blank, pointer("", name), &words, suggestion)
}

fn email_format(name: &str, address: &str) -> Violation {
    let trimmed = Some(address.trim()).filter(|trimmed| email::is_valid(trimmed));
    let remedy = if trimmed.is_some() { ": remove the white space around it" } else { "" };
    let words = Words { found: &Quoted(address).to_string(), remedy, ..Words::default() };
    Violation::of(Rule::EmailFormat, pointer("", name), &words, trimmed.map(str::to_owned))
}

/// An array of ids that breaks a rule.
struct BrokenArray<'a> {
    name: &'static str,
    ids: Vec<u64>,
    shown: Vec<u64>,
    catalogue: Option<&'a Catalogue>,
}

impl BrokenArray<'_> {
    /// Adds the places that break `rule`, but for those that are misshapen.
    fn violations(&self, rule: Rule, misshapen: &Misshapen, found: &mut Found<'_>) {
        let mut add = |index: usize, make: &dyn Fn(String) -> Violation| {
            let place = Place::element(self.name, index);
            if !misshapen.hides(place, rule) {
                found.add(place, rule, make);
            }
        };
        let all = self.ids.iter().copied().enumerate();
        match (rule, self.catalogue) {
            (Rule::IdOutOfRange, _) => {
                for (index, id) in all.filter(|(_, id)| !id::in_range(*id)) {
                    add(index, &|at| id_out_of_range(at, format_args!("the number {id}")));
                }
            }
            (Rule::RepeatedId, _) => {
                for (index, id) in ids::repeated(&self.ids) {
                    add(index, &|at| repeated_id(at, id));
                }
            }
            (Rule::SubRealmNotShown, _) => {
                for (index, id) in ids::missing(&self.ids, &self.shown) {
                    add(index, &|at| not_shown(at, id));
                }
            }
            (_, Some(catalogue)) => {
                for (index, id) in all.filter(|(_, id)| id::in_range(*id) && !self.exists(*id, catalogue)) {
                    add(index, &|at| self.not_in_catalogue(at, id, catalogue));
                }
            }
            (_, None) => {}
        }
    }

    fn of_realms(&self) -> bool {
        self.name == "realms"
    }

    fn exists(&self, id: u64, catalogue: &Catalogue) -> bool {
        if self.of_realms() {
            catalogue.realm(cloudlx_model::RealmId(id)).is_some()
        } else {
            catalogue.sub_realm(cloudlx_model::SubRealmId(id)).is_some()
        }
    }

    fn not_in_catalogue(&self, pointer: String, id: u64, catalogue: &Catalogue) -> Violation {
        let (rule, remedy) = if self.of_realms() {
            (Rule::RealmUnknown, listed(catalogue.realms().filter_map(|realm| realm.id)))
        } else {
            (Rule::SubRealmUnknown, listed(catalogue.sub_realms().map(|sub_realm| sub_realm.id)))
        };
        Violation::of(
            rule,
            pointer,
            &Words { found: &id.to_string(), remedy: &remedy, ..Words::default() },
            None,
        )
    }
}

fn repeated_id(pointer: String, id: u64) -> Violation {
    let words = Words { found: &id.to_string(), ..Words::default() };
    Violation::of(Rule::RepeatedId, pointer, &words, Some(format!("remove {id}")))
}

fn not_shown(pointer: String, id: u64) -> Violation {
    let remedy = format!("add {id} to shown_sub_realms");
    let words = Words { found: &id.to_string(), remedy: &remedy, ..Words::default() };
    Violation::of(Rule::SubRealmNotShown, pointer, &words, Some(remedy.clone()))
}

/// What to write: one of the first few ids.
fn listed(ids: impl Iterator<Item = impl fmt::Display>) -> String {
    const FEW: usize = 10;
    let mut names: Vec<_> = ids.take(FEW + 1).map(|id| id.to_string()).collect();
    if names.len() > FEW {
        names.truncate(FEW);
        names.push("…".to_owned());
    }
    if names.is_empty() { "there are none".to_owned() } else { format!("write one of {}", names.join(", ")) }
}
