//! The calls: the token, and everything that only reads.

use cloudlx_client::{Client, Error, RawAnswer, Reading};
use cloudlx_model::{
    AccessTokenRequest, CustomerId, EndpointInfo, GetCustomer, ListCustomers, ListRealms, ListSubRealms,
};
use serde_json::Value;

use crate::compare::without_mark;

/// A call and what came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Observation {
    /// The endpoint.
    pub endpoint: EndpointInfo,
    /// The path with its parameters filled in, where the call was made.
    pub path: String,
    /// What came of it.
    pub observed: Observed,
}

/// What came of a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Observed {
    /// The server answered, whatever it said.
    Answer(RawAnswer),
    /// No whole answer came.
    Failed(Error),
    /// There was no need to ask for a token: the client was given one.
    TokenGiven,
    /// Without a token there is nothing to ask.
    NoToken,
    /// The list names no customer that could be read.
    NoCustomer,
}

/// Asks `client`'s server for a token, and calls everything that only reads: the lists, and the details of the first
/// `customers` customers. One call after the other, each made once.
///
/// Nothing is asked for after a token was refused, or one came that cannot be used: wrong credentials are tried once and
/// not six times.
pub async fn observe(client: &Client, customers: usize) -> Vec<Observation> {
    let token = match client.observe_access_token().await {
        Ok(Some(answer)) => Observed::Answer(answer),
        Ok(None) => Observed::TokenGiven,
        Err(error) => Observed::Failed(error),
    };
    let refused = match &token {
        Observed::Answer(answer) => !answer.status.is_success() || answer.unusable.is_some(),
        Observed::Failed(_) => true,
        _ => false,
    };
    let token = Observation {
        endpoint: EndpointInfo::of::<AccessTokenRequest>(),
        path: EndpointInfo::of::<AccessTokenRequest>().path.to_owned(),
        observed: token,
    };
    if refused {
        return vec![
            token,
            unmade::<ListCustomers>(Observed::NoToken),
            unmade::<GetCustomer>(Observed::NoToken),
            unmade::<ListRealms>(Observed::NoToken),
            unmade::<ListSubRealms>(Observed::NoToken),
        ];
    }

    let list = make(client, &ListCustomers).await;
    let ids: Vec<_> = listed(&list).into_iter().take(customers).collect();
    let mut observations = vec![token, list];
    for customer_id in &ids {
        observations.push(make(client, &GetCustomer { customer_id: *customer_id }).await);
    }
    if ids.is_empty() {
        observations.push(unmade::<GetCustomer>(Observed::NoCustomer));
    }
    observations.push(make(client, &ListRealms).await);
    observations.push(make(client, &ListSubRealms).await);
    observations
}

async fn make<E: Reading>(client: &Client, request: &E) -> Observation {
    let observed = match client.observe(request).await {
        Ok(answer) => Observed::Answer(answer),
        Err(error) => Observed::Failed(error),
    };
    Observation { endpoint: EndpointInfo::of::<E>(), path: request.path().into_owned(), observed }
}

fn unmade<E: Reading>(observed: Observed) -> Observation {
    let endpoint = EndpointInfo::of::<E>();
    Observation { endpoint, path: endpoint.path.to_owned(), observed }
}

/// The ids in a list, as far as it is one: it may have drifted.
fn listed(list: &Observation) -> Vec<CustomerId> {
    let Observed::Answer(answer) = &list.observed else { return Vec::new() };
    let body: Value = serde_json::from_slice(without_mark(&answer.body)).unwrap_or_default();
    let customers: Vec<_> = match body.get("customers") {
        Some(Value::Array(customers)) => customers.iter().collect(),
        Some(Value::Object(customers)) => customers.values().collect(),
        _ => Vec::new(),
    };
    let id = |customer: &Value| match customer.get("id")? {
        Value::String(id) => id.parse().ok(),
        id => serde_json::from_value(id.clone()).ok(),
    };
    customers.into_iter().filter_map(id).collect()
}
