//! `cloudlx schema`.

use clap::Args;
use cloudlx_model::schema::Document;
use cloudlx_server_stub::faults;
use cloudlx_validate::schema;
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::output::{self, Output, Print};

pub(super) const AFTER_HELP: &str = "\
Example:
  cloudlx schema create-customer.request";

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Such as create-customer.request
    name: Option<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("there is no schema called {name}: `cloudlx schema` lists them")]
struct NoSchema {
    name: String,
}

impl CommandError for NoSchema {}

impl Schema {
    /// Prints the schema of this name, or the names of all.
    pub(super) fn run(self, output: Output) -> Result<Exit, Failure> {
        match self.name {
            Some(name) => {
                let document = documents().into_iter().find(|document| document.name == name);
                let document = document.ok_or(NoSchema { name })?;
                output::json(&document.schema)?;
            }
            None => output.print(&Names(documents().iter().map(|document| document.name).collect()))?,
        }
        Ok(Exit::Done)
    }
}

/// The names of all documents.
struct Names(Vec<&'static str>);

impl Print for Names {
    fn json(&self) -> impl Serialize {
        &self.0
    }

    fn human(&self) -> Vec<String> {
        self.0.iter().map(|name| (*name).to_owned()).collect()
    }
}

/// The API's own, and that of the stub's faults.
fn documents() -> Vec<Document> {
    schema::documents().into_iter().chain([faults::schema()]).collect()
}
