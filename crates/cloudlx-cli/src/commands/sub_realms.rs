//! `cloudlx sub-realms`.

use clap::Subcommand;
use cloudlx_model::{SubRealm, SubRealmList};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Output, Print};
use crate::server::{Connection, ENVIRONMENT, Server};

#[derive(Debug, Subcommand)]
pub(crate) enum SubRealms {
    /// List them
    #[command(after_help = format!("{ENVIRONMENT}\n\nExample:\n  cloudlx sub-realms list --stub"))]
    List {
        #[command(flatten)]
        server: Server,
    },
}

impl SubRealms {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        match self {
            Self::List { server } => list(&server, output).await,
        }
    }
}

async fn list(server: &Server, output: Output) -> Result<Exit, Failure> {
    let connection = Connection::open(server, output).await?;
    let sub_realms = connection.client.list_sub_realms().await?;
    connection.close().await;
    output.print(&Listed(SubRealmList::new(sub_realms)))?;
    Ok(Exit::Done)
}

struct Listed(SubRealmList);

impl Print for Listed {
    fn json(&self) -> impl Serialize {
        &self.0
    }

    fn human(&self) -> Vec<String> {
        let row = |realm: &SubRealm| {
            let id = realm.id.to_string();
            [id, realm.name.clone(), realm.description.clone().unwrap_or_default()]
        };
        let rows: Vec<_> = self.0.sub_realms.iter().map(row).collect();
        output::table(["ID", "NAME", "DESCRIPTION"], &rows)
    }
}
