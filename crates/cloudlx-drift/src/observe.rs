//! Makes the calls: the token request, and every call that only reads.

use cloudlx_client::{Client, Error, RawAnswer, Reading, without_byte_order_mark};
use cloudlx_model::{
    AccessTokenRequest, CustomerId, EndpointInfo, GetCustomer, ListCustomers, ListRealms, ListSubRealms,
};
use serde_json::Value;

/// A call and its result.
#[derive(Debug)]
#[non_exhaustive]
pub struct Observation {
    /// The endpoint.
    pub endpoint: EndpointInfo,
    /// The path. Its parameters are filled in where the call was made.
    pub path: String,
    /// The result of the call.
    pub observed: Observed,
}

/// The result of a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Observed {
    /// A response arrived, whatever it is.
    Answer(RawAnswer),
    /// No whole response arrived.
    Failed(Error),
    /// No token was requested, because the client was given one.
    TokenGiven,
    /// The call was not made, because there is no token.
    NoToken,
    /// The call was not made, because the list has no customer with a readable id.
    NoCustomer,
}

/// Requests a token from `client`'s server, and makes every call that only reads: the lists, and the details of the first
/// `customers` customers. The calls follow one another, with one attempt each.
///
/// Where the server refuses to issue a token, or issues one that cannot be used, no further call is made: wrong credentials
/// cause one failed login and not six.
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
            not_made::<ListCustomers>(Observed::NoToken),
            not_made::<GetCustomer>(Observed::NoToken),
            not_made::<ListRealms>(Observed::NoToken),
            not_made::<ListSubRealms>(Observed::NoToken),
        ];
    }

    let list = observe_call(client, &ListCustomers).await;
    let ids: Vec<_> = customer_ids(&list).into_iter().take(customers).collect();
    let mut observations = vec![token, list];
    for customer_id in &ids {
        observations.push(observe_call(client, &GetCustomer { customer_id: *customer_id }).await);
    }
    if ids.is_empty() {
        observations.push(not_made::<GetCustomer>(Observed::NoCustomer));
    }
    observations.push(observe_call(client, &ListRealms).await);
    observations.push(observe_call(client, &ListSubRealms).await);
    observations
}

async fn observe_call<E: Reading>(client: &Client, request: &E) -> Observation {
    let observed = match client.observe(request).await {
        Ok(answer) => Observed::Answer(answer),
        Err(error) => Observed::Failed(error),
    };
    Observation { endpoint: EndpointInfo::of::<E>(), path: request.path().into_owned(), observed }
}

fn not_made<E: Reading>(observed: Observed) -> Observation {
    let endpoint = EndpointInfo::of::<E>();
    Observation { endpoint, path: endpoint.path.to_owned(), observed }
}

/// The readable ids in the list of customers, which may have drifted.
fn customer_ids(list: &Observation) -> Vec<CustomerId> {
    let Observed::Answer(answer) = &list.observed else { return Vec::new() };
    let body: Value = serde_json::from_slice(without_byte_order_mark(&answer.body)).unwrap_or_default();
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
