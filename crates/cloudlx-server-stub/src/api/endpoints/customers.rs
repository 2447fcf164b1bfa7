//! Creating, listing and reading customers.

use std::future::ready;

use cloudlx_model::{
    Country, CreateCustomer, Currency, Customer, CustomerId, CustomerList, CustomerSubRealm,
};
use cloudlx_validate::{Catalogue, from_json_against, iso};
use hyper::StatusCode;

use super::Call;
use crate::api::answer::Answer;
use crate::api::customer_stream;
use crate::server::State;
use crate::store::{New, Pending, Place};

/// Checks the request against the contract and the catalogue, and keeps the customer.
pub(crate) fn create<'a>(state: &'a State, call: &'a Call<'a>) -> Pending<'a, Answer> {
    let request = match from_json_against(call.body, &state.catalogue) {
        Ok(request) => request,
        Err(violations) => return Box::pin(ready(Answer::violations(violations))),
    };
    let customer = customer(&request, &state.catalogue);
    let customer = match call.commit.name {
        Some(form) => Customer { name: form.of(&customer.name), ..customer },
        None => customer,
    };
    let added = state.store.add(New { customer, request: call.body, later: call.commit.later });
    Box::pin(async move {
        match added.await {
            Ok(customer) => Answer::ok(&state.written.created(&customer)),
            Err(error) => Answer::state(&error),
        }
    })
}

/// Every customer (sibling), or the page of them that is asked for (inferred).
pub(crate) fn list<'a>(state: &'a State, call: &'a Call<'a>) -> Pending<'a, Answer> {
    Box::pin(async {
        if let Some(page) = call.page(state) {
            return match state.store.part(page.skipped(), page.most()).await {
                Ok(part) => page.answer::<CustomerList>(part, call.head),
                Err(error) => Answer::state(&error),
            };
        }
        match state.store.page(Place::START).await {
            Ok(page) => customer_stream::answer(page.unwrap_or_default()),
            Err(error) => Answer::state(&error),
        }
    })
}

/// One customer, bare (sibling).
pub(crate) fn get<'a>(state: &'a State, call: &'a Call<'a>) -> Pending<'a, Answer> {
    Box::pin(async {
        let Some(id) = call.id else {
            let message = "expected a customer's id in the path, found none: add it";
            return Answer::error(StatusCode::NOT_FOUND, message);
        };
        match state.store.get(id).await {
            Ok(Some(customer)) => Answer::ok(&customer),
            Ok(None) => Answer::error(
                StatusCode::NOT_FOUND,
                format!(
                    "expected the id of a customer, found {id}, which none has: list the customers for their ids"
                ),
            ),
            Err(error) => Answer::state(&error),
        }
    })
}

/// The customer that a checked request describes, its realms with ids. Its own is as yet none.
pub(crate) fn customer(request: &CreateCustomer, catalogue: &Catalogue) -> Customer {
    let enabled = request.enabled_sub_realms.as_deref().unwrap_or_default();
    let shown = request.shown_sub_realms.as_deref().unwrap_or_default();
    // The catalogue has every realm and sub-realm of a checked request, so nothing is left out here.
    let sub_realms =
        shown.iter().filter_map(|id| catalogue.sub_realm(*id)).map(|sub_realm| CustomerSubRealm {
            id: sub_realm.id,
            name: sub_realm.name.clone(),
            description: sub_realm.description.clone(),
            has_access: enabled.contains(&sub_realm.id),
        });
    Customer {
        id: CustomerId(0),
        name: request.name.clone(),
        currency: currency(&request.currency_iso),
        country: country(&request.country_iso),
        realms: request.realms.iter().filter_map(|id| catalogue.realm(*id)).cloned().collect(),
        sub_realms: sub_realms.collect(),
    }
}

/// `GBP - British Pound`, `GB`, `GBP`: that the name is CLDR's and `iso_2` the code's first two letters is inferred from
/// the page's one sample.
fn currency(code: &str) -> Currency {
    let name = iso::currency(code).map_or(code, |currency| currency.name);
    Currency {
        name: [code, " - ", name].concat(),
        iso_2: code.get(..2).unwrap_or(code).to_owned(),
        iso_3: code.to_owned(),
    }
}

fn country(alpha_2: &str) -> Country {
    let name = iso::country(alpha_2).map_or(alpha_2, |country| country.name);
    Country { iso_2: alpha_2.to_owned(), name: name.to_owned() }
}
