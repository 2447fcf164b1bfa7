//! `cloudlx customers list`.

use clap::Args;
use cloudlx_client::UnreadableCustomer;
use cloudlx_model::{Customer, CustomerList};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::output::{self, Output, Print};
use crate::server::{Connection, ENVIRONMENT, Server};

/// How many customers that could not be read are named.
const MOST_UNREADABLE: usize = 20;

pub(super) fn after_help() -> String {
    format!("{ENVIRONMENT}\n\nExample:\n  cloudlx customers list --format json")
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    server: Server,
}

/// Some of the listed customers could not be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} of the {total} customers that the server listed could not be read; the others were printed",
    unreadable.len()
)]
struct Unreadable {
    total: usize,
    unreadable: Vec<UnreadableCustomer>,
}

impl CommandError for Unreadable {
    fn exit(&self) -> Exit {
        Exit::Refused
    }

    fn causes(&self) -> Vec<String> {
        let first = self.unreadable.iter().take(MOST_UNREADABLE).map(ToString::to_string);
        let rest = self.unreadable.len().saturating_sub(MOST_UNREADABLE);
        first.chain((rest > 0).then(|| format!("{rest} more could not be read"))).collect()
    }
}

impl List {
    /// Lists the customers. Those that cannot be read are a failure, when the others are printed.
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let connection = Connection::open(&self.server, output).await?;
        let (customers, unreadable) = connection.client.list_customers().await?.split();
        connection.close().await;
        let total = customers.len() + unreadable.len();
        output.print(&Listed(CustomerList::new(customers)))?;
        if unreadable.is_empty() { Ok(Exit::Done) } else { Err(Unreadable { total, unreadable }.into()) }
    }
}

struct Listed(CustomerList);

impl Print for Listed {
    fn json(&self) -> impl Serialize {
        &self.0
    }

    fn human(&self) -> Vec<String> {
        let row = |customer: &Customer| {
            let Customer { id, name, currency, country, .. } = customer;
            [id.to_string(), name.clone(), currency.iso_3.clone(), country.iso_2.clone()]
        };
        let rows: Vec<_> = self.0.customers.iter().map(row).collect();
        output::table(["ID", "NAME", "CURRENCY", "COUNTRY"], &rows)
    }
}
