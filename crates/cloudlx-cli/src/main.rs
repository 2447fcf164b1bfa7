//! `cloudlx`: the customers API at the command line.
//!
//! Every command reads its arguments, calls a library, and prints what came of it: data on stdout, all else on stderr.
//! The exit codes are in `exit.rs`.
#![forbid(unsafe_code)]

mod answer;
mod arguments;
mod completions;
mod connection;
mod credentials;
mod customers;
mod documents;
mod drift;
mod exit;
mod failure;
mod format;
mod import;
mod in_order;
mod interrupt;
mod locate;
mod output;
mod pieces;
mod place;
mod plain_json;
mod plain_source;
mod realms;
mod report;
mod runtime;
mod schema;
mod setting;
mod stub;
mod sub_realms;
mod underway;
mod validate;
mod words;

use std::process::ExitCode;

use crate::arguments::{Command, CustomersCommand, ImportCommand, ListCommand};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;

fn main() -> ExitCode {
    let arguments = arguments::parse();
    let format = Format::chosen(arguments.format);
    match runtime::run(run(arguments.command, format)) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(failure)) => {
            failure.print(format);
            failure.exit().into()
        }
        Err(error) => {
            output::note(&format!("error: could not start: {error}"));
            Exit::NotRun.into()
        }
    }
}

async fn run(command: Command, format: Format) -> Result<Exit, Failure> {
    match command {
        Command::Customers(CustomersCommand::Create { file, server }) => {
            customers::create(&file, &server, format).await
        }
        Command::Customers(CustomersCommand::List { server }) => customers::list(&server, format).await,
        Command::Customers(CustomersCommand::Get { id, server }) => customers::get(id, &server, format).await,
        Command::Realms(ListCommand::List { server }) => realms::list(&server, format).await,
        Command::SubRealms(ListCommand::List { server }) => sub_realms::list(&server, format).await,
        Command::Import { command: Some(ImportCommand::Status { journal, report }), .. } => {
            import::status(&journal, report.as_deref(), format).await
        }
        Command::Import { command: None, import } => import::run(import, format).await,
        Command::Validate { files, input } => validate::run(&files, input, format),
        Command::Stub(arguments) => stub::run(&arguments).await,
        Command::Drift { customers, record, server } => {
            drift::run(customers, record.as_deref(), &server, format).await
        }
        Command::Schema { name } => schema::run(name.as_deref(), format),
        Command::Completions { shell } => completions::run(shell),
    }
}
