//! `cloudlx stub`.

mod log;
mod ready;
mod state;

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use cloudlx_model::{AccessTokenRequest, ClientCredentialsGrant, Endpoint};
use cloudlx_server_stub::catalogue::CatalogueFileError;
use cloudlx_server_stub::faults::FaultsFileError;
use cloudlx_server_stub::{Builder, Stub, catalogue, faults};
use secrecy::ExposeSecret;
use serde_json::json;

use self::log::Log;
use self::ready::ReadyFile;
use self::state::with_state;
use crate::environment::setting;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure, StubError};
use crate::interrupt::Interrupts;
use crate::output;
use crate::storage::{Storage, storage};

const CLIENTS: &str = "CLOUDLX_STUB_CLIENTS";
const CONTROL_TOKEN: &str = "CLOUDLX_STUB_CONTROL_TOKEN";

/// The id and the secret of the client that there is when none is given.
const DEFAULT_CLIENT: &str = "stub";

pub(super) const AFTER_HELP: &str = "\
Environment:
  CLOUDLX_STUB_CLIENTS         The clients that get tokens: ID:SECRET,… [default: stub:stub]
  CLOUDLX_STUB_CONTROL_TOKEN   What requests to /__stub/ must bring; needed on an address that other machines reach
  PGPASSWORD                   The password of a --state in PostgreSQL, where its address has none

Example:
  cloudlx stub --listen 127.0.0.1:8080 --control";

/// How the stub is to be.
#[derive(Debug, Args)]
pub(crate) struct StubArguments {
    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = address)]
    listen: SocketAddr,
    /// The realms and sub-realms that exist, as JSON
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// What goes wrong, as JSON; `cloudlx schema faults` prints its form
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Let programs, and the stub's own page, drive the stub at /__stub/: reset, customers, faults, requests, clock,
    /// tokens. For other machines than this one `CLOUDLX_STUB_CONTROL_TOKEN` must be set, and requests must bring it
    #[arg(long)]
    control: bool,
    /// Keep customers in this file (SQLite) for the next stub that is given it, or customers and tokens in a PostgreSQL
    /// database that several stubs share, given as `postgres://USER@HOST/DATABASE`; made where there is none
    #[arg(long, value_name = "FILE|URL", value_parser = storage())]
    state: Option<Storage>,
    /// How many of the last requests are kept, in 8 KiB for each on average
    #[arg(long, value_name = "N", default_value_t = 1000)]
    keep_requests: usize,
    /// How many milliseconds every answer takes
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// A client that may read and not create, by its id; may be given several times
    #[arg(long, value_name = "ID")]
    read_only_client: Vec<String>,
    /// How many calls a client may make in a minute [default: as many as it likes]
    #[arg(long, value_name = "N")]
    rate_limit: Option<NonZeroU32>,
    /// Page the lists of customers, realms and sub-realms, with so many in a page, as the framework below the API does
    /// (inferred: no page documents it): `meta.pagination` beside the list, other pages by `?page=N` [default: no pages]
    #[arg(long, value_name = "N")]
    page_size: Option<NonZeroU16>,
    /// How many connections there are at once; one that idles is closed for a new one
    #[arg(long, value_name = "N", default_value = "512")]
    max_connections: NonZeroUsize,
    /// Write the base URL to this file once the stub takes requests, and remove it when it stops
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Print a line on stderr for each request: when, method, endpoint, status, how long, rules that it broke
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Log::Off)]
    log: Log,
}

impl StubArguments {
    pub(super) async fn run(self) -> Result<Exit, Failure> {
        run(&self).await
    }
}

/// Why a stub cannot be set up as its arguments and the environment say.
#[derive(Debug, thiserror::Error)]
enum StubArgumentError {
    #[error("expected CLOUDLX_STUB_CLIENTS to be ID:SECRET,…, found an entry without an id or a secret")]
    Clients,
    #[error(
        "expected --read-only-client to name a client of CLOUDLX_STUB_CLIENTS (or stub, when that is not set), found {id}"
    )]
    ReadOnlyClient { id: String },
    #[error(transparent)]
    Catalogue(#[from] CatalogueFileError),
    #[error(transparent)]
    Faults(#[from] FaultsFileError),
}

impl CommandError for StubArgumentError {}

/// Runs a stub until it is interrupted or told to end. Told once more, it ends at once.
async fn run(arguments: &StubArguments) -> Result<Exit, Failure> {
    let clients = setting(CLIENTS)?;
    let builder = with_clients(builder(arguments)?, clients.as_deref(), &arguments.read_only_client)?;
    if let Some(path) = &arguments.ready_file {
        ReadyFile::clear(path)?;
    }

    let mut interrupts = Interrupts::listen(|| Exit::Done)?;
    let stub = builder.start().await.map_err(StubError::from)?;
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
        builder = builder.catalogue(catalogue::from_file(path).map_err(StubArgumentError::from)?);
    }
    if let Some(path) = &arguments.faults {
        builder = builder.faults(faults::from_file(path).map_err(StubArgumentError::from)?);
    }
    if let Some(storage) = &arguments.state {
        builder = with_state(builder, storage)?;
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
) -> Result<Builder, StubArgumentError> {
    let default = format!("{DEFAULT_CLIENT}:{DEFAULT_CLIENT}");
    let mut known = Vec::new();
    for client in clients.unwrap_or(&default).split(',') {
        let (id, secret) = match client.split_once(':') {
            Some((id, secret)) if !id.is_empty() && !secret.is_empty() => (id, secret),
            _ => return Err(StubArgumentError::Clients),
        };
        builder = if read_only.iter().any(|other| other == id) {
            builder.read_only_client(id, secret)
        } else {
            builder.client(id, secret)
        };
        known.push(id);
    }
    match read_only.iter().find(|id| !known.contains(&id.as_str())) {
        Some(id) => Err(StubArgumentError::ReadOnlyClient { id: id.clone() }),
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

fn address(text: &str) -> Result<SocketAddr, String> {
    let expected =
        "expected an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080; port 0 is any that is free";
    text.parse().map_err(|_| expected.to_owned())
}
