//! `cloudlx customers get`.

use clap::Args;
use cloudlx_model::CustomerId;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Output};
use crate::server::{Connection, ENVIRONMENT, Server};

pub(super) fn after_help() -> String {
    format!("{ENVIRONMENT}\n\nExample:\n  cloudlx customers get 6918")
}

#[derive(Debug, Args)]
pub(crate) struct Get {
    /// The customer's id
    id: CustomerId,
    #[command(flatten)]
    server: Server,
}

impl Get {
    /// Reads one customer, and prints it as JSON in either form, as `create` does.
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let connection = Connection::open(&self.server, output).await?;
        let customer = connection.client.get_customer(self.id).await?;
        connection.close().await;
        output::json(&customer)?;
        Ok(Exit::Done)
    }
}
