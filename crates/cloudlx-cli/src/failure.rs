//! Why a command did not do what it was asked, on stderr.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use cloudlx_client::{BuildError, CreateError, Error};
use cloudlx_server_stub::StartError;
use cloudlx_validate::CatalogueError;
use serde::Serialize;

use crate::exit::Exit;
use crate::format::Format;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("could not read {}: check the path", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not print")]
    Print(#[source] io::Error),
    #[error("{name} is not set: {remedy}")]
    NotSet { name: &'static str, remedy: &'static str },
    #[error("expected {name} to be text (UTF-8), found other bytes")]
    NotText { name: &'static str },
    #[error("expected CLOUDLX_STUB_CLIENTS to be ID:SECRET,…, found an entry without an id or a secret")]
    StubClients,
    #[error("could not use the settings")]
    Settings(#[from] BuildError),
    #[error("could not use the catalogue {}", path.display())]
    Catalogue { path: PathBuf, source: CatalogueError },
    #[error("could not start the stub")]
    Stub(#[from] StartError),
    #[error("could not wait for an interrupt")]
    Signal(#[source] io::Error),
    #[error("expected one request in {source_name}, found {found}: `cloudlx validate` takes many")]
    NotOneRequest { source_name: String, found: usize },
    #[error("there is no schema called {name}: `cloudlx schema` lists them")]
    NoSchema { name: String },
    #[error("the request is invalid; nothing was sent")]
    Invalid,
    #[error(
        "interrupted while the customer was being created: the outcome is unknown, look with `cloudlx customers list` before sending it again"
    )]
    Interrupted,
    #[error(transparent)]
    Create(#[from] CreateError),
    #[error(transparent)]
    Call(#[from] Error),
}

/// A failure, for programs.
#[derive(Serialize)]
struct Printed {
    outcome: &'static str,
    message: String,
    causes: Vec<String>,
    status: Option<u16>,
    body: Option<String>,
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Invalid | Self::NotOneRequest { .. } => Exit::Invalid,
            Self::Interrupted => Exit::Unknown,
            Self::Create(error) => error.into(),
            Self::Call(error) => error.into(),
            _ => Exit::Usage,
        }
    }

    /// Prints the failure and what caused it.
    pub(crate) fn print(&self, format: Format) {
        match format {
            Format::Human => {
                anstream::eprintln!("error: {self}");
                for cause in self.causes() {
                    anstream::eprintln!("  because: {cause}");
                }
            }
            Format::Json => {
                let error = self.call_error();
                let printed = Printed {
                    outcome: self.outcome(),
                    message: self.to_string(),
                    causes: self.causes(),
                    status: error.and_then(Error::status).map(|status| status.as_u16()),
                    body: error.and_then(Error::payload).map(ToString::to_string),
                };
                // Strings and numbers always print.
                anstream::eprintln!("{}", serde_json::to_string_pretty(&printed).unwrap_or_default());
            }
        }
    }

    fn outcome(&self) -> &'static str {
        match self.exit() {
            Exit::Done => "done",
            Exit::Invalid => "invalid",
            Exit::Usage => "not-started",
            Exit::Refused => "refused",
            Exit::NotProcessed => "not-processed",
            Exit::Unknown => "unknown",
        }
    }

    fn causes(&self) -> Vec<String> {
        std::iter::successors(self.source(), |cause| (*cause).source()).map(ToString::to_string).collect()
    }

    fn call_error(&self) -> Option<&Error> {
        match self {
            Self::Create(error) => Some(error.cause()),
            Self::Call(error) => Some(error),
            _ => None,
        }
    }
}
