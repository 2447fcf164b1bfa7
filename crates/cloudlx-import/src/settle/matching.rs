//! Compares a customer with a request, as far as the API's answers show a customer.

use std::collections::BTreeMap;

use cloudlx_model::{CreateCustomer, Customer};

/// Whether a listed customer may be the one that `request` asks for.
///
/// Name, currency, country, and shown and enabled sub-realms must be equal. The customer must have no realm that the request
/// does not ask for. A realm that it lacks proves nothing: the documentation's sample asks for three and shows two (page). A
/// realm without an id is ignored. No answer shows e-mail, first and last name, or role group.
#[must_use]
pub fn fits(customer: &Customer, request: &CreateCustomer) -> bool {
    let asked_for = |id| request.realms.contains(&id);
    customer_key(customer) == request_key(request)
        && customer.realms.iter().filter_map(|realm| realm.id).all(asked_for)
        && shown_sub_realms(customer) == requested_sub_realms(request)
}

/// Whether the answer to a create shows what was sent, and nothing else. Realms have no ids there (page).
#[must_use]
pub fn answers(customer: &Customer, request: &CreateCustomer) -> bool {
    fits(customer, request) && customer.realms.len() <= request.realms.len()
}

/// What a customer and a request that fit have in common, as far as it can be looked up in a map.
pub(super) type Key<'a> = (&'a str, &'a str, &'a str);

pub(super) fn request_key(request: &CreateCustomer) -> Key<'_> {
    (&request.name, &request.currency_iso, &request.country_iso)
}

pub(super) fn customer_key(customer: &Customer) -> Key<'_> {
    (&customer.name, &customer.currency.iso_3, &customer.country.iso_2)
}

/// Each sub-realm that is shown, and whether it is enabled.
fn requested_sub_realms(request: &CreateCustomer) -> BTreeMap<u64, bool> {
    let enabled = request.enabled_sub_realms.as_deref().unwrap_or_default();
    let shown = request.shown_sub_realms.as_deref().unwrap_or_default();
    shown.iter().map(|id| (id.0, enabled.contains(id))).collect()
}

fn shown_sub_realms(customer: &Customer) -> BTreeMap<u64, bool> {
    customer.sub_realms.iter().map(|sub_realm| (sub_realm.id.0, sub_realm.has_access)).collect()
}
