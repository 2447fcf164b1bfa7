//! Connections that cannot be made: what is wrong with a certificate or a proxy is named, and tried once.
#![cfg(feature = "rustls")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without, it fails without")]

mod certificates;
mod other_side;
mod proxies;

use std::time::Duration;

use cloudlx_client::{Client, ConnectionFault, CreateError, Credentials, Error, Retry, reqwest};

use crate::other_side::OtherSide;

/// A client of the API at this address, with an HTTP client of its own. It tries again without waiting.
fn client(base_url: &str, http: reqwest::ClientBuilder) -> Client {
    Client::builder(base_url, Credentials::access_token("t0k3n"))
        .http_client(http)
        .retry_delays(Duration::ZERO, Duration::ZERO)
        .build()
        .unwrap()
}

/// What comes of a create where no connection can be made, with its message.
async fn create(client: &Client) -> (Retry, Option<ConnectionFault>, u32, String) {
    let request = cloudlx_validate::from_json(include_bytes!("../../../../examples/create-customer.json"));
    match client.create_customer(&request.unwrap()).await {
        Err(CreateError::NotCreated { retry, source }) => {
            let (attempts, message) = (source.attempts(), source.to_string());
            let Error::NotSent { no_connection: true, fault, .. } = source else { panic!("{source:?}") };
            (retry, fault.map(|fault| *fault), attempts, message)
        }
        other => panic!("{other:?}"),
    }
}

/// Holds that a create is not created and that another attempt is useless, which was not made; gives the fault and the message.
async fn tried_once(client: &Client, server: &OtherSide) -> (ConnectionFault, String) {
    let (retry, fault, attempts, message) = create(client).await;
    assert_eq!((retry, attempts, server.connections()), (Retry::Useless, 1, 1), "{message}");
    (fault.unwrap(), message)
}
