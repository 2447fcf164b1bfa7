//! Checks a create-customer request: which rules it breaks, and in which places.

use std::collections::{HashMap, HashSet};

use cloudlx_model::CreateCustomer;
use garde::Validate;

use crate::Rule;
use crate::collector::{Collector, Place};
use crate::fields::{Content, CreateCustomerRules, FIELDS, Field};
use crate::rules::definition::{BrokenText, Context, Definition};

/// Where a document's shape is wrong already, so that a broken rule there is not reported.
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

/// Checks `request` against all rules about a request. The report has the codes of those that it breaks.
pub(crate) fn check(request: &CreateCustomer, context: &Context<'_>) -> Result<(), garde::Report> {
    CreateCustomerRules::new(request).validate_with(context)
}

/// Explains `report`: adds every place that breaks a rule to `collector`, except those that are misshapen.
pub(crate) fn explain(
    request: &CreateCustomer,
    report: &garde::Report,
    context: &Context<'_>,
    misshapen: &Misshapen,
    collector: &mut Collector<'_>,
) {
    let rules = CreateCustomerRules::new(request);
    for (path, error) in report.iter() {
        let Some((field, rule)) = field_at(path).zip(Rule::from_code(error.message())) else { continue };
        match (rule.definition(), (field.content)(&rules)) {
            (Definition::Text(definition), Content::Text(text)) => {
                let (place, required) = (Place::field(field.name), field.required);
                if !misshapen.hides(place, rule) {
                    let broken = BrokenText { field: field.name, required, text };
                    collector.add(place, rule, || (definition.explain)(&broken));
                }
            }
            (Definition::Ids(definition), Content::Ids(ids)) => {
                (definition.explain)(ids, context, &mut |index, explanation| {
                    let place = Place::element(field.name, index);
                    if !misshapen.hides(place, rule) {
                        collector.add(place, rule, explanation);
                    }
                });
            }
            // The types of the rule table allow no such rule for such a field.
            (Definition::Text(_), Content::Ids(_))
            | (Definition::Ids(_), Content::Text(_))
            | (Definition::Shape(_), Content::Text(_) | Content::Ids(_)) => {}
        }
    }
}

/// The field that garde's path names. An optional field adds an empty step to it.
fn field_at(path: &garde::Path) -> Option<&'static Field> {
    let path = path.to_string();
    FIELDS.iter().find(|field| path.trim_end_matches(['.', '[', ']']) == field.name)
}
