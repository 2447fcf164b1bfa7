//! The server that a command calls: the one that the environment names, or a stub inside this process.

use std::io::{self, IsTerminal};
use std::time::Duration;

use cloudlx_client::{Client, ClientBuilder, Credentials, Error};
use cloudlx_server_stub::Stub;

use crate::arguments::Server;
use crate::failure::Failure;
use crate::format::Format;
use crate::setting::setting;
use crate::{credentials, output, words};

/// A client, and the stub that it talks to when there is one.
pub(crate) struct Connection {
    pub(crate) client: Client,
    stub: Option<Stub>,
}

impl Connection {
    /// For calls that only read.
    pub(crate) async fn open(server: &Server, format: Format) -> Result<Self, Failure> {
        let tell = move |error: &Error, wait| say_wait(error, wait, format);
        Self::open_with(server, format, |builder| builder.on_wait(tell)).await
    }

    /// With a client that is `set` up further.
    pub(crate) async fn open_with(
        server: &Server,
        format: Format,
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
        let mut builder =
            Client::builder(base_url, credentials::of_environment()?).attempt_timeout(server.timeout);
        if server.allow_plain_http {
            builder = builder.allow_plain_http();
        }
        let client = set(builder).build()?;
        if let Some(token_first) = credentials::token_first().filter(|_| is_for_people(format)) {
            output::note(&token_first.notice());
        }
        Ok(Self { client, stub: None })
    }

    /// Lets the stub end what it is doing.
    pub(crate) async fn close(self) {
        if let Some(stub) = self.stub {
            stub.shutdown().await;
        }
    }
}

/// Tells people why a call waits before it is tried again, and how long.
pub(crate) fn say_wait(error: &Error, wait: Duration, format: Format) {
    if let Some(words) = wait_in_words(error, wait).filter(|_| is_for_people(format)) {
        output::note(&words);
    }
}

/// Whether people read stderr as it goes; for programs it is for a failure alone.
fn is_for_people(format: Format) -> bool {
    format == Format::Human || io::stderr().is_terminal()
}

/// Why a call waits and how long, where that is long enough to wonder.
pub(crate) fn wait_in_words(error: &Error, wait: Duration) -> Option<String> {
    let wait = Duration::from_secs(wait.as_secs());
    (!wait.is_zero()).then(|| {
        let (wait, why) = (humantime::format_duration(wait), words::describe(error));
        format!("waiting {wait} before trying again: {why}")
    })
}
