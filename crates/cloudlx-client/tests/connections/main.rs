//! Connections that cannot be made: the error names what is wrong with a certificate or a proxy, after one attempt.
#![cfg(feature = "rustls")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do without, it fails without")]

mod certificates;
mod other_side;
mod proxies;

use std::time::Duration;

use cloudlx_client::{Client, ConnectionFault, CreateError, Credentials, Error, Retry, reqwest};

use crate::other_side::OtherSide;

/// A client of the API at this address, with an HTTP client of the test's. It retries without a delay.
fn client(base_url: &str, http: reqwest::ClientBuilder) -> Client {
    Client::builder(base_url, Credentials::access_token("t0k3n"))
        .http_client(http)
        .retry_delays(Duration::ZERO, Duration::ZERO)
        .build()
        .unwrap()
}

/// The error of a create where no connection can be made, with its message.
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

/// Checks that nothing was created, that another attempt is useless, and that none was made. Returns the fault and the message.
async fn tried_once(client: &Client, server: &OtherSide) -> (ConnectionFault, String) {
    let (retry, fault, attempts, message) = create(client).await;
    assert_eq!((retry, attempts, server.connections()), (Retry::Useless, 1, 1), "{message}");
    (fault.unwrap(), message)
}
