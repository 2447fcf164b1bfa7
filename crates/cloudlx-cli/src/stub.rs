//! `cloudlx stub`.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use cloudlx_model::{AccessTokenRequest, Endpoint};
use cloudlx_server_stub::Stub;
use cloudlx_validate::Catalogue;

use crate::connection::setting;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

const CLIENTS: &str = "CLOUDLX_STUB_CLIENTS";

/// Runs a stub until it is interrupted or told to end.
pub(crate) async fn run(listen: SocketAddr, catalogue: Option<&Path>) -> Result<Exit, Failure> {
    let mut builder = Stub::builder().listen(listen);
    if let Some(path) = catalogue {
        let bytes = fs::read(path).map_err(|source| Failure::Read { path: path.to_owned(), source })?;
        let catalogue = Catalogue::from_json(&bytes)
            .map_err(|source| Failure::Catalogue { path: path.to_owned(), source })?;
        builder = builder.catalogue(catalogue);
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

    let stub = builder.start().await?;
    let end = interrupt()?;
    output::line(&format!("listening on {}", stub.base_url()))?;
    output::line(&how_to_get_a_token(&stub, clients.is_some()))?;
    end.await;
    stub.shutdown().await;
    Ok(Exit::Done)
}

fn how_to_get_a_token(stub: &Stub, own_clients: bool) -> String {
    // The default secret is no secret; one from the environment is never printed.
    let (id, secret) = (stub.client_id(), if own_clients { "<its secret>" } else { "stub" });
    format!(
        "get a token with the client id {id} and the secret {}:\n  \
         curl {}{} -d grant_type=client_credentials -d client_id={id} -d client_secret={secret}",
        if own_clients { format!("that {CLIENTS} gives it") } else { secret.to_owned() },
        stub.base_url(),
        AccessTokenRequest::PATH,
    )
}

/// Ends at Ctrl-C, and at the signal that asks a service to end; listens for both from now on.
#[cfg(unix)]
fn interrupt() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signal)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signal)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends at Ctrl-C.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn interrupt() -> Result<impl Future<Output = ()>, Failure> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
