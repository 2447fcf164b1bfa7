//! Creating, listing and reading customers.

use cloudlx_model::{Country, CreateCustomer, Currency, Customer, CustomerId, CustomerList};
use cloudlx_validate::{Catalogue, from_json_against, iso};
use hyper::StatusCode;

use crate::api::answer::Answer;
use crate::api::call::{Answering, Call};
use crate::api::customer_stream::{self, Remainder};
use crate::api::paging::List;
use crate::api::resources::Resources;
use crate::store::{Batch, Cursor, NewCustomer};

impl List for CustomerList {
    type Item = Customer;

    fn from_items(customers: Vec<Customer>) -> Self {
        Self::new(customers)
    }
}

/// Checks the request against the contract and the catalogue, and keeps the customer.
pub(crate) fn create<'a>(resources: &'a Resources, call: &'a Call<'a>) -> Answering<'a> {
    Box::pin(async move {
        let request = from_json_against(call.body, &resources.catalogue)?;
        let mut customer = customer(&request, &resources.catalogue);
        if let Some(rename) = call.commit.rename {
            customer.name = rename.renamed(&customer.name);
        }
        let new = NewCustomer { customer, request: call.body, later: call.commit.later };
        let customer = resources.store.add(new).await?;
        Ok(Answer::ok(&resources.written.created(&customer)))
    })
}

/// Every customer (sibling), or the page of them that the request asks for (inferred).
pub(crate) fn list<'a>(resources: &'a Resources, call: &'a Call<'a>) -> Answering<'a> {
    Box::pin(async move {
        if let Some(page) = call.page(resources) {
            let slice = resources.store.slice(page.skipped(), page.most()).await?;
            return Ok(page.answer::<CustomerList>(slice, call.head));
        }
        let batch = resources.store.batch(Cursor::START).await?;
        Ok(beginning_with(batch.unwrap_or_default()))
    })
}

/// The answer that begins with these customers. The rest of a long list is read while it is sent.
fn beginning_with(Batch { customers, next }: Batch) -> Answer {
    let mut answer = Answer::ok(&CustomerList::new(customers));
    if let Some(next) = next {
        answer.body.truncate(answer.body.len().saturating_sub(customer_stream::end().len()));
        answer.rest = Some(Box::new(Remainder::after(next)));
    }
    answer
}

/// One customer, bare (sibling).
pub(crate) fn get<'a>(resources: &'a Resources, call: &'a Call<'a>) -> Answering<'a> {
    Box::pin(async move {
        let not_found = |message: String| Answer::error(StatusCode::NOT_FOUND, message);
        let id = call.id.ok_or_else(|| {
            not_found("expected a customer's id in the path, found none: add it".to_owned())
        })?;
        let customer = resources.store.get(id).await?.ok_or_else(|| {
            not_found(format!(
                "expected the id of a customer, found {id}, which none has: list the customers for their ids"
            ))
        })?;
        Ok(Answer::ok(&customer))
    })
}

/// The customer that a checked request describes, its realms with ids. Its own is as yet none.
pub(crate) fn customer(request: &CreateCustomer, catalogue: &Catalogue) -> Customer {
    let enabled = request.enabled_sub_realms.as_deref().unwrap_or_default();
    let shown = request.shown_sub_realms.as_deref().unwrap_or_default();
    // The catalogue has every realm and sub-realm of a checked request, so nothing is left out here.
    let sub_realms = shown
        .iter()
        .filter_map(|id| catalogue.sub_realm(*id))
        .map(|sub_realm| sub_realm.for_customer(enabled.contains(&sub_realm.id)));
    Customer::new(
        CustomerId(0),
        &request.name,
        currency(&request.currency_iso),
        country(&request.country_iso),
        request.realms.iter().filter_map(|id| catalogue.realm(*id)).cloned().collect(),
        sub_realms.collect(),
    )
}

/// `GBP - British Pound`, `GB`, `GBP`: that the name is CLDR's and `iso_2` the code's first two letters is inferred from
/// the page's one sample.
fn currency(code: &str) -> Currency {
    let name = iso::currency(code).map_or(code, |currency| currency.name);
    Currency::new([code, " - ", name].concat(), code.get(..2).unwrap_or(code), code)
}

fn country(alpha_2: &str) -> Country {
    let name = iso::country(alpha_2).map_or(alpha_2, |country| country.name);
    Country::new(alpha_2, name)
}
