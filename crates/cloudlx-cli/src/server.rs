//! The server that a command calls: the one that the environment names, or a stub inside this process.

use std::time::Duration;

use clap::Args;
use cloudlx_client::{Client, ClientBuilder, Credentials, Error};
use cloudlx_server_stub::Stub;

use crate::credentials::CredentialsError;
use crate::environment::setting;
use crate::failure::{Failure, SettingsError, StubError};
use crate::output::Output;
use crate::{advice, credentials, output};

/// Whom to call.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Server {
    /// Call a stub inside this process, not `CLOUDLX_BASE_URL`
    #[arg(long)]
    pub(crate) stub: bool,
    /// Send over plain http to other machines as well, which shows secrets to everyone on the way
    #[arg(long)]
    pub(crate) allow_plain_http: bool,
    /// How long to wait for one answer; a call with all that it tries again has four times that, and at least two minutes
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = more_than_nothing)]
    pub(crate) timeout: Duration,
}

/// The variables that a command which calls the API reads, as its `--help` lists them.
pub(crate) const ENVIRONMENT: &str = "\
Environment:
  CLOUDLX_BASE_URL             Where the API is, such as https://www.infiny.io
  CLOUDLX_ACCESS_TOKEN         An access token, which is used first, or instead of it:
  CLOUDLX_CLIENT_ID            The client's id
  CLOUDLX_CLIENT_SECRET        The client's secret
  CLOUDLX_ACCESS_TOKEN_FILE    In place of CLOUDLX_ACCESS_TOKEN: a file that holds it
  CLOUDLX_CLIENT_SECRET_FILE   In place of CLOUDLX_CLIENT_SECRET: a file that holds it
  HTTPS_PROXY, NO_PROXY        A proxy, and the hosts that are called without it
  SSL_CERT_FILE                The certificate authorities to trust (on Linux)";

fn more_than_nothing(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("expected a time of more than nothing, such as 30s".to_owned()),
        Ok(time) => Ok(time),
        Err(error) => Err(error.to_string()),
    }
}

/// A client, and the stub that it talks to when there is one.
pub(crate) struct Connection {
    pub(crate) client: Client,
    stub: Option<Stub>,
}

impl Connection {
    /// For calls that only read.
    pub(crate) async fn open(server: &Server, output: Output) -> Result<Self, Failure> {
        let tell = move |error: &Error, wait| tell_wait(error, wait, output);
        Self::open_with(server, output, |builder| builder.on_wait(tell)).await
    }

    /// With a client that is `set` up further.
    pub(crate) async fn open_with(
        server: &Server,
        output: Output,
        set: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, Failure> {
        if server.stub {
            let stub = Stub::start().await.map_err(StubError::from)?;
            let credentials = Credentials::client(stub.client_id(), stub.client_secret().clone());
            let builder = Client::builder(stub.base_url(), credentials).attempt_timeout(server.timeout);
            let client = set(builder).build().map_err(SettingsError::from)?;
            return Ok(Self { client, stub: Some(stub) });
        }
        let base_url = setting("CLOUDLX_BASE_URL")?.ok_or(CredentialsError::NotSet {
            name: "CLOUDLX_BASE_URL",
            remedy: "set it to where the API is, such as https://www.infiny.io, or pass --stub",
        })?;
        let mut builder =
            Client::builder(base_url, credentials::from_environment()?).attempt_timeout(server.timeout);
        if server.allow_plain_http {
            builder = builder.allow_plain_http();
        }
        let client = set(builder).build().map_err(SettingsError::from)?;
        if let Some(token_first) = credentials::token_first().filter(|_| output.stderr_is_for_people()) {
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
pub(crate) fn tell_wait(error: &Error, wait: Duration, output: Output) {
    if let Some(text) = describe_wait(error, wait).filter(|_| output.stderr_is_for_people()) {
        output::note(&text);
    }
}

/// Why a call waits and how long, where that is long enough to wonder.
pub(crate) fn describe_wait(error: &Error, wait: Duration) -> Option<String> {
    let wait = Duration::from_secs(wait.as_secs());
    (!wait.is_zero()).then(|| {
        let (wait, why) = (humantime::format_duration(wait), advice::describe(error));
        format!("waiting {wait} before trying again: {why}")
    })
}
