//! `cloudlx stub`.

use std::time::Duration;

use cloudlx_model::{AccessTokenRequest, ClientCredentialsGrant, Endpoint};
use cloudlx_server_stub::{Stub, catalogue, faults};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::arguments::StubArguments;
use crate::connection::setting;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{interrupt, output};

const CLIENTS: &str = "CLOUDLX_STUB_CLIENTS";
const CONTROL_TOKEN: &str = "CLOUDLX_STUB_CONTROL_TOKEN";

/// Runs a stub until it is interrupted or told to end.
pub(crate) async fn run(arguments: &StubArguments) -> Result<Exit, Failure> {
    let mut builder = Stub::builder()
        .listen(arguments.listen)
        .control(arguments.control)
        .latency(Duration::from_millis(arguments.latency));
    if let Some(token) = setting(CONTROL_TOKEN)? {
        builder = builder.control_token(token);
    }
    if let Some(path) = &arguments.catalogue {
        builder = builder.catalogue(catalogue::from_file(path)?);
    }
    if let Some(path) = &arguments.faults {
        builder = builder.faults(faults::from_file(path)?);
    }
    if let Some(path) = &arguments.state {
        builder = builder.state_file(path);
    }
    let clients = setting(CLIENTS)?;
    for client in clients.iter().flat_map(|clients| clients.split(',')) {
        match client.split_once(':') {
            Some((id, secret)) if !id.is_empty() && !secret.is_empty() => {
                builder = builder.client(id, secret);
            }
            _ => return Err(Failure::StubClients),
        }
    }

    let told_to_stop = interrupt::listen()?;
    let stub = builder.start().await?;
    output::line(&format!("listening on {}", stub.base_url()))?;
    output::line(&how_to_get_a_token(&stub, clients.is_some()))?;
    told_to_stop.await;
    output::note("stopping: requests under way may end");
    stub.shutdown().await;
    Ok(Exit::Done)
}

fn how_to_get_a_token(stub: &Stub, own_clients: bool) -> String {
    // The default secret is no secret; one from the environment is never printed.
    let id = stub.client_id();
    let (secret, in_words) = if own_clients {
        ("<its secret>", format!("the secret that {CLIENTS} gives it"))
    } else {
        let secret = stub.client_secret().expose_secret();
        (secret, format!("the secret {secret}"))
    };
    format!(
        "get a token with the client id {id} and {in_words}:\n  \
         curl {}{} -d grant_type={} -d client_id={id} -d client_secret={secret}",
        stub.base_url(),
        AccessTokenRequest::PATH,
        json!(ClientCredentialsGrant::default()).as_str().unwrap_or_default(),
    )
}
