//! `cloudlx stub`.

mod log;
mod ready;

use std::net::SocketAddr;
use std::time::Duration;

use cloudlx_model::{AccessTokenRequest, ClientCredentialsGrant, Endpoint};
use cloudlx_server_stub::{Builder, Stub, catalogue, faults};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::arguments::StubArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::output;
use crate::place::{self, Place};
use crate::setting::setting;
use ready::ReadyFile;

const CLIENTS: &str = "CLOUDLX_STUB_CLIENTS";
const CONTROL_TOKEN: &str = "CLOUDLX_STUB_CONTROL_TOKEN";

/// The id and the secret of the client that there is when none is given.
const DEFAULT_CLIENT: &str = "stub";

/// Runs a stub until it is interrupted or told to end. Told once more, it ends at once.
pub(crate) async fn run(arguments: &StubArguments) -> Result<Exit, Failure> {
    let clients = setting(CLIENTS)?;
    let builder = with_clients(builder(arguments)?, clients.as_deref(), &arguments.read_only_client)?;
    if let Some(path) = &arguments.ready_file {
        ReadyFile::clear(path)?;
    }

    let mut interrupts = Interrupts::listen(|| Exit::Done)?;
    let stub = builder.start().await?;
    if let Some(warning) = warning(arguments.listen, clients.is_some()) {
        output::note(&warning);
    }
    // Before anybody reads that it listens: if the file cannot be written, it does not go on.
    let ready = arguments.ready_file.as_deref().map(|path| ReadyFile::write(path, stub.base_url()));
    let ready = ready.transpose()?;
    output::line(&format!("listening on {}", stub.base_url()))?;
    output::notes(how_to_get_a_token(&stub, clients.is_some()).each_ref().map(String::as_str));

    interrupts.next().await;
    drop(ready);
    output::note("stopping: requests under way may end");
    tokio::select! {
        () = stub.shutdown() => {}
        () = interrupts.next() => output::note("stopping at once"),
    }
    Ok(Exit::Done)
}

fn builder(arguments: &StubArguments) -> Result<Builder, Failure> {
    let mut builder = Stub::builder()
        .listen(arguments.listen)
        .control(arguments.control)
        .max_connections(arguments.max_connections.get())
        .journal_size(arguments.keep_requests)
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
    if let Some(place) = &arguments.state {
        builder = match place {
            Place::File(path) => builder.state_file(path),
            Place::Database(text) => builder.shared_state(place::address(text)?),
        };
    }
    if let Some(per_minute) = arguments.rate_limit {
        builder = builder.rate_limit(per_minute);
    }
    if let Some(items) = arguments.page_size {
        builder = builder.page_size(items);
    }
    if let Some(print) = log::printer(arguments.log) {
        builder = builder.watch(print);
    }
    Ok(builder)
}

/// The clients of the environment, or the default one, each with its rights.
fn with_clients(
    mut builder: Builder,
    clients: Option<&str>,
    read_only: &[String],
) -> Result<Builder, Failure> {
    let default = format!("{DEFAULT_CLIENT}:{DEFAULT_CLIENT}");
    let mut known = Vec::new();
    for client in clients.unwrap_or(&default).split(',') {
        let (id, secret) = match client.split_once(':') {
            Some((id, secret)) if !id.is_empty() && !secret.is_empty() => (id, secret),
            _ => return Err(Failure::StubClients),
        };
        builder = if read_only.iter().any(|other| other == id) {
            builder.read_only_client(id, secret)
        } else {
            builder.client(id, secret)
        };
        known.push(id);
    }
    match read_only.iter().find(|id| !known.contains(&id.as_str())) {
        Some(id) => Err(Failure::ReadOnlyClient { id: id.clone() }),
        None => Ok(builder),
    }
}

/// What to say when other machines can reach the stub.
fn warning(listen: SocketAddr, own_clients: bool) -> Option<String> {
    if listen.ip().is_loopback() {
        return None;
    }
    let secret = if own_clients {
        ""
    } else {
        " The client stub has the secret stub, which everybody knows: set CLOUDLX_STUB_CLIENTS."
    };
    Some(format!(
        "WARNING: other machines can reach the stub, for it listens at {listen}, and what they send is not encrypted: give it \
         no real names, addresses or secrets.{secret} --listen 127.0.0.1:0 is for this machine alone."
    ))
}

fn how_to_get_a_token(stub: &Stub, own_clients: bool) -> [String; 2] {
    // The default secret is no secret; one from the environment is never printed.
    let id = stub.client_id();
    let (secret, in_words) = if own_clients {
        ("<its secret>", format!("the secret that {CLIENTS} gives it"))
    } else {
        let secret = stub.client_secret().expose_secret();
        (secret, format!("the secret {secret}"))
    };
    let grant_type = json!(ClientCredentialsGrant::default());
    [
        format!("get a token with the client id {id} and {in_words}:"),
        format!(
            "  curl {}{} -d grant_type={} -d client_id={id} -d client_secret={secret}",
            stub.base_url(),
            AccessTokenRequest::PATH,
            grant_type.as_str().unwrap_or_default(),
        ),
    ]
}
