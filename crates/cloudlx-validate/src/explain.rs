//! Turning a report of the rule table into words: which index, what came, and what to write instead.

mod country;
mod currency;

use std::fmt;

use cloudlx_model::{CreateCustomer, id};

use crate::create_customer::{Context, FIELDS};
use crate::quote::Quoted;
use crate::violation::pointer;
use crate::{Catalogue, NAME_MAX_CHARS, Rule, Violation, email, ids, text};

/// Every place that breaks a rule of `report`, in the order of the request's fields.
pub(crate) fn violations(
    request: &CreateCustomer,
    report: &garde::Report,
    context: &Context<'_>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for (path, error) in report.iter() {
        // The path is the field's name; an optional field adds an empty step to it.
        let path = path.to_string();
        let name = FIELDS.into_iter().find(|name| path.trim_end_matches(['.', '[', ']']) == *name);
        if let (Some(name), Some(rule)) = (name, Rule::from_code(error.message())) {
            explain(request, name, rule, context, &mut found);
        }
    }
    in_order(&mut found, |field| FIELDS.iter().position(|name| field.strip_prefix('/') == Some(name)));
    found
}

/// Sorts by where the field stands, given by the pointer to it, then by index, then by rule. Fields that stand nowhere
/// come last.
pub(crate) fn in_order(violations: &mut [Violation], position: impl Fn(&str) -> Option<usize>) {
    violations.sort_by_cached_key(|violation| {
        let (field, index) = match violation.pointer.rsplit_once('/') {
            Some((field, index)) if !field.is_empty() => (field, index.parse::<usize>().ok()),
            _ => (violation.pointer.as_str(), None),
        };
        (position(field).unwrap_or(usize::MAX), index, violation.rule)
    });
}

/// An id outside the range that all JSON readers keep exact.
pub(crate) fn id_out_of_range(pointer: String, found: impl fmt::Display) -> Violation {
    let message = format!(
        "expected an id from {} to {}, found {found}: write an id that the API gave",
        id::MIN,
        id::MAX
    );
    Violation { pointer, rule: Rule::IdOutOfRange, message, suggestion: None }
}

fn explain(
    request: &CreateCustomer,
    name: &'static str,
    rule: Rule,
    context: &Context<'_>,
    found: &mut Vec<Violation>,
) {
    let shown = || numbers(request.shown_sub_realms.as_deref().unwrap_or_default(), |id| id.0);
    let ids = match name {
        "name" => return found.extend(name_violation(&request.name, rule)),
        "currency_iso" => return found.push(currency::violation(&request.currency_iso, rule)),
        "country_iso" => return found.push(country::violation(&request.country_iso, rule)),
        "email" => return found.push(email_violation(request.email.as_deref().unwrap_or_default())),
        "realms" => numbers(&request.realms, |id| id.0),
        "shown_sub_realms" => shown(),
        "enabled_sub_realms" => numbers(request.enabled_sub_realms.as_deref().unwrap_or_default(), |id| id.0),
        _ => return found.push(blank(name)),
    };
    found.extend(BrokenArray { name, ids, shown: shown(), catalogue: context.catalogue }.violations(rule));
}

fn numbers<T: Copy>(ids: &[T], number: impl Fn(T) -> u64) -> Vec<u64> {
    ids.iter().copied().map(number).collect()
}

fn name_violation(name: &str, rule: Rule) -> Option<Violation> {
    let (message, suggestion) = match rule {
        Rule::ControlCharacter => {
            let (position, character) = text::control_character(name)?;
            let number = u32::from(character);
            let clean = Some(text::without_control_characters(name)).filter(|clean| !clean.is_empty());
            (
                format!("expected no control characters, found U+{number:04X} after {position} characters"),
                clean,
            )
        }
        Rule::TooLong => {
            let chars = name.chars().count();
            (format!("expected at most {NAME_MAX_CHARS} characters, found {chars}: shorten it"), None)
        }
        _ => return Some(blank("name")),
    };
    Some(Violation { pointer: pointer("", "name"), rule, message, suggestion })
}

fn blank(name: &str) -> Violation {
    let suggestion = (name != "name").then(|| format!("leave {name} out"));
    let remedy = suggestion.as_ref().map_or("write one", |_| "write one or leave it out");
    Violation {
        pointer: pointer("", name),
        rule: Rule::Blank,
        message: format!("expected a {}, found nothing but white space: {remedy}", name.replace('_', " ")),
        suggestion,
    }
}

fn email_violation(address: &str) -> Violation {
    let trimmed = Some(address.trim()).filter(|trimmed| email::is_valid(trimmed));
    let message = match trimmed {
        Some(_) => {
            format!("expected an e-mail address, found {} with white space around it", Quoted(address))
        }
        None => format!("expected an e-mail address, such as j.smith@example.com, found {}", Quoted(address)),
    };
    Violation {
        pointer: pointer("", "email"),
        rule: Rule::EmailFormat,
        message,
        suggestion: trimmed.map(str::to_owned),
    }
}

/// An array of ids that breaks a rule.
struct BrokenArray<'a> {
    name: &'static str,
    ids: Vec<u64>,
    shown: Vec<u64>,
    catalogue: Option<&'a Catalogue>,
}

impl BrokenArray<'_> {
    fn violations(&self, rule: Rule) -> Vec<Violation> {
        let at = |index| format!("/{}/{index}", self.name);
        let all = self.ids.iter().copied().enumerate();
        match (rule, self.catalogue) {
            (Rule::IdOutOfRange, _) => all
                .filter(|(_, id)| !id::in_range(*id))
                .map(|(index, id)| id_out_of_range(at(index), format_args!("the number {id}")))
                .collect(),
            (Rule::RepeatedId, _) => {
                ids::repeated(&self.ids).map(|(index, id)| repeated_id(at(index), id)).collect()
            }
            (Rule::SubRealmNotShown, _) => {
                ids::missing(&self.ids, &self.shown).map(|(index, id)| not_shown(at(index), id)).collect()
            }
            (_, Some(catalogue)) => all
                .filter(|(_, id)| id::in_range(*id) && !self.exists(*id, catalogue))
                .map(|(index, id)| self.not_in_catalogue(at(index), id, catalogue))
                .collect(),
            (_, None) => Vec::new(),
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
        let (rule, kind, known) = if self.of_realms() {
            (Rule::RealmUnknown, "realm", listed(catalogue.realms().filter_map(|realm| realm.id)))
        } else {
            (Rule::SubRealmUnknown, "sub-realm", listed(catalogue.sub_realms().map(|sub_realm| sub_realm.id)))
        };
        let message = format!("expected a {kind} that exists, found {id}: {known}");
        Violation { pointer, rule, message, suggestion: None }
    }
}

fn repeated_id(pointer: String, id: u64) -> Violation {
    Violation {
        pointer,
        rule: Rule::RepeatedId,
        message: format!("expected every id once, found {id} again: remove it"),
        suggestion: Some(format!("remove {id}")),
    }
}

fn not_shown(pointer: String, id: u64) -> Violation {
    let remedy = format!("add {id} to shown_sub_realms");
    Violation {
        pointer,
        rule: Rule::SubRealmNotShown,
        message: format!("expected a sub-realm that is shown, found {id}, which is not: {remedy}"),
        suggestion: Some(remedy),
    }
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
