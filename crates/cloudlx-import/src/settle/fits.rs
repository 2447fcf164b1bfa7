//! Whether a customer is what a row asks for, as far as an answer shows it.

use std::collections::BTreeMap;

use cloudlx_model::{CreateCustomer, Customer};

/// Whether a listed customer may be the one that `request` asks for.
///
/// E-mail, first and last name, and role group are in no answer. A realm that the customer does not have proves nothing:
/// the page's sample asks for three and shows two. One that it has and the request does not ask for does; a realm
/// without an id says nothing.
#[must_use]
pub fn fits(customer: &Customer, request: &CreateCustomer) -> bool {
    let asked_for = |id| request.realms.contains(&id);
    key_of(customer) == key(request)
        && customer.realms.iter().filter_map(|realm| realm.id).all(asked_for)
        && sub_realms_of(customer) == sub_realms(request)
}

/// Whether the answer to a create shows what was sent, and nothing else. There, realms have no ids (page).
#[must_use]
pub fn answers(customer: &Customer, request: &CreateCustomer) -> bool {
    fits(customer, request) && customer.realms.len() <= request.realms.len()
}

/// What a customer must have in common with a row to fit it, and is quick to compare.
pub(super) type Key<'a> = (&'a str, &'a str, &'a str);

pub(super) fn key(request: &CreateCustomer) -> Key<'_> {
    (&request.name, &request.currency_iso, &request.country_iso)
}

pub(super) fn key_of(customer: &Customer) -> Key<'_> {
    (&customer.name, &customer.currency.iso_3, &customer.country.iso_2)
}

/// Each sub-realm, and whether it is enabled.
fn sub_realms(request: &CreateCustomer) -> BTreeMap<u64, bool> {
    let enabled = request.enabled_sub_realms.as_deref().unwrap_or_default();
    let shown = request.shown_sub_realms.as_deref().unwrap_or_default();
    shown.iter().map(|id| (id.0, enabled.contains(id))).collect()
}

fn sub_realms_of(customer: &Customer) -> BTreeMap<u64, bool> {
    customer.sub_realms.iter().map(|sub_realm| (sub_realm.id.0, sub_realm.has_access)).collect()
}
