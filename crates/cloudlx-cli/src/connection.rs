//! The server that a command calls: the one that the environment names, or a stub inside this process.

use std::env::{self, VarError};
use std::io::{self, IsTerminal};
use std::time::Duration;

use cloudlx_client::{Client, ClientBuilder, Credentials, Error};
use cloudlx_server_stub::Stub;

use crate::arguments::Server;
use crate::failure::Failure;
use crate::format::Format;
use crate::output;

/// A client, and the stub that it talks to when there is one.
pub(crate) struct Connection {
    pub(crate) client: Client,
    stub: Option<Stub>,
}

impl Connection {
    /// For calls that only read.
    pub(crate) async fn open(server: &Server, format: Format) -> Result<Self, Failure> {
        Self::open_with(server, |builder| builder.on_wait(move |error, wait| say_wait(error, wait, format)))
            .await
    }

    /// With a client that is `set` up further.
    pub(crate) async fn open_with(
        server: &Server,
        set: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, Failure> {
        if server.stub {
            let stub = Stub::start().await?;
            let credentials = Credentials::client(stub.client_id(), stub.client_secret().clone());
            let builder = Client::builder(stub.base_url(), credentials).attempt_timeout(server.timeout);
            let client = set(builder).build()?;
            return Ok(Self { client, stub: Some(stub) });
        }
        let base_url = setting("CLOUDLX_BASE_URL")?.ok_or(Failure::NotSet {
            name: "CLOUDLX_BASE_URL",
            remedy: "set it to where the API is, such as https://www.infiny.io, or pass --stub",
        })?;
        let mut builder = Client::builder(base_url, credentials()?).attempt_timeout(server.timeout);
        if server.allow_plain_http {
            builder = builder.allow_plain_http();
        }
        Ok(Self { client: set(builder).build()?, stub: None })
    }

    /// Lets the stub end what it is doing.
    pub(crate) async fn close(self) {
        if let Some(stub) = self.stub {
            stub.shutdown().await;
        }
    }
}

/// Tells people why a call waits before it is tried again, and how long; for programs, stderr is for a failure alone.
pub(crate) fn say_wait(error: &Error, wait: Duration, format: Format) {
    let is_shown = format == Format::Human || io::stderr().is_terminal();
    if let Some(words) = wait_in_words(error, wait).filter(|_| is_shown) {
        output::note(&words);
    }
}

/// Why a call waits and how long, where that is long enough to wonder.
pub(crate) fn wait_in_words(error: &Error, wait: Duration) -> Option<String> {
    let wait = Duration::from_secs(wait.as_secs());
    (!wait.is_zero())
        .then(|| format!("waiting {} before trying again: {error}", humantime::format_duration(wait)))
}

fn credentials() -> Result<Credentials, Failure> {
    if let Some(token) = setting("CLOUDLX_ACCESS_TOKEN")? {
        return Ok(Credentials::access_token(token));
    }
    let id = setting("CLOUDLX_CLIENT_ID")?.ok_or(Failure::NotSet {
        name: "CLOUDLX_CLIENT_ID",
        remedy: "set it and CLOUDLX_CLIENT_SECRET, or CLOUDLX_ACCESS_TOKEN",
    })?;
    let secret = setting("CLOUDLX_CLIENT_SECRET")?.ok_or(Failure::NotSet {
        name: "CLOUDLX_CLIENT_SECRET",
        remedy: "set it beside CLOUDLX_CLIENT_ID",
    })?;
    Ok(Credentials::client(id, secret))
}

/// A variable of the environment; an empty one counts as not set.
pub(crate) fn setting(name: &'static str) -> Result<Option<String>, Failure> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failure::NotText { name }),
    }
}
