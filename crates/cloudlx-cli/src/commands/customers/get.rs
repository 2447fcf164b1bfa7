//! `cloudlx customers get`.

use clap::Args;
use cloudlx_model::CustomerId;
use cloudlx_model::id::{MAX, MIN};

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
    #[arg(value_parser = id)]
    id: CustomerId,
    #[command(flatten)]
    server: Server,
}

/// clap says what it found, so the message does not say it again.
fn id(text: &str) -> Result<CustomerId, String> {
    text.parse().map_err(|_| format!("expected a whole number from {MIN} to {MAX}"))
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
