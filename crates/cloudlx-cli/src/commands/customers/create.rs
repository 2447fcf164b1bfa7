//! `cloudlx customers create`.

use std::error::Error as StdError;
use std::path::PathBuf;

use clap::Args;
use cloudlx_client::{CreateError, Error};
use cloudlx_model::{CreateCustomer, Customer, CustomerId};
use cloudlx_validate::{Validated, from_json};

use super::underway::Underway;
use crate::exit::Exit;
use crate::failure::{CommandError, FailedCall, Failure, chain};
use crate::interrupt;
use crate::output::{self, Output, PrintError};
use crate::requests::documents::File;
use crate::requests::report::{self, DocumentReport};
use crate::server::{Connection, ENVIRONMENT, Server, tell_wait};

pub(super) fn after_help() -> String {
    format!("{ENVIRONMENT}\n\nExample:\n  cloudlx customers create request.json --stub")
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// A file with one request; - for standard input
    file: PathBuf,
    #[command(flatten)]
    server: Server,
}

/// Why no customer was created, or nobody knows whether.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    #[error("expected one request in {source_name}, found {found}: `cloudlx validate` takes many")]
    NotOneRequest { source_name: String, found: usize },
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
    CreatedNotPrinted { id: CustomerId, source: PrintError },
    #[error("{0}")]
    NotCreated(#[source] CreateError),
    #[error(
        "it is unknown whether the customer was created{}: look with {} before sending it again, or there may be two",
        named(.0).map(|id| format!(", though the answer names customer {id}")).unwrap_or_default(),
        look(named(.0))
    )]
    Unknown(#[source] CreateError),
}

impl NotDone {
    fn create_error(&self) -> Option<&CreateError> {
        match self {
            Self::NotCreated(error) | Self::Unknown(error) => Some(error),
            Self::NotOneRequest { .. }
            | Self::Invalid(_)
            | Self::Interrupted
            | Self::InterruptedBefore
            | Self::CreatedNotPrinted { .. } => None,
        }
    }
}

impl CommandError for NotDone {
    fn exit(&self) -> Exit {
        match self {
            Self::NotOneRequest { .. } | Self::Invalid(_) => Exit::Invalid,
            Self::Interrupted | Self::CreatedNotPrinted { .. } => Exit::Unknown,
            Self::InterruptedBefore => Exit::NotProcessed,
            Self::NotCreated(error) | Self::Unknown(error) => error.into(),
        }
    }

    fn outcome(&self) -> &'static str {
        if matches!(self, Self::CreatedNotPrinted { .. }) { "created" } else { self.exit().outcome() }
    }

    fn causes(&self) -> Vec<String> {
        // The message has the create error's own words.
        chain(self.create_error().map_or_else(|| self.source(), StdError::source))
    }

    fn call(&self) -> Option<FailedCall<'_>> {
        self.create_error().map(|error| FailedCall { error: error.cause(), is_create: true })
    }

    fn document(&self) -> Option<&DocumentReport> {
        if let Self::Invalid(report) = self { Some(report) } else { None }
    }
}

impl From<CreateError> for NotDone {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::NotCreated { .. } => Self::NotCreated(error),
            CreateError::Unknown { .. } => Self::Unknown(error),
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

impl Create {
    /// Checks the request and creates the customer.
    ///
    /// The customer is printed as JSON in either form: that is what the API answers, and people read it well.
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let request = self.request(output)?;
        let (connection, customer) = create(&request, &self.server, output).await?;
        // From here on the customer exists, whatever else fails.
        let printed = output::json(&customer);
        connection.close().await;
        printed.map_err(|source| NotDone::CreatedNotPrinted { id: customer.id, source })?;
        if output.stdout_is_for_people() {
            output.note(&format!("created customer {}", customer.id));
        }
        Ok(Exit::Done)
    }

    /// The request in the file. People are shown what is wrong with it.
    fn request(&self, output: Output) -> Result<Validated<CreateCustomer>, Failure> {
        let file = File::read(&self.file)?;
        let documents = file.documents();
        let [document] = documents.as_slice() else {
            let (source_name, found) = (file.name.clone(), documents.len());
            return Err(NotDone::NotOneRequest { source_name, found }.into());
        };
        from_json(document.bytes).map_err(|violations| {
            if output.stderr_gets_lines() {
                report::show(&file, document, &violations, report::MOST_SHOWN);
            }
            NotDone::Invalid(DocumentReport::new(document, Some(violations))).into()
        })
    }
}

async fn create(
    request: &Validated<CreateCustomer>,
    server: &Server,
    output: Output,
) -> Result<(Connection, Customer), Failure> {
    let underway = Underway::default();
    let (leaves, waits) = (underway.clone(), underway.clone());
    let tell = move |error: &Error, wait| {
        waits.is_not_processed();
        tell_wait(error, wait, output);
    };
    let connection = Connection::open_with(server, output, |builder| builder.on_wait(tell)).await?;
    let interrupted = underway.clone();
    let told_to_stop =
        interrupt::listen(move || if interrupted.end() { Exit::Unknown } else { Exit::NotProcessed })?;
    let creating = connection.client.create_customer_while(request, move || leaves.may_leave());
    let customer = tokio::select! {
        created = creating => created.map_err(NotDone::from)?,
        () = told_to_stop => {
            let error = if underway.end() { NotDone::Interrupted } else { NotDone::InterruptedBefore };
            return Err(error.into());
        }
    };
    Ok((connection, customer))
}
