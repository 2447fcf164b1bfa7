//! Why a command did not do what it was asked, on stderr.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use cloudlx_client::{BuildError, CreateError, Error, TokenKind, UnreadableCustomer};
use cloudlx_drift::ContractError;
use cloudlx_import::journal::JournalError;
use cloudlx_import::report::ReportError;
use cloudlx_import::{PrepareError, ReadError};
use cloudlx_model::CustomerId;
use cloudlx_postgres::AddressError;
use cloudlx_server_stub::StartError;
use cloudlx_server_stub::catalogue::CatalogueFileError;
use cloudlx_server_stub::faults::FaultsFileError;
use serde::Serialize;
use serde_json::Value;

use crate::answer::ForSupport;
use crate::credentials::{self, SecretError};
use crate::exit::Exit;
use crate::format::Format;
use crate::report::DocumentReport;
use crate::setting::NotText;
use crate::{answer, output, words};

/// How many customers that could not be read are named.
const MOST_UNREADABLE: usize = 20;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("could not read {}: check the path", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("expected - once, found it again: standard input can be read once")]
    StandardInputTwice,
    #[error("could not print")]
    Print(#[source] io::Error),
    #[error("could not write {}: check the folder and its permissions", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("could not make the contract to check against")]
    Contract(#[from] ContractError),
    #[error("{name} is not set: {remedy}")]
    NotSet { name: &'static str, remedy: &'static str },
    #[error("expected {name} to be text (UTF-8), found other bytes")]
    NotText { name: &'static str },
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("expected CLOUDLX_STUB_CLIENTS to be ID:SECRET,…, found an entry without an id or a secret")]
    StubClients,
    #[error(
        "expected --read-only-client to name a client of CLOUDLX_STUB_CLIENTS (or stub, when that is not set), found {id}"
    )]
    ReadOnlyClient { id: String },
    #[error("could not use the settings")]
    Settings(#[from] BuildError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueFileError),
    #[error(transparent)]
    Faults(#[from] FaultsFileError),
    #[error("could not start the stub")]
    Stub(#[from] StartError),
    #[error("could not wait for an interrupt")]
    Signal(#[source] io::Error),
    #[error("expected one request in {source_name}, found {found}: `cloudlx validate` takes many")]
    NotOneRequest { source_name: String, found: usize },
    #[error("there is no schema called {name}: `cloudlx schema` lists them")]
    NoSchema { name: String },
    #[error("the request is invalid; nothing was sent")]
    Invalid(DocumentReport),
    #[error(
        "interrupted while the customer was being created: the outcome is unknown, look with `cloudlx customers list` \
         before sending it again"
    )]
    Interrupted,
    #[error("interrupted before the request was processed: no customer was created, which is certain")]
    InterruptedBefore,
    #[error("customer {id} was created, but could not be printed: do not send the request again")]
    CreatedNotPrinted { id: CustomerId, source: Box<Failure> },
    #[error("{0}")]
    NotCreated(#[source] CreateError),
    #[error(
        "it is unknown whether the customer was created{}: look with {} before sending it again, or there may be two",
        named(.0).map(|id| format!(", though the answer names customer {id}")).unwrap_or_default(),
        look(named(.0))
    )]
    Unknown(#[source] CreateError),
    #[error(transparent)]
    Call(#[from] Error),
    #[error(
        "{} of the {total} customers that the server listed could not be read; the others were printed",
        unreadable.len()
    )]
    Unreadable { total: usize, unreadable: Vec<UnreadableCustomer> },
    #[error("could not tell what {} holds: say so with --input", path.display())]
    InputUnknown { path: PathBuf },
    #[error("expected {argument}, found none")]
    NotGiven { argument: &'static str },
    #[error("expected a report in a file of its own, found {}, which holds the rows or the journal: name another", path.display())]
    ReportElsewhere { path: PathBuf },
    #[error(transparent)]
    Rows(#[from] ReadError),
    #[error(transparent)]
    Address(AddressError),
    #[error(
        "expected a --lease of at least {}, which is twice the --timeout, found {}: an answer must be in time for it",
        humantime::format_duration(*least),
        humantime::format_duration(*lease)
    )]
    LeaseTooShort { lease: Duration, least: Duration },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the import ended in the middle: run it again, and it goes on")]
    ImportBroken(#[source] JournalError),
    #[error(transparent)]
    Prepare(PrepareError),
    #[error("could not read the journal")]
    ReadJournal(#[source] ReportError),
    #[error("stopped at once: rows that were being sent are settled when the import is run again")]
    StoppedAtOnce,
    #[error("could not write the report {}: check the path; `cloudlx import status --report FILE` writes it at any time", path.display())]
    Report { path: PathBuf, source: ReportError },
}

impl From<NotText> for Failure {
    fn from(NotText { name }: NotText) -> Self {
        Self::NotText { name }
    }
}

impl From<CreateError> for Failure {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::NotCreated { .. } => Self::NotCreated(error),
            CreateError::Unknown { .. } => Self::Unknown(error),
        }
    }
}

impl From<PrepareError> for Failure {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Read(error) => error.into(),
            PrepareError::Journal(error) => error.into(),
            other => Self::Prepare(other),
        }
    }
}

/// A failure, for programs: one JSON object.
#[derive(Serialize)]
struct Printed<'a> {
    outcome: &'static str,
    message: String,
    causes: Vec<String>,
    /// The HTTP status, where an answer began.
    status: Option<u16>,
    /// The body of the answer, or a glance of it: JSON as such, anything else as a string.
    body: Option<Value>,
    /// The customer that the answer to a create names.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<CustomerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    for_support: Option<ForSupport<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
    /// What is wrong with the request, where that is it.
    #[serde(skip_serializing_if = "Option::is_none")]
    documents: Option<[&'a DocumentReport; 1]>,
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Rows(ReadError::Io(_) | ReadError::NoXlsx) => Exit::NotRun,
            Self::Invalid(_) | Self::NotOneRequest { .. } | Self::Rows(_) => Exit::Invalid,
            Self::Interrupted | Self::CreatedNotPrinted { .. } => Exit::Unknown,
            Self::NotCreated(error) | Self::Unknown(error) => error.into(),
            Self::Call(error) => error.into(),
            Self::Unreadable { .. } => Exit::Refused,
            Self::ImportBroken(_) | Self::StoppedAtOnce | Self::InterruptedBefore => Exit::NotProcessed,
            _ => Exit::NotRun,
        }
    }

    /// Prints the failure and what caused it.
    pub(crate) fn print(&self, format: Format) {
        if self.is_closed_pipe() {
            // Whoever read the output, such as `head`, has had enough of it.
            return;
        }
        match format {
            Format::Human => {
                output::note(&format!("error: {}", self.message()));
                for cause in self.causes() {
                    output::note(&format!("  because: {cause}"));
                }
                if let Some(body) = self.create_error().and_then(answer::of_create) {
                    output::note(&format!("  the answer was: {body}"));
                }
                if let Some(request) = self.call_error().and_then(ForSupport::new) {
                    output::note(&format!("  the vendor's support finds it by {request}"));
                }
                if let Some(advice) = self.advice() {
                    output::note(&format!("  note: {advice}"));
                }
            }
            Format::Json => {
                let error = self.call_error();
                let printed = Printed {
                    outcome: self.outcome(),
                    message: self.message(),
                    causes: self.causes(),
                    status: error.and_then(Error::status).map(|status| status.as_u16()),
                    body: error.and_then(|error| answer::for_programs(error, self.create_error().is_some())),
                    customer: self.create_error().and_then(Error::named_customer),
                    for_support: error.and_then(ForSupport::new),
                    advice: self.advice(),
                    documents: if let Self::Invalid(report) = self { Some([report]) } else { None },
                };
                output::json_note(&printed);
            }
        }
    }

    fn outcome(&self) -> &'static str {
        match (self, self.exit()) {
            (Self::CreatedNotPrinted { .. }, _) => "created",
            (_, Exit::Done) => "done",
            (_, Exit::Invalid) => "invalid",
            (_, Exit::NotRun) => "not-run",
            (_, Exit::Refused) => "refused",
            (_, Exit::NotProcessed) => "not-processed",
            (_, Exit::Unknown) => "unknown",
        }
    }

    fn causes(&self) -> Vec<String> {
        if let Self::Unreadable { unreadable, .. } = self {
            let first = unreadable.iter().take(MOST_UNREADABLE).map(ToString::to_string);
            let rest = unreadable.len().saturating_sub(MOST_UNREADABLE);
            return first.chain((rest > 0).then(|| format!("{rest} more could not be read"))).collect();
        }
        let first = match self {
            // Its own words are said already.
            Self::NotCreated(error) | Self::Unknown(error) => error.source(),
            _ => self.source(),
        };
        std::iter::successors(first, |cause| (*cause).source()).map(words::describe).collect()
    }

    fn message(&self) -> String {
        match self {
            Self::Call(error) => words::describe(error),
            other => other.to_string(),
        }
    }

    /// What the failure may come from, where the environment has an answer that the error does not know of.
    fn advice(&self) -> Option<String> {
        match self.call_error()? {
            Error::Unauthorized { token: TokenKind::Given, .. } => Some(credentials::token_first()?.advice()),
            _ => None,
        }
    }

    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Print(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The create that failed.
    fn create_error(&self) -> Option<&Error> {
        match self {
            Self::NotCreated(error) | Self::Unknown(error) => Some(error.cause()),
            _ => None,
        }
    }

    /// The call that failed.
    fn call_error(&self) -> Option<&Error> {
        match self {
            Self::Call(error) => Some(error),
            other => other.create_error(),
        }
    }
}

/// The customer that the answer to a create names.
fn named(error: &CreateError) -> Option<CustomerId> {
    error.cause().named_customer()
}

/// How to look for a customer that may have been created.
fn look(named: Option<CustomerId>) -> String {
    match named {
        Some(id) => format!("`cloudlx customers get {id}` and `cloudlx customers list`"),
        None => "`cloudlx customers list`".to_owned(),
    }
}
