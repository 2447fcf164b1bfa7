//! Why a command did not do what it was asked, on stderr.
//!
//! Each command has its own errors. They say here how the program ends, and what people and programs are told.

use std::error::Error as StdError;

use cloudlx_client::{BuildError, Error, TokenKind};
use cloudlx_model::CustomerId;
use cloudlx_server_stub::StartError;
use serde::Serialize;
use serde_json::Value;

use crate::answer::ForSupport;
use crate::credentials::{self, CredentialsError};
use crate::environment::NotText;
use crate::exit::Exit;
use crate::output::{Print, PrintError};
use crate::requests::documents::ReadFileError;
use crate::requests::report::DocumentReport;
use crate::{advice, answer};

/// An error that ends a command.
pub(crate) trait CommandError: StdError + Send + 'static {
    /// The exit code.
    fn exit(&self) -> Exit {
        Exit::NotRun
    }

    /// The name that programs read as `outcome`.
    fn outcome(&self) -> &'static str {
        self.exit().outcome()
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn causes(&self) -> Vec<String> {
        chain(self.source())
    }

    /// What to do about it, where neither message nor causes say so.
    fn advice(&self) -> Option<String> {
        None
    }

    /// The call that failed, where it was one.
    fn call(&self) -> Option<FailedCall<'_>> {
        None
    }

    /// What is wrong with the request, where it is invalid.
    fn document(&self) -> Option<&DocumentReport> {
        None
    }

    /// Whether the reader of the output has closed it, and needs no message.
    fn is_closed_pipe(&self) -> bool {
        false
    }
}

/// A call of the API that failed.
#[derive(Clone, Copy)]
pub(crate) struct FailedCall<'a> {
    pub(crate) error: &'a Error,
    /// Whether it was to create a customer.
    pub(crate) is_create: bool,
}

/// Why a command did not do what it was asked.
pub(crate) struct Failure(Box<dyn CommandError>);

impl<E: CommandError> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(error))
    }
}

impl CommandError for CredentialsError {}
impl CommandError for NotText {}
impl CommandError for ReadFileError {}

impl CommandError for PrintError {
    fn is_closed_pipe(&self) -> bool {
        PrintError::is_closed_pipe(self)
    }
}

/// A call that only reads.
impl CommandError for Error {
    fn exit(&self) -> Exit {
        self.into()
    }

    fn message(&self) -> String {
        advice::describe(self)
    }

    fn call(&self) -> Option<FailedCall<'_>> {
        Some(FailedCall { error: self, is_create: false })
    }
}

/// Settings that no client can be made of.
#[derive(Debug, thiserror::Error)]
#[error("could not use the settings")]
pub(crate) struct SettingsError(#[from] BuildError);

impl CommandError for SettingsError {}

/// A stub that does not start.
#[derive(Debug, thiserror::Error)]
#[error("could not start the stub")]
pub(crate) struct StubError(#[from] StartError);

impl CommandError for StubError {}

/// An error's causes, each as people are told of it.
pub(crate) fn chain(first: Option<&(dyn StdError + 'static)>) -> Vec<String> {
    std::iter::successors(first, |cause| (*cause).source()).map(advice::describe).collect()
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
        self.0.exit()
    }

    pub(crate) fn is_closed_pipe(&self) -> bool {
        self.0.is_closed_pipe()
    }

    /// The causes, without those that the message or a cause before them ends with: nothing is told twice.
    fn causes(&self) -> Vec<String> {
        let mut said = vec![self.0.message()];
        for cause in self.0.causes() {
            if !said.iter().any(|before| before.ends_with(&cause)) {
                said.push(cause);
            }
        }
        said.split_off(1)
    }

    /// The error's own advice, or what the environment has to do with it, which the error does not know.
    fn advice(&self) -> Option<String> {
        self.0.advice().or_else(|| match self.0.call()?.error {
            Error::Unauthorized { token: TokenKind::Given, .. } => Some(credentials::token_first()?.advice()),
            _ => None,
        })
    }
}

impl Print for Failure {
    fn json(&self) -> impl Serialize {
        let call = self.0.call();
        Printed {
            outcome: self.0.outcome(),
            message: self.0.message(),
            causes: self.causes(),
            status: call.and_then(|call| call.error.status()).map(|status| status.as_u16()),
            body: call.and_then(|call| answer::for_programs(call.error, call.is_create)),
            customer: call.filter(|call| call.is_create).and_then(|call| call.error.named_customer()),
            for_support: call.and_then(|call| ForSupport::new(call.error)),
            advice: self.advice(),
            documents: self.0.document().map(|document| [document]),
        }
    }

    fn human(&self) -> Vec<String> {
        let call = self.0.call();
        let mut lines = vec![format!("error: {}", self.0.message())];
        lines.extend(self.causes().into_iter().map(|cause| format!("  because: {cause}")));
        let created = call.filter(|call| call.is_create).and_then(|call| answer::of_create(call.error));
        lines.extend(created.map(|body| format!("  the answer was: {body}")));
        let request = call.and_then(|call| ForSupport::new(call.error));
        lines.extend(request.map(|request| format!("  the vendor's support finds it by {request}")));
        lines.extend(self.advice().map(|advice| format!("  note: {advice}")));
        lines
    }
}
